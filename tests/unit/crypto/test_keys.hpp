#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <uatrust/crypto/key.hpp>

#include "support/forge.hpp"

namespace uatrust::test {

/// privateKey() is the forged key of that name as uatrust reads it.
[[nodiscard]] inline PrivateKey privateKey(const std::string& name = "rsa2048", int index = 0) {
    auto key = PrivateKey::read(asBytes(forgeKey(name, index).pem()));
    if (!key) throw std::runtime_error{key.error().text()};
    return *std::move(key);
}

/// publicKey() is its public half, read from what OpenSSL writes.
[[nodiscard]] inline PublicKey publicKey(const std::string& name = "rsa2048", int index = 0) {
    auto key = PublicKey::fromDer(forgeKey(name, index).publicDer());
    if (!key) throw std::runtime_error{key.error().text()};
    return *std::move(key);
}

/// der() is one DER element.
[[nodiscard]] inline Bytes der(std::uint8_t tag, const Bytes& content) {
    Bytes element{tag};
    if (content.size() < 0x80) {
        element.push_back(static_cast<std::uint8_t>(content.size()));
    } else {
        Bytes length;
        for (std::size_t rest = content.size(); rest != 0; rest >>= 8U)
            length.insert(length.begin(), static_cast<std::uint8_t>(rest & 0xFFU));
        element.push_back(static_cast<std::uint8_t>(0x80U | length.size()));
        element.insert(element.end(), length.begin(), length.end());
    }
    element.insert(element.end(), content.begin(), content.end());
    return element;
}

[[nodiscard]] inline Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

[[nodiscard]] inline Bytes bytesOf(ByteView view) { return {view.begin(), view.end()}; }
[[nodiscard]] inline Bytes bytesOf(std::string_view text) { return bytesOf(asBytes(text)); }

/// subjectPublicKeyInfo() puts algorithm OID content, encoded parameters (may be empty) and key octets together.
[[nodiscard]] inline Bytes subjectPublicKeyInfo(std::string_view oidHex, const Bytes& parameters, const Bytes& key) {
    return der(0x30, joined({der(0x30, joined({der(0x06, fromHex(oidHex).value()), parameters})), der(0x03, joined({Bytes{0}, key}))}));
}

inline constexpr std::string_view kRsaOid = "2a864886f70d010101";
inline constexpr std::string_view kEcOid = "2a8648ce3d0201";
inline constexpr std::string_view kEd25519Oid = "2b6570";
inline constexpr std::string_view kEd448Oid = "2b6571";

/// Every scheme there is.
inline constexpr SignatureScheme kSignatureSchemes[] = {
    SignatureScheme::None,        SignatureScheme::RsaPkcs1Sha1, SignatureScheme::RsaPkcs1Sha256, SignatureScheme::RsaPssSha256,
    SignatureScheme::EcdsaSha256, SignatureScheme::EcdsaSha384,  SignatureScheme::Ed25519,        SignatureScheme::Ed448};
inline constexpr EncryptionScheme kEncryptionSchemes[] = {EncryptionScheme::RsaPkcs1, EncryptionScheme::RsaOaepSha1,
                                                          EncryptionScheme::RsaOaepSha256};

}  // namespace uatrust::test
