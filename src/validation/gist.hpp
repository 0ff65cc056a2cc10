#pragma once

#include <uatrust/validation/report.hpp>

// What every form of an explanation says in common. Texts are safe to print.
namespace uatrust::detail {

/// Whether the report lets the certificate in.
[[nodiscard]] bool isAccepted(const Report& report);

/// Why, in one sentence; for an accepted certificate what was suppressed, if anything was.
[[nodiscard]] std::string reasonOf(const Report& report);

/// What to do, in one sentence; empty when there is nothing to do.
[[nodiscard]] std::string remedyOf(const Report& report);

/// Where a certificate stands in its chain.
enum class Place : std::uint8_t { Leaf, Issuer, Root };
[[nodiscard]] Place placeOf(const Report& report, std::size_t position);

}  // namespace uatrust::detail
