#pragma once

#include <uatrust/x509/certificate_builder.hpp>

namespace uatrust {

/// CertificateRequest is a PKCS#10 request (RFC 2986) with the extensions that an OPC UA application certificate
/// needs (OPC 10000-12, 7.10.10): SAN, key usage and extended key usage. Immutable, cheap to copy.
class UATRUST_API CertificateRequest {
public:
    /// Makes a request, signed by the key it is for. Errors as CertificateBuilder::selfSigned().
    [[nodiscard]] static Result<CertificateRequest> make(const ApplicationSubject& subject, const PrivateKey& key);

    /// Reads exactly one DER request and verifies its own signature. BadCertificateInvalid otherwise.
    [[nodiscard]] static Result<CertificateRequest> fromDer(ByteView der);

    [[nodiscard]] ByteView der() const noexcept;
    [[nodiscard]] const DistinguishedName& subject() const noexcept;
    [[nodiscard]] const PublicKey& publicKey() const noexcept;
    [[nodiscard]] const std::vector<std::string>& uris() const noexcept;
    [[nodiscard]] const std::vector<std::string>& dnsNames() const noexcept;
    [[nodiscard]] const std::vector<std::vector<std::uint8_t>>& ipAddresses() const noexcept;
    [[nodiscard]] const std::optional<KeyUsageSet>& keyUsage() const noexcept;
    [[nodiscard]] const std::optional<ExtendedKeyUsageSet>& extendedKeyUsage() const noexcept;

    struct Data;
    explicit CertificateRequest(std::shared_ptr<const Data> data) noexcept : data_{std::move(data)} {}

private:
    std::shared_ptr<const Data> data_;
};

}  // namespace uatrust
