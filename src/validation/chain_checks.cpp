#include <algorithm>

#include <fmt/format.h>

#include "validation/blocked.hpp"
#include "validation/wording.hpp"
#include "x509/certificate_data.hpp"

// The checks that are about the chain as a whole: its encoding, its links and where it ends.
namespace uatrust::detail {
namespace {

// RFC 5280, 4.1.2.6, lets a subject be empty that is named in the subjectAltName alone; OPC 10000-6, 6.2.2, does not.
bool mayLackSubject(const CheckContext& context, std::size_t position) { return position == 0 && context.request.profile == Profile::Path; }

std::vector<std::string> structureFaults(const CheckContext& context, const Certificate& certificate, std::size_t position) {
    std::vector<std::string> faults;
    if (certificate.version() != 3) faults.push_back(fmt::format("it is an X.509 version {} certificate", certificate.version()));
    if (certificate.subject().empty() && !mayLackSubject(context, position)) faults.emplace_back("its subject is empty: it names nobody");
    // RFC 5280, 4.2.1.10: for CAs only; whom else should they constrain?
    if (certificate.data().details().extensions.hasNameConstraints && !certificate.isCa())
        faults.emplace_back("it has nameConstraints although it is no CA");
    // RFC 5280, 4.2: what is critical and not understood may not be passed over.
    const auto& unknown = certificate.unknownCriticalExtensions();
    if (!unknown.empty()) faults.push_back(fmt::format("it has critical extensions that are not understood: {}", listed(unknown)));
    return faults;
}

bool isLocal(const Certificate& certificate, const TrustSnapshot& lists) {
    return lists.find(StoreList::Trusted, certificate.id()) != nullptr || lists.find(StoreList::Issuers, certificate.id()) != nullptr;
}

// A root has to come from this side (OPC 10000-4, 6.1.3). When nothing of a chain does, the chain is complete and
// merely unknown, like any first contact: that is for the trust list to say.
bool rootIsMissingHere(const Path& path, const TrustSnapshot& lists) {
    const auto isHere = [&](const PathMember& each) { return isLocal(each.stored.certificate, lists); };
    return !isHere(path.members.back()) && std::any_of(path.members.begin(), path.members.end(), isHere);
}

Observation rootOnlySent(const Certificate& root) {
    return {.outcome = Outcome::Failed,
            .message = fmt::format("The chain ends at {}, which only the peer has sent.", root.describe()),
            .expected = "the root in the trusted or the issuers list",
            .found = std::string{kSentByPeer},
            .remedy = fmt::format("Compare the thumbprint {} with the owner of the CA and put its certificate into issuers.",
                                  root.thumbprint().text())};
}

Observation noIssuer(const Certificate& child, const TrustSnapshot& lists) {
    const auto name = quoted(child.issuer().text());
    return {.outcome = Outcome::Failed,
            .message = fmt::format("The issuer of {} is missing.", child.describe()),
            .expected = fmt::format("a CA named {} in the trusted list, in the issuers list or sent by the peer", name),
            .found = withProblems("none of that name", lists),
            .remedy = fmt::format("Put the certificate of the CA {} into issuers, or into trusted to trust all that it has issued.", name)};
}

Observation otherKeyOnly(const Certificate& child, const Path& path) {
    std::vector<std::string> others;
    for (const auto& each : path.sameName) {
        others.push_back(fmt::format("{} with {}", located(each), toHex(each.certificate.subjectKeyIdentifier())));
    }
    const auto wanted = toHex(child.authorityKeyIdentifier());
    return {
        .outcome = Outcome::Failed,
        .message =
            fmt::format("A CA with the name of the issuer of {} is there, but with another key: was the CA set up anew?", child.describe()),
        .expected = fmt::format("the CA {} with the key identifier {}", quoted(child.issuer().text()), wanted),
        .found = listed(others, "; "),
        .remedy = fmt::format("Put the CA's certificate with the key identifier {} into issuers, or have {} issued anew by the present CA.",
                              wanted, child.describe())};
}

Observation circle(const Certificate& child) {
    return {.outcome = Outcome::Failed,
            .message = fmt::format("The CAs above {} only certify each other: none of them is a root.", child.describe()),
            .expected = "a self-signed root",
            .found = "a circle",
            .remedy = fmt::format("Put the root that stands behind {} into issuers.", quoted(child.issuer().text()))};
}

Observation budgetSpent(std::string_view what, std::size_t limit, std::string_view option) {
    return {.outcome = Outcome::Failed,
            .message = fmt::format("The search for a chain was given up: its budget of {} {} is spent.", limit, what),
            .expected = fmt::format("a chain that is found with at most {} {}", limit, what),
            .found = "none so far",
            .remedy = fmt::format(
                "Remove from the lists, and from what the peer sends, CAs that it does not need; a larger plant may raise {}.", option)};
}

Observation endOfPath(const CheckContext& context, const Path& path) {
    const Certificate& last = path.members.back().stored.certificate;
    switch (path.end) {
        case PathEnd::Root:
            if (rootIsMissingHere(path, context.lists)) return rootOnlySent(last);
            return {.outcome = Outcome::Passed, .message = "Signs itself."};
        case PathEnd::NoIssuer:
            return noIssuer(last, context.lists);
        case PathEnd::OtherKeyOnly:
            return otherKeyOnly(last, path);
        case PathEnd::Circle:
            return circle(last);
        case PathEnd::TooDeep:
            return budgetSpent("certificates in a chain", context.budget.maxDepth, "Budget::maxDepth");
        case PathEnd::CandidatesSpent:
            return budgetSpent("candidate issuers", context.budget.maxCandidates, "Budget::maxCandidates");
        case PathEnd::SignaturesSpent:
            return budgetSpent("signature checks", context.budget.maxSignatures, "Budget::maxSignatures");
    }
    return {};
}

Observation wrongSignature(const Path& path, std::size_t position) {
    const auto& certificate = path.at(position);
    const auto maker =
        path.isLast(position) ? std::string{"its own key"} : fmt::format("the key of {}", located(path.members[position + 1].stored));
    return {.outcome = Outcome::Failed,
            .message = fmt::format("The signature of {} does not verify with {}.", certificate.describe(), maker),
            .expected = fmt::format("a signature made with {}", maker),
            .found = fmt::format("another one ({})", printable(certificate.signatureAlgorithm().name)),
            .remedy = "The certificate was damaged or forged: do not trust it, and get it anew from its owner."};
}

// Trust comes down along verified signatures only.
const StoredCertificate* trustedMember(const Path& path, const TrustSnapshot& lists) {
    for (const auto& each : path.members) {
        if (const auto* trusted = lists.find(StoreList::Trusted, each.stored.certificate.id())) return trusted;
        if (each.signature != SignatureState::Verified) return nullptr;
    }
    return nullptr;
}

std::string whereItLies(const Certificate& certificate, const TrustSnapshot& lists) {
    const auto* issuer = lists.find(StoreList::Issuers, certificate.id());
    if (issuer != nullptr) return located(*issuer) + " is in issuers, which gives no trust";
    const auto* blocked = lists.findBlocked(certificate);
    if (blocked != nullptr) return located(*blocked) + " is in blocked";
    const auto* rejected = lists.find(StoreList::Rejected, certificate.id());
    if (rejected != nullptr) return located(*rejected) + " is in rejected";
    return certificate.describe() + " is in no list";
}

Observation untrusted(const Path& path, const TrustSnapshot& lists) {
    std::vector<std::string> places;
    for (const auto& each : path.members) places.push_back(whereItLies(each.stored.certificate, lists));
    const auto& leaf = path.at(0);
    return {
        .outcome = Outcome::Failed,
        .message = path.members.size() == 1 ? fmt::format("{} is not in the trusted list.", leaf.describe())
                                            : fmt::format("Neither {} nor a CA of its chain is in the trusted list.", leaf.describe()),
        .expected = fmt::format("one certificate of the chain in trusted, which holds {}", lists.certificates(StoreList::Trusted).size()),
        .found = withProblems(listed(places, "; "), lists),
        .remedy = untrustedRemedy(path, lists, lists.find(StoreList::Rejected, leaf.id()))};
}

std::string asSentence(std::string text) {
    if (!text.ends_with('.')) text += '.';
    return text;
}

// The certificate itself is in order: what came with it is not.
Observation malformedMessage(const CheckContext& context) {
    return {.outcome = Outcome::Failed,
            .message = fmt::format("What came with {} is malformed: {}", context.sent.leaf->describe(), asSentence(context.sent.problem)),
            .expected = "the peer's own certificate, and behind it nothing but certificates of CAs, each in DER",
            .found = context.sent.problem,
            .remedy = "Mend what the peer sends as its certificate chain: its own certificate first, and behind it only the CAs above."};
}

}  // namespace

/// Row "Certificate Structure". The encoding was judged when the certificate was parsed.
Observation checkStructure(const CheckContext& context, const Path& path, std::size_t position) {
    const auto& certificate = path.at(position);
    auto faults = structureFaults(context, certificate, position);
    if (position == 0 && faults.empty() && !context.sent.problem.empty()) return malformedMessage(context);
    if (position == 0 && !context.sent.problem.empty()) faults.insert(faults.begin(), context.sent.problem);
    if (faults.empty()) return {.outcome = Outcome::Passed, .message = "Well-formed, version 3."};
    return {.outcome = Outcome::Failed,
            .message = fmt::format("{} is malformed: {}.", certificate.describe(), listed(faults, "; ")),
            .expected = "X.509 version 3 in DER, without unknown critical extensions",
            .found = listed(faults, "; "),
            .remedy = structureRemedy(certificate.describe())};
}

/// Row "Build Certificate Chain": an issuer for each certificate, up to a root that this side knows.
Observation checkChain(const CheckContext& context, const Path& path, std::size_t position) {
    if (path.isLast(position)) return endOfPath(context, path);
    return {.outcome = Outcome::Passed, .message = fmt::format("Its issuer is {}.", located(path.members[position + 1].stored))};
}

/// Row "Signature". A self-signed certificate is its own issuer: its signature counts like any other.
Observation checkSignature(const CheckContext&, const Path& path, std::size_t position) {
    switch (path.members[position].signature) {
        case SignatureState::Verified:
            return {.outcome = Outcome::Passed, .message = "Verifies."};
        case SignatureState::Wrong:
            return wrongSignature(path, position);
        case SignatureState::NotChecked:
            break;
    }
    return {.outcome = Outcome::NotReached, .message = "The key to verify it with is not known."};
}

/// Row "Trust List Check": asked once, of the whole chain, but that each certificate of it may be blocked. The issuers list never gives
/// trust, and neither list excuses from any other check.
Observation checkTrustList(const CheckContext& context, const Path& path, std::size_t position) {
    if (auto blocked = blockedObservation(context, path, position)) return std::move(*blocked);
    if (position != 0) return {.outcome = Outcome::NotApplicable, .message = "Asked once for the whole chain."};
    const auto* trusted = trustedMember(path, context.lists);
    if (trusted == nullptr) return untrusted(path, context.lists);
    return {.outcome = Outcome::Passed, .message = fmt::format("{} is in the trusted list.", located(*trusted))};
}

std::string unreadableRemedy() {
    return "Look at what the peer sends: it has to be its own certificate in DER, with nothing behind it but the CAs above. If the "
           "certificate itself is at fault, have it issued anew.";
}

std::string structureRemedy(std::string_view whose) {
    return fmt::format("Have {} issued anew without this fault, and look for what may damage it on its way here.", whose);
}

std::string untrustedRemedy(const Path& path, const TrustSnapshot& lists, const StoredCertificate* filed) {
    const auto& leaf = path.at(0);
    const auto* among = lists.find(StoreList::Issuers, leaf.id());
    auto text = std::string{"If you know this peer, "};
    if (filed != nullptr) {
        text += moveTo(StoreList::Trusted, StoreList::Rejected, *filed);
    } else if (among != nullptr) {
        text += moveTo(StoreList::Trusted, StoreList::Issuers, *among);
    } else {
        text += fmt::format("put {} into trusted", leaf.describe());
    }
    if (path.members.size() == 1) return text + ".";
    const auto* issuer = lists.find(StoreList::Issuers, path.at(1).id());
    text += issuer != nullptr ? ", or " + moveTo(StoreList::Trusted, StoreList::Issuers, *issuer)
                              : fmt::format(", or put {} into trusted", path.at(1).describe());
    return text + " to trust all that this CA has issued.";
}

}  // namespace uatrust::detail
