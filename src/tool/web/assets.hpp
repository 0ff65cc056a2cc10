#pragma once

#include <span>
#include <string_view>

namespace uatrust::tool::web {

/// Asset is one file of the page, as it was when the program was built.
struct Asset {
    std::string_view name{};  ///< without a folder: "index.html"
    std::string_view contentType{};
    std::string_view tag{};  ///< changes with the content: the ETag with its quotation marks
    std::string_view content{};
};

/// assets() lists all files of src/tool/web/page. The build makes its source.
[[nodiscard]] std::span<const Asset> assets() noexcept;

/// findAsset() finds one by its exact name; null when there is none.
[[nodiscard]] const Asset* findAsset(std::string_view name) noexcept;

}  // namespace uatrust::tool::web
