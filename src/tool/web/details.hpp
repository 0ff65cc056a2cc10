#pragma once

#include "tool/web/judging.hpp"

namespace uatrust::tool::web {

/// addLookingRoutes() adds what only looks: the details of an entry, what it needs to be trusted, its octets, a list as a file, the
/// history. `groups` has to live as long as the router.
void addLookingRoutes(Router& router, Groups& groups);

}  // namespace uatrust::tool::web
