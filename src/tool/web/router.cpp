#include "tool/web/router.hpp"

#include <optional>

namespace uatrust::tool::web {
namespace {

std::string_view nextPart(std::string_view& path) {
    const auto end = path.find('/');
    const auto part = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
    return part;
}

// What the stars stand for, when the path is one of the pattern.
std::optional<std::vector<std::string>> partsOf(std::string_view path, std::string_view pattern) {
    std::vector<std::string> parts;
    if (std::count(path.begin(), path.end(), '/') != std::count(pattern.begin(), pattern.end(), '/')) return {};
    while (!pattern.empty()) {
        const auto wanted = nextPart(pattern);
        const auto given = nextPart(path);
        if (wanted == "*" && !given.empty()) {
            parts.emplace_back(given);
        } else if (wanted != given) {
            return {};
        }
    }
    return parts;
}

}  // namespace

Router::Match Router::find(std::string_view method, std::string_view path) const {
    Match match;
    for (const auto& each : routes_) {
        auto parts = partsOf(path, each.path);
        if (!parts) continue;
        if (each.method == method) return {&each, false, std::move(*parts)};
        match.otherMethod = true;
    }
    return match;
}

}  // namespace uatrust::tool::web
