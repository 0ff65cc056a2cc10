#include "tool/table.hpp"

#include <algorithm>
#include <numeric>

#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;
constexpr std::string_view kCut = "...";

// The first so many characters of UTF-8.
std::string_view beginning(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size()) {
        const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (starts && count-- == 0) break;
        ++at;
    }
    return text.substr(0, at);
}

std::string fitted(const std::string& text, std::size_t width) {
    if (columns(text) <= width) return text;
    return std::string{beginning(text, width - kCut.size())} + std::string{kCut};
}

std::vector<std::size_t> naturalWidths(const std::vector<Column>& all, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(all.size(), 0);
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < all.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (widths[i] != 0) widths[i] = std::max(widths[i], columns(all[i].title));
    }
    return widths;
}

void shrink(std::vector<std::size_t>& widths, const std::vector<Column>& all, std::size_t width) {
    const auto total = [&] {
        return std::accumulate(widths.begin(), widths.end(), std::size_t{0},
                               [](std::size_t sum, std::size_t each) { return each == 0 ? sum : sum + each + kGap; });
    };
    while (total() > width) {
        std::size_t widest = all.size();
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool gives = all[i].elastic && widths[i] > kNarrowest;
            if (gives && (widest == all.size() || widths[i] > widths[widest])) widest = i;
        }
        if (widest == all.size()) return;
        --widths[widest];
    }
}

std::string lineOf(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (widths[i] == 0) continue;
        const auto cell = fitted(cells[i], widths[i]);
        line += std::string(kGap, ' ') + cell + std::string(widths[i] - columns(cell), ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    return line + '\n';
}

}  // namespace

std::string tableText(const std::vector<Column>& all, const std::vector<std::vector<std::string>>& rows, std::size_t width) {
    if (rows.empty()) return {};
    auto widths = naturalWidths(all, rows);
    if (width != 0) shrink(widths, all, width);
    std::vector<std::string> titles;
    for (const auto& each : all) titles.push_back(each.title);
    auto text = lineOf(titles, widths);
    for (const auto& row : rows) text += lineOf(row, widths);
    return text;
}

}  // namespace uatrust::tool
