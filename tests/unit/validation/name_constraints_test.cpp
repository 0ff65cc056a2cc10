// Name constraints of CAs (RFC 5280, 4.2.1.10), where OpenSSL alone would not be enough.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

enum : std::uint8_t { Permitted = 0xA0, Excluded = 0xA1, Dns = 0x82, Uri = 0x86 };

RawExtension constraint(std::uint8_t kind, std::uint8_t nameType, const std::string& name) {
    Bytes value{0x30, static_cast<std::uint8_t>(name.size() + 6), kind,     static_cast<std::uint8_t>(name.size() + 4),
                0x30, static_cast<std::uint8_t>(name.size() + 2), nameType, static_cast<std::uint8_t>(name.size())};
    value.insert(value.end(), name.begin(), name.end());
    return {"nameConstraints", true, value};
}

/// An application with these URIs below a trusted CA with this constraint.
Verdict judgeUnder(const RawExtension& limit, const std::vector<std::string>& uris) {
    const auto root = forgeRoot("Plant CA", {.extensions = {limit}});
    Bench bench;
    return bench.trust(root).list({.issuer = &root}).judge(forgeLeaf(root, {.uris = uris}));
}

}  // namespace

TEST_CASE("a constraint on URIs is about their host") {
    const auto permits = constraint(Permitted, Uri, "plant.example");
    CHECK(judgeUnder(permits, {"opc.tcp://plant.example/plc-7"}).status() == S::Good);
    CHECK(judgeUnder(permits, {"opc.tcp://elsewhere.example/plc-7"}).status() == S::BadCertificateIssuerUseNotAllowed);
    const auto excludes = constraint(Excluded, Uri, "plant.example");
    CHECK(judgeUnder(excludes, {"opc.tcp://plant.example/plc-7"}).status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(judgeUnder(excludes, {"opc.tcp://elsewhere.example/plc-7"}).status() == S::Good);
}

TEST_CASE("a URI without a host name passes no constraint on URIs, whether that permits or excludes") {
    for (const auto kind : {Permitted, Excluded}) {
        for (const char* uri : {"urn:test:plc-7", "opc.tcp://10.0.0.7/", "opc.tcp://[::1]:4840/", "https:plc-7"}) {
            INFO(uri);
            const auto verdict = judgeUnder(constraint(kind, Uri, "plant.example"), {uri});
            REQUIRE(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
            CHECK(contains(verdict.report().decisive()->message, "URI"));
        }
    }
}

TEST_CASE("a user part does not pass for the host") {
    for (const char* uri : {"opc.tcp://plant.example@evil.example/", "opc.tcp://plant.example:80@evil.example/"}) {
        INFO(uri);
        CHECK(judgeUnder(constraint(Permitted, Uri, "plant.example"), {uri}).status() == S::BadCertificateIssuerUseNotAllowed);
    }
}

TEST_CASE("every URI has to pass, and constraints on other names do not concern URIs") {
    CHECK(judgeUnder(constraint(Permitted, Uri, "plant.example"), {"opc.tcp://plant.example/", "urn:test:plc-7"}).status() ==
          S::BadCertificateIssuerUseNotAllowed);
    CHECK(judgeUnder(constraint(Permitted, Dns, "localhost"), {"urn:test:plc-7"}).status() == S::Good);
}

TEST_CASE("an application that carries nameConstraints is malformed: they are for CAs") {
    const auto plc = forgeCertificate({.extensions = {constraint(Permitted, Dns, "localhost")}});
    Bench bench;
    const auto verdict = bench.trust(plc).judge(plc);
    REQUIRE(verdict.status() == S::BadCertificateInvalid);
    CHECK(verdict.report().decisive()->step == Step::Structure);
    CHECK(contains(verdict.report().decisive()->message, "nameConstraints although it is no CA"));
}
