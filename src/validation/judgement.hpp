#pragma once

#include <uatrust/validation/validator.hpp>

#include "validation/path_builder.hpp"
#include "validation/policy_in_force.hpp"
#include "validation/seen_certificates.hpp"

namespace uatrust::detail {

/// Judged is what came of judging one certificate: the path that decides, with every step for every certificate of it.
struct Judged {
    Path path{};  ///< without members when the peer's own certificate cannot be read
    std::vector<Finding> findings{};
    std::vector<OtherChain> others{};  ///< the first Report::kMaxOtherChains that came less far
    std::size_t pathsTried = 0;
    bool budgetSpent = false;  ///< there may be paths that were not looked at
};

/// judge() carries out a request against one snapshot: every path is judged until one is accepted without reservation.
/// Otherwise the best decides: an accepted one, else the one that fails last in the order of the table; of equals the
/// one found first. The others are kept as far as it is of use to anybody.
[[nodiscard]] Judged judge(const ValidationRequest& request, const TrustSnapshot& lists, SeenCertificates& seen,
                           const PolicyInForce& policy, const Budget& budget, Instant now);

/// notJudged() is the account of a certificate that could not be looked at: the first step failed, no other was reached.
[[nodiscard]] std::vector<Finding> notJudged(StatusCode status, std::string message, std::string remedy);

}  // namespace uatrust::detail
