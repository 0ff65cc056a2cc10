#include "tool/platform_folders.hpp"

namespace uatrust::tool {

bool everybodyWrites(const std::filesystem::path&) noexcept { return false; }

std::optional<std::string> othersMayOpen(const std::filesystem::path&) { return {}; }

}  // namespace uatrust::tool
