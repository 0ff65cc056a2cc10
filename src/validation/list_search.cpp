#include "validation/list_search.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "x509/certificate_data.hpp"

namespace uatrust::detail {
namespace {

constexpr std::size_t maxRelatives = 3;
constexpr std::size_t maxNamed = 8;  // of one name in one list

bool sameUri(const Certificate& a, const Certificate& b) { return !a.applicationUri().empty() && a.applicationUri() == b.applicationUri(); }
bool sameSubject(const Certificate& a, const Certificate& b) { return !a.subject().empty() && a.subject() == b.subject(); }

Relative compare(const Certificate& certificate, const StoredCertificate& stored) {
    const auto& other = stored.certificate;
    return {.stored = &stored,
            .sameUri = sameUri(certificate, other),
            .sameKey = certificate.publicKey() == other.publicKey(),
            .sameSubject = sameSubject(certificate, other)};
}

// What compare() will say but for hashes that agree by chance, without decoding one more certificate.
Relative guess(const Certificate& certificate, const StoredCertificate& stored) {
    const auto& ours = certificate.data().hashes;
    const auto& theirs = stored.certificate.data().hashes;
    return {.stored = &stored,
            .sameUri = !certificate.applicationUri().empty() && ours.applicationUri == theirs.applicationUri,
            .sameKey = ours.publicKey == theirs.publicKey,
            .sameSubject = !certificate.subject().empty() && ours.subject == theirs.subject};
}

bool isRelated(const Relative& relative) { return relative.sameUri || relative.sameKey || relative.sameSubject; }

// The closest first; the order of a list has no influence.
auto closeness(const Relative& relative) {
    return std::tuple{!relative.sameUri, !relative.sameKey, !relative.sameSubject, relative.stored->certificate.id()};
}

bool isCloser(const Relative& a, const Relative& b) { return closeness(a) < closeness(b); }

void keepClosest(std::vector<Relative>& kept, const Relative& another) {
    kept.insert(std::upper_bound(kept.begin(), kept.end(), another, isCloser), another);
    if (kept.size() > maxRelatives) kept.pop_back();
}

// Precondition: compareWith() says of a certificate what is true of it.
template <class Compare>
std::vector<Relative> confirmed(std::vector<Relative> guessed, Compare compareWith) {
    for (auto& each : guessed) each = compareWith(*each.stored);
    std::erase_if(guessed, [](const Relative& each) { return !isRelated(each); });
    std::sort(guessed.begin(), guessed.end(), isCloser);
    return guessed;
}

void appendNamed(std::vector<Misplaced>& found, const TrustSnapshot& lists, StoreList list, const DistinguishedName& subject,
                 const std::string& where) {
    const auto named = lists.findBySubject(list, subject);
    for (std::size_t i = 0; i < std::min(named.size(), maxNamed); ++i) found.push_back({named[i], where});
}

}  // namespace

template <class Visit>
void ListSearch::eachWith(StoreList list, By what, std::size_t hash, Visit visit) {
    auto& index = indexes_.at(static_cast<std::size_t>(list));
    if (index == nullptr) index = context_->indexes.of(list, context_->lists);
    index->find(what, hash, [&](const Certificate& certificate) {
        if (entriesLeft_ == 0) return false;
        --entriesLeft_;
        if (const auto* stored = context_->lists.find(list, certificate.id())) visit(*stored);
        return true;
    });
}

std::vector<Relative> ListSearch::relativesOf(const Certificate& certificate) {
    std::vector<Relative> closest;
    const auto& hashes = certificate.data().hashes;
    // Who is found by two of the three is taken the first time.
    const auto look = [&](bool Relative::*first, bool Relative::*second) {
        return [&closest, &certificate, first, second](const StoredCertificate& each) {
            if (each.certificate == certificate) return;
            const auto relative = guess(certificate, each);
            const bool taken = (first != nullptr && relative.*first) || (second != nullptr && relative.*second);
            if (!taken && isRelated(relative)) keepClosest(closest, relative);
        };
    };
    if (!certificate.applicationUri().empty())
        eachWith(StoreList::Trusted, By::ApplicationUri, hashes.applicationUri, look(nullptr, nullptr));
    if (!certificate.subject().empty()) eachWith(StoreList::Trusted, By::Subject, hashes.subject, look(&Relative::sameUri, nullptr));
    // Last, because it may be that of a whole series of devices, and what may be looked at is bounded.
    eachWith(StoreList::Trusted, By::PublicKey, hashes.publicKey, look(&Relative::sameUri, &Relative::sameSubject));
    return confirmed(std::move(closest), [&](const StoredCertificate& each) { return compare(certificate, each); });
}

const StoredCertificate* ListSearch::trustedWithUri(std::string_view uri) {
    const StoredCertificate* found = nullptr;
    if (uri.empty()) return found;
    eachWith(StoreList::Trusted, By::ApplicationUri, shortHash(asBytes(uri)), [&](const StoredCertificate& each) {
        if (found == nullptr || each.certificate.id() < found->certificate.id()) found = &each;
    });
    return found != nullptr && found->certificate.applicationUri() == uri ? found : nullptr;
}

std::vector<Misplaced> ListSearch::asideNamed(const DistinguishedName& subject) const {
    std::vector<Misplaced> found;
    appendNamed(found, context_->lists, StoreList::Rejected, subject, "rejected");
    for (const auto& other : context_->elsewhere) {
        for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected})
            appendNamed(found, *other.lists, list, subject, fmt::format("{} of {}", storeListName(list), other.name));
    }
    return found;
}

std::vector<Misplaced> ListSearch::makersOf(const Certificate& child) {
    std::vector<Misplaced> makers;
    for (auto& each : asideNamed(child.issuer())) {
        const auto& ca = each.stored->certificate;
        const auto known =
            std::find_if(makers.begin(), makers.end(), [&](const Misplaced& maker) { return maker.stored->certificate == ca; });
        if (known != makers.end() || !mayVerify()) continue;
        if (child.isSignedBy(ca.publicKey())) makers.push_back(std::move(each));
    }
    return makers;
}

std::vector<Misplaced> ListSearch::twinsOf(const Certificate& ca) const {
    auto twins = asideNamed(ca.subject());
    std::erase_if(twins, [&](const Misplaced& each) {
        return each.stored->certificate == ca || each.stored->certificate.publicKey() != ca.publicKey();
    });
    return twins;
}

std::vector<Relative> ListSearch::otherNamesOf(const Certificate& child) {
    const auto& wanted = child.issuer();
    const auto key = child.authorityKeyIdentifier();
    const auto nameHash = shortHash(asBytes(wanted.commonName()));
    const auto keyHash = shortHash(key);
    std::vector<Relative> closest;
    const auto guessed = [&](const StoredCertificate& each) {
        const auto& hashes = each.certificate.data().hashes;
        return Relative{.stored = &each,
                        .sameKey = !key.empty() && keyHash == hashes.keyIdentifier,
                        .sameSubject = !wanted.commonName().empty() && nameHash == hashes.commonName};
    };
    const auto keep = [&](const StoredCertificate& each, bool taken) {
        if (taken || each.certificate == child || each.certificate.data().hashes.subject == wanted.hash()) return;
        keepClosest(closest, guessed(each));
    };
    for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
        if (!key.empty()) eachWith(list, By::KeyIdentifier, keyHash, [&](const StoredCertificate& each) { keep(each, false); });
        if (wanted.commonName().empty()) continue;
        eachWith(list, By::CommonName, nameHash, [&](const StoredCertificate& each) { keep(each, guessed(each).sameKey); });
    }
    return confirmed(std::move(closest), [&](const StoredCertificate& each) {
        const auto& other = each.certificate;
        return Relative{.stored = &each,
                        .sameKey = !key.empty() && equalBytes(key, other.subjectKeyIdentifier()),
                        .sameSubject = !wanted.commonName().empty() && wanted.commonName() == other.subject().commonName()};
    });
}

std::optional<bool> ListSearch::isSigned(const Crl& crl, const Certificate& ca) {
    if (crl.der().size() > crlBytesLeft_ || !mayVerify()) return std::nullopt;
    crlBytesLeft_ -= crl.der().size();
    return crl.isSignedBy(ca.publicKey());
}

bool ListSearch::mayVerify() noexcept {
    if (signaturesLeft_ == 0) return false;
    --signaturesLeft_;
    return true;
}

}  // namespace uatrust::detail
