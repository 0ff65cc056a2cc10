#pragma once

#include <uatrust/validation/accept_all_policy.hpp>

namespace uatrust::detail {

/// PolicyInForce stands between a judgement and the administrator's policy: it offers only what may be suppressed
/// (OPC 10000-4, 6.1.3), and whatever a policy throws means: do not suppress.
/// The policy and what the context refers to must outlive it.
class PolicyInForce {
public:
    PolicyInForce(const TrustPolicy& configured, const PolicyContext& context);

    /// Marks a failure as suppressed when the policy says so. `chain` is the path as far as its signatures verify.
    void rule(Finding& finding, const Certificate& certificate, std::span<const StoredCertificate> chain) const;

    /// How the CRLs of a CA count; the reason names the policy. Required whenever the policy fails.
    [[nodiscard]] RevocationRuling revocationOf(const Certificate& ca, std::span<const StoredCertificate> chain) const;

    /// How far clocks may differ, within the bounds of TrustPolicy.
    [[nodiscard]] std::chrono::seconds clockTolerance() const noexcept { return tolerance_; }

    /// Whether an AcceptAllPolicy is in force and open.
    [[nodiscard]] bool acceptsAll() const noexcept;
    /// Puts a certificate on the list of an AcceptAllPolicy. Precondition: acceptsAll().
    void remember(const Certificate& leaf) const { acceptAll_->remember(leaf, context_); }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    [[nodiscard]] PolicyContext with(std::span<const StoredCertificate> chain) const;
    [[nodiscard]] std::string signedWith(const std::string& reason) const { return reason.empty() ? name_ : name_ + ": " + reason; }

    PolicyContext context_;
    const TrustPolicy* policy_;
    const AcceptAllPolicy* acceptAll_;
    std::string name_;
    std::chrono::seconds tolerance_;
};

}  // namespace uatrust::detail
