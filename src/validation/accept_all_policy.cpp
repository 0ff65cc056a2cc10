#include <uatrust/validation/accept_all_policy.hpp>

#include <algorithm>
#include <array>
#include <mutex>

namespace uatrust {
namespace {

// Everything but a malformed certificate, a wrong signature, another application's URI and a known revocation.
constexpr std::array waived{StatusCode::BadCertificateChainIncomplete,   StatusCode::BadCertificateUntrusted,
                            StatusCode::BadCertificatePolicyCheckFailed, StatusCode::BadCertificateTimeInvalid,
                            StatusCode::BadCertificateIssuerTimeInvalid, StatusCode::BadCertificateHostNameInvalid,
                            StatusCode::BadCertificateUseNotAllowed,     StatusCode::BadCertificateIssuerUseNotAllowed,
                            StatusCode::BadCertificateRevocationUnknown, StatusCode::BadCertificateIssuerRevocationUnknown};

}  // namespace

struct AcceptAllPolicy::State {
    std::size_t maxSeen;
    std::mutex mutex{};
    std::vector<Seen> seen{};  // most recent first
};

AcceptAllPolicy::AcceptAllPolicy(std::optional<Instant> until, std::size_t maxSeen)
    : until_{until}, state_{new State{.maxSeen = maxSeen}} {}

AcceptAllPolicy::~AcceptAllPolicy() = default;

std::string AcceptAllPolicy::name() const { return "AcceptAllPolicy"; }

Ruling AcceptAllPolicy::onFailure(const Finding& failure, const Certificate&, const PolicyContext& context) const {
    if (!open(context.now) || !waives(failure.status)) return {};
    return {.suppress = true,
            .reason = until_ ? "INSECURE: accepts everybody until " + formatInstant(*until_) : "INSECURE: accepts everybody"};
}

bool AcceptAllPolicy::open(Instant now) const noexcept { return !until_ || now < *until_; }

bool AcceptAllPolicy::waives(StatusCode status) noexcept { return std::find(waived.begin(), waived.end(), status) != waived.end(); }

std::vector<AcceptAllPolicy::Seen> AcceptAllPolicy::seen() const {
    const std::scoped_lock lock{state_->mutex};
    return state_->seen;
}

void AcceptAllPolicy::remember(const Certificate& leaf, const PolicyContext& context) const {
    if (state_->maxSeen == 0) return;
    const std::scoped_lock lock{state_->mutex};
    auto& seen = state_->seen;
    auto entry = std::find_if(seen.begin(), seen.end(), [&](const Seen& each) { return each.certificate == leaf; });
    if (entry == seen.end()) {
        if (seen.size() == state_->maxSeen) seen.pop_back();
        entry = seen.insert(seen.end(), Seen{.certificate = leaf, .first = context.now});
    }
    entry->last = context.now;
    ++entry->count;
    entry->peerAddress = context.peerAddress;
    std::rotate(seen.begin(), entry, entry + 1);
}

}  // namespace uatrust
