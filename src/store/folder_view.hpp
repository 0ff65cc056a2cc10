#pragma once

#include <map>
#include <set>

#include "store/folder_listing.hpp"

namespace uatrust::detail {

/// FolderView looks at the names in a folder and below it, each folder once. It opens no file and follows no link. What it cannot
/// look at goes to `problems`. Not thread-safe.
class FolderView {
public:
    FolderView(std::filesystem::path root, std::vector<StoreProblem>& problems) : root_{std::move(root)}, problems_{&problems} {}

    /// The error is why `root` itself cannot be listed. Called first.
    [[nodiscard]] Result<void> open();

    /// `below` has '/' between its parts.
    [[nodiscard]] bool hasFolder(std::string_view below) { return has(below, FileKind::Directory); }
    [[nodiscard]] bool hasFile(std::string_view below) { return has(below, FileKind::Regular); }

    /// The names in a folder; none when there is no such folder. The root is "".
    [[nodiscard]] const std::vector<DirectoryEntry>& entries(std::string_view below);

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
    /// The last part of the root's path.
    [[nodiscard]] std::string name() const;

private:
    [[nodiscard]] bool has(std::string_view below, FileKind kind);
    void passedOver(std::string_view below, FileKind kind);

    std::filesystem::path root_;
    std::vector<StoreProblem>* problems_;
    std::map<std::string, std::vector<DirectoryEntry>, std::less<>> listings_{};
    std::set<std::string, std::less<>> told_{};
};

}  // namespace uatrust::detail
