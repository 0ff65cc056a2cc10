#pragma once

#include <uatrust/validation/report.hpp>

#include "validation/name_constraints.hpp"
#include "validation/path_builder.hpp"

namespace uatrust::detail {

/// UsageFault is one way in which a certificate does not allow what it is used for.
struct UsageFault {
    std::string text{};
    bool mandatory = false;  ///< the certificate insists on it (a critical extension): no administrator may overrule that
};

/// UsageReview is what a usage profile says of one certificate.
struct UsageReview {
    std::vector<UsageFault> faults{};
    std::vector<std::string> remarks{};  ///< deviations that are let pass
    std::string_view purpose{};          ///< "to issue certificates"
    std::string_view expected{};         ///< of its extensions
};

/// An application instance certificate (OPC 10000-6, 6.2.2): key usage by kind of key, extended key usage by the side
/// that the peer takes, no CA.
[[nodiscard]] UsageReview reviewApplication(const Certificate& certificate, Role judge, bool selfSigned);

/// A user certificate (OPC 10000-6, 6.2.3).
[[nodiscard]] UsageReview reviewUser(const Certificate& certificate);

/// addPolicyFault() adds what is wrong with the certificate policies of a path where a certificate of it demands one.
void addPolicyFault(const Path& path, std::size_t position, UsageReview& review);

/// A CA of the path (OPC 10000-6, 6.2.4; RFC 5280, 6.1.4 (g), (k) to (n)).
[[nodiscard]] UsageReview reviewIssuer(const Path& path, std::size_t position, NameConstraints& constraints);

}  // namespace uatrust::detail
