#include "support/forge.hpp"
#include "support/forge_openssl.hpp"

namespace uatrust::test {
namespace {

using namespace forge;

void addEntry(X509_CRL* crl, const RevokedSpec& spec) {
    X509_REVOKED* entry = X509_REVOKED_new();
    must(X509_REVOKED_set_serialNumber(entry, serialOf(spec.serial).get()) == 1, "fill in a CRL entry");
    must(X509_REVOKED_set_revocationDate(entry, timeOf(spec.at).get()) == 1, "fill in a CRL entry");
    if (spec.reason) {
        must(X509_REVOKED_add_ext(entry, extension({"CRLReason", false, {0x0A, 0x01, static_cast<std::uint8_t>(*spec.reason)}}).get(),
                                  -1) == 1,
             "fill in a CRL entry");
    }
    for (const auto& each : spec.extensions) {
        must(X509_REVOKED_add_ext(entry, extension(each).get(), -1) == 1, "fill in a CRL entry");
    }
    must(X509_CRL_add0_revoked(crl, entry) == 1, "add a CRL entry");
}

std::vector<RawExtension> extensionsOf(const CrlSpec& spec) {
    std::vector<RawExtension> all;
    if (spec.aki) all.push_back({"authorityKeyIdentifier", false, authorityKeyIdentifier(issuerKeyIdentifier(*spec.issuer))});
    if (spec.number) {
        const IntegerPtr number{ASN1_INTEGER_new()};
        ASN1_INTEGER_set_int64(number.get(), *spec.number);
        all.push_back({"crlNumber", false, encode(&i2d_ASN1_INTEGER, number.get(), "write a cRLNumber")});
    }
    all.insert(all.end(), spec.extensions.begin(), spec.extensions.end());
    return all;
}

}  // namespace

RevokedSpec revoked(const ForgedCert& certificate, std::optional<int> reason) { return {.serial = certificate.serial, .reason = reason}; }

Bytes forgeCrl(const CrlSpec& spec) {
    const CrlPtr crl{X509_CRL_new()};
    const auto issuer = parse(spec.issuer->der);
    const auto otherName = nameOf("Test", spec.issuerCn, V_ASN1_UTF8STRING);
    const X509_NAME* name = spec.issuerCn.empty() ? X509_get_subject_name(issuer.get()) : otherName.get();
    must(X509_CRL_set_version(crl.get(), spec.version - 1) == 1 && X509_CRL_set_issuer_name(crl.get(), name) == 1 &&
             X509_CRL_set1_lastUpdate(crl.get(), timeOf(spec.thisUpdate).get()) == 1,
         "fill in a CRL");
    if (spec.nextUpdate) must(X509_CRL_set1_nextUpdate(crl.get(), timeOf(*spec.nextUpdate).get()) == 1, "fill in a CRL");
    for (const auto& each : spec.revoked) addEntry(crl.get(), each);
    for (const auto& each : extensionsOf(spec)) {
        must(X509_CRL_add_ext(crl.get(), extension(each).get(), -1) == 1, "add an extension");
    }
    const auto& key = spec.signWith ? spec.signWith : spec.issuer->key;
    must(X509_CRL_sign_ctx(crl.get(), signer(key.get(), spec.hash, false).get()) > 0, "sign a CRL");
    return encode(&i2d_X509_CRL, crl.get(), "write a CRL");
}

}  // namespace uatrust::test
