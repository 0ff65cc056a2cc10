#pragma once

#include <uatrust/session/server_handshake.hpp>

#include "session/dialogue.hpp"

namespace uatrust::detail {

/// UserCheck is the X.509 user of one ActivateSession (OPC 10000-4, 5.7.3 and 7.41.5): the checks, one after the other,
/// and what is known of the user afterwards. The references live as long as the call.
class UserCheck {
public:
    UserCheck(const ApplicationIdentity& own, const ServerHandshakeOptions& options, const SessionSecurity& session,
              const ActivateSessionIn& in) noexcept
        : own_{&own}, options_{&options}, session_{&session}, in_{&in} {}

    /// Offered, well-formed, the one that the session is bound to, and trusted: HandshakeCheck::UserToken. The report of
    /// its certificate goes into `dialogue`.
    [[nodiscard]] HandshakeFinding checkToken(Dialogue& dialogue);

    /// The signature over our certificate and the server's nonce: HandshakeCheck::UserSignature.
    [[nodiscard]] HandshakeFinding checkSignature() const;

    /// Writes the user into the session's next state, or none.
    void record(SessionSecurity& next) const;

private:
    [[nodiscard]] HandshakeFinding checkPolicy();
    [[nodiscard]] HandshakeFinding checkKept() const;

    const ApplicationIdentity* own_;
    const ServerHandshakeOptions* options_;
    const SessionSecurity* session_;
    const ActivateSessionIn* in_;
    const SecurityPolicy* policy_ = nullptr;
    std::optional<TrustedCertificate> user_{};
};

/// judgeUser() has the certificate of an X.509 user judged, and says which user token status that is.
[[nodiscard]] HandshakeFinding judgeUser(Dialogue& dialogue, const CertificateValidator* users, ByteView certificate,
                                         const SecurityPolicy* policy, const SessionSecurity& session,
                                         std::optional<TrustedCertificate>& user);

}  // namespace uatrust::detail
