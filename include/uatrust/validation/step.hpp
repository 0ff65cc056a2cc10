#pragma once

#include <uatrust/core/status_code.hpp>

#include <span>

namespace uatrust {

/// The steps of OPC 10000-4, 6.1.3, Table "Certificate validation steps", in its order, which is also the order in
/// which failures outrank each other.
enum class Step : std::uint8_t {
    Structure,            ///< the encoding and the mandatory fields
    BuildChain,           ///< an issuer for every certificate, up to a self-signed root
    Signature,            ///< every signature verifies with the issuer's key
    SecurityPolicyCheck,  ///< key kind, key length and signature algorithm fit the SecurityPolicy
    TrustList,            ///< the certificate or a CA of its chain is in the trusted list
    ValidityPeriod,       ///< now lies between notBefore and notAfter
    HostName,             ///< client only: the host of the URL is in the server's certificate
    Uri,                  ///< the ApplicationUri is in the certificate
    CertificateUsage,     ///< keyUsage, extendedKeyUsage, basicConstraints and name constraints allow the purpose
    FindRevocationList,   ///< a current CRL of every CA of the chain
    RevocationCheck       ///< the certificate is not on it
};

/// What an audit event is raised for (OPC 10000-4, 6.1.3; OPC 10000-5, 6.4.12 to 6.4.18).
enum class AuditEventType : std::uint8_t {
    CertificateInvalid,
    CertificateUntrusted,
    CertificateExpired,
    CertificateDataMismatch,
    CertificateMismatch,
    CertificateRevoked
};

/// StepInfo is one row of the table.
struct StepInfo {
    Step step;
    std::string_view name;    ///< "Trust List Check", as the specification has it
    StatusCode leafStatus;    ///< when the peer's own certificate fails
    StatusCode issuerStatus;  ///< when a CA of its chain fails
    bool suppressible;        ///< whether the specification lets an administrator suppress it
    AuditEventType auditEvent;
    bool toldToPeer;  ///< whether a server tells its client this status; else it says BadSecurityChecksFailed
};

/// stepTable() lists the eleven rows in order.
[[nodiscard]] UATRUST_API std::span<const StepInfo> stepTable() noexcept;
[[nodiscard]] UATRUST_API const StepInfo& stepInfo(Step step) noexcept;

/// suppressibleStep() is the step that an administrator suppresses with this status; null when the status is not
/// one of a suppressible step.
[[nodiscard]] UATRUST_API const StepInfo* suppressibleStep(StatusCode status) noexcept;

/// Which side judges: it decides what applies (host names are for clients) and who learns what.
enum class Role : std::uint8_t {
    Server,  ///< a server judging a client's certificate
    Client   ///< a client judging a server's certificate
};

/// statusForPeer() is what a server may tell the client of a verdict (OPC 10000-4, 6.1.3 and OPC 10000-6, 6.7.7):
/// the reasons behind structure, chain, signature, policy, trust and revocation become BadSecurityChecksFailed. A
/// client tells nothing to the peer and may show everything to its user: for Role::Client the status is unchanged.
[[nodiscard]] UATRUST_API StatusCode statusForPeer(StatusCode status, Role judge) noexcept;

}  // namespace uatrust
