#include "store/trust_offer.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxSignatures = 64;

/// Search verifies a bounded number of signatures: many CAs may share a name.
class Search {
public:
    [[nodiscard]] const StoredCertificate* issuerIn(const TrustSnapshot& lists, std::span<const StoreList> which,
                                                    const Certificate& child) {
        for (const auto list : which) {
            for (const auto* each : lists.findBySubject(list, child.issuer())) {
                if (each->certificate.isCa() && isMaker(child, each->certificate.publicKey())) return each;
            }
        }
        return nullptr;
    }
    [[nodiscard]] const StoredCrl* crlIn(const TrustSnapshot& lists, const Certificate& ca) {
        const StoredCrl* newest = nullptr;
        for (const auto* each : lists.findCrls(ca.subject())) {
            if (!isMaker(each->crl, ca.publicKey())) continue;
            if (newest == nullptr || newest->crl.thisUpdate() < each->crl.thisUpdate()) newest = each;
        }
        return newest;
    }

    /// Whether what was not found may be there all the same: not all that could be it was tried.
    [[nodiscard]] bool tooMany() const noexcept { return tooMany_; }

private:
    template <class Signed>
    bool isMaker(const Signed& object, const PublicKey& key) {
        if (left_ == 0) tooMany_ = true;
        if (left_ == 0) return false;
        --left_;
        return object.isSignedBy(key);
    }

    std::size_t left_ = kMaxSignatures;
    bool tooMany_ = false;
};

constexpr std::array kInPlace{StoreList::Trusted, StoreList::Issuers};
constexpr std::array kOutOfPlace{StoreList::Rejected};
constexpr std::array kAnywhere{StoreList::Trusted, StoreList::Issuers, StoreList::Rejected};

std::string named(const Certificate& child) { return printable(child.issuer().text()); }

std::string noIssuer(const Certificate& child, bool tooMany) {
    if (!tooMany) return fmt::format("The certificate of the CA \"{}\" is in no list: get it from its owner.", named(child));
    return fmt::format(
        "Whether the certificate of the CA \"{}\" is in a list cannot be said: so many have names like it that not all were "
        "tried. Remove those that are not needed, then look again.",
        named(child));
}

std::string noCrl(const Certificate& ca, bool tooMany) {
    if (!tooMany) return fmt::format("There is no CRL of {}: get it from its owner, or let a policy do without.", ca.describe());
    return fmt::format(
        "Whether there is a CRL of {} cannot be said: so many CAs and CRLs have names of this chain that not all were tried. "
        "Remove those that are not needed, then look again.",
        ca.describe());
}

}  // namespace

TrustOffer offerFor(const Certificate& certificate, const TrustSnapshot& lists, Elsewhere elsewhere) {
    TrustOffer offer;
    Search search;
    auto child = certificate;
    for (std::size_t depth = 0; depth < kMaxDepth && !child.isSelfIssued(); ++depth) {
        const auto* issuer = search.issuerIn(lists, kInPlace, child);
        if (issuer == nullptr) {
            issuer = search.issuerIn(lists, kOutOfPlace, child);
            for (const auto& other : elsewhere) issuer = issuer != nullptr ? issuer : search.issuerIn(*other, kAnywhere, child);
            if (issuer != nullptr && lists.findBlocked(issuer->certificate) != nullptr) issuer = nullptr;
            if (issuer != nullptr) offer.issuers.push_back(*issuer);
        }
        if (issuer == nullptr) {
            offer.missing.push_back(noIssuer(child, search.tooMany()));
            return offer;
        }
        const auto* crl = search.crlIn(lists, issuer->certificate);
        const bool here = crl != nullptr;
        for (const auto& other : elsewhere) crl = crl != nullptr ? crl : search.crlIn(*other, issuer->certificate);
        if (crl == nullptr) {
            offer.missing.push_back(noCrl(issuer->certificate, search.tooMany()));
        } else if (!here) {
            offer.crls.push_back(*crl);
        }
        child = issuer->certificate;
    }
    return offer;
}

TrustedAbove trustedAbove(const Certificate& certificate, const TrustSnapshot& lists) {
    Search search;
    auto child = certificate;
    for (std::size_t depth = 0; depth < kMaxDepth && !child.isSelfIssued(); ++depth) {
        const auto* issuer = search.issuerIn(lists, kInPlace, child);
        if (issuer == nullptr) break;
        if (const auto* trusted = lists.find(StoreList::Trusted, issuer->certificate.id())) return {.ca = trusted};
        child = issuer->certificate;
    }
    return {.unknown = search.tooMany()};
}

}  // namespace uatrust::detail
