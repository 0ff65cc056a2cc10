#pragma once

#include <initializer_list>
#include <span>

#include <uatrust/core/clock.hpp>

#include "x509/asn1.hpp"

// Writes the few forms of DER that our own certificates and requests consist of.

namespace uatrust::detail {

/// derElement() puts identifier and length in front of the parts, one behind the other.
[[nodiscard]] Bytes derElement(std::uint8_t tag, std::initializer_list<ByteView> parts);
[[nodiscard]] Bytes derElement(std::uint8_t tag, std::span<const Bytes> parts);

/// derPositive() writes octets, most significant first, as a non-negative INTEGER.
[[nodiscard]] Bytes derPositive(ByteView magnitude);

/// derBitStringOf() writes whole octets as a BIT STRING, derNamedBits() a list of named bits without the zero bits
/// at its end (X.690, 11.2.2); bit 0 is the lowest of `bits`.
[[nodiscard]] Bytes derBitStringOf(ByteView octets);
[[nodiscard]] Bytes derNamedBits(std::uint16_t bits);

/// derTime() writes UTCTime through 2049 and GeneralizedTime after (RFC 5280, 4.1.2.5).
/// Precondition: a moment of the years 1950 to 9999.
[[nodiscard]] Bytes derTime(Instant at);

/// derOid() writes a dotted object identifier. Precondition: it is one.
[[nodiscard]] Bytes derOid(std::string_view dotted);

}  // namespace uatrust::detail
