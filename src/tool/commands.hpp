#pragma once

#include "tool/command.hpp"

namespace uatrust::tool {

extern const Command kCompletion;
extern const Command kLayouts;
extern const Command kShow;
extern const Command kVerify;

}  // namespace uatrust::tool
