#include <uatrust/validation/validator.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/validation/audit_event.hpp>

#include "validation/checks.hpp"
#include "validation/judgement.hpp"
#include "validation/near_misses.hpp"
#include "validation/validator_memory.hpp"
#include "validation/wording.hpp"

namespace uatrust {
namespace {

using detail::Judged;
using detail::PolicyInForce;

constexpr std::size_t maxProblemsReported = 20;

Report::Content headOf(const ValidationRequest& request, Instant now) {
    return {.role = request.role,
            .profile = request.profile,
            .judgedAt = now,
            .endpointUrl = request.endpointUrl,
            .peerAddress = request.peerAddress,
            .applicationUri = request.applicationUri,
            .hostNames = request.hostNames};
}

// Something to compare with the audit trail of the service that the peer called.
Bytes beginningOf(ByteView received) {
    const auto part = received.first(std::min(received.size(), Certificate::kMaxSize));
    return {part.begin(), part.end()};
}

bool isAccepted(const std::vector<Finding>& findings) {
    return !findings.empty() &&
           std::none_of(findings.begin(), findings.end(), [](const Finding& each) { return each.outcome == Outcome::Failed; });
}

bool anySuppressed(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& each) { return each.outcome == Outcome::Suppressed; });
}

void addNote(Report::Content& content, std::string_view sentence) {
    if (!content.note.empty()) content.note += ' ';
    content.note += sentence;
}

void addProblems(Report::Content& content, const TrustSnapshot& lists) {
    const auto problems = lists.problems();
    const auto count = static_cast<std::ptrdiff_t>(std::min(problems.size(), maxProblemsReported));
    content.storeProblems.assign(problems.begin(), problems.begin() + count);
}

const Finding* findingOf(const std::vector<Finding>& findings, Step step) {
    const auto found =
        std::find_if(findings.begin(), findings.end(), [&](const Finding& each) { return each.step == step && each.position == 0; });
    return found == findings.end() ? nullptr : &*found;
}

bool failed(const Judged& judged, Step step) {
    const auto* finding = findingOf(judged.findings, step);
    return finding != nullptr && finding->outcome == Outcome::Failed;
}

// What is malformed or carries a wrong signature is nobody's certificate: there is nothing in it to trust later.
bool isWorthFiling(const Judged& judged, const TrustSnapshot& lists) {
    if (judged.path.members.empty() || failed(judged, Step::Structure) || failed(judged, Step::Signature)) return false;
    return lists.find(StoreList::Trusted, judged.path.at(0).id()) == nullptr;
}

// Precondition: something failed.
Refusal refusalOf(const Judged& judged, const ValidationRequest& request, Instant now) {
    const auto decisive =
        std::find_if(judged.findings.begin(), judged.findings.end(), [](const Finding& each) { return each.outcome == Outcome::Failed; });
    return {.at = now,
            .status = decisive->status,
            .reason = decisive->message,
            .peerAddress = request.peerAddress,
            .endpointUrl = request.endpointUrl,
            .applicationUri = request.applicationUri ? *request.applicationUri : std::string{judged.path.at(0).applicationUri()}};
}

// The record has a name that only a new look at the store can tell: the remedy has to name it.
std::string fileRejected(Judged& judged, CertificateStore& store, const Refusal& refusal) {
    const auto& leaf = judged.path.at(0);
    const auto filing = store.recordRefusal(leaf, refusal);
    if (!filing) return fmt::format("It could not be filed under rejected: {}", filing.error().text());
    if (*filing == Filing::Postponed) return "Too many unknown certificates come at once: it is filed under rejected later, or not at all.";
    if (*filing == Filing::NotKept) return "The store does not file it under rejected.";
    const auto* trust = findingOf(judged.findings, Step::TrustList);
    if (*filing == Filing::Known && trust != nullptr && trust->blocked) return "The attempt is counted in the journal.";
    const auto after = store.snapshot();
    const auto* filed = after == nullptr ? nullptr : after->find(StoreList::Rejected, leaf.id());
    if (filed == nullptr) return "It was handed to the rejected list, but is not found there.";
    for (auto& each : judged.findings) {
        const bool untrusted = each.step == Step::TrustList && each.outcome == Outcome::Failed && !each.blocked;
        if (untrusted) each.remedy = detail::untrustedRemedy(judged.path, *after, filed);
    }
    return fmt::format("{} under rejected: {}.", *filing == Filing::Filed ? "Filed" : "Known", detail::place(filed->source));
}

// Whatever becomes of the record, the verdict stands.
std::string tryFileRejected(Judged& judged, CertificateStore& store, const ValidationRequest& request, Instant now) {
    try {
        return fileRejected(judged, store, refusalOf(judged, request, now));
    } catch (const std::exception& failure) {
        return fmt::format("It could not be filed under rejected: {}.", printable(failure.what()));
    } catch (...) {
        return "It could not be filed under rejected.";
    }
}

// Why the sink did not take it; empty when it did.
std::string tell(AuditSink& sink, const Report& report) {
    try {
        sink.onVerdict(report, auditEvents(report));
        return {};
    } catch (const std::exception& failure) {
        return fmt::format("It is missing from the audit trail: {}.", printable(failure.what()));
    } catch (...) {
        return "It is missing from the audit trail: the audit sink failed without saying why.";
    }
}

// Whatever becomes of the audit trail, the verdict stands.
std::shared_ptr<const Report> audited(AuditSink& sink, std::shared_ptr<const Report> report) noexcept {
    try {
        const auto failure = tell(sink, *report);
        if (failure.empty()) return report;
        auto content = report->content();
        addNote(content, failure);
        return std::make_shared<const Report>(std::move(content));
    } catch (...) {
        return report;
    }
}

// What lies in a list is found there.
void remember(detail::SeenCertificates& seen, const detail::Path& path) {
    for (const auto& each : path.members) {
        if (each.stored.source == detail::kSentByPeer) seen.remember(each.stored.certificate);
    }
}

std::shared_ptr<const TrustSnapshot> trySnapshot(CertificateStore& store) noexcept {
    try {
        return store.snapshot();
    } catch (...) {
        return nullptr;
    }
}

std::vector<Finding> internalFailure(std::string_view why) {
    return detail::notJudged(StatusCode::BadInternalError, fmt::format("The certificate could not be judged: {}.", printable(why)),
                             "It is refused until the cause is removed: look at the certificate store and the memory of this application.");
}

}  // namespace

StatusCode Verdict::status() const noexcept { return report_->status(); }

StatusCode Verdict::statusForPeer() const noexcept { return uatrust::statusForPeer(status(), report_->content().role); }

CertificateValidator::CertificateValidator(CertificateStore& store, const TrustPolicy& policy, const Clock& clock, Budget budget)
    : store_{&store},
      policy_{&policy},
      clock_{&clock},
      budget_{budget},
      memory_{std::make_shared<detail::ValidatorMemory>()},
      lastResort_{std::make_shared<const Report>(Report::Content{.findings = internalFailure("there is no memory left")})} {}

CertificateValidator& CertificateValidator::auditTo(AuditSink& sink) noexcept {
    audit_ = &sink;
    return *this;
}

CertificateValidator& CertificateValidator::alsoLookIn(std::string name, CertificateStore& other) {
    elsewhere_.emplace_back(std::move(name), &other);
    return *this;
}

Verdict CertificateValidator::validate(const ValidationRequest& request) const noexcept {
    auto verdict = judgeOrRefuse(request);
    if (audit_ != nullptr) verdict.report_ = audited(*audit_, std::move(verdict.report_));
    return verdict;
}

Verdict CertificateValidator::judgeOrRefuse(const ValidationRequest& request) const noexcept {
    try {
        return judge(request);
    } catch (const std::exception& failure) {
        return refuse(request, failure.what());
    } catch (...) {
        return refuse(request, "the certificate store or the policy failed without saying why");
    }
}

Verdict CertificateValidator::judge(const ValidationRequest& request) const {
    const auto lists = store_->snapshot();
    if (lists == nullptr) return refuse(request, "the certificate store gives no answer");

    auto content = headOf(request, request.at.value_or(clock_->now()));
    const PolicyInForce policy{*policy_, {request.role, request.profile, request.endpointUrl, request.peerAddress, content.judgedAt}};
    auto judged = detail::judge(request, *lists, memory_->seen, policy, budget_, content.judgedAt);

    const bool accepted = isAccepted(judged.findings);
    const bool withReservations = anySuppressed(judged.findings);

    content.policy = policy.name();
    content.chainsTried = judged.pathsTried;
    content.acceptedAll = accepted && withReservations && policy.acceptsAll();
    if (content.acceptedAll) policy.remember(judged.path.at(0));
    if (accepted) remember(memory_->seen, judged.path);
    if (judged.budgetSpent) addNote(content, "There may be other chains: the budget was spent before all were looked at.");
    if (!accepted && request.fileRejected && !policy.acceptsAll() && isWorthFiling(judged, *lists)) {
        addNote(content, tryFileRejected(judged, *store_, request, clock_->now()));
    }
    if (!accepted || withReservations) {
        addProblems(content, *lists);
        content.otherChains = std::move(judged.others);
        addHints(request, *lists, judged, content.judgedAt);
    }
    for (const auto& each : judged.path.members) content.chain.push_back(each.stored);
    if (content.chain.empty()) content.received = beginningOf(request.certificate);
    content.findings = std::move(judged.findings);

    auto trusted = accepted ? std::optional{TrustedCertificate{judged.path.at(0)}} : std::nullopt;
    return {std::make_shared<const Report>(std::move(content)), std::move(trusted)};
}

// Hints only explain: whatever fails on the way to them, the verdict stands.
void CertificateValidator::addHints(const ValidationRequest& request, const TrustSnapshot& lists, detail::Judged& judged,
                                    Instant now) const noexcept {
    try {
        std::vector<detail::OtherLists> others;
        for (const auto& [name, store] : elsewhere_) {
            if (auto there = trySnapshot(*store)) others.push_back({name, std::move(there)});
        }
        detail::addNearMisses({request, lists, others, now, memory_->indexes, budget_.maxHintEntries}, judged.path, judged.findings);
    } catch (...) {  // NOLINT(bugprone-empty-catch): a verdict without hints is a verdict
    }
}

Verdict CertificateValidator::refuse(const ValidationRequest& request, std::string_view why) const noexcept {
    try {
        auto content = headOf(request, request.at.value_or(clock_->now()));
        content.received = beginningOf(request.certificate);
        content.findings = internalFailure(why);
        return {std::make_shared<const Report>(std::move(content)), std::nullopt};
    } catch (...) {
        return {lastResort_, std::nullopt};
    }
}

}  // namespace uatrust
