#include "x509/signed_object.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/key_data.hpp"
#include "x509/asn1.hpp"

namespace uatrust::detail {
namespace {

struct FamilyRow {
    int keyNid;
    SignatureFamily family;
};
constexpr std::array familyRows{FamilyRow{NID_rsaEncryption, SignatureFamily::RsaPkcs1}, FamilyRow{NID_rsassaPss, SignatureFamily::RsaPss},
                                FamilyRow{NID_X9_62_id_ecPublicKey, SignatureFamily::Ecdsa}, FamilyRow{NID_ED25519, SignatureFamily::EdDsa},
                                FamilyRow{NID_ED448, SignatureFamily::EdDsa}};

struct HashRow {
    int nid;
    HashAlgorithm hash;
};
constexpr std::array hashRows{HashRow{NID_md5, HashAlgorithm::Md5},       HashRow{NID_sha1, HashAlgorithm::Sha1},
                              HashRow{NID_sha224, HashAlgorithm::Sha224}, HashRow{NID_sha256, HashAlgorithm::Sha256},
                              HashRow{NID_sha384, HashAlgorithm::Sha384}, HashRow{NID_sha512, HashAlgorithm::Sha512}};

SignatureFamily familyOf(int keyNid) noexcept {
    const auto* row = std::find_if(familyRows.begin(), familyRows.end(), [=](const FamilyRow& r) { return r.keyNid == keyNid; });
    return row != familyRows.end() ? row->family : SignatureFamily::Other;
}

HashAlgorithm hashOf(int nid) noexcept {
    const auto* row = std::find_if(hashRows.begin(), hashRows.end(), [=](const HashRow& r) { return r.nid == nid; });
    return row != hashRows.end() ? row->hash : HashAlgorithm::Other;
}

// RFC 4055, 3.1: PSS has its hash in the parameters, and SHA-1 when it is not there.
HashAlgorithm pssHashOf(const X509_ALGOR* algorithm) {
    int type = V_ASN1_UNDEF;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE) return HashAlgorithm::Other;
    const auto parameters = decodeItem<RSA_PSS_PARAMS>(octetsOf(static_cast<const ASN1_STRING*>(value)), ASN1_ITEM_rptr(RSA_PSS_PARAMS));
    if (!parameters) return HashAlgorithm::Other;
    if (parameters->hashAlgorithm == nullptr) return HashAlgorithm::Sha1;
    const ASN1_OBJECT* hash = nullptr;
    X509_ALGOR_get0(&hash, nullptr, nullptr, parameters->hashAlgorithm);
    return hashOf(OBJ_obj2nid(hash));
}

HashAlgorithm hashOf(SignatureFamily family, int hashNid, const X509_ALGOR* algorithm) {
    if (family == SignatureFamily::EdDsa) return HashAlgorithm::None;
    return family == SignatureFamily::RsaPss ? pssHashOf(algorithm) : hashOf(hashNid);
}

using Asn1TypePtr = std::unique_ptr<ASN1_TYPE, Release<&ASN1_TYPE_free>>;
using BitStringPtr = std::unique_ptr<ASN1_BIT_STRING, Release<&ASN1_BIT_STRING_free>>;

// An element that OpenSSL writes out again octet for octet.
Asn1TypePtr verbatim(ByteView element) {
    ASN1_STRING* octets = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
    Asn1TypePtr any{ASN1_TYPE_new()};
    if (octets == nullptr || !any || ASN1_STRING_set(octets, element.data(), static_cast<int>(element.size())) != 1) {
        ASN1_STRING_free(octets);
        return {};
    }
    ASN1_TYPE_set(any.get(), V_ASN1_SEQUENCE, octets);
    return any;
}

BitStringPtr bitString(ByteView octets) {
    BitStringPtr bits{ASN1_BIT_STRING_new()};
    if (!bits || ASN1_BIT_STRING_set(bits.get(), const_cast<std::uint8_t*>(octets.data()), static_cast<int>(octets.size())) != 1) return {};
    return bits;
}

Item<X509_ALGOR> decodeAlgorithm(ByteView der) { return decodeItem<X509_ALGOR>(der, ASN1_ITEM_rptr(X509_ALGOR)); }

}  // namespace

Result<SignedObject> readSignedObject(ByteView der, std::string_view what, std::size_t maxSize) {
    if (der.size() > maxSize) return malformed(what, fmt::format("it has {} octets, more than the {} that are read", der.size(), maxSize));
    DerReader outer{der};
    const auto sequence = outer.next(derSequence);
    if (!sequence) return malformed(what, "it does not begin with a complete DER SEQUENCE");
    if (!outer.atEnd()) return malformed(what, "something follows behind its end");

    DerReader reader{sequence->content};
    const auto toBeSigned = reader.next(derSequence);
    const auto algorithm = reader.next(derSequence);
    const auto signature = reader.next(derBitString);
    if (!toBeSigned || !algorithm || !signature || !reader.atEnd()) {
        return malformed(what, "it does not consist of contents, signature algorithm and signature");
    }
    // Every signature is a whole number of octets: the first content octet, the count of unused bits, is zero.
    if (signature->content.empty() || signature->content[0] != 0) return malformed(what, "its signature is no whole number of octets");
    return SignedObject{toBeSigned->whole, toBeSigned->content, algorithm->whole, signature->content.subspan(1)};
}

std::optional<CertificateSignatureAlgorithm> readSignatureAlgorithm(ByteView algorithmIdentifier) {
    const ErrorQueueGuard guard;
    const auto algorithm = decodeAlgorithm(algorithmIdentifier);
    if (!algorithm) return std::nullopt;
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm.get());
    const int nid = OBJ_obj2nid(object);

    CertificateSignatureAlgorithm result;
    result.name = nid == NID_undef ? oidText(object) : OBJ_nid2sn(nid);
    int hashNid = NID_undef;
    int keyNid = NID_undef;
    if (OBJ_find_sigid_algs(nid, &hashNid, &keyNid) != 1) return result;
    result.family = familyOf(keyNid);
    result.hash = hashOf(result.family, hashNid, algorithm.get());
    return result;
}

bool verifySignedObject(const SignedObject& object, const PublicKey& key) {
    const ErrorQueueGuard guard;
    EVP_PKEY* handle = key.data().handle.get();
    if (handle == nullptr) return false;
    const auto algorithm = decodeAlgorithm(object.algorithm);
    const auto signature = bitString(object.signature);
    const auto content = verbatim(object.toBeSigned);
    if (!algorithm || !signature || !content) return false;
    return ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), algorithm.get(), signature.get(), content.get(), handle) == 1;
}

}  // namespace uatrust::detail
