#pragma once

#include <array>
#include <memory>
#include <mutex>

#include <uatrust/store/trust_snapshot.hpp>

#include "store/shared_rows.hpp"

namespace uatrust::detail {

struct SnapshotLists;

/// ListIndex finds the certificates of one list by what they have in common with another one. It goes by hashes and decodes
/// nothing: whoever finds something compares the values. Copies share what they have in common.
class ListIndex {
public:
    ListIndex() = default;
    explicit ListIndex(const StoredEntries<StoredCertificate>& list);

    void add(const Certificate& certificate);
    /// Precondition: it is in there.
    void remove(const Certificate& certificate);

    enum class By : std::uint8_t { ApplicationUri, PublicKey, Subject, KeyIdentifier, CommonName };
    /// Calls visit(certificate) for each one with that hash, in the order of their identities, until it answers false.
    template <class Visit>
    void find(By what, std::size_t hash, Visit visit) const {
        const auto& rows = orders_.at(static_cast<std::size_t>(what));
        for (auto at = rows.lowerBound([&](const Row& row) { return row.hash < hash; }); at < rows.size(); ++at) {
            if (rows[at].hash != hash || !visit(rows[at].certificate)) return;
        }
    }

private:
    struct Row {
        std::size_t hash;
        Certificate certificate;
    };
    struct IsBefore {
        [[nodiscard]] bool operator()(const Row& a, const Row& b) const noexcept {
            return a.hash != b.hash ? a.hash < b.hash : a.certificate.id() < b.certificate.id();
        }
    };
    [[nodiscard]] static Row rowOf(const Certificate& certificate, std::size_t order);

    std::array<SharedRows<Row, IsBefore>, 5> orders_{};
};

/// ListIndexes keeps the index of the trusted and that of the issuers list. Each is made when it is asked for, and follows what
/// changes in that list: what happens in another list, such as a flood of rejected certificates, costs nothing here.
///
/// Safe to use from several threads at once.
class ListIndexes {
public:
    /// Precondition: not the rejected list.
    [[nodiscard]] std::shared_ptr<const ListIndex> of(StoreList list, const TrustSnapshot& lists);

private:
    struct Kept {
        std::shared_ptr<const ListIndex> index{};
        std::shared_ptr<const SnapshotLists> lists{};  ///< that it was made of
        std::uint64_t generation = 0;                  ///< of these
    };
    std::mutex mutex_{};
    std::array<Kept, 2> kept_{};
};

}  // namespace uatrust::detail
