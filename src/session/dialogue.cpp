#include "session/dialogue.hpp"

#include <fmt/format.h>

namespace uatrust::detail {

HandshakeFinding passed(std::string message) { return {{}, Outcome::Passed, StatusCode::Good, std::move(message), {}}; }

HandshakeFinding failed(StatusCode status, std::string message, std::string remedy) {
    return {{}, Outcome::Failed, status, std::move(message), std::move(remedy)};
}

HandshakeFinding notApplicable(std::string message) { return {{}, Outcome::NotApplicable, StatusCode::Good, std::move(message), {}}; }

HandshakeFinding internalError(std::string_view what) {
    return failed(StatusCode::BadInternalError, fmt::format("The check could not be made: {}.", printable(what)),
                  "This is a fault of this application, not of the peer: report it with this message.");
}

HandshakeFinding Dialogue::judge(const CertificateValidator& validator, const ValidationRequest& request) {
    const Verdict verdict = validator.validate(request);
    report_.certificate = verdict.sharedReport();
    trusted_ = verdict.trusted();
    if (verdict.accepted()) return passed(fmt::format("{} is accepted.", verdict.trusted()->certificate().describe()));
    const Finding* decisive = verdict.report().decisive();
    if (decisive == nullptr) return failed(verdict.status(), "The certificate could not be judged.", "See the log of this application.");
    return failed(verdict.status(), decisive->message, decisive->remedy);
}

void Dialogue::add(HandshakeCheck which, HandshakeFinding finding) {
    finding.check = which;
    failed_ = failed_ || finding.outcome == Outcome::Failed;
    report_.findings.push_back(std::move(finding));
}

}  // namespace uatrust::detail
