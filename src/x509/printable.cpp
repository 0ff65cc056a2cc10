#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Characters that nobody sees but that change what is seen: controls, separators of lines, marks, joiners and
// overrides of direction, variation and language tags, and what is no character at all. In ascending order.
constexpr std::array hiddenRanges{Range{0x0000, 0x001F}, Range{0x007F, 0x009F},  Range{0x00AD, 0x00AD}, Range{0x034F, 0x034F},
                                  Range{0x061C, 0x061C}, Range{0x115F, 0x1160},  Range{0x17B4, 0x17B5}, Range{0x180B, 0x180F},
                                  Range{0x200B, 0x200F}, Range{0x2028, 0x202E},  Range{0x2060, 0x206F}, Range{0x3164, 0x3164},
                                  Range{0xFE00, 0xFE0F}, Range{0xFEFF, 0xFEFF},  Range{0xFFA0, 0xFFA0}, Range{0xFFF0, 0xFFFB},
                                  Range{0xFFFE, 0xFFFF}, Range{0xE0000, 0xE0FFF}};

bool isHidden(char32_t c) noexcept {
    const auto* range =
        std::lower_bound(hiddenRanges.begin(), hiddenRanges.end(), c, [](const Range& r, char32_t x) { return r.last < x; });
    return range != hiddenRanges.end() && range->first <= c;
}

unsigned octetAt(std::string_view text, std::size_t index) noexcept { return static_cast<unsigned char>(text[index]); }

struct Character {
    char32_t code;
    std::size_t size;  ///< octets; 0 when they are no UTF-8
};

// The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above 10FFFF.
Character firstCharacter(std::string_view text) noexcept {
    constexpr Character invalid{0, 0};
    const unsigned lead = octetAt(text, 0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return invalid;
    char32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        const unsigned octet = octetAt(text, i);
        if ((octet & 0xC0U) != 0x80) return invalid;
        code = code << 6U | (octet & 0x3FU);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < smallest[size] || code > 0x10FFFF || surrogate ? invalid : Character{code, size};
}

struct Piece {
    std::string text;
    std::size_t characters;  ///< on the screen
    std::size_t consumed;    ///< octets of the input
};

Piece escaped(std::string text, std::size_t consumed) {
    const auto size = text.size();
    return {std::move(text), size, consumed};
}

Piece firstPiece(std::string_view text) {
    const auto character = firstCharacter(text);
    if (character.size == 0) return escaped(fmt::format("\\x{:02X}", octetAt(text, 0)), 1);
    if (!isHidden(character.code)) return {std::string{text.substr(0, character.size)}, 1, character.size};
    if (character.code < 0x80) return escaped(fmt::format("\\x{:02X}", static_cast<unsigned>(character.code)), 1);
    return escaped(fmt::format("\\u{{{:04X}}}", static_cast<std::uint32_t>(character.code)), character.size);
}

}  // namespace

std::string printable(std::string_view text, std::size_t maxLength) {
    // As nearly all texts are, also each path of a long list.
    const auto isPlain = [](char c) { return c >= ' ' && c <= '~'; };
    if (text.size() <= maxLength && std::all_of(text.begin(), text.end(), isPlain)) return std::string{text};
    std::string out;
    for (std::size_t length = 0; !text.empty();) {
        const auto piece = firstPiece(text);
        length += piece.characters;
        if (length > maxLength) return out + "...";
        out += piece.text;
        text.remove_prefix(piece.consumed);
    }
    return out;
}

}  // namespace uatrust
