#pragma once

#include <uatrust/x509/certificate_request.hpp>
#include <uatrust/x509/crl.hpp>

#include <span>

namespace uatrust {

/// requestedSubject() is who asks, in the form in which an operator confirms it: subject, the one ApplicationUri, host names and
/// addresses, and the sides that the extendedKeyUsage names; without one both sides, or Client when there is no host name.
/// BadCertificateUriInvalid when the request has no ApplicationUri or more than one.
[[nodiscard]] UATRUST_API Result<ApplicationSubject> requestedSubject(const CertificateRequest& request);

/// AuthorityTerms is what a new CA is to be.
struct AuthorityTerms {
    DistinguishedName name;       ///< with a common name; should have an organisation (OPC 10000-6, 6.2.4)
    Instant at{};                 ///< now; the certificate begins an hour earlier
    Instant notAfter{};           ///< its last second
    std::uint8_t pathLength = 0;  ///< how many CAs may be below it, one under the other
};

/// IssueTerms is what an operator has decided about a request.
struct IssueTerms {
    ApplicationSubject confirmed;  ///< who it is, from another source than the request where that matters; and which sides it takes
    Instant at{};                  ///< now; the certificate begins an hour earlier, but not before the CA's
    Instant notAfter{};            ///< its last second, at most the CA's
    /// Issued in spite of departures from OPC 10000-6, 6.2.2 that come from the request: no organisation, say.
    bool takeDepartures = false;
};

/// Why a certificate is revoked, numbered as in RFC 5280, 5.3.1. Holding a certificate for a while (certificateHold,
/// removeFromCRL) is left out: OPC UA knows only for good.
enum class RevocationReason : std::uint8_t {
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10
};

/// revocationReasonName() is "keyCompromise" and so on, as RFC 5280 spells it and RevokedEntry has it; revocationReasonFromName()
/// finds it again.
[[nodiscard]] UATRUST_API std::string_view revocationReasonName(RevocationReason reason) noexcept;
[[nodiscard]] UATRUST_API std::optional<RevocationReason> revocationReasonFromName(std::string_view name) noexcept;

/// Revocation is one line of a CRL.
struct Revocation {
    std::string serialNumber{};  ///< Certificate::serialNumber()
    Instant at{};
    RevocationReason reason = RevocationReason::Unspecified;
};

/// CrlTerms is what a new CRL is to be. It is in force from an hour before `at`, for peers whose clocks are behind, but always after
/// the one before it: readers go by number and date.
struct CrlTerms {
    std::uint64_t number = 0;         ///< one more than that of the list before; from 1
    Instant at{};                     ///< now
    Instant nextUpdate{};             ///< when it ends; peers refuse all that the CA has issued from then on
    std::optional<Instant> before{};  ///< thisUpdate of the list before
};

/// CertificateAuthority is a CA's certificate with its key: it issues application certificates and makes CRLs. An immutable value,
/// cheap to copy, safe to use from several threads at once. It remembers nothing: which serial numbers it has given and revoked,
/// and which number its last CRL has, is for the caller to keep, and to keep others from doing at the same time.
///
/// It signs as CertificateBuilder does, and what it signs is read back and verified before it is given away.
class UATRUST_API CertificateAuthority {
public:
    /// Makes a self-signed CA certificate exactly to the profile of OPC 10000-6, 6.2.4: cA TRUE with a pathLenConstraint,
    /// keyCertSign and cRLSign, both critical; subject and authority key identifiers; random 16-octet serial.
    /// BadInvalidArgument when the name has no common name or the dates are impossible; else as CertificateBuilder::selfSigned().
    [[nodiscard]] static Result<CertificateAuthority> create(const AuthorityTerms& terms, PrivateKey key);

    /// Takes up a CA that is there, self-signed or issued by another one. BadCertificateIssuerUseNotAllowed when the certificate may
    /// not issue certificates and CRLs, BadSecurityChecksFailed when the key is another one's.
    [[nodiscard]] static Result<CertificateAuthority> open(Certificate certificate, PrivateKey key);

    [[nodiscard]] const Certificate& certificate() const noexcept { return certificate_; }

    /// issue() makes an application certificate to the profile of OPC 10000-6, 6.2.2: key usages by kind of key and role whatever the
    /// request asks for, cA FALSE, the subject and names of the request. Requests for CAs get an application certificate as well.
    /// BadRequestNotAllowed when the request is not for what was confirmed (subject, ApplicationUri, host names: the same ones,
    /// in any order), is named like the CA, or is for its key; BadCertificatePolicyCheckFailed when no SecurityPolicy takes the
    /// key with this CA's signature, or when it is longer than the CA's (OPC 10000-6, 6.1); BadCertificateInvalid for other departures from
    /// the profile; BadOutOfRange when it would not end within the CA's validity or that is over; BadCertificateUriInvalid as
    /// requestedSubject(); BadInvalidArgument for what could not stand in a certificate; the key's own error when it cannot sign.
    [[nodiscard]] Result<Certificate> issue(const CertificateRequest& request, const IssueTerms& terms) const;

    /// makeCrl() makes a complete CRL, version 2, with cRLNumber and authorityKeyIdentifier (OPC 10000-6, 6.2.5). An entry keeps its
    /// place for good: there is no taking back. BadInvalidArgument for the number 0, a serial number that is none or stands twice,
    /// or dates in the wrong order; BadEncodingLimitsExceeded above Crl::kMaxSize; the key's own error when it cannot sign.
    [[nodiscard]] Result<Crl> makeCrl(std::span<const Revocation> revoked, const CrlTerms& terms) const;

private:
    CertificateAuthority(Certificate certificate, PrivateKey key) : certificate_{std::move(certificate)}, key_{std::move(key)} {}
    [[nodiscard]] Result<void> mayIssue(const CertificateRequest& request, const IssueTerms& terms) const;
    [[nodiscard]] Bytes ownIdentifier() const;

    Certificate certificate_;
    PrivateKey key_;
};

}  // namespace uatrust
