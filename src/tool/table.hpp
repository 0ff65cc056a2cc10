#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace uatrust::tool {

/// Column is one column of a table.
struct Column {
    std::string title{};
    bool elastic = false;  ///< gives way where the table is wider than the terminal
};

/// tableText() sets rows side by side, below the titles, two blanks between columns and indented by two. A column in which no row has
/// anything is left out. Where that is wider than `width`, elastic columns are cut, the widest first, and end in "...". 0 cuts nothing.
[[nodiscard]] std::string tableText(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows,
                                    std::size_t width);

}  // namespace uatrust::tool
