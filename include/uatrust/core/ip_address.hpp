#pragma once

#include <uatrust/export.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace uatrust {

/// parseIpAddress() reads an IPv4 or IPv6 address in any of its text forms (RFC 4291 2.2, a zone index is refused, and
/// so are leading zeros in IPv4, which some readers take for octal): the 4 or 16 octets in network order as an
/// iPAddress SAN holds them, or nothing when it is a name.
[[nodiscard]] UATRUST_API std::optional<std::vector<std::uint8_t>> parseIpAddress(std::string_view text);

/// formatIpAddress() writes 4 octets as IPv4 and 16 as IPv6 in the form of RFC 5952; other lengths as hexadecimal.
[[nodiscard]] UATRUST_API std::string formatIpAddress(const std::vector<std::uint8_t>& octets);

}  // namespace uatrust
