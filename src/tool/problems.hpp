#pragma once

#include <uatrust/store/trust_snapshot.hpp>

#include "tool/console.hpp"

namespace uatrust::tool {

/// problemsJson() and complainAbout() tell what in a folder could not be read.
[[nodiscard]] Json problemsJson(std::span<const StoreProblem> problems);
void complainAbout(std::span<const StoreProblem> problems, Console& console);

}  // namespace uatrust::tool
