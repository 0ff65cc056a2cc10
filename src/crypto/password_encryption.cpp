#include "crypto/password_encryption.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

using Pbe2Ptr = std::unique_ptr<PBE2PARAM, Release<&PBE2PARAM_free>>;
using PbePtr = std::unique_ptr<PBEPARAM, Release<&PBEPARAM_free>>;
using Pbkdf2Ptr = std::unique_ptr<PBKDF2PARAM, Release<&PBKDF2PARAM_free>>;

// PBMAC1 (RFC 9579), which OpenSSL has a number for from 3.4 on only.
constexpr std::string_view pbmac1 = "1.2.840.113549.1.5.14";
// The largest key that any cipher or HMAC is given. Versions of OpenSSL 3.4 to 3.6 have overflowed beyond (CVE-2025-11187).
constexpr std::uint64_t maxKeyLength = 64;

constexpr std::array pbes1{NID_pbe_WithSHA1And128BitRC4,
                           NID_pbe_WithSHA1And40BitRC4,
                           NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
                           NID_pbe_WithSHA1And2_Key_TripleDES_CBC,
                           NID_pbe_WithSHA1And128BitRC2_CBC,
                           NID_pbe_WithSHA1And40BitRC2_CBC,
                           NID_pbeWithMD5AndDES_CBC,
                           NID_pbeWithMD5AndRC2_CBC,
                           NID_pbeWithSHA1AndDES_CBC,
                           NID_pbeWithSHA1AndRC2_CBC};
constexpr std::array onlyDefault{NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And2_Key_TripleDES_CBC};
constexpr std::array legacyCiphers{NID_rc2_cbc, NID_rc2_40_cbc, NID_rc2_64_cbc, NID_rc4, NID_rc4_40, NID_des_cbc, NID_rc5_cbc};

template <class List>
bool isOneOf(int nid, const List& list) {
    return std::find(list.begin(), list.end(), nid) != list.end();
}

int nidOf(const X509_ALGOR& algorithm) { return OBJ_obj2nid(algorithm.algorithm); }

std::string numberOf(const X509_ALGOR& algorithm) {
    std::array<char, 128> text{};
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), algorithm.algorithm, 1);
    return text.data();
}

Error notKnown(const X509_ALGOR& algorithm) {
    return {StatusCode::BadNotSupported, fmt::format("Its protection is not known, or damaged (algorithm {}).", numberOf(algorithm)),
            "export it again with AES-256 and PBKDF2"};
}

template <class T>
T* unpack(const ASN1_ITEM* item, const X509_ALGOR& algorithm) {
    const auto* parameter = algorithm.parameter;
    if (parameter == nullptr || parameter->type != V_ASN1_SEQUENCE) return nullptr;
    return static_cast<T*>(ASN1_TYPE_unpack_sequence(item, parameter));
}

// Nothing for a number that is no count.
std::optional<std::uint64_t> countOf(const ASN1_INTEGER* number) {
    std::uint64_t count = 0;
    if (number == nullptr || ASN1_INTEGER_get_uint64(&count, number) != 1 || count == 0) return std::nullopt;
    return count;
}

std::optional<std::uint64_t> pbes1Cost(const X509_ALGOR& algorithm) {
    const PbePtr parameters{unpack<PBEPARAM>(ASN1_ITEM_rptr(PBEPARAM), algorithm)};
    const auto count = parameters ? countOf(parameters->iter) : std::nullopt;
    if (!count || *count > std::numeric_limits<std::uint64_t>::max() / 2) return count;
    return 2 * *count;  // once for the key and once for the initialization vector
}

std::optional<std::uint64_t> pbkdf2Cost(const X509_ALGOR& algorithm) {
    const Pbkdf2Ptr parameters{unpack<PBKDF2PARAM>(ASN1_ITEM_rptr(PBKDF2PARAM), algorithm)};
    if (!parameters || parameters->salt == nullptr || parameters->salt->type != V_ASN1_OCTET_STRING) return std::nullopt;
    if (parameters->keylength != nullptr && countOf(parameters->keylength).value_or(maxKeyLength + 1) > maxKeyLength) return std::nullopt;
    const auto count = countOf(parameters->iter);
    if (!count || *count > std::numeric_limits<std::uint64_t>::max() / 2) return count;
    return 2 * *count;  // 32 octets of key from the 20 of SHA-1
}

#ifndef OPENSSL_NO_SCRYPT
using ScryptPtr = std::unique_ptr<SCRYPT_PARAMS, Release<&SCRYPT_PARAMS_free>>;

std::optional<std::uint64_t> scryptCost(const X509_ALGOR& algorithm) {
    const ScryptPtr parameters{unpack<SCRYPT_PARAMS>(ASN1_ITEM_rptr(SCRYPT_PARAMS), algorithm)};
    if (!parameters) return std::nullopt;
    std::uint64_t cost = 1;
    for (const auto* number : {parameters->costParameter, parameters->blockSize, parameters->parallelizationParameter}) {
        const auto count = countOf(number);
        if (!count) return std::nullopt;
        cost = *count > std::numeric_limits<std::uint64_t>::max() / cost ? std::numeric_limits<std::uint64_t>::max() : cost * *count;
    }
    return cost;
}
#else
std::optional<std::uint64_t> scryptCost(const X509_ALGOR&) { return std::nullopt; }
#endif

// PBMAC1 has the same two parts, a MAC in the place of the cipher.
std::optional<std::uint64_t> pbes2Cost(const X509_ALGOR& algorithm) {
    const Pbe2Ptr parameters{unpack<PBE2PARAM>(ASN1_ITEM_rptr(PBE2PARAM), algorithm)};
    if (!parameters || parameters->keyfunc == nullptr) return std::nullopt;
    const auto& derivation = *parameters->keyfunc;
    if (nidOf(derivation) == NID_id_pbkdf2) return pbkdf2Cost(derivation);
    return nidOf(derivation) == NID_id_scrypt ? scryptCost(derivation) : std::nullopt;
}

}  // namespace

Result<std::uint64_t> derivationCost(const X509_ALGOR& algorithm) {
    const ErrorQueueGuard guard;
    std::optional<std::uint64_t> cost;
    if (isOneOf(nidOf(algorithm), pbes1)) cost = pbes1Cost(algorithm);
    if (nidOf(algorithm) == NID_pbes2 || numberOf(algorithm) == pbmac1) cost = pbes2Cost(algorithm);
    return cost ? Result<std::uint64_t>{*cost} : notKnown(algorithm);
}

bool needsLegacy(const X509_ALGOR& algorithm) {
    const int nid = nidOf(algorithm);
    if (isOneOf(nid, pbes1)) return !isOneOf(nid, onlyDefault);
    if (nid != NID_pbes2) return false;
    const Pbe2Ptr parameters{unpack<PBE2PARAM>(ASN1_ITEM_rptr(PBE2PARAM), algorithm)};
    return parameters && parameters->encryption != nullptr && isOneOf(nidOf(*parameters->encryption), legacyCiphers);
}

Result<OSSL_LIB_CTX*> LegacyLibrary::get() {
    if (default_ && legacy_) return library_.get();
    const ErrorQueueGuard guard;
    library_.reset(OSSL_LIB_CTX_new());
    if (library_) default_.reset(OSSL_PROVIDER_load(library_.get(), "default"));
    if (library_) legacy_.reset(OSSL_PROVIDER_load(library_.get(), "legacy"));
    if (default_ && legacy_) return library_.get();
    return Error{
        StatusCode::BadNotSupported,
        "It is encrypted with an outdated cipher (RC2, RC4 or DES), and OpenSSL's legacy provider, which has it, is not installed.",
        "export it again with AES-256, or install the legacy provider of OpenSSL (Debian: openssl-provider-legacy)"};
}

}  // namespace uatrust::detail
