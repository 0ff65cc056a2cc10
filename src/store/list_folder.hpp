#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>

#include "store/file_elements.hpp"
#include "store/folder_listing.hpp"
#include "store/load_meter.hpp"
#include "store/snapshot_lists.hpp"

namespace uatrust::detail {

/// FolderRole says what a folder of a list is for, and where things belong that do not belong into it.
struct FolderRole {
    std::filesystem::path folder{};
    std::filesystem::path root{};  ///< of the store: links may lead anywhere below it
    Wanted wanted = Wanted::Certificates;
    Missing missing = Missing::Create;
    StoreList list = StoreList::Trusted;
    std::uint32_t number = 0;  ///< among the folders of the store: the order of what is in a list
    std::string certificatesBelong{};
    std::string crlsBelong{};
    std::string keysBelong{};
};

/// maxFileSize() bounds what is read into memory.
[[nodiscard]] std::size_t maxFileSize(Wanted wanted) noexcept;

/// problemsOf() says what in a file does not belong into the folder, one problem for each kind of thing.
[[nodiscard]] std::vector<StoreProblem> problemsOf(const FileElements& elements, const FolderRole& role, const std::string& source);

/// ReadFile is what was found in a file at some time: immutable, so that equal pointers mean equal content. As a ListedFile it
/// has what counts in the folder.
struct ReadFile : ListedFile {
    std::optional<std::array<std::uint8_t, 32>> digest{};  ///< of the content; nothing when it could not be read
    bool damaged = false;                                  ///< there is something in it that is nothing a store knows
    std::vector<StoreProblem> problems{};
};

/// KnownFile is a file of a folder between two looks at it.
struct KnownFile {
    FileStamp stamp{};
    bool settled = false;   ///< the stamp was old enough to change with the content
    bool restless = false;  ///< no FolderWatch tells of every change: a link, a file with other names, what could not be read
    std::shared_ptr<const ReadFile> content{};

    [[nodiscard]] const std::filesystem::path& name() const noexcept { return content->name; }
};

/// ListFolder remembers one folder of a list and reads anew what may have changed. Not thread-safe.
class ListFolder {
public:
    explicit ListFolder(FolderRole role) : role_{std::move(role)} {}

    /// refresh() looks at the folder, and lets `meter` know of each file. True when something in it is not what it was at the last
    /// look.
    [[nodiscard]] bool refresh(LoadMeter& meter);

    /// LookAt is what the folder has under a name now.
    using LookAt = std::function<std::optional<DirectoryEntry>(const std::filesystem::path& name)>;
    /// The same when all that may have changed are these names, and those that are restless. Looks at all when they are many.
    [[nodiscard]] bool refresh(std::vector<std::filesystem::path> names, const LookAt& lookAt, LoadMeter& meter);
    /// The names among some files, counted from `first`, whose stamps are not what they were.
    [[nodiscard]] std::vector<std::filesystem::path> strayed(std::size_t first, std::size_t count, const LookAt& lookAt) const;
    /// The next refresh() reads every file.
    void forgetStamps() noexcept {
        for (auto& file : files_) file.settled = false;
    }
    /// removeAbandoned(), as far as the last whole look has seen any.
    void removeAbandoned();
    /// Whether a FolderWatch that is silent says that nothing has changed.
    [[nodiscard]] bool isRestful() const noexcept { return !trouble_ && restless_.empty(); }

    [[nodiscard]] const FolderRole& role() const noexcept { return role_; }
    [[nodiscard]] std::span<const KnownFile> files() const noexcept { return files_; }
    /// Those of them that something is wrong with, in their order.
    using Troubled = std::map<std::filesystem::path, std::shared_ptr<const ReadFile>>;
    [[nodiscard]] const Troubled& troubled() const noexcept { return troubled_; }
    /// What has changed since somebody has taken this before, in the order in which it did. Empty it when it is done with.
    [[nodiscard]] std::vector<FileChange>& changes() noexcept { return changes_; }
    /// Why the folder as a whole could not be looked at, or could not be created.
    [[nodiscard]] const std::optional<StoreProblem>& trouble() const noexcept { return trouble_; }

private:
    [[nodiscard]] const KnownFile* known(const std::filesystem::path& name) const;
    [[nodiscard]] bool isUnchanged(const std::vector<DirectoryEntry>& entries) const;
    [[nodiscard]] bool isUnchanged(const KnownFile& file, const DirectoryEntry& entry) const;
    bool put(const std::filesystem::path& name, std::optional<KnownFile> file);
    void note(std::vector<FileChange> changes);
    [[nodiscard]] std::shared_ptr<ReadFile> blank(const std::filesystem::path& name) const;
    [[nodiscard]] std::optional<KnownFile> look(const DirectoryEntry& entry) const;
    [[nodiscard]] std::optional<KnownFile> readAnew(const DirectoryEntry& entry, const LinkTarget& target) const;
    [[nodiscard]] KnownFile unreadable(const DirectoryEntry& entry, const Error& error) const;

    FolderRole role_;
    std::vector<KnownFile> files_{};  ///< ordered by name
    std::set<std::filesystem::path> restless_{};
    Troubled troubled_{};
    std::vector<FileChange> changes_{};
    std::optional<StoreProblem> trouble_{};
    std::vector<std::filesystem::path> abandoned_{};
};

}  // namespace uatrust::detail
