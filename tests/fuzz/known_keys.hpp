#pragma once

// Ed25519 keys that everybody knows. A fuzzer that changes a certificate breaks its signature, and little of the code
// behind that check would ever run; so a target may sign again what the fuzzer made, with one of these keys.

#include <array>
#include <cstring>

#include <openssl/evp.h>

#include <uatrust/crypto/key.hpp>
#include <uatrust/interop/openssl.hpp>

#include "openssl_view.hpp"

namespace uatrust::fuzz {

constexpr unsigned knownKeyCount = 3;  ///< counted from 1: a root, a CA below it, an application
constexpr std::size_t knownSignatureSize = 64;

/// knownKey() is borrowed and lives as long as the process.
[[nodiscard]] inline EVP_PKEY* knownKey(unsigned number) {
    static const auto keys = [] {
        std::array<KeyPtr, knownKeyCount> made{};
        for (unsigned i = 0; i < knownKeyCount; ++i) {
            std::array<std::uint8_t, 32> seed{};
            seed.fill(static_cast<std::uint8_t>(i + 1));
            made[i].reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
        }
        return made;
    }();
    return keys.at(number - 1).get();
}

[[nodiscard]] inline const PublicKey& knownPublicKey(unsigned number) {
    static const std::array keys{publicKeyFromEvp(knownKey(1)).value(), publicKeyFromEvp(knownKey(2)).value(),
                                 publicKeyFromEvp(knownKey(3)).value()};
    return keys.at(number - 1);
}

/// toBeSigned() is the first element inside the SEQUENCE that `der` is; empty when it is none.
[[nodiscard]] inline ByteView toBeSigned(ByteView der) {
    long size = 0;
    int tag = 0;
    int type = 0;
    const std::uint8_t* at = der.data();
    if ((ASN1_get_object(&at, &size, &tag, &type, static_cast<long>(der.size())) & 0x81) != 0) return {};
    const std::uint8_t* begin = at;
    if ((ASN1_get_object(&at, &size, &tag, &type, size) & 0x81) != 0) return {};
    return {begin, static_cast<std::size_t>(at - begin) + static_cast<std::size_t>(size)};
}

/// signAgain() puts a good signature of a known key at the end of a certificate or CRL that has an Ed25519 signature
/// there; anything else comes back with 64 octets changed or as it was.
[[nodiscard]] inline Bytes signAgain(ByteView der, unsigned number) {
    Bytes out(der.begin(), der.end());
    const auto content = toBeSigned(out);
    const auto behind = content.empty() ? 0 : static_cast<std::size_t>(&out.back() - &content.back());
    if (behind < knownSignatureSize) return out;
    std::array<std::uint8_t, knownSignatureSize> signature{};
    std::size_t size = signature.size();
    const Owned<EVP_MD_CTX, &EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, knownKey(number)) == 1 &&
        EVP_DigestSign(context.get(), signature.data(), &size, content.data(), content.size()) == 1) {
        std::copy(signature.begin(), signature.end(), out.end() - static_cast<std::ptrdiff_t>(knownSignatureSize));
    }
    ERR_clear_error();
    return out;
}

}  // namespace uatrust::fuzz
