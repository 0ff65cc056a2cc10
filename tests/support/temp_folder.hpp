#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>

#include <uatrust/core/bytes.hpp>

namespace uatrust::test {

/// writeFile() creates or replaces a file and the folders above it.
inline void writeFile(const std::filesystem::path& path, std::string_view content) {
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) throw std::runtime_error{"cannot write " + path.string()};
}
inline void writeFile(const std::filesystem::path& path, ByteView content) { writeFile(path, asText(content)); }

/// readFile() is a whole file; throws when there is none.
[[nodiscard]] inline std::string readFile(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot read " + path.string()};
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}
[[nodiscard]] inline Bytes readBytes(const std::filesystem::path& path) {
    const auto text = readFile(path);
    return {text.begin(), text.end()};
}

/// TempFolder is an empty folder with a name of its own that is gone, with all that is in it, at the end of the scope.
class TempFolder {
public:
    TempFolder() : path_{std::filesystem::temp_directory_path() / uniqueName()} { std::filesystem::create_directory(path_); }
    ~TempFolder() {
        std::error_code ignored;
        makeWritable();
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& below) const { return path_ / below; }

private:
    static std::string uniqueName() {
        std::random_device random;
        std::string name = "uatrust-test-";
        for (int i = 0; i < 16; ++i) name += "0123456789abcdef"[random() % 16];
        return name;
    }
    // A test may have taken the permissions of a folder away.
    void makeWritable() const {
        namespace fs = std::filesystem;
        std::error_code ignored;
        fs::permissions(path_, fs::perms::owner_all, fs::perm_options::add, ignored);
        for (auto it = fs::recursive_directory_iterator{path_, ignored}; it != fs::recursive_directory_iterator{}; it.increment(ignored)) {
            if (it->is_directory(ignored) && !it->is_symlink(ignored)) {
                fs::permissions(it->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
            }
            if (ignored) break;
        }
    }

    std::filesystem::path path_;
};

}  // namespace uatrust::test
