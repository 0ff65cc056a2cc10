#include <uatrust/validation/audit_event.hpp>

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "validation/wording.hpp"

namespace uatrust {
namespace {

using T = AuditEventType;

// OPC 10000-5, 6.4.13 to 6.4.18; the numbers are those of the NodeSet.
constexpr std::array<AuditEventTypeInfo, 6> types{{
    {T::CertificateInvalid, 2086, "AuditCertificateInvalidEventType"},
    {T::CertificateUntrusted, 2087, "AuditCertificateUntrustedEventType"},
    {T::CertificateExpired, 2085, "AuditCertificateExpiredEventType"},
    {T::CertificateDataMismatch, 2082, "AuditCertificateDataMismatchEventType"},
    {T::CertificateMismatch, 2089, "AuditCertificateMismatchEventType"},
    {T::CertificateRevoked, 2088, "AuditCertificateRevokedEventType"},
}};

constexpr bool rowsFollowTheEnumeration() {
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (static_cast<std::size_t>(types[i].type) != i) return false;
    }
    return true;
}
static_assert(rowsFollowTheEnumeration());

constexpr std::size_t maxText = 4096;

std::string safe(std::string_view text) { return printable(text, maxText); }

bool isAccepted(const Report& report) { return isGood(report.status()); }

std::vector<const Finding*> failuresOf(const Report& report) {
    std::vector<const Finding*> failures;
    for (const auto& each : report.findings()) {
        if (each.outcome == Outcome::Failed || each.outcome == Outcome::Suppressed) failures.push_back(&each);
    }
    std::stable_sort(failures.begin(), failures.end(), [](const Finding* a, const Finding* b) {
        return std::tuple{a->step, a->position} < std::tuple{b->step, b->position};
    });
    return failures;
}

std::uint16_t severityOf(const Report& report, const Finding& failure) {
    if (report.content().acceptedAll) return AuditSeverity::kAcceptedAll;
    if (failure.outcome == Outcome::Suppressed) return AuditSeverity::kSuppressed;
    constexpr std::array suspicious{Step::Structure, Step::Signature, Step::Uri, Step::RevocationCheck};
    const bool isSuspicious = std::find(suspicious.begin(), suspicious.end(), failure.step) != suspicious.end();
    return isSuspicious ? AuditSeverity::kSuspicious : AuditSeverity::kRefused;
}

std::string whichOf(const Report& report, std::size_t position) {
    const auto& chain = report.chain();
    if (position >= chain.size()) return {};
    const auto own = chain.front().certificate.describe();
    if (position == 0) return fmt::format(" Concerns {}, the peer's own certificate.", own);
    return fmt::format(" Concerns {}, certificate {} of {} in the chain of {}.", chain[position].certificate.describe(), position + 1,
                       chain.size(), own);
}

std::string messageOf(const Report& report, const Finding& failure) {
    auto text = safe(failure.message) + whichOf(report, failure.position);
    if (failure.outcome == Outcome::Suppressed) text += fmt::format(" Let pass by {}.", safe(failure.suppressedBy));
    const auto& peer = report.content().peerAddress;
    if (!peer.empty()) text += fmt::format(" The peer is at {}.", printable(peer));
    return text;
}

Bytes certificateOf(const Report& report, std::size_t position) {
    if (position >= report.chain().size()) return report.content().received;
    const auto der = report.chain()[position].certificate.der();
    return {der.begin(), der.end()};
}

std::string hostNamesOf(const Report& report) {
    std::vector<std::string> names;
    for (const auto& each : report.content().hostNames) names.push_back(printable(each));
    return detail::listed(names);
}

// What a certificate says of its user and a client of itself: to be proved yet, but what the operator asks for.
void addClaims(AuditEvent& event, const Report& report) {
    const auto& content = report.content();
    if (content.role != Role::Server) return;
    if (content.applicationUri) event.clientApplicationUri = safe(*content.applicationUri);
    if (content.profile == Profile::User && !content.chain.empty()) {
        event.clientUserId = content.chain.front().certificate.subject().text();
    }
}

AuditEvent eventOf(const Report& report, const Finding& failure) {
    AuditEvent event{.type = stepInfo(failure.step).auditEvent,
                     .step = failure.step,
                     .position = failure.position,
                     .severity = severityOf(report, failure),
                     .message = messageOf(report, failure),
                     .statusCodeId = failure.status,
                     .status = isAccepted(report),
                     .suppressed = failure.outcome == Outcome::Suppressed,
                     .suppressedBy = safe(failure.suppressedBy),
                     .actionTimeStamp = report.content().judgedAt,
                     .certificate = certificateOf(report, failure.position)};
    addClaims(event, report);
    if (failure.step == Step::HostName) event.invalidHostname = hostNamesOf(report);
    if (failure.step == Step::Uri) event.invalidUri = safe(report.content().applicationUri.value_or(""));
    return event;
}

}  // namespace

std::span<const AuditEventTypeInfo> auditEventTypeTable() noexcept { return types; }

const AuditEventTypeInfo& auditEventTypeInfo(AuditEventType type) noexcept { return types[static_cast<std::size_t>(type)]; }

std::vector<AuditEvent> auditEvents(const Report& report) {
    std::vector<AuditEvent> events;
    for (const auto* each : failuresOf(report)) events.push_back(eventOf(report, *each));
    if (events.empty() && !isAccepted(report)) {
        events.push_back(eventOf(report, {.step = Step::Structure,
                                          .outcome = Outcome::Failed,
                                          .status = report.status(),
                                          .message = "The certificate was refused, and there is no account of why."}));
    }
    return events;
}

}  // namespace uatrust
