#include <uatrust/validation/trust_policy.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/core/endpoint_url.hpp>

namespace uatrust {
namespace {

std::string lowerCase(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

// Empty for what is no URL. RFC 3986, 6.2.3: an empty path is "/".
std::string endpointKey(std::string_view endpointUrl) {
    const auto url = parseEndpointUrl(endpointUrl);
    if (!url) return {};
    const auto port = url->port ? std::to_string(*url->port) : std::string{};
    return fmt::format("{}|{}|{}|{}", url->scheme, lowerCase(url->host), port, url->path.empty() ? "/" : url->path);
}

bool covers(const Suppression& suppression, StatusCode status, const Certificate& certificate, Instant now) {
    return suppression.status == status && (!suppression.certificate || *suppression.certificate == certificate.id()) &&
           (!suppression.until || now < *suppression.until);
}

std::string reasonOf(const Suppression& suppression) {
    auto text = std::string{statusName(suppression.status)};
    text += suppression.certificate ? " of this certificate" : " of every certificate";
    if (suppression.until) text += " until " + formatInstant(*suppression.until);
    if (!suppression.comment.empty()) text += ": " + printable(suppression.comment);
    return text;
}

}  // namespace

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
                                   [&](const Suppression& each) { return covers(each, failure.status, certificate, context.now); });
    if (rule == suppressions_.end()) return {};
    return {.suppress = true, .reason = reasonOf(*rule)};
}

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

const TrustPolicy& PerEndpointPolicy::inForce(const PolicyContext& context) const {
    const auto found = byEndpoint_.find(endpointKey(context.endpointUrl));
    return (found == byEndpoint_.end() ? *otherwise_ : *found->second).inForce(context);
}

}  // namespace uatrust
