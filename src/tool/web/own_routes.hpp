#pragma once

#include "tool/web/changing.hpp"

namespace uatrust::tool::web {

/// addOwnRoutes() adds what is done with the own certificate: look at it, renew it, ask a CA for one. Installing is an import.
/// `groups` has to live as long as the router.
void addOwnRoutes(Router& router, Groups& groups, OperatorName who);

}  // namespace uatrust::tool::web
