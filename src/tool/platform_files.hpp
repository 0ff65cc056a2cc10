#pragma once

// What the program writes beside the lists, with one twin for each platform: platform_files_posix.cpp and
// platform_files_windows.cpp. Errors name the file, what is wrong in words, and the cure.

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/result.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace uatrust::tool {

/// Who else than the owner may read what is written.
enum class Readers : std::uint8_t {
    Anybody,   ///< whom the umask lets
    OwnerOnly  ///< 0600 whatever the umask; on Windows what the folder hands down
};

/// makeFolder() makes a folder, and those above it as anybody's, unless it is there. OwnerOnly is 0700 whatever the umask; on Windows
/// what the folder above hands down.
[[nodiscard]] Result<void> makeFolder(const std::filesystem::path& folder, Readers readers);

/// isThere() says whether there is anything of that name, be it a link that leads nowhere. What cannot be looked at is there.
[[nodiscard]] bool isThere(const std::filesystem::path& path) noexcept;

/// replaceFile() puts `content` under the name in one step: temporary file in the same folder, synchronised, renamed. A crash
/// leaves what was there before. The folders above are made when they are missing.
[[nodiscard]] Result<void> replaceFile(const std::filesystem::path& file, ByteView content, Readers readers = Readers::Anybody);

/// readOwnFile() reads a regular file of at most `maxSize` octets that the program has written itself, never through a link: nothing
/// when there is none.
[[nodiscard]] Result<std::optional<std::string>> readOwnFile(const std::filesystem::path& file, std::size_t maxSize);

/// removeOwnFile() removes a file; that there is none is no error.
[[nodiscard]] Result<void> removeOwnFile(const std::filesystem::path& file);

/// HeldFile is a lock on a file for as long as the object is there, or the process, however that ends. The file stays, and means
/// nothing by itself.
class HeldFile {
public:
    /// Makes the file, and the folders above it, when they are missing. Nothing when somebody else has it, be it in this process.
    /// BadNotSupported on a file system without locks.
    [[nodiscard]] static Result<std::optional<HeldFile>> tryHold(const std::filesystem::path& file);

private:
    explicit HeldFile(std::shared_ptr<void> held) noexcept : held_{std::move(held)} {}
    std::shared_ptr<void> held_;
};

/// processId() is the number of this process.
[[nodiscard]] unsigned long processId() noexcept;

}  // namespace uatrust::tool
