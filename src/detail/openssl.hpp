#pragma once

// The only place that owns OpenSSL handles and reads its error queue. Public headers never include it.

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/result.hpp>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace uatrust::detail {

template <auto Free>
struct Release {
    template <class T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};

inline void freeOpenSsl(void* memory) noexcept { OPENSSL_free(memory); }
inline void freeExtensions(STACK_OF(X509_EXTENSION) * extensions) noexcept {
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

using Asn1ObjectPtr = std::unique_ptr<ASN1_OBJECT, Release<&ASN1_OBJECT_free>>;
using BioPtr = std::unique_ptr<BIO, Release<&BIO_free_all>>;
using BignumPtr = std::unique_ptr<BIGNUM, Release<&BN_free>>;
using EcdsaSigPtr = std::unique_ptr<ECDSA_SIG, Release<&ECDSA_SIG_free>>;
using EvpMdCtxPtr = std::unique_ptr<EVP_MD_CTX, Release<&EVP_MD_CTX_free>>;
using EvpPkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Release<&EVP_PKEY_CTX_free>>;
using EvpPkeyPtr = std::unique_ptr<EVP_PKEY, Release<&EVP_PKEY_free>>;
using ExtensionStackPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), Release<&freeExtensions>>;
using OpenSslBuffer = std::unique_ptr<std::uint8_t, Release<&freeOpenSsl>>;
using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Release<&PKCS8_PRIV_KEY_INFO_free>>;
using X509CrlPtr = std::unique_ptr<X509_CRL, Release<&X509_CRL_free>>;
using X509ExtensionPtr = std::unique_ptr<X509_EXTENSION, Release<&X509_EXTENSION_free>>;
using X509NamePtr = std::unique_ptr<X509_NAME, Release<&X509_NAME_free>>;
using X509SigPtr = std::unique_ptr<X509_SIG, Release<&X509_SIG_free>>;
using X509Ptr = std::unique_ptr<X509, Release<&X509_free>>;
using X509ReqPtr = std::unique_ptr<X509_REQ, Release<&X509_REQ_free>>;

/// takeOpenSslErrors() empties this thread's error queue and returns its texts in one line, oldest first; "no
/// detail from OpenSSL" when it was empty.
[[nodiscard]] std::string takeOpenSslErrors();

/// opensslError() makes an Error of `message` followed by what the error queue says, and empties the queue.
[[nodiscard]] Error opensslError(StatusCode status, std::string message, std::string remedy = {});

/// ErrorQueueGuard drops the errors added in its scope: a failed attempt inside uatrust must
/// not leave errors behind that the host application then finds.
class ErrorQueueGuard {
public:
    ErrorQueueGuard() noexcept;
    ~ErrorQueueGuard();
    ErrorQueueGuard(const ErrorQueueGuard&) = delete;
    ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

/// Dates beyond a 64-bit count of seconds do not exist in X.509, so every well-formed ASN1_TIME converts.
[[nodiscard]] std::optional<std::int64_t> secondsSinceEpoch(const ASN1_TIME* time) noexcept;

/// toDer() calls an i2d function into a Bytes. Empty on failure.
template <class T, class I2d>
[[nodiscard]] Bytes toDer(I2d i2d, const T* object) {
    std::uint8_t* raw = nullptr;
    const int size = i2d(object, &raw);
    OpenSslBuffer owned{raw};
    return size > 0 ? Bytes(raw, raw + size) : Bytes{};
}

}  // namespace uatrust::detail
