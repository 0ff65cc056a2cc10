#include "validation/list_search.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

constexpr std::size_t maxRelatives = 3;
constexpr std::size_t maxNamed = 8;  // of one name in one list

bool sameUri(const Certificate& a, const Certificate& b) { return !a.applicationUri().empty() && a.applicationUri() == b.applicationUri(); }

Relative compare(const Certificate& certificate, const StoredCertificate& stored) {
    const auto& other = stored.certificate;
    return {.stored = &stored,
            .sameUri = sameUri(certificate, other),
            .sameKey = certificate.publicKey() == other.publicKey(),
            .sameSubject = !certificate.subject().empty() && certificate.subject() == other.subject()};
}

// The closest first; the order of a list has no influence.
auto closeness(const Relative& relative) {
    return std::tuple{!relative.sameUri, !relative.sameKey, !relative.sameSubject, relative.stored->certificate.id()};
}

void keepClosest(std::vector<Relative>& kept, const Relative& another) {
    const auto closer = [](const Relative& a, const Relative& b) { return closeness(a) < closeness(b); };
    kept.insert(std::upper_bound(kept.begin(), kept.end(), another, closer), another);
    if (kept.size() > maxRelatives) kept.pop_back();
}

void appendNamed(std::vector<Misplaced>& found, const TrustSnapshot& lists, StoreList list, const DistinguishedName& subject,
                 const std::string& where) {
    const auto named = lists.findBySubject(list, subject);
    for (std::size_t i = 0; i < std::min(named.size(), maxNamed); ++i) found.push_back({named[i], where});
}

}  // namespace

template <class Visit>
void ListSearch::eachOf(StoreList list, Visit visit) {
    for (const auto& each : context_->lists.certificates(list)) {
        if (entriesLeft_ == 0) return;
        --entriesLeft_;
        visit(each);
    }
}

std::vector<Relative> ListSearch::relativesOf(const Certificate& certificate) {
    std::vector<Relative> closest;
    eachOf(StoreList::Trusted, [&](const StoredCertificate& each) {
        if (each.certificate == certificate) return;
        const auto relative = compare(certificate, each);
        if (relative.sameUri || relative.sameKey || relative.sameSubject) keepClosest(closest, relative);
    });
    return closest;
}

const StoredCertificate* ListSearch::trustedWithUri(std::string_view uri) {
    const StoredCertificate* found = nullptr;
    if (uri.empty()) return found;
    eachOf(StoreList::Trusted, [&](const StoredCertificate& each) {
        if (each.certificate.applicationUri() != uri) return;
        if (found == nullptr || each.certificate.id() < found->certificate.id()) found = &each;
    });
    return found;
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
    std::vector<Relative> closest;
    const auto look = [&](const StoredCertificate& each) {
        const auto& other = each.certificate;
        if (other == child || other.subject() == wanted) return;
        const bool sameKey = !key.empty() && equalBytes(key, other.subjectKeyIdentifier());
        const bool sameName = !wanted.commonName().empty() && wanted.commonName() == other.subject().commonName();
        if (sameKey || sameName) keepClosest(closest, {.stored = &each, .sameKey = sameKey, .sameSubject = sameName});
    };
    eachOf(StoreList::Trusted, look);
    eachOf(StoreList::Issuers, look);
    return closest;
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
