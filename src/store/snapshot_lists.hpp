#pragma once

#include <uatrust/store/trust_snapshot.hpp>

#include <filesystem>

#include "store/shared_rows.hpp"

namespace uatrust::detail {

/// ListedFile is what a file, or another source, puts into a list. It is immutable.
struct ListedFile {
    StoreList list = StoreList::Trusted;
    std::uint32_t folder = 0;  ///< the order of a list: by folder, by name, by place in the file
    std::filesystem::path name{};
    std::vector<StoredCertificate> certificates{};
    std::vector<StoredCrl> crls{};
};

/// FileChange is a file before and after a change; null when it was not, or is not any more.
struct FileChange {
    std::shared_ptr<const ListedFile> before{};
    std::shared_ptr<const ListedFile> after{};
};

/// ListedRow is an entry of a list, and what it is ordered by.
struct ListedRow {
    std::uint64_t key = 0;
    const ListedFile* file = nullptr;
    std::uint32_t element = 0;
};

[[nodiscard]] const StoredCertificate& storedAt(const ListedRow& row, const StoredCertificate*) noexcept;
[[nodiscard]] const StoredCrl& storedAt(const ListedRow& row, const StoredCrl*) noexcept;

/// IsListedBefore is the order of a list.
struct IsListedBefore {
    [[nodiscard]] bool operator()(const ListedFile& a, const ListedFile& b) const noexcept;
    [[nodiscard]] bool operator()(const ListedFile* a, const ListedFile* b) const noexcept { return (*this)(*a, *b); }
    [[nodiscard]] bool operator()(const std::shared_ptr<const ListedFile>& a, const std::shared_ptr<const ListedFile>& b) const noexcept {
        return (*this)(*a, *b);
    }
    [[nodiscard]] bool operator()(const ListedRow& a, const ListedRow& b) const noexcept;
};

/// SharedList is one list of certificates or CRLs, of which equal ones count once. Searches go by binary search in sorted
/// tables: unlike hash tables these give nobody a way to make them slow by choosing the octets of certificates.
template <class Stored>
class SharedList {
public:
    SharedList() = default;
    explicit SharedList(const std::vector<const ListedFile*>& files);

    void add(const ListedFile& file);
    void remove(const ListedFile& file);

    [[nodiscard]] std::size_t size() const noexcept { return inOrder_.size(); }
    [[nodiscard]] const Stored& operator[](std::size_t at) const noexcept {
        return storedAt(inOrder_[at], static_cast<const Stored*>(nullptr));
    }
    [[nodiscard]] const Stored* find(const CertificateId& id) const noexcept;
    void appendNamed(std::vector<const Stored*>& found, const DistinguishedName& name) const;
    /// All files that have it, in the order of the list.
    [[nodiscard]] std::vector<const ListedFile*> filesWith(const CertificateId& id) const;

    /// What one list has and another one has not, in the order of the identities. Points into the two lists.
    struct Difference {
        std::vector<const Stored*> removed{};
        std::vector<const Stored*> added{};
    };
    [[nodiscard]] static Difference difference(const SharedList& before, const SharedList& after);

private:
    struct ById {
        [[nodiscard]] bool operator()(const ListedRow& a, const ListedRow& b) const noexcept;
    };
    struct ByName {
        [[nodiscard]] bool operator()(const ListedRow& a, const ListedRow& b) const noexcept {
            return a.key != b.key ? a.key < b.key : IsListedBefore{}(a, b);
        }
    };
    void show(const ListedRow& row);
    void hide(const ListedRow& row);
    [[nodiscard]] std::size_t placeOf(const CertificateId& id) const noexcept;
    [[nodiscard]] std::optional<ListedRow> firstWith(const CertificateId& id) const noexcept;

    SharedRows<ListedRow, ById> all_{};  ///< equal ones as well
    SharedRows<ListedRow, IsListedBefore> inOrder_{};
    SharedRows<ListedRow, ByName> byName_{};
};

/// SnapshotFacts is what a snapshot says beside its lists.
struct SnapshotFacts {
    std::vector<StoreProblem> problems{};
    bool allCrlsRead = true;
    bool allBlockedRead = true;
    std::uint64_t generation = 0;
};

/// SnapshotLists are the lists of a snapshot. Copies share what they have in common.
struct SnapshotLists {
    SnapshotLists() = default;
    /// `files` in the order of the lists.
    explicit SnapshotLists(const std::vector<std::shared_ptr<const ListedFile>>& files);

    void apply(const FileChange& change);
    /// The file in another form, which stays in its place.
    void exchange(const ListedFile& file, std::shared_ptr<const ListedFile> other);

    [[nodiscard]] const SharedList<StoredCertificate>& certificates(StoreList list) const noexcept;
    [[nodiscard]] const SharedList<StoredCrl>& crls(StoreList list) const noexcept;

    SharedRows<std::shared_ptr<const ListedFile>, IsListedBefore> files{};  ///< all rows point into these
    SharedList<StoredCertificate> trusted{}, issuers{}, rejected{}, blocked{};
    SharedList<StoredCrl> trustedCrls{}, issuerCrls{}, noCrls{};
};

/// makeSnapshot() is a snapshot of these lists.
[[nodiscard]] std::shared_ptr<const TrustSnapshot> makeSnapshot(SnapshotLists lists, SnapshotFacts facts);
/// listsOf() are the lists that it was made of.
[[nodiscard]] const SnapshotLists& listsOf(const TrustSnapshot& snapshot) noexcept;

}  // namespace uatrust::detail
