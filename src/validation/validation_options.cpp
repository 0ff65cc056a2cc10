#include <uatrust/validation/validation_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "validation/name_matching.hpp"
#include "validation/wording.hpp"

namespace uatrust {
namespace {

using S = StatusCode;

constexpr std::array leafTime{S::BadCertificateTimeInvalid};
constexpr std::array issuerTime{S::BadCertificateIssuerTimeInvalid};
constexpr std::array anyTime{S::BadCertificateTimeInvalid, S::BadCertificateIssuerTimeInvalid};
constexpr std::array hostName{S::BadCertificateHostNameInvalid};
constexpr std::array leafRevocation{S::BadCertificateRevocationUnknown};
constexpr std::array issuerRevocation{S::BadCertificateIssuerRevocationUnknown};
constexpr std::array anyRevocation{S::BadCertificateRevocationUnknown, S::BadCertificateIssuerRevocationUnknown};

constexpr std::string_view checkOnline = "CheckRevocationStatusOnline";
constexpr std::string_view checkOffline = "CheckRevocationStatusOffline";
constexpr std::string_view useDefaults = "UseDefaultOptions";

constexpr std::uint32_t bit(unsigned number) { return std::uint32_t{1} << number; }

// clang-format off
constexpr std::array<ValidationOption, 7> trustListOptions{{
    {bit(0), "SuppressCertificateExpired",            "A certificate may be outside its dates.", leafTime},
    {bit(1), "SuppressHostNameInvalid",               "The host name need not be in the certificate.", hostName},
    {bit(2), "SuppressRevocationStatusUnknown",       "Whether a certificate has been revoked need not be known.", leafRevocation},
    {bit(3), "SuppressIssuerCertificateExpired",      "The certificate of a CA may be outside its dates.", issuerTime},
    {bit(4), "SuppressIssuerRevocationStatusUnknown", "Whether a CA has been revoked need not be known.", issuerRevocation},
    {bit(5), checkOnline,                             "Ask an OCSP responder."},
    {bit(6), checkOffline,                            "Look into the CRLs of the lists."},
}};

constexpr std::array<ValidationOption, 6> certificateOptions{{
    {bit(0), "SuppressCertificateExpired",      "A certificate or that of a CA may be outside its dates.", anyTime},
    {bit(1), "SuppressHostNameInvalid",         "The host name need not be in the certificate.", hostName},
    {bit(2), "SuppressRevocationStatusUnknown", "Whether a certificate or a CA has been revoked need not be known.", anyRevocation},
    {bit(3), checkOnline,                       "Ask an OCSP responder."},
    {bit(4), checkOffline,                      "Look into the CRLs of the lists."},
    {bit(5), useDefaults,                       "The options of the list that the certificate is in count, and not these."},
}};
// clang-format on

std::uint32_t knownBits(ValidationOptionSet set) noexcept {
    std::uint32_t known = 0;
    for (const auto& each : validationOptionTable(set)) known |= each.mask;
    return known;
}

bool has(ValidationOptionSet set, std::uint32_t options, std::string_view name) noexcept {
    const auto table = validationOptionTable(set);
    return std::any_of(table.begin(), table.end(),
                       [&](const ValidationOption& each) { return each.name == name && (options & each.mask) != 0; });
}

std::string allNames(ValidationOptionSet set) { return validationOptionNames(set, knownBits(set)); }

Result<void> checkBits(ValidationOptionSet set, std::uint32_t options) {
    const auto unknown = options & ~knownBits(set);
    if (unknown == 0) return {};
    return Error{S::BadInvalidArgument,
                 fmt::format("{} 0x{:X} has what the set does not have: {}.", validationOptionSetName(set), options,
                             validationOptionNames(set, unknown)),
                 fmt::format("Use the bits of OPC 10000-{} only: {}.", set == ValidationOptionSet::TrustList ? "12, 7.8.2.10" : "6, E.6",
                             allNames(set))};
}

// What is in force: the options themselves, or those of the list.
Result<std::uint32_t> resolve(ValidationOptionSet set, std::uint32_t options, const std::optional<std::uint32_t>& defaults) {
    if (const auto fits = checkBits(set, options); !fits) return fits.error();
    if (!has(set, options, useDefaults)) return options;
    if (defaults && !has(set, *defaults, useDefaults)) {
        if (const auto fits = checkBits(set, *defaults); !fits) return fits.error();
        return *defaults;
    }
    return Error{S::BadInvalidArgument,
                 fmt::format("UseDefaultOptions refers to the options of a list, {}.",
                             defaults ? "and they refer to further ones" : "and there are none"),
                 "Give the options of the list, or set the bits that you mean."};
}

Result<RevocationMode> modeOf(ValidationOptionSet set, std::uint32_t options) {
    if (has(set, options, checkOffline)) return RevocationMode::Required;
    if (!has(set, options, checkOnline)) return RevocationMode::Off;
    return Error{S::BadNotSupported, "CheckRevocationStatusOnline alone cannot be done: uatrust asks no OCSP responder.",
                 "Set CheckRevocationStatusOffline too, and keep the CRLs of the lists up to date."};
}

std::string commentOf(std::string_view what, const ValidationOptionScope& scope) {
    return scope.comment.empty() ? std::string{what} : fmt::format("{}; {}", what, scope.comment);
}

Result<void> suppressAll(SuppressingPolicy& policy, ValidationOptionSet set, std::uint32_t options, const ValidationOptionScope& scope) {
    for (const auto& each : validationOptionTable(set)) {
        if ((options & each.mask) == 0) continue;
        for (const auto status : each.suppresses) {
            auto added = policy.suppress(
                {.status = status, .issuer = scope.certificate, .until = scope.until, .comment = commentOf(each.name, scope)});
            if (!added) return added;
        }
    }
    return {};
}

// ---- Text

std::vector<std::string_view> wordsOf(std::string_view text) {
    constexpr std::string_view separators = ",| \t\r\n";
    std::vector<std::string_view> words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) return words;
        const auto word = text.substr(0, text.find_first_of(separators));
        words.push_back(word);
        text.remove_prefix(word.size());
    }
}

std::optional<std::uint32_t> numberOf(std::string_view word) {
    const bool hexadecimal = word.starts_with("0x") || word.starts_with("0X");
    if (hexadecimal) word.remove_prefix(2);
    std::uint32_t number = 0;
    const auto* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, number, hexadecimal ? 16 : 10);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

std::optional<std::uint32_t> valueOf(ValidationOptionSet set, std::string_view word) {
    if (detail::sameButForCase(word, "none")) return 0;
    for (const auto& each : validationOptionTable(set)) {
        if (detail::sameButForCase(word, each.name)) return each.mask;
    }
    return numberOf(word);
}

}  // namespace

std::string_view validationOptionSetName(ValidationOptionSet set) noexcept {
    return set == ValidationOptionSet::TrustList ? "TrustListValidationOptions" : "CertificateValidationOptions";
}

std::span<const ValidationOption> validationOptionTable(ValidationOptionSet set) noexcept {
    if (set == ValidationOptionSet::TrustList) return trustListOptions;
    return certificateOptions;
}

std::string validationOptionNames(ValidationOptionSet set, std::uint32_t options) {
    if (options == 0) return "none";
    std::vector<std::string> names;
    for (const auto& each : validationOptionTable(set)) {
        if ((options & each.mask) != 0) names.emplace_back(each.name);
    }
    const auto unknown = options & ~knownBits(set);
    for (unsigned i = 0; i < 32; ++i) {
        if ((unknown & bit(i)) != 0) names.push_back(fmt::format("bit {}", i));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

Result<std::uint32_t> parseValidationOptions(ValidationOptionSet set, std::string_view text) {
    const auto words = wordsOf(text);
    if (words.empty()) {
        return Error{S::BadInvalidArgument, fmt::format("There is no option in {}.", detail::quoted(text)),
                     fmt::format("Say \"none\" if you mean that, or some of: {}.", allNames(set))};
    }
    std::uint32_t options = 0;
    for (const auto word : words) {
        const auto value = valueOf(set, word);
        if (!value) {
            return Error{S::BadInvalidArgument, fmt::format("{} is none of the {}.", detail::quoted(word), validationOptionSetName(set)),
                         fmt::format("Use a number, or some of: {}.", allNames(set))};
        }
        options |= *value;
    }
    if (const auto fits = checkBits(set, options); !fits) return fits.error();
    return options;
}

Result<void> applyValidationOptions(SuppressingPolicy& policy, ValidationOptionSet set, std::uint32_t options,
                                    const ValidationOptionScope& scope) {
    const auto inForce = resolve(set, options, scope.defaults);
    if (!inForce) return inForce.error();
    const auto mode = modeOf(set, *inForce);
    if (!mode) return mode.error();
    auto changed = policy;
    if (auto added = suppressAll(changed, set, *inForce, scope); !added) return added;
    const auto check = has(set, *inForce, checkOffline) ? std::string{checkOffline} : fmt::format("without {}", checkOffline);
    changed.revocation(*mode, scope.certificate, commentOf(check, scope));
    policy = std::move(changed);
    return {};
}

}  // namespace uatrust
