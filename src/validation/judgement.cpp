#include "validation/judgement.hpp"

#include <algorithm>
#include <compare>

#include "validation/checks.hpp"
#include "validation/peer_chain.hpp"
#include "validation/revocation.hpp"

namespace uatrust::detail {
namespace {

StatusCode failureOf(const StepInfo& row, std::size_t position) noexcept { return position == 0 ? row.leafStatus : row.issuerStatus; }

Finding findingOf(const StepInfo& row, std::size_t position, Observation seen) {
    const bool failed = seen.outcome == Outcome::Failed;
    return {.step = row.step,
            .position = position,
            .outcome = failed && !seen.excusedBy.empty() ? Outcome::Suppressed : seen.outcome,
            .status = failed ? failureOf(row, position) : StatusCode::Good,
            .suppressible = failed && row.suppressible && !seen.mandatory,
            .blocked = failed && seen.blocked,
            .message = std::move(seen.message),
            .expected = std::move(seen.expected),
            .found = std::move(seen.found),
            .remedy = std::move(seen.remedy),
            .suppressedBy = std::move(seen.excusedBy)};
}

// A name that nobody's key has confirmed is no CA of this certificate: no rule about a CA reaches beyond it.
std::vector<StoredCertificate> verifiedPart(const Path& path) {
    std::vector<StoredCertificate> chain;
    for (const auto& each : path.members) {
        chain.push_back(each.stored);
        if (each.signature != SignatureState::Verified) break;
    }
    return chain;
}

std::vector<Finding> judgePath(CheckContext context, const Path& path) {
    const auto chain = verifiedPart(path);
    context.chain = chain;
    std::vector<Finding> findings;
    findings.reserve(stepTable().size() * path.members.size());
    for (const StepInfo& row : stepTable()) {
        for (std::size_t position = 0; position < path.members.size(); ++position) {
            findings.push_back(findingOf(row, position, checkOf(row.step)(context, path, position)));
            context.policy.rule(findings.back(), path.at(position), chain);
        }
    }
    return findings;
}

/// How far a path came: first by failures that decide, then by those that a policy lets pass.
struct Reach {
    std::size_t decided;
    std::size_t doubted;
    friend auto operator<=>(const Reach&, const Reach&) = default;
};

std::size_t allSteps() noexcept { return stepTable().size(); }

bool isDoubt(const Finding& finding) { return finding.outcome == Outcome::Failed || finding.outcome == Outcome::Suppressed; }

Reach reachOf(const std::vector<Finding>& findings) {
    Reach reach{allSteps(), allSteps()};
    for (const auto& each : findings) {
        const auto step = static_cast<std::size_t>(each.step);
        if (each.outcome == Outcome::Failed) reach.decided = std::min(reach.decided, step);
        if (isDoubt(each)) reach.doubted = std::min(reach.doubted, step);
    }
    return reach;
}

// Precondition: something of the path failed or was suppressed. What failed says more.
OtherChain shortAccount(const Path& path, const std::vector<Finding>& findings) {
    auto first = std::find_if(findings.begin(), findings.end(), [](const Finding& each) { return each.outcome == Outcome::Failed; });
    if (first == findings.end()) first = std::find_if(findings.begin(), findings.end(), &isDoubt);
    OtherChain account{.failure = *first};
    for (const auto& each : path.members) account.chain.push_back(each.stored);
    return account;
}

/// BestPath keeps the path that came furthest, and a short account of the others.
class BestPath {
public:
    void offer(const Path& path, std::vector<Finding> findings) {
        const auto reach = reachOf(findings);
        ++judged_.pathsTried;
        if (judged_.findings.empty()) return take(path, std::move(findings), reach);
        if (!(reach > reach_)) return keep(path, findings);
        keep(judged_.path, judged_.findings);
        take(path, std::move(findings), reach);
    }
    [[nodiscard]] bool isBeyondDoubt() const noexcept { return reach_.doubted == allSteps(); }
    [[nodiscard]] Judged result(bool sawAll) && {
        judged_.budgetSpent = !sawAll;
        return std::move(judged_);
    }

private:
    void take(const Path& path, std::vector<Finding> findings, Reach reach) {
        judged_.path = path;
        judged_.findings = std::move(findings);
        reach_ = reach;
    }
    void keep(const Path& path, const std::vector<Finding>& findings) {
        if (judged_.others.size() < Report::kMaxOtherChains) judged_.others.push_back(shortAccount(path, findings));
    }

    Judged judged_{};
    Reach reach_{};
};

}  // namespace

std::vector<Finding> notJudged(StatusCode status, std::string message, std::string remedy) {
    std::vector<Finding> findings;
    for (const StepInfo& row : stepTable()) findings.push_back({.step = row.step, .message = "Nothing to look at."});
    findings.front() = {
        .step = Step::Structure, .outcome = Outcome::Failed, .status = status, .message = std::move(message), .remedy = std::move(remedy)};
    return findings;
}

Judged judge(const ValidationRequest& request, const TrustSnapshot& lists, SeenCertificates& seen, const PolicyInForce& policy,
             const Budget& budget, Instant now) {
    const auto sent = readPeerChain(request.certificate, lists, seen, budget.blob);
    if (!sent.leaf) {
        return {.findings = notJudged(StatusCode::BadCertificateInvalid, sent.problem, unreadableRemedy())};
    }

    Revocations revocations{lists, now, policy.clockTolerance(), budget.maxCrlBytes};
    NameConstraints nameConstraints{budget.maxNameComparisons};
    const CheckContext context{request, lists, sent, budget, now, policy, revocations, nameConstraints};
    BestPath best;
    PathBuilder builder{lists, sent.issuers, budget};
    const bool sawAll = builder.search(*sent.leaf, [&](const Path& path) {
        best.offer(path, judgePath(context, path));
        return !best.isBeyondDoubt();
    });
    return std::move(best).result(sawAll);
}

}  // namespace uatrust::detail
