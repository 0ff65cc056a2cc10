// What Certificate reads, OpenSSL reads too, and means the same by every field.

#include "fuzz.hpp"
#include "known_keys.hpp"
#include "openssl_view.hpp"

#include <algorithm>

#include <uatrust/interop/openssl.hpp>
#include <uatrust/x509/certificate.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

namespace {

void compareHead(const Certificate& ours, X509* theirs) {
    require(ours.version() == static_cast<unsigned>(X509_get_version(theirs) + 1), "the same version");
    require(sameNumber(ours.serialNumber(), X509_get0_serialNumber(theirs)), "the same serial number");
    require(equalBytes(ours.subject().der(), derOf(X509_get_subject_name(theirs))), "the same subject");
    require(equalBytes(ours.issuer().der(), derOf(X509_get_issuer_name(theirs))), "the same issuer");
    require(ours.notBefore() == instantOf(X509_get0_notBefore(theirs)), "the same notBefore");
    require(ours.notAfter() == instantOf(X509_get0_notAfter(theirs)), "the same notAfter");
    const bool selfIssued = X509_NAME_cmp(X509_get_subject_name(theirs), X509_get_issuer_name(theirs)) == 0;
    require(ours.isSelfIssued() == selfIssued, "self-issued or not");
}

// Keys that no SecurityPolicy uses may be unknown to us: they verify nothing then.
void compareKey(const Certificate& ours, X509* theirs) {
    const auto& key = ours.publicKey();
    EVP_PKEY* theirKey = X509_get0_pubkey(theirs);
    const bool verifies = theirKey != nullptr && X509_verify(theirs, theirKey) == 1;
    ERR_clear_error();
    require(verifies || !ours.isSignedBy(key), "a signature that verifies, verifies for OpenSSL");
    if (key.algorithm() == KeyAlgorithm::Other) return;
    require(theirKey != nullptr, "OpenSSL decodes the key");
    require(ours.isSignedBy(key) == verifies, "the signature verifies or not");
    const bool edwards = key.algorithm() == KeyAlgorithm::Ed25519 || key.algorithm() == KeyAlgorithm::Ed448;
    require(edwards || static_cast<int>(key.bits()) == EVP_PKEY_get_bits(theirKey), "the same length of the key");
    const KeyPtr handle{toEvp(key)};
    require(handle && EVP_PKEY_eq(handle.get(), theirKey) == 1, "the same key");
}

void compareKeyUsage(const Certificate& ours, const X509* theirs) {
    const auto usage = extensionOf<ASN1_BIT_STRING, &ASN1_BIT_STRING_free>(&X509_get_ext_d2i, theirs, NID_key_usage);
    require(ours.keyUsage().has_value() == (usage.value != nullptr) && ours.keyUsage().has_value() == !usage.absent, "keyUsage or none");
    if (!ours.keyUsage()) return;
    require(ours.keyUsage()->critical == usage.critical, "keyUsage critical or not");
    for (int bit = 0; bit < 9; ++bit) {
        const bool set = ASN1_BIT_STRING_get_bit(usage.value.get(), bit) == 1;
        require(((ours.keyUsage()->bits >> bit & 1) != 0) == set, "the same keyUsage");
    }
}

void freeObjects(STACK_OF(ASN1_OBJECT) * objects) { sk_ASN1_OBJECT_pop_free(objects, ASN1_OBJECT_free); }

void compareExtendedKeyUsage(const Certificate& ours, const X509* theirs) {
    const auto usage = extensionOf<STACK_OF(ASN1_OBJECT), &freeObjects>(&X509_get_ext_d2i, theirs, NID_ext_key_usage);
    const auto& own = ours.extendedKeyUsage();
    require(own.has_value() == (usage.value != nullptr) && own.has_value() == !usage.absent, "extKeyUsage or none");
    if (!own) return;
    require(own->critical == usage.critical, "extKeyUsage critical or not");
    require(static_cast<int>(own->oids.size()) == sk_ASN1_OBJECT_num(usage.value.get()), "as many purposes");
    for (int i = 0; i < sk_ASN1_OBJECT_num(usage.value.get()); ++i) {
        require(own->oids[static_cast<std::size_t>(i)] == oidOf(sk_ASN1_OBJECT_value(usage.value.get(), i)), "the same purposes");
    }
}

void compareBasicConstraints(const Certificate& ours, const X509* theirs) {
    const auto constraints = extensionOf<BASIC_CONSTRAINTS, &BASIC_CONSTRAINTS_free>(&X509_get_ext_d2i, theirs, NID_basic_constraints);
    const auto& own = ours.basicConstraints();
    require(own.has_value() == (constraints.value != nullptr) && own.has_value() == !constraints.absent, "basicConstraints or none");
    if (!own) return;
    require(own->critical == constraints.critical && own->ca == (constraints.value->ca != 0), "the same cA");
    const auto* length = constraints.value->pathlen;
    require(own->pathLength.has_value() == (length != nullptr), "pathLenConstraint or none");
    if (own->pathLength) require(std::int64_t{*own->pathLength} == ASN1_INTEGER_get(length), "the same pathLenConstraint");
}

struct Names {
    std::vector<std::string> uris{};
    std::vector<std::string> dns{};
    std::vector<Bytes> addresses{};
};

Names namesIn(const GENERAL_NAMES* list) {
    Names names;
    for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
        int type = 0;
        const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(list, i), &type));
        if (type == GEN_URI) names.uris.emplace_back(asText(octetsOf(value)));
        if (type == GEN_DNS) names.dns.emplace_back(asText(octetsOf(value)));
        if (type == GEN_IPADD) names.addresses.emplace_back(octetsOf(value).begin(), octetsOf(value).end());
    }
    return names;
}

void compareNames(const Certificate& ours, const X509* theirs) {
    const auto list = extensionOf<GENERAL_NAMES, &GENERAL_NAMES_free>(&X509_get_ext_d2i, theirs, NID_subject_alt_name);
    require((list.value != nullptr) == !list.absent, "subjectAltName decodes for OpenSSL");
    const auto names = list.value ? namesIn(list.value.get()) : Names{};
    require(ours.uris() == names.uris, "the same URIs");
    require(ours.dnsNames() == names.dns, "the same host names");
    require(ours.ipAddresses() == names.addresses, "the same addresses");
}

void compareIdentifiers(const Certificate& ours, const X509* theirs) {
    const auto subject = extensionOf<ASN1_OCTET_STRING, &ASN1_OCTET_STRING_free>(&X509_get_ext_d2i, theirs, NID_subject_key_identifier);
    const auto issuer = extensionOf<AUTHORITY_KEYID, &AUTHORITY_KEYID_free>(&X509_get_ext_d2i, theirs, NID_authority_key_identifier);
    require((subject.value != nullptr) == !subject.absent && (issuer.value != nullptr) == !issuer.absent, "identifiers decode for OpenSSL");
    require(equalBytes(ours.subjectKeyIdentifier(), octetsOf(subject.value.get())), "the same subjectKeyIdentifier");
    const auto* keyId = issuer.value ? issuer.value->keyid : nullptr;
    require(equalBytes(ours.authorityKeyIdentifier(), octetsOf(keyId)), "the same authorityKeyIdentifier");
}

void compareSignature(ByteView der) {
    const auto signedAgain = signAgain(der, 3);
    const auto ours = Certificate::fromDer(signedAgain);
    if (!ours) return;  // it had no signature of that length, and the new one took the place of something else
    const auto theirs = decoded<CertificatePtr>(&d2i_X509, signedAgain);
    require(theirs != nullptr, "d2i_X509 reads it too");
    const bool verifies = X509_verify(theirs.get(), knownKey(3)) == 1;
    ERR_clear_error();
    require(ours->isSignedBy(knownPublicKey(3)) == verifies, "the signature verifies or not");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView der{data, size};
    const auto ours = Certificate::fromDer(der);
    if (!ours) return 0;
    const auto theirs = decoded<CertificatePtr>(&d2i_X509, der);
    require(theirs != nullptr, "d2i_X509 reads it too");
    compareHead(*ours, theirs.get());
    compareKey(*ours, theirs.get());
    compareKeyUsage(*ours, theirs.get());
    compareExtendedKeyUsage(*ours, theirs.get());
    compareBasicConstraints(*ours, theirs.get());
    compareNames(*ours, theirs.get());
    compareIdentifiers(*ours, theirs.get());
    compareSignature(der);
    return 0;
}
