#pragma once

// What the operating system says of folders that somebody else has made.

#include <uatrust/core/clock.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace uatrust::tool {

/// everybodyWrites() says whether anybody with an account on this machine may change what is in a folder. Not looked at on Windows.
[[nodiscard]] bool everybodyWrites(const std::filesystem::path& folder) noexcept;

/// othersMayOpen() is the permissions of a file or folder, "0644", that others than its owner may open in whatever way; nothing when they
/// may not, when it is not there, and on Windows, where it is not looked at.
[[nodiscard]] std::optional<std::string> othersMayOpen(const std::filesystem::path& path);

/// StampedFile is a file, and when it was changed.
struct StampedFile {
    std::filesystem::path path{};
    Instant changed{};
};

/// newestFile() is the file in a folder that was changed last; nothing when there is none. At most `maxFiles` are looked at.
[[nodiscard]] std::optional<StampedFile> newestFile(const std::filesystem::path& folder, std::size_t maxFiles);

}  // namespace uatrust::tool
