#include "crypto/der_reader.hpp"

namespace uatrust::detail {
namespace {

constexpr std::uint8_t highTagNumber = 0x1F;

struct Length {
    std::size_t headerSize;  // identifier and length octets
    std::size_t contentSize;
};

// ITU-T X.690, 8.1.3 and 10.1: the short form below 128, else as few octets as possible.
std::optional<Length> readLength(ByteView der) noexcept {
    if (der.size() < 2) return std::nullopt;
    const std::uint8_t first = der[1];
    if (first < 0x80) return Length{2, first};
    const std::size_t count = first & 0x7FU;
    if (count == 0 || count > 4 || der.size() < 2 + count || der[2] == 0) return std::nullopt;
    std::uint32_t value = 0;
    for (const std::uint8_t octet : der.subspan(2, count)) value = value << 8U | octet;
    if (value < 0x80) return std::nullopt;
    return Length{2 + count, value};
}

}  // namespace

std::optional<DerElement> DerReader::next() noexcept {
    const auto length = readLength(rest_);
    if (!length || (rest_[0] & highTagNumber) == highTagNumber) return std::nullopt;
    if (length->contentSize > rest_.size() - length->headerSize) return std::nullopt;
    const ByteView whole = rest_.first(length->headerSize + length->contentSize);
    rest_ = rest_.subspan(whole.size());
    return DerElement{whole[0], whole.subspan(length->headerSize), whole};
}

std::optional<DerElement> DerReader::next(std::uint8_t tag) noexcept {
    if (rest_.empty() || rest_[0] != tag) return std::nullopt;
    return next();
}

}  // namespace uatrust::detail
