// Any lists and any bytes from a peer: a judgement is complete, repeatable, and Good for a reason only.

#include "fuzz.hpp"
#include "known_keys.hpp"
#include "openssl_verdict.hpp"
#include "pieces.hpp"

#include <algorithm>

#include <uatrust/store/memory_store.hpp>
#include <uatrust/validation/explain.hpp>
#include <uatrust/validation/validator.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

namespace {

constexpr Instant now{std::chrono::seconds{1781524800}};  // 2026-06-15, when the certificates of the corpus are valid

enum Option : unsigned { Client = 1, User = 2, Suppress = 4, AcceptAll = 8, File = 16 };

Bytes contentOf(const Piece& piece) {
    return piece.signer == 0 || piece.content.empty() ? piece.content : signAgain(piece.content, piece.signer);
}

void addCertificate(MemoryStore& store, StoreList list, ByteView der) {
    if (const auto certificate = Certificate::fromDer(der)) store.addCertificate(list, *certificate).value();
}

void addCrl(MemoryStore& store, StoreList list, ByteView der) {
    if (const auto crl = Crl::fromDer(der)) store.addCrl(list, *crl).value();
}

/// Scene is one input as what it stands for.
struct Scene {
    MemoryStore store{};
    Bytes sent{};
    ValidationRequest request{};

    explicit Scene(const Judging& judging) {
        for (const auto& piece : judging.pieces) add(piece);
        const auto policies = securityPolicies();
        const auto index = judging.policy % (policies.size() + 1);
        request.role = (judging.options & Client) != 0 ? Role::Client : Role::Server;
        request.profile = (judging.options & User) != 0 ? Profile::User : Profile::Application;
        request.fileRejected = (judging.options & File) != 0;
        request.securityPolicy = index < policies.size() ? &policies[index] : nullptr;
        request.certificate = sent;
    }

private:
    void add(const Piece& piece) {
        const auto content = contentOf(piece);
        switch (piece.kind) {
            case PieceKind::Sent:
                sent.insert(sent.end(), content.begin(), content.end());
                break;
            case PieceKind::Trusted:
                return addCertificate(store, StoreList::Trusted, content);
            case PieceKind::Issuer:
                return addCertificate(store, StoreList::Issuers, content);
            case PieceKind::Rejected:
                return addCertificate(store, StoreList::Rejected, content);
            case PieceKind::TrustedCrl:
                return addCrl(store, StoreList::Trusted, content);
            case PieceKind::IssuerCrl:
                return addCrl(store, StoreList::Issuers, content);
            case PieceKind::ApplicationUri:
                request.applicationUri = std::string{asText(content)};
                break;
            case PieceKind::HostName:
                request.hostNames.emplace_back(asText(content));
                break;
        }
    }
};

SuppressingPolicy suppressing() {
    SuppressingPolicy policy;
    for (const auto& row : stepTable()) {
        if (!row.suppressible) continue;
        policy.suppress({.status = row.leafStatus, .comment = "fuzz"}).value();
        if (row.issuerStatus != row.leafStatus) policy.suppress({.status = row.issuerStatus, .comment = "fuzz"}).value();
    }
    return policy;
}

void checkComplete(const Report& report) {
    const auto certificates = std::max<std::size_t>(report.chain().size(), 1);
    require(report.findings().size() == stepTable().size() * certificates, "every step has a finding for every certificate");
    for (std::size_t i = 0; i < report.findings().size(); ++i) {
        const auto& finding = report.findings()[i];
        require(finding.step == stepTable()[i / certificates].step && finding.position == i % certificates, "in the order of the table");
        const bool fails = finding.outcome == Outcome::Failed || finding.outcome == Outcome::Suppressed;
        require(fails == (finding.status != StatusCode::Good), "a failure has a status, and nothing else has");
        require(!fails || !finding.message.empty(), "a failure says what it is");
        require(finding.outcome != Outcome::Suppressed || !finding.suppressedBy.empty(), "who suppresses is named");
    }
}

bool hasFailure(const Report& report) {
    const auto& findings = report.findings();
    return std::any_of(findings.begin(), findings.end(), [](const Finding& each) { return each.outcome == Outcome::Failed; });
}

void checkTexts(const Report& report) {
    require(isPlain(explain(report)), "explain() is plain text");
    require(isOneLine(summarize(report)), "summarize() is one plain line");
}

// What holds whatever the policy is, AcceptAllPolicy apart: that one waives incomplete chains and trust.
void checkTrust(const Report& report, const TrustSnapshot& lists) {
    const auto& chain = report.chain();
    const bool trusted = std::any_of(chain.begin(), chain.end(), [&](const StoredCertificate& each) {
        return lists.find(StoreList::Trusted, each.certificate.id()) != nullptr;
    });
    require(trusted, "a certificate of the chain is in the trusted list");
    require(chain.back().certificate.isSelfSigned(), "the chain ends with a root");
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
        require(chain[i].certificate.isSignedBy(chain[i + 1].certificate.publicKey()), "each certificate is signed by the next");
        require(chain[i].certificate.issuer() == chain[i + 1].certificate.subject(), "each certificate names the next");
    }
}

// Without a policy that lets failures pass.
void checkNothingPassed(const Report& report, const TrustSnapshot& lists) {
    const auto& chain = report.chain();
    for (std::size_t i = 0; i < chain.size(); ++i) {
        require(chain[i].certificate.notBefore() <= now && now <= chain[i].certificate.notAfter(), "every certificate is valid now");
        require(i == 0 || chain[i].certificate.isCa(), "every issuer is a CA");
    }
    if (anyIdentifiesOtherKey(chain, lists)) return;
    const auto objection = whyOpenSslRefuses(chain, lists, now);
    require(objection.empty(), "OpenSSL has nothing against the chain, but says: " + objection);
}

void checkAccepted(const Verdict& verdict, const Scene& scene, const TrustSnapshot& lists, unsigned options) {
    const auto& report = verdict.report();
    require(!report.chain().empty() && !hasFailure(report), "nothing failed");
    require(verdict.trusted()->certificate() == report.chain().front().certificate, "it is the peer's certificate that is trusted");
    const auto leaf = leafOf(scene.sent);
    require(leaf.ok() && equalBytes(*leaf, report.chain().front().certificate.der()), "the one that was sent first");
    if (report.content().acceptedAll) {
        require((options & AcceptAll) != 0, "everybody is accepted by one policy only");
        return;
    }
    checkTrust(report, lists);
    if ((options & (AcceptAll | Suppress)) == 0) checkNothingPassed(report, lists);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto judging = readJudging({data, size});
    Scene scene{judging};
    const auto lists = scene.store.snapshot();
    const StrictPolicy strict;
    static const SuppressingPolicy suppress = suppressing();
    const AcceptAllPolicy acceptAll;
    const TrustPolicy* policy = &strict;
    if ((judging.options & Suppress) != 0) policy = &suppress;
    if ((judging.options & AcceptAll) != 0) policy = &acceptAll;
    const FixedClock clock{now};
    const CertificateValidator validator{scene.store, *policy, clock};

    const auto verdict = validator.validate(scene.request);
    const auto& report = verdict.report();
    require(verdict.status() == report.status(), "verdict and report agree");
    require(verdict.accepted() == (verdict.status() == StatusCode::Good), "accepted is Good");
    require(verdict.accepted() == !hasFailure(report), "accepted is without failure");
    require((verdict.statusForPeer() == StatusCode::Good) == verdict.accepted(), "the peer is told no other verdict");
    require(verdict.status() != StatusCode::BadInternalError, "nothing fails inside");
    checkComplete(report);
    checkTexts(report);
    if (verdict.accepted()) checkAccepted(verdict, scene, *lists, judging.options);

    const auto again = validator.validate(scene.request);
    require(again.status() == verdict.status() && again.report().chain().size() == report.chain().size(), "judged again, judged the same");
    return 0;
}
