#pragma once

#include <span>

#include <uatrust/validation/report.hpp>

namespace uatrust::tool::web {

/// causeOf() names why a step has failed or was suppressed, more narrowly than its status does: "issuer-missing", "expired". It is for
/// pages that say the reason and the remedy in a language of their own, and tells causes apart only where what is to be done differs.
/// Sentences of the library are never read for it: they may change. `lists` are those that were judged by.
[[nodiscard]] std::string_view causeOf(const Finding& finding, const Report& report, const TrustSnapshot& lists);

/// causes() are all names that causeOf() gives.
[[nodiscard]] std::span<const std::string_view> causes() noexcept;

}  // namespace uatrust::tool::web
