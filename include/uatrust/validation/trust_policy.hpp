#pragma once

#include <uatrust/validation/report.hpp>

#include <chrono>
#include <map>
#include <span>

namespace uatrust {

/// PolicyContext is what a policy may look at when it rules. The references live as long as the call.
struct PolicyContext {
    Role role;
    Profile profile;
    std::string_view endpointUrl;  ///< as the request named it; empty when the stack does not know
    std::string_view peerAddress;
    Instant now;
    std::span<const StoredCertificate> chain{};  ///< whom onFailure() and revocationOf() are asked about, leaf first, as far as every
                                                 ///< signature verifies; empty where there is no chain yet
};

/// Ruling is a policy's answer to one failure.
struct Ruling {
    bool suppress = false;
    std::string reason{};  ///< the rule and its comment, for the report and the audit trail
};

/// Whether the certificates that a CA has issued are looked up in its CRL (OPC 10000-4, 6.1.3, row "Find Revocation List").
enum class RevocationMode : std::uint8_t {
    Required,   ///< without a usable CRL the status is unknown, which is a failure
    IfPresent,  ///< as Required when there is any CRL of this CA, usable or not; not looked up when there is certainly none
    Off         ///< not looked up
};

/// "required", "if-present" or "off".
[[nodiscard]] UATRUST_API std::string_view revocationModeName(RevocationMode mode) noexcept;

/// RevocationRuling is a policy's answer to how the CRLs of one CA count.
struct RevocationRuling {
    RevocationMode mode = RevocationMode::Required;
    std::string reason{};  ///< the rule and its comment, for the report; of use when the mode is not Required
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
    /// How the CRLs of `ca` count for what it has issued. Required unless overridden; an exception counts as Required.
    [[nodiscard]] virtual RevocationRuling revocationOf(const Certificate& ca, const PolicyContext& context) const;
    /// By how much this clock and those of the CAs may differ: a certificate or CRL that is within its dates when they are
    /// widened by this much fails no step, and the report says so. Zero unless overridden; what is negative counts as
    /// zero and more than kMaxClockTolerance as that.
    [[nodiscard]] virtual std::chrono::seconds clockTolerance(const PolicyContext& context) const;
    static constexpr std::chrono::seconds kMaxClockTolerance{86400};
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
    std::optional<CertificateId> issuer{};       ///< only for this CA and for what it has issued, directly or not
    std::optional<Instant> until{};              ///< the exception ends by itself (exclusive)
    std::string comment{};                       ///< why, and who decided: shown with every use
};

/// SuppressingPolicy lets listed failures pass, for every certificate or for one, for ever or for a time.
/// Configure it before it is used; afterwards it is safe to use from several threads.
class UATRUST_API SuppressingPolicy final : public TrustPolicy {
public:
    /// Adds an exception. BadInvalidArgument for a status that no administrator may suppress.
    Result<void> suppress(Suppression suppression);
    /// Sets how CRLs count: those of one CA, or of every CA without a rule of its own. The last word on a CA holds.
    SuppressingPolicy& revocation(RevocationMode mode, std::optional<CertificateId> ca = {}, std::string comment = {});
    /// Sets the clock tolerance.
    SuppressingPolicy& clockTolerance(std::chrono::seconds tolerance) noexcept;

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] Ruling onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const override;

    [[nodiscard]] RevocationRuling revocationOf(const Certificate& ca, const PolicyContext& context) const override;
    [[nodiscard]] std::chrono::seconds clockTolerance(const PolicyContext& context) const override;

private:
    struct RevocationRule {
        RevocationMode mode = RevocationMode::Required;
        std::string comment{};
    };
    std::vector<Suppression> suppressions_{};
    RevocationRule revocation_{};
    std::map<CertificateId, RevocationRule> revocationOfCa_{};
    std::chrono::seconds clockTolerance_{0};
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
    [[nodiscard]] RevocationRuling revocationOf(const Certificate& ca, const PolicyContext& context) const override;
    [[nodiscard]] std::chrono::seconds clockTolerance(const PolicyContext& context) const override;
    [[nodiscard]] const TrustPolicy& inForce(const PolicyContext& context) const override;

private:
    const TrustPolicy* otherwise_;
    std::map<std::string, const TrustPolicy*, std::less<>> byEndpoint_{};
};

}  // namespace uatrust
