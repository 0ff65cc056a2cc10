#pragma once

#include <uatrust/x509/crl.hpp>

#include <compare>
#include <tuple>

namespace uatrust::detail {

/// orderOfIssue() says which of two lists of one CA was issued first: by their numbers, which grow with every issue (RFC 5280,
/// 5.2.3), or by their dates alone where not all lists that are compared have one.
[[nodiscard]] inline std::strong_ordering orderOfIssue(const Crl& a, const Crl& b, bool numbered) {
    const auto key = [&](const Crl& crl) {
        const std::string_view number = numbered ? std::string_view{crl.number()} : std::string_view{};
        return std::tuple{number.size(), number, crl.thisUpdate()};
    };
    return key(a) <=> key(b);
}
[[nodiscard]] inline std::strong_ordering orderOfIssue(const Crl& a, const Crl& b) {
    return orderOfIssue(a, b, !a.number().empty() && !b.number().empty());
}

}  // namespace uatrust::detail
