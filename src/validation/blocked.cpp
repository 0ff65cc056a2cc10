#include "validation/blocked.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "validation/wording.hpp"

namespace uatrust::detail {
namespace {

// A blocked list is written by operators; the bound is for the mistake of filling it with copies of one name.
constexpr std::size_t kMaxIssuersTried = 8;

constexpr std::string_view kExpected = "no certificate of the chain in blocked";

std::string unblock(const StoredCertificate& blocked) {
    return fmt::format("Leave it so, unless it was blocked by mistake: then take {} out of blocked.", located(blocked));
}

Observation blockedItself(const Certificate& certificate, const StoredCertificate& blocked, std::size_t position) {
    return {.outcome = Outcome::Failed,
            .message = position == 0 ? fmt::format("{} is blocked by an operator.", certificate.describe())
                                     : fmt::format("The CA {} is blocked by an operator, and with it all that it has issued.",
                                                   certificate.describe()),
            .expected = std::string{kExpected},
            .found = blocked.certificate == certificate
                         ? located(blocked)
                         : fmt::format("{}, which has the same subject, issuer and serial number", located(blocked)),
            .remedy = unblock(blocked),
            .blocked = true};
}

Observation blockedIssuer(const Certificate& certificate, const StoredCertificate& blocked) {
    return {.outcome = Outcome::Failed,
            .message = fmt::format("{} was issued by {}, a CA that is blocked by an operator.", certificate.describe(),
                                   blocked.certificate.describe()),
            .expected = std::string{kExpected},
            .found = located(blocked),
            .remedy = unblock(blocked),
            .blocked = true};
}

Observation tooMany(const Certificate& certificate) {
    return {
        .outcome = Outcome::Failed,
        .message = fmt::format("It cannot be said whether {} was issued by a blocked CA: too many with the name of its issuer are blocked.",
                               certificate.describe()),
        .expected = fmt::format("at most {} blocked CAs of one name", kMaxIssuersTried),
        .found = fmt::format("more blocked CAs named \"{}\"", printable(certificate.issuer().text())),
        .remedy = "Take the copies and the expired ones of that name out of blocked.",
        .blocked = true};
}

Observation unknown(const Certificate& certificate, const TrustSnapshot& lists) {
    return {.outcome = Outcome::Failed,
            .message =
                fmt::format("It cannot be said whether {} is blocked: the blocked list could not be read in full.", certificate.describe()),
            .expected = "a blocked list that can be read",
            .found = withProblems("only a part of it", lists),
            .remedy = "Mend or remove what cannot be read among the blocked certificates: until then everybody is refused.",
            .blocked = true};
}

// Whether one beyond the bound is its issuer cannot be known: then it is refused as well.
std::optional<Observation> issuerObservation(const Certificate& last, const TrustSnapshot& lists) {
    const auto candidates = lists.findBySubject(StoreList::Blocked, last.issuer());
    for (std::size_t i = 0; i < std::min(candidates.size(), kMaxIssuersTried); ++i) {
        if (last.isSignedBy(candidates[i]->certificate.publicKey())) return blockedIssuer(last, *candidates[i]);
    }
    return candidates.size() > kMaxIssuersTried ? std::optional{tooMany(last)} : std::nullopt;
}

}  // namespace

std::optional<Observation> blockedObservation(const CheckContext& context, const Path& path, std::size_t position) {
    const auto& lists = context.lists;
    const auto& certificate = path.at(position);
    if (const auto* blocked = lists.findBlocked(certificate)) return blockedItself(certificate, *blocked, position);
    if (path.isLast(position) && path.end != PathEnd::Root) {
        if (auto observed = issuerObservation(certificate, lists)) return observed;
    }
    if (position == 0 && !lists.allBlockedRead()) return unknown(certificate, lists);
    return {};
}

}  // namespace uatrust::detail
