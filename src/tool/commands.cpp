#include "tool/commands.hpp"

#include <array>

namespace uatrust::tool {

std::span<const Command> commands() noexcept {
    static const std::array all{kShow, kVerify,  kList, kTrust, kDistrust, kBlock,  kUnblock, kDelete,  kPin,       kUnpin,
                                kUndo, kHistory, kPair, kWatch, kImport,   kExport, kCa,      kLayouts, kCompletion};
    return all;
}

}  // namespace uatrust::tool
