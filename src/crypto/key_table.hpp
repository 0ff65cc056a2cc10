#pragma once

#include <span>

#include <uatrust/crypto/key.hpp>

#include "detail/openssl.hpp"

namespace uatrust::detail {

/// What keys have in common when it comes to signing and encrypting.
enum class KeyFamily : std::uint8_t { Rsa, Ec, Ed25519, Ed448, Other };

/// One row for each KeyAlgorithm.
struct KeyAlgorithmRow {
    KeyAlgorithm algorithm;
    std::string_view name;
    KeyFamily family;
    int nid;                  ///< of the curve for EC keys, else of the key itself
    const char* openSslName;  ///< of the EC group or of the key type
    unsigned bits;            ///< 0 where each key has its own
};

/// One row for each SignatureScheme.
struct SignatureSchemeRow {
    SignatureScheme scheme;
    std::string_view name;
    KeyFamily family;
    HashAlgorithm hash;
    bool pss;
};

/// One row for each EncryptionScheme. The overhead is what RFC 8017, 7.1 and 7.2 take from each block.
struct EncryptionSchemeRow {
    EncryptionScheme scheme;
    std::string_view name;
    int padding;
    HashAlgorithm oaepHash;
    std::size_t overhead;
};

[[nodiscard]] const KeyAlgorithmRow& rowOf(KeyAlgorithm algorithm) noexcept;
[[nodiscard]] const SignatureSchemeRow& rowOf(SignatureScheme scheme) noexcept;
[[nodiscard]] const EncryptionSchemeRow& rowOf(EncryptionScheme scheme) noexcept;

/// All rows, for searches.
[[nodiscard]] std::span<const KeyAlgorithmRow> keyAlgorithmRows() noexcept;

/// evpDigest() is OpenSSL's hash function, null for None and Other.
[[nodiscard]] const EVP_MD* evpDigest(HashAlgorithm algorithm) noexcept;

}  // namespace uatrust::detail
