#pragma once

#include <uatrust/store/import_plan.hpp>

namespace uatrust::detail {

/// ownDepartures() compares a certificate that is to become the application's own with what was asked for, with the dates and with
/// the profile.
[[nodiscard]] std::vector<Departure> ownDepartures(const Certificate& certificate, const ImportContext& context,
                                                   std::optional<ApplicationRole> role);

/// checkOwnLeaf() refuses what is not to become an application's own certificate, whoever wants it: that of a CA, and one without an
/// ApplicationUri. BadCertificateInvalid.
[[nodiscard]] Result<void> checkOwnLeaf(const Certificate& leaf);

/// chainOf() is the certificate and the CAs above it, of the bundle and of the lists, as far as signatures verify.
[[nodiscard]] std::vector<Certificate> chainOf(const Certificate& leaf, const Bundle& bundle, const TrustSnapshot& lists);

}  // namespace uatrust::detail
