#pragma once

// OpenSSL's reading of the same octets, for the differential targets.

#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <string>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/clock.hpp>

namespace uatrust::fuzz {

template <auto Free>
struct Release {
    template <class T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Release<Free>>;

using CertificatePtr = Owned<X509, &X509_free>;
using CrlPtr = Owned<X509_CRL, &X509_CRL_free>;
using RequestPtr = Owned<X509_REQ, &X509_REQ_free>;
using KeyPtr = Owned<EVP_PKEY, &EVP_PKEY_free>;
using NumberPtr = Owned<BIGNUM, &BN_free>;

/// decoded() is what a d2i function makes of all of `der`; null when it refuses or leaves something over.
template <class Ptr, class D2i>
[[nodiscard]] Ptr decoded(D2i d2i, ByteView der) {
    const std::uint8_t* at = der.data();
    Ptr value{d2i(nullptr, &at, static_cast<long>(der.size()))};
    ERR_clear_error();
    return at == der.data() + der.size() ? std::move(value) : Ptr{};
}

[[nodiscard]] inline ByteView octetsOf(const ASN1_STRING* string) {
    return string == nullptr ? ByteView{} : ByteView{ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

[[nodiscard]] inline ByteView derOf(const X509_NAME* name) {
    const std::uint8_t* der = nullptr;
    std::size_t size = 0;
    return X509_NAME_get0_der(name, &der, &size) == 1 ? ByteView{der, size} : ByteView{};
}

[[nodiscard]] inline std::optional<Instant> instantOf(const ASN1_TIME* time) {
    using namespace std::chrono;
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    const year_month_day date{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon + 1)},
                              day{static_cast<unsigned>(parts.tm_mday)}};
    return sys_days{date} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
}

[[nodiscard]] inline std::string oidOf(const ASN1_OBJECT* object) {
    std::string text(static_cast<std::size_t>(std::max(0, OBJ_obj2txt(nullptr, 0, object, 1))) + 1, '\0');
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
    text.pop_back();
    return text;
}

/// sameNumber() compares a number of uatrust's, in hexadecimal, with one of OpenSSL's.
[[nodiscard]] inline bool sameNumber(const std::string& hex, const ASN1_INTEGER* integer) {
    BIGNUM* raw = nullptr;
    const bool read = BN_hex2bn(&raw, hex.c_str()) == static_cast<int>(hex.size());
    const NumberPtr ours{raw};
    const NumberPtr theirs{ASN1_INTEGER_to_BN(integer, nullptr)};
    return read && theirs && BN_cmp(ours.get(), theirs.get()) == 0;
}

/// Extension is one extension of a certificate, CRL or entry as OpenSSL decodes it.
template <class T, auto Free>
struct Extension {
    Owned<T, Free> value{};
    bool critical = false;
    bool absent = false;
};
template <class T, auto Free, class Get, class Holder>
[[nodiscard]] Extension<T, Free> extensionOf(Get get, const Holder* holder, int nid) {
    int critical = 0;
    Extension<T, Free> found{Owned<T, Free>{static_cast<T*>(get(holder, nid, &critical, nullptr))}, critical == 1, critical == -1};
    ERR_clear_error();
    return found;
}

}  // namespace uatrust::fuzz
