#pragma once

#include "tool/web/changing.hpp"

namespace uatrust::tool::web {

/// addPairingRoutes() adds what is done with the pairing window of a group. `groups` has to live as long as the router.
void addPairingRoutes(Router& router, Groups& groups, OperatorName who);

}  // namespace uatrust::tool::web
