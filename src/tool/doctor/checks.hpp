#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace uatrust::tool {

/// What a finding means for somebody who runs a plant.
enum class Severity : std::uint8_t {
    Error,    ///< fails now, or lets in whom nobody wants
    Warning,  ///< will fail, or may
    Note      ///< fails nothing; good to know
};

/// severityName() is "error", "warning" or "note".
[[nodiscard]] std::string_view severityName(Severity severity) noexcept;

/// What the doctor looks for. The table in checks.cpp has a row for each, in this order.
enum class Check : std::uint8_t {
    OwnMissing,
    OwnFiles,
    OwnPair,
    OwnEncrypted,
    OwnExpired,
    OwnNotYetValid,
    OwnExpires,
    OwnRevoked,
    OwnUri,
    OwnHosts,
    OwnProfile,
    OwnSeveral,
    OwnUnpaired,
    OwnChain,
    OwnUriShared,
    Expired,
    NotYetValid,
    Expires,
    Superseded,
    CaProfile,
    CaTrusted,
    IssuerNoCa,
    TrustedAndBlocked,
    TrustedAndRejected,
    TrustedChain,
    TrustedRevoked,
    TrustedRefused,
    TrustedWeak,
    Advice,
    CrlMissing,
    CrlExpired,
    CrlNotYetValid,
    CrlExpires,
    CrlForeign,
    CrlOrphan,
    CrlElsewhere,
    RejectedRenewed,
    RejectedElsewhere,
    RejectedWaiting,
    Files,
    FolderWritable,
    Layout,
    Clock,
    ClockStamps,
    EndpointNone,
    EndpointCertificate,
    EndpointExpired,
    EndpointExpires,
    EndpointHost,
    EndpointUri,
    EndpointUsage,
    EndpointPolicy,
    EndpointDeprecated,
    EndpointOpen,
    EndpointUrls,
    EndpointUntrusted,
    EndpointTrusted,
    EndpointOwn,
    EndpointClock,
    CaFiles,
    CaKey,
    CaKeyEncrypted,
    CaKeyOpen,
    CaExpired,
    CaExpires,
    CaSuccession,
    CaCrl,
    CaCrlExpires,
    CaIssued,
    CaBehind
};

/// CheckInfo is one row of the table.
struct CheckInfo {
    Check check;
    std::string_view id;  ///< for programs, never changes: "crl-missing"
    Severity severity;
    std::string_view about;  ///< what it looks for
};

/// checkTable() has the row of a check at its number.
[[nodiscard]] std::span<const CheckInfo> checkTable() noexcept;
[[nodiscard]] const CheckInfo& checkInfo(Check check) noexcept;

/// Diagnosis is one thing that was found. Its texts are safe to show.
struct Diagnosis {
    Check check{};
    std::string where{};     ///< the folder or the endpoint
    std::string what{};      ///< a sentence: what is wrong, with what
    std::string evidence{};  ///< where that was seen; may be empty
    std::string cure{};      ///< a sentence: what to do; empty for a note that needs nothing
};

/// Chart collects what was found.
class Chart {
public:
    /// add() takes a diagnosis; one of the same check, place and text is there once only. Texts get a capital letter and a full stop.
    void add(Diagnosis diagnosis);
    /// The most severe first, then in the order they were found.
    [[nodiscard]] std::vector<Diagnosis> take();

private:
    std::vector<Diagnosis> all_{};
    std::set<std::tuple<Check, std::string, std::string>> known_{};
};

/// listed() names some of many: "a, b, c and 4 more".
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace uatrust::tool
