#pragma once

#include <uatrust/validation/report.hpp>

namespace uatrust {

/// AuditEventTypeInfo is the ObjectType that an event is an instance of, in the namespace of OPC UA itself (index 0). The
/// NodeSet marks these types as abstract; servers raise them all the same.
struct AuditEventTypeInfo {
    AuditEventType type;
    std::uint32_t nodeId;         ///< numeric identifier: the EventType field is ns=0;i=<nodeId>
    std::string_view browseName;  ///< "AuditCertificateExpiredEventType"
};

/// auditEventTypeTable() lists the types in the order of the enumeration.
[[nodiscard]] UATRUST_API std::span<const AuditEventTypeInfo> auditEventTypeTable() noexcept;
[[nodiscard]] UATRUST_API const AuditEventTypeInfo& auditEventTypeInfo(AuditEventType type) noexcept;

/// The SourceName of every event about a certificate (OPC 10000-5, 6.4.12). Its SourceNode is the Server object.
inline constexpr std::string_view kAuditSourceName = "Security/Certificate";

/// The values of the Severity field, from 1 (information) to 1000 (OPC 10000-5, 6.4.2). The specification sets none for these
/// events. Ours say how soon somebody should look.
struct AuditSeverity {
    static constexpr std::uint16_t kSuppressed = 300;  ///< a failure that a policy lets pass
    static constexpr std::uint16_t kRefused = 500;     ///< what age, missing configuration or a missing entry in a list leads to
    /// What does not happen to an honest peer by itself: a malformed or forged certificate, another application's URI, a
    /// certificate that was revoked; and a certificate that could not be judged because something failed in here.
    static constexpr std::uint16_t kSuspicious = 800;
    static constexpr std::uint16_t kAcceptedAll = 900;  ///< let in by AcceptAllPolicy, which lets in everybody
};

/// AuditEvent is one AuditCertificateEventType event as OPC 10000-5, 6.4.12 to 6.4.18, has it, but for what only the
/// stack knows: EventId, Time, ReceiveTime and the ServerId. It is for this side's operators: never send it, or parts of it, to
/// the peer, who learns Verdict::statusForPeer() and no more.
///
/// What a peer wrote is made printable() in every text, and bounded.
struct AuditEvent {
    AuditEventType type = AuditEventType::CertificateInvalid;  ///< auditEventTypeInfo() has NodeId and name
    Step step = Step::Structure;                               ///< which failed
    std::size_t position = 0;                                  ///< in Report::chain()
    std::uint16_t severity = AuditSeverity::kRefused;
    std::string message{};                                        ///< what was seen, of which certificate of the chain, who let it pass
    StatusCode statusCodeId = StatusCode::BadCertificateInvalid;  ///< the exact status, which a peer may not learn

    /// Whether the requested action could be performed (OPC 10000-5, 6.4.3): the certificate was accepted. So it is true for
    /// a failure that was suppressed, unless another one led to the refusal.
    bool status = false;
    bool suppressed = false;     ///< a policy let this failure pass
    std::string suppressedBy{};  ///< which rule of which policy; empty unless suppressed

    Instant actionTimeStamp{};  ///< the time that the certificate was judged for: Report::Content::judgedAt

    /// The subject of a user certificate (OPC 10000-5, 6.4.3), as claimed. Empty for an application: no user is known then, and
    /// a stack that does know it fills it in.
    std::string clientUserId{};
    std::string clientAuditEntryId{};                   ///< of the request header: for the stack to fill in
    std::optional<std::string> clientApplicationUri{};  ///< as the client claims it; absent when it is not known, and at a client

    /// DER of the certificate that failed. What the peer sent (its first Certificate::kMaxSize octets) when no certificate
    /// could be read from it; empty when there is not even that.
    Bytes certificate{};
    std::optional<std::string> invalidHostname{};  ///< CertificateDataMismatch: the host that is not in the certificate, or
    std::optional<std::string> invalidUri{};       ///< the ApplicationUri that is not; absent is the null String
};

/// auditEvents() makes the events of a report (OPC 10000-4, 6.1.3 and 6.5): one for each failure of each certificate, also
/// for one that was suppressed and also when the certificate was accepted, in the order of the steps. None for a certificate
/// that passed; at least one for a refused one, whatever it was refused for. A pure function.
[[nodiscard]] UATRUST_API std::vector<AuditEvent> auditEvents(const Report& report);

/// AuditSink is told of every verdict of a CertificateValidator (auditTo()): where a stack raises its events, or a log is
/// written.
///
/// Called on the thread that validates, from several threads at once: be quick, and lock what you share. An exception
/// changes no verdict; it ends as a note in the report.
class UATRUST_API AuditSink {
public:
    virtual ~AuditSink() = default;
    /// `events` are auditEvents(report), empty for a certificate that passed. Both live as long as the call.
    virtual void onVerdict(const Report& report, std::span<const AuditEvent> events) = 0;
};

}  // namespace uatrust
