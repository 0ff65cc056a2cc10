#pragma once

#include <mutex>

#include <uatrust/x509/certificate.hpp>

#include "detail/openssl.hpp"
#include "x509/extensions.hpp"
#include "x509/signature_memory.hpp"

namespace uatrust {

/// What a Certificate shares among its copies. Written once by fromDer(), then only read; what is asked for rarely or
/// costs work is made at the first question, by whichever thread asks.
struct Certificate::Data {
    Bytes der;
    detail::SignedObject parts;  ///< views into `der`
    CertificateId id;
    Thumbprint thumbprint;

    unsigned version;
    std::string serialNumber;
    DistinguishedName issuer;
    DistinguishedName subject;
    Instant notBefore;
    Instant notAfter;
    PublicKey publicKey;
    CertificateSignatureAlgorithm signatureAlgorithm;
    detail::CertificateExtensions extensions;
    bool selfIssued;

    [[nodiscard]] bool isSelfSigned() const;

    /// The same certificate as OpenSSL has it, for what only OpenSSL can say (name constraints) and for the interop
    /// header. Made at the first call and shared: nobody may change it. Null only when memory is short.
    [[nodiscard]] X509* x509() const;

    struct Lazy {
        std::once_flag x509Once;
        detail::X509Ptr x509;
        detail::SignatureMemory signature;
    };
    mutable Lazy lazy{};
};

}  // namespace uatrust
