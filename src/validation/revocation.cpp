#include "validation/revocation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "validation/wording.hpp"
#include "x509/crl_order.hpp"

namespace uatrust::detail {
namespace {

bool mayNotSignCrls(const Certificate& issuer) { return issuer.keyUsage() && !issuer.keyUsage()->has(KeyUsage::CrlSign); }

// Both ends belong to the period, as with certificates.
std::string whyNotInForce(const Crl& crl, Instant now, std::chrono::seconds tolerance) {
    if (now + tolerance < crl.thisUpdate()) {
        return fmt::format("is not in force before {}, {} from now", formatInstant(crl.thisUpdate()),
                           formatDuration(crl.thisUpdate() - now));
    }
    const auto next = crl.nextUpdate();
    if (next && *next < now - tolerance)
        return fmt::format("is out of date since {}, {} ago", formatInstant(*next), formatDuration(now - *next));
    return {};
}

bool isInFuture(const StoredCrl& stored, Instant latestNow) { return latestNow < stored.crl.thisUpdate(); }

bool isOlder(const Crl& a, const Crl& b, bool numbered) {
    const auto order = orderOfIssue(a, b, numbered);
    return order == 0 ? a.id() < b.id() : order < 0;
}

// A list that was published ahead of time does not yet replace the present one.
const StoredCrl* newestOf(std::vector<const StoredCrl*> candidates, Instant latestNow) {
    const auto future =
        std::partition(candidates.begin(), candidates.end(), [&](const StoredCrl* each) { return !isInFuture(*each, latestNow); });
    if (future != candidates.begin()) candidates.erase(future, candidates.end());
    const bool numbered =
        std::all_of(candidates.begin(), candidates.end(), [](const StoredCrl* each) { return !each->crl.number().empty(); });
    const auto newest = std::max_element(candidates.begin(), candidates.end(),
                                         [&](const StoredCrl* a, const StoredCrl* b) { return isOlder(a->crl, b->crl, numbered); });
    return newest == candidates.end() ? nullptr : *newest;
}

}  // namespace

RevocationStatus Revocations::statusOf(const Certificate& certificate, const Certificate& issuer) {
    auto found = chosen_.find(issuer.id());
    if (found == chosen_.end()) found = chosen_.emplace(issuer.id(), choose(issuer)).first;
    RevocationStatus status{.lists = &found->second};
    if (status.lists->newest != nullptr) status.entry = status.lists->newest->crl.find(certificate.serialNumber());
    return status;
}

CrlChoice Revocations::choose(const Certificate& issuer) {
    CrlChoice choice;
    std::vector<const StoredCrl*> usable;
    for (const auto* each : lists_->findCrls(issuer.subject())) {
        const auto reason = whyUnusable(each->crl, issuer);
        if (reason.empty()) {
            usable.push_back(each);
        } else {
            choice.unusable.push_back(fmt::format("{} {}", place(each->source), reason));
        }
    }
    choice.newest = newestOf(std::move(usable), now_ + tolerance_);
    if (choice.newest == nullptr) return choice;
    choice.notInForce = whyNotInForce(choice.newest->crl, now_, tolerance_);
    if (choice.notInForce.empty()) choice.toleratedBecause = whyNotInForce(choice.newest->crl, now_, std::chrono::seconds{0});
    return choice;
}

std::string Revocations::whyUnusable(const Crl& crl, const Certificate& issuer) {
    if (mayNotSignCrls(issuer)) return "does not count, because the CA's keyUsage lacks cRLSign";
    if (!crl.incompleteBecause().empty())
        return fmt::format("does not speak for all certificates of the CA: {}", printable(crl.incompleteBecause()));
    if (crl.der().size() > bytesLeft_)
        return "was not looked at, because the CRLs of this chain are too large together (Budget::maxCrlBytes)";
    bytesLeft_ -= crl.der().size();
    return crl.isSignedBy(issuer.publicKey()) ? std::string{} : "is not signed with this CA's key";
}

}  // namespace uatrust::detail
