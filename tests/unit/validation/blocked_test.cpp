// What an operator has blocked stays out, whoever else gives trust.

#include <uatrust/validation/explain.hpp>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

Bench& block(Bench& bench, const ForgedCert& certificate) {
    bench.store.addCertificate(StoreList::Blocked, cert(certificate)).value();
    return bench;
}

void checkBlocked(const Verdict& verdict, std::size_t position = 0) {
    CHECK_FALSE(verdict.accepted());
    CHECK(verdict.status() == S::BadCertificateUntrusted);
    CHECK(verdict.statusForPeer() == S::BadSecurityChecksFailed);
    REQUIRE(verdict.report().decisive() != nullptr);
    const auto& decisive = *verdict.report().decisive();
    CHECK(decisive.step == Step::TrustList);
    CHECK(decisive.position == position);
    CHECK(decisive.blocked);
    CHECK_FALSE(decisive.suppressible);
    CHECK(contains(decisive.remedy, "out of blocked"));
    CHECK(isComplete(verdict.report()));
}

}  // namespace

TEST_CASE("a blocked certificate is refused in spite of its trusted CA, and of its own place in trusted") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    REQUIRE(bench.judge(plant.plc).accepted());
    block(bench, plant.plc);
    checkBlocked(bench.judge(plant.plc));
    bench.trust(plant.plc);
    checkBlocked(bench.judge(plant.plc));
    CHECK(bench.judge(forgeLeaf(plant.line, {.serial = "4711"})).accepted());
}

TEST_CASE("no policy suppresses the blocked list") {
    const auto plc = forgeCertificate();
    const AcceptAllPolicy everybody;
    const StrictPolicy strict;
    PerEndpointPolicy elsewhere{strict};
    REQUIRE(elsewhere.set("opc.tcp://gateway:4840", everybody));
    for (const TrustPolicy* policy : {static_cast<const TrustPolicy*>(&everybody), static_cast<const TrustPolicy*>(&elsewhere)}) {
        Bench bench;
        bench.obey(*policy).request.endpointUrl = "opc.tcp://gateway:4840";
        REQUIRE(bench.judge(plc).accepted());
        block(bench, plc);
        checkBlocked(bench.judge(plc));
    }
    REQUIRE(everybody.seen().size() == 1);
    CHECK(everybody.seen().front().count == 2);
}

TEST_CASE("a blocked CA refuses what it has issued, sent or not, in a list or not") {
    const Plant plant;
    const AcceptAllPolicy everybody;
    Bench bench;
    plant.install(bench);
    block(bench, plant.line);
    checkBlocked(bench.judge(plant.plc), 1);
    Bench bare;
    block(bare.obey(everybody), plant.line);
    checkBlocked(bare.judge(plant.plc));
    checkBlocked(bare.judge({plant.plc, plant.line}), 1);
    CHECK(bare.judge(forgeCertificate()).accepted());
}

TEST_CASE("so many blocked CAs of one name that not all are tried refuse what names them") {
    const Plant plant;
    const AcceptAllPolicy everybody;
    Bench bench;
    bench.obey(everybody);
    const auto another = [&](int number) {
        return forgeIntermediate(forgeRoot("Other CA"), "Line CA", {.keyName = "p256", .serial = std::to_string(1000 + number)});
    };
    REQUIRE(cert(another(0)).subject() == cert(plant.plc).issuer());
    for (int i = 0; i < 8; ++i) block(bench, another(i));
    CHECK(bench.judge(plant.plc).accepted());
    block(bench, another(8));
    const auto verdict = bench.judge(plant.plc);
    checkBlocked(verdict);
    CHECK(contains(findingOf(verdict, Step::TrustList).message, "cannot be said"));
}

TEST_CASE("another chain around a blocked CA counts") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto plc = forgeLeaf(line);
    const auto renewed = forgeIntermediate(root, "Line CA", {.serial = "0815"});
    Bench bench;
    bench.trust(root).issuer(line).issuer(renewed).list({.issuer = &root}, StoreList::Trusted).list({.issuer = &line});
    REQUIRE(bench.judge(plc).accepted());
    REQUIRE(cert(line).publicKey() == cert(renewed).publicKey());
    block(bench, line);
    CHECK(bench.judge(plc).accepted());
}

TEST_CASE("a blocked certificate with its signature rewritten is the blocked one still") {
    // An ECDSA signature has many forms that verify: signing again stands for rewriting it.
    const auto root = forgeRoot("Plant CA", {.keyName = "p256"});
    const CertSpec spec{.serial = "4711"};
    const auto once = forgeLeaf(root, spec);
    const auto again = forgeLeaf(root, spec);
    REQUIRE(once.der != again.der);
    REQUIRE(cert(once).serialNumber() == cert(again).serialNumber());
    Bench bench;
    bench.trust(root).list({.issuer = &root}, StoreList::Trusted);
    REQUIRE(bench.judge(again).accepted());
    block(bench, once);
    const auto verdict = bench.judge(again);
    checkBlocked(verdict);
    CHECK(contains(findingOf(verdict, Step::TrustList).found, "serial number"));
}

TEST_CASE("a refusal of a blocked certificate is counted and not filed") {
    const auto plc = forgeCertificate();
    Bench bench;
    block(bench, plc);
    const auto verdict = bench.judge(plc);
    checkBlocked(verdict);
    CHECK(bench.rejectedCount() == 0);
    CHECK(contains(verdict.report().content().note, "journal"));
    REQUIRE(bench.store.refusals().records.size() == 1);
    CHECK(contains(bench.store.refusals().records.front().refusals.front().reason, "blocked"));
    CHECK(contains(explainJson(verdict.report()), "\"blocked\":true"));
}

TEST_CASE("when the blocked list cannot be read in full, nobody is let in") {
    const auto plc = forgeCertificate();
    class HalfReadStore final : public CertificateStore {
    public:
        explicit HalfReadStore(Certificate trusted) : trusted_{std::move(trusted)} {}
        std::shared_ptr<const TrustSnapshot> snapshot() override {
            return std::make_shared<const TrustSnapshot>(
                TrustSnapshot::Content{.trusted = {{trusted_, "trusted/plc.der"}},
                                       .problems = {{"blocked/certs", "It cannot be read.", "Let this application read it."}},
                                       .allBlockedRead = false});
        }
        Result<void> addCertificate(StoreList, const Certificate&) override { return {}; }
        Result<void> removeCertificate(StoreList, const CertificateId&) override { return {}; }
        Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { return {}; }
        Result<void> addCrl(StoreList, const Crl&) override { return {}; }
        Result<void> removeCrl(StoreList, const CertificateId&) override { return {}; }
        Result<bool> fileRejected(const Certificate&) override { return true; }

    private:
        Certificate trusted_;
    };
    HalfReadStore store{cert(plc)};
    const AcceptAllPolicy everybody;
    const FixedClock clock{kForgeNow};
    const auto verdict = CertificateValidator{store, everybody, clock}.validate({.certificate = plc.der});
    CHECK(verdict.status() == S::BadCertificateUntrusted);
    CHECK(contains(findingOf(verdict, Step::TrustList).found, "blocked/certs"));
}
