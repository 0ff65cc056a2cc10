#include "validation/policy_in_force.hpp"

#include <algorithm>

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

std::chrono::seconds toleranceOf(const TrustPolicy& policy, const PolicyContext& context) noexcept {
    try {
        return std::clamp(policy.clockTolerance(context), std::chrono::seconds{0}, TrustPolicy::kMaxClockTolerance);
    } catch (...) {
        return std::chrono::seconds{0};
    }
}

}  // namespace

PolicyInForce::PolicyInForce(const TrustPolicy& configured, const PolicyContext& context)
    : context_{context},
      policy_{&resolve(configured, context)},
      acceptAll_{dynamic_cast<const AcceptAllPolicy*>(policy_)},
      name_{nameOf(*policy_)},
      tolerance_{toleranceOf(*policy_, context)} {}

bool PolicyInForce::acceptsAll() const noexcept { return acceptAll_ != nullptr && acceptAll_->open(context_.now); }

void PolicyInForce::rule(Finding& finding, const Certificate& certificate, std::span<const StoredCertificate> chain) const {
    if (finding.outcome != Outcome::Failed || finding.blocked) return;
    // Only AcceptAllPolicy goes beyond what the specification leaves to an administrator: that is what it is for.
    if (!finding.suppressible && acceptAll_ == nullptr) return;
    Ruling ruling;
    try {
        ruling = policy_->onFailure(finding, certificate, with(chain));
    } catch (...) {
        return;
    }
    if (!ruling.suppress) return;
    finding.outcome = Outcome::Suppressed;
    finding.suppressedBy = signedWith(ruling.reason);
}

RevocationRuling PolicyInForce::revocationOf(const Certificate& ca, std::span<const StoredCertificate> chain) const {
    RevocationRuling ruling;
    try {
        ruling = policy_->revocationOf(ca, with(chain));
    } catch (...) {
        return {};
    }
    ruling.reason = signedWith(ruling.reason);
    return ruling;
}

PolicyContext PolicyInForce::with(std::span<const StoredCertificate> chain) const {
    auto context = context_;
    context.chain = chain;
    return context;
}

}  // namespace uatrust::detail
