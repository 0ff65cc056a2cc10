#pragma once

#include <uatrust/validation/accept_all_policy.hpp>

namespace uatrust::detail {

/// PolicyInForce stands between a judgement and the administrator's policy: it offers only what may be suppressed
/// (OPC 10000-4, 6.1.3), and whatever a policy throws means: do not suppress.
/// The policy and what the context refers to must outlive it.
class PolicyInForce {
public:
    PolicyInForce(const TrustPolicy& configured, const PolicyContext& context);

    /// Marks a failure as suppressed when the policy says so.
    void rule(Finding& finding, const Certificate& certificate) const;

    /// Whether an AcceptAllPolicy is in force and open.
    [[nodiscard]] bool acceptsAll() const noexcept;
    /// Puts a certificate on the list of an AcceptAllPolicy. Precondition: acceptsAll().
    void remember(const Certificate& leaf) const { acceptAll_->remember(leaf, context_); }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    [[nodiscard]] Ruling ask(const Finding& failure, const Certificate& certificate) const noexcept;

    PolicyContext context_;
    const TrustPolicy* policy_;
    const AcceptAllPolicy* acceptAll_;
    std::string name_;
};

}  // namespace uatrust::detail
