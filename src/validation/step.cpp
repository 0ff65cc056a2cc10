#include <uatrust/validation/step.hpp>

#include <algorithm>
#include <array>

namespace uatrust {
namespace {

using S = StatusCode;
using A = AuditEventType;

constexpr bool never = false;
constexpr bool byAdministrator = true;
constexpr bool hidden = false;
constexpr bool told = true;

// OPC 10000-4, 6.1.3, Table "Certificate validation steps". What a server tells (there, and OPC 10000-6, 6.7.7) is what
// its own certificate has told the client anyway; the sources contradict each other on the two RevocationUnknown codes:
// hidden, the safe reading. "Never" includes the ApplicationUri, against bit 1 of
// TrustListValidationOptions (OPC 10000-12, 7.8.2): Part 4 wins.
// clang-format off
constexpr std::array<StepInfo, 11> table{{
    {Step::Structure,           "Certificate Structure",   S::BadCertificateInvalid,           S::BadCertificateInvalid,                 never,           A::CertificateInvalid, hidden},
    {Step::BuildChain,          "Build Certificate Chain", S::BadCertificateChainIncomplete,   S::BadCertificateChainIncomplete,         never,           A::CertificateInvalid, hidden},
    {Step::Signature,           "Signature",               S::BadCertificateInvalid,           S::BadCertificateInvalid,                 never,           A::CertificateInvalid, hidden},
    {Step::SecurityPolicyCheck, "Security Policy Check",   S::BadCertificatePolicyCheckFailed, S::BadCertificatePolicyCheckFailed,       byAdministrator, A::CertificateInvalid, hidden},
    {Step::TrustList,           "Trust List Check",        S::BadCertificateUntrusted,         S::BadCertificateUntrusted,               never,           A::CertificateUntrusted, hidden},
    {Step::ValidityPeriod,      "Validity Period",         S::BadCertificateTimeInvalid,       S::BadCertificateIssuerTimeInvalid,       byAdministrator, A::CertificateExpired, told},
    {Step::HostName,            "Host Name",               S::BadCertificateHostNameInvalid,   S::BadCertificateHostNameInvalid,         byAdministrator, A::CertificateDataMismatch, hidden},
    {Step::Uri,                 "URI",                     S::BadCertificateUriInvalid,        S::BadCertificateUriInvalid,              never,           A::CertificateDataMismatch, told},
    {Step::CertificateUsage,    "Certificate Usage",       S::BadCertificateUseNotAllowed,     S::BadCertificateIssuerUseNotAllowed,     byAdministrator, A::CertificateMismatch, told},
    {Step::FindRevocationList,  "Find Revocation List",    S::BadCertificateRevocationUnknown, S::BadCertificateIssuerRevocationUnknown, byAdministrator, A::CertificateRevoked, hidden},
    {Step::RevocationCheck,     "Revocation Check",        S::BadCertificateRevoked,           S::BadCertificateIssuerRevoked,           never,           A::CertificateRevoked, hidden},
}};
// clang-format on

constexpr bool rowsFollowTheEnumeration() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].step) != i) return false;
    }
    return true;
}
static_assert(rowsFollowTheEnumeration());

}  // namespace

std::span<const StepInfo> stepTable() noexcept { return table; }

const StepInfo& stepInfo(Step step) noexcept { return table[static_cast<std::size_t>(step)]; }

const StepInfo* suppressibleStep(StatusCode status) noexcept {
    const auto* const row = std::find_if(table.begin(), table.end(), [&](const StepInfo& each) {
        return each.suppressible && (each.leafStatus == status || each.issuerStatus == status);
    });
    return row == table.end() ? nullptr : row;
}

StatusCode statusForPeer(StatusCode status, Role judge) noexcept {
    if (judge == Role::Client || isGood(status)) return status;
    const bool mayKnow = std::any_of(table.begin(), table.end(), [&](const StepInfo& each) {
        return each.toldToPeer && (each.leafStatus == status || each.issuerStatus == status);
    });
    return mayKnow ? status : StatusCode::BadSecurityChecksFailed;
}

}  // namespace uatrust
