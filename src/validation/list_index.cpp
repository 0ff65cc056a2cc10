#include "validation/list_index.hpp"

#include <algorithm>

namespace uatrust::detail {
namespace {

using Position = std::uint32_t;

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

std::vector<Position> ordered(const std::vector<Certificate>& members, ListIndex::By what) {
    std::vector<std::pair<std::size_t, Position>> pairs;
    pairs.reserve(members.size());
    for (const auto& each : members) pairs.emplace_back(hashOf(each, what), static_cast<Position>(pairs.size()));
    std::sort(pairs.begin(), pairs.end());
    std::vector<Position> order;
    order.reserve(pairs.size());
    for (const auto& [hash, position] : pairs) order.push_back(position);
    return order;
}

}  // namespace

ListIndex::ListIndex(const StoredEntries<StoredCertificate>& list) {
    members_.reserve(list.size());
    for (const auto& each : list) members_.push_back(each.certificate);
    for (std::size_t i = 0; i < orders_.size(); ++i) orders_[i] = ordered(members_, static_cast<By>(i));
}

std::span<const Position> ListIndex::find(By what, std::size_t hash) const {
    const auto& order = orders_[static_cast<std::size_t>(what)];
    const auto begin = std::lower_bound(order.begin(), order.end(), hash,
                                        [&](Position position, std::size_t wanted) { return hashOf(members_[position], what) < wanted; });
    const auto end = std::upper_bound(begin, order.end(), hash,
                                      [&](std::size_t wanted, Position position) { return wanted < hashOf(members_[position], what); });
    return {begin, end};
}

bool ListIndex::isOf(const StoredEntries<StoredCertificate>& list) const noexcept {
    return std::equal(members_.begin(), members_.end(), list.begin(), list.end(),
                      [](const Certificate& a, const StoredCertificate& b) { return &a.data() == &b.certificate.data(); });
}

std::shared_ptr<const ListIndex> ListIndexes::of(StoreList list, const TrustSnapshot& lists) {
    const auto now = lists.certificates(list);
    const auto* first = now.empty() ? nullptr : &now.front();
    const std::lock_guard lock{mutex_};
    auto& kept = kept_.at(static_cast<std::size_t>(list));
    // Equal numbers mean equal content. A store that numbers wrongly would get hints that miss something, and nothing worse.
    const bool same = kept.index != nullptr && kept.generation == lists.generation() && kept.first == first && kept.count == now.size();
    if (same) return kept.index;
    if (kept.index == nullptr || !kept.index->isOf(now)) kept.index = std::make_shared<const ListIndex>(now);
    kept.generation = lists.generation();
    kept.first = first;
    kept.count = now.size();
    return kept.index;
}

}  // namespace uatrust::detail
