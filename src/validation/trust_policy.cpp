#include <uatrust/validation/trust_policy.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/core/endpoint_url.hpp>

namespace uatrust {
namespace {

// The certificate itself or one above it: what a CA has issued hangs below it in the chain.
bool isUnder(const CertificateId& ca, const Certificate& certificate, std::span<const StoredCertificate> chain) {
    const auto self =
        std::find_if(chain.begin(), chain.end(), [&](const StoredCertificate& each) { return each.certificate == certificate; });
    return std::any_of(self, chain.end(), [&](const StoredCertificate& each) { return each.certificate.id() == ca; });
}

bool covers(const Suppression& suppression, StatusCode status, const Certificate& certificate, const PolicyContext& context) {
    return suppression.status == status && (!suppression.certificate || *suppression.certificate == certificate.id()) &&
           (!suppression.issuer || isUnder(*suppression.issuer, certificate, context.chain)) &&
           (!suppression.until || context.now < *suppression.until);
}

std::string scopeOf(const Suppression& suppression) {
    if (suppression.certificate) return "of this certificate";
    return suppression.issuer ? "of this CA and what it has issued" : "of every certificate";
}

std::string reasonOf(const Suppression& suppression) {
    auto text = std::string{statusName(suppression.status)};
    text += ' ' + scopeOf(suppression);
    if (suppression.until) text += " until " + formatInstant(*suppression.until);
    if (!suppression.comment.empty()) text += ": " + printable(suppression.comment);
    return text;
}

}  // namespace

std::string_view revocationModeName(RevocationMode mode) noexcept {
    switch (mode) {
        case RevocationMode::IfPresent:
            return "if-present";
        case RevocationMode::Off:
            return "off";
        case RevocationMode::Required:
            break;
    }
    return "required";
}

RevocationRuling TrustPolicy::revocationOf(const Certificate&, const PolicyContext&) const { return {}; }

std::chrono::seconds TrustPolicy::clockTolerance(const PolicyContext&) const { return std::chrono::seconds{0}; }

const TrustPolicy& TrustPolicy::inForce(const PolicyContext&) const { return *this; }

std::string StrictPolicy::name() const { return "StrictPolicy"; }

Ruling StrictPolicy::onFailure(const Finding&, const Certificate&, const PolicyContext&) const { return {}; }

Result<void> SuppressingPolicy::suppress(Suppression suppression) {
    if (suppressibleStep(suppression.status) == nullptr) {
        return Error{
            StatusCode::BadInvalidArgument,
            fmt::format("{} is not a failure that an administrator may suppress (OPC 10000-4, 6.1.3).", statusName(suppression.status)),
            "Cure the cause instead: the remedy is in the report of the refused certificate."};
    }
    suppressions_.push_back(std::move(suppression));
    return {};
}

std::string SuppressingPolicy::name() const { return "SuppressingPolicy"; }

Ruling SuppressingPolicy::onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const {
    const auto rule = std::find_if(suppressions_.begin(), suppressions_.end(),
                                   [&](const Suppression& each) { return covers(each, failure.status, certificate, context); });
    if (rule == suppressions_.end()) return {};
    return {.suppress = true, .reason = reasonOf(*rule)};
}

SuppressingPolicy& SuppressingPolicy::revocation(RevocationMode mode, std::optional<CertificateId> ca, std::string comment) {
    (ca ? revocationOfCa_[*ca] : revocation_) = {mode, std::move(comment)};
    return *this;
}

SuppressingPolicy& SuppressingPolicy::clockTolerance(std::chrono::seconds tolerance) noexcept {
    clockTolerance_ = tolerance;
    return *this;
}

RevocationRuling SuppressingPolicy::revocationOf(const Certificate& ca, const PolicyContext&) const {
    const auto own = revocationOfCa_.find(ca.id());
    const auto& rule = own == revocationOfCa_.end() ? revocation_ : own->second;
    auto reason =
        fmt::format("revocation checks {} for {}", revocationModeName(rule.mode), own == revocationOfCa_.end() ? "every CA" : "this CA");
    if (!rule.comment.empty()) reason += ": " + printable(rule.comment);
    return {rule.mode, std::move(reason)};
}

std::chrono::seconds SuppressingPolicy::clockTolerance(const PolicyContext&) const { return clockTolerance_; }

Result<void> PerEndpointPolicy::set(std::string_view endpointUrl, const TrustPolicy& policy) {
    auto key = endpointKey(endpointUrl);
    if (key.empty()) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" is not an endpoint URL.", printable(endpointUrl)),
                     "Give it the form opc.tcp://host:port/path."};
    }
    if (!byEndpoint_.emplace(std::move(key), &policy).second) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("The endpoint \"{}\" has a policy already.", printable(endpointUrl)),
                     "Set one policy for each endpoint."};
    }
    return {};
}

std::string PerEndpointPolicy::name() const { return "PerEndpointPolicy"; }

Ruling PerEndpointPolicy::onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const {
    return inForce(context).onFailure(failure, certificate, context);
}

RevocationRuling PerEndpointPolicy::revocationOf(const Certificate& ca, const PolicyContext& context) const {
    return inForce(context).revocationOf(ca, context);
}

std::chrono::seconds PerEndpointPolicy::clockTolerance(const PolicyContext& context) const {
    return inForce(context).clockTolerance(context);
}

const TrustPolicy& PerEndpointPolicy::inForce(const PolicyContext& context) const {
    const auto found = byEndpoint_.find(endpointKey(context.endpointUrl));
    return (found == byEndpoint_.end() ? *otherwise_ : *found->second).inForce(context);
}

}  // namespace uatrust
