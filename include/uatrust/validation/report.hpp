#pragma once

#include <uatrust/store/trust_snapshot.hpp>
#include <uatrust/validation/step.hpp>

namespace uatrust {

/// What a certificate is for; decides which steps apply to it.
enum class Profile : std::uint8_t {
    Application,  ///< an application instance certificate (OPC 10000-6, 6.2.2)
    User,         ///< a user certificate (OPC 10000-6, 6.2.3): no host name, no ApplicationUri, no extended key usage
    Path          ///< any certificate: its chain, trust, validity and revocation by RFC 5280, a host name and a URI if given, and
                  ///< nothing of what OPC UA demands of its content; for CA and TLS certificates and for looking into a folder
};

/// "application", "user" or "path".
[[nodiscard]] UATRUST_API std::string_view profileName(Profile profile) noexcept;

/// How one step ended for one certificate.
enum class Outcome : std::uint8_t {
    Passed,
    Failed,
    Suppressed,     ///< failed, and the policy lets it pass; stays in the report and in the audit trail
    NotApplicable,  ///< the step does not concern this certificate, or there is nothing to compare with
    NotReached      ///< could not be looked at because an earlier step failed
};

[[nodiscard]] UATRUST_API std::string_view outcomeName(Outcome outcome) noexcept;

/// Finding is the outcome of one step for one certificate of the chain. The texts are for people and may change;
/// decide on `step`, `outcome` and `status` only.
struct Finding {
    Step step = Step::Structure;
    std::size_t position = 0;  ///< in Report::chain(): 0 is the peer's own certificate
    Outcome outcome = Outcome::NotReached;
    StatusCode status = StatusCode::Good;  ///< of the failure, also when suppressed
    bool suppressible = false;             ///< a failure that an administrator may suppress; the row of the table says it of the
                                           ///< step, a critical extension takes it away from one certificate
    bool blocked = false;    ///< of a failed Trust List Check: the blocked list refuses this certificate, and no policy has a say in it
    std::string message{};   ///< what was seen, one sentence
    std::string expected{};  ///< evidence; empty when there is none
    std::string found{};
    std::string remedy{};              ///< what to do, one sentence; empty unless failed or suppressed
    std::string suppressedBy{};        ///< which rule of which policy, with its comment
    std::vector<std::string> hints{};  ///< near misses, a sentence each: what is almost right, or would be elsewhere
};

/// OtherChain is a chain that was looked at as well and that came less far than the one of the report.
struct OtherChain {
    std::vector<StoredCertificate> chain{};  ///< leaf first
    Finding failure{};                       ///< the first one of it in the order of the steps
};

/// Report is the complete account of one judgement: every step for every certificate, in the order of the
/// specification's table and, inside a step, from the peer's own certificate to the root. Immutable.
class UATRUST_API Report {
public:
    struct Content {
        std::vector<StoredCertificate> chain{};  ///< leaf first, as far as it could be built; `source` says where from
        std::vector<Finding> findings{};
        Role role = Role::Server;
        Profile profile = Profile::Application;
        Instant judgedAt{};    ///< the clock that validity was compared with
        std::string policy{};  ///< name of the policy that decided
        std::string endpointUrl{};
        std::string peerAddress{};
        std::optional<std::string> applicationUri{};  ///< as the request named it: what the certificate was compared with
        std::vector<std::string> hostNames{};         ///< likewise
        Bytes received{};  ///< what the peer sent, when no certificate could be read from it: the first Certificate::kMaxSize octets
        bool acceptedAll = false;               ///< let in by AcceptAllPolicy
        std::vector<OtherChain> otherChains{};  ///< in the order tried, the first kMaxOtherChains; none when all is well
        std::size_t chainsTried = 0;            ///< that of the report included
        std::vector<StoreProblem> storeProblems{};
        std::string note{};  ///< what happened to the certificate: filed under rejected, ...
    };
    static constexpr std::size_t kMaxOtherChains = 16;
    explicit Report(Content content) : content_{std::move(content)} {}

    [[nodiscard]] const Content& content() const noexcept { return content_; }
    [[nodiscard]] const std::vector<StoredCertificate>& chain() const noexcept { return content_.chain; }
    [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return content_.findings; }

    /// The failure that decided: the first one in step order that was not suppressed, the peer's own certificate before its
    /// issuers. Null when there is none: the certificate is accepted.
    [[nodiscard]] const Finding* decisive() const noexcept;

    /// Status of the decisive finding, Good without one; BadSecurityChecksFailed for a report without any finding.
    [[nodiscard]] StatusCode status() const noexcept;

    /// The finding of a step for a position, null when there is none.
    [[nodiscard]] const Finding* find(Step step, std::size_t position = 0) const noexcept;

private:
    Content content_;
};

}  // namespace uatrust
