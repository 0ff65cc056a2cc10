// Encoding, links and trust of a chain, seen through the validator. How chains are found: path_builder_test.cpp.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

}  // namespace

TEST_CASE("the issuers list and the rejected list give no trust") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.issuer(plc).reject(plc);
    const auto verdict = bench.judge(plc);
    CHECK(verdict.status() == S::BadCertificateUntrusted);
    CHECK(contains(findingOf(verdict, Step::TrustList).found, "gives no trust"));
}

TEST_CASE("the rejected list does not deny either") {
    const auto plc = forgeCertificate();
    Bench bench;
    CHECK(bench.reject(plc).trust(plc).judge(plc).accepted());
}

TEST_CASE("any one member of the chain in the trusted list is enough, the others may be issuers") {
    const Plant plant;
    const ForgedCert* all[] = {&plant.plc, &plant.line, &plant.root};
    for (std::size_t trusted = 0; trusted < 3; ++trusted) {
        CAPTURE(trusted);
        Bench bench;
        bench.list({.issuer = &plant.root}).list({.issuer = &plant.line});
        for (std::size_t i = 1; i < 3; ++i) {
            if (i != trusted) bench.issuer(*all[i]);
        }
        CHECK(bench.judge(plant.plc).accepted() == false);
        bench.trust(*all[trusted]);
        CHECK(bench.judge(plant.plc).accepted());
    }
}

TEST_CASE("a trusted certificate is not excused from chain and revocation") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.plc);
    CHECK(bench.judge(plant.plc).status() == S::BadCertificateChainIncomplete);
    bench.issuer(plant.line).issuer(plant.root);
    CHECK(bench.judge(plant.plc).status() == S::BadCertificateRevocationUnknown);
    bench.list({.issuer = &plant.line});
    CHECK(bench.judge(plant.plc).status() == S::BadCertificateIssuerRevocationUnknown);
    bench.list({.issuer = &plant.root, .revoked = {revoked(plant.line)}});
    CHECK(bench.judge(plant.plc).status() == S::BadCertificateIssuerRevoked);
}

TEST_CASE("a malformed field fails its structure and reaches nothing else") {
    const auto plc = forgeCertificate();
    auto cut = plc.der;
    cut.pop_back();
    const Bytes fields[] = {
        {}, {0x00}, {0x30, 0x00}, {0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, cut, forgeCrl({.issuer = &plc}), Bytes(70000, 0x30)};
    for (const auto& field : fields) {
        Bench bench;
        const auto verdict = bench.judge(field);
        CHECK(verdict.status() == S::BadCertificateInvalid);
        CHECK(verdict.statusForPeer() == S::BadSecurityChecksFailed);
        CHECK(verdict.report().chain().empty());
        CHECK(isComplete(verdict.report()));
        CHECK(outcomeOf(verdict, Step::Structure) == Outcome::Failed);
        CHECK_FALSE(findingOf(verdict, Step::Structure).message.empty());
        CHECK_FALSE(findingOf(verdict, Step::Structure).remedy.empty());
        for (const auto& row : stepTable().subspan(1)) CHECK(outcomeOf(verdict, row.step) == Outcome::NotReached);
        CHECK(bench.rejectedCount() == 0);
    }
}

TEST_CASE("a good certificate with something else behind it is refused, named, and not filed") {
    const auto plc = forgeCertificate();
    for (const Bytes& tail : {Bytes{0x00}, Bytes{0x30, 0x00}, Bytes{0x30, 0x82, 0x01}, Bytes{0x05, 0x00}}) {
        auto field = plc.der;
        field.insert(field.end(), tail.begin(), tail.end());
        Bench bench;
        const auto trusted = bench.trust(plc).judge(field);
        CHECK(trusted.status() == S::BadCertificateInvalid);
        REQUIRE(trusted.report().chain().size() == 1);
        CHECK(trusted.report().chain()[0].certificate == cert(plc));
        Bench stranger;
        CHECK(stranger.judge(field).status() == S::BadCertificateInvalid);
        CHECK(stranger.rejectedCount() == 0);
    }
}

TEST_CASE("an element of the chain that is no certificate is named by its number") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    auto field = joinDer({plant.plc, plant.line});
    const Bytes junk{0x30, 0x03, 0x02, 0x01, 0x01};
    field.insert(field.end(), junk.begin(), junk.end());
    const auto verdict = bench.judge(field);
    CHECK(verdict.status() == S::BadCertificateInvalid);
    CHECK(contains(findingOf(verdict, Step::Structure).message, "Element 3"));
    CHECK(verdict.report().chain().size() == 3);
}

TEST_CASE("a certificate that names nobody is malformed") {
    const auto root = forgeRoot();
    Bench bench;
    const auto verdict = bench.trust(root).list({.issuer = &root}).judge(forgeLeaf(root, {.cn = "", .org = ""}));
    CHECK(verdict.status() == S::BadCertificateInvalid);
    CHECK(contains(findingOf(verdict, Step::Structure).message, "subject is empty"));
}

TEST_CASE("the limits of the blob come from the budget") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.budget.blob.maxCertificates = 1;
    CHECK(bench.judge({plant.plc}).accepted());
    CHECK(bench.judge({plant.plc, plant.line}).status() == S::BadCertificateInvalid);
}
