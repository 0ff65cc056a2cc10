#include <uatrust/store/trust_snapshot.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "x509/certificate_data.hpp"

namespace uatrust {
namespace {

constexpr std::array<std::string_view, 4> kListNames{"trusted", "issuers", "rejected", "blocked"};

using Position = std::uint32_t;
using ByHash = std::vector<std::pair<std::size_t, Position>>;

const Certificate& valueOf(const StoredCertificate& stored) { return stored.certificate; }
const Crl& valueOf(const StoredCrl& stored) { return stored.crl; }

// Positions ordered by identity, equal ones by position. Binary search in a sorted table: unlike a hash table it gives
// nobody a way to make look-ups slow by choosing the octets of certificates.
template <class Stored>
std::vector<Position> orderedById(const std::vector<Stored>& entries) {
    std::vector<Position> order(entries.size());
    std::iota(order.begin(), order.end(), Position{0});
    std::sort(order.begin(), order.end(), [&](Position a, Position b) {
        return std::pair{valueOf(entries[a]).id(), a} < std::pair{valueOf(entries[b]).id(), b};
    });
    return order;
}

template <class Stored>
void dropCopies(std::vector<Stored>& entries) {
    const auto order = orderedById(entries);
    std::vector<bool> copy(entries.size(), false);
    for (std::size_t i = 1; i < order.size(); ++i) {
        copy[order[i]] = valueOf(entries[order[i - 1]]).id() == valueOf(entries[order[i]]).id();
    }
    std::size_t at = 0;
    std::erase_if(entries, [&](const Stored&) { return copy[at++]; });
}

// The name that something is looked up by: certificates by their subject, CRLs by their issuer. The hash of a certificate's
// is known without decoding it.
std::size_t hashOf(const Certificate& certificate) { return certificate.data().hashes.subject; }
std::size_t hashOf(const Crl& crl) { return crl.issuer().hash(); }

template <class Stored>
ByHash orderedByName(const std::vector<Stored>& entries) {
    ByHash hashes;
    hashes.reserve(entries.size());
    for (const auto& entry : entries) hashes.emplace_back(hashOf(valueOf(entry)), static_cast<Position>(hashes.size()));
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

template <class Stored, class NameOf>
void appendNamed(std::vector<const Stored*>& found, const std::vector<Stored>& entries, const ByHash& hashes, const DistinguishedName& name,
                 NameOf nameOf) {
    const auto hash = name.hash();
    auto at = std::lower_bound(hashes.begin(), hashes.end(), std::pair{hash, Position{0}});
    for (; at != hashes.end() && at->first == hash; ++at) {
        const auto& entry = entries[at->second];
        if (nameOf(valueOf(entry)) == name) found.push_back(&entry);
    }
}

const DistinguishedName& subjectOf(const Certificate& certificate) { return certificate.subject(); }
const DistinguishedName& issuerOf(const Crl& crl) { return crl.issuer(); }

const std::vector<StoredCertificate>& certificatesIn(const TrustSnapshot::Content& content, StoreList list) noexcept {
    if (list == StoreList::Trusted) return content.trusted;
    if (list == StoreList::Blocked) return content.blocked;
    return list == StoreList::Issuers ? content.issuers : content.rejected;
}

}  // namespace

std::string_view storeListName(StoreList list) noexcept { return kListNames.at(static_cast<std::size_t>(list)); }

struct TrustSnapshot::Index {
    explicit Index(const Content& content)
        : trustedCrls{orderedByName(content.trustedCrls)}, issuerCrls{orderedByName(content.issuerCrls)} {
        for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked}) {
            const auto at = static_cast<std::size_t>(list);
            ids.at(at) = orderedById(certificatesIn(content, list));
            subjects.at(at) = orderedByName(certificatesIn(content, list));
        }
    }

    std::array<std::vector<Position>, 4> ids{};
    std::array<ByHash, 4> subjects{};
    ByHash trustedCrls;
    ByHash issuerCrls;
};

TrustSnapshot::TrustSnapshot(Content content) : content_{std::move(content)} {
    dropCopies(content_.trusted);
    dropCopies(content_.issuers);
    dropCopies(content_.rejected);
    dropCopies(content_.blocked);
    dropCopies(content_.trustedCrls);
    dropCopies(content_.issuerCrls);
    index_ = std::make_unique<const Index>(content_);
}

TrustSnapshot::~TrustSnapshot() = default;

std::span<const StoredCertificate> TrustSnapshot::certificates(StoreList list) const noexcept { return certificatesIn(content_, list); }

std::span<const StoredCrl> TrustSnapshot::crls(StoreList list) const noexcept {
    if (list != StoreList::Trusted && list != StoreList::Issuers) return {};
    return list == StoreList::Trusted ? content_.trustedCrls : content_.issuerCrls;
}

const StoredCertificate* TrustSnapshot::find(StoreList list, const CertificateId& id) const noexcept {
    const auto& entries = certificatesIn(content_, list);
    const auto& ids = index_->ids[static_cast<std::size_t>(list)];
    const auto at = std::lower_bound(ids.begin(), ids.end(), id, [&](Position position, const CertificateId& wanted) {
        return entries[position].certificate.id() < wanted;
    });
    return at != ids.end() && entries[*at].certificate.id() == id ? &entries[*at] : nullptr;
}

std::vector<const StoredCertificate*> TrustSnapshot::findBySubject(StoreList list, const DistinguishedName& subject) const {
    std::vector<const StoredCertificate*> found;
    appendNamed(found, certificatesIn(content_, list), index_->subjects.at(static_cast<std::size_t>(list)), subject, subjectOf);
    return found;
}

std::vector<const StoredCrl*> TrustSnapshot::findCrls(const DistinguishedName& issuer) const {
    std::vector<const StoredCrl*> found;
    appendNamed(found, content_.trustedCrls, index_->trustedCrls, issuer, issuerOf);
    appendNamed(found, content_.issuerCrls, index_->issuerCrls, issuer, issuerOf);
    return found;
}

std::span<const StoreProblem> TrustSnapshot::problems() const noexcept { return content_.problems; }

bool TrustSnapshot::allCrlsRead() const noexcept { return content_.allCrlsRead; }

const StoredCertificate* TrustSnapshot::findBlocked(const Certificate& certificate) const {
    if (content_.blocked.empty()) return nullptr;
    if (const auto* same = find(StoreList::Blocked, certificate.id())) return same;
    for (const auto* each : findBySubject(StoreList::Blocked, certificate.subject())) {
        const auto& other = each->certificate;
        if (other.serialNumber() == certificate.serialNumber() && other.issuer() == certificate.issuer()) return each;
    }
    return nullptr;
}

bool TrustSnapshot::allBlockedRead() const noexcept { return content_.allBlockedRead; }

std::uint64_t TrustSnapshot::generation() const noexcept { return content_.generation; }

}  // namespace uatrust
