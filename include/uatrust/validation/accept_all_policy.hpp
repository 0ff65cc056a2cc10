#pragma once

#include <uatrust/validation/trust_policy.hpp>

namespace uatrust {

/// AcceptAllPolicy trusts every well-formed certificate, for commissioning and test benches. It is INSECURE: anyone
/// who can reach the endpoint is let in. Put it behind a PerEndpointPolicy, and give it an end.
///
/// It waives: incomplete chain, untrusted, security policy, validity, host name, usage, unknown revocation. It does
/// not waive: a malformed certificate, a wrong signature, an ApplicationUri that is not the certificate's, a
/// revocation that is known, and the blocked list. Every step is still run and every waived failure stays in the report.
/// Nothing is written into any folder; seen() lists whom it let in, so that there is something to promote to the
/// trusted list when it is switched off. Safe to use from several threads.
class UATRUST_API AcceptAllPolicy final : public TrustPolicy {
public:
    /// Seen is one certificate that was let in.
    struct Seen {
        Certificate certificate;
        Instant first{};
        Instant last{};
        std::uint64_t count = 0;
        std::string peerAddress{};
    };

    /// Accepts until `until` (exclusive), for ever without one. Afterwards it suppresses nothing: like StrictPolicy.
    /// Remembers at most `maxSeen` certificates, the least recently seen makes room.
    explicit AcceptAllPolicy(std::optional<Instant> until = {}, std::size_t maxSeen = 100);
    ~AcceptAllPolicy() override;

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] Ruling onFailure(const Finding& failure, const Certificate& certificate, const PolicyContext& context) const override;

    /// Whether it accepts at this moment.
    [[nodiscard]] bool open(Instant now) const noexcept;
    /// Whether a failure with this status is waived.
    [[nodiscard]] static bool waives(StatusCode status) noexcept;
    /// Whom it let in, most recent first.
    [[nodiscard]] std::vector<Seen> seen() const;
    /// Called by CertificateValidator for each certificate that was let in.
    void remember(const Certificate& leaf, const PolicyContext& context) const;

private:
    struct State;
    std::optional<Instant> until_;
    std::unique_ptr<State> state_;
};

}  // namespace uatrust
