#include <sys/stat.h>

#include "tool/platform_folders.hpp"

namespace uatrust::tool {

bool everybodyWrites(const std::filesystem::path& folder) noexcept {
    struct stat status {};
    return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && (status.st_mode & S_IWOTH) != 0;
}

}  // namespace uatrust::tool
