#pragma once

#include <exception>
#include <utility>

#include <uatrust/session/handshake.hpp>

namespace uatrust::detail {

[[nodiscard]] HandshakeFinding passed(std::string message);
[[nodiscard]] HandshakeFinding failed(StatusCode status, std::string message, std::string remedy);
[[nodiscard]] HandshakeFinding notApplicable(std::string message);
[[nodiscard]] HandshakeFinding internalError(std::string_view what);

/// Dialogue makes the report of one message: it runs one check after the other until one fails. A check that throws has
/// failed.
class Dialogue {
public:
    Dialogue(std::string message, Role role) {
        report_.message = std::move(message);
        report_.role = role;
    }

    /// unsecured() says that SecurityMode None is in force: certificates, nonces and signatures count for nothing.
    void unsecured() noexcept { unsecured_ = true; }

    template <class Run>
    void check(HandshakeCheck which, Run run) {
        add(which, failed_ ? HandshakeFinding{which, Outcome::NotReached, StatusCode::Good, {}, {}} : guarded(std::move(run)));
    }

    /// checkSecured() is for what concerns secured channels only.
    template <class Run>
    void checkSecured(HandshakeCheck which, Run run) {
        check(which, [&] { return unsecured_ ? notApplicable("SecurityMode None is in force.") : run(); });
    }

    /// judge() has `validator` judge a certificate and keeps its report beside the findings.
    [[nodiscard]] HandshakeFinding judge(const CertificateValidator& validator, const ValidationRequest& request);

    /// The certificate that judge() accepted; empty before.
    [[nodiscard]] const std::optional<TrustedCertificate>& trusted() const noexcept { return trusted_; }

    void userReport(std::shared_ptr<const Report> report) noexcept { report_.userCertificate = std::move(report); }

    [[nodiscard]] HandshakeReport take() noexcept { return std::move(report_); }

private:
    template <class Run>
    static HandshakeFinding guarded(Run run) {
        try {
            return run();
        } catch (const std::exception& error) {
            return internalError(error.what());
        } catch (...) {
            return internalError("unknown");
        }
    }

    void add(HandshakeCheck which, HandshakeFinding finding);

    HandshakeReport report_{};
    std::optional<TrustedCertificate> trusted_{};
    bool failed_ = false;
    bool unsecured_ = false;
};

/// orRefuse() runs what answers a message; when not even a report could be made, the answer is one without findings,
/// which accepts nothing.
template <class Out, class Run>
[[nodiscard]] Out orRefuse(Run run) noexcept {
    try {
        return run();
    } catch (...) {
        return Out{HandshakeReport{}};
    }
}

/// orError() does the same for calls that return a Result.
template <class Run>
[[nodiscard]] auto orError(Run run) noexcept -> decltype(run()) {
    try {
        return run();
    } catch (...) {
        return Error{};
    }
}

}  // namespace uatrust::detail
