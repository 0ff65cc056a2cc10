#include "tool/text.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace uatrust::tool {
namespace {

constexpr std::size_t kLeastRoom = 20;

std::string_view takeLine(std::string_view& rest) {
    const auto at = rest.find('\n');
    const auto line = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return line;
}

// The words keep the blanks in front of them, so that a line that fits stays as it is.
std::string_view takeWord(std::string_view& rest) {
    const auto begin = std::min(rest.find_first_not_of(' '), rest.size());
    const auto word = rest.substr(0, rest.find(' ', begin));
    rest.remove_prefix(word.size());
    return word;
}

std::string_view trimmed(std::string_view word) { return word.substr(std::min(word.find_first_not_of(' '), word.size())); }

// In a table what is carried over stays in its column, where there is room for it.
std::size_t hangOf(std::string_view line, std::size_t indent, std::size_t hang, std::size_t width) {
    const auto gap = line.substr(0, std::min(line.size(), width)).rfind("  ");
    if (gap != std::string_view::npos && gap >= indent) {
        const auto column = columns(line.substr(0, std::min(line.find_first_not_of(' ', gap), line.size())));
        if (column + kLeastRoom <= width) return column;
    }
    return indent + hang + kLeastRoom <= width ? indent + hang : std::min(indent, width / 4);
}

std::string wrapLine(std::string_view line, std::size_t width, std::size_t hang) {
    if (columns(line) <= width) return std::string{line};
    const auto indent = std::min(line.find_first_not_of(' '), line.size());
    const std::string margin(hangOf(line, indent, hang, width), ' ');
    std::string out{takeWord(line)};
    auto used = columns(out);
    while (!line.empty()) {
        const auto word = takeWord(line);
        if (used + columns(word) <= width) {
            out += word;
            used += columns(word);
            continue;
        }
        const auto carried = trimmed(word);
        if (carried.empty()) continue;
        out += '\n' + margin;
        out += carried;
        used = margin.size() + columns(carried);
    }
    return out;
}

}  // namespace

std::size_t columns(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::string> inFours(std::string_view digits) {
    constexpr std::size_t group = 4;
    std::vector<std::string> groups;
    for (std::size_t at = 0; at < digits.size(); at += group) {
        auto& each = groups.emplace_back(digits.substr(at, group));
        std::transform(each.begin(), each.end(), each.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    }
    return groups;
}

std::string wrap(std::string_view text, std::size_t width, std::size_t hang) {
    if (width == 0) return std::string{text};
    std::string out;
    while (!text.empty()) {
        const bool last = text.find('\n') == std::string_view::npos;
        out += wrapLine(takeLine(text), width, hang);
        if (!last) out += '\n';
    }
    return out;
}

std::string besides(std::string_view label, std::string_view text, std::size_t column, std::size_t width) {
    if (width != 0) column = std::min(column, width / 3);
    std::string out{label};
    if (text.empty()) return out + '\n';
    const bool below = columns(label) + 2 > column;
    if (below) out += '\n';
    out.append(below ? column : column - columns(label), ' ');
    const auto room = width == 0 ? 0 : std::max(width > column ? width - column : 0, kLeastRoom);
    auto body = wrap(text, room, 0);
    while (body.ends_with('\n')) body.pop_back();
    for (std::string_view rest = body; !rest.empty();) {
        out += takeLine(rest);
        out += '\n';
        if (!rest.empty()) out.append(column, ' ');
    }
    return out;
}

std::string lowerCase(std::string_view text) {
    std::string lower{text};
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

std::string argument(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c >= 0x80U || std::isalnum(c) != 0 || std::string_view{"-_./:,+@%="}.find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain && !text.empty()) return std::string{text};
    std::string quoted{"'"};
    for (const char c : text) quoted += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
    return quoted + '\'';
}

std::string many(std::size_t count, std::string_view one) { return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s"); }

std::string upperCase(std::string_view text) {
    std::string upper{text};
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return upper;
}

}  // namespace uatrust::tool
