#include <uatrust/validation/audit_event.hpp>

#include <mutex>
#include <stdexcept>
#include <thread>

#include "unit/validation/bench.hpp"
#include "unit/validation/fixed_store.hpp"

using namespace uatrust;
using namespace uatrust::test;

using S = StatusCode;
using A = AuditEventType;

namespace {

Bytes derOf(const ForgedCert& forged) { return forged.der; }

/// Everything that a sink was told.
class Recorder final : public AuditSink {
public:
    void onVerdict(const Report& report, std::span<const AuditEvent> events) override {
        const std::scoped_lock lock{mutex_};
        ++verdicts;
        lastStatus = report.status();
        all.insert(all.end(), events.begin(), events.end());
    }
    std::size_t verdicts = 0;
    S lastStatus = S::BadUnexpectedError;
    std::vector<AuditEvent> all{};

private:
    std::mutex mutex_{};
};

template <class Failure>
class FailingSink final : public AuditSink {
public:
    explicit FailingSink(Failure failure) : failure_{std::move(failure)} {}
    void onVerdict(const Report&, std::span<const AuditEvent>) override { throw failure_; }

private:
    Failure failure_;
};

class DeadStore final : public IdleStore {
public:
    [[nodiscard]] std::shared_ptr<const TrustSnapshot> snapshot() override { throw std::runtime_error{"the disk is gone"}; }
};

struct Judge {
    Bench bench{};
    Recorder recorder{};
    [[nodiscard]] Verdict operator()(ByteView sent) {
        auto asked = bench.request;
        asked.certificate = sent;
        return CertificateValidator{bench.store, *bench.policy, bench.clock, bench.budget}.auditTo(recorder).validate(asked);
    }
};

AuditEvent onlyEventOf(const Verdict& verdict) {
    auto events = auditEvents(verdict.report());
    REQUIRE(events.size() == 1);
    return events.front();
}

}  // namespace

TEST_CASE("each event type has the NodeId and the name of the specification") {
    struct Row {
        A type;
        std::uint32_t nodeId;
        std::string_view name;
    };
    // OPC 10000-5, 6.4.13 to 6.4.18, and the NodeSet, written down a second time.
    constexpr Row expected[] = {
        {A::CertificateDataMismatch, 2082, "AuditCertificateDataMismatchEventType"},
        {A::CertificateExpired, 2085, "AuditCertificateExpiredEventType"},
        {A::CertificateInvalid, 2086, "AuditCertificateInvalidEventType"},
        {A::CertificateUntrusted, 2087, "AuditCertificateUntrustedEventType"},
        {A::CertificateRevoked, 2088, "AuditCertificateRevokedEventType"},
        {A::CertificateMismatch, 2089, "AuditCertificateMismatchEventType"},
    };
    CHECK(auditEventTypeTable().size() == std::size(expected));
    for (const auto& each : expected) {
        CHECK(auditEventTypeInfo(each.type).type == each.type);
        CHECK(auditEventTypeInfo(each.type).nodeId == each.nodeId);
        CHECK(auditEventTypeInfo(each.type).browseName == each.name);
    }
    CHECK(kAuditSourceName == "Security/Certificate");
}

TEST_CASE("a certificate that passes makes no event") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    CHECK(auditEvents(bench.judge(plant.plc).report()).empty());
}

TEST_CASE("each status raises the event that the specification has for it") {
    struct Row {
        Step step;
        std::size_t position;
        S status;
        A type;
        std::uint16_t severity;
    };
    constexpr Row rows[] = {
        {Step::Structure, 0, S::BadCertificateInvalid, A::CertificateInvalid, 800},
        {Step::BuildChain, 0, S::BadCertificateChainIncomplete, A::CertificateInvalid, 500},
        {Step::Signature, 0, S::BadCertificateInvalid, A::CertificateInvalid, 800},
        {Step::SecurityPolicyCheck, 0, S::BadCertificatePolicyCheckFailed, A::CertificateInvalid, 500},
        {Step::TrustList, 0, S::BadCertificateUntrusted, A::CertificateUntrusted, 500},
        {Step::ValidityPeriod, 0, S::BadCertificateTimeInvalid, A::CertificateExpired, 500},
        {Step::ValidityPeriod, 1, S::BadCertificateIssuerTimeInvalid, A::CertificateExpired, 500},
        {Step::HostName, 0, S::BadCertificateHostNameInvalid, A::CertificateDataMismatch, 500},
        {Step::Uri, 0, S::BadCertificateUriInvalid, A::CertificateDataMismatch, 800},
        {Step::CertificateUsage, 0, S::BadCertificateUseNotAllowed, A::CertificateMismatch, 500},
        {Step::CertificateUsage, 1, S::BadCertificateIssuerUseNotAllowed, A::CertificateMismatch, 500},
        {Step::FindRevocationList, 0, S::BadCertificateRevocationUnknown, A::CertificateRevoked, 500},
        {Step::FindRevocationList, 1, S::BadCertificateIssuerRevocationUnknown, A::CertificateRevoked, 500},
        {Step::RevocationCheck, 0, S::BadCertificateRevoked, A::CertificateRevoked, 800},
        {Step::RevocationCheck, 1, S::BadCertificateIssuerRevoked, A::CertificateRevoked, 800},
    };
    for (const auto& each : rows) {
        CAPTURE(statusName(each.status));
        const Finding failure{.step = each.step, .position = each.position, .outcome = Outcome::Failed, .status = each.status};
        const auto failed = auditEvents(Report{{.findings = {failure}}});
        REQUIRE(failed.size() == 1);
        CHECK(failed[0].type == each.type);
        CHECK(failed[0].step == each.step);
        CHECK(failed[0].position == each.position);
        CHECK(failed[0].statusCodeId == each.status);
        CHECK(failed[0].severity == each.severity);
        CHECK_FALSE(failed[0].status);
        CHECK_FALSE(failed[0].suppressed);

        auto letPass = failure;
        letPass.outcome = Outcome::Suppressed;
        const auto suppressed = auditEvents(Report{{.findings = {letPass}}});
        REQUIRE(suppressed.size() == 1);
        CHECK(suppressed[0].type == each.type);
        CHECK(suppressed[0].statusCodeId == each.status);
        CHECK(suppressed[0].severity == 300);
        CHECK(suppressed[0].status);
        CHECK(suppressed[0].suppressed);
    }
}

TEST_CASE("what passed, does not apply or was not reached raises nothing, and the order is that of the steps") {
    const auto finding = [](Step step, std::size_t position, Outcome outcome, S status = S::Good) {
        return Finding{.step = step, .position = position, .outcome = outcome, .status = status};
    };
    // In another order than that of the table, so that it is the rule and not the luck of the list.
    const auto events = auditEvents(Report{{.findings = {
                                                finding(Step::RevocationCheck, 0, Outcome::NotReached),
                                                finding(Step::CertificateUsage, 0, Outcome::Failed, S::BadCertificateUseNotAllowed),
                                                finding(Step::ValidityPeriod, 1, Outcome::Failed, S::BadCertificateIssuerTimeInvalid),
                                                finding(Step::ValidityPeriod, 0, Outcome::Suppressed, S::BadCertificateTimeInvalid),
                                                finding(Step::HostName, 0, Outcome::NotApplicable),
                                                finding(Step::Structure, 0, Outcome::Passed),
                                            }}});
    REQUIRE(events.size() == 3);
    CHECK(events[0].statusCodeId == S::BadCertificateTimeInvalid);
    CHECK(events[1].statusCodeId == S::BadCertificateIssuerTimeInvalid);
    CHECK(events[2].statusCodeId == S::BadCertificateUseNotAllowed);
    CHECK(events[0].suppressed);
    CHECK_FALSE(events[0].status);  // it was let pass, and the certificate was refused for another reason
}

TEST_CASE("all failures of a refused certificate are in the trail, with the exact status that its peer is not told") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    Bench bench;
    bench.request.peerAddress = "10.0.0.7";
    const auto verdict = bench.judge(plc);
    CHECK(verdict.statusForPeer() == S::BadSecurityChecksFailed);
    const auto events = auditEvents(verdict.report());
    REQUIRE(events.size() == 2);
    CHECK(events[0].statusCodeId == S::BadCertificateUntrusted);
    CHECK(events[1].statusCodeId == S::BadCertificateTimeInvalid);
    for (const auto& each : events) {
        CHECK(each.certificate == derOf(plc));
        CHECK(each.actionTimeStamp == kForgeNow);
        CHECK(contains(each.message, cert(plc).describe()));
        CHECK(contains(each.message, "the peer's own certificate"));
        CHECK(contains(each.message, "10.0.0.7"));
        CHECK(each.clientUserId.empty());
        CHECK_FALSE(each.clientApplicationUri);
    }
}

TEST_CASE("an event names the certificate of the chain that it is about") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root, "Line CA", {.notAfter = forgeDate(2026, 6, 1)});
    const auto plc = forgeLeaf(line);
    Bench bench;
    bench.trust(root).issuer(line).list({.issuer = &root}).list({.issuer = &line});
    const auto event = onlyEventOf(bench.judge(plc));
    CHECK(event.type == A::CertificateExpired);
    CHECK(event.statusCodeId == S::BadCertificateIssuerTimeInvalid);
    CHECK(event.position == 1);
    CHECK(event.certificate == derOf(line));
    CHECK(contains(event.message, cert(line).describe() + ", certificate 2 of 3 in the chain of " + cert(plc).describe()));
}

TEST_CASE("a suppressed failure of an accepted certificate is in the trail, with who let it pass") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = S::BadCertificateTimeInvalid, .comment = "renewal ordered, J. Doe"}));
    Bench bench;
    const auto verdict = bench.trust(plc).obey(policy).judge(plc);
    REQUIRE(verdict.accepted());
    const auto event = onlyEventOf(verdict);
    CHECK(event.type == A::CertificateExpired);
    CHECK(event.statusCodeId == S::BadCertificateTimeInvalid);
    CHECK(event.status);
    CHECK(event.suppressed);
    CHECK(contains(event.suppressedBy, "renewal ordered, J. Doe"));
    CHECK(contains(event.message, "renewal ordered, J. Doe"));
    CHECK(event.severity == AuditSeverity::kSuppressed);
}

TEST_CASE("what only the clock tolerance lets pass is in the trail") {
    const auto root = forgeRoot();
    const auto plc = forgeLeaf(root, {.notAfter = kForgeNow - std::chrono::seconds{60}});
    SuppressingPolicy policy;
    policy.clockTolerance(std::chrono::seconds{300});
    Bench bench;
    bench.trust(root).list({.issuer = &root, .nextUpdate = kForgeNow - std::chrono::seconds{60}}).obey(policy);
    const auto verdict = bench.judge(plc);
    REQUIRE(verdict.accepted());
    const auto events = auditEvents(verdict.report());
    REQUIRE(events.size() == 2);
    CHECK(events[0].type == A::CertificateExpired);
    CHECK(events[1].type == A::CertificateRevoked);
    CHECK(events[1].statusCodeId == S::BadCertificateRevocationUnknown);
    for (const auto& each : events) {
        CHECK(each.suppressed);
        CHECK(contains(each.suppressedBy, "clock tolerance of 5 minutes"));
    }
}

TEST_CASE("whoever is let in by accepting everybody leaves a trace that stands out") {
    const auto stranger = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    const AcceptAllPolicy everybody;
    Bench bench;
    const auto verdict = bench.obey(everybody).judge(stranger);
    REQUIRE(verdict.accepted());
    const auto events = auditEvents(verdict.report());
    REQUIRE(events.size() == 2);
    CHECK(events[0].type == A::CertificateUntrusted);
    CHECK(events[1].type == A::CertificateExpired);
    for (const auto& each : events) {
        CHECK(each.severity == AuditSeverity::kAcceptedAll);
        CHECK(each.status);
        CHECK(each.suppressed);
        CHECK(contains(each.message, "INSECURE"));
    }
    CHECK(auditEvents(bench.trust(stranger).judge(tamperSignature(stranger.der)).report()).front().severity == AuditSeverity::kSuspicious);
}

TEST_CASE("a mismatch carries the value that failed and leaves the other null") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.trust(plc).request.role = Role::Client;
    bench.request.hostNames = {"gateway.example"};
    bench.request.applicationUri = "urn:test:plc-7";
    const auto host = onlyEventOf(bench.judge(plc));
    CHECK(host.type == A::CertificateDataMismatch);
    CHECK(host.invalidHostname == "gateway.example");
    CHECK_FALSE(host.invalidUri);
    CHECK_FALSE(host.clientApplicationUri);  // the peer is a server

    bench.request.hostNames = {"localhost"};
    bench.request.applicationUri = "urn:test:another";
    const auto uri = onlyEventOf(bench.judge(plc));
    CHECK(uri.type == A::CertificateDataMismatch);
    CHECK(uri.invalidUri == "urn:test:another");
    CHECK_FALSE(uri.invalidHostname);

    bench.request.hostNames = {"gateway.example", "10.0.0.8"};
    const auto both = auditEvents(bench.judge(plc).report());
    REQUIRE(both.size() == 2);
    CHECK(both[0].invalidHostname == "gateway.example, 10.0.0.8");
    CHECK_FALSE(both[0].invalidUri);
    CHECK(both[1].invalidUri == "urn:test:another");
    CHECK_FALSE(both[1].invalidHostname);
}

TEST_CASE("failures of other kinds carry no mismatch") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.request.applicationUri = "urn:test:plc-7";
    const auto event = onlyEventOf(bench.judge(plc));
    CHECK(event.type == A::CertificateUntrusted);
    CHECK_FALSE(event.invalidHostname);
    CHECK_FALSE(event.invalidUri);
    CHECK(event.clientApplicationUri == "urn:test:plc-7");
}

TEST_CASE("an event about a user certificate names the user it claims to be") {
    const auto user = forgeCertificate({.cn = "J. Doe", .uris = {}, .dns = {}});
    Bench bench;
    bench.request.profile = Profile::User;
    const auto event = onlyEventOf(bench.judge(user));
    CHECK(event.clientUserId == cert(user).subject().text());
    CHECK(contains(event.clientUserId, "J. Doe"));
}

TEST_CASE("what is no certificate is in the trail as it was sent, and bounded") {
    Bench bench;
    const Bytes nonsense{0x30, 0x03, 0x01, 0x02, 0x03};
    const auto event = onlyEventOf(bench.judge(nonsense));
    CHECK(event.type == A::CertificateInvalid);
    CHECK(event.statusCodeId == S::BadCertificateInvalid);
    CHECK(event.certificate == nonsense);
    CHECK_FALSE(event.message.empty());

    const Bytes huge(Certificate::kMaxSize + 1, 0x30);
    CHECK(onlyEventOf(bench.judge(huge)).certificate == Bytes(Certificate::kMaxSize, 0x30));
    CHECK(onlyEventOf(bench.judge(Bytes{})).certificate.empty());

    const auto plc = forgeCertificate();
    CHECK(bench.trust(plc).judge(plc).report().content().received.empty());
}

TEST_CASE("hostile text reaches no operator as it is") {
    const auto plc = forgeCertificate({.cn = "plc\n\x1b[2J"});
    Bench bench;
    bench.trust(plc).request.applicationUri = "urn:\n\x1b[2J" + std::string(100000, 'x');
    bench.request.peerAddress = "10.0.0.7\n";
    for (const auto& each : auditEvents(bench.judge(plc).report())) {
        for (const auto& text : {each.message, each.invalidUri.value_or(""), each.clientApplicationUri.value_or("")}) {
            CHECK(text.find_first_of("\n\x1b") == std::string::npos);
            CHECK(text.size() < 20000);
        }
    }
}

TEST_CASE("a certificate that could not be judged is in the trail") {
    DeadStore store;
    const StrictPolicy strict;
    const FixedClock clock{kForgeNow};
    Recorder recorder;
    const auto plc = forgeCertificate();
    const auto verdict = CertificateValidator{store, strict, clock}.auditTo(recorder).validate({.certificate = plc.der});
    CHECK_FALSE(verdict.accepted());
    REQUIRE(recorder.all.size() == 1);
    const auto& event = recorder.all.front();
    CHECK(event.type == A::CertificateInvalid);
    CHECK(event.statusCodeId == S::BadInternalError);
    CHECK(event.severity == AuditSeverity::kSuspicious);
    CHECK_FALSE(event.status);
    CHECK(contains(event.message, "the disk is gone"));
    CHECK(event.certificate == derOf(plc));
    CHECK(event.actionTimeStamp == kForgeNow);
}

TEST_CASE("a report without any finding is a refusal, and refusals are in the trail") {
    const auto events = auditEvents(Report{Report::Content{}});
    REQUIRE(events.size() == 1);
    CHECK(events[0].type == A::CertificateInvalid);
    CHECK(events[0].statusCodeId == S::BadSecurityChecksFailed);
    CHECK_FALSE(events[0].status);
    CHECK_FALSE(events[0].message.empty());
}

TEST_CASE("a sink is told of every verdict, with its events") {
    const auto plc = forgeCertificate();
    Judge judge;
    CHECK_FALSE(judge(plc.der).accepted());
    CHECK(judge.recorder.verdicts == 1);
    CHECK(judge.recorder.lastStatus == S::BadCertificateUntrusted);
    REQUIRE(judge.recorder.all.size() == 1);
    CHECK(judge.recorder.all.front().type == A::CertificateUntrusted);

    judge.bench.trust(plc);
    CHECK(judge(plc.der).accepted());
    CHECK(judge.recorder.verdicts == 2);
    CHECK(judge.recorder.lastStatus == S::Good);
    CHECK(judge.recorder.all.size() == 1);
}

TEST_CASE("a sink that fails changes no verdict, and the report says that the trail has a gap") {
    FailingSink<std::runtime_error> speaking{std::runtime_error{"disk full\n"}};
    FailingSink<int> silent{42};
    const auto plc = forgeCertificate();
    for (const bool trusted : {true, false}) {
        Bench bench;
        if (trusted) bench.trust(plc);
        const ValidationRequest request{.certificate = plc.der};
        CertificateValidator validator{bench.store, bench.strict, bench.clock};
        const auto status = validator.validate(request).status();

        for (AuditSink* sink : std::initializer_list<AuditSink*>{&speaking, &silent}) {
            const auto verdict = validator.auditTo(*sink).validate(request);
            CHECK(verdict.accepted() == trusted);
            CHECK(verdict.status() == status);
            CHECK(verdict.sharedReport().get() == &verdict.report());
            CHECK(isComplete(verdict.report()));
            CHECK(contains(verdict.report().content().note, "missing from the audit trail"));
            CHECK_FALSE(contains(verdict.report().content().note, "\n"));
        }
        const auto verdict = validator.auditTo(speaking).validate(request);
        CHECK(contains(verdict.report().content().note, "disk full"));
        CHECK(contains(verdict.report().content().note, "rejected") == !trusted);  // the notes before it are still there
    }
}

TEST_CASE("several threads may be audited at once", "[threads]") {
    const auto plc = forgeCertificate({.keyName = "p256"});
    Bench bench;
    Recorder recorder;
    CertificateValidator validator{bench.store, bench.strict, bench.clock};
    validator.auditTo(recorder);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 25; ++n) static_cast<void>(validator.validate({.certificate = plc.der}));
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(recorder.verdicts == 100);
    CHECK(recorder.all.size() == 100);
}
