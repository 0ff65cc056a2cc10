#pragma once

// How the operating system tells of changes in folders, with one twin for each platform as in platform.hpp.

#include "detail/platform.hpp"

namespace uatrust::detail {

/// FolderWatch is told of changes in folders by the operating system, so that nobody has to look. It has no thread: what was
/// told is asked for. A change that was complete before the question is in the answer.
///
/// It does not hear of everything. Silent are
///  - what comes to a file by another name for it: a hard link, or a file mounted in its place (DirectoryEntry::aliased says
///    where that is so already),
///  - where a symbolic link leads,
///  - what is written through a shared memory mapping, until the writer has unmapped and closed the file.
///
/// One at a time may call it, but for isInPlace().
class FolderWatch {
public:
    FolderWatch() = default;
    virtual ~FolderWatch() = default;
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    enum class Hears : std::uint8_t {
        Everything,  ///< but for what is said above
        Absence,     ///< the folder is not there, and it is told when it comes
        Nothing      ///< a network folder, a file system that is not known, no permission, no more watches: it has to be looked at
    };
    /// Begins to listen. What happens from now on is told under the number of this call, counted from 0.
    [[nodiscard]] virtual Hears add(const std::filesystem::path& folder) = 0;

    struct Change {
        std::size_t folder;
        std::filesystem::path name;
    };
    /// Takes what was told since the last call. Nothing when that is not known any more: it was too much, or a folder itself has
    /// gone, moved or been covered by a mount, or this process is a fork of the one that listens. Then this watch is of no
    /// further use: look at everything after beginning anew.
    [[nodiscard]] virtual std::optional<std::vector<Change>> take() = 0;

    /// True when take() would find no change.
    [[nodiscard]] virtual bool isSilent() = 0;
    /// True when the root still leads to where it did; above it nothing is listened to.
    [[nodiscard]] virtual bool isInPlace() const = 0;

    /// What listDirectory() says of one name in a folder; nothing when it is not there.
    [[nodiscard]] virtual std::optional<DirectoryEntry> look(std::size_t folder, const std::filesystem::path& name) const = 0;
};

/// watchFolders() makes a watch for folders below `root`. Null where the operating system has none for it.
[[nodiscard]] std::unique_ptr<FolderWatch> watchFolders(const std::filesystem::path& root);

}  // namespace uatrust::detail
