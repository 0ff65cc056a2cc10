#pragma once

#include <uatrust/x509/certificate.hpp>

#include <map>

namespace uatrust::detail {

/// NameConstraints holds certificates against the nameConstraints of the CAs above them (RFC 5280, 4.2.1.10), each pair
/// once and all within a budget: a peer chooses both how many names there are and how many constraints.
///
/// Used for one judgement, by one thread.
class NameConstraints {
public:
    explicit NameConstraints(std::size_t maxComparisons) noexcept : comparisonsLeft_{maxComparisons} {}

    /// violation() says how a certificate breaks the constraints of a CA; nothing when it keeps them or there are none.
    /// Constraints that cannot be evaluated count as broken.
    [[nodiscard]] std::optional<std::string> violation(const Certificate& ca, const Certificate& below);

private:
    [[nodiscard]] std::optional<std::string> evaluate(const Certificate& ca, const Certificate& below);

    std::size_t comparisonsLeft_;
    std::map<std::pair<CertificateId, CertificateId>, std::optional<std::string>> known_{};
};

}  // namespace uatrust::detail
