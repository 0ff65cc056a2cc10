#pragma once

#include <uatrust/validation/trust_policy.hpp>

namespace uatrust {

/// The two sets of options by which the specification lets an administrator relax validation. They share names but not
/// bits.
enum class ValidationOptionSet : std::uint8_t {
    TrustList,   ///< TrustListValidationOptions, OPC 10000-12, 7.8.2.10: DefaultValidationOptions of a trust list
    Certificate  ///< CertificateValidationOptions, OPC 10000-6, E.6: in the configuration file of an application
};

/// "TrustListValidationOptions" or "CertificateValidationOptions".
[[nodiscard]] UATRUST_API std::string_view validationOptionSetName(ValidationOptionSet set) noexcept;

/// What a trust list has when nobody has set anything: CheckRevocationStatusOffline, and nothing is suppressed.
inline constexpr std::uint32_t kDefaultTrustListOptions = 0x40;

/// ValidationOption is one bit of a set.
struct ValidationOption {
    std::uint32_t mask;
    std::string_view name;                     ///< "SuppressHostNameInvalid", as the specification has it
    std::string_view meaning;                  ///< one sentence
    std::span<const StatusCode> suppresses{};  ///< the failures that it lets pass
};

/// validationOptionTable() lists the bits of a set in ascending order.
[[nodiscard]] UATRUST_API std::span<const ValidationOption> validationOptionTable(ValidationOptionSet set) noexcept;

/// validationOptionNames() writes options for people, "SuppressCertificateExpired, CheckRevocationStatusOffline"; "none"
/// for 0, "bit 9" for a bit that the set does not have.
[[nodiscard]] UATRUST_API std::string validationOptionNames(ValidationOptionSet set, std::uint32_t options);

/// parseValidationOptions() reads names, without regard to case, and numbers ("65", "0x41"), separated by commas, "|" or
/// blanks; "none" is 0. BadInvalidArgument for anything else, empty text and bits that the set does not have included.
[[nodiscard]] UATRUST_API Result<std::uint32_t> parseValidationOptions(ValidationOptionSet set, std::string_view text);

/// ValidationOptionScope is what a set of options is attached to.
struct ValidationOptionScope {
    /// For this certificate and, when it is a CA, what it has issued, directly or not; for every certificate when absent.
    std::optional<CertificateId> certificate{};
    /// Options of the list that the certificate is in, of the same set: in force with UseDefaultOptions.
    std::optional<std::uint32_t> defaults{};
    std::optional<Instant> until{};  ///< what is suppressed ends by itself (exclusive); how CRLs count does not
    std::string comment{};           ///< why, and who decided: shown with every use
};

/// applyValidationOptions() adds to a policy what a set of options says: a suppression for each Suppress bit, and how CRLs
/// count. On an error the policy is as it was.
///
///  - SuppressHostNameInvalid lets a wrong host name pass, never a wrong ApplicationUri, although both option sets say so:
///    OPC 10000-4, 6.1.3, does not let anybody suppress that.
///  - The bits of the Certificate set do not tell issuers apart: they also let the failures of a CA pass. With a scope that means
///    the CA it names and those below it, not those above.
///  - CheckRevocationStatusOffline is RevocationMode::Required. Neither Check bit is RevocationMode::Off.
///  - CheckRevocationStatusOnline alone is BadNotSupported: nothing is fetched, and without a look it must fail. Together
///    with CheckRevocationStatusOffline the CRLs of the lists count, as when no responder is reached.
///  - UseDefaultOptions: the other bits are ignored and `scope.defaults` counts. BadInvalidArgument when there are none or they say
///    UseDefaultOptions themselves.
///  - BadInvalidArgument for bits that the set does not have.
///
/// Suppressions of several calls add up. How CRLs count is what the last call said of a CA, or of all of them.
[[nodiscard]] UATRUST_API Result<void> applyValidationOptions(SuppressingPolicy& policy, ValidationOptionSet set, std::uint32_t options,
                                                              const ValidationOptionScope& scope = {});

}  // namespace uatrust
