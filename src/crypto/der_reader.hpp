#pragma once

#include <optional>

#include <uatrust/core/bytes.hpp>

namespace uatrust::detail {

/// One DER element: its identifier octet, its content, and both with the length in between.
struct DerElement {
    std::uint8_t tag;
    ByteView content;
    ByteView whole;
};

constexpr std::uint8_t derInteger = 0x02;
constexpr std::uint8_t derBitString = 0x03;
constexpr std::uint8_t derNull = 0x05;
constexpr std::uint8_t derObjectIdentifier = 0x06;
constexpr std::uint8_t derSequence = 0x30;

/// DerReader walks through the elements of one DER level. It knows definite lengths in their shortest form and
/// low tag numbers only, as DER and the structures of X.509 have them; everything else is the end of reading.
/// It copies nothing: what it returns lives as long as the octets it was made from.
class DerReader {
public:
    explicit DerReader(ByteView der) noexcept : rest_{der} {}

    [[nodiscard]] bool atEnd() const noexcept { return rest_.empty(); }
    /// The next element, or nothing (and the reader stays where it is) when there is no well-formed one.
    [[nodiscard]] std::optional<DerElement> next() noexcept;
    /// The same, when the next element has this tag.
    [[nodiscard]] std::optional<DerElement> next(std::uint8_t tag) noexcept;

private:
    ByteView rest_;
};

}  // namespace uatrust::detail
