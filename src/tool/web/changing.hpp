#pragma once

#include "tool/web/judging.hpp"

namespace uatrust::tool::web {

/// Who is named in the history for what somebody does.
using OperatorName = std::function<std::string(const Session&)>;

/// addChangingRoutes() adds what changes the lists: the actions on entries, undo, and import. `groups` has to live as long as the
/// router.
void addChangingRoutes(Router& router, Groups& groups, OperatorName who);

}  // namespace uatrust::tool::web
