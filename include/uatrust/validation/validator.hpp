#pragma once

#include <uatrust/store/certificate_store.hpp>
#include <uatrust/validation/accept_all_policy.hpp>
#include <uatrust/validation/budget.hpp>

namespace uatrust {

class AuditSink;  // uatrust/validation/audit_event.hpp
namespace detail {
struct Judged;
struct ValidatorMemory;
}  // namespace detail

/// ValidationRequest is one certificate to judge, and what it is judged against. What is absent is not compared:
/// its step is NotApplicable in the report, never Passed.
struct ValidationRequest {
    ByteView certificate{};  ///< as received: the leaf, or the leaf with issuers behind it
    Role role = Role::Server;
    Profile profile = Profile::Application;
    std::optional<std::string> applicationUri{};     ///< of the peer's ApplicationDescription
    std::vector<std::string> hostNames{};            ///< client: host of the URL it connects to; any one of several fits
    const SecurityPolicy* securityPolicy = nullptr;  ///< of the secure channel
    std::string endpointUrl{};                       ///< of this server's endpoint; chooses the policy
    std::string peerAddress{};                       ///< for the report
    std::optional<Instant> at{};                     ///< instead of the validator's clock
    bool fileRejected = true;                        ///< let an unknown certificate be filed for the operator
};

/// TrustedCertificate is the proof that a certificate was judged and accepted: only a CertificateValidator makes one.
class UATRUST_API TrustedCertificate {
public:
    [[nodiscard]] const Certificate& certificate() const noexcept { return certificate_; }

private:
    friend class CertificateValidator;
    explicit TrustedCertificate(Certificate certificate) noexcept : certificate_{std::move(certificate)} {}
    Certificate certificate_;
};

/// Verdict is the answer to a request: accepted or not, with the complete account.
class UATRUST_API Verdict {
public:
    [[nodiscard]] bool accepted() const noexcept { return trusted_.has_value(); }
    /// The exact status, for this side's log and operator.
    [[nodiscard]] StatusCode status() const noexcept;
    /// What the peer may be told.
    [[nodiscard]] StatusCode statusForPeer() const noexcept;
    [[nodiscard]] const Report& report() const noexcept { return *report_; }
    /// The report again, to keep beyond the verdict.
    [[nodiscard]] const std::shared_ptr<const Report>& sharedReport() const noexcept { return report_; }
    /// Present when accepted.
    [[nodiscard]] const std::optional<TrustedCertificate>& trusted() const noexcept { return trusted_; }

private:
    friend class CertificateValidator;
    Verdict(std::shared_ptr<const Report> report, std::optional<TrustedCertificate> trusted) noexcept
        : report_{std::move(report)}, trusted_{std::move(trusted)} {}
    std::shared_ptr<const Report> report_;
    std::optional<TrustedCertificate> trusted_;
};

/// CertificateValidator judges certificates by OPC 10000-4, 6.1.3 against a store and a policy, both borrowed: they must
/// outlive it. Each judgement looks at the store anew. What is kept from one to the next are facts that do not change, such
/// as which key has made a signature, and never a verdict.
/// Safe to use from several threads at once, while lists change.
///
/// Of several chains the one that is accepted counts, else the one that fails last in the order of the table. A chain
/// has to reach a self-signed root, also for a certificate that is trusted itself, and the root has to be in the trusted or
/// the issuers list: BadCertificateChainIncomplete when the rest of the chain is known here and only the root is not,
/// BadCertificateUntrusted when nothing of the chain is.
///
/// Certificate policies (RFC 5280, 6.1) are evaluated where a certificate of the chain demands one, any of them being
/// acceptable. Not looked at: OCSP and CRL distribution points (nothing is fetched), wildcards in host names.
class UATRUST_API CertificateValidator {
public:
    CertificateValidator(CertificateStore& store, const TrustPolicy& policy, const Clock& clock = systemClock(), Budget budget = {});

    /// Names the lists of another certificate group of the same application, such as those of its client side beside those of
    /// its server side: a refusal can then say that the peer is trusted there (Finding::hints). Explains, and never gives
    /// trust. `name` is for people. The store is borrowed like the own one and asked only when something failed. To be
    /// called before the validator is used.
    CertificateValidator& alsoLookIn(std::string name, CertificateStore& other);

    /// Judges one certificate. Never throws and never accepts because something could not be looked at: what goes
    /// wrong inside is a failed finding. An unknown well-formed certificate that is refused is filed under rejected,
    /// unless its signature is wrong, an AcceptAllPolicy is in force or the request says not to.
    [[nodiscard]] Verdict validate(const ValidationRequest& request) const noexcept;

    /// Sets who is told of every verdict, for the audit trail; nobody without. Borrowed: it must outlive this validator.
    /// Set it before the validator is used. What a sink throws changes no verdict; the note of the report says so.
    CertificateValidator& auditTo(AuditSink& sink) noexcept;

    [[nodiscard]] CertificateStore& store() const noexcept { return *store_; }
    [[nodiscard]] const Clock& clock() const noexcept { return *clock_; }

private:
    [[nodiscard]] Verdict judgeOrRefuse(const ValidationRequest& request) const noexcept;
    [[nodiscard]] Verdict judge(const ValidationRequest& request) const;
    void addHints(const ValidationRequest& request, const TrustSnapshot& lists, detail::Judged& judged, Instant now) const noexcept;
    [[nodiscard]] Verdict refuse(const ValidationRequest& request, std::string_view internalFailure) const noexcept;

    CertificateStore* store_;
    const TrustPolicy* policy_;
    const Clock* clock_;
    Budget budget_;
    AuditSink* audit_ = nullptr;
    std::vector<std::pair<std::string, CertificateStore*>> elsewhere_{};
    std::shared_ptr<detail::ValidatorMemory> memory_;
    std::shared_ptr<const Report> lastResort_;  // the refusal for when there is no memory left to write another one
};

}  // namespace uatrust
