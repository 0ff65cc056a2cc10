#pragma once

#include <string>
#include <string_view>
#include <vector>

// Text for a terminal of 100 columns. All texts that come in are printable() already.
namespace uatrust::detail {

inline constexpr std::size_t kColumns = 100;

/// columnsOf() counts the characters of UTF-8 text.
[[nodiscard]] std::size_t columnsOf(std::string_view text) noexcept;

/// hanging() puts text behind a label and goes on below its own beginning when a line is full. A word that is longer than
/// a line stays whole: it may be a path that somebody wants to copy. What stands in brackets stays with the word before it.
[[nodiscard]] std::string hanging(std::string_view label, std::string_view text);

/// markDifference() writes two texts below each other, each behind its label, and a caret below the first character that
/// differs. Of long texts it shows the part around that. Labels are equally long.
[[nodiscard]] std::string markDifference(std::string_view labelA, std::string_view a, std::string_view labelB, std::string_view b);

}  // namespace uatrust::detail
