#include <uatrust/crypto/security_policy.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/shown_text.hpp"

namespace uatrust {
namespace {

// ---- algorithm URIs (OPC 10000-7; W3C) ------------------------------------------------------------------------

#define UATRUST_POLICY_BASE "http://opcfoundation.org/UA/SecurityPolicy#"
constexpr std::string_view rsaSha1Uri = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
constexpr std::string_view rsaSha256Uri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
constexpr std::string_view rsaPssSha256Uri = "http://opcfoundation.org/UA/security/rsa-pss-sha2-256";
constexpr std::string_view rsa15Uri = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
constexpr std::string_view rsaOaepUri = "http://www.w3.org/2001/04/xmlenc#rsa-oaep";
constexpr std::string_view rsaOaepSha256Uri = "http://opcfoundation.org/UA/security/rsa-oaep-sha2-256";

// ---- which keys ------------------------------------------------------------------------------------------------

constexpr std::array rsaKeys{KeyAlgorithm::Rsa};
// A P-384 certificate is good for the P-256 policy too: the policy's list of certificate types names both, although
// its single key length does not. The limits of these rows follow the list. The same holds for brainpool.
constexpr std::array nistP256Keys{KeyAlgorithm::NistP256, KeyAlgorithm::NistP384};
constexpr std::array nistP384Keys{KeyAlgorithm::NistP384};
constexpr std::array brainpoolP256Keys{KeyAlgorithm::BrainpoolP256r1, KeyAlgorithm::BrainpoolP384r1};
constexpr std::array brainpoolP384Keys{KeyAlgorithm::BrainpoolP384r1};
constexpr std::array curve25519Keys{KeyAlgorithm::Ed25519};
constexpr std::array curve448Keys{KeyAlgorithm::Ed448};

// ---- how certificates are signed: the policy's own hash or a stronger one --------------------------------------

using enum HashAlgorithm;
using Family = SignatureFamily;

constexpr std::array rsaFromSha1{CertificateSignature{Family::RsaPkcs1, Sha1}, CertificateSignature{Family::RsaPkcs1, Sha224},
                                 CertificateSignature{Family::RsaPkcs1, Sha256}, CertificateSignature{Family::RsaPkcs1, Sha384},
                                 CertificateSignature{Family::RsaPkcs1, Sha512}};
// PKCS#1 v1.5 for Aes256_Sha256_RsaPss as well: only its messages are signed with PSS.
constexpr std::array rsaFromSha256{CertificateSignature{Family::RsaPkcs1, Sha256}, CertificateSignature{Family::RsaPkcs1, Sha384},
                                   CertificateSignature{Family::RsaPkcs1, Sha512}};
constexpr std::array ecdsaFromSha256{CertificateSignature{Family::Ecdsa, Sha256}, CertificateSignature{Family::Ecdsa, Sha384},
                                     CertificateSignature{Family::Ecdsa, Sha512}};
constexpr std::array ecdsaFromSha384{CertificateSignature{Family::Ecdsa, Sha384}, CertificateSignature{Family::Ecdsa, Sha512}};
constexpr std::array edDsa{CertificateSignature{Family::EdDsa, HashAlgorithm::None}};

// ---- what happens to messages behind the handshake -------------------------------------------------------------

struct Symmetric {
    std::string_view signature;
    std::string_view encryption;
    std::string_view derivation;
    unsigned signatureBytes;
    unsigned signatureKeyBits;
    unsigned encryptionKeyBits;
    unsigned ivBytes;
};

constexpr Symmetric noSymmetric{"", "", "", 0, 0, 0, 0};
constexpr Symmetric aes128Sha1{"HMAC-SHA1", "AES-128-CBC", "P-SHA1", 20, 128, 128, 16};
constexpr Symmetric aes256Sha1{"HMAC-SHA1", "AES-256-CBC", "P-SHA1", 20, 192, 256, 16};
constexpr Symmetric aes128Sha256{"HMAC-SHA256", "AES-128-CBC", "P-SHA256", 32, 256, 128, 16};
constexpr Symmetric aes256Sha256{"HMAC-SHA256", "AES-256-CBC", "P-SHA256", 32, 256, 256, 16};
constexpr Symmetric ecc256{"HMAC-SHA256", "AES-128-CBC", "HKDF-SHA256", 32, 256, 128, 16};
constexpr Symmetric ecc384{"HMAC-SHA384", "AES-256-CBC", "HKDF-SHA384", 48, 384, 256, 16};
constexpr Symmetric chaCha{"Poly1305", "ChaCha20-Poly1305", "HKDF-SHA256", 16, 0, 256, 12};

// ---- rows ------------------------------------------------------------------------------------------------------

struct Asymmetric {
    SignatureScheme signature;
    EncryptionScheme encryption;
    std::string_view signatureUri;
    std::string_view encryptionUri;
};

struct Certificates {
    std::span<const KeyAlgorithm> keys;
    unsigned minBits;
    unsigned maxBits;
    std::span<const CertificateSignature> signatures;
};

constexpr std::string_view uriBase = UATRUST_POLICY_BASE;

constexpr SecurityPolicy row(SecurityPolicyId id, std::string_view uri, bool deprecated, const Asymmetric& asymmetric,
                             const Symmetric& symmetric, const Certificates& certificates, unsigned nonceBytes) {
    return {.id = id,
            .name = uri.substr(uriBase.size()),
            .uri = uri,
            .deprecated = deprecated,
            .asymmetricSignature = asymmetric.signature,
            .asymmetricEncryption = asymmetric.encryption,
            .asymmetricSignatureUri = asymmetric.signatureUri,
            .asymmetricEncryptionUri = asymmetric.encryptionUri,
            .symmetricSignature = symmetric.signature,
            .symmetricEncryption = symmetric.encryption,
            .keyDerivation = symmetric.derivation,
            .symmetricSignatureBytes = symmetric.signatureBytes,
            .derivedSignatureKeyBits = symmetric.signatureKeyBits,
            .symmetricEncryptionKeyBits = symmetric.encryptionKeyBits,
            .initializationVectorBytes = symmetric.ivBytes,
            .keyAlgorithms = certificates.keys,
            .minKeyBits = certificates.minBits,
            .maxKeyBits = certificates.maxBits,
            .certificateSignatures = certificates.signatures,
            .secureChannelNonceBytes = nonceBytes};
}

constexpr Asymmetric signedOnly(SignatureScheme scheme) { return {scheme, EncryptionScheme::None, "", ""}; }

using Id = SecurityPolicyId;
using Sign = SignatureScheme;
using Encrypt = EncryptionScheme;
constexpr bool current = false;
constexpr bool deprecated = true;

// clang-format off
#define UATRUST_URI(name) UATRUST_POLICY_BASE #name
constexpr std::array table{
    row(Id::None, UATRUST_URI(None), current,
        signedOnly(Sign::None), noSymmetric, {{}, 0, 0, {}}, 0),
    row(Id::Basic128Rsa15, UATRUST_URI(Basic128Rsa15), deprecated,
        {Sign::RsaPkcs1Sha1, Encrypt::RsaPkcs1, rsaSha1Uri, rsa15Uri}, aes128Sha1, {rsaKeys, 1024, 2048, rsaFromSha1}, 16),
    row(Id::Basic256, UATRUST_URI(Basic256), deprecated,
        {Sign::RsaPkcs1Sha1, Encrypt::RsaOaepSha1, rsaSha1Uri, rsaOaepUri}, aes256Sha1, {rsaKeys, 1024, 2048, rsaFromSha1}, 32),
    row(Id::Aes128_Sha256_RsaOaep, UATRUST_URI(Aes128_Sha256_RsaOaep), current,
        {Sign::RsaPkcs1Sha256, Encrypt::RsaOaepSha1, rsaSha256Uri, rsaOaepUri}, aes128Sha256, {rsaKeys, 2048, 4096, rsaFromSha256}, 32),
    row(Id::Basic256Sha256, UATRUST_URI(Basic256Sha256), current,
        {Sign::RsaPkcs1Sha256, Encrypt::RsaOaepSha1, rsaSha256Uri, rsaOaepUri}, aes256Sha256, {rsaKeys, 2048, 4096, rsaFromSha256}, 32),
    row(Id::Aes256_Sha256_RsaPss, UATRUST_URI(Aes256_Sha256_RsaPss), current,
        {Sign::RsaPssSha256, Encrypt::RsaOaepSha256, rsaPssSha256Uri, rsaOaepSha256Uri}, aes256Sha256, {rsaKeys, 2048, 4096, rsaFromSha256}, 32),
    row(Id::ECC_nistP256, UATRUST_URI(ECC_nistP256), current,
        signedOnly(Sign::EcdsaSha256), ecc256, {nistP256Keys, 256, 384, ecdsaFromSha256}, 64),
    row(Id::ECC_nistP384, UATRUST_URI(ECC_nistP384), current,
        signedOnly(Sign::EcdsaSha384), ecc384, {nistP384Keys, 384, 384, ecdsaFromSha384}, 96),
    row(Id::ECC_brainpoolP256r1, UATRUST_URI(ECC_brainpoolP256r1), current,
        signedOnly(Sign::EcdsaSha256), ecc256, {brainpoolP256Keys, 256, 384, ecdsaFromSha256}, 64),
    row(Id::ECC_brainpoolP384r1, UATRUST_URI(ECC_brainpoolP384r1), current,
        signedOnly(Sign::EcdsaSha384), ecc384, {brainpoolP384Keys, 384, 384, ecdsaFromSha384}, 96),
    row(Id::ECC_curve25519, UATRUST_URI(ECC_curve25519), current,
        signedOnly(Sign::Ed25519), chaCha, {curve25519Keys, 256, 256, edDsa}, 32),
    row(Id::ECC_curve448, UATRUST_URI(ECC_curve448), current,
        signedOnly(Sign::Ed448), chaCha, {curve448Keys, 456, 456, edDsa}, 56),
};
// clang-format on

constexpr std::uint32_t bitOf(SecurityPolicyId id) noexcept { return std::uint32_t{1} << static_cast<unsigned>(id); }

constexpr std::uint32_t defaultSet() noexcept {
    std::uint32_t bits = 0;
    for (const auto& policy : table) {
        if (!policy.deprecated && policy.id != Id::None) bits |= bitOf(policy.id);
    }
    return bits;
}

// ---- texts -----------------------------------------------------------------------------------------------------

std::string allNames() {
    std::string names;
    for (const auto& policy : table) names += fmt::format("{}{}", names.empty() ? "" : ", ", policy.name);
    return names;
}

Error unknown(std::string_view uriOrName) {
    return {StatusCode::BadSecurityPolicyRejected, fmt::format("The SecurityPolicy \"{}\" is unknown.", detail::shownText(uriOrName)),
            "use one of " + allNames()};
}

Error notEnabled(const SecurityPolicy& policy) {
    if (policy.deprecated) {
        return {StatusCode::BadSecurityPolicyRejected, fmt::format("The SecurityPolicy {} is deprecated and not enabled.", policy.name),
                fmt::format("let the peer use Basic256Sha256 or a newer policy; where it cannot, enable {} by name", policy.name)};
    }
    if (policy.id == Id::None) {
        return {StatusCode::BadSecurityPolicyRejected, "The SecurityPolicy None, which protects nothing, is not enabled.",
                "let the peer use a secured endpoint; where it cannot, enable None by name"};
    }
    return {StatusCode::BadSecurityPolicyRejected, fmt::format("The SecurityPolicy {} is disabled in this application.", policy.name),
            fmt::format("let the peer use another policy, or enable {} by name", policy.name)};
}

}  // namespace

std::span<const SecurityPolicy> securityPolicies() noexcept { return table; }

const SecurityPolicy& securityPolicy(SecurityPolicyId id) noexcept {
    const auto found = std::find_if(table.begin(), table.end(), [id](const SecurityPolicy& policy) { return policy.id == id; });
    return found != table.end() ? *found : table.front();
}

const SecurityPolicy* findSecurityPolicy(std::string_view uriOrName) noexcept {
    const auto found = std::find_if(table.begin(), table.end(), [uriOrName](const SecurityPolicy& policy) {
        return uriOrName == policy.uri || uriOrName == policy.name;
    });
    return found != table.end() ? &*found : nullptr;
}

SecurityPolicySet::SecurityPolicySet() : enabled_{defaultSet()} {}

Result<void> SecurityPolicySet::enable(std::string_view uriOrName) {
    const auto* policy = findSecurityPolicy(uriOrName);
    if (policy == nullptr) return unknown(uriOrName);
    enabled_ |= bitOf(policy->id);
    return {};
}

void SecurityPolicySet::disable(SecurityPolicyId id) noexcept { enabled_ &= ~bitOf(id); }

Result<const SecurityPolicy*> SecurityPolicySet::find(std::string_view uriOrName) const {
    const auto* policy = findSecurityPolicy(uriOrName);
    if (policy == nullptr) return unknown(uriOrName);
    if (!contains(policy->id)) return notEnabled(*policy);
    return policy;
}

bool SecurityPolicySet::contains(SecurityPolicyId id) const noexcept { return (enabled_ & bitOf(id)) != 0; }

}  // namespace uatrust
