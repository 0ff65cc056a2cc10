#pragma once

#include <uatrust/x509/certificate_request.hpp>
#include <uatrust/x509/crl.hpp>

namespace uatrust {

/// How much a departure from a profile matters.
enum class DepartureSeverity : std::uint8_t {
    Refused,     ///< against a "shall": a strict validator refuses it, and one that does not may change its mind
    Discouraged  ///< against a "should", or known to trouble some applications
};

/// "refused by a strict validator" or "discouraged", for people.
[[nodiscard]] UATRUST_API std::string_view departureSeverityName(DepartureSeverity severity) noexcept;

/// Departure is one way in which something is not what its profile asks for.
struct Departure {
    DepartureSeverity severity = DepartureSeverity::Refused;
    std::string clause{};  ///< "OPC 10000-6, 6.2.2"
    std::string text{};    ///< "its keyUsage lacks nonRepudiation": a clause of a sentence, safe to show
};

// What stands in the certificate, the request or the list alone is looked at: whether it is signed, valid in time, trusted or
// revoked is for a CertificateValidator to say, which also lets some of these departures pass (a peer cannot be made to mend
// its certificate). An empty answer means: as it should be.

/// applicationDepartures() compares with the profile of application instance certificates (OPC 10000-6, 6.2.2) for an
/// application that takes the side or sides of `role`.
[[nodiscard]] UATRUST_API std::vector<Departure> applicationDepartures(const Certificate& certificate, ApplicationRole role);

/// caDepartures() compares with the profile of CA certificates (OPC 10000-6, 6.2.4).
[[nodiscard]] UATRUST_API std::vector<Departure> caDepartures(const Certificate& certificate);

/// requestDepartures() says what a certificate with exactly what is requested would lack (OPC 10000-6, 6.2.2 and OPC 10000-12,
/// 7.10.10); a CA may add it.
[[nodiscard]] UATRUST_API std::vector<Departure> requestDepartures(const CertificateRequest& request, ApplicationRole role);

/// crlDepartures() compares with the profile of CRLs (OPC 10000-6, 6.2.5).
[[nodiscard]] UATRUST_API std::vector<Departure> crlDepartures(const Crl& crl);

/// applicationRoleOf() is the side or sides that an extendedKeyUsage names; Client, of whom the least is asked, when it names
/// none.
[[nodiscard]] UATRUST_API ApplicationRole applicationRoleOf(const std::optional<ExtendedKeyUsageSet>& purposes) noexcept;

/// fittingPolicies() lists the SecurityPolicies that take this key in an application certificate with this signature,
/// deprecated ones included, None not. The rest of a chain may still not fit.
[[nodiscard]] UATRUST_API std::vector<const SecurityPolicy*> fittingPolicies(const Certificate& certificate);

}  // namespace uatrust
