#pragma once

#include <uatrust/x509/certificate.hpp>

namespace uatrust::detail {

/// sameButForCase() compares text without regard to ASCII case.
[[nodiscard]] bool sameButForCase(std::string_view a, std::string_view b);

/// namesHost() says whether the host of a URL is one that a certificate was issued for (OPC 10000-6, 6.2.2): a DNS name
/// or an address of the subjectAltName. No wildcards and no common name: the profile knows neither.
[[nodiscard]] bool namesHost(const Certificate& certificate, std::string_view host);

/// hostsOf() lists the DNS names and addresses of a certificate for people; "none" without any.
[[nodiscard]] std::string hostsOf(const Certificate& certificate);

/// namesUri() compares octet by octet with every URI of the subjectAltName (OPC 10000-4, 6.1.3). An empty URI is nobody's.
[[nodiscard]] bool namesUri(const Certificate& certificate, std::string_view uri);

/// namesUriInOtherCase() is true when upper and lower case are all that differs: a frequent slip of the pen.
[[nodiscard]] bool namesUriInOtherCase(const Certificate& certificate, std::string_view uri);

/// urisOf() lists the URIs of a certificate for people; "none" without any.
[[nodiscard]] std::string urisOf(const Certificate& certificate);

}  // namespace uatrust::detail
