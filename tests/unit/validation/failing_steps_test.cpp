// Each row of the table of OPC 10000-4, 6.1.3 brought to fail, alone: what its finding says, and who may suppress it.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;
using Texts = std::vector<std::string>;

/// How to bring a step to fail.
using Scenario = std::function<Verdict(Bench&, const Plant&)>;

/// One failing step, and what its finding has to say.
struct Failing {
    const char* name;
    Scenario judge;
    Step step;
    std::size_t position;
    S status;
    bool suppressible;
    Texts inMessage;
    Texts inEvidence;  ///< expected and found, together
    Texts inRemedy;
};

/// A certificate that is trusted itself.
Scenario leaf(const CertSpec& spec) {
    return [spec](Bench& bench, const Plant&) {
        const auto plc = forgeCertificate(spec);
        return bench.trust(plc).judge(plc);
    };
}

/// An application below a trusted root.
Scenario below(const std::string& cn, CertSpec root) {
    return [cn, root](Bench& bench, const Plant&) {
        const auto ca = forgeRoot(cn, root);
        return bench.trust(ca).list({.issuer = &ca}).judge(forgeLeaf(ca));
    };
}

/// The same with something in the request.
Scenario asking(std::function<void(ValidationRequest&)> change, Scenario scenario) {
    return [change = std::move(change), scenario = std::move(scenario)](Bench& bench, const Plant& plant) {
        change(bench.request);
        return scenario(bench, plant);
    };
}

/// The plant in order, but for the CRLs that are put beside it.
Scenario revoking(std::function<CrlSpec(const Plant&)> spec) {
    return [spec = std::move(spec)](Bench& bench, const Plant& plant) {
        plant.install(bench);
        return bench.list(spec(plant)).judge(plant.plc);
    };
}

Verdict judgeStranger(Bench& bench, const Plant&) { return bench.judge(forgeCertificate()); }
Verdict judgeWithoutIssuers(Bench& bench, const Plant& plant) { return bench.trust(plant.plc).judge(plant.plc); }
Verdict judgeWithoutRoot(Bench& bench, const Plant& plant) { return bench.trust(plant.line).judge(plant.plc); }
Verdict judgeTampered(Bench& bench, const Plant& plant) {
    plant.install(bench);
    return bench.judge(tamperSignature(plant.plc.der));
}
Verdict judgeWithoutLineCrl(Bench& bench, const Plant& plant) {
    return bench.trust(plant.root).issuer(plant.line).list({.issuer = &plant.root}).judge(plant.plc);
}
Verdict judgeWithoutRootCrl(Bench& bench, const Plant& plant) {
    return bench.trust(plant.root).issuer(plant.line).list({.issuer = &plant.line}).judge(plant.plc);
}

CertSpec version1() {
    return {.uris = {}, .dns = {}, .ca = std::nullopt, .keyUsage = kOmit, .eku = Texts{}, .ski = false, .aki = false, .version = 1};
}
CertSpec withUnknownCritical(CertSpec spec = {}) {
    spec.extensions = {{"1.2.3.4.5", true, {0x05, 0x00}}};
    return spec;
}

void needsBasic256Sha256(ValidationRequest& request) { request.securityPolicy = &securityPolicy(SecurityPolicyId::Basic256Sha256); }
void connectsToLine4(ValidationRequest& request) {
    request.role = Role::Client;
    request.hostNames = {"line-4"};
}
void claimsToBePlc8(ValidationRequest& request) { request.applicationUri = "urn:test:plc-8"; }

CrlSpec revokesPlc(const Plant& plant) { return {.issuer = &plant.line, .revoked = {revoked(plant.plc, 1)}, .number = 2}; }
CrlSpec revokesLine(const Plant& plant) { return {.issuer = &plant.root, .revoked = {revoked(plant.line)}, .number = 2}; }

constexpr bool never = false;
constexpr bool byAdministrator = true;
constexpr unsigned noSignature = Ku::KeyEncipherment | Ku::DataEncipherment | Ku::KeyCertSign;

// clang-format off
const Failing failingSteps[] = {
    {"an X.509 version 1 certificate", leaf(version1()),
        Step::Structure, 0, S::BadCertificateInvalid, never,
        {"CN=plc-7", "version 1"}, {"version 3"}, {"CN=plc-7", "issued anew"}},
    {"an unknown critical extension", leaf(withUnknownCritical()),
        Step::Structure, 0, S::BadCertificateInvalid, never,
        {"CN=plc-7", "1.2.3.4.5"}, {"1.2.3.4.5"}, {"CN=plc-7", "issued anew"}},
    {"an unknown critical extension of an issuer", below("Odd CA", withUnknownCritical({.keyIndex = 1})),
        Step::Structure, 1, S::BadCertificateInvalid, never,
        {"CN=Odd CA", "1.2.3.4.5"}, {"1.2.3.4.5"}, {"CN=Odd CA", "issued anew"}},
    {"an issuer that is nowhere", judgeWithoutIssuers,
        Step::BuildChain, 0, S::BadCertificateChainIncomplete, never,
        {"issuer of CN=plc-7"}, {"Line CA", "none"}, {"issuers", "Line CA"}},
    {"an intermediate whose issuer is nowhere", judgeWithoutRoot,
        Step::BuildChain, 1, S::BadCertificateChainIncomplete, never,
        {"issuer of CN=Line CA"}, {"Plant CA", "none"}, {"issuers", "Plant CA"}},
    {"a wrong signature", judgeTampered,
        Step::Signature, 0, S::BadCertificateInvalid, never,
        {"signature of CN=plc-7", "key of CN=Line CA"}, {"CN=Line CA"}, {"do not trust it"}},
    {"a short key", asking(needsBasic256Sha256, leaf({.keyName = "rsa1024"})),
        Step::SecurityPolicyCheck, 0, S::BadCertificatePolicyCheckFailed, byAdministrator,
        {"CN=plc-7", "Basic256Sha256"}, {"2048 to 4096", "RSA 1024"}, {"CN=plc-7", "reissued", "Basic256Sha256"}},
    {"nobody trusts it", judgeStranger,
        Step::TrustList, 0, S::BadCertificateUntrusted, never,
        {"CN=plc-7", "trusted list"}, {"trusted, which holds 0", "in no list"}, {"move CN=plc-7", "from rejected to trusted"}},
    {"expired", leaf({.notAfter = forgeDate(2026, 6, 12)}),
        Step::ValidityPeriod, 0, S::BadCertificateTimeInvalid, byAdministrator,
        {"CN=plc-7", "expired 3 days"}, {"2026-01-01T00:00:00Z", "2026-06-12T00:00:00Z", "2026-06-15T12:00:00Z", "clock"}, {"CN=plc-7", "renewed", "clock"}},
    {"not valid yet", leaf({.notBefore = forgeDate(2026, 6, 16)}),
        Step::ValidityPeriod, 0, S::BadCertificateTimeInvalid, byAdministrator,
        {"CN=plc-7", "not valid yet", "12 hours"}, {"2026-06-16T00:00:00Z", "2026-06-15T12:00:00Z"}, {"clock"}},
    {"an expired CA", below("Plant CA", {.keyIndex = 1, .notAfter = forgeDate(2026, 6, 12)}),
        Step::ValidityPeriod, 1, S::BadCertificateIssuerTimeInvalid, byAdministrator,
        {"CN=Plant CA", "expired"}, {"2026-06-12T00:00:00Z"}, {"CN=Plant CA", "renewed"}},
    {"another host", asking(connectsToLine4, leaf({.dns = {"line-5"}, .ips = {"10.0.0.7"}})),
        Step::HostName, 0, S::BadCertificateHostNameInvalid, byAdministrator,
        {"CN=plc-7", "\"line-4\""}, {"\"line-4\"", "line-5", "10.0.0.7"}, {"Connect", "reissued"}},
    {"another ApplicationUri", asking(claimsToBePlc8, leaf({})),
        Step::Uri, 0, S::BadCertificateUriInvalid, never,
        {"\"urn:test:plc-8\"", "CN=plc-7"}, {"\"urn:test:plc-8\"", "\"urn:test:plc-7\""}, {"the same", "reissued"}},
    {"no digitalSignature", leaf({.keyUsage = noSignature, .keyUsageCritical = false}),
        Step::CertificateUsage, 0, S::BadCertificateUseNotAllowed, byAdministrator,
        {"CN=plc-7", "client application", "digitalSignature"}, {"digitalSignature", "keyCertSign"}, {"CN=plc-7", "reissued"}},
    {"a CA that may not sign certificates", below("Plant CA", {.keyIndex = 1, .keyUsage = Ku::CrlSign, .keyUsageCritical = false}),
        Step::CertificateUsage, 1, S::BadCertificateIssuerUseNotAllowed, byAdministrator,
        {"CN=Plant CA", "issue certificates", "keyCertSign"}, {"keyCertSign", "cRLSign"}, {"CN=Plant CA", "reissued"}},
    {"no CRL", judgeWithoutLineCrl,
        Step::FindRevocationList, 0, S::BadCertificateRevocationUnknown, byAdministrator,
        {"CN=plc-7", "not known", "CN=Line CA"}, {"signed by CN=Line CA", "no CRL"}, {"CRL of CN=Line CA", "issuers"}},
    {"no CRL of the root", judgeWithoutRootCrl,
        Step::FindRevocationList, 1, S::BadCertificateIssuerRevocationUnknown, byAdministrator,
        {"CN=Line CA", "not known", "CN=Plant CA"}, {"signed by CN=Plant CA", "no CRL"}, {"CRL of CN=Plant CA", "trusted"}},
    {"revoked", revoking(revokesPlc),
        Step::RevocationCheck, 0, S::BadCertificateRevoked, never,
        {"CN=plc-7", "revoked by CN=Line CA", "keyCompromise"}, {"serial number", "listed in"}, {"Do not trust CN=plc-7"}},
    {"a revoked CA", revoking(revokesLine),
        Step::RevocationCheck, 1, S::BadCertificateIssuerRevoked, never,
        {"CN=Line CA", "revoked by CN=Plant CA"}, {"serial number", "listed in"}, {"Do not trust CN=Line CA"}},
};
// clang-format on

void checkContainsAll(const std::string& text, const Texts& parts) {
    for (const auto& part : parts) {
        CAPTURE(text, part);
        CHECK(contains(text, part));
    }
}

}  // namespace

TEST_CASE("every step of the table is brought to fail here") {
    for (const auto& row : stepTable()) {
        CAPTURE(row.name);
        CHECK(std::any_of(std::begin(failingSteps), std::end(failingSteps), [&](const Failing& each) { return each.step == row.step; }));
    }
}

TEST_CASE("each step that fails names the certificate, the evidence and the remedy") {
    const Plant plant;
    for (const auto& each : failingSteps) {
        CAPTURE(each.name);
        Bench bench;
        const auto verdict = each.judge(bench, plant);
        CHECK_FALSE(verdict.accepted());
        CHECK_FALSE(verdict.trusted().has_value());
        CHECK(verdict.status() == each.status);
        CHECK(isComplete(verdict.report()));
        const auto* decisive = verdict.report().decisive();
        REQUIRE(decisive != nullptr);
        CHECK(decisive->step == each.step);
        CHECK(decisive->position == each.position);
        CHECK(decisive->suppressible == each.suppressible);
        CHECK_FALSE(decisive->expected.empty());
        CHECK_FALSE(decisive->found.empty());
        checkContainsAll(decisive->message, each.inMessage);
        checkContainsAll(decisive->expected + " | " + decisive->found, each.inEvidence);
        checkContainsAll(decisive->remedy, each.inRemedy);
    }
}

TEST_CASE("an administrator can suppress exactly the failures that are suppressible") {
    const Plant plant;
    for (const auto& each : failingSteps) {
        CAPTURE(each.name);
        SuppressingPolicy policy;
        const bool taken = policy.suppress({.status = each.status, .comment = "known"}).ok();
        Bench bench;
        const auto verdict = each.judge(bench.obey(policy), plant);
        CHECK(outcomeOf(verdict, each.step, each.position) == (taken && each.suppressible ? Outcome::Suppressed : Outcome::Failed));
        CHECK(verdict.accepted() == (taken && each.suppressible));
    }
}
