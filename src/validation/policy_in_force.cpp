#include "validation/policy_in_force.hpp"

namespace uatrust::detail {
namespace {

const TrustPolicy& resolve(const TrustPolicy& configured, const PolicyContext& context) noexcept {
    static const StrictPolicy strict;
    try {
        return configured.inForce(context);
    } catch (...) {
        return strict;
    }
}

std::string nameOf(const TrustPolicy& policy) {
    try {
        return policy.name();
    } catch (...) {
        return "a policy that does not tell its name";
    }
}

}  // namespace

PolicyInForce::PolicyInForce(const TrustPolicy& configured, const PolicyContext& context)
    : context_{context},
      policy_{&resolve(configured, context)},
      acceptAll_{dynamic_cast<const AcceptAllPolicy*>(policy_)},
      name_{nameOf(*policy_)} {}

bool PolicyInForce::acceptsAll() const noexcept { return acceptAll_ != nullptr && acceptAll_->open(context_.now); }

void PolicyInForce::rule(Finding& finding, const Certificate& certificate) const {
    if (finding.outcome != Outcome::Failed) return;
    // Only AcceptAllPolicy goes beyond what the specification leaves to an administrator: that is what it is for.
    if (!finding.suppressible && acceptAll_ == nullptr) return;
    const auto ruling = ask(finding, certificate);
    if (!ruling.suppress) return;
    finding.outcome = Outcome::Suppressed;
    finding.suppressedBy = ruling.reason.empty() ? name_ : name_ + ": " + ruling.reason;
}

Ruling PolicyInForce::ask(const Finding& failure, const Certificate& certificate) const noexcept {
    try {
        return policy_->onFailure(failure, certificate, context_);
    } catch (...) {
        return {};
    }
}

}  // namespace uatrust::detail
