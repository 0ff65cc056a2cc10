#include <fmt/format.h>

#include "detail/openssl.hpp"
#include "x509/bundle_collector.hpp"

namespace uatrust::detail {
namespace {

using Pkcs7Ptr = std::unique_ptr<PKCS7, Release<&PKCS7_free>>;

struct Contents {
    const STACK_OF(X509) * certificates;
    const STACK_OF(X509_CRL) * crls;
};

std::optional<Contents> contentsOf(const PKCS7& container) {
    const int type = OBJ_obj2nid(container.type);
    if (type == NID_pkcs7_signed && container.d.sign != nullptr) return Contents{container.d.sign->cert, container.d.sign->crl};
    if (type == NID_pkcs7_signedAndEnveloped && container.d.signed_and_enveloped != nullptr) {
        return Contents{container.d.signed_and_enveloped->cert, container.d.signed_and_enveloped->crl};
    }
    return std::nullopt;
}

Error damaged() {
    return opensslError(StatusCode::BadCertificateInvalid, "The PKCS#7 container is damaged, or not one that OpenSSL knows",
                        "export it again; certificates in PEM do as well");
}

}  // namespace

void readPkcs7(ByteView content, const std::string& place, BundleCollector& collector) {
    const ErrorQueueGuard guard;
    const auto name = place.empty() ? std::string{"the PKCS#7"} : "the PKCS#7 in " + place;
    const std::uint8_t* at = content.data();
    const Pkcs7Ptr container{d2i_PKCS7(nullptr, &at, static_cast<long>(content.size()))};
    if (!container || at != content.data() + content.size()) return collector.addProblem(damaged(), name);
    const auto contents = contentsOf(*container);
    if (!contents) {
        return collector.addProblem({StatusCode::BadNotSupported, "The PKCS#7 container is not of the kind that carries certificates.",
                                     "export the certificates again, as \"Cryptographic Message Syntax Standard\" (.p7b) or in PEM"},
                                    name);
    }
    // A stack that is not there has -1 elements.
    const int certificates = sk_X509_num(contents->certificates);
    const int crls = sk_X509_CRL_num(contents->crls);
    for (int i = 0; i < certificates && !collector.full(); ++i) {
        collector.add(Certificate::fromDer(toDer(&i2d_X509, sk_X509_value(contents->certificates, i))),
                      fmt::format("certificate {} of {}", i + 1, name));
    }
    for (int i = 0; i < crls && !collector.full(); ++i) {
        collector.add(Crl::fromDer(toDer(&i2d_X509_CRL, sk_X509_CRL_value(contents->crls, i))), fmt::format("CRL {} of {}", i + 1, name));
    }
    if (certificates <= 0 && crls <= 0) {
        collector.addProblem(
            {StatusCode::BadNotFound, "The PKCS#7 container holds neither certificates nor CRLs.", "export it again with its certificates"},
            name);
    }
}

}  // namespace uatrust::detail
