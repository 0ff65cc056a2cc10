#include "validation/path_builder.hpp"

#include <algorithm>
#include <tuple>

namespace uatrust::detail {
namespace {

/// How well a candidate's subjectKeyIdentifier fits what the child says of its issuer's key; the order is that of trying.
enum class KeyIdentifiers : std::uint8_t { Same, Absent, Different };

KeyIdentifiers compareKeyIdentifiers(const Certificate& child, const Certificate& issuer) {
    const auto wanted = child.authorityKeyIdentifier();
    const auto offered = issuer.subjectKeyIdentifier();
    if (wanted.empty() || offered.empty()) return KeyIdentifiers::Absent;
    return equalBytes(wanted, offered) ? KeyIdentifiers::Same : KeyIdentifiers::Different;
}

// A self-issued certificate of a CA that has changed its key is signed with the other key and says so (RFC 4210, 4.4).
bool claimsToSignItself(const Certificate& certificate) {
    return certificate.isSelfIssued() && compareKeyIdentifiers(certificate, certificate) != KeyIdentifiers::Different;
}

constexpr std::size_t maxSameName = 5;

}  // namespace

struct PathBuilder::Candidate {
    KeyIdentifiers fit;
    std::uint8_t list;  // trusted, issuers, sent
    const StoredCertificate* stored;

    [[nodiscard]] auto identity() const noexcept { return std::tie(stored->certificate.id(), list); }
    [[nodiscard]] auto order() const noexcept { return std::tie(fit, list, stored->certificate.id()); }
};

/// What came of trying every candidate for one certificate.
struct PathBuilder::Attempt {
    bool succeeded = false;
    bool foundCircle = false;
    const StoredCertificate* presumed = nullptr;  // should have signed the child and has not
    std::vector<StoredCertificate> sameName{};    // has another key than the child's issuer
};

PathBuilder::PathBuilder(const TrustSnapshot& lists, const std::vector<Certificate>& sent, const Budget& budget)
    : lists_{&lists}, maxDepth_{budget.maxDepth}, candidatesLeft_{budget.maxCandidates}, signaturesLeft_{budget.maxSignatures} {
    for (const auto& each : sent) sent_.push_back({each, std::string{kSentByPeer}});
}

bool PathBuilder::search(const Certificate& leaf, const Visitor& visit) {
    visit_ = &visit;
    const auto* trusted = lists_->find(StoreList::Trusted, leaf.id());
    path_.members.push_back({trusted != nullptr ? *trusted : StoredCertificate{leaf, std::string{kSentByPeer}}});
    extend();
    return !budgetSpent_;
}

PathBuilder::Going PathBuilder::extend() {
    const Certificate child = path_.members.back().stored.certificate;
    if (child.isSelfIssued()) {
        const auto signsItself = isSigned(child, child);
        if (!signsItself) return spent(PathEnd::SignaturesSpent);
        if (*signsItself) return finish(PathEnd::Root, SignatureState::Verified);
    }
    if (path_.members.size() >= maxDepth_) return finish(PathEnd::TooDeep);

    Attempt attempt;
    if (tryIssuers(child, attempt) == Going::Over) return Going::Over;
    return attempt.succeeded ? Going::On : reportDeadEnd(child, attempt);
}

PathBuilder::Going PathBuilder::tryIssuers(const Certificate& child, Attempt& attempt) {
    for (const auto& candidate : candidatesFor(child)) {
        if (candidatesLeft_ == 0) return spent(PathEnd::CandidatesSpent);
        --candidatesLeft_;
        const StoredCertificate& issuer = *candidate.stored;
        if (closesCircle(issuer.certificate)) {
            attempt.foundCircle = true;
            continue;
        }
        const auto isIssuer = isSigned(child, issuer.certificate);
        if (!isIssuer) return spent(PathEnd::SignaturesSpent);
        if (*isIssuer) {
            attempt.succeeded = true;
            if (descend(issuer, SignatureState::Verified) == Going::Over) return Going::Over;
        } else if (candidate.fit != KeyIdentifiers::Different) {
            if (attempt.presumed == nullptr) attempt.presumed = &issuer;
        } else if (attempt.sameName.size() < maxSameName) {
            attempt.sameName.push_back(issuer);
        }
    }
    return Going::On;
}

// Nobody's key verifies the child. When somebody's should have, the signature is wrong and the path goes on through
// that one, so that the report shows the whole chain; otherwise the issuer is missing.
PathBuilder::Going PathBuilder::reportDeadEnd(const Certificate& child, const Attempt& attempt) {
    if (claimsToSignItself(child)) return finish(PathEnd::Root, SignatureState::Wrong);
    if (attempt.presumed != nullptr) return descend(*attempt.presumed, SignatureState::Wrong);
    path_.sameName = attempt.sameName;
    if (!attempt.sameName.empty()) return finish(PathEnd::OtherKeyOnly);
    return finish(attempt.foundCircle ? PathEnd::Circle : PathEnd::NoIssuer);
}

PathBuilder::Going PathBuilder::descend(const StoredCertificate& issuer, SignatureState signature) {
    path_.members.back().signature = signature;
    path_.members.push_back({issuer});
    const auto going = extend();
    path_.members.pop_back();
    path_.members.back().signature = SignatureState::NotChecked;
    return going;
}

PathBuilder::Going PathBuilder::finish(PathEnd end, SignatureState last) {
    path_.end = end;
    path_.members.back().signature = last;
    const auto going = (*visit_)(path_) ? Going::On : Going::Over;
    path_.members.back().signature = SignatureState::NotChecked;
    path_.sameName.clear();
    return going;
}

PathBuilder::Going PathBuilder::spent(PathEnd end) {
    budgetSpent_ = true;
    static_cast<void>(finish(end));
    return Going::Over;
}

std::vector<PathBuilder::Candidate> PathBuilder::candidatesFor(const Certificate& child) const {
    std::vector<Candidate> all;
    const auto add = [&](const StoredCertificate& stored, std::uint8_t list) {
        all.push_back({compareKeyIdentifiers(child, stored.certificate), list, &stored});
    };
    for (const auto* each : lists_->findBySubject(StoreList::Trusted, child.issuer())) add(*each, 0);
    for (const auto* each : lists_->findBySubject(StoreList::Issuers, child.issuer())) add(*each, 1);
    for (const auto& each : sent_) {
        if (each.certificate.subject() == child.issuer()) add(each, 2);
    }
    // A certificate that lies in several places is one candidate, of the first of them.
    std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.identity() < b.identity(); });
    const auto same = [](const Candidate& a, const Candidate& b) { return a.stored->certificate == b.stored->certificate; };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
    std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.order() < b.order(); });
    return all;
}

bool PathBuilder::closesCircle(const Certificate& issuer) const {
    return std::any_of(path_.members.begin(), path_.members.end(), [&](const PathMember& each) {
        const Certificate& member = each.stored.certificate;
        return member == issuer || (member.subject() == issuer.subject() && member.publicKey() == issuer.publicKey());
    });
}

std::optional<bool> PathBuilder::isSigned(const Certificate& child, const Certificate& issuer) {
    const auto known = verified_.find({child.id(), issuer.id()});
    if (known != verified_.end()) return known->second;
    if (signaturesLeft_ == 0) return std::nullopt;
    --signaturesLeft_;
    const bool isIssuer = child == issuer ? child.isSelfSigned() : child.isSignedBy(issuer.publicKey());
    return verified_.emplace(std::pair{child.id(), issuer.id()}, isIssuer).first->second;
}

}  // namespace uatrust::detail
