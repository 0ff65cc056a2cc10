#include "validation/text_layout.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

constexpr std::size_t excerptBefore = 20;  // characters shown before a difference that is far to the right
constexpr std::size_t minText = 40;        // columns for text behind the longest of labels
constexpr std::string_view caretText = "^ the first difference";

bool beginsCharacter(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::size_t widthFor(std::size_t labelColumns) noexcept { return std::max(minText, kColumns - std::min(kColumns, labelColumns)); }

// A thumbprint in brackets belongs to the name in front of it, and is part of many a file's name.
std::string_view firstWord(std::string_view text) {
    auto end = text.find(' ');
    while (end != std::string_view::npos && text.substr(end + 1).starts_with('[')) end = text.find(' ', end + 1);
    return text.substr(0, std::min(end, text.size()));
}

/// Text by characters.
std::vector<std::string_view> charactersOf(std::string_view text) {
    std::vector<std::string_view> characters;
    for (std::size_t begin = 0; begin < text.size();) {
        auto end = begin + 1;
        while (end < text.size() && !beginsCharacter(text[end])) ++end;
        characters.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return characters;
}

/// The part of a text that fits, with dots where something is left out.
std::string excerpt(const std::vector<std::string_view>& characters, std::size_t from, std::size_t width) {
    const auto begin = std::min(from, characters.size());
    const auto end = std::min(characters.size(), begin + width);
    std::string text = begin > 0 ? "..." : "";
    for (std::size_t i = begin; i < end; ++i) text += characters[i];
    return end < characters.size() ? text + "..." : text;
}

}  // namespace

std::size_t columnsOf(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), beginsCharacter));
}

std::string hanging(std::string_view label, std::string_view text) {
    const auto indent = columnsOf(label);
    const auto width = widthFor(indent);
    std::string out{label};
    std::size_t used = 0;
    while (!text.empty()) {
        const auto word = firstWord(text);
        const auto columns = columnsOf(word);
        if (used > 0 && used + 1 + columns > width) {
            out += '\n' + std::string(indent, ' ');
            used = 0;
        } else if (used > 0) {
            out += ' ';
            ++used;
        }
        out += word;
        used += columns;
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return out + '\n';
}

std::string markDifference(std::string_view labelA, std::string_view a, std::string_view labelB, std::string_view b) {
    const auto left = charactersOf(a);
    const auto right = charactersOf(b);
    const auto shorter = static_cast<std::ptrdiff_t>(std::min(left.size(), right.size()));
    const auto at = static_cast<std::size_t>(std::mismatch(left.begin(), left.begin() + shorter, right.begin()).first - left.begin());
    const auto width = widthFor(columnsOf(labelA)) - 2 * columnsOf("...");
    const bool fits = std::max(left.size(), right.size()) <= width && at + columnsOf(caretText) <= width;
    const auto from = fits || at <= excerptBefore ? 0 : at - excerptBefore;
    const auto caretAt = columnsOf(labelA) + (from > 0 ? columnsOf("...") : 0) + at - from;
    return fmt::format("{}{}\n{}{}\n{}{}\n", labelA, excerpt(left, from, width), labelB, excerpt(right, from, width),
                       std::string(caretAt, ' '), caretText);
}

}  // namespace uatrust::detail
