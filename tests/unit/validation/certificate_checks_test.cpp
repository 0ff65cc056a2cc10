// The steps that look into one certificate, seen through the validator.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

}  // namespace

TEST_CASE("the ends of the validity period belong to it") {
    const auto plc = forgeCertificate({.notBefore = forgeDate(2026, 2, 1), .notAfter = forgeDate(2026, 3, 1)});
    Bench bench;
    bench.trust(plc);
    const auto at = [&](Instant moment) {
        bench.clock.set(moment);
        return bench.judge(plc).status();
    };
    using std::chrono::seconds;
    CHECK(at(forgeDate(2026, 2, 1) - seconds{1}) == S::BadCertificateTimeInvalid);
    CHECK(at(forgeDate(2026, 2, 1)) == S::Good);
    CHECK(at(forgeDate(2026, 3, 1)) == S::Good);
    CHECK(at(forgeDate(2026, 3, 1) + seconds{1}) == S::BadCertificateTimeInvalid);
}

TEST_CASE("every certificate of the chain has to fit the SecurityPolicy") {
    struct Case {
        const char* name;
        SecurityPolicyId policy;
        CertSpec root;
        CertSpec leaf;
        std::optional<std::size_t> misfit;
    };
    const CertSpec root2048{.keyIndex = 1};
    const Case cases[] = {
        {"RSA 2048 and SHA-256", SecurityPolicyId::Basic256Sha256, root2048, {}, std::nullopt},
        {"RSA 3072 under RSA 4096",
         SecurityPolicyId::Aes256_Sha256_RsaPss,
         {.keyPair = forgeKey("rsa4096")},
         {.keyName = "rsa3072"},
         std::nullopt},
        {"SHA-384", SecurityPolicyId::Aes128_Sha256_RsaOaep, root2048, {.hash = "sha384"}, std::nullopt},
        {"no policy", SecurityPolicyId::None, {.keyPair = forgeKey("rsa1024")}, {.hash = "sha1"}, std::nullopt},
        {"SHA-1 where it is deprecated but allowed", SecurityPolicyId::Basic256, root2048, {.hash = "sha1"}, std::nullopt},
        {"SHA-1", SecurityPolicyId::Basic256Sha256, root2048, {.hash = "sha1"}, 0},
        {"a PSS signature", SecurityPolicyId::Aes256_Sha256_RsaPss, root2048, {.pss = true}, 0},
        {"RSA 1024", SecurityPolicyId::Basic256Sha256, root2048, {.keyName = "rsa1024"}, 0},
        {"RSA 3072 with a policy for 2048", SecurityPolicyId::Basic256, root2048, {.keyName = "rsa3072"}, 0},
        {"a root of RSA 1024",
         SecurityPolicyId::Basic256Sha256,
         {.keyPair = forgeKey("rsa1024")},
         {.keyName = "rsa1024", .keyIndex = 1},
         0},
        {"a root that signed itself with SHA-1", SecurityPolicyId::Basic256Sha256, {.keyIndex = 1, .hash = "sha1"}, {}, 1},
        {"a longer key than the issuer's", SecurityPolicyId::Basic256Sha256, root2048, {.keyName = "rsa3072"}, 0},
        {"P-256", SecurityPolicyId::ECC_nistP256, {.keyName = "p256", .keyIndex = 1}, {.keyName = "p256"}, std::nullopt},
        {"P-256 with RSA", SecurityPolicyId::Basic256Sha256, root2048, {.keyName = "p256"}, 0},
        {"RSA with P-256", SecurityPolicyId::ECC_nistP256, {.keyName = "p256", .keyIndex = 1}, {}, 0},
        {"another curve of the same size", SecurityPolicyId::ECC_brainpoolP256r1, {.keyName = "bp256"}, {.keyName = "p256"}, 0},
        {"Ed25519", SecurityPolicyId::ECC_curve25519, {.keyName = "ed25519", .keyIndex = 1}, {.keyName = "ed25519"}, std::nullopt},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto root = forgeRoot("Plant CA", each.root);
        const auto plc = forgeLeaf(root, each.leaf);
        Bench bench;
        bench.trust(root).list({.issuer = &root}).request.securityPolicy = &securityPolicy(each.policy);
        const auto verdict = bench.judge(plc);
        CHECK(verdict.accepted() == !each.misfit.has_value());
        if (each.misfit) {
            CHECK(verdict.status() == S::BadCertificatePolicyCheckFailed);
            CHECK(outcomeOf(verdict, Step::SecurityPolicyCheck, *each.misfit) == Outcome::Failed);
        }
    }
}

TEST_CASE("host names are compared by a client, and by nobody else") {
    const auto server = forgeCertificate({.dns = {"other"}});
    Bench bench;
    bench.trust(server).request.hostNames = {"line-4"};
    CHECK(bench.judge(server).accepted());
    CHECK(outcomeOf(bench.judge(server), Step::HostName) == Outcome::NotApplicable);
    bench.request.role = Role::Client;
    CHECK(bench.judge(server).status() == S::BadCertificateHostNameInvalid);
    bench.request.hostNames.push_back("other");
    CHECK(bench.judge(server).accepted());
    bench.request.hostNames = {""};
    CHECK(bench.judge(server).status() == S::BadCertificateHostNameInvalid);
}

TEST_CASE("the ApplicationUri may be any URI of the certificate, to the letter") {
    const auto plc = forgeCertificate({.uris = {"urn:test:first", "urn:test:Second"}});
    Bench bench;
    bench.trust(plc);
    const auto statusFor = [&](const char* uri) {
        bench.request.applicationUri = uri;
        return bench.judge(plc).status();
    };
    CHECK(statusFor("urn:test:first") == S::Good);
    CHECK(statusFor("urn:test:Second") == S::Good);
    for (const auto* wrong :
         {"", "urn:test:firs", "urn:test:first ", "urn:test:first2", "URN:test:first", "urn:test:second", "urn:test:fir%73t"}) {
        CAPTURE(wrong);
        CHECK(statusFor(wrong) == S::BadCertificateUriInvalid);
    }
    bench.request.applicationUri = "urn:test:second";
    CHECK(contains(findingOf(bench.judge(plc), Step::Uri).message, "upper and lower case"));
    bench.request.applicationUri = "urn:test:third";
    CHECK_FALSE(contains(findingOf(bench.judge(plc), Step::Uri).message, "upper and lower case"));
}

TEST_CASE("an empty ApplicationUri is nobody's, even where a certificate has an empty one") {
    Bench bench;
    const auto plc = forgeCertificate({.uris = {""}});
    bench.trust(plc).request.applicationUri = "";
    CHECK(bench.judge(plc).status() == S::BadCertificateUriInvalid);
}

TEST_CASE("the path profile compares names where they are given, and asks nothing of the usage") {
    Bench bench;
    const auto plc = forgeCertificate({.dns = {"plc-7"}, .keyUsage = kOmit, .eku = std::vector<std::string>{}});
    bench.trust(plc).request.profile = Profile::Path;
    CHECK(bench.judge(plc).status() == S::Good);
    bench.request.role = Role::Client;
    bench.request.hostNames = {"plc-8"};
    CHECK(bench.judge(plc).status() == S::BadCertificateHostNameInvalid);
    bench.request.hostNames = {"plc-7"};
    bench.request.applicationUri = "urn:test:plc-8";
    CHECK(bench.judge(plc).status() == S::BadCertificateUriInvalid);
}

TEST_CASE("a user certificate needs no URI, no host name and no extended key usage") {
    const auto root = forgeRoot();
    const auto user =
        forgeLeaf(root, {.cn = "jane", .uris = {}, .dns = {}, .keyUsage = Ku::DigitalSignature, .eku = std::vector<std::string>{}});
    Bench bench;
    bench.trust(root).list({.issuer = &root}).request.profile = Profile::User;
    bench.request.applicationUri = "urn:test:plc-7";
    bench.request.role = Role::Client;
    bench.request.hostNames = {"line-4"};
    const auto verdict = bench.judge(user);
    CHECK(verdict.accepted());
    CHECK(outcomeOf(verdict, Step::Uri) == Outcome::NotApplicable);
    CHECK(outcomeOf(verdict, Step::HostName) == Outcome::NotApplicable);
    CHECK(verdict.report().content().profile == Profile::User);
    bench.request.profile = Profile::Application;
    CHECK_FALSE(bench.judge(user).accepted());
}
