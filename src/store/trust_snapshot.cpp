#include <uatrust/store/trust_snapshot.hpp>

#include <array>
#include <utility>

#include "store/snapshot_lists.hpp"

namespace uatrust {
namespace {

constexpr std::array<std::string_view, 4> kListNames{"trusted", "issuers", "rejected", "blocked"};

// As if each list were one file.
std::vector<std::shared_ptr<const detail::ListedFile>> filesOf(TrustSnapshot::Content& content) {
    const auto file = [](StoreList list, std::vector<StoredCertificate>& certificates, std::vector<StoredCrl>* crls) {
        auto made = std::make_shared<detail::ListedFile>();
        made->list = list;
        made->folder = static_cast<std::uint32_t>(list);
        made->certificates = std::move(certificates);
        if (crls != nullptr) made->crls = std::move(*crls);
        return made;
    };
    return {file(StoreList::Trusted, content.trusted, &content.trustedCrls), file(StoreList::Issuers, content.issuers, &content.issuerCrls),
            file(StoreList::Rejected, content.rejected, nullptr), file(StoreList::Blocked, content.blocked, nullptr)};
}

template <class Stored>
const Stored& entryAt(const void* index, std::size_t at) noexcept {
    return (*static_cast<const detail::SharedList<Stored>*>(index))[at];
}

template <class Stored>
StoredEntries<Stored> entriesOf(const detail::SharedList<Stored>& index) noexcept {
    return {&index, index.size(), &entryAt<Stored>};
}

}  // namespace

std::string_view storeListName(StoreList list) noexcept { return kListNames.at(static_cast<std::size_t>(list)); }

struct TrustSnapshot::State {
    detail::SnapshotLists lists;
    detail::SnapshotFacts facts;
};

TrustSnapshot::TrustSnapshot(Content content)
    : state_{std::make_unique<const State>(
          State{detail::SnapshotLists{filesOf(content)},
                {std::move(content.problems), content.allCrlsRead, content.allBlockedRead, content.generation}})} {}

TrustSnapshot::TrustSnapshot(const detail::SnapshotMaker& /*maker*/, std::unique_ptr<const State> state) noexcept
    : state_{std::move(state)} {}

TrustSnapshot::~TrustSnapshot() = default;

StoredEntries<StoredCertificate> TrustSnapshot::certificates(StoreList list) const noexcept {
    return entriesOf(state_->lists.certificates(list));
}

StoredEntries<StoredCrl> TrustSnapshot::crls(StoreList list) const noexcept { return entriesOf(state_->lists.crls(list)); }

const StoredCertificate* TrustSnapshot::find(StoreList list, const CertificateId& id) const noexcept {
    return state_->lists.certificates(list).find(id);
}

std::vector<const StoredCertificate*> TrustSnapshot::findBySubject(StoreList list, const DistinguishedName& subject) const {
    std::vector<const StoredCertificate*> found;
    state_->lists.certificates(list).appendNamed(found, subject);
    return found;
}

std::vector<const StoredCrl*> TrustSnapshot::findCrls(const DistinguishedName& issuer) const {
    std::vector<const StoredCrl*> found;
    state_->lists.trustedCrls.appendNamed(found, issuer);
    state_->lists.issuerCrls.appendNamed(found, issuer);
    return found;
}

std::span<const StoreProblem> TrustSnapshot::problems() const noexcept { return state_->facts.problems; }

bool TrustSnapshot::allCrlsRead() const noexcept { return state_->facts.allCrlsRead; }

const StoredCertificate* TrustSnapshot::findBlocked(const Certificate& certificate) const {
    if (certificates(StoreList::Blocked).empty()) return nullptr;
    if (const auto* same = find(StoreList::Blocked, certificate.id())) return same;
    for (const auto* each : findBySubject(StoreList::Blocked, certificate.subject())) {
        const auto& other = each->certificate;
        if (other.serialNumber() == certificate.serialNumber() && other.issuer() == certificate.issuer()) return each;
    }
    return nullptr;
}

bool TrustSnapshot::allBlockedRead() const noexcept { return state_->facts.allBlockedRead; }

std::uint64_t TrustSnapshot::generation() const noexcept { return state_->facts.generation; }

struct detail::SnapshotMaker {
    static std::shared_ptr<const TrustSnapshot> make(SnapshotLists lists, SnapshotFacts facts) {
        auto state = std::make_unique<const TrustSnapshot::State>(TrustSnapshot::State{std::move(lists), std::move(facts)});
        return std::shared_ptr<const TrustSnapshot>{new TrustSnapshot{SnapshotMaker{}, std::move(state)}};
    }
    static const SnapshotLists& lists(const TrustSnapshot& snapshot) noexcept { return snapshot.state_->lists; }
};

std::shared_ptr<const TrustSnapshot> detail::makeSnapshot(SnapshotLists lists, SnapshotFacts facts) {
    return SnapshotMaker::make(std::move(lists), std::move(facts));
}

const detail::SnapshotLists& detail::listsOf(const TrustSnapshot& snapshot) noexcept { return SnapshotMaker::lists(snapshot); }

}  // namespace uatrust
