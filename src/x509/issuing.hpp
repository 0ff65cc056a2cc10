#pragma once

#include <uatrust/x509/certificate_builder.hpp>

// What all certificates that we sign have in common, our own and those that a CA issues (RFC 5280, 4.1).

namespace uatrust::detail {

/// A peer whose clock is a little behind should not find what is new not yet valid.
constexpr std::chrono::hours kBackDating{1};

struct Validity {
    Instant notBefore;
    Instant notAfter;
};
/// checkedValidity() refuses what no certificate or list can say: dates in the wrong order, before 1950 or after 9999.
[[nodiscard]] Result<Validity> checkedValidity(const Validity& validity);

/// derExtension() is an Extension with its OCTET STRING around `value`.
[[nodiscard]] Bytes derExtension(std::string_view oid, bool critical, ByteView value);

/// keyIdentifier() is SHA-1 of the bits of a key (RFC 5280, 4.2.1.2, method 1), as everybody does it.
[[nodiscard]] Bytes keyIdentifier(const PublicKey& key);

/// The extensions that say whose certificate it is and who has signed it. `pathLength` only with `ca`.
[[nodiscard]] Bytes basicConstraintsExtension(bool ca, std::uint8_t pathLength = 0);
[[nodiscard]] Bytes subjectKeyExtension(const PublicKey& key);
[[nodiscard]] Bytes authorityKeyExtension(ByteView identifier);
[[nodiscard]] Bytes keyUsageExtension(std::uint16_t bits);

/// CertificateForm is what is written into a certificate. The views are complete DER Names.
struct CertificateForm {
    ByteView issuer{};
    ByteView subject{};
    Validity validity{};
    std::vector<Bytes> extensions{};
};

/// signCertificate() makes a certificate of version 3 with a random serial number and reads it back: what comes out is what
/// everybody else will read, signed by a key that may be on a device.
[[nodiscard]] Result<Certificate> signCertificate(const CertificateForm& form, const PublicKey& key, const PrivateKey& signer);

/// notVerified() is the error for a signature that the signer's own public key does not verify.
[[nodiscard]] Error notVerified();

}  // namespace uatrust::detail
