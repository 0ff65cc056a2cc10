#include <fmt/format.h>

#include "validation/checks.hpp"
#include "validation/wording.hpp"

namespace uatrust::detail {
namespace {

// A root and a self-signed application certificate have nobody to revoke them: taking them out of the list does.
bool nobodyRevokes(const Path& path, std::size_t position) { return path.isLast(position) && path.end == PathEnd::Root; }

bool issuerIsKnown(const Path& path, std::size_t position) {
    return !path.isLast(position) && path.members[position].signature == SignatureState::Verified;
}

// Why nothing is looked up for a certificate; empty when it is. IfPresent lets pass only what is certainly not there.
std::string whyNotLookedUp(const CheckContext& context, const Path& path, std::size_t position) {
    const auto& issuer = path.at(position + 1);
    const auto ruling = context.policy.revocationOf(issuer, context.chain);
    if (ruling.mode == RevocationMode::Off) return fmt::format("Not looked up: {}.", ruling.reason);
    if (ruling.mode != RevocationMode::IfPresent || !context.revocations.noneOf(issuer)) return {};
    return fmt::format("There is no CRL of {}, and it is not asked for: {}.", issuer.describe(), ruling.reason);
}

RevocationStatus statusOf(const CheckContext& context, const Path& path, std::size_t position) {
    return context.revocations.statusOf(path.at(position), path.at(position + 1));
}

std::string nameOf(const StoredCrl& stored) { return stored.source.empty() ? std::string{"The CRL of the CA"} : place(stored.source); }

std::string whatWasFound(const CrlChoice& lists) {
    std::vector<std::string> found;
    if (lists.newest != nullptr) found.push_back(fmt::format("{} {}", nameOf(*lists.newest), lists.notInForce));
    found.insert(found.end(), lists.unusable.begin(), lists.unusable.end());
    return found.empty() ? "no CRL with the name of this CA, neither beside trusted nor beside issuers" : listed(found, "; ");
}

std::string whatToDo(const CheckContext& context, const CrlChoice& lists, const Certificate& issuer) {
    if (issuer.keyUsage() && !issuer.keyUsage()->has(KeyUsage::CrlSign)) {
        return fmt::format("Have {} reissued with cRLSign in its keyUsage, and get a CRL from it.", issuer.describe());
    }
    if (lists.newest != nullptr) return fmt::format("Replace {} by the present CRL of {}.", nameOf(*lists.newest), issuer.describe());
    const auto list = context.lists.find(StoreList::Trusted, issuer.id()) != nullptr ? StoreList::Trusted : StoreList::Issuers;
    return fmt::format("Get the present CRL of {} and put it among the CRLs of {}.", issuer.describe(), storeListName(list));
}

Observation statusUnknown(const CheckContext& context, const Path& path, std::size_t position, const CrlChoice& lists) {
    const auto& issuer = path.at(position + 1);
    return {.outcome = Outcome::Failed,
            .message = fmt::format("Whether {} has been revoked is not known: there is no usable CRL of {}.", path.at(position).describe(),
                                   issuer.describe()),
            .expected = fmt::format("a complete CRL, signed by {} and in force at {}", issuer.describe(), formatInstant(context.now)),
            .found = withProblems(whatWasFound(lists), context.lists),
            .remedy = whatToDo(context, lists, issuer)};
}

// Without the tolerance the status would not be known: that it is taken for known is for the report and the audit trail.
Observation knownByTolerance(const CheckContext& context, const Path& path, std::size_t position, const CrlChoice& lists) {
    const auto& issuer = path.at(position + 1);
    return {.outcome = Outcome::Failed,
            .message = fmt::format("{} {}.", nameOf(*lists.newest), lists.toleratedBecause),
            .expected = fmt::format("a CRL of {} that is in force at {}", issuer.describe(), formatInstant(context.now)),
            .found = fmt::format("{} {}", nameOf(*lists.newest), lists.toleratedBecause),
            .remedy = fmt::format("{} If it is the time that is wrong, set the clock.", whatToDo(context, lists, issuer)),
            .excusedBy = fmt::format("clock tolerance of {}", formatDuration(context.policy.clockTolerance()))};
}

}  // namespace

/// Row "Find Revocation List": a CRL that answers for this certificate. "None found" is never "not revoked".
Observation checkRevocationList(const CheckContext& context, const Path& path, std::size_t position) {
    if (nobodyRevokes(path, position)) return {.outcome = Outcome::NotApplicable, .message = "Signs itself: no CA revokes it."};
    if (!issuerIsKnown(path, position)) return {.outcome = Outcome::NotReached, .message = "Whose CRL it would be is not known."};
    if (auto why = whyNotLookedUp(context, path, position); !why.empty())
        return {.outcome = Outcome::NotApplicable, .message = std::move(why)};
    const auto status = statusOf(context, path, position);
    if (!status.known()) return statusUnknown(context, path, position, *status.lists);
    const auto& newest = *status.lists->newest;
    if (!status.entry && !status.lists->toleratedBecause.empty()) return knownByTolerance(context, path, position, *status.lists);
    if (status.lists->notInForce.empty()) return {.outcome = Outcome::Passed, .message = fmt::format("{} is in force.", nameOf(newest))};
    return {.outcome = Outcome::Passed,
            .message = fmt::format("{} {}, but lists this certificate.", nameOf(newest), status.lists->notInForce)};
}

/// Row "Revocation Check".
Observation checkRevocation(const CheckContext& context, const Path& path, std::size_t position) {
    if (nobodyRevokes(path, position)) return {.outcome = Outcome::NotApplicable, .message = "Signs itself: no CA revokes it."};
    if (!issuerIsKnown(path, position)) return {.outcome = Outcome::NotReached, .message = "Whose CRL it would be is not known."};
    if (auto why = whyNotLookedUp(context, path, position); !why.empty())
        return {.outcome = Outcome::NotApplicable, .message = std::move(why)};
    const auto status = statusOf(context, path, position);
    if (!status.known()) return {.outcome = Outcome::NotReached, .message = "There is no CRL to look it up in."};
    const auto& newest = *status.lists->newest;
    if (!status.entry) return {.outcome = Outcome::Passed, .message = fmt::format("Not listed in {}.", nameOf(newest))};
    const auto& certificate = path.at(position);
    const auto reason = status.entry->reason.empty() ? std::string{"without a reason"} : printable(status.entry->reason);
    return {.outcome = Outcome::Failed,
            .message = fmt::format("{} was revoked by {} on {} ({}).", certificate.describe(), path.at(position + 1).describe(),
                                   formatInstant(status.entry->revokedAt), reason),
            .expected = fmt::format("serial number {} not listed", certificate.serialNumber()),
            .found = fmt::format("listed in {}", nameOf(newest)),
            .remedy = fmt::format("Do not trust {} any more; its owner needs a new certificate from the CA.", certificate.describe())};
}

}  // namespace uatrust::detail
