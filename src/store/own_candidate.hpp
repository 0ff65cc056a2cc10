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

/// OwnChain is a certificate and the CAs above it, as far as they are known and signatures verify.
struct OwnChain {
    std::vector<Certificate> certificates{};
    bool allTried = true;  ///< false: so many have the name of an issuer that not all were tried, and the chain may end too early
};

/// chainOf() looks for the CAs in the bundle and in the lists.
[[nodiscard]] OwnChain chainOf(const Certificate& leaf, const Bundle& bundle, const TrustSnapshot& lists);

}  // namespace uatrust::detail
