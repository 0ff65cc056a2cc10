#pragma once

#include <uatrust/x509/certificate.hpp>

namespace uatrust::detail {

/// CertificateExtensions is what uatrust reads out of the extensions of a certificate or a request.
struct CertificateExtensions {
    std::optional<KeyUsageSet> keyUsage{};
    std::optional<ExtendedKeyUsageSet> extendedKeyUsage{};
    std::optional<BasicConstraints> basicConstraints{};
    Bytes subjectKeyIdentifier{};
    Bytes authorityKeyIdentifier{};
    std::vector<std::string> uris{};
    std::vector<std::string> dnsNames{};
    std::vector<std::vector<std::uint8_t>> ipAddresses{};
    bool hasNameConstraints = false;
    bool hasPolicies = false;
    bool hasPolicyConstraints = false;
    std::optional<std::uint64_t> requireExplicitPolicy{};  ///< of policyConstraints: the number of certificates to skip
    std::vector<std::string> unknownCritical{};
};

/// readCertificateExtensions() reads the content of a SEQUENCE OF Extension. Every extension that uatrust evaluates
/// must decode, and none may stand there twice (RFC 5280, 4.2). `what` names the whole in the error.
[[nodiscard]] Result<CertificateExtensions> readCertificateExtensions(ByteView content, std::string_view what);

/// RawExtension is one Extension, taken apart in place.
struct RawExtension {
    ByteView oid{};  ///< content of the OBJECT IDENTIFIER
    bool critical = false;
    ByteView value{};
};

/// readExtensionList() takes a SEQUENCE OF Extension apart: certificates, CRLs and CRL entries have the same one.
[[nodiscard]] Result<std::vector<RawExtension>> readExtensionList(ByteView content, std::string_view what);

/// readAuthorityKeyIdentifier() reads the value of an authorityKeyIdentifier: its keyIdentifier, empty when it has none;
/// nothing when the value does not decode.
[[nodiscard]] std::optional<Bytes> readAuthorityKeyIdentifier(ByteView value);

}  // namespace uatrust::detail
