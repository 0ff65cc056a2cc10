#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace uatrust::tool {

/// wrap() breaks lines of more than `width` columns at blanks; what is carried over is indented by `hang` more than the line
/// it comes from or, in a line of a table (two blanks between columns), to the last column. A word that is longer than a line stays whole,
/// so that a path or thumbprint can be copied. 0 breaks nothing. Columns are counted as characters of UTF-8.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width, std::size_t hang = 2);

/// columns() counts characters of UTF-8.
[[nodiscard]] std::size_t columns(std::string_view text) noexcept;

/// besides() puts `text`, broken to fit, into a column of its own to the right of `label`: below it when the label is too long. A
/// narrow terminal has a narrower first column.
[[nodiscard]] std::string besides(std::string_view label, std::string_view text, std::size_t column, std::size_t width);

/// lowerCase() and upperCase() change the letters of ASCII alone.
[[nodiscard]] std::string lowerCase(std::string_view text);
[[nodiscard]] std::string upperCase(std::string_view text);

/// argument() is a text as an argument of a command line that a user may copy: in single quotes where a shell would make something else
/// of it.
[[nodiscard]] std::string argument(std::string_view text);

/// many() is "1 issuer" or "3 issuers".
[[nodiscard]] std::string many(std::size_t count, std::string_view one);

/// inFours() is hexadecimal digits in upper case and in groups of four, to be compared by eye or by phone.
[[nodiscard]] std::vector<std::string> inFours(std::string_view digits);

}  // namespace uatrust::tool
