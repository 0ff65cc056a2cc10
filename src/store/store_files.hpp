#pragma once

#include <filesystem>

#include "store/file_elements.hpp"

namespace uatrust::detail {

/// removeAbandoned() removes what writers have left behind in a folder. Only under the lock of who writes there. What cannot be removed
/// is left to the next one.
void removeAbandoned(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& names);

/// addFile() writes a file under `name` or, when that is taken by something else, under a numbered one. False when a file
/// with this content is there already.
[[nodiscard]] Result<bool> addFile(const std::filesystem::path& folder, const std::filesystem::path& name, ByteView content,
                                   bool ownerOnly = false);

/// removeIfThere() removes a file; that somebody else has done so is no error.
[[nodiscard]] Result<void> removeIfThere(const std::filesystem::path& file);

/// takeOut() removes a certificate or CRL from a file, and the file when nothing else is in it. A file that has gone or
/// holds something else by now is left alone. Only under the lock of the store: of two that each cut something else out of one file,
/// one would bring back what the other one has cut.
[[nodiscard]] Result<void> takeOut(const std::filesystem::path& file, const std::filesystem::path& root, Wanted wanted,
                                   const CertificateId& id);

}  // namespace uatrust::detail
