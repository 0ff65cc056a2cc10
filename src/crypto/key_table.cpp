#include "crypto/key_table.hpp"

#include <algorithm>
#include <array>

namespace uatrust::detail {
namespace {

// clang-format off
constexpr std::array keyRows{
    KeyAlgorithmRow{KeyAlgorithm::Rsa,             "RSA",              KeyFamily::Rsa,     NID_rsaEncryption,    "RSA",             0},
    KeyAlgorithmRow{KeyAlgorithm::NistP256,        "NIST P-256",       KeyFamily::Ec,      NID_X9_62_prime256v1, "P-256",           256},
    KeyAlgorithmRow{KeyAlgorithm::NistP384,        "NIST P-384",       KeyFamily::Ec,      NID_secp384r1,        "P-384",           384},
    KeyAlgorithmRow{KeyAlgorithm::BrainpoolP256r1, "brainpoolP256r1",  KeyFamily::Ec,      NID_brainpoolP256r1,  "brainpoolP256r1", 256},
    KeyAlgorithmRow{KeyAlgorithm::BrainpoolP384r1, "brainpoolP384r1",  KeyFamily::Ec,      NID_brainpoolP384r1,  "brainpoolP384r1", 384},
    KeyAlgorithmRow{KeyAlgorithm::Ed25519,         "Ed25519",          KeyFamily::Ed25519, NID_ED25519,          "ED25519",         256},
    KeyAlgorithmRow{KeyAlgorithm::Ed448,           "Ed448",            KeyFamily::Ed448,   NID_ED448,            "ED448",           456},
    KeyAlgorithmRow{KeyAlgorithm::Other,           "another key kind", KeyFamily::Other,   NID_undef,            "",                0},
};

constexpr std::array signatureRows{
    SignatureSchemeRow{SignatureScheme::None,           "no signature",           KeyFamily::Other,   HashAlgorithm::None,   false},
    SignatureSchemeRow{SignatureScheme::RsaPkcs1Sha1,   "RSA PKCS#1 with SHA-1",  KeyFamily::Rsa,     HashAlgorithm::Sha1,   false},
    SignatureSchemeRow{SignatureScheme::RsaPkcs1Sha256, "RSA PKCS#1 with SHA-256", KeyFamily::Rsa,    HashAlgorithm::Sha256, false},
    SignatureSchemeRow{SignatureScheme::RsaPssSha256,   "RSA-PSS with SHA-256",   KeyFamily::Rsa,     HashAlgorithm::Sha256, true},
    SignatureSchemeRow{SignatureScheme::EcdsaSha256,    "ECDSA with SHA-256",     KeyFamily::Ec,      HashAlgorithm::Sha256, false},
    SignatureSchemeRow{SignatureScheme::EcdsaSha384,    "ECDSA with SHA-384",     KeyFamily::Ec,      HashAlgorithm::Sha384, false},
    SignatureSchemeRow{SignatureScheme::Ed25519,        "Ed25519",                KeyFamily::Ed25519, HashAlgorithm::None,   false},
    SignatureSchemeRow{SignatureScheme::Ed448,          "Ed448",                  KeyFamily::Ed448,   HashAlgorithm::None,   false},
};

constexpr std::array encryptionRows{
    EncryptionSchemeRow{EncryptionScheme::None,          "no encryption",         0,                      HashAlgorithm::None,   0},
    EncryptionSchemeRow{EncryptionScheme::RsaPkcs1,      "RSA PKCS#1 v1.5",       RSA_PKCS1_PADDING,      HashAlgorithm::None,   11},
    EncryptionSchemeRow{EncryptionScheme::RsaOaepSha1,   "RSA-OAEP with SHA-1",   RSA_PKCS1_OAEP_PADDING, HashAlgorithm::Sha1,   42},
    EncryptionSchemeRow{EncryptionScheme::RsaOaepSha256, "RSA-OAEP with SHA-256", RSA_PKCS1_OAEP_PADDING, HashAlgorithm::Sha256, 66},
};
// clang-format on

// The rows stand in the order of the enumerators, so a look-up is an index.
template <class Rows, class Member>
constexpr bool inOrder(const Rows& rows, Member member) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].*member) != i) return false;
    }
    return true;
}
static_assert(inOrder(keyRows, &KeyAlgorithmRow::algorithm));
static_assert(inOrder(signatureRows, &SignatureSchemeRow::scheme));
static_assert(inOrder(encryptionRows, &EncryptionSchemeRow::scheme));

template <class Rows, class Enum>
const auto& at(const Rows& rows, Enum value, std::size_t fallback) noexcept {
    const auto index = static_cast<std::size_t>(value);
    return rows[index < rows.size() ? index : fallback];
}

}  // namespace

const KeyAlgorithmRow& rowOf(KeyAlgorithm algorithm) noexcept { return at(keyRows, algorithm, keyRows.size() - 1); }
const SignatureSchemeRow& rowOf(SignatureScheme scheme) noexcept { return at(signatureRows, scheme, 0); }
const EncryptionSchemeRow& rowOf(EncryptionScheme scheme) noexcept { return at(encryptionRows, scheme, 0); }

std::span<const KeyAlgorithmRow> keyAlgorithmRows() noexcept { return keyRows; }

const EVP_MD* evpDigest(HashAlgorithm algorithm) noexcept {
    using Function = const EVP_MD* (*)();
    static const std::array<Function, static_cast<std::size_t>(HashAlgorithm::Other) + 1> functions{
        nullptr, &EVP_md5, &EVP_sha1, &EVP_sha224, &EVP_sha256, &EVP_sha384, &EVP_sha512, nullptr};
    const Function function = at(functions, algorithm, 0);
    return function != nullptr ? function() : nullptr;
}

}  // namespace uatrust::detail
