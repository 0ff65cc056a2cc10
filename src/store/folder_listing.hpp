#pragma once

#include <uatrust/store/trust_snapshot.hpp>

#include "detail/platform.hpp"

namespace uatrust::detail {

/// FolderListing is what a folder of a store holds: ordinary files and links, and what else an operator may have put there
/// by mistake. Sub-folders, hidden and temporary files are no entries.
struct FolderListing {
    std::vector<DirectoryEntry> entries{};
    std::vector<std::filesystem::path> abandoned{};  ///< names of what a writer has left behind that died some minutes ago, or more
    std::optional<Error> trouble{};                  ///< why the folder could not be listed, or was missing and could not be created
    bool looked = true;                              ///< false when it could not be listed: it may hold anything
};

/// What to do with a folder that is missing.
enum class Missing : std::uint8_t { Create, CreateOwnerOnly, Accept };

/// isSettled() says that whatever changes a file or folder from now on changes its stamp, which was taken at `lookedAtNs` by
/// fileClockNowNs() or later.
[[nodiscard]] bool isSettled(const FileStamp& stamp, std::int64_t lookedAtNs) noexcept;

/// isPassedOver() says that a name in a folder is none of these.
[[nodiscard]] bool isPassedOver(const DirectoryEntry& entry);

[[nodiscard]] FolderListing listFolder(const std::filesystem::path& folder, Missing missing);

/// locate() finds the file that an entry stands for: itself, or where a link leads within `root`.
[[nodiscard]] Result<LinkTarget> locate(const std::filesystem::path& folder, const DirectoryEntry& entry,
                                        const std::filesystem::path& root);

/// readThrough() reads a file or, within `root`, what a link leads to.
[[nodiscard]] Result<FileContent> readThrough(const std::filesystem::path& file, const std::filesystem::path& root, std::size_t maxSize);

/// sourceText() is a path for people.
[[nodiscard]] std::string sourceText(const std::filesystem::path& path);

/// problemOf() makes an error into a problem.
[[nodiscard]] StoreProblem problemOf(const std::filesystem::path& source, const Error& error);

}  // namespace uatrust::detail
