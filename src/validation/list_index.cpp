#include "validation/list_index.hpp"

#include <algorithm>

#include "store/snapshot_lists.hpp"
#include "x509/certificate_data.hpp"

namespace uatrust::detail {
namespace {

// So many changes at once, or one of so many certificates, are put in one by one.
constexpr std::size_t kFewChanges = 32;

std::size_t hashOf(const Certificate& certificate, ListIndex::By what) noexcept {
    const auto& hashes = certificate.data().hashes;
    switch (what) {
        case ListIndex::By::ApplicationUri:
            return hashes.applicationUri;
        case ListIndex::By::PublicKey:
            return hashes.publicKey;
        case ListIndex::By::Subject:
            return hashes.subject;
        case ListIndex::By::KeyIdentifier:
            return hashes.keyIdentifier;
        case ListIndex::By::CommonName:
            break;
    }
    return hashes.commonName;
}

}  // namespace

ListIndex::ListIndex(const StoredEntries<StoredCertificate>& list) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < orders_.size(); ++i) {
        rows.clear();
        rows.reserve(list.size());
        for (const auto& each : list) rows.push_back(rowOf(each.certificate, i));
        std::sort(rows.begin(), rows.end(), IsBefore{});
        orders_[i] = SharedRows<Row, IsBefore>{rows};
    }
}

ListIndex::Row ListIndex::rowOf(const Certificate& certificate, std::size_t order) {
    return {hashOf(certificate, static_cast<By>(order)), certificate};
}

void ListIndex::add(const Certificate& certificate) {
    for (std::size_t i = 0; i < orders_.size(); ++i) orders_[i].insert(rowOf(certificate, i));
}

void ListIndex::remove(const Certificate& certificate) {
    for (std::size_t i = 0; i < orders_.size(); ++i) orders_[i].erase(rowOf(certificate, i));
}

std::shared_ptr<const ListIndex> ListIndexes::of(StoreList list, const TrustSnapshot& lists) {
    const auto& now = listsOf(lists);
    const auto& present = now.certificates(list);
    const std::lock_guard lock{mutex_};
    auto& kept = kept_.at(static_cast<std::size_t>(list));
    std::shared_ptr<const ListIndex> index;
    if (kept.index != nullptr) {
        const auto changes = SharedList<StoredCertificate>::difference(kept.lists->certificates(list), present);
        const auto count = changes.removed.size() + changes.added.size();
        if (count == 0 && kept.generation == lists.generation()) return kept.index;
        if (count == 0) {
            index = kept.index;
        } else if (count < kFewChanges + present.size() / kFewChanges) {
            auto changed = std::make_shared<ListIndex>(*kept.index);
            for (const auto* each : changes.removed) changed->remove(each->certificate);
            for (const auto* each : changes.added) changed->add(each->certificate);
            index = std::move(changed);
        }
    }
    if (index == nullptr) index = std::make_shared<const ListIndex>(lists.certificates(list));
    auto copy = std::make_shared<const SnapshotLists>(now);
    kept = {std::move(index), std::move(copy), lists.generation()};
    return kept.index;
}

}  // namespace uatrust::detail
