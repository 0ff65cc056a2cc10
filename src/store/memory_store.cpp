#include <uatrust/store/memory_store.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "store/refusal_records.hpp"
#include "store/store_errors.hpp"
#include "x509/certificate_data.hpp"

namespace uatrust {
namespace {

constexpr std::string_view kPlace = "memory";

const CertificateId& idOf(const StoredCertificate& stored) { return stored.certificate.id(); }
const CertificateId& idOf(const StoredCrl& stored) { return stored.crl.id(); }

// Entries in the order they came, and their identities for looking them up.
template <class Stored>
class Entries {
public:
    [[nodiscard]] const std::vector<Stored>& all() const { return entries_; }
    [[nodiscard]] bool contains(const CertificateId& id) const { return ids_.contains(id); }

    bool add(Stored stored) {
        if (!ids_.insert(idOf(stored)).second) return false;
        entries_.push_back(std::move(stored));
        return true;
    }

    // The entry that was taken out.
    std::optional<Stored> take(const CertificateId& id) {
        if (ids_.erase(id) == 0) return {};
        const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Stored& stored) { return idOf(stored) == id; });
        std::optional<Stored> taken{std::move(*at)};
        entries_.erase(at);
        return taken;
    }

    // The oldest ones go, but for those that `mayGo` refuses.
    template <class MayGo>
    void keepNewest(std::size_t count, MayGo mayGo) {
        for (std::size_t at = 0; entries_.size() > count && at < entries_.size();) {
            const CertificateId id{idOf(entries_[at])};
            if (mayGo(id)) {
                take(id);
            } else {
                ++at;
            }
        }
    }

private:
    std::vector<Stored> entries_{};
    std::set<CertificateId> ids_{};
};

std::string sourceOf(StoreList list) { return fmt::format("{} list in {}", storeListName(list), kPlace); }

}  // namespace

struct MemoryStore::State {
    explicit State(std::size_t bound) : maxRejected{bound}, journal{bound, JournalOptions{}.maxRefusals} {}

    Entries<StoredCertificate>& certificates(StoreList list) { return lists.at(static_cast<std::size_t>(list)); }
    Entries<StoredCrl>& crls(StoreList list) { return list == StoreList::Trusted ? trustedCrls : issuerCrls; }

    bool add(StoreList list, const Certificate& certificate) {
        if (list == StoreList::Rejected && maxRejected == 0) return false;
        if (!certificates(list).add({detail::compacted(certificate), sourceOf(list)})) return false;
        certificates(StoreList::Rejected).keepNewest(maxRejected, [&](const CertificateId& id) { return !pinned.contains(id); });
        changed();
        return true;
    }

    // The operator has seen it already.
    bool isDecided(const Certificate& leaf) {
        return certificates(StoreList::Trusted).contains(leaf.id()) || certificates(StoreList::Blocked).contains(leaf.id());
    }

    bool fileRejected(const Certificate& leaf) { return !isDecided(leaf) && add(StoreList::Rejected, leaf); }

    // The next reader has the snapshot made: who fills a list does not pay for each entry.
    void changed() noexcept {
        ++generation;
        current.reset();
    }

    std::shared_ptr<const TrustSnapshot> snapshot() {
        if (!current) {
            current = std::make_shared<const TrustSnapshot>(TrustSnapshot::Content{.trusted = lists[0].all(),
                                                                                   .issuers = lists[1].all(),
                                                                                   .rejected = lists[2].all(),
                                                                                   .blocked = lists[3].all(),
                                                                                   .trustedCrls = trustedCrls.all(),
                                                                                   .issuerCrls = issuerCrls.all(),
                                                                                   .generation = generation});
        }
        return current;
    }

    const std::size_t maxRejected;
    std::mutex mutex{};
    std::array<Entries<StoredCertificate>, 4> lists{};
    Entries<StoredCrl> trustedCrls{};
    Entries<StoredCrl> issuerCrls{};
    std::uint64_t generation = 1;
    std::shared_ptr<const TrustSnapshot> current{};
    OwnMaterial own{};
    detail::RefusalRecords journal;
    std::set<CertificateId> pinned{};
    std::uint64_t refusals = 1;  ///< grows with every change of the two
};

MemoryStore::MemoryStore(std::size_t maxRejected) : state_{std::make_unique<State>(maxRejected)} {}

MemoryStore::~MemoryStore() = default;

std::shared_ptr<const TrustSnapshot> MemoryStore::snapshot() {
    const std::lock_guard lock{state_->mutex};
    return state_->snapshot();
}

Result<void> MemoryStore::addCertificate(StoreList list, const Certificate& certificate) {
    const std::lock_guard lock{state_->mutex};
    state_->add(list, certificate);
    return {};
}

Result<void> MemoryStore::removeCertificate(StoreList list, const CertificateId& id) {
    const std::lock_guard lock{state_->mutex};
    if (!state_->certificates(list).take(id)) return detail::notInList("certificate", list);
    state_->changed();
    return {};
}

Result<void> MemoryStore::moveCertificate(const CertificateId& id, StoreList from, StoreList to) {
    const std::lock_guard lock{state_->mutex};
    if (!state_->certificates(from).contains(id)) return detail::notInList("certificate", from);
    if (from == to) return {};
    const auto moved = state_->certificates(from).take(id);
    state_->add(to, moved->certificate);
    state_->changed();
    return {};
}

Result<void> MemoryStore::addCrl(StoreList list, const Crl& crl) {
    if (list != StoreList::Trusted && list != StoreList::Issuers) return detail::noCrlsBeside(list);
    const std::lock_guard lock{state_->mutex};
    if (state_->crls(list).add({crl, sourceOf(list)})) state_->changed();
    return {};
}

Result<void> MemoryStore::removeCrl(StoreList list, const CertificateId& id) {
    const std::lock_guard lock{state_->mutex};
    const bool none = list != StoreList::Trusted && list != StoreList::Issuers;
    if (none || !state_->crls(list).take(id)) return detail::notInList("revocation list", list);
    state_->changed();
    return {};
}

Result<bool> MemoryStore::fileRejected(const Certificate& leaf) {
    const std::lock_guard lock{state_->mutex};
    return state_->fileRejected(leaf);
}

Result<Filing> MemoryStore::recordRefusal(const Certificate& leaf, const Refusal& refusal) {
    const std::lock_guard lock{state_->mutex};
    if (state_->maxRejected == 0 || state_->certificates(StoreList::Trusted).contains(leaf.id())) return Filing::NotKept;
    state_->journal.add(leaf, refusal);
    ++state_->refusals;
    if (auto* record = state_->journal.find(leaf.id())) record->pinned = state_->pinned.contains(leaf.id());
    if (state_->certificates(StoreList::Blocked).contains(leaf.id())) return Filing::Known;
    if (state_->fileRejected(leaf)) return Filing::Filed;
    return state_->certificates(StoreList::Rejected).contains(leaf.id()) ? Filing::Known : Filing::NotKept;
}

RefusalJournal MemoryStore::refusals() {
    const std::lock_guard lock{state_->mutex};
    RefusalJournal journal;
    for (const auto& [id, record] : state_->journal.all()) journal.records.push_back(record);
    for (const auto& id : state_->pinned) {
        if (state_->journal.find(id) == nullptr) journal.records.push_back({.certificate = id, .pinned = true});
    }
    journal.records = detail::inJournalOrder(std::move(journal.records));
    return journal;
}

std::optional<std::uint64_t> MemoryStore::refusalsGeneration() {
    const std::lock_guard lock{state_->mutex};
    return state_->refusals;
}

Result<void> MemoryStore::pin(const CertificateId& id, bool pinned) {
    const std::lock_guard lock{state_->mutex};
    ++state_->refusals;
    if (auto* record = state_->journal.find(id)) record->pinned = pinned;
    if (pinned) {
        state_->pinned.insert(id);
    } else {
        state_->pinned.erase(id);
    }
    return {};
}

Result<void> MemoryStore::forgetRefusals(const CertificateId& id) {
    const std::lock_guard lock{state_->mutex};
    ++state_->refusals;
    state_->journal.erase(id);
    state_->pinned.erase(id);
    return {};
}

Result<OwnMaterial> MemoryStore::loadOwn() {
    const std::lock_guard lock{state_->mutex};
    return state_->own;
}

Result<void> MemoryStore::saveOwn(const std::vector<Certificate>& chain, const PrivateKey& key) {
    if (auto pair = detail::checkPair(chain, key); !pair) return pair;
    const std::lock_guard lock{state_->mutex};
    auto& own = state_->own;
    const auto sameKey = [&](const StoredKey& stored) { return stored.key.publicKey() == key.publicKey(); };
    if (std::none_of(own.keys.begin(), own.keys.end(), sameKey)) own.keys.push_back({key, std::string{kPlace}});
    std::erase_if(own.chains, [&](const StoredChain& stored) { return stored.chain.front() == chain.front(); });
    for (auto& former : own.chains) former.preferred = false;
    own.chains.insert(own.chains.begin(), {chain, std::string{kPlace}, true});
    return {};
}

Result<void> MemoryStore::savePending(const CertificateRequest& request, const std::optional<PrivateKey>& newKey) {
    if (auto fits = detail::checkPending(request, newKey); !fits) return fits;
    const std::lock_guard lock{state_->mutex};
    auto& pending = state_->own.pending.requests;
    const auto sameKey = [&](const PendingRequest& each) { return each.request.publicKey() == request.publicKey(); };
    const auto former = std::find_if(pending.begin(), pending.end(), sameKey);
    PendingRequest latest{request, newKey, std::string{kPlace}};
    if (former != pending.end()) {
        if (!latest.key) latest.key = former->key;
        pending.erase(former);
    }
    if (pending.size() >= detail::kMaxPending) return detail::tooManyPending(kPlace);
    pending.push_back(std::move(latest));
    return {};
}

Result<void> MemoryStore::dropPending(const PublicKey& key) {
    const std::lock_guard lock{state_->mutex};
    std::erase_if(state_->own.pending.requests, [&](const PendingRequest& each) { return each.request.publicKey() == key; });
    return {};
}

std::string MemoryStore::ownLocation() const { return std::string{kPlace}; }

}  // namespace uatrust
