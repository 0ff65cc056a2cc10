#pragma once

#include <uatrust/store/trust_list_manager.hpp>

namespace uatrust::detail {

using Elsewhere = std::span<const std::shared_ptr<const TrustSnapshot>>;

/// offerFor() looks for what continues the chain of a certificate and for the CRLs of its CAs.
[[nodiscard]] TrustOffer offerFor(const Certificate& certificate, const TrustSnapshot& lists, Elsewhere elsewhere);

/// TrustedAbove is the trusted CA that lets a certificate in which is not trusted itself; null when there is none.
struct TrustedAbove {
    const StoredCertificate* ca = nullptr;
    bool unknown = false;  ///< there may be one: too many have the names of its chain to try them all
};
[[nodiscard]] TrustedAbove trustedAbove(const Certificate& certificate, const TrustSnapshot& lists);

}  // namespace uatrust::detail
