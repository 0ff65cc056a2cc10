#include "tool/platform_folders.hpp"

namespace uatrust::tool {

bool everybodyWrites(const std::filesystem::path&) noexcept { return false; }

}  // namespace uatrust::tool
