// Any octets as a certificate request. What uatrust reads, OpenSSL reads and verifies too.

#include "fuzz.hpp"
#include "openssl_view.hpp"

#include <uatrust/x509/certificate_request.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView der{data, size};
    const auto request = CertificateRequest::fromDer(der);
    if (!request) {
        require(request.error().status == StatusCode::BadCertificateInvalid, "the status of what is no request");
        require(isPlain(request.error().text()), "an error is plain text");
        return 0;
    }
    require(equalBytes(request->der(), der), "a request keeps its DER");
    require(isOneLine(request->subject().text()), "a name is one plain line");
    const auto theirs = decoded<RequestPtr>(&d2i_X509_REQ, der);
    require(theirs != nullptr, "d2i_X509_REQ reads it too");
    require(equalBytes(derOf(X509_REQ_get_subject_name(theirs.get())), request->subject().der()), "the same subject");
    EVP_PKEY* key = X509_REQ_get0_pubkey(theirs.get());
    require(key != nullptr && X509_REQ_verify(theirs.get(), key) == 1, "X509_REQ_verify verifies it too");
    ERR_clear_error();
    return 0;
}
