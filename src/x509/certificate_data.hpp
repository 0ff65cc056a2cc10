#pragma once

#include <atomic>
#include <mutex>

#include <uatrust/x509/certificate.hpp>

#include "detail/openssl.hpp"
#include "x509/extensions.hpp"
#include "x509/signature_memory.hpp"

namespace uatrust {
namespace detail {

/// CertificateDetails is a certificate taken apart: several times as large as its octets, most of it the key and the names
/// as OpenSSL has them. Written once, then only read; what is asked for rarely or costs work is made at the first question,
/// by whichever thread asks.
struct CertificateDetails {
    ByteView der;
    SignedObject parts;  ///< views into `der`

    unsigned version;
    std::string serialNumber;
    DistinguishedName issuer;
    DistinguishedName subject;
    Instant notBefore;
    Instant notAfter;
    PublicKey publicKey;
    CertificateSignatureAlgorithm signatureAlgorithm;
    CertificateExtensions extensions;
    bool selfIssued;

    [[nodiscard]] bool isSelfSigned() const;
    [[nodiscard]] X509* x509() const;

    struct Lazy {
        std::once_flag x509Once;
        X509Ptr x509;
        SignatureMemory signature;
    };
    mutable Lazy lazy{};
};

/// LookUpHashes are what a certificate is found by in a table without being decoded: equal values have equal hashes, and
/// whoever finds something compares the values. They are few octets, since a trust list holds many of them.
struct LookUpHashes {
    std::size_t subject = 0;  ///< DistinguishedName::hash()
    std::uint32_t applicationUri = 0;
    std::uint32_t publicKey = 0;
    std::uint32_t keyIdentifier = 0;
    std::uint32_t commonName = 0;
};

/// shortHash() is that of a text or of octets.
[[nodiscard]] std::uint32_t shortHash(ByteView octets) noexcept;

/// compacted() is the same certificate, of which no more is kept than its octets until somebody asks for more. For what
/// holds many certificates of which few are looked at.
[[nodiscard]] Certificate compacted(const Certificate& certificate);

}  // namespace detail

/// What a Certificate shares among its copies. A Certificate that exists has been decoded once, so it can be again.
struct Certificate::Data {
    Data(Bytes octets, const CertificateId& identity, const Thumbprint& print, const detail::LookUpHashes& lookUp,
         std::unique_ptr<const detail::CertificateDetails> decoded) noexcept
        : der{std::move(octets)}, id{identity}, thumbprint{print}, hashes{lookUp}, details_{decoded.release()} {}
    ~Data() { delete details_.load(std::memory_order_acquire); }
    Data(const Data&) = delete;
    Data& operator=(const Data&) = delete;

    /// Decodes at the first question and keeps it. Throws std::bad_alloc when memory is short.
    [[nodiscard]] const detail::CertificateDetails& details() const {
        const auto* known = details_.load(std::memory_order_acquire);
        return known != nullptr ? *known : decodeAgain();
    }

    /// The same certificate as OpenSSL has it, for what only OpenSSL can say (name constraints) and for the interop
    /// header. Made at the first call and shared: nobody may change it. Null only when memory is short.
    [[nodiscard]] X509* x509() const { return details().x509(); }

    const Bytes der;
    const CertificateId id;
    const Thumbprint thumbprint;
    const detail::LookUpHashes hashes;

private:
    [[nodiscard]] const detail::CertificateDetails& decodeAgain() const;

    mutable std::atomic<const detail::CertificateDetails*> details_;
};

}  // namespace uatrust
