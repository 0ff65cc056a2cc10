#include <uatrust/interop/openssl_certificates.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "support/catch.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using X509Owner = std::unique_ptr<X509, decltype(&X509_free)>;

X509Owner read(const Bytes& der) {
    const std::uint8_t* at = der.data();
    return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free};
}

}  // namespace

TEST_CASE("A certificate goes to OpenSSL and comes back the same") {
    const auto certificate = parsed(forgeCertificate());
    const X509Owner out{toX509(certificate), &X509_free};
    REQUIRE(out != nullptr);
    CHECK(X509_verify(out.get(), X509_get0_pubkey(out.get())) == 1);
    CHECK(valueOf(certificateFromX509(out.get())) == certificate);
}

TEST_CASE("What OpenSSL is handed does not belong to the certificate") {
    const auto certificate = parsed(forgeCertificate());
    const X509Owner first{toX509(certificate), &X509_free};
    const X509Owner second{toX509(certificate), &X509_free};
    CHECK(first.get() != second.get());
    REQUIRE(X509_set_version(first.get(), 0) == 1);
    CHECK(certificate.version() == 3);
    CHECK(valueOf(certificateFromX509(second.get())) == certificate);
}

TEST_CASE("Null and what uatrust does not read are refused") {
    CHECK(certificateFromX509(nullptr).status() == StatusCode::BadInvalidArgument);
    const auto noIssuer = read(forgeCertificate({.emptyIssuer = true}).der);
    REQUIRE(noIssuer != nullptr);
    CHECK(certificateFromX509(noIssuer.get()).status() == StatusCode::BadCertificateInvalid);
    ERR_clear_error();
    const X509Owner empty{X509_new(), &X509_free};
    CHECK(certificateFromX509(empty.get()).status() == StatusCode::BadCertificateInvalid);
    CHECK(ERR_peek_error() == 0);
}
