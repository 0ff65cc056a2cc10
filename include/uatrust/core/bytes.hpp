#pragma once

#include <uatrust/export.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace uatrust {

/// An owned sequence of octets: the OPC UA ByteString.
using Bytes = std::vector<std::uint8_t>;

/// A borrowed sequence of octets. Whoever keeps one keeps what it points into alive.
using ByteView = std::span<const std::uint8_t>;

/// How hexadecimal digits above nine are written.
enum class HexCase : std::uint8_t { Lower, Upper };

/// toHex() writes two digits for each octet, without separators.
[[nodiscard]] UATRUST_API std::string toHex(ByteView bytes, HexCase letters = HexCase::Lower);

/// fromHex() reads digits of either case; nothing when the length is odd or a character is no digit.
[[nodiscard]] UATRUST_API std::optional<Bytes> fromHex(std::string_view text);

/// asBytes() views text as octets, without a copy; the view dies with the text.
[[nodiscard]] inline ByteView asBytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// asText() views octets as text, without a copy and without any check of the encoding.
[[nodiscard]] inline std::string_view asText(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// equalBytes() compares octet by octet and may return early: never use it on secrets.
[[nodiscard]] UATRUST_API bool equalBytes(ByteView a, ByteView b) noexcept;

}  // namespace uatrust
