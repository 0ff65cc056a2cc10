#include "validation/near_misses.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/x509/departures.hpp>

#include "validation/hints.hpp"
#include "validation/list_search.hpp"
#include "validation/near_crls.hpp"
#include "validation/near_names.hpp"
#include "validation/wording.hpp"

namespace uatrust::detail {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds soon = hours{48};
constexpr seconds ages = hours{24 * 365 * 20};
// 2020-01-01: a machine whose clock is before that has lost it; no such build of this library existed.
constexpr Instant longAgo{seconds{1577836800}};

/// Everything that the search for one finding needs.
struct Scene {
    const NearMissContext& context;
    const Path& path;
    ListSearch& search;
    std::size_t position;
    Hints& hints;

    [[nodiscard]] const Certificate& certificate() const { return path.at(position); }
    [[nodiscard]] const TrustSnapshot& lists() const { return context.lists; }
};

// Of one name in one list; a list may hold any number.
std::vector<const StoredCertificate*> named(const TrustSnapshot& lists, StoreList list, const DistinguishedName& subject) {
    constexpr std::size_t maxNamed = 16;
    auto found = lists.findBySubject(list, subject);
    found.resize(std::min(found.size(), maxNamed));
    return found;
}

bool isValidAt(const Certificate& certificate, Instant now) { return certificate.notBefore() <= now && now <= certificate.notAfter(); }

// ---- Certificate Structure: what cannot be read at all

void nearStructure(const ValidationRequest& request, Hints& hints) {
    const auto text = asText(request.certificate);
    if (text.substr(0, 64).find("-----BEGIN ") != std::string_view::npos)
        hints.add("It is the text form of a certificate (PEM), where a message carries the binary form (DER).");
}

// ---- Build Certificate Chain and Signature

void nearMakers(const Scene& at) {
    for (const auto& each : at.search.makersOf(at.certificate())) {
        at.hints.add(fmt::format("{} in {} has made {}: it would continue the chain if it lay in issuers.", located(*each.stored),
                                 each.where, at.certificate().describe()));
    }
}

void nearOtherKeys(const Scene& at) {
    for (const auto& each : at.path.sameName) {
        at.hints.add(fmt::format("{} carries the name of the issuer of {}, and another key: was the CA set up anew?", located(each),
                                 at.certificate().describe()));
    }
}

void nearOtherNames(const Scene& at) {
    for (const auto& each : at.search.otherNamesOf(at.certificate())) {
        at.hints.add(fmt::format("{} has the {} of the missing issuer, but its subject is not {}.", located(*each.stored),
                                 each.sameKey ? "key identifier" : "common name", quoted(at.certificate().issuer().text())));
    }
}

// A root that only the peer has: who else knows it, or one of its name?
void nearRoot(const Scene& at) {
    const auto& root = at.certificate();
    if (const auto* rejected = at.lists().find(StoreList::Rejected, root.id()))
        at.hints.add(fmt::format("{} lies in rejected.", located(*rejected)));
    for (const auto& other : at.context.elsewhere) {
        for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
            const auto* known = other.lists->find(list, root.id());
            if (known != nullptr) at.hints.add(fmt::format("{} lies in {} of {}.", located(*known), storeListName(list), other.name));
        }
    }
    for (const auto list : {StoreList::Trusted, StoreList::Issuers}) {
        for (const auto* each : named(at.lists(), list, root.subject())) {
            if (at.hints.full()) return;
            if (each->certificate.publicKey() == root.publicKey()) continue;
            at.hints.add(fmt::format("{} carries the name of this root, and another key: was the CA set up anew?", located(*each)));
        }
    }
}

void nearChain(const Scene& at) {
    if (at.path.end == PathEnd::Root) return nearRoot(at);
    nearMakers(at);
    nearOtherKeys(at);
    if (at.path.end == PathEnd::NoIssuer) nearOtherNames(at);
}

void nearSignature(const Scene& at) {
    const auto& certificate = at.certificate();
    for (const auto* each : named(at.lists(), StoreList::Trusted, certificate.subject())) {
        if (at.hints.full()) break;
        const auto& other = each->certificate;
        if (other == certificate || other.serialNumber() != certificate.serialNumber() || other.issuer() != certificate.issuer()) continue;
        at.hints.add(
            fmt::format("{} is trusted, has the same issuer and serial number, and is not the same to the last octet.", located(*each)));
    }
    nearMakers(at);
    if (at.path.isLast(at.position)) return;
    const auto& next = at.path.members[at.position + 1].stored;
    if (!certificate.authorityKeyIdentifier().empty() && !next.certificate.subjectKeyIdentifier().empty()) return;
    at.hints.add(
        fmt::format("{} is taken for the issuer because of its name alone: was the CA set up anew, with another key?", located(next)));
}

// ---- Security Policy Check

std::vector<std::string> namesOf(const std::vector<const SecurityPolicy*>& policies, bool deprecated) {
    std::vector<std::string> names;
    for (const auto* each : policies) {
        if (each->deprecated == deprecated) names.emplace_back(each->name);
    }
    return names;
}

void nearSecurityPolicy(const Scene& at) {
    const auto fitting = fittingPolicies(at.certificate());
    const auto* asked = at.context.request.securityPolicy;
    const auto isAsked = [&](const SecurityPolicy* each) { return each->id == asked->id; };
    if (asked == nullptr || std::any_of(fitting.begin(), fitting.end(), isAsked)) return;
    if (const auto current = namesOf(fitting, false); !current.empty()) {
        at.hints.add(fmt::format("Its key and signature would fit {}.", listed(current, " or ")));
    } else if (const auto old = namesOf(fitting, true); !old.empty()) {
        at.hints.add(fmt::format("Its key and signature would fit {} only, which is deprecated.", listed(old, " or ")));
    }
}

// ---- Trust List Check

std::string relationText(const Relative& relative, const Certificate& certificate) {
    const auto uri = quoted(certificate.applicationUri());
    if (relative.sameUri && relative.sameKey)
        return fmt::format("has the same ApplicationUri {} and the same key, and is another certificate: was it renewed?", uri);
    if (relative.sameUri)
        return fmt::format("has the same ApplicationUri {} and another key: was it reissued, or does somebody else use the name?", uri);
    if (!relative.sameKey) return "has the same subject and another key: was it reissued, or does somebody else use the name?";
    if (relative.sameSubject) return "has the same subject and the same key, and is another certificate: was it renewed?";
    const auto formerly = relative.stored->certificate.applicationUri();
    return fmt::format("has the same key and {}: was the application renamed?",
                       formerly.empty() ? "another subject" : fmt::format("the ApplicationUri {}", quoted(formerly)));
}

void nearRelatives(const Scene& at) {
    for (const auto& each : at.search.relativesOf(at.certificate()))
        at.hints.add(fmt::format("{} in trusted {}", located(*each.stored), relationText(each, at.certificate())));
}

void trustedElsewhere(const Scene& at, const Certificate& certificate) {
    for (const auto& other : at.context.elsewhere) {
        if (const auto* there = other.lists->find(StoreList::Trusted, certificate.id()))
            at.hints.add(fmt::format("{} is in trusted of {}, which gives no trust here.", located(*there), other.name));
    }
}

void nearTrustOfIssuer(const Scene& at, const StoredCertificate& stored) {
    const auto& ca = stored.certificate;
    trustedElsewhere(at, ca);
    if (const auto* rejected = at.lists().find(StoreList::Rejected, ca.id())) {
        at.hints.add(fmt::format("{}, a CA of the chain, lies in rejected, which gives no trust.", located(*rejected)));
    } else if (at.lists().find(StoreList::Issuers, ca.id()) == nullptr) {
        at.hints.add(fmt::format("{}, a CA of the chain, was sent by the peer and lies in none of the lists.", ca.describe()));
    }
    for (const auto* each : named(at.lists(), StoreList::Trusted, ca.subject())) {
        if (at.hints.full()) return;
        const bool sameKey = each->certificate.publicKey() == ca.publicKey();
        at.hints.add(fmt::format("{} in trusted has the name of {}, a CA of the chain, and {}: was the CA {}?", located(*each),
                                 ca.describe(), sameKey ? "the same key" : "another key", sameKey ? "certificate renewed" : "set up anew"));
    }
}

void nearTrust(const Scene& at) {
    if (const auto* among = at.lists().find(StoreList::Issuers, at.certificate().id()))
        at.hints.add(fmt::format("{} lies in issuers, which completes chains and gives no trust.", located(*among)));
    trustedElsewhere(at, at.certificate());
    nearRelatives(at);
    for (std::size_t i = 1; i < at.path.members.size() && !at.hints.full(); ++i) nearTrustOfIssuer(at, at.path.members[i].stored);
}

// ---- Validity Period and Revocation Check

void nearSuccessors(const Scene& at) {
    for (const auto& each : at.search.relativesOf(at.certificate())) {
        const auto& other = each.stored->certificate;
        if (!isValidAt(other, at.context.now) || !(each.sameUri || each.sameSubject)) continue;
        at.hints.add(fmt::format("{} in trusted has the same {} and is valid until {}: does the peer still use a former certificate?",
                                 located(*each.stored), each.sameUri ? "ApplicationUri" : "subject", formatInstant(other.notAfter())));
    }
}

void nearDates(const Scene& at) {
    const auto now = at.context.now;
    const auto from = at.certificate().notBefore();
    const auto until = at.certificate().notAfter();
    const auto clock = at.context.request.at ? "The time that was asked for" : "This machine's clock";
    if (now < longAgo && now < from) {
        at.hints.add(fmt::format("{} says {}, which was years ago: a clock without a battery or a time server starts like this.", clock,
                                 formatInstant(now)));
    } else if (now < from && from - now <= soon) {
        at.hints.add(fmt::format("It begins {} from now: is a clock or a time zone wrong, here or where it was issued?",
                                 formatDuration(from - now)));
    } else if (now > until && now - until <= soon) {
        at.hints.add(fmt::format("It was valid until {} ago: was its renewal forgotten, or is the clock or the time zone wrong?",
                                 formatDuration(now - until)));
    } else if (now > until && now - until >= ages) {
        at.hints.add(fmt::format("{} is {} ahead of its end: is the year right?", clock, formatDuration(now - until)));
    }
}

void nearValidity(const Scene& at) {
    nearDates(at);
    if (at.position == 0) return nearSuccessors(at);
    for (const auto& each : at.search.twinsOf(at.certificate())) {
        const auto& other = each.stored->certificate;
        if (!isValidAt(other, at.context.now)) continue;
        at.hints.add(fmt::format("{} in {} is of the same CA and key and valid until {}: it would do if it lay in issuers.",
                                 located(*each.stored), each.where, formatInstant(other.notAfter())));
    }
}

void nearRevocation(const Scene& at) {
    if (const auto* trusted = at.lists().find(StoreList::Trusted, at.certificate().id()))
        at.hints.add(fmt::format("{} lies in trusted, which does not outweigh a revocation.", located(*trusted)));
    if (at.position == 0) nearSuccessors(at);
}

// ---- URI, Certificate Usage

void nearUri(const Scene& at) {
    if (!at.context.request.applicationUri) return;
    nearUris(at.certificate(), *at.context.request.applicationUri, at.hints);
    if (const auto* other = at.search.trustedWithUri(*at.context.request.applicationUri)) {
        at.hints.add(fmt::format("{} in trusted has this ApplicationUri: does the peer use the certificate of another application?",
                                 located(*other)));
    }
}

void nearUsage(const Scene& at) {
    const auto& certificate = at.certificate();
    if (at.position != 0 || at.context.request.profile != Profile::Application) return;
    const bool judgedByServer = at.context.request.role == Role::Server;
    const auto& purposes = certificate.extendedKeyUsage();
    if (purposes && purposes->has(judgedByServer ? kServerAuth : kClientAuth) &&
        !purposes->has(judgedByServer ? kClientAuth : kServerAuth)) {
        at.hints.add(judgedByServer ? "It is a certificate for servers only; an application that is both needs serverAuth and clientAuth."
                                    : "It is a certificate for clients only; an application that is both needs serverAuth and clientAuth.");
    }
    if (certificate.isCa()) at.hints.add("It is the certificate of a CA: does the peer send its chain in the wrong order?");
}

void look(const Scene& at, Step step) {
    switch (step) {
        case Step::Structure:
            return;
        case Step::BuildChain:
            return nearChain(at);
        case Step::Signature:
            return nearSignature(at);
        case Step::SecurityPolicyCheck:
            return nearSecurityPolicy(at);
        case Step::TrustList:
            return nearTrust(at);
        case Step::ValidityPeriod:
            return nearValidity(at);
        case Step::HostName:
            return nearHosts(at.certificate(), at.context.request.hostNames, at.hints);
        case Step::Uri:
            return nearUri(at);
        case Step::CertificateUsage:
            return nearUsage(at);
        case Step::FindRevocationList:
            return nearCrls(at.context, at.path, at.position, at.search, at.hints);
        case Step::RevocationCheck:
            return nearRevocation(at);
    }
}

bool wantsHints(const Finding& finding) { return finding.outcome == Outcome::Failed || finding.outcome == Outcome::Suppressed; }

}  // namespace

void addNearMisses(const NearMissContext& context, const Path& path, std::vector<Finding>& findings) noexcept {
    try {
        ListSearch search{context};
        for (auto& each : findings) {
            if (!wantsHints(each) || each.blocked) continue;
            Hints hints{each.hints};
            if (each.position < path.members.size()) {
                look({context, path, search, each.position, hints}, each.step);
            } else if (each.step == Step::Structure) {
                nearStructure(context.request, hints);
            }
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): a verdict without hints is a verdict
    }
}

}  // namespace uatrust::detail
