#pragma once

#include <uatrust/core/clock.hpp>
#include <uatrust/crypto/security_policy.hpp>
#include <uatrust/x509/distinguished_name.hpp>

#include <array>
#include <compare>
#include <optional>

namespace uatrust {

/// CertificateId is the identity of a certificate: SHA-256 of its complete DER. Trust is decided on it.
struct CertificateId {
    std::array<std::uint8_t, 32> sha256{};
    friend auto operator<=>(const CertificateId&, const CertificateId&) = default;
    [[nodiscard]] std::string text() const { return toHex(sha256); }
};

/// Thumbprint is SHA-1 of the DER: a value on the wire and part of file names, never a basis for trust.
struct Thumbprint {
    std::array<std::uint8_t, 20> sha1{};
    friend auto operator<=>(const Thumbprint&, const Thumbprint&) = default;
    /// 40 upper-case hexadecimal digits, as in the file names of OPC 10000-12, Annex F.1.
    [[nodiscard]] std::string text() const { return toHex(sha1, HexCase::Upper); }
};

/// The bits of the keyUsage extension (RFC 5280, 4.2.1.3), numbered as there.
enum class KeyUsage : std::uint16_t {
    DigitalSignature = 1U << 0U,
    NonRepudiation = 1U << 1U,
    KeyEncipherment = 1U << 2U,
    DataEncipherment = 1U << 3U,
    KeyAgreement = 1U << 4U,
    KeyCertSign = 1U << 5U,
    CrlSign = 1U << 6U,
    EncipherOnly = 1U << 7U,
    DecipherOnly = 1U << 8U
};

/// KeyUsageSet is the content of one keyUsage extension.
struct KeyUsageSet {
    std::uint16_t bits = 0;
    bool critical = false;
    [[nodiscard]] bool has(KeyUsage usage) const noexcept { return (bits & static_cast<std::uint16_t>(usage)) != 0; }
    /// "digitalSignature, keyCertSign", with the names of RFC 5280.
    [[nodiscard]] UATRUST_API std::string text() const;
};

/// ExtendedKeyUsageSet is the content of one extKeyUsage extension.
struct ExtendedKeyUsageSet {
    std::vector<std::string> oids{};
    bool critical = false;
    [[nodiscard]] UATRUST_API bool has(std::string_view oid) const noexcept;
    [[nodiscard]] UATRUST_API std::string text() const;
};
inline constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
inline constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";

/// BasicConstraints is the content of one basicConstraints extension.
struct BasicConstraints {
    bool ca = false;
    std::optional<unsigned> pathLength{};
    bool critical = false;
};

/// CertificateSignatureAlgorithm is how a certificate or CRL was signed.
struct CertificateSignatureAlgorithm {
    SignatureFamily family = SignatureFamily::Other;
    HashAlgorithm hash = HashAlgorithm::Other;
    std::string name{};  ///< "RSA-SHA256", "ecdsa-with-SHA384", as OpenSSL spells it, or the dotted OID
};

/// Certificate is one X.509 certificate: immutable, cheap to copy, safe to share between threads. It keeps the DER
/// it was made from to the last octet and never re-encodes it.
///
/// A Certificate that exists is well-formed: version 3 or lower, an unambiguous encoding, no duplicate extensions,
/// the extensions below decode, dates are dates. Whether it is signed by whom it says, valid or trusted is not said.
///
/// A certificate out of a store's list has been read and is kept as its octets only: the first question about its content
/// decodes it anew, which throws std::bad_alloc when memory is short, and what it was decoded to stays from then on.
class UATRUST_API Certificate {
public:
    /// Largest DER accepted, in octets: several times the largest certificate seen in the field.
    static constexpr std::size_t kMaxSize = 65536;

    /// Reads exactly one DER certificate. BadCertificateInvalid, with the reason, for anything else, trailing
    /// octets included.
    [[nodiscard]] static Result<Certificate> fromDer(ByteView der);

    [[nodiscard]] ByteView der() const noexcept;
    [[nodiscard]] const CertificateId& id() const noexcept;
    [[nodiscard]] const Thumbprint& thumbprint() const noexcept;

    [[nodiscard]] unsigned version() const;  ///< 1, 2 or 3
    [[nodiscard]] const DistinguishedName& subject() const;
    [[nodiscard]] const DistinguishedName& issuer() const;
    /// Serial number as upper-case hexadecimal digits with a leading '-' when negative.
    [[nodiscard]] const std::string& serialNumber() const;
    /// Both ends belong to the validity period (RFC 5280, 4.1.2.5).
    [[nodiscard]] Instant notBefore() const;
    [[nodiscard]] Instant notAfter() const;
    [[nodiscard]] const PublicKey& publicKey() const;
    [[nodiscard]] const CertificateSignatureAlgorithm& signatureAlgorithm() const;

    [[nodiscard]] const std::optional<KeyUsageSet>& keyUsage() const;
    [[nodiscard]] const std::optional<ExtendedKeyUsageSet>& extendedKeyUsage() const;
    [[nodiscard]] const std::optional<BasicConstraints>& basicConstraints() const;
    /// Empty when the extension is absent.
    [[nodiscard]] ByteView subjectKeyIdentifier() const;
    /// The keyIdentifier of the authorityKeyIdentifier extension, empty when absent.
    [[nodiscard]] ByteView authorityKeyIdentifier() const;
    /// Dotted OIDs of critical extensions that uatrust does not evaluate (RFC 5280, 4.2: to be refused).
    [[nodiscard]] const std::vector<std::string>& unknownCriticalExtensions() const;

    /// Every uniformResourceIdentifier of the subjectAltName, in order, as it stands there. Peer-supplied: use
    /// printable() before showing it.
    [[nodiscard]] const std::vector<std::string>& uris() const;
    /// The first of uris(): the ApplicationUri of a conforming certificate; empty when there is none.
    [[nodiscard]] std::string_view applicationUri() const;
    [[nodiscard]] const std::vector<std::string>& dnsNames() const;
    /// Each 4 or 16 octets in network order (uatrust/core/endpoint_url.hpp reads and writes them).
    [[nodiscard]] const std::vector<std::vector<std::uint8_t>>& ipAddresses() const;

    /// Subject equals issuer: a root, a self-signed application certificate, or a key roll-over certificate.
    [[nodiscard]] bool isSelfIssued() const;
    /// Self-issued and its signature verifies with its own key.
    [[nodiscard]] bool isSelfSigned() const;
    /// basicConstraints with cA TRUE.
    [[nodiscard]] bool isCa() const;

    /// isSignedBy() verifies the signature with a key; nothing else is looked at. One public key operation; none when it has
    /// verified with this key before, as copies share what they know.
    [[nodiscard]] bool isSignedBy(const PublicKey& issuerKey) const;

    /// "CN=plc-7 [3F2A...]", for messages: subject and the first 8 digits of the thumbprint.
    [[nodiscard]] std::string describe() const;

    /// The same octets.
    friend bool operator==(const Certificate& a, const Certificate& b) noexcept { return a.id() == b.id(); }

    struct Data;
    explicit Certificate(std::shared_ptr<const Data> data) noexcept : data_{std::move(data)} {}
    [[nodiscard]] const Data& data() const noexcept { return *data_; }

private:
    std::shared_ptr<const Data> data_;
};

}  // namespace uatrust
