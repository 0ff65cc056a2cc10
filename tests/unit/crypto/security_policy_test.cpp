#include <uatrust/crypto/security_policy.hpp>

#include <algorithm>
#include <set>
#include <vector>

#include "support/catch.hpp"

using namespace uatrust;

namespace {

using Id = SecurityPolicyId;
using Key = KeyAlgorithm;

/// A row as OPC 10000-7 has it, written down once more so that a slip in the table under test is seen.
struct Expected {
    Id id;
    std::string_view name;
    bool deprecated;
    SignatureScheme signature;
    EncryptionScheme encryption;
    std::string_view signatureUri;
    std::string_view encryptionUri;
    std::string_view symmetricSignature;
    std::string_view symmetricEncryption;
    std::string_view keyDerivation;
    std::vector<unsigned> sizes;  // symmetric signature bytes, signature key bits, encryption key bits, IV bytes, nonce bytes
    unsigned minBits;
    unsigned maxBits;
    std::vector<Key> keys;
    std::string_view certificateSignatures;
};

constexpr std::string_view rsaSha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
constexpr std::string_view rsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
constexpr std::string_view rsaPss = "http://opcfoundation.org/UA/security/rsa-pss-sha2-256";
constexpr std::string_view rsa15 = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
constexpr std::string_view oaep = "http://www.w3.org/2001/04/xmlenc#rsa-oaep";
constexpr std::string_view oaep256 = "http://opcfoundation.org/UA/security/rsa-oaep-sha2-256";
constexpr std::string_view fromSha1 = "rsa/SHA-1 rsa/SHA-224 rsa/SHA-256 rsa/SHA-384 rsa/SHA-512 ";
constexpr std::string_view fromSha256 = "rsa/SHA-256 rsa/SHA-384 rsa/SHA-512 ";
constexpr std::string_view ecdsa256 = "ecdsa/SHA-256 ecdsa/SHA-384 ecdsa/SHA-512 ";
constexpr std::string_view ecdsa384 = "ecdsa/SHA-384 ecdsa/SHA-512 ";
constexpr std::string_view edDsa = "eddsa/built-in hash ";

const std::vector<Expected> policies{
    {Id::None, "None", false, SignatureScheme::None, EncryptionScheme::None, "", "", "", "", "", {0, 0, 0, 0, 0}, 0, 0, {}, ""},
    {Id::Basic128Rsa15,
     "Basic128Rsa15",
     true,
     SignatureScheme::RsaPkcs1Sha1,
     EncryptionScheme::RsaPkcs1,
     rsaSha1,
     rsa15,
     "HMAC-SHA1",
     "AES-128-CBC",
     "P-SHA1",
     {20, 128, 128, 16, 16},
     1024,
     2048,
     {Key::Rsa},
     fromSha1},
    {Id::Basic256,
     "Basic256",
     true,
     SignatureScheme::RsaPkcs1Sha1,
     EncryptionScheme::RsaOaepSha1,
     rsaSha1,
     oaep,
     "HMAC-SHA1",
     "AES-256-CBC",
     "P-SHA1",
     {20, 192, 256, 16, 32},
     1024,
     2048,
     {Key::Rsa},
     fromSha1},
    {Id::Basic256Sha256,
     "Basic256Sha256",
     false,
     SignatureScheme::RsaPkcs1Sha256,
     EncryptionScheme::RsaOaepSha1,
     rsaSha256,
     oaep,
     "HMAC-SHA256",
     "AES-256-CBC",
     "P-SHA256",
     {32, 256, 256, 16, 32},
     2048,
     4096,
     {Key::Rsa},
     fromSha256},
    {Id::Aes128_Sha256_RsaOaep,
     "Aes128_Sha256_RsaOaep",
     false,
     SignatureScheme::RsaPkcs1Sha256,
     EncryptionScheme::RsaOaepSha1,
     rsaSha256,
     oaep,
     "HMAC-SHA256",
     "AES-128-CBC",
     "P-SHA256",
     {32, 256, 128, 16, 32},
     2048,
     4096,
     {Key::Rsa},
     fromSha256},
    {Id::Aes256_Sha256_RsaPss,
     "Aes256_Sha256_RsaPss",
     false,
     SignatureScheme::RsaPssSha256,
     EncryptionScheme::RsaOaepSha256,
     rsaPss,
     oaep256,
     "HMAC-SHA256",
     "AES-256-CBC",
     "P-SHA256",
     {32, 256, 256, 16, 32},
     2048,
     4096,
     {Key::Rsa},
     fromSha256},
    {Id::ECC_nistP256,
     "ECC_nistP256",
     false,
     SignatureScheme::EcdsaSha256,
     EncryptionScheme::None,
     "",
     "",
     "HMAC-SHA256",
     "AES-128-CBC",
     "HKDF-SHA256",
     {32, 256, 128, 16, 64},
     256,
     384,
     {Key::NistP256, Key::NistP384},
     ecdsa256},
    {Id::ECC_nistP384,
     "ECC_nistP384",
     false,
     SignatureScheme::EcdsaSha384,
     EncryptionScheme::None,
     "",
     "",
     "HMAC-SHA384",
     "AES-256-CBC",
     "HKDF-SHA384",
     {48, 384, 256, 16, 96},
     384,
     384,
     {Key::NistP384},
     ecdsa384},
    {Id::ECC_brainpoolP256r1,
     "ECC_brainpoolP256r1",
     false,
     SignatureScheme::EcdsaSha256,
     EncryptionScheme::None,
     "",
     "",
     "HMAC-SHA256",
     "AES-128-CBC",
     "HKDF-SHA256",
     {32, 256, 128, 16, 64},
     256,
     384,
     {Key::BrainpoolP256r1, Key::BrainpoolP384r1},
     ecdsa256},
    {Id::ECC_brainpoolP384r1,
     "ECC_brainpoolP384r1",
     false,
     SignatureScheme::EcdsaSha384,
     EncryptionScheme::None,
     "",
     "",
     "HMAC-SHA384",
     "AES-256-CBC",
     "HKDF-SHA384",
     {48, 384, 256, 16, 96},
     384,
     384,
     {Key::BrainpoolP384r1},
     ecdsa384},
    {Id::ECC_curve25519,
     "ECC_curve25519",
     false,
     SignatureScheme::Ed25519,
     EncryptionScheme::None,
     "",
     "",
     "Poly1305",
     "ChaCha20-Poly1305",
     "HKDF-SHA256",
     {16, 0, 256, 12, 32},
     256,
     256,
     {Key::Ed25519},
     edDsa},
    {Id::ECC_curve448,
     "ECC_curve448",
     false,
     SignatureScheme::Ed448,
     EncryptionScheme::None,
     "",
     "",
     "Poly1305",
     "ChaCha20-Poly1305",
     "HKDF-SHA256",
     {16, 0, 256, 12, 56},
     456,
     456,
     {Key::Ed448},
     edDsa},
};

std::string textOf(std::span<const CertificateSignature> signatures) {
    std::string text;
    for (const auto& [family, hash] : signatures) {
        text += family == SignatureFamily::RsaPkcs1 ? "rsa/"
                : family == SignatureFamily::Ecdsa  ? "ecdsa/"
                : family == SignatureFamily::EdDsa  ? "eddsa/"
                                                    : "?/";
        text += std::string{hashName(hash)} + ' ';
    }
    return text;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every policy has the values of the specification") {
    REQUIRE(securityPolicies().size() == policies.size());
    for (const auto& expected : policies) {
        INFO(expected.name);
        const SecurityPolicy& policy = securityPolicy(expected.id);
        CHECK(policy.id == expected.id);
        CHECK(policy.name == expected.name);
        CHECK(policy.uri == "http://opcfoundation.org/UA/SecurityPolicy#" + std::string{expected.name});
        CHECK(policy.deprecated == expected.deprecated);
        CHECK(policy.asymmetricSignature == expected.signature);
        CHECK(policy.asymmetricEncryption == expected.encryption);
        CHECK(policy.asymmetricSignatureUri == expected.signatureUri);
        CHECK(policy.asymmetricEncryptionUri == expected.encryptionUri);
        CHECK(policy.symmetricSignature == expected.symmetricSignature);
        CHECK(policy.symmetricEncryption == expected.symmetricEncryption);
        CHECK(policy.keyDerivation == expected.keyDerivation);
        CHECK(std::vector{policy.symmetricSignatureBytes, policy.derivedSignatureKeyBits, policy.symmetricEncryptionKeyBits,
                          policy.initializationVectorBytes, policy.secureChannelNonceBytes} == expected.sizes);
        CHECK(policy.minKeyBits == expected.minBits);
        CHECK(policy.maxKeyBits == expected.maxBits);
        CHECK(std::vector<Key>(policy.keyAlgorithms.begin(), policy.keyAlgorithms.end()) == expected.keys);
        CHECK(textOf(policy.certificateSignatures) == expected.certificateSignatures);
        CHECK(policy.isEcc() == expected.name.starts_with("ECC_"));
    }
}

TEST_CASE("the table lists each policy once, the deprecated ones before the current ones") {
    std::set<Id> seen;
    for (const auto& policy : securityPolicies()) seen.insert(policy.id);
    CHECK(seen.size() == policies.size());

    const auto position = [](Id id) { return &securityPolicy(id) - securityPolicies().data(); };
    CHECK(position(Id::None) == 0);
    CHECK(position(Id::Basic128Rsa15) < position(Id::Basic256));
    CHECK(position(Id::Basic256) < position(Id::Aes128_Sha256_RsaOaep));
    CHECK(position(Id::Aes128_Sha256_RsaOaep) < position(Id::Basic256Sha256));
    CHECK(position(Id::Basic256Sha256) < position(Id::Aes256_Sha256_RsaPss));
    CHECK(position(Id::ECC_nistP256) < position(Id::ECC_nistP384));
}

TEST_CASE("an id outside the enumeration is the policy that allows nothing") { CHECK(securityPolicy(static_cast<Id>(200)).id == Id::None); }

TEST_CASE("policies are found by URI and by name, exactly") {
    for (const auto& expected : policies) {
        INFO(expected.name);
        CHECK(findSecurityPolicy(expected.name) == &securityPolicy(expected.id));
        CHECK(findSecurityPolicy(securityPolicy(expected.id).uri) == &securityPolicy(expected.id));
    }
    for (const std::string_view text :
         {"", "none", "basic256sha256", "Basic256Sha256 ", " Basic256Sha256", "Basic512", "http://opcfoundation.org/UA/SecurityPolicy#",
          "http://opcfoundation.org/UA/SecurityPolicy#basic256", "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha2567",
          "https://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256", "#Basic256Sha256"}) {
        INFO(text);
        CHECK(findSecurityPolicy(text) == nullptr);
    }
}

TEST_CASE("a set starts with the current policies only") {
    const SecurityPolicySet set;
    for (const auto& expected : policies) {
        INFO(expected.name);
        const bool isCurrent = !expected.deprecated && expected.id != Id::None;
        CHECK(set.contains(expected.id) == isCurrent);
        CHECK(set.find(expected.name).ok() == isCurrent);
        CHECK(set.find(securityPolicy(expected.id).uri).ok() == isCurrent);
    }
    CHECK(set.find("Basic256Sha256").value() == &securityPolicy(Id::Basic256Sha256));
}

TEST_CASE("a deprecated policy is refused by name and with the way to enable it") {
    const SecurityPolicySet set;
    for (const std::string_view name : {"Basic128Rsa15", "Basic256"}) {
        const auto found = set.find(findSecurityPolicy(name)->uri);
        REQUIRE_FALSE(found.ok());
        INFO(found.error().text());
        CHECK(found.status() == StatusCode::BadSecurityPolicyRejected);
        CHECK(contains(found.error().message, name));
        CHECK(contains(found.error().message, "deprecated"));
        CHECK(contains(found.error().remedy, "enable " + std::string{name} + " by name"));
    }
}

TEST_CASE("deprecated policies and None come in by name or URI, one by one") {
    SecurityPolicySet set;
    CHECK(set.enable("Basic256").ok());
    CHECK(set.contains(Id::Basic256));
    CHECK_FALSE(set.contains(Id::Basic128Rsa15));
    CHECK(set.enable("http://opcfoundation.org/UA/SecurityPolicy#None").ok());
    CHECK(set.contains(Id::None));
    CHECK(set.find("None").value()->id == Id::None);
    CHECK(set.enable("Basic256").ok());
    CHECK(set.find("Basic256").value()->id == Id::Basic256);
}

TEST_CASE("a policy can be disabled and enabled again") {
    SecurityPolicySet set;
    set.disable(Id::Basic256Sha256);
    CHECK_FALSE(set.contains(Id::Basic256Sha256));
    CHECK(set.contains(Id::Aes128_Sha256_RsaOaep));
    const auto found = set.find("Basic256Sha256");
    REQUIRE_FALSE(found.ok());
    CHECK(found.status() == StatusCode::BadSecurityPolicyRejected);
    CHECK(contains(found.error().message, "Basic256Sha256 is disabled"));
    set.disable(Id::Basic256Sha256);
    CHECK(set.enable("Basic256Sha256").ok());
    CHECK(set.find("Basic256Sha256").ok());
}

TEST_CASE("None is refused with a text of its own") {
    const auto found = SecurityPolicySet{}.find("None");
    REQUIRE_FALSE(found.ok());
    CHECK(found.status() == StatusCode::BadSecurityPolicyRejected);
    CHECK(contains(found.error().message, "None"));
    CHECK(contains(found.error().remedy, "enable None by name"));
}

TEST_CASE("an unknown policy is refused, and what the peer wrote is shown short and clean") {
    SecurityPolicySet set;
    CHECK(set.enable("Basic512").status() == StatusCode::BadSecurityPolicyRejected);
    const auto found = set.find("a\nb\x1B[31m\xC3\xA4" + std::string(100'000, 'x'));
    REQUIRE_FALSE(found.ok());
    CHECK(found.status() == StatusCode::BadSecurityPolicyRejected);
    CHECK(contains(found.error().message, "\"a?b?[31m??xxx"));
    CHECK(contains(found.error().message, "...\""));
    CHECK(found.error().message.size() < 200);
    CHECK(contains(found.error().remedy, "Aes256_Sha256_RsaPss"));
    CHECK(contains(set.find("").error().message, "\"\""));
}
