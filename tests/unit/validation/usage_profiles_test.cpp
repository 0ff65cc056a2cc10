// What certificates may be used for, by OPC 10000-6, 6.2.2 to 6.2.4 and RFC 5280.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

constexpr unsigned rsaUsage = Ku::DigitalSignature | Ku::NonRepudiation | Ku::KeyEncipherment | Ku::DataEncipherment;
const std::vector<std::string> noPurpose{};

Verdict judgeTrusted(const ForgedCert& leaf, Role role = Role::Server, Profile profile = Profile::Application) {
    Bench bench;
    bench.trust(leaf).request.role = role;
    bench.request.profile = profile;
    return bench.judge(leaf);
}

/// An application below a root that `spec` describes.
Verdict judgeUnder(const CertSpec& rootSpec) {
    const auto root = forgeRoot("Plant CA", rootSpec);
    Bench bench;
    return bench.trust(root).list({.issuer = &root}).judge(forgeLeaf(root));
}

/// root, CA 1 .. CA n, application; `specs` are those of the CAs from the root down.
Verdict judgeBelow(const std::vector<CertSpec>& specs) {
    Bench bench;
    std::vector<ForgedCert> chain;
    chain.reserve(specs.size());
    for (std::size_t i = 0; i < specs.size(); ++i) {
        auto spec = specs[i];
        spec.keyName = "p256";
        spec.keyIndex = static_cast<int>(i) + 1;
        const auto name = "CA " + std::to_string(i);
        chain.push_back(i == 0 ? forgeRoot(name, spec) : forgeIntermediate(chain.back(), name, spec));
        bench.trust(chain.back()).list({.issuer = &chain.back()});
    }
    return bench.judge(forgeLeaf(chain.back(), {.keyName = "p256"}));
}

Bytes nameConstraints(std::initializer_list<std::uint8_t> content) { return Bytes(content); }

// permittedSubtrees { dNSName "plant" }
RawExtension permitsDnsPlant() {
    return {"nameConstraints", true, nameConstraints({0x30, 0x0B, 0xA0, 0x09, 0x30, 0x07, 0x82, 0x05, 'p', 'l', 'a', 'n', 't'})};
}
// excludedSubtrees { dNSName "plant" }
RawExtension excludesDnsPlant() {
    return {"nameConstraints", true, nameConstraints({0x30, 0x0B, 0xA1, 0x09, 0x30, 0x07, 0x82, 0x05, 'p', 'l', 'a', 'n', 't'})};
}

}  // namespace

TEST_CASE("key usage of an application: what RSA and what elliptic curves need") {
    struct Case {
        const char* name;
        const char* key;
        unsigned usage;
        bool accepted;
    };
    const Case cases[] = {
        {"RSA as in the profile", "rsa2048", rsaUsage | Ku::KeyCertSign, true},
        {"RSA with all bits", "rsa2048", 0x1FF, true},
        {"RSA without nonRepudiation", "rsa2048", Ku::DigitalSignature | Ku::KeyEncipherment | Ku::DataEncipherment, true},
        {"RSA without digitalSignature", "rsa2048", rsaUsage & ~unsigned{Ku::DigitalSignature}, false},
        {"RSA without keyEncipherment", "rsa2048", rsaUsage & ~unsigned{Ku::KeyEncipherment}, false},
        {"RSA without dataEncipherment", "rsa2048", rsaUsage & ~unsigned{Ku::DataEncipherment}, false},
        {"RSA without keyUsage", "rsa2048", kOmit, false},
        {"P-256 with digitalSignature", "p256", Ku::DigitalSignature, true},
        {"P-256 with keyAgreement too", "p256", Ku::DigitalSignature | Ku::KeyAgreement | Ku::KeyCertSign, true},
        {"P-256 without digitalSignature", "p256", Ku::KeyAgreement, false},
        {"P-256 without keyUsage", "p256", kOmit, false},
        {"Ed25519 with digitalSignature", "ed25519", Ku::DigitalSignature, true},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto verdict = judgeTrusted(forgeCertificate({.keyName = each.key, .keyUsage = each.usage}));
        CHECK(verdict.accepted() == each.accepted);
        if (!each.accepted) CHECK(verdict.status() == S::BadCertificateUseNotAllowed);
    }
}

TEST_CASE("nonRepudiation that is missing is let pass and told") {
    const auto verdict = judgeTrusted(forgeCertificate({.keyUsage = Ku::DigitalSignature | Ku::KeyEncipherment | Ku::DataEncipherment}));
    CHECK(verdict.accepted());
    CHECK(contains(findingOf(verdict, Step::CertificateUsage).message, "nonRepudiation"));
}

TEST_CASE("extended key usage follows the side that the peer takes") {
    struct Case {
        const char* name;
        const char* key;
        std::vector<std::string> purposes;
        bool asClient;
        bool asServer;
    };
    const Case cases[] = {
        {"both", "rsa2048", {"serverAuth", "clientAuth"}, true, true},
        {"client only", "rsa2048", {"clientAuth"}, true, false},
        {"server only", "rsa2048", {"serverAuth"}, false, true},
        {"one of three", "rsa2048", {"emailProtection", "clientAuth", "1.2.3.4"}, true, false},
        {"another one", "rsa2048", {"emailProtection"}, false, false},
        {"any, which is not the one", "rsa2048", {"anyExtendedKeyUsage"}, false, false},
        {"RSA without the extension", "rsa2048", {}, false, false},
        {"P-256 without the extension", "p256", {}, true, true},
        {"P-256 for clients only", "p256", {"clientAuth"}, true, false},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto plc = forgeCertificate({.keyName = each.key, .eku = each.purposes});
        CHECK(judgeTrusted(plc, Role::Server).accepted() == each.asClient);
        CHECK(judgeTrusted(plc, Role::Client).accepted() == each.asServer);
    }
}

TEST_CASE("a usage that the certificate itself insists on cannot be overruled") {
    struct Case {
        const char* name;
        CertSpec spec;
        bool overruled;
    };
    const unsigned noSignature = rsaUsage & ~unsigned{Ku::DigitalSignature};
    const std::vector<std::string> mail{"emailProtection"};
    const Case cases[] = {
        {"critical keyUsage", {.keyUsage = noSignature, .keyUsageCritical = true}, false},
        {"keyUsage that is not critical", {.keyUsage = noSignature, .keyUsageCritical = false}, true},
        {"no keyUsage", {.keyUsage = kOmit}, true},
        {"critical extendedKeyUsage", {.eku = mail, .ekuCritical = true}, false},
        {"extendedKeyUsage that is not critical", {.eku = mail}, true},
        {"no extendedKeyUsage", {.eku = noPurpose}, true},
        {"both, one of them critical", {.keyUsage = noSignature, .eku = mail, .keyUsageCritical = false, .ekuCritical = true}, false},
    };
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = S::BadCertificateUseNotAllowed}));
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto plc = forgeCertificate(each.spec);
        Bench bench;
        const auto verdict = bench.obey(policy).trust(plc).judge(plc);
        CHECK(verdict.accepted() == each.overruled);
        CHECK(findingOf(verdict, Step::CertificateUsage).suppressible == each.overruled);
        CHECK(findingOf(verdict, Step::CertificateUsage).status == S::BadCertificateUseNotAllowed);
    }
}

TEST_CASE("every fault of a usage is named, not just the first") {
    const auto verdict = judgeTrusted(forgeCertificate({.keyUsage = Ku::KeyCertSign, .eku = std::vector<std::string>{"emailProtection"}}));
    const auto finding = findingOf(verdict, Step::CertificateUsage);
    CHECK(contains(finding.message, "digitalSignature, keyEncipherment, dataEncipherment"));
    CHECK(contains(finding.message, "clientAuth"));
    CHECK(contains(finding.expected, "clientAuth"));
    CHECK(contains(finding.found, "keyCertSign (critical)"));
}

TEST_CASE("the certificate of a CA is no application certificate") {
    const auto root = forgeRoot();
    CHECK(judgeTrusted(root).status() == S::BadCertificateUseNotAllowed);

    const auto ca = forgeLeaf(root, {.ca = true, .keyUsage = rsaUsage | Ku::KeyCertSign, .eku = std::vector<std::string>{"clientAuth"}});
    Bench bench;
    const auto verdict = bench.trust(root).list({.issuer = &root}).judge(ca);
    CHECK(verdict.status() == S::BadCertificateUseNotAllowed);
    CHECK(contains(findingOf(verdict, Step::CertificateUsage).message, "certificate of a CA"));
}

TEST_CASE("a self-signed application certificate with cA TRUE that fits the profile otherwise is let pass and told") {
    const auto plc = forgeCertificate(
        {.ca = true, .pathLen = 0, .keyUsage = rsaUsage | Ku::KeyCertSign, .eku = std::vector<std::string>{"serverAuth", "clientAuth"}});
    const auto verdict = judgeTrusted(plc);
    CHECK(verdict.accepted());
    CHECK(contains(findingOf(verdict, Step::CertificateUsage).message, "cA TRUE"));
}

TEST_CASE("a user certificate needs digitalSignature when it has a keyUsage, and nothing else") {
    struct Case {
        const char* name;
        unsigned usage;
        bool accepted;
    };
    const Case cases[] = {{"digitalSignature", Ku::DigitalSignature, true},
                          {"no keyUsage", kOmit, true},
                          {"keyEncipherment only", Ku::KeyEncipherment, false}};
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto user = forgeCertificate({.cn = "jane", .uris = {}, .dns = {}, .keyUsage = each.usage, .eku = noPurpose});
        CHECK(judgeTrusted(user, Role::Server, Profile::User).accepted() == each.accepted);
    }
}

TEST_CASE("an issuer has to be a CA that may sign certificates") {
    struct Case {
        const char* name;
        CertSpec spec;
        bool accepted;
        bool suppressible;
    };
    const Case cases[] = {
        {"a CA", {.keyIndex = 1}, true, false},
        {"a CA without keyUsage", {.keyIndex = 1, .keyUsage = kOmit}, true, false},
        {"basicConstraints that are not critical", {.keyIndex = 1, .basicConstraintsCritical = false}, true, false},
        {"no basicConstraints", {.keyIndex = 1, .ca = std::nullopt, .keyUsage = Ku::KeyCertSign | Ku::CrlSign}, false, false},
        {"keyUsage without keyCertSign", {.keyIndex = 1, .keyUsage = Ku::CrlSign, .keyUsageCritical = false}, false, true},
        {"critical keyUsage without keyCertSign", {.keyIndex = 1, .keyUsage = Ku::CrlSign}, false, false},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto verdict = judgeUnder(each.spec);
        CHECK(verdict.accepted() == each.accepted);
        if (each.accepted) continue;
        CHECK(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
        CHECK(findingOf(verdict, Step::CertificateUsage, 1).suppressible == each.suppressible);
    }
}

TEST_CASE("pathLenConstraint counts the CAs between, not the application") {
    CHECK(judgeBelow({{.pathLen = 0}}).accepted());
    CHECK(judgeBelow({{.pathLen = 1}, {}}).accepted());
    CHECK(judgeBelow({{}, {.pathLen = 0}}).accepted());
    CHECK(judgeBelow({{.pathLen = 2}, {.pathLen = 1}, {.pathLen = 0}}).accepted());

    const auto verdict = judgeBelow({{.pathLen = 0}, {}});
    CHECK(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(outcomeOf(verdict, Step::CertificateUsage, 2) == Outcome::Failed);
    CHECK(contains(findingOf(verdict, Step::CertificateUsage, 2).message, "pathLenConstraint"));
    CHECK_FALSE(findingOf(verdict, Step::CertificateUsage, 2).suppressible);
    CHECK(judgeBelow({{.pathLen = 1}, {}, {}}).status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(judgeBelow({{}, {.pathLen = 0}, {}}).status() == S::BadCertificateIssuerUseNotAllowed);
}

TEST_CASE("pathLenConstraint does not count the roll-over certificate of a CA") {
    const auto before = forgeRoot("Plant CA", {.keyIndex = 1, .pathLen = 0});
    const auto after = forgeRoot("Plant CA", {.keyIndex = 3});
    const auto newWithOld = forgeIntermediate(before, "Plant CA", {.keyIndex = 3});
    const auto plc = forgeLeaf(newWithOld);
    Bench bench;
    bench.trust(before).list({.issuer = &before}).list({.issuer = &after});
    CHECK(bench.judge({plc, newWithOld}).accepted());
}

TEST_CASE("name constraints of a CA bind what it issues") {
    struct Case {
        const char* name;
        RawExtension constraints;
        const char* host;
        bool accepted;
    };
    const Case cases[] = {
        {"inside what is permitted", permitsDnsPlant(), "line-4.plant", true},
        {"outside what is permitted", permitsDnsPlant(), "line-4.office", false},
        {"a name that only ends the same", permitsDnsPlant(), "xplant", false},
        {"inside what is excluded", excludesDnsPlant(), "line-4.plant", false},
        {"outside what is excluded", excludesDnsPlant(), "line-4.office", true},
    };
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = S::BadCertificateIssuerUseNotAllowed}));
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .extensions = {each.constraints}});
        const auto plc = forgeLeaf(root, {.dns = {each.host}});
        Bench bench;
        const auto verdict = bench.obey(policy).trust(root).list({.issuer = &root}).judge(plc);
        CHECK(verdict.accepted() == each.accepted);
        if (each.accepted) continue;
        CHECK(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
        CHECK(contains(findingOf(verdict, Step::CertificateUsage, 1).message, "nameConstraints"));
        CHECK(contains(findingOf(verdict, Step::CertificateUsage, 1).message, "CN=plc-7"));
    }
}

TEST_CASE("name constraints reach through the CAs below") {
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .extensions = {permitsDnsPlant()}});
    const auto line = forgeIntermediate(root);
    const auto judge = [&](const char* host) {
        Bench bench;
        bench.trust(root).issuer(line).list({.issuer = &root}).list({.issuer = &line});
        return bench.judge(forgeLeaf(line, {.dns = {host}}));
    };
    CHECK(judge("line-4.plant").accepted());
    CHECK(outcomeOf(judge("line-4.office"), Step::CertificateUsage, 2) == Outcome::Failed);
    CHECK(outcomeOf(judge("line-4.office"), Step::CertificateUsage, 1) == Outcome::Passed);
}

TEST_CASE("the work on name constraints is bounded, and the report says by what") {
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .extensions = {permitsDnsPlant()}});
    std::vector<std::string> hosts;
    for (int i = 0; i < 50; ++i) hosts.push_back("line-" + std::to_string(i) + ".plant");
    const auto plc = forgeLeaf(root, {.dns = hosts});
    Bench bench;
    bench.trust(root).list({.issuer = &root});
    CHECK(bench.judge(plc).accepted());
    bench.budget.maxNameComparisons = 50;
    const auto verdict = bench.judge(plc);
    CHECK(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(contains(findingOf(verdict, Step::CertificateUsage, 1).message, "Budget::maxNameComparisons"));
    CHECK_FALSE(findingOf(verdict, Step::CertificateUsage, 1).suppressible);
}
