#include "validation/checks.hpp"

#include <array>

namespace uatrust::detail {
namespace {

struct Row {
    Step step;
    Check check;
};

// clang-format off
constexpr std::array<Row, 11> table{{
    {Step::Structure,           &checkStructure},
    {Step::BuildChain,          &checkChain},
    {Step::Signature,           &checkSignature},
    {Step::SecurityPolicyCheck, &checkSecurityPolicy},
    {Step::TrustList,           &checkTrustList},
    {Step::ValidityPeriod,      &checkValidityPeriod},
    {Step::HostName,            &checkHostName},
    {Step::Uri,                 &checkUri},
    {Step::CertificateUsage,    &checkUsage},
    {Step::FindRevocationList,  &checkRevocationList},
    {Step::RevocationCheck,     &checkRevocation},
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

Check checkOf(Step step) noexcept { return table[static_cast<std::size_t>(step)].check; }

}  // namespace uatrust::detail
