#include <sys/stat.h>

#include <fmt/format.h>

#include "tool/platform_folders.hpp"

namespace uatrust::tool {

bool everybodyWrites(const std::filesystem::path& folder) noexcept {
    struct stat status {};
    return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && (status.st_mode & S_IWOTH) != 0;
}

std::optional<std::string> othersMayOpen(const std::filesystem::path& path) {
    constexpr mode_t others = S_IRWXG | S_IRWXO;
    constexpr mode_t all = S_ISUID | S_ISGID | S_ISVTX | S_IRWXU | others;
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || (status.st_mode & others) == 0) return {};
    return fmt::format("{:04o}", status.st_mode & all);
}

}  // namespace uatrust::tool
