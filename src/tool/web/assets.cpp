#include "tool/web/assets.hpp"

#include <algorithm>

namespace uatrust::tool::web {

const Asset* findAsset(std::string_view name) noexcept {
    const auto all = assets();
    const auto at = std::find_if(all.begin(), all.end(), [&](const Asset& each) { return each.name == name; });
    return at == all.end() ? nullptr : &*at;
}

}  // namespace uatrust::tool::web
