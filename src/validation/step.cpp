#include <uatrust/validation/step.hpp>

#include <algorithm>
#include <array>

namespace uatrust {
namespace {

using S = StatusCode;
using A = AuditEventType;

constexpr bool never = false;
constexpr bool byAdministrator = true;

// OPC 10000-4, 6.1.3, Table "Certificate validation steps". "Never" includes the ApplicationUri, against bit 1 of
// TrustListValidationOptions (OPC 10000-12, 7.8.2): Part 4 wins.
// clang-format off
constexpr std::array<StepInfo, 11> table{{
    {Step::Structure,           "Certificate Structure",   S::BadCertificateInvalid,           S::BadCertificateInvalid,                 never,           A::CertificateInvalid},
    {Step::BuildChain,          "Build Certificate Chain", S::BadCertificateChainIncomplete,   S::BadCertificateChainIncomplete,         never,           A::CertificateInvalid},
    {Step::Signature,           "Signature",               S::BadCertificateInvalid,           S::BadCertificateInvalid,                 never,           A::CertificateInvalid},
    {Step::SecurityPolicyCheck, "Security Policy Check",   S::BadCertificatePolicyCheckFailed, S::BadCertificatePolicyCheckFailed,       byAdministrator, A::CertificateInvalid},
    {Step::TrustList,           "Trust List Check",        S::BadCertificateUntrusted,         S::BadCertificateUntrusted,               never,           A::CertificateUntrusted},
    {Step::ValidityPeriod,      "Validity Period",         S::BadCertificateTimeInvalid,       S::BadCertificateIssuerTimeInvalid,       byAdministrator, A::CertificateExpired},
    {Step::HostName,            "Host Name",               S::BadCertificateHostNameInvalid,   S::BadCertificateHostNameInvalid,         byAdministrator, A::CertificateDataMismatch},
    {Step::Uri,                 "URI",                     S::BadCertificateUriInvalid,        S::BadCertificateUriInvalid,              never,           A::CertificateDataMismatch},
    {Step::CertificateUsage,    "Certificate Usage",       S::BadCertificateUseNotAllowed,     S::BadCertificateIssuerUseNotAllowed,     byAdministrator, A::CertificateMismatch},
    {Step::FindRevocationList,  "Find Revocation List",    S::BadCertificateRevocationUnknown, S::BadCertificateIssuerRevocationUnknown, byAdministrator, A::CertificateRevoked},
    {Step::RevocationCheck,     "Revocation Check",        S::BadCertificateRevoked,           S::BadCertificateIssuerRevoked,           never,           A::CertificateRevoked},
}};
// clang-format on

constexpr bool rowsFollowTheEnumeration() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].step) != i) return false;
    }
    return true;
}
static_assert(rowsFollowTheEnumeration());

// What a server may disclose (OPC 10000-4, 6.1.3, and OPC 10000-6, 6.7.7): what its own certificate told the client
// anyway. The sources contradict each other on the two RevocationUnknown codes: hidden, the safe reading.
constexpr std::array disclosed{S::BadCertificateTimeInvalid, S::BadCertificateIssuerTimeInvalid, S::BadCertificateUriInvalid,
                               S::BadCertificateUseNotAllowed, S::BadCertificateIssuerUseNotAllowed};

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
    const bool mayBeTold = std::find(disclosed.begin(), disclosed.end(), status) != disclosed.end();
    return mayBeTold ? status : StatusCode::BadSecurityChecksFailed;
}

}  // namespace uatrust
