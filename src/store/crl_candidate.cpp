#include "store/crl_candidate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "x509/crl_order.hpp"

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxSignatures = 64;

TrustStep added(const Crl& crl, StoreList to) {
    return {.kind = TrustStep::Kind::Added, .crl = true, .id = crl.id(), .to = to, .der = {crl.der().begin(), crl.der().end()}};
}

TrustStep removed(const Crl& crl, StoreList from) {
    return {.kind = TrustStep::Kind::Removed, .crl = true, .id = crl.id(), .from = from, .der = {crl.der().begin(), crl.der().end()}};
}

bool isComplete(const Crl& crl) { return crl.incompleteBecause().empty(); }

}  // namespace

void CrlSorter::sort(const Crl& crl, ImportItem& item) {
    left_ = kMaxSignatures;
    tooMany_ = false;
    const auto maker = makerOf(crl);
    if (maker && !isComplete(crl)) {
        item.why =
            fmt::format("It does not speak for all certificates of its CA and would not be used: {}", printable(crl.incompleteBecause()));
        return;
    }
    auto needless = maker ? whyNotNeeded(crl, maker->certificate) : std::string{};
    const auto former = maker && needless.empty() ? replacedBy(crl, *maker) : std::vector<const StoredCrl*>{};
    if (!needless.empty()) {
        item.target = ImportTarget::Nothing;
        item.why = std::move(needless);
        return;
    }
    if (tooMany_) {
        item.why = fmt::format(
            "Whether it is needed cannot be said: so many CAs and CRLs have the name \"{}\" that not all of them were tried. Remove "
            "those that are not needed, then import it again.",
            printable(crl.issuer().text()));
        return;
    }
    if (!maker) {
        item.why = "No CA of the lists or of this bundle has signed it: import the certificate of its CA with it.";
        return;
    }
    item.target = maker->list == StoreList::Trusted ? ImportTarget::TrustedCrls : ImportTarget::IssuerCrls;
    item.why = fmt::format("Signed by {}, which is in {}.", maker->certificate.describe(), storeListName(maker->list));
    item.steps.push_back(added(crl, maker->list));
    for (const auto* each : former) {
        item.why += fmt::format(" It replaces the one of {}.", formatInstant(each->crl.thisUpdate()));
        item.steps.push_back(removed(each->crl, maker->list));
    }
    if (!isInForce(crl.thisUpdate())) item.why += " It is not in force yet: what is there stays beside it.";
    if (crl.nextUpdate() && *crl.nextUpdate() < context_.now) {
        item.why += fmt::format(" It is outdated since {}: fetch the next one.", formatInstant(*crl.nextUpdate()));
    }
}

bool CrlSorter::isMaker(const Crl& crl, const Certificate& ca) {
    if (left_ == 0) tooMany_ = true;
    if (left_ == 0) return false;
    --left_;
    return crl.isSignedBy(ca.publicKey());
}

bool CrlSorter::isBySameCa(const Crl& other, const Crl& crl, const Certificate& ca) {
    return isComplete(other) && other.issuer() == crl.issuer() && isMaker(other, ca);
}

std::optional<PlannedCa> CrlSorter::makerOf(const Crl& crl) {
    for (const auto& each : planned_) {
        if (each.certificate.subject() == crl.issuer() && isMaker(crl, each.certificate)) return each;
    }
    for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
        for (const auto* each : context_.lists.findBySubject(list, crl.issuer())) {
            if (isMaker(crl, each->certificate)) return PlannedCa{each->certificate, list};
        }
    }
    return {};
}

// Empty when it is.
std::string CrlSorter::whyNotNeeded(const Crl& crl, const Certificate& ca) {
    const auto present = context_.lists.findCrls(crl.issuer());
    if (std::any_of(present.begin(), present.end(), [&](const StoredCrl* each) { return each->crl.id() == crl.id(); })) {
        return "It is there already.";
    }
    for (const auto* each : present) {
        const auto order = orderOfIssue(each->crl, crl);
        if (order < 0 || isAheadOf(each->crl, crl) || !isBySameCa(each->crl, crl, ca)) continue;
        return order == 0 ? "One of the same number and time is there already."
                          : fmt::format("There is a newer one, of {}.", formatInstant(each->crl.thisUpdate()));
    }
    // Of equal ones the first counts.
    bool before = true;
    for (const auto& [other, from] : bundle_.crls) {
        const bool self = other.id() == crl.id();
        if (self) before = false;
        const auto order = orderOfIssue(other, crl);
        if (self || order < 0 || (order == 0 && !before) || isAheadOf(other, crl) || !isBySameCa(other, crl, ca)) continue;
        return order == 0 ? fmt::format("The bundle has another one of the same number and time: {}.", from)
                          : fmt::format("The bundle has a newer one, of {}: {}.", formatInstant(other.thisUpdate()), from);
    }
    return {};
}

// One that was published ahead of time does not yet replace the present one.
bool CrlSorter::isAheadOf(const Crl& other, const Crl& crl) const { return isInForce(crl.thisUpdate()) && !isInForce(other.thisUpdate()); }

std::vector<const StoredCrl*> CrlSorter::replacedBy(const Crl& crl, const PlannedCa& maker) {
    std::vector<const StoredCrl*> former;
    if (!isInForce(crl.thisUpdate())) return former;
    for (const auto& each : context_.lists.crls(maker.list)) {
        if (each.crl.issuer() == crl.issuer() && orderOfIssue(each.crl, crl) < 0 && isBySameCa(each.crl, crl, maker.certificate)) {
            former.push_back(&each);
        }
    }
    return former;
}

}  // namespace uatrust::detail
