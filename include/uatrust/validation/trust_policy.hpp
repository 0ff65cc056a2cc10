#pragma once

#include <uatrust/validation/report.hpp>

#include <map>

namespace uatrust {

/// PolicyContext is what a policy may look at when it rules. The references live as long as the call.
struct PolicyContext {
    Role role;
    Profile profile;
    std::string_view endpointUrl;   ///< as the request named it; empty when the stack does not know
    std::string_view peerAddress;
    Instant now;
};

/// Ruling is a policy's answer to one failure.
struct Ruling {
    bool suppress = false;
    std::string reason{};  ///< the rule and its comment, for the report and the audit trail
};

/// TrustPolicy decides what the specification leaves to the administrator. It is asked about failures of
/// suppressible steps only, one at a time, and can never turn anything else into a success: structure, chain,
/// signature, trust list, ApplicationUri and revocation are not its business (OPC 10000-4, 6.1.3). The one
/// exception is AcceptAllPolicy, a final class of its own.
///
/// Called from several threads at once. An exception thrown by a policy counts as: do not suppress.
class UATRUST_API TrustPolicy {
public:
    virtual ~TrustPolicy() = default;
    /// Name for reports.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Rules on one failure of one certificate.
    [[nodiscard]] virtual Ruling onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const = 0;
    /// The policy that is in force for this request: *this, unless the policy only chooses between others.
    [[nodiscard]] virtual const TrustPolicy& inForce(const PolicyContext& context) const;
};

/// StrictPolicy suppresses nothing: what an application should start with.
class UATRUST_API StrictPolicy final : public TrustPolicy {
public:
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] Ruling onFailure(const Finding&, const Certificate&, const PolicyContext&) const override;
};

/// Suppression is one exception that an administrator makes.
struct Suppression {
    StatusCode status;                           ///< of a suppressible step: BadCertificateTimeInvalid, ...
    std::optional<CertificateId> certificate{};  ///< only for this certificate; for every one when absent
    std::optional<Instant> until{};              ///< the exception ends by itself (exclusive)
    std::string comment{};                       ///< why, and who decided: shown with every use
};

/// SuppressingPolicy lets listed failures pass, for every certificate or for one, for ever or for a time.
/// Configure it before it is used; afterwards it is safe to use from several threads.
class UATRUST_API SuppressingPolicy final : public TrustPolicy {
public:
    /// Adds an exception. BadInvalidArgument for a status that no administrator may suppress.
    Result<void> suppress(Suppression suppression);

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] Ruling onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const override;

private:
    std::vector<Suppression> suppressions_{};
};

/// PerEndpointPolicy chooses a policy by the endpoint URL of the request: equal scheme, port and path ("" is "/"), host
/// without regard to case. Requests for other endpoints, or without a URL, get the default.
/// The policies are borrowed and must outlive it. Configure it before it is used.
class UATRUST_API PerEndpointPolicy final : public TrustPolicy {
public:
    explicit PerEndpointPolicy(const TrustPolicy& otherwise) noexcept : otherwise_{&otherwise} {}
    /// BadInvalidArgument when `endpointUrl` is no URL or has a policy already.
    Result<void> set(std::string_view endpointUrl, const TrustPolicy& policy);

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] Ruling onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const override;
    [[nodiscard]] const TrustPolicy& inForce(const PolicyContext& context) const override;

private:
    const TrustPolicy* otherwise_;
    std::map<std::string, const TrustPolicy*, std::less<>> byEndpoint_{};
};

}  // namespace uatrust
