// What a judgement leaves behind in the store, and what becomes of it when the store fails.

#include <stdexcept>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

/// A store that breaks its contract.
class BrokenStore final : public CertificateStore {
public:
    enum class Way { Throws, ThrowsNothingKnown, RunsOutOfMemory, AnswersNull };
    explicit BrokenStore(Way way) : way_{way} {}

    std::shared_ptr<const TrustSnapshot> snapshot() override {
        if (way_ == Way::Throws) throw std::runtime_error{"the database is away"};
        if (way_ == Way::ThrowsNothingKnown) throw 7;
        if (way_ == Way::RunsOutOfMemory) throw std::bad_alloc{};
        return nullptr;
    }
    Result<void> addCertificate(StoreList, const Certificate&) override { return {}; }
    Result<void> removeCertificate(StoreList, const CertificateId&) override { return {}; }
    Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { return {}; }
    Result<void> addCrl(StoreList, const Crl&) override { return {}; }
    Result<void> removeCrl(StoreList, const CertificateId&) override { return {}; }
    Result<bool> fileRejected(const Certificate&) override { return true; }

private:
    Way way_;
};

/// A store whose rejected list cannot be written, with problems of its own.
class ReadOnlyStore final : public CertificateStore {
public:
    explicit ReadOnlyStore(bool throws) : throws_{throws} {}
    std::shared_ptr<const TrustSnapshot> snapshot() override {
        return std::make_shared<const TrustSnapshot>(
            TrustSnapshot::Content{.problems = {{"trusted/certs/broken.der", "is no certificate", "Remove it."}}});
    }
    Result<void> addCertificate(StoreList, const Certificate&) override { return {}; }
    Result<void> removeCertificate(StoreList, const CertificateId&) override { return {}; }
    Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { return {}; }
    Result<void> addCrl(StoreList, const Crl&) override { return {}; }
    Result<void> removeCrl(StoreList, const CertificateId&) override { return {}; }
    Result<bool> fileRejected(const Certificate&) override {
        if (throws_) throw std::runtime_error{"the disk is gone"};
        return Error{StatusCode::BadNotWritable, "The folder rejected cannot be written.", "Check its permissions."};
    }

private:
    bool throws_;
};

}  // namespace

TEST_CASE("an unknown certificate is filed once, and the remedy names its record") {
    const auto plc = forgeCertificate();
    Bench bench;
    const auto first = bench.judge(plc);
    CHECK(first.status() == S::BadCertificateUntrusted);
    CHECK(bench.isRejected(plc));
    CHECK(contains(first.report().content().note, "Filed"));
    const auto source = bench.store.snapshot()->find(StoreList::Rejected, cert(plc).id())->source;
    CHECK(contains(findingOf(first, Step::TrustList).remedy, source));
    const auto second = bench.judge(plc);
    CHECK(bench.rejectedCount() == 1);
    CHECK(contains(second.report().content().note, "Known"));
    CHECK(contains(findingOf(second, Step::TrustList).remedy, source));
}

TEST_CASE("what is filed, and what is not") {
    const Plant plant;
    const auto root = forgeRoot();
    const auto stranger = forgeCertificate();
    const auto expired = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    struct Case {
        const char* name;
        bool filed;
        std::function<Verdict(Bench&)> judge;
    };
    const Case cases[] = {
        {"a stranger", true, [&](Bench& b) { return b.judge(stranger); }},
        {"a stranger with an unknown issuer", true, [&](Bench& b) { return b.judge(plant.plc); }},
        {"an expired certificate of a trusted CA", true,
         [&](Bench& b) { return b.trust(root).list({.issuer = &root}).judge(forgeLeaf(root, {.notAfter = forgeDate(2026, 3, 1)})); }},
        {"a user", true, [&](Bench& b) { return b.request.profile = Profile::User, b.judge(stranger); }},
        {"an accepted certificate", false, [&](Bench& b) { return b.trust(stranger).judge(stranger); }},
        {"a trusted certificate that is refused for its dates", false, [&](Bench& b) { return b.trust(expired).judge(expired); }},
        {"a stranger that nobody wants filed", false, [&](Bench& b) { return b.request.fileRejected = false, b.judge(stranger); }},
        {"a wrong signature", false, [&](Bench& b) { return plant.install(b), b.judge(tamperSignature(plant.plc.der)); }},
        {"a malformed certificate", false,
         [&](Bench& b) {
             return b.judge(forgeCertificate({.extensions = {{"1.2.3.4.5", true, {0x05, 0x00}}}}));
         }},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        Bench bench;
        static_cast<void>(each.judge(bench));
        CHECK(bench.rejectedCount() == (each.filed ? 1 : 0));
    }
}

TEST_CASE("only the peer's own certificate is filed, never its issuers") {
    const Plant plant;
    Bench bench;
    CHECK(bench.judge({plant.plc, plant.line, plant.root}).status() == S::BadCertificateUntrusted);
    CHECK(bench.rejectedCount() == 1);
    CHECK(bench.isRejected(plant.plc));
}

TEST_CASE("a rejected list that cannot be written changes no verdict and is told") {
    const auto plc = forgeCertificate();
    const StrictPolicy strict;
    const FixedClock clock{kForgeNow};
    for (const bool throws : {false, true}) {
        ReadOnlyStore store{throws};
        const auto verdict = CertificateValidator{store, strict, clock}.validate({.certificate = plc.der});
        CHECK(verdict.status() == S::BadCertificateUntrusted);
        CHECK(contains(verdict.report().content().note, "could not be filed"));
        CHECK(contains(verdict.report().content().note, throws ? "the disk is gone" : "permissions"));
    }
}

TEST_CASE("what a store could not read is in the report of a refusal") {
    const auto plc = forgeCertificate();
    const StrictPolicy strict;
    const FixedClock clock{kForgeNow};
    ReadOnlyStore store{false};
    const auto verdict = CertificateValidator{store, strict, clock}.validate({.certificate = plc.der});
    REQUIRE(verdict.report().content().storeProblems.size() == 1);
    CHECK(verdict.report().content().storeProblems[0].source == "trusted/certs/broken.der");
    CHECK(contains(findingOf(verdict, Step::TrustList).found, "trusted/certs/broken.der"));
}

TEST_CASE("a store that fails refuses everybody, with the reason and without an exception") {
    const auto plc = forgeCertificate();
    const StrictPolicy strict;
    const AcceptAllPolicy everybody;
    const FixedClock clock{kForgeNow};
    using Way = BrokenStore::Way;
    for (const auto way : {Way::Throws, Way::ThrowsNothingKnown, Way::RunsOutOfMemory, Way::AnswersNull}) {
        BrokenStore store{way};
        for (const TrustPolicy* policy : {static_cast<const TrustPolicy*>(&strict), static_cast<const TrustPolicy*>(&everybody)}) {
            const auto verdict = CertificateValidator{store, *policy, clock}.validate({.certificate = plc.der, .peerAddress = "10.0.0.7"});
            CHECK_FALSE(verdict.accepted());
            CHECK_FALSE(verdict.trusted().has_value());
            CHECK(verdict.status() == S::BadInternalError);
            CHECK(verdict.statusForPeer() == S::BadSecurityChecksFailed);
            REQUIRE(verdict.report().decisive() != nullptr);
            CHECK_FALSE(verdict.report().decisive()->remedy.empty());
            CHECK(isComplete(verdict.report()));
            CHECK(verdict.report().content().peerAddress == "10.0.0.7");
            if (way == Way::Throws) CHECK(contains(verdict.report().decisive()->message, "the database is away"));
        }
    }
}

TEST_CASE("the journal is told each attempt: when, why, who and where") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.request.peerAddress = "10.0.0.7";
    bench.request.endpointUrl = "opc.tcp://gateway:4840";
    bench.request.applicationUri = "urn:claimed";
    const auto first = bench.judge(plc);
    bench.clock.advance(std::chrono::minutes{5});
    bench.request.applicationUri.reset();
    bench.request.at = kForgeNow - std::chrono::hours{24};  // judged as of another day, but refused now
    (void)bench.judge(plc);
    const auto journal = bench.store.refusals();
    REQUIRE(journal.records.size() == 1);
    const auto& record = journal.records.front();
    CHECK(record.certificate == cert(plc).id());
    CHECK(record.count == 2);
    CHECK(record.first == kForgeNow);
    CHECK(record.last == kForgeNow + std::chrono::minutes{5});
    REQUIRE(record.refusals.size() == 2);
    const auto& claimed = record.refusals.back();
    CHECK(claimed.status == S::BadCertificateUntrusted);
    CHECK(claimed.reason == printable(first.report().decisive()->message, 512));
    CHECK(claimed.peerAddress == "10.0.0.7");
    CHECK(claimed.endpointUrl == "opc.tcp://gateway:4840");
    CHECK(claimed.applicationUri == "urn:claimed");
    CHECK(record.refusals.front().applicationUri == cert(plc).applicationUri());
}

TEST_CASE("a certificate that has to wait for its place in the rejected list is refused all the same, and told so") {
    class BusyStore final : public CertificateStore {
    public:
        explicit BusyStore(Filing filing) : filing_{filing} {}
        std::shared_ptr<const TrustSnapshot> snapshot() override { return std::make_shared<const TrustSnapshot>(TrustSnapshot::Content{}); }
        Result<void> addCertificate(StoreList, const Certificate&) override { return {}; }
        Result<void> removeCertificate(StoreList, const CertificateId&) override { return {}; }
        Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { return {}; }
        Result<void> addCrl(StoreList, const Crl&) override { return {}; }
        Result<void> removeCrl(StoreList, const CertificateId&) override { return {}; }
        Result<bool> fileRejected(const Certificate&) override { return false; }
        Result<Filing> recordRefusal(const Certificate&, const Refusal&) override { return filing_; }

    private:
        Filing filing_;
    };
    const auto plc = forgeCertificate();
    const StrictPolicy strict;
    const FixedClock clock{kForgeNow};
    for (const auto& [filing, told] : {std::pair{Filing::Postponed, "at once"}, std::pair{Filing::NotKept, "does not file"}}) {
        BusyStore store{filing};
        const auto verdict = CertificateValidator{store, strict, clock}.validate({.certificate = plc.der});
        CHECK(verdict.status() == S::BadCertificateUntrusted);
        CHECK(contains(verdict.report().content().note, told));
    }
}
