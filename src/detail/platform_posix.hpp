#pragma once

// What the POSIX twins of the platform share. Included by them only.

#include "detail/platform.hpp"

namespace uatrust::detail {

/// lookAt() is what listDirectory() says of one name, below the opened folder `at`, or by its whole path with AT_FDCWD. Nothing
/// when it is not there.
[[nodiscard]] std::optional<DirectoryEntry> lookAt(int at, const std::filesystem::path& path);

}  // namespace uatrust::detail
