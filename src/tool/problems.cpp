#include "tool/problems.hpp"

#include <fmt/format.h>

namespace uatrust::tool {

void complainAbout(std::span<const StoreProblem> problems, Console& console) {
    for (const auto& each : problems) {
        console.complain(
            {StatusCode::BadConfigurationError, fmt::format("{}: {}", printable(each.source, 4096), each.message), each.remedy});
    }
}

Json problemsJson(std::span<const StoreProblem> problems) {
    Json json = Json::array();
    for (const auto& each : problems) json.push_back({{"source", printable(each.source, 4096)}, {"message", each.message}, {"remedy", each.remedy}});
    return json;
}

}  // namespace uatrust::tool
