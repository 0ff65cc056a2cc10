// What is almost right in the names of a certificate, seen through the validator.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

std::string uriHints(const std::string& asked, std::vector<std::string> offered) {
    const auto plc = forgeCertificate({.uris = std::move(offered)});
    Bench bench;
    bench.trust(plc).request.applicationUri = asked;
    const auto verdict = bench.judge(plc);
    CHECK(verdict.status() == StatusCode::BadCertificateUriInvalid);
    return hintsOf(verdict, Step::Uri);
}

struct Hosts {
    std::vector<std::string> dns{};
    std::vector<std::string> ips{};
    std::string cn = "plc-7";
};

Verdict connect(const std::string& asked, const Hosts& offered) {
    const auto plc = forgeCertificate({.cn = offered.cn, .dns = offered.dns, .ips = offered.ips});
    Bench bench;
    bench.trust(plc).request.hostNames = {asked};
    bench.request.role = Role::Client;
    return bench.judge(plc);
}

std::string hostHints(const std::string& asked, const Hosts& offered) {
    const auto verdict = connect(asked, offered);
    CHECK(verdict.status() == StatusCode::BadCertificateHostNameInvalid);
    return hintsOf(verdict, Step::HostName);
}

}  // namespace

TEST_CASE("an ApplicationUri that differs in case only is named as that") {
    const auto hints = uriHints("urn:Test:PLC-7", {"urn:test:plc-7"});
    CHECK(contains(hints, "\"urn:Test:PLC-7\""));
    CHECK(contains(hints, "\"urn:test:plc-7\""));
    CHECK(contains(hints, "upper and lower case only"));
}

TEST_CASE("a blank or a slash at the end of an ApplicationUri is named") {
    for (const auto* asked : {"urn:test:plc-7/", "urn:test:plc-7 ", " urn:test:plc-7", "urn:test:plc-7\n"}) {
        CAPTURE(asked);
        CHECK(contains(uriHints(asked, {"urn:test:plc-7"}), "only by blanks or slashes at their ends"));
    }
    CHECK(contains(uriHints("urn:test:plc-7", {"urn:test:plc-7/"}), "only by blanks or slashes at their ends"));
    CHECK(contains(uriHints("urn:Test:plc-7/", {"urn:test:plc-7"}), "upper and lower case and by blanks"));
}

TEST_CASE("the one place where an ApplicationUri differs is named, with both sides of it") {
    const auto renamed = uriHints("urn:line-4:acme:gateway", {"urn:line-12:acme:gateway"});
    CHECK(contains(renamed, "in one place, at character 10: \"4\" in what the peer says, \"12\" in the certificate"));
    CHECK(contains(uriHints("urn:test:plc", {"urn:test:plc-7"}), "at character 13: \"-7\" stands only in the certificate"));
    CHECK(contains(uriHints("urn:test:plc-70", {"urn:test:plc-7"}), "at character 15: \"0\" stands only in what the peer says"));
}

TEST_CASE("what a peer says need not be ASCII") {
    const auto hints = uriHints(
        "urn:gr\xc3\xb6\xc3\x9f"
        "er:plc",
        {"urn:groesser:plc"});
    CHECK(contains(hints, "at character 7: \"\xc3\xb6\xc3\x9f\" in what the peer says, \"oess\" in the certificate"));
    CHECK(contains(uriHints("urn:test:plc-\xff", {"urn:test:plc-7"}), "\"\\xFF\" in what the peer says, \"7\" in the certificate"));
}

TEST_CASE("URIs that have little in common are no near miss") {
    CHECK(uriHints("urn:plc:acme:gateway", {"http://other.example/server"}).empty());
    CHECK(uriHints("", {"urn:test:plc-7"}).empty());
}

TEST_CASE("of several URIs each near one is named") {
    const auto hints = uriHints("urn:test:plc-8", {"urn:other:application:entirely", "urn:test:plc-7"});
    CHECK_FALSE(contains(hints, "entirely"));
    CHECK(contains(hints, "\"urn:test:plc-7\""));
}

TEST_CASE("a certificate without any URI was not made for OPC UA") { CHECK(contains(uriHints("urn:test:plc-7", {}), "has no URI at all")); }

TEST_CASE("a trusted certificate with the ApplicationUri that was asked for is named") {
    const auto other = forgeCertificate({.cn = "plc-8", .keyIndex = 3, .uris = {"urn:test:plc-8"}});
    const auto plc = forgeCertificate();
    Bench bench;
    bench.trust(plc).trust(other).request.applicationUri = "urn:test:plc-8";
    const auto hints = hintsOf(bench.judge(plc), Step::Uri);
    CHECK(contains(hints, cert(other).describe()));
    CHECK(contains(hints, "does the peer use the certificate of another application?"));
}

TEST_CASE("a short name and its full name are told apart") {
    CHECK(contains(hostHints("plc-7", {.dns = {"plc-7.plant.example"}}), "connect with the full name"));
    CHECK(contains(hostHints("PLC-7.plant.example", {.dns = {"plc-7"}}), "connect with the short name"));
    CHECK(contains(hostHints("plc-7.office.example", {.dns = {"plc-7.plant.example"}}), "the domain is not"));
    CHECK_FALSE(contains(hostHints("plc-8", {.dns = {"plc-7.plant.example"}}), "plc-8"));
}

TEST_CASE("one dot at the end of a host name is no difference, more are named") {
    CHECK(connect("plc-7.plant.example.", {.dns = {"plc-7.plant.example"}}).accepted());
    CHECK(contains(hostHints("plc-7.plant.example..", {.dns = {"plc-7.plant.example"}}), "without the dots or blanks"));
    CHECK(contains(hostHints("10.0.0.7.", {.ips = {"10.0.0.7"}}), "without the dots or blanks"));
    CHECK(contains(hostHints(" plc-7", {.dns = {"plc-7"}}), "without the dots or blanks"));
}

TEST_CASE("an address and a name are told apart") {
    CHECK(contains(hostHints("10.0.0.7", {.dns = {"plc-7"}}),
                   "\"10.0.0.7\" is an address, and the certificate has names only: connect with plc-7"));
    CHECK(contains(hostHints("plc-7", {.ips = {"10.0.0.7"}}),
                   "\"plc-7\" is a name, and the certificate has addresses only: connect with 10.0.0.7"));
    CHECK(contains(hostHints("10.0.0.8", {.dns = {"plc-7"}, .ips = {"10.0.0.7"}}), "was the server given a new address?"));
    CHECK(contains(hostHints("[2001:db8::8]", {.ips = {"2001:db8::7"}}), "was the server given a new address?"));
}

TEST_CASE("localhost on either side is named") {
    for (const auto* asked : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]"}) {
        CAPTURE(asked);
        CHECK(contains(hostHints(asked, {.dns = {"plc-7"}}), "this machine itself"));
    }
    CHECK(contains(hostHints("plc-7", {.dns = {"localhost"}, .ips = {"127.0.0.1", "::1"}}), "for localhost only"));
    CHECK_FALSE(contains(hostHints("plc-8", {.dns = {"localhost", "plc-7"}}), "for localhost only"));
}

TEST_CASE("a wildcard and a common name do not count, and that is said") {
    CHECK(contains(hostHints("plc-7.plant.example", {.dns = {"*.plant.example"}}), "OPC UA knows no wildcards"));
    CHECK_FALSE(contains(hostHints("a.plc-7.plant.example", {.dns = {"*.plant.example"}}), "wildcard"));
    CHECK(contains(hostHints("plc-7", {.dns = {"other"}}), "only the names in its subjectAltName count"));
    CHECK(contains(hostHints("plc-8", {}), "names no host at all"));
}

TEST_CASE("hints about names are few, short and safe to print") {
    const std::string evil = "urn:\x1b[2J\r\nTRUSTED";
    std::vector<std::string> uris;
    std::vector<std::string> names;
    for (int i = 0; i < 200; ++i) {
        uris.push_back(evil + std::string(20, 'x') + std::to_string(i));
        names.push_back("plc-7.\x1b[2J\n" + std::to_string(i));
    }
    const auto plc = forgeCertificate({.uris = uris, .dns = names});
    Bench bench;
    bench.trust(plc).request.applicationUri = evil + std::string(20, 'x') + "\xff";
    bench.request.hostNames = {"plc-7", std::string(100000, 'x')};
    bench.request.role = Role::Client;
    const auto verdict = bench.judge(plc);
    for (const auto step : {Step::Uri, Step::HostName}) {
        const auto finding = findingOf(verdict, step);
        CHECK_FALSE(finding.hints.empty());
        CHECK(finding.hints.size() <= 5);
        for (const auto& hint : finding.hints) {
            CHECK(hint.size() <= 4096 * 4);
            CHECK(hint == printable(hint, 1U << 20U));
        }
    }
}
