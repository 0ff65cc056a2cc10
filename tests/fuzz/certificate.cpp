// Any octets as a certificate: it is read or refused, and what is read can be shown.

#include "fuzz.hpp"

#include <uatrust/interop/openssl.hpp>
#include <uatrust/x509/certificate.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

namespace {

void checkTexts(const Certificate& certificate) {
    require(isOneLine(certificate.describe()), "describe() is one plain line");
    for (const auto* name : {&certificate.subject(), &certificate.issuer()}) {
        require(isOneLine(name->text()) && isOneLine(name->commonName()) && isOneLine(name->organization()), "a name is one plain line");
        const auto again = DistinguishedName::fromDer(name->der());
        require(again.ok() && *again == *name && again->hash() == name->hash(), "a name is equal to itself");
    }
    require(isOneLine(certificate.publicKey().describe()), "a key is described in one plain line");
    if (certificate.keyUsage()) require(isOneLine(certificate.keyUsage()->text()), "keyUsage is one plain line");
    if (certificate.extendedKeyUsage()) require(isOneLine(certificate.extendedKeyUsage()->text()), "extKeyUsage is one plain line");
    for (const auto& oid : certificate.unknownCriticalExtensions()) require(isOneLine(oid), "an OID is one plain line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView der{data, size};
    const auto certificate = Certificate::fromDer(der);
    if (!certificate) {
        require(certificate.error().status == StatusCode::BadCertificateInvalid, "the status of what is no certificate");
        require(isPlain(certificate.error().text()), "an error is plain text");
        return 0;
    }
    require(equalBytes(certificate->der(), der), "a certificate keeps its DER");
    checkTexts(*certificate);
    const bool verifies = certificate->isSelfIssued() && certificate->isSignedBy(certificate->publicKey());
    require(certificate->isSelfSigned() == verifies, "self-signed is self-issued and signed by the own key");
    X509* copy = toX509(*certificate);
    require(copy != nullptr, "what uatrust reads, OpenSSL reads too");
    const auto back = certificateFromX509(copy);
    X509_free(copy);
    require(back.ok() && *back == *certificate, "a certificate comes back from OpenSSL as it was");
    return 0;
}
