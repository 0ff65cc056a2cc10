#pragma once

#include <uatrust/x509/certificate.hpp>

namespace uatrust {

/// RevokedEntry is what a CRL says about one serial number.
struct RevokedEntry {
    Instant revokedAt{};
    std::string reason{};  ///< "keyCompromise" and so on (RFC 5280, 5.3.1), empty when not given
};

/// Crl is one certificate revocation list: immutable, cheap to copy, safe to share between threads.
/// Look-ups take the same time for a list of any length.
class UATRUST_API Crl {
public:
    /// Largest DER accepted, in octets: room for half a million entries.
    static constexpr std::size_t kMaxSize = 32U << 20U;

    /// Reads exactly one DER CertificateList. BadCertificateInvalid, with the reason, for anything else.
    [[nodiscard]] static Result<Crl> fromDer(ByteView der);

    [[nodiscard]] ByteView der() const noexcept;
    /// SHA-256 of the DER.
    [[nodiscard]] const CertificateId& id() const noexcept;
    [[nodiscard]] const Thumbprint& thumbprint() const noexcept;
    [[nodiscard]] const DistinguishedName& issuer() const noexcept;
    [[nodiscard]] Instant thisUpdate() const noexcept;
    /// Absent in lists that promise no date of their successor.
    [[nodiscard]] std::optional<Instant> nextUpdate() const noexcept;
    /// cRLNumber as hexadecimal digits without leading zeros, empty when absent.
    [[nodiscard]] const std::string& number() const noexcept;
    [[nodiscard]] ByteView authorityKeyIdentifier() const noexcept;
    [[nodiscard]] const CertificateSignatureAlgorithm& signatureAlgorithm() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept;

    /// Why this list does not speak for all certificates of its issuer: a delta, an indirect or a partitioned list,
    /// or critical extensions that uatrust does not evaluate. Empty for a complete list.
    [[nodiscard]] const std::string& incompleteBecause() const noexcept;

    /// find() looks a certificate's serial number (Certificate::serialNumber()) up; nothing when it is not listed.
    /// A serial means something only together with the issuer: the caller has compared that. An entry counts whatever
    /// its reason is; one that takes another back (removeFromCRL) has a meaning in delta lists only.
    [[nodiscard]] std::optional<RevokedEntry> find(std::string_view serialNumber) const;

    /// isSignedBy() verifies the signature with a key. One public key operation over the whole list; none when it has
    /// verified with this key before, as copies share what they know.
    [[nodiscard]] bool isSignedBy(const PublicKey& issuerKey) const;

    struct Data;
    explicit Crl(std::shared_ptr<const Data> data) noexcept : data_{std::move(data)} {}

private:
    std::shared_ptr<const Data> data_;
};

}  // namespace uatrust
