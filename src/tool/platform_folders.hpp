#pragma once

// What the operating system says of folders that somebody else has made.

#include <uatrust/core/clock.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>

namespace uatrust::tool {

/// everybodyWrites() says whether anybody with an account on this machine may change what is in a folder. Not looked at on Windows.
[[nodiscard]] bool everybodyWrites(const std::filesystem::path& folder) noexcept;

/// StampedFile is a file, and when it was changed.
struct StampedFile {
    std::filesystem::path path{};
    Instant changed{};
};

/// newestFile() is the file in a folder that was changed last; nothing when there is none. At most `maxFiles` are looked at.
[[nodiscard]] std::optional<StampedFile> newestFile(const std::filesystem::path& folder, std::size_t maxFiles);

}  // namespace uatrust::tool
