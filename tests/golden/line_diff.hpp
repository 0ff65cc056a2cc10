#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace uatrust::test {

inline std::vector<std::string> splitLines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();  // as some checkouts have it
        lines.push_back(line);
    }
    return lines;
}

namespace detail {

struct DiffLine {
    char sign;
    std::string text;
};

inline std::vector<DiffLine> allLines(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    // common[i][j]: length of the longest common subsequence of what follows.
    std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t j = b.size(); j-- > 0;)
            common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
    std::vector<DiffLine> lines;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) {
            lines.push_back({' ', a[i++]});
            ++j;
        } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
            lines.push_back({'-', a[i++]});
        } else {
            lines.push_back({'+', b[j++]});
        }
    }
    return lines;
}

}  // namespace detail

/// lineDiff() shows how `actual` differs from `expected`: '-' before what is missing, '+' before what is new, with three lines
/// around them as they are. Empty when they are the same. For texts of some hundred lines.
inline std::string lineDiff(const std::string& expected, const std::string& actual) {
    constexpr std::size_t around = 3;
    const auto a = splitLines(expected);
    const auto b = splitLines(actual);
    if (a == b) return {};
    const auto lines = detail::allLines(a, b);
    const auto isNear = [&](std::size_t at) {
        for (std::size_t i = at - std::min(at, around); i < std::min(lines.size(), at + around + 1); ++i) {
            if (lines[i].sign != ' ') return true;
        }
        return false;
    };
    std::string diff;
    bool skipped = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (isNear(i)) {
            if (skipped) diff += "  ...\n";
            diff += std::string{lines[i].sign} + ' ' + lines[i].text + '\n';
        }
        skipped = !isNear(i);
    }
    return diff;
}

}  // namespace uatrust::test
