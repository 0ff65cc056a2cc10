#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include <uatrust/crypto/key.hpp>

#include "crypto/der_reader.hpp"
#include "crypto/key_data.hpp"
#include "crypto/key_table.hpp"

// Decodes by algorithm instead of calling d2i_PUBKEY: OpenSSL 3 looks for a decoder first, and that costs a hundred
// times more than decoding an RSA key and several times more than checking a signature with it.

namespace uatrust {
namespace {

using namespace detail;

// RSA with 16384 bits needs 2 kB; what is longer than this is not handed to OpenSSL's decoders.
constexpr std::size_t maxDecodedSize = 8192;
constexpr std::size_t maxObjectIdentifierSize = 64;
constexpr std::size_t maxPointSize = 1 + 2 * 48;  // uncompressed, on a curve of 384 bits
constexpr unsigned maxRsaBits = 16384;
constexpr unsigned minRsaBits = 512;
constexpr unsigned maxRsaExponentBits = 64;

/// SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), split but not understood yet.
struct SubjectPublicKeyInfo {
    Asn1ObjectPtr algorithm;
    std::optional<DerElement> parameters;
    ByteView key;
};

// Writing a number of thousands of digits as text takes OpenSSL quadratic time; real identifiers have a dozen octets.
Asn1ObjectPtr readObjectIdentifier(const DerElement& element) {
    if (element.content.size() > maxObjectIdentifierSize) return {};
    const std::uint8_t* at = element.whole.data();
    return Asn1ObjectPtr{d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(element.whole.size()))};
}

bool readAlgorithm(ByteView content, SubjectPublicKeyInfo& info) {
    DerReader reader{content};
    const auto oid = reader.next(derObjectIdentifier);
    if (!oid) return false;
    info.algorithm = readObjectIdentifier(*oid);
    info.parameters = reader.next();
    return info.algorithm != nullptr && reader.atEnd();
}

std::optional<SubjectPublicKeyInfo> readSubjectPublicKeyInfo(ByteView der) {
    DerReader outer{der};
    const auto sequence = outer.next(derSequence);
    if (!sequence || !outer.atEnd()) return std::nullopt;
    DerReader reader{sequence->content};
    const auto algorithm = reader.next(derSequence);
    const auto key = reader.next(derBitString);
    if (!algorithm || !key || !reader.atEnd()) return std::nullopt;
    // Keys are whole octets: the first content octet, the count of unused bits, is zero.
    if (key->content.empty() || key->content[0] != 0) return std::nullopt;
    SubjectPublicKeyInfo info{};
    info.key = key->content.subspan(1);
    if (!readAlgorithm(algorithm->content, info)) return std::nullopt;
    return info;
}

std::string nameOf(const ASN1_OBJECT* object) {
    std::array<char, 128> text{};
    const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 0);
    return size > 0 ? std::string{text.data()} : "no name";
}

// ---- RSA -------------------------------------------------------------------------------------------------------

ByteView withoutLeadingZeros(ByteView number) noexcept {
    while (!number.empty() && number.front() == 0) number = number.subspan(1);
    return number;
}

std::size_t bitsOf(ByteView number) noexcept {
    return number.empty() ? 0 : number.size() * 8 - static_cast<std::size_t>(std::countl_zero(number.front()));
}

bool isOdd(ByteView number) noexcept { return !number.empty() && (number.back() & 1U) != 0; }

struct RsaNumbers {
    ByteView modulus;
    ByteView exponent;
};

std::optional<RsaNumbers> readRsaNumbers(ByteView key) noexcept {
    DerReader outer{key};
    const auto sequence = outer.next(derSequence);
    if (!sequence || !outer.atEnd()) return std::nullopt;
    DerReader reader{sequence->content};
    const auto modulus = reader.next(derInteger);
    const auto exponent = reader.next(derInteger);
    if (!modulus || !exponent || !reader.atEnd()) return std::nullopt;
    return RsaNumbers{withoutLeadingZeros(modulus->content), withoutLeadingZeros(exponent->content)};
}

// A peer chooses these numbers, and using them costs time that grows with the cube of their length.
bool isUsable(const RsaNumbers& rsa) noexcept {
    const std::size_t bits = bitsOf(rsa.modulus);
    const std::size_t exponentBits = bitsOf(rsa.exponent);
    return bits >= minRsaBits && bits <= maxRsaBits && isOdd(rsa.modulus) && exponentBits >= 2 && exponentBits <= maxRsaExponentBits &&
           isOdd(rsa.exponent);
}

bool decodeRsa(const SubjectPublicKeyInfo& info, PublicKey::Data& data) {
    // RFC 3279, 2.3.1: the parameters are NULL; some encoders leave them out.
    if (info.parameters && info.parameters->tag != derNull) return false;
    const auto rsa = readRsaNumbers(info.key);
    if (!rsa) return false;
    data.bits = static_cast<unsigned>(std::min<std::size_t>(bitsOf(rsa->modulus), UINT32_MAX));
    if (!isUsable(*rsa) || info.key.size() > maxDecodedSize) {
        data.otherKind = fmt::format("RSA {} with a modulus or an exponent out of bounds", data.bits);
        return true;
    }
    const std::uint8_t* at = info.key.data();
    data.handle.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(info.key.size())));
    data.algorithm = KeyAlgorithm::Rsa;
    return data.handle != nullptr;
}

// ---- elliptic curves -------------------------------------------------------------------------------------------

// SEC 1, 2.3.3: compressed or uncompressed. OpenSSL also takes the point at infinity, under which signatures can be
// forged, and a hybrid form that RFC 5480 forbids.
bool isPointForm(ByteView point) noexcept {
    return !point.empty() && point.size() <= maxPointSize && point.front() >= 2 && point.front() <= 4;
}

EvpPkeyPtr decodeCurvePoint(const char* group, ByteView point) {
    // OSSL_PARAM has no const form; building a key only reads them.
    std::string name{group};
    Bytes octets{point.begin(), point.end()};
    const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name.data(), 0),
                                OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
                                OSSL_PARAM_construct_end()};
    const EvpPkeyCtxPtr context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return {};
    if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters.data())) != 1) return {};
    return EvpPkeyPtr{key};
}

const KeyAlgorithmRow* rowOfNid(int nid) noexcept {
    const auto rows = keyAlgorithmRows();
    const auto row = std::find_if(rows.begin(), rows.end(), [nid](const KeyAlgorithmRow& r) { return r.nid == nid; });
    return row != rows.end() && nid != NID_undef ? &*row : nullptr;
}

void decodeOther(ByteView der, std::string kind, PublicKey::Data& data) {
    data.otherKind = std::move(kind);
    if (der.size() > maxDecodedSize) return;
    const std::uint8_t* at = der.data();
    data.handle.reset(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    if (data.handle) data.bits = static_cast<unsigned>(std::max(0, EVP_PKEY_get_bits(data.handle.get())));
}

bool decodeEc(const SubjectPublicKeyInfo& info, ByteView der, PublicKey::Data& data) {
    if (!info.parameters) return false;
    if (info.parameters->tag != derObjectIdentifier) {
        // RFC 5480, 2.1.1: only named curves. A curve of the peer's own making is never handed to OpenSSL.
        data.otherKind = "an elliptic curve that is not a named one";
        return true;
    }
    const auto curve = readObjectIdentifier(*info.parameters);
    if (!curve) return false;
    const auto* row = rowOfNid(OBJ_obj2nid(curve.get()));
    if (row == nullptr || row->family != KeyFamily::Ec) {
        decodeOther(der, nameOf(curve.get()), data);
        return true;
    }
    data.algorithm = row->algorithm;
    data.bits = row->bits;
    if (isPointForm(info.key)) data.handle = decodeCurvePoint(row->openSslName, info.key);
    return data.handle != nullptr;
}

bool decodeEdwards(const SubjectPublicKeyInfo& info, const KeyAlgorithmRow& row, PublicKey::Data& data) {
    // RFC 8410, 3: no parameters.
    if (info.parameters) return false;
    data.algorithm = row.algorithm;
    data.bits = row.bits;
    data.handle.reset(EVP_PKEY_new_raw_public_key(row.nid, nullptr, info.key.data(), info.key.size()));
    return data.handle != nullptr;
}

bool decode(const SubjectPublicKeyInfo& info, ByteView der, PublicKey::Data& data) {
    const int nid = OBJ_obj2nid(info.algorithm.get());
    if (nid == NID_rsaEncryption) return decodeRsa(info, data);
    if (nid == NID_X9_62_id_ecPublicKey) return decodeEc(info, der, data);
    const auto* row = rowOfNid(nid);
    if (row != nullptr && (row->family == KeyFamily::Ed25519 || row->family == KeyFamily::Ed448)) return decodeEdwards(info, *row, data);
    decodeOther(der, nameOf(info.algorithm.get()), data);
    return true;
}

}  // namespace

Result<PublicKey> PublicKey::fromDer(ByteView subjectPublicKeyInfo) {
    const ErrorQueueGuard guard;
    const auto info = readSubjectPublicKeyInfo(subjectPublicKeyInfo);
    if (!info) {
        return Error{StatusCode::BadCertificateInvalid, "The public key is not a SubjectPublicKeyInfo in DER.",
                     "the certificate or key file is damaged: have it issued or exported again"};
    }
    auto data = std::make_shared<Data>();
    if (!decode(*info, subjectPublicKeyInfo, *data)) {
        return Error{StatusCode::BadCertificateInvalid,
                     fmt::format("The public key says it is {}, but its contents are not.", nameOf(info->algorithm.get())),
                     "the certificate or key file is damaged: have it issued or exported again"};
    }
    data->der.assign(subjectPublicKeyInfo.begin(), subjectPublicKeyInfo.end());
    return PublicKey{std::move(data)};
}

}  // namespace uatrust
