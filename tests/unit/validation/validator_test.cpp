#include <uatrust/validation/validator.hpp>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

using S = StatusCode;

TEST_CASE("a self-signed certificate in the trusted list passes") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.trust(plc).request.applicationUri = "urn:test:plc-7";
    bench.request.securityPolicy = &securityPolicy(SecurityPolicyId::Basic256Sha256);
    const auto verdict = bench.judge(plc);
    CHECK(verdict.accepted());
    CHECK(verdict.status() == S::Good);
    CHECK(verdict.statusForPeer() == S::Good);
    REQUIRE(verdict.trusted().has_value());
    CHECK(verdict.trusted()->certificate() == cert(plc));
    CHECK(isComplete(verdict.report()));
    CHECK(verdict.report().decisive() == nullptr);
    REQUIRE(verdict.report().chain().size() == 1);
    CHECK(verdict.sharedReport().get() == &verdict.report());
    CHECK(bench.rejectedCount() == 0);
    CHECK(verdict.report().content().note.empty());
}

TEST_CASE("a chain of three passes, and its report says where each certificate lies") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.request.applicationUri = "urn:test:plc-7";
    bench.request.endpointUrl = "opc.tcp://line-4:4840";
    bench.request.peerAddress = "10.0.0.7";
    const auto verdict = bench.judge(plant.plc);
    CHECK(verdict.accepted());
    CHECK(isComplete(verdict.report()));
    const auto& content = verdict.report().content();
    REQUIRE(content.chain.size() == 3);
    CHECK(content.chain[0].certificate == cert(plant.plc));
    CHECK(content.chain[1].certificate == cert(plant.line));
    CHECK(content.chain[2].certificate == cert(plant.root));
    CHECK(contains(content.chain[0].source, "peer"));
    CHECK(contains(content.chain[1].source, "issuers"));
    CHECK(contains(content.chain[2].source, "trusted"));
    CHECK(content.role == Role::Server);
    CHECK(content.judgedAt == kForgeNow);
    CHECK(content.policy == "StrictPolicy");
    CHECK(content.endpointUrl == "opc.tcp://line-4:4840");
    CHECK(content.peerAddress == "10.0.0.7");
}

TEST_CASE("a passing report is all passed or not applicable") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    const auto verdict = bench.judge(plant.plc);
    REQUIRE(verdict.accepted());
    for (const auto& finding : verdict.report().findings()) {
        CAPTURE(stepInfo(finding.step).name, finding.position);
        CHECK((finding.outcome == Outcome::Passed || finding.outcome == Outcome::NotApplicable));
        CHECK(finding.status == S::Good);
        CHECK_FALSE(finding.message.empty());
        CHECK(finding.remedy.empty());
        CHECK(finding.suppressedBy.empty());
        CHECK_FALSE(finding.suppressible);
    }
}

TEST_CASE("what is not given is not compared, and says so instead of passing") {
    const auto plc = forgeCertificate();
    Bench bench;
    const auto verdict = bench.trust(plc).judge(plc);
    CHECK(verdict.accepted());
    CHECK(outcomeOf(verdict, Step::SecurityPolicyCheck) == Outcome::NotApplicable);
    CHECK(outcomeOf(verdict, Step::HostName) == Outcome::NotApplicable);
    CHECK(outcomeOf(verdict, Step::Uri) == Outcome::NotApplicable);
    CHECK(outcomeOf(verdict, Step::FindRevocationList) == Outcome::NotApplicable);
    CHECK(outcomeOf(verdict, Step::RevocationCheck) == Outcome::NotApplicable);
}

TEST_CASE("steps about the peer's own certificate do not apply to its issuers") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.request.role = Role::Client;
    bench.request.hostNames = {"localhost"};
    bench.request.applicationUri = "urn:test:plc-7";
    const auto verdict = bench.judge(plant.plc);
    CHECK(verdict.accepted());
    for (const auto step : {Step::TrustList, Step::HostName, Step::Uri}) {
        CHECK(outcomeOf(verdict, step, 0) == Outcome::Passed);
        CHECK(outcomeOf(verdict, step, 1) == Outcome::NotApplicable);
        CHECK(outcomeOf(verdict, step, 2) == Outcome::NotApplicable);
    }
    CHECK(outcomeOf(verdict, Step::RevocationCheck, 0) == Outcome::Passed);
    CHECK(outcomeOf(verdict, Step::RevocationCheck, 1) == Outcome::Passed);
    CHECK(outcomeOf(verdict, Step::RevocationCheck, 2) == Outcome::NotApplicable);
}

TEST_CASE("untrusted outranks expired, and both are in the report") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    Bench bench;
    const auto verdict = bench.judge(plc);
    CHECK(verdict.status() == S::BadCertificateUntrusted);
    CHECK(verdict.statusForPeer() == S::BadSecurityChecksFailed);
    CHECK(outcomeOf(verdict, Step::ValidityPeriod) == Outcome::Failed);
    CHECK(bench.trust(plc).judge(plc).statusForPeer() == S::BadCertificateTimeInvalid);
}

TEST_CASE("all failures are found at once, and the first in the table decides") {
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .notAfter = forgeDate(2026, 6, 1), .keyUsage = Ku::CrlSign, .hash = "sha1"});
    const auto plc = forgeLeaf(root, {.notAfter = forgeDate(2026, 6, 1), .keyUsage = Ku::KeyAgreement});
    Bench bench;
    bench.trust(root).request.role = Role::Client;
    bench.request.hostNames = {"elsewhere"};
    bench.request.applicationUri = "urn:other";
    bench.request.securityPolicy = &securityPolicy(SecurityPolicyId::Basic256Sha256);
    const auto verdict = bench.judge(plc);
    CHECK(outcomeOf(verdict, Step::SecurityPolicyCheck, 1) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::ValidityPeriod, 0) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::ValidityPeriod, 1) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::HostName) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::Uri) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::CertificateUsage, 0) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::CertificateUsage, 1) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::FindRevocationList, 0) == Outcome::Failed);
    CHECK(outcomeOf(verdict, Step::RevocationCheck, 0) == Outcome::NotReached);
    CHECK(verdict.status() == S::BadCertificatePolicyCheckFailed);
    REQUIRE(verdict.report().decisive() != nullptr);
    CHECK(verdict.report().decisive()->position == 1);
    CHECK(verdict.status() == verdict.statusForPeer());  // a client hides nothing from itself
}

TEST_CASE("a request may ask for another time than that of the clock") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    Bench bench;
    bench.trust(plc);
    CHECK(bench.judge(plc).status() == S::BadCertificateTimeInvalid);
    bench.request.at = forgeDate(2026, 2, 1);
    CHECK(bench.judge(plc).accepted());
    CHECK(bench.judge(plc).report().content().judgedAt == forgeDate(2026, 2, 1));
}

TEST_CASE("a validator hands out its store and its clock") {
    Bench bench;
    const CertificateValidator validator{bench.store, bench.strict, bench.clock};
    CHECK(&validator.store() == &bench.store);
    CHECK(&validator.clock() == &bench.clock);
}

// ---- Any certificate

TEST_CASE("the profile for any path demands nothing of what OPC UA demands of an application") {
    struct Case {
        const char* name;
        CertSpec spec;
    };
    const Case cases[] = {
        {"for TLS servers only", {.eku = std::vector<std::string>{"serverAuth"}}},
        {"without keyUsage", {.keyUsage = kOmit}},
        {"for key agreement only", {.keyUsage = Ku::KeyAgreement}},
        {"of a CA", {.ca = true}},
        {"that names nobody in its subject", {.cn = "", .org = ""}},
        {"without any name of an application", {.uris = {}, .dns = {}}},
    };
    const auto root = forgeRoot();
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto leaf = forgeLeaf(root, each.spec);
        Bench bench;
        bench.trust(root).list({.issuer = &root}).request.profile = Profile::Path;
        const auto verdict = bench.judge(leaf);
        CHECK(verdict.accepted());
        CHECK(isComplete(verdict.report()));
        CHECK(verdict.report().content().profile == Profile::Path);
    }
}

TEST_CASE("CA certificates are judged as the end of a path") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    CHECK(bench.judge(plant.line).status() == S::BadCertificateUseNotAllowed);
    bench.request.profile = Profile::Path;
    CHECK(bench.judge(plant.line).accepted());
    CHECK(bench.judge(plant.root).accepted());
    CHECK(bench.judge(plant.plc).accepted());
}

TEST_CASE("a host name and a URI are compared when they are given, except with a user certificate") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.trust(plc).request.role = Role::Client;
    bench.request.profile = Profile::Path;
    CHECK(outcomeOf(bench.judge(plc), Step::HostName) == Outcome::NotApplicable);
    CHECK(outcomeOf(bench.judge(plc), Step::Uri) == Outcome::NotApplicable);

    bench.request.hostNames = {"elsewhere"};
    CHECK(bench.judge(plc).status() == S::BadCertificateHostNameInvalid);
    bench.request.hostNames = {"localhost"};
    bench.request.applicationUri = "urn:other";
    CHECK(bench.judge(plc).status() == S::BadCertificateUriInvalid);
    bench.request.applicationUri = "urn:test:plc-7";
    CHECK(bench.judge(plc).accepted());

    bench.request.profile = Profile::User;
    bench.request.hostNames = {"elsewhere"};
    bench.request.applicationUri = "urn:other";
    CHECK(bench.judge(plc).accepted());
}

TEST_CASE("the profile for any path excuses nothing of the path itself") {
    const Plant plant;
    const auto badRoot = forgeRoot("Plant CA", {.keyIndex = 1, .keyUsage = Ku::CrlSign});
    struct Case {
        const char* name;
        std::function<Verdict(Bench&)> judge;
        S status;
    };
    const Case cases[] = {
        {"signature", [&](Bench& b) { return plant.install(b), b.judge(tamperSignature(plant.plc.der)); }, S::BadCertificateInvalid},
        {"chain", [&](Bench& b) { return b.trust(plant.plc).judge(plant.plc); }, S::BadCertificateChainIncomplete},
        {"trust", [&](Bench& b) { return b.judge(forgeCertificate()); }, S::BadCertificateUntrusted},
        {"unknown critical extension",
         [&](Bench& b) {
             const auto odd = forgeCertificate({.extensions = {{"1.2.3.4.5", true, {0x05, 0x00}}}});
             return b.trust(odd).judge(odd);
         },
         S::BadCertificateInvalid},
        {"validity",
         [&](Bench& b) {
             const auto old = forgeCertificate({.notAfter = forgeDate(2026, 6, 1)});
             return b.trust(old).judge(old);
         },
         S::BadCertificateTimeInvalid},
        {"SecurityPolicy",
         [&](Bench& b) {
             const auto weak = forgeCertificate({.hash = "sha1"});
             b.request.securityPolicy = &securityPolicy(SecurityPolicyId::Basic256Sha256);
             return b.trust(weak).judge(weak);
         },
         S::BadCertificatePolicyCheckFailed},
        {"usage of the CA", [&](Bench& b) { return b.trust(badRoot).list({.issuer = &badRoot}).judge(forgeLeaf(badRoot)); },
         S::BadCertificateIssuerUseNotAllowed},
        {"no CRL", [&](Bench& b) { return b.trust(plant.root).issuer(plant.line).judge(plant.line); }, S::BadCertificateRevocationUnknown},
        {"revoked",
         [&](Bench& b) {
             plant.install(b);
             return b.list({.issuer = &plant.line, .revoked = {revoked(plant.plc)}, .number = 2}).judge(plant.plc);
         },
         S::BadCertificateRevoked},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        Bench bench;
        bench.request.profile = Profile::Path;
        CHECK(each.judge(bench).status() == each.status);
    }
}

TEST_CASE("only the profile for any path lets the subject be empty, and only of the certificate that is asked about") {
    const auto root = forgeRoot();
    const auto nameless = forgeLeaf(root, {.cn = "", .org = ""});
    for (const auto profile : {Profile::Application, Profile::User}) {
        Bench bench;
        bench.trust(root).list({.issuer = &root}).request.profile = profile;
        CHECK(bench.judge(nameless).status() == S::BadCertificateInvalid);
    }
    const auto namelessCa = forgeIntermediate(root, "", {.org = ""});
    const auto leaf = forgeLeaf(namelessCa);
    Bench bench;
    bench.trust(root).list({.issuer = &root}).request.profile = Profile::Path;
    CHECK(bench.judge({leaf, namelessCa}).status() == S::BadCertificateInvalid);
}

TEST_CASE("each profile has its name") {
    CHECK(profileName(Profile::Application) == "application");
    CHECK(profileName(Profile::User) == "user");
    CHECK(profileName(Profile::Path) == "path");
}
