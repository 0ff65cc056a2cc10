#include <uatrust/interop/openssl_certificates.hpp>

#include "x509/certificate_data.hpp"

namespace uatrust {

Result<Certificate> certificateFromX509(const X509* certificate) {
    if (certificate == nullptr) {
        return Error{StatusCode::BadInvalidArgument, "There is no X509 to take over.", "hand in a certificate that is not null"};
    }
    const detail::ErrorQueueGuard guard;
    return Certificate::fromDer(detail::toDer(&i2d_X509, certificate));
}

X509* toX509(const Certificate& certificate) noexcept {
    const detail::ErrorQueueGuard guard;
    const auto der = certificate.der();
    const std::uint8_t* at = der.data();
    return d2i_X509(nullptr, &at, static_cast<long>(der.size()));
}

}  // namespace uatrust
