#pragma once

#include <uatrust/crypto/key_pair_generator.hpp>
#include <uatrust/x509/certificate.hpp>

namespace uatrust {

/// Which sides of a connection an application takes; decides extendedKeyUsage (OPC 10000-6, 6.2.2).
enum class ApplicationRole : std::uint8_t { Client, Server, ClientAndServer };

/// ApplicationSubject is who an application is, from one place, so that its certificate, its
/// ApplicationDescription and its endpoints cannot disagree.
struct ApplicationSubject {
    DistinguishedName subject;
    std::string applicationUri{};          ///< exactly one, a URL or URN, unique for this instance
    std::vector<std::string> hostNames{};  ///< DNS names; a text that is an IP address goes into iPAddress
    ApplicationRole role = ApplicationRole::ClientAndServer;
};

/// CertificateBuilder makes self-signed application certificates exactly to the profile of OPC 10000-6, 6.2.2:
/// version 3, random 16-octet serial, keyUsage by key kind with keyCertSign (self-signed), extendedKeyUsage by role,
/// basicConstraints cA FALSE, subject and authority key identifiers, SAN with the URI first.
/// It is a value; set what differs from the defaults and call selfSigned().
class UATRUST_API CertificateBuilder {
public:
    explicit CertificateBuilder(ApplicationSubject subject);

    /// Default: one hour before now to five years after. Dates are UTC, in whole seconds.
    CertificateBuilder& validity(Instant notBefore, Instant notAfter) noexcept;
    /// Takes the time from `clock` instead of the system. The clock must outlive the builder.
    CertificateBuilder& clock(const Clock& clock) noexcept;

    /// Signs with the key's own private half: RSA and P-256 with SHA-256, P-384 with SHA-384, EdDSA with its own.
    /// BadInvalidArgument when the subject has no common name, the URI is empty or has other characters than visible
    /// ASCII, a host name is no DNS name or address, a server has no host name, or the dates are in the wrong order,
    /// before 1950 or after 9999. BadNotSupported for a kind of key that no SecurityPolicy uses; the key's own error when
    /// it cannot sign; BadSecurityChecksFailed when its signature does not verify with its own public key.
    [[nodiscard]] Result<Certificate> selfSigned(const PrivateKey& key) const;

private:
    ApplicationSubject subject_;
    std::optional<Instant> notBefore_{};
    std::optional<Instant> notAfter_{};
    const Clock* clock_;
};

}  // namespace uatrust
