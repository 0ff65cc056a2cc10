#include "tool/pki_folders.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

bool sharesItsFolder(const LayoutPreset& preset) noexcept {
    return preset.group == LayoutGroup::Users || preset.group == LayoutGroup::Https;
}

std::vector<PkiFolder> groupsOf(const PkiFolder& folder, const LayoutSearch& search) {
    std::vector<PkiFolder> groups{folder};
    for (const auto& match : search.matches) {
        if (match.root == folder.root && match.preset != folder.layout && sharesItsFolder(*match.preset)) {
            groups.push_back({folder.root, match.preset, true});
        }
    }
    return groups;
}

}  // namespace

Result<std::vector<PkiFolder>> pkisIn(const std::string& given, std::string_view from, const std::string& layout) {
    auto named = openPki(given, from, layout);
    if (!named) return named.error();
    if (!layout.empty()) return std::vector{std::move(*named)};
    auto itself = choosePki(given, {});
    if (!itself) return itself.error();
    const auto search = detectLayouts(itself->root);
    if (!search) return search.error();
    if (itself->layout != nullptr || noticeAboutPki(*itself).empty()) return groupsOf(*itself, *search);

    std::vector<PkiFolder> found;
    for (const auto& match : search->matches) {
        const auto isThere = [&](const PkiFolder& each) { return each.root == match.root; };
        if (std::any_of(found.begin(), found.end(), isThere)) continue;
        if (auto below = choosePki(textOf(match.root), {})) found.push_back(std::move(*below));
    }
    std::sort(found.begin(), found.end(), [](const PkiFolder& a, const PkiFolder& b) { return a.root < b.root; });
    if (!found.empty()) return found;
    return Error{StatusCode::BadNotFound, fmt::format("{} is no PKI folder, and there is none in it.", printable(given, 4096)),
                 "Give the folder that holds trusted, issuers and rejected, or the one above several of them."};
}

}  // namespace uatrust::tool
