#include <uatrust/validation/trust_policy.hpp>

#include <stdexcept>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

ForgedCert expired() { return forgeCertificate({.notAfter = forgeDate(2026, 6, 1)}); }

Finding expiry(StatusCode status = StatusCode::BadCertificateTimeInvalid) {
    return {.step = Step::ValidityPeriod, .outcome = Outcome::Failed, .status = status, .suppressible = true};
}

PolicyContext contextAt(Instant now, std::string_view endpointUrl = {}) {
    return {Role::Server, Profile::Application, endpointUrl, "10.0.0.7", now};
}

/// Suppresses whatever it is asked about, and keeps account of that.
class YesPolicy final : public TrustPolicy {
public:
    [[nodiscard]] std::string name() const override { return "YesPolicy"; }
    [[nodiscard]] Ruling onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const override {
        asked.push_back(failure.status);
        lastCertificate = certificate.describe();
        lastEndpoint = context.endpointUrl;
        lastPeer = context.peerAddress;
        return {.suppress = true, .reason = "says yes"};
    }
    mutable std::vector<StatusCode> asked{};
    mutable std::string lastCertificate{};
    mutable std::string lastEndpoint{};
    mutable std::string lastPeer{};
};

class ThrowingPolicy final : public TrustPolicy {
public:
    enum class In { Name, Ruling, Choice, Revocation, Tolerance };
    explicit ThrowingPolicy(In in) : in_{in} {}
    [[nodiscard]] std::string name() const override { return fail(In::Name), "ThrowingPolicy"; }
    [[nodiscard]] Ruling onFailure(const Finding&, const Certificate&, const PolicyContext&) const override {
        return fail(In::Ruling), Ruling{.suppress = true};
    }
    [[nodiscard]] RevocationRuling revocationOf(const Certificate&, const PolicyContext&) const override {
        return fail(In::Revocation), RevocationRuling{.mode = RevocationMode::Off};
    }
    [[nodiscard]] std::chrono::seconds clockTolerance(const PolicyContext&) const override {
        return fail(In::Tolerance), std::chrono::seconds{3600};
    }
    [[nodiscard]] const TrustPolicy& inForce(const PolicyContext&) const override { return fail(In::Choice), *this; }

private:
    void fail(In here) const {
        if (here == in_) throw std::runtime_error{"out of order"};
    }
    In in_;
};

}  // namespace

TEST_CASE("the strict policy suppresses nothing") {
    const StrictPolicy strict;
    CHECK(strict.name() == "StrictPolicy");
    CHECK_FALSE(strict.onFailure(expiry(), cert(expired()), contextAt(kForgeNow)).suppress);
    CHECK(&strict.inForce(contextAt(kForgeNow)) == &strict);
}

TEST_CASE("only what an administrator may suppress is taken as an exception") {
    for (const auto& info : statusTable()) {
        CAPTURE(info.name);
        SuppressingPolicy policy;
        const auto added = policy.suppress({.status = info.code});
        CHECK(added.ok() == (suppressibleStep(info.code) != nullptr));
        if (!added) {
            CHECK(added.status() == StatusCode::BadInvalidArgument);
            CHECK(contains(added.error().message, info.name));
            CHECK_FALSE(added.error().remedy.empty());
        }
    }
}

TEST_CASE("an exception covers its status, its certificate and its time, and nothing else") {
    const auto one = cert(expired());
    const auto other = cert(forgeCertificate({.cn = "plc-8", .notAfter = forgeDate(2026, 6, 1)}));
    const auto until = kForgeNow + std::chrono::hours{1};
    SuppressingPolicy policy;
    REQUIRE(policy.suppress(
        {.status = StatusCode::BadCertificateTimeInvalid, .certificate = one.id(), .until = until, .comment = "renewal ordered, J. Doe"}));

    const auto ruling = policy.onFailure(expiry(), one, contextAt(kForgeNow));
    CHECK(ruling.suppress);
    CHECK(contains(ruling.reason, "renewal ordered, J. Doe"));
    CHECK(contains(ruling.reason, "BadCertificateTimeInvalid"));
    CHECK(contains(ruling.reason, formatInstant(until)));

    CHECK_FALSE(policy.onFailure(expiry(), other, contextAt(kForgeNow)).suppress);
    CHECK_FALSE(policy.onFailure(expiry(StatusCode::BadCertificateIssuerTimeInvalid), one, contextAt(kForgeNow)).suppress);
    CHECK(policy.onFailure(expiry(), one, contextAt(until - std::chrono::seconds{1})).suppress);
    CHECK_FALSE(policy.onFailure(expiry(), one, contextAt(until)).suppress);
}

TEST_CASE("of several exceptions the first that fits is used") {
    const auto one = cert(expired());
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = StatusCode::BadCertificateTimeInvalid, .until = kForgeNow, .comment = "over"}));
    REQUIRE(policy.suppress({.status = StatusCode::BadCertificateTimeInvalid, .comment = "in force"}));
    const auto ruling = policy.onFailure(expiry(), one, contextAt(kForgeNow));
    CHECK(ruling.suppress);
    CHECK(contains(ruling.reason, "in force"));
    CHECK(contains(ruling.reason, "every certificate"));
}

TEST_CASE("a suppressed failure is accepted and stays in the report with its reason") {
    const auto plc = expired();
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = StatusCode::BadCertificateTimeInvalid, .comment = "renewal ordered"}));
    Bench bench;
    const auto verdict = bench.trust(plc).obey(policy).judge(plc);
    CHECK(verdict.accepted());
    const auto finding = findingOf(verdict, Step::ValidityPeriod);
    CHECK(finding.outcome == Outcome::Suppressed);
    CHECK(finding.status == StatusCode::BadCertificateTimeInvalid);
    CHECK(contains(finding.suppressedBy, "SuppressingPolicy"));
    CHECK(contains(finding.suppressedBy, "renewal ordered"));
    CHECK_FALSE(finding.remedy.empty());
    CHECK_FALSE(verdict.report().content().acceptedAll);
    CHECK(verdict.report().content().policy == "SuppressingPolicy");
}

TEST_CASE("steps behind a suppressed failure are still run") {
    const auto plc = expired();
    YesPolicy yes;
    Bench bench;
    bench.trust(plc).obey(yes).request.applicationUri = "urn:test:another";
    CHECK(bench.judge(plc).status() == StatusCode::BadCertificateUriInvalid);
    CHECK(yes.asked == std::vector{StatusCode::BadCertificateTimeInvalid});
}

TEST_CASE("a policy is told whom and what it rules on") {
    const auto plc = expired();
    YesPolicy yes;
    Bench bench;
    bench.trust(plc).obey(yes).request.endpointUrl = "opc.tcp://line-4:4840";
    bench.request.peerAddress = "10.0.0.7";
    CHECK(bench.judge(plc).accepted());
    CHECK(yes.lastCertificate == cert(plc).describe());
    CHECK(yes.lastEndpoint == "opc.tcp://line-4:4840");
    CHECK(yes.lastPeer == "10.0.0.7");
}

TEST_CASE("a policy is not even asked about what is not its business") {
    const Plant plant;
    const auto stranger = forgeCertificate({.cn = "stranger"});
    struct Case {
        const char* name;
        std::function<Verdict(Bench&)> judge;
        StatusCode status;
    };
    const Case cases[] = {
        {"structure",
         [&](Bench& b) {
             return b.judge(Bytes{0x30, 0x00});
         },
         StatusCode::BadCertificateInvalid},
        {"chain", [&](Bench& b) { return b.trust(plant.plc).judge(plant.plc); }, StatusCode::BadCertificateChainIncomplete},
        {"signature", [&](Bench& b) { return plant.install(b), b.judge(tamperSignature(plant.plc.der)); },
         StatusCode::BadCertificateInvalid},
        {"trust list", [&](Bench& b) { return b.judge(stranger); }, StatusCode::BadCertificateUntrusted},
        {"URI", [&](Bench& b) { return b.request.applicationUri = "urn:x", b.trust(stranger).judge(stranger); },
         StatusCode::BadCertificateUriInvalid},
        {"revocation",
         [&](Bench& b) {
             plant.install(b);
             return b.list({.issuer = &plant.line, .revoked = {revoked(plant.plc)}, .number = 2}).judge(plant.plc);
         },
         StatusCode::BadCertificateRevoked},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        YesPolicy yes;
        Bench bench;
        CHECK(each.judge(bench.obey(yes)).status() == each.status);
        CHECK(yes.asked.empty());
    }
}

TEST_CASE("a policy that throws suppresses nothing") {
    const auto plc = expired();
    using In = ThrowingPolicy::In;
    const ThrowingPolicy ruling{In::Ruling};
    const ThrowingPolicy choice{In::Choice};
    Bench bench;
    bench.trust(plc);
    CHECK(bench.obey(ruling).judge(plc).status() == StatusCode::BadCertificateTimeInvalid);
    CHECK(bench.obey(choice).judge(plc).status() == StatusCode::BadCertificateTimeInvalid);
    CHECK(bench.judge(plc).report().content().policy == "StrictPolicy");
}

TEST_CASE("a policy that cannot tell its name still rules") {
    const auto plc = expired();
    const ThrowingPolicy nameless{ThrowingPolicy::In::Name};
    Bench bench;
    const auto verdict = bench.trust(plc).obey(nameless).judge(plc);
    CHECK(verdict.accepted());
    CHECK_FALSE(verdict.report().content().policy.empty());
    CHECK_FALSE(findingOf(verdict, Step::ValidityPeriod).suppressedBy.empty());
}

TEST_CASE("the endpoint of a request chooses the policy") {
    const StrictPolicy strict;
    const YesPolicy yes;
    PerEndpointPolicy policy{strict};
    REQUIRE(policy.set("opc.tcp://Line-4:4840/service", yes));
    CHECK(policy.name() == "PerEndpointPolicy");

    struct Case {
        const char* url;
        bool yes;
    };
    const Case cases[] = {
        {"opc.tcp://Line-4:4840/service", true},
        {"opc.tcp://LINE-4:4840/service", true},
        {"OPC.TCP://line-4:4840/service", true},
        {"opc.tcp://line-4:4841/service", false},
        {"opc.tcp://line-4/service", false},
        {"opc.tcp://line-4:4840/Service", false},
        {"opc.tcp://line-4:4840", false},
        {"opc.https://line-4:4840/service", false},
        {"opc.tcp://line-5:4840/service", false},
        {"", false},
        {"nonsense", false},
    };
    for (const auto& each : cases) {
        CAPTURE(each.url);
        const auto context = contextAt(kForgeNow, each.url);
        CHECK((&policy.inForce(context) == &yes) == each.yes);
        CHECK(policy.onFailure(expiry(), cert(expired()), context).suppress == each.yes);
    }
}

TEST_CASE("an endpoint without a path is the one with the path /") {
    const StrictPolicy strict;
    const YesPolicy yes;
    PerEndpointPolicy policy{strict};
    REQUIRE(policy.set("opc.tcp://line-4:4840", yes));
    CHECK(&policy.inForce(contextAt(kForgeNow, "opc.tcp://line-4:4840/")) == &yes);
    CHECK(policy.set("opc.tcp://line-4:4840/", strict).status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("an endpoint gets one policy, and only a URL is an endpoint") {
    const StrictPolicy strict;
    PerEndpointPolicy policy{strict};
    REQUIRE(policy.set("opc.tcp://line-4:4840", strict));
    for (const auto* url : {"opc.tcp://LINE-4:4840", "", "line-4", "opc.tcp://", "opc.tcp://line-4:99999"}) {
        CAPTURE(url);
        const auto added = policy.set(url, strict);
        CHECK(added.status() == StatusCode::BadInvalidArgument);
        CHECK_FALSE(added.error().remedy.empty());
    }
}

TEST_CASE("policies for endpoints may be nested") {
    const StrictPolicy strict;
    const YesPolicy yes;
    PerEndpointPolicy inner{strict};
    REQUIRE(inner.set("opc.tcp://line-4:4840", yes));
    const PerEndpointPolicy outer{inner};
    CHECK(&outer.inForce(contextAt(kForgeNow, "opc.tcp://line-4:4840")) == &yes);
    CHECK(&outer.inForce(contextAt(kForgeNow, "opc.tcp://line-5:4840")) == &strict);
}

TEST_CASE("the same certificate is let in at one endpoint and refused at another") {
    const auto plc = expired();
    SuppressingPolicy lenient;
    REQUIRE(lenient.suppress({.status = StatusCode::BadCertificateTimeInvalid}));
    const StrictPolicy strict;
    PerEndpointPolicy policy{strict};
    REQUIRE(policy.set("opc.tcp://line-4:4840", lenient));
    Bench bench;
    bench.trust(plc).obey(policy).request.endpointUrl = "opc.tcp://line-4:4840";
    const auto accepted = bench.judge(plc);
    CHECK(accepted.accepted());
    CHECK(accepted.report().content().policy == "SuppressingPolicy");
    bench.request.endpointUrl = "opc.tcp://line-5:4840";
    CHECK(bench.judge(plc).status() == StatusCode::BadCertificateTimeInvalid);
}

// ---- Exceptions for a CA

TEST_CASE("an exception for a CA covers it and what it has issued, directly or not, and nothing beside or above") {
    const auto old = forgeDate(2026, 6, 1);
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .notAfter = old});
    const auto line = forgeIntermediate(root, "Line CA", {.notAfter = old});
    const auto plc = forgeLeaf(line, {.notAfter = old});
    struct Case {
        const char* name;
        const ForgedCert* ca;
        Outcome ofPlc;
        Outcome ofLine;
        Outcome ofRoot;
    };
    using O = Outcome;
    const Case cases[] = {{"root", &root, O::Suppressed, O::Suppressed, O::Suppressed},
                          {"line", &line, O::Suppressed, O::Suppressed, O::Failed},
                          {"plc", &plc, O::Suppressed, O::Failed, O::Failed}};
    for (const auto& each : cases) {
        CAPTURE(each.name);
        SuppressingPolicy policy;
        for (const auto status : {StatusCode::BadCertificateTimeInvalid, StatusCode::BadCertificateIssuerTimeInvalid})
            REQUIRE(policy.suppress({.status = status, .issuer = cert(*each.ca).id(), .comment = "old plant"}));
        Bench bench;
        const auto verdict = bench.trust(root).issuer(line).list({.issuer = &root}).list({.issuer = &line}).obey(policy).judge(plc);
        CHECK(outcomeOf(verdict, Step::ValidityPeriod, 0) == each.ofPlc);
        CHECK(outcomeOf(verdict, Step::ValidityPeriod, 1) == each.ofLine);
        CHECK(outcomeOf(verdict, Step::ValidityPeriod, 2) == each.ofRoot);
        CHECK(verdict.accepted() == (each.ca == &root));
        CHECK(contains(findingOf(verdict, Step::ValidityPeriod).suppressedBy, "of this CA and what it has issued: old plant"));
    }
}

TEST_CASE("an exception for a CA does not reach beyond a signature that does not verify") {
    const auto root = forgeRoot();
    const auto plc = forgeLeaf(root, {.notAfter = forgeDate(2026, 6, 1)});
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = StatusCode::BadCertificateTimeInvalid, .issuer = cert(root).id()}));
    Bench bench;
    bench.trust(root).list({.issuer = &root}).obey(policy);
    CHECK(bench.judge(plc).accepted());
    const auto forged = bench.judge(tamperSignature(plc.der));
    CHECK(forged.status() == StatusCode::BadCertificateInvalid);
    REQUIRE(forged.report().chain().size() == 2);  // it was compared with that very CA
    CHECK(outcomeOf(forged, Step::ValidityPeriod) == Outcome::Failed);
}

TEST_CASE("an exception for a CA does not cover another CA of the same name") {
    const auto ours = forgeRoot("Plant CA", {.keyIndex = 1});
    const auto theirs = forgeRoot("Plant CA", {.keyIndex = 3});
    const auto plc = forgeLeaf(theirs, {.notAfter = forgeDate(2026, 6, 1)});
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = StatusCode::BadCertificateTimeInvalid, .issuer = cert(ours).id()}));
    Bench bench;
    bench.trust(ours).trust(theirs).list({.issuer = &ours}).list({.issuer = &theirs}).obey(policy);
    CHECK(bench.judge(plc).status() == StatusCode::BadCertificateTimeInvalid);
}

// ---- Clocks and revocation

TEST_CASE("a certificate may be outside its dates by the clock tolerance, and the report says so") {
    using std::chrono::seconds;
    struct Case {
        const char* name;
        Instant notBefore;
        Instant notAfter;
        bool accepted;
    };
    const Case cases[] = {
        {"expired for as long", kForgeNotBefore, kForgeNow - seconds{300}, true},
        {"expired for longer", kForgeNotBefore, kForgeNow - seconds{301}, false},
        {"begins within", kForgeNow + seconds{300}, kForgeNotAfter, true},
        {"begins later", kForgeNow + seconds{301}, kForgeNotAfter, false},
        {"valid for less than the tolerance", kForgeNow - seconds{20}, kForgeNow - seconds{10}, true},
    };
    SuppressingPolicy policy;
    policy.clockTolerance(seconds{300});
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto plc = forgeCertificate({.notBefore = each.notBefore, .notAfter = each.notAfter});
        Bench bench;
        const auto verdict = bench.trust(plc).obey(policy).judge(plc);
        CHECK(verdict.status() == (each.accepted ? StatusCode::Good : StatusCode::BadCertificateTimeInvalid));
        const auto finding = findingOf(verdict, Step::ValidityPeriod);
        CHECK(finding.outcome == (each.accepted ? Outcome::Suppressed : Outcome::Failed));
        CHECK(finding.status == StatusCode::BadCertificateTimeInvalid);
        CHECK(contains(finding.suppressedBy, "clock tolerance of 5 minutes") == each.accepted);
    }
}

TEST_CASE("the clock tolerance holds for every certificate of the chain") {
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .notAfter = kForgeNow - std::chrono::seconds{60}});
    const auto plc = forgeLeaf(root);
    SuppressingPolicy policy;
    policy.clockTolerance(std::chrono::seconds{300});
    Bench bench;
    const auto verdict = bench.trust(root).list({.issuer = &root}).obey(policy).judge(plc);
    CHECK(verdict.accepted());
    CHECK(outcomeOf(verdict, Step::ValidityPeriod, 0) == Outcome::Passed);
    CHECK(findingOf(verdict, Step::ValidityPeriod, 1).status == StatusCode::BadCertificateIssuerTimeInvalid);
}

TEST_CASE("a clock tolerance is never negative and never more than a day") {
    using std::chrono::hours;
    using std::chrono::seconds;
    const auto justOver = forgeCertificate({.notAfter = kForgeNow - seconds{1}});
    const auto dayOver = forgeCertificate({.notAfter = kForgeNow - hours{24}});
    const auto moreOver = forgeCertificate({.notAfter = kForgeNow - hours{24} - seconds{1}});
    Bench bench;
    bench.trust(justOver).trust(dayOver).trust(moreOver);
    for (const auto tolerance : {hours{25}, hours{100000}}) {
        SuppressingPolicy policy;
        policy.clockTolerance(tolerance);
        bench.obey(policy);
        CHECK(bench.judge(dayOver).accepted());
        CHECK(bench.judge(moreOver).status() == StatusCode::BadCertificateTimeInvalid);
    }
    for (const auto tolerance : {seconds{-3600}, seconds::min()}) {
        SuppressingPolicy policy;
        policy.clockTolerance(tolerance);
        bench.obey(policy);
        CHECK(bench.judge(justOver).status() == StatusCode::BadCertificateTimeInvalid);
    }
    SuppressingPolicy endless;
    endless.clockTolerance(seconds::max());
    CHECK(bench.obey(endless).judge(moreOver).status() == StatusCode::BadCertificateTimeInvalid);
}

TEST_CASE("a policy that throws asks for every CRL and tolerates no difference of clocks") {
    using In = ThrowingPolicy::In;
    const auto root = forgeRoot();
    const auto plc = forgeLeaf(root);
    const ThrowingPolicy revocation{In::Revocation};
    Bench bench;
    const auto verdict = bench.trust(root).obey(revocation).judge(plc);
    CHECK(outcomeOf(verdict, Step::FindRevocationList) == Outcome::Suppressed);  // it is asked for, missing, and the policy rules
    CHECK(findingOf(verdict, Step::FindRevocationList).status == StatusCode::BadCertificateRevocationUnknown);

    const auto late = forgeCertificate({.notAfter = kForgeNow - std::chrono::seconds{60}});
    const ThrowingPolicy tolerance{In::Tolerance};
    const auto finding = findingOf(bench.trust(late).obey(tolerance).judge(late), Step::ValidityPeriod);
    CHECK(finding.outcome == Outcome::Suppressed);
    CHECK_FALSE(contains(finding.suppressedBy, "clock tolerance"));  // by its ruling, not by a tolerance
    const ThrowingPolicy choice{In::Choice};
    CHECK(bench.obey(choice).judge(late).status() == StatusCode::BadCertificateTimeInvalid);
    CHECK(bench.judge(plc).status() == StatusCode::BadCertificateRevocationUnknown);
}

TEST_CASE("policies that say nothing of CRLs and clocks ask for every CRL and tolerate nothing") {
    const auto ca = cert(forgeRoot());
    const auto context = contextAt(kForgeNow);
    const StrictPolicy strict;
    const YesPolicy yes;
    const SuppressingPolicy suppressing;
    for (const TrustPolicy* each : std::initializer_list<const TrustPolicy*>{&strict, &yes, &suppressing}) {
        CHECK(each->revocationOf(ca, context).mode == RevocationMode::Required);
        CHECK(each->clockTolerance(context) == std::chrono::seconds{0});
    }
    CHECK(revocationModeName(RevocationMode::Required) == "required");
    CHECK(revocationModeName(RevocationMode::IfPresent) == "if-present");
    CHECK(revocationModeName(RevocationMode::Off) == "off");
}

TEST_CASE("the endpoint of a request also chooses how CRLs count and how far clocks may differ") {
    const auto ca = cert(forgeRoot());
    const StrictPolicy strict;
    SuppressingPolicy lenient;
    lenient.revocation(RevocationMode::Off).clockTolerance(std::chrono::seconds{300});
    PerEndpointPolicy policy{strict};
    REQUIRE(policy.set("opc.tcp://line-4:4840", lenient));
    const auto here = contextAt(kForgeNow, "opc.tcp://line-4:4840");
    const auto elsewhere = contextAt(kForgeNow, "opc.tcp://line-5:4840");
    CHECK(policy.revocationOf(ca, here).mode == RevocationMode::Off);
    CHECK(policy.clockTolerance(here) == std::chrono::seconds{300});
    CHECK(policy.revocationOf(ca, elsewhere).mode == RevocationMode::Required);
    CHECK(policy.clockTolerance(elsewhere) == std::chrono::seconds{0});

    const auto root = forgeRoot();
    const auto plc = forgeLeaf(root, {.notAfter = kForgeNow - std::chrono::seconds{60}});
    Bench bench;
    bench.trust(root).obey(policy).request.endpointUrl = "opc.tcp://line-4:4840";
    CHECK(bench.judge(plc).accepted());
    bench.request.endpointUrl = "opc.tcp://line-5:4840";
    CHECK(bench.judge(plc).status() == StatusCode::BadCertificateTimeInvalid);
}
