#pragma once

#include <uatrust/x509/certificate.hpp>

#include <openssl/x509.h>

namespace uatrust {

/// certificateFromX509() copies a certificate that OpenSSL has. BadInvalidArgument when it is null,
/// BadCertificateInvalid when uatrust would not have read it from DER either (Certificate::fromDer()).
[[nodiscard]] UATRUST_API Result<Certificate> certificateFromX509(const X509* certificate);

/// toX509() makes an X509 of its own, which the caller frees with X509_free(). Null only when memory is short.
[[nodiscard]] UATRUST_API X509* toX509(const Certificate& certificate) noexcept;

}  // namespace uatrust
