#pragma once

#include "validation/checks.hpp"

namespace uatrust::detail {

/// blockedObservation() says whether an operator has blocked a certificate of a path, or, at its end, the CA that issued the last one
/// and that is in no other list. Nothing when certainly not. When the blocked list could not be read in full, everybody
/// counts as blocked: who may come in cannot be known then.
[[nodiscard]] std::optional<Observation> blockedObservation(const CheckContext& context, const Path& path, std::size_t position);

}  // namespace uatrust::detail
