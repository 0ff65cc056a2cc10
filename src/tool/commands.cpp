#include "tool/commands.hpp"

#include <array>

namespace uatrust::tool {

std::span<const Command> commands() noexcept {
    static const std::array all{kShow, kVerify, kLayouts, kCompletion};
    return all;
}

}  // namespace uatrust::tool
