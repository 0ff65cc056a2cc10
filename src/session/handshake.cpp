#include <uatrust/session/handshake.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <uatrust/validation/explain.hpp>

namespace uatrust {
namespace {

constexpr std::size_t kMaxText = 4096;

struct CheckRow {
    HandshakeCheck check;
    std::string_view name;
};

constexpr std::array kChecks = {
    CheckRow{HandshakeCheck::SecurityPolicyOffered, "SecurityPolicy offered"},
    CheckRow{HandshakeCheck::SecurityModeOffered, "SecurityMode offered"},
    CheckRow{HandshakeCheck::CertificatePresent, "Certificate present"},
    CheckRow{HandshakeCheck::ReceiverThumbprint, "Receiver thumbprint"},
    CheckRow{HandshakeCheck::SameCertificate, "Same certificate"},
    CheckRow{HandshakeCheck::CertificateTrusted, "Certificate trusted"},
    CheckRow{HandshakeCheck::Nonce, "Nonce"},
    CheckRow{HandshakeCheck::ApplicationSignature, "Application signature"},
    CheckRow{HandshakeCheck::EndpointsUnchanged, "Endpoints unchanged"},
    CheckRow{HandshakeCheck::SessionBinding, "Session binding"},
    CheckRow{HandshakeCheck::UserToken, "User token"},
    CheckRow{HandshakeCheck::UserSignature, "User signature"},
};

StatusCode statusOf(const HandshakeReport& report) noexcept {
    // Without a single finding nothing has been checked: the report could not even be made.
    if (report.findings.empty()) return StatusCode::BadInternalError;
    const auto* decisive = report.decisive();
    if (decisive == nullptr) return StatusCode::Good;
    return isBad(decisive->status) ? decisive->status : StatusCode::BadSecurityChecksFailed;
}

StatusCode toldOf(const HandshakeReport& report) noexcept {
    const auto* decisive = report.decisive();
    if (decisive == nullptr || decisive->check != HandshakeCheck::CertificateTrusted) return statusOf(report);
    return statusForPeer(statusOf(report), report.role);
}

std::string_view peerOf(const HandshakeReport& report) noexcept { return report.role == Role::Server ? "client" : "server"; }

// Messages of a judgement quote the certificate, and with it the peer.
std::string safe(std::string_view text) { return printable(text, kMaxText); }

std::string headline(const HandshakeReport& report) {
    const auto status = statusOf(report);
    if (status == StatusCode::Good) return fmt::format("{}: the {} is accepted", report.message, peerOf(report));
    std::string text = fmt::format("{}: the {} is refused with {}", report.message, peerOf(report), statusName(status));
    if (toldOf(report) != status) text += fmt::format(", and told {}", statusName(toldOf(report)));
    return text;
}

std::string line(const HandshakeFinding& finding) {
    std::string text = fmt::format("  {:<22} {}", handshakeCheckName(finding.check), outcomeName(finding.outcome));
    if (finding.outcome == Outcome::Failed) text += fmt::format(" ({})", statusName(finding.status));
    if (!finding.message.empty()) text += fmt::format(": {}", safe(finding.message));
    return text + '\n';
}

std::string section(std::string_view title, const std::shared_ptr<const Report>& report) {
    return report ? fmt::format("\n{}\n{}", title, explain(*report)) : std::string{};
}

}  // namespace

std::string_view handshakeCheckName(HandshakeCheck check) noexcept {
    const auto row = std::find_if(kChecks.begin(), kChecks.end(), [check](const CheckRow& r) { return r.check == check; });
    return row != kChecks.end() ? row->name : std::string_view{"unknown"};
}

const HandshakeFinding* HandshakeReport::decisive() const noexcept {
    const auto failure =
        std::find_if(findings.begin(), findings.end(), [](const HandshakeFinding& f) { return f.outcome == Outcome::Failed; });
    return failure != findings.end() ? &*failure : nullptr;
}

bool HandshakeVerdict::accepted() const noexcept { return statusOf(report_) == StatusCode::Good; }
StatusCode HandshakeVerdict::status() const noexcept { return statusOf(report_); }
StatusCode HandshakeVerdict::statusForPeer() const noexcept { return toldOf(report_); }

std::string explain(const HandshakeReport& report) {
    std::string text = headline(report) + '\n';
    if (const auto* decisive = report.decisive()) {
        text += fmt::format("Reason: {}\nWhat to do: {}\n", safe(decisive->message), safe(decisive->remedy));
    }
    text += "Checks:\n";
    for (const auto& finding : report.findings) text += line(finding);
    text += section(fmt::format("Certificate of the {}:", peerOf(report)), report.certificate);
    text += section("Certificate of the user:", report.userCertificate);
    return text;
}

std::string summarize(const HandshakeReport& report) {
    const auto* decisive = report.decisive();
    std::string text = headline(report);
    if (decisive != nullptr) text += fmt::format(": {} What to do: {}", safe(decisive->message), safe(decisive->remedy));
    // A refusal by the judgement of the certificate has said who it is already.
    const bool said = decisive != nullptr && decisive->check == HandshakeCheck::CertificateTrusted;
    return report.certificate && !said ? fmt::format("{} | {}", text, summarize(*report.certificate)) : text;
}

}  // namespace uatrust
