#include "tool/platform_folders.hpp"

#include <system_error>

namespace uatrust::tool {

namespace fs = std::filesystem;

std::optional<StampedFile> newestFile(const fs::path& folder, std::size_t maxFiles) {
    std::optional<StampedFile> newest;
    std::error_code error;
    auto it = fs::directory_iterator{folder, error};
    for (; !error && it != fs::directory_iterator{} && maxFiles > 0; it.increment(error), --maxFiles) {
        std::error_code unknown;
        const auto stamp = it->last_write_time(unknown);
        if (unknown) continue;
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() - stamp);
        const auto changed = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - age;
        if (!newest || changed > newest->changed) newest = {it->path(), changed};
    }
    return newest;
}

}  // namespace uatrust::tool
