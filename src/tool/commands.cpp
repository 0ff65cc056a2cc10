#include "tool/commands.hpp"

#include <array>

namespace uatrust::tool {

// A line for each, so that two who add one are not in each other's way.
// clang-format off
std::span<const Command> commands() noexcept {
    static const std::array all{
        kShow,
        kVerify,
        kDoctor,
        kInit,
        kRequest,
        kInstall,
        kRenew,
        kStatus,
        kList,
        kTrust,
        kDistrust,
        kReject,
        kBlock,
        kUnblock,
        kDelete,
        kPin,
        kUnpin,
        kUndo,
        kHistory,
        kPair,
        kWatch,
#ifdef UATRUST_TOOL_SERVE
        kServe,
#endif
        kImport,
        kExport,
        kCa,
        kLayouts,
        kCompletion,
    };
    return all;
}
// clang-format on

}  // namespace uatrust::tool
