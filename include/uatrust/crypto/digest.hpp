#pragma once

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/result.hpp>

#include <array>

namespace uatrust {

/// The hash functions that certificates and SecurityPolicies use. `None` is the built-in hash of Ed25519 and Ed448.
enum class HashAlgorithm : std::uint8_t { None, Md5, Sha1, Sha224, Sha256, Sha384, Sha512, Other };

/// hashName() is "SHA-256" and so on, for people.
[[nodiscard]] UATRUST_API std::string_view hashName(HashAlgorithm algorithm) noexcept;

// sha256() and sha1() throw std::runtime_error when OpenSSL is broken and has no such hash, never because of `data`.

/// sha256() identifies a certificate inside uatrust: trust is decided on it, never on SHA-1.
[[nodiscard]] UATRUST_API std::array<std::uint8_t, 32> sha256(ByteView data);

/// sha1() is the thumbprint on the wire (OPC 10000-6, 6.7.2.3) and in file names; it decides nothing.
[[nodiscard]] UATRUST_API std::array<std::uint8_t, 20> sha1(ByteView data);

/// randomBytes() takes octets from the operating system's cryptographic generator: nonces and serial numbers.
/// BadResourceUnavailable when it does not deliver, or when more than a mebibyte is asked for.
[[nodiscard]] UATRUST_API Result<Bytes> randomBytes(std::size_t count);

}  // namespace uatrust
