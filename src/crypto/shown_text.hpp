#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace uatrust::detail {

/// shownText() makes text of unknown origin fit for a log: short, in one line, and without control characters.
[[nodiscard]] inline std::string shownText(std::string_view text, std::size_t maxLength = 100) {
    std::string shown{text.substr(0, maxLength)};
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return text.size() > maxLength ? shown + "..." : shown;
}

}  // namespace uatrust::detail
