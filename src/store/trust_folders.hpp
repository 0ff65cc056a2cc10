#pragma once

#include <uatrust/store/directory_store.hpp>

#include <chrono>
#include <set>

#include "detail/platform_watch.hpp"
#include "store/list_folder.hpp"

namespace uatrust::detail {

/// TrustFolders are the folders of the lists, and the snapshot that was last made of them. Not thread-safe.
class TrustFolders {
public:
    using Clock = std::chrono::steady_clock;

    TrustFolders(const std::filesystem::path& root, const DirectoryStoreOptions& options);

    /// refresh() looks at every folder, or at what it was told to have changed: the same snapshot as before when nothing has.
    /// What it shows was there at one moment, unless the folders change without a pause.
    [[nodiscard]] std::shared_ptr<const TrustSnapshot> refresh();

    /// Removes what writers that died have left in the folders, as far as it has been seen. Only under the lock of the store.
    void removeAbandoned() {
        for (auto& part : parts_) part.folder.removeAbandoned();
    }

    /// The next refresh() reads every file, whatever its stamp and the watch say.
    void forgetStamps();

    /// As long as this watch is silent and in place, and until quietUntil(), the next refresh() would find nothing new. Null
    /// when only a look can tell.
    [[nodiscard]] std::shared_ptr<FolderWatch> quietWatch() const;
    [[nodiscard]] Clock::time_point quietUntil() const noexcept { return nextShare_; }

    /// The folder that something is written to; null when the layout has none.
    [[nodiscard]] const FolderRole* role(StoreList list, Wanted wanted) const {
        const auto* folder = primary(list, wanted);
        return folder == nullptr ? nullptr : &folder->role();
    }
    /// Every folder that is to be there.
    [[nodiscard]] std::vector<std::filesystem::path> folders() const;
    /// The files of a list that held a certificate or CRL at the last refresh(): looked up, not searched for.
    [[nodiscard]] std::vector<std::filesystem::path> filesWith(StoreList list, Wanted wanted, const CertificateId& id) const;

    /// What of a list could not be looked at by the last refresh(): it may hold anything.
    [[nodiscard]] std::optional<StoreProblem> unseen(StoreList list, Wanted wanted) const;

    /// Why the rejected list cannot be counted; nothing when it can.
    [[nodiscard]] std::optional<StoreProblem> rejectedTrouble() const {
        const auto* folder = primary(StoreList::Rejected, Wanted::Certificates);
        return folder == nullptr ? std::nullopt : folder->trouble();
    }
    /// Files in the rejected list, whoever put them there.
    [[nodiscard]] std::size_t rejectedCount() const;
    /// The files among them that fileRejected() has written and that hold none of the pinned certificates, oldest first.
    [[nodiscard]] std::vector<std::filesystem::path> rejectedByUs(const std::set<CertificateId>& pinned) const;

private:
    struct Part {
        StoreList list;
        ListFolder folder;
        bool heard = false;  ///< the watch tells of what changes in it
        std::vector<std::filesystem::path> told{};
        std::size_t nextStray = 0;  ///< where in its files the next share begins
    };

    [[nodiscard]] const ListFolder* primary(StoreList list, Wanted wanted) const;
    [[nodiscard]] SnapshotLists listsNow();
    [[nodiscard]] SnapshotFacts facts(const std::vector<StoreProblem>& denied) const;
    [[nodiscard]] bool lookAgain();
    [[nodiscard]] bool refresh(Part& part, bool whole);
    [[nodiscard]] bool listen();
    void beginToListen();
    void lookForStrays(bool whole);
    void lookForStrays(Part& part, double share);

    std::filesystem::path root_;
    FileNaming naming_;
    bool rejectedDenies_;
    bool watching_;
    Clock::duration round_;
    LoadMeter meter_;
    std::vector<Part> parts_{};
    SnapshotLists lists_{};  ///< what is in the files of `current_`, whether it counts there or not
    std::shared_ptr<const TrustSnapshot> current_{};
    std::uint64_t generation_ = 0;
    bool changed_ = true;  ///< something is not what it is in the snapshot

    std::shared_ptr<FolderWatch> watch_{};
    Clock::time_point nextWatch_{};  ///< when to ask for one again
    bool whole_ = true;              ///< what was told is not all that may have changed
    Clock::time_point lastShare_{};
    Clock::time_point nextShare_{};
};

}  // namespace uatrust::detail
