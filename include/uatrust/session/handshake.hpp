#pragma once

#include <uatrust/validation/validator.hpp>

namespace uatrust {

/// MessageSecurityMode (OPC 10000-4, 7.20) with its values on the wire.
enum class MessageSecurityMode : std::uint8_t { Invalid = 0, None = 1, Sign = 2, SignAndEncrypt = 3 };

/// SignatureData (OPC 10000-4, 7.37): `algorithm` is the URI of the policy, empty for ECC policies.
struct SignatureData {
    std::string algorithm{};
    Bytes signature{};
};

/// The checks of OpenSecureChannel, CreateSession and ActivateSession besides the judgement of certificates.
enum class HandshakeCheck : std::uint8_t {
    SecurityPolicyOffered,  ///< the policy is known, enabled and that of the channel
    SecurityModeOffered,
    CertificatePresent,    ///< a certificate where the security mode demands one
    ReceiverThumbprint,    ///< the peer means our certificate
    SameCertificate,       ///< leaf equal to that of the channel, the endpoint or the session
    CertificateTrusted,    ///< the judgement by OPC 10000-4, 6.1.3; its report is beside
    Nonce,                 ///< length and single use
    ApplicationSignature,  ///< server's or client's signature over certificate and nonce
    EndpointsUnchanged,    ///< client: the endpoints of the session are those of discovery
    SessionBinding,        ///< the activation comes over the right channel
    UserToken,             ///< well-formed, of an offered kind, and trusted
    UserSignature
};

[[nodiscard]] UATRUST_API std::string_view handshakeCheckName(HandshakeCheck check) noexcept;

/// HandshakeFinding is the outcome of one check. Texts are for the log and the operator, never for the peer.
struct HandshakeFinding {
    HandshakeCheck check;
    Outcome outcome = Outcome::Passed;
    StatusCode status = StatusCode::Good;
    std::string message{};
    std::string remedy{};
};

/// HandshakeReport is the complete account of one message of the handshake.
struct HandshakeReport {
    std::string message{};  ///< "CreateSession", and so on
    Role role = Role::Server;
    std::vector<HandshakeFinding> findings{};     ///< in the order the checks were made; NotReached behind a failure
    std::shared_ptr<const Report> certificate{};  ///< of the peer's application certificate, when it was judged
    std::shared_ptr<const Report> userCertificate{};

    /// The first failed finding, null when all passed.
    [[nodiscard]] UATRUST_API const HandshakeFinding* decisive() const noexcept;
};

/// HandshakeVerdict is the answer to one message: whether it is accepted, what the peer may be told, and the report
/// that only the log may hold.
class UATRUST_API HandshakeVerdict {
public:
    /// Accepted only if at least one finding exists and none failed.
    explicit HandshakeVerdict(HandshakeReport report) noexcept : report_{std::move(report)} {}
    [[nodiscard]] bool accepted() const noexcept;
    /// Good, or the status of the decisive finding, for this side's log and operator.
    [[nodiscard]] StatusCode status() const noexcept;
    /// What the peer may be told. A client tells its server nothing: for Role::Client it is status().
    [[nodiscard]] StatusCode statusForPeer() const noexcept;
    [[nodiscard]] const HandshakeReport& report() const noexcept { return report_; }

private:
    HandshakeReport report_;
};

/// explain() and summarize() for a handshake: the checks, and the certificate's report below them.
[[nodiscard]] UATRUST_API std::string explain(const HandshakeReport& report);
[[nodiscard]] UATRUST_API std::string summarize(const HandshakeReport& report);

/// Session nonces are 32 to 128 octets (OPC 10000-4, 5.7.2).
inline constexpr std::size_t kMinSessionNonce = 32;
inline constexpr std::size_t kMaxSessionNonce = 128;

}  // namespace uatrust
