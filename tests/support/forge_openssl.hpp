#pragma once

// The chain forge's own handling of OpenSSL: for its source files only.

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "support/forge.hpp"

namespace uatrust::test::forge {

template <auto Free>
struct Release {
    template <class T>
    void operator()(T* handle) const {
        Free(handle);
    }
};
inline void freeGeneralNames(GENERAL_NAMES* names) { sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free); }
inline void freeExtensions(STACK_OF(X509_EXTENSION) * list) { sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free); }
inline void freeOids(EXTENDED_KEY_USAGE* oids) { sk_ASN1_OBJECT_pop_free(oids, ASN1_OBJECT_free); }

using BioPtr = std::unique_ptr<BIO, Release<&BIO_free_all>>;
using NamePtr = std::unique_ptr<X509_NAME, Release<&X509_NAME_free>>;
using CertPtr = std::unique_ptr<X509, Release<&X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, Release<&X509_CRL_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Release<&X509_REQ_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, Release<&ASN1_TIME_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Release<&ASN1_INTEGER_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Release<&ASN1_OBJECT_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, Release<&ASN1_OCTET_STRING_free>>;
using BitsPtr = std::unique_ptr<ASN1_BIT_STRING, Release<&ASN1_BIT_STRING_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Release<&BN_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Release<&EVP_MD_CTX_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Release<&X509_EXTENSION_free>>;

[[noreturn]] inline void fail(const std::string& what) {
    std::array<char, 256> why{};
    ERR_error_string_n(ERR_get_error(), why.data(), why.size());
    throw std::runtime_error{"the chain forge cannot " + what + ": " + why.data()};
}
inline void must(bool done, const char* what) {
    if (!done) fail(what);
}

template <class T, class I2d>
Bytes encode(I2d i2d, const T* object, const char* what) {
    std::uint8_t* raw = nullptr;
    const int size = i2d(object, &raw);
    if (size < 0) fail(what);
    Bytes out(raw, raw + size);
    OPENSSL_free(raw);
    return out;
}

inline int length(std::size_t size) { return static_cast<int>(size); }

// Parts that certificates and CRLs share; in forge.cpp.
[[nodiscard]] TimePtr timeOf(Instant at);
[[nodiscard]] IntegerPtr serialOf(const std::string& hex);
[[nodiscard]] NamePtr nameOf(const std::string& org, const std::string& cn, int type);
[[nodiscard]] CertPtr parse(const Bytes& der);
[[nodiscard]] ExtensionPtr extension(const RawExtension& raw);
[[nodiscard]] Bytes authorityKeyIdentifier(const Bytes& keyId);
[[nodiscard]] Bytes issuerKeyIdentifier(const ForgedCert& issuer);
[[nodiscard]] DigestPtr signer(EVP_PKEY* key, const std::string& hash, bool pss);

}  // namespace uatrust::test::forge
