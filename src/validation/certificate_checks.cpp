#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/crypto/asymmetric.hpp>

#include "validation/checks.hpp"
#include "validation/name_matching.hpp"
#include "validation/usage_profiles.hpp"
#include "validation/wording.hpp"

// The checks that look into one certificate.
namespace uatrust::detail {
namespace {

Observation notApplicable(std::string_view why) { return {.outcome = Outcome::NotApplicable, .message = std::string{why}}; }

constexpr std::string_view forLeafOnly = "Concerns the peer's own certificate only.";
constexpr std::string_view notForUsers = "Does not concern user certificates.";

// ---- Security Policy Check

std::string signatureText(SignatureFamily family, HashAlgorithm hash) {
    constexpr std::array<std::string_view, 5> families{"RSA PKCS#1 v1.5", "RSA-PSS", "ECDSA", "EdDSA", "another algorithm"};
    const auto name = families[static_cast<std::size_t>(family)];
    return hash == HashAlgorithm::None ? std::string{name} : fmt::format("{} with {}", name, hashName(hash));
}

std::string demandsOf(const SecurityPolicy& policy) {
    std::vector<std::string> keys;
    for (const auto each : policy.keyAlgorithms) keys.emplace_back(keyAlgorithmName(each));
    std::vector<std::string> signatures;
    for (const auto& each : policy.certificateSignatures) signatures.push_back(signatureText(each.family, each.hash));
    return fmt::format("key: {}, {} to {} bits; signed: {}", listed(keys, " or "), policy.minKeyBits, policy.maxKeyBits,
                       listed(signatures, " or "));
}

bool signatureFits(const SecurityPolicy& policy, const CertificateSignatureAlgorithm& algorithm) {
    const CertificateSignature used{algorithm.family, algorithm.hash};
    return std::find(policy.certificateSignatures.begin(), policy.certificateSignatures.end(), used) != policy.certificateSignatures.end();
}

// OPC 10000-6, 6.1. Lengths of different algorithms say nothing about each other.
bool outgrowsIssuer(const Path& path, std::size_t position) {
    if (path.isLast(position)) return false;
    const auto& key = path.at(position).publicKey();
    const auto& issuerKey = path.at(position + 1).publicKey();
    return key.algorithm() == issuerKey.algorithm() && key.bits() > issuerKey.bits();
}

std::vector<std::string> policyFaults(const SecurityPolicy& policy, const Path& path, std::size_t position) {
    const auto& certificate = path.at(position);
    const auto& algorithm = certificate.signatureAlgorithm();
    std::vector<std::string> faults;
    if (!keyFits(policy, certificate.publicKey())) faults.push_back(fmt::format("its key is {}", certificate.publicKey().describe()));
    if (!signatureFits(policy, algorithm)) {
        faults.push_back(
            fmt::format("it is signed with {} ({})", signatureText(algorithm.family, algorithm.hash), printable(algorithm.name)));
    }
    if (outgrowsIssuer(path, position)) {
        faults.push_back(fmt::format("its key ({}) is longer than its issuer's ({})", certificate.publicKey().describe(),
                                     path.at(position + 1).publicKey().describe()));
    }
    return faults;
}

// ---- Validity Period

std::string whyNotValid(const Certificate& certificate, Instant now, std::chrono::seconds tolerance = std::chrono::seconds{0}) {
    if (now + tolerance < certificate.notBefore())
        return fmt::format("is not valid yet: it begins in {}", formatDuration(certificate.notBefore() - now));
    if (now - tolerance > certificate.notAfter()) return fmt::format("expired {} ago", formatDuration(now - certificate.notAfter()));
    return {};
}

std::string validityRemedy(const Certificate& certificate, Instant now) {
    if (now < certificate.notBefore()) {
        return fmt::format(
            "If it is the time that is wrong, set the clock; else wait until {}, or have {} issued anew to be valid at once.",
            formatInstant(certificate.notBefore()), certificate.describe());
    }
    return fmt::format("Have {} renewed; if it is the time that is wrong, set the clock.", certificate.describe());
}

// ---- Certificate Usage

UsageReview reviewUsage(const CheckContext& context, const Path& path, std::size_t position) {
    if (position != 0) return reviewIssuer(path, position, context.nameConstraints);
    if (context.request.profile == Profile::User) return reviewUser(path.at(0));
    if (context.request.profile == Profile::Path) return {.purpose = "as the end of a chain"};
    return reviewApplication(path.at(0), context.request.role, path.members.size() == 1 && path.end == PathEnd::Root);
}

std::string usageOf(const Certificate& certificate) {
    const auto& keyUsage = certificate.keyUsage();
    const auto& purposes = certificate.extendedKeyUsage();
    const auto& constraints = certificate.basicConstraints();
    const auto mark = [](bool critical) { return critical ? " (critical)" : ""; };
    auto text = keyUsage ? fmt::format("keyUsage {}{}", keyUsage->text(), mark(keyUsage->critical)) : std::string{"no keyUsage"};
    text +=
        purposes ? fmt::format("; extendedKeyUsage {}{}", printable(purposes->text()), mark(purposes->critical)) : "; no extendedKeyUsage";
    text += constraints ? fmt::format("; basicConstraints cA {}", constraints->ca ? "TRUE" : "FALSE") : "; no basicConstraints";
    if (constraints && constraints->pathLength) text += fmt::format(", pathLenConstraint {}", *constraints->pathLength);
    return text;
}

std::vector<std::string> textsOf(const std::vector<UsageFault>& faults) {
    std::vector<std::string> texts;
    for (const auto& each : faults) texts.push_back(each.text);
    return texts;
}

}  // namespace

/// Row "Security Policy Check" (OPC 10000-6, 6.1): the key and the signature of every certificate of the chain, the
/// root's own signature included.
Observation checkSecurityPolicy(const CheckContext& context, const Path& path, std::size_t position) {
    const auto* policy = context.request.securityPolicy;
    if (policy == nullptr || policy->id == SecurityPolicyId::None) return notApplicable("No SecurityPolicy was given to compare with.");
    const auto& certificate = path.at(position);
    const auto faults = policyFaults(*policy, path, position);
    if (faults.empty()) return {.outcome = Outcome::Passed, .message = fmt::format("Fits {}.", policy->name)};
    return {
        .outcome = Outcome::Failed,
        .message = fmt::format("{} does not fit {}: {}.", certificate.describe(), policy->name, listed(faults, "; ")),
        .expected = demandsOf(*policy),
        .found = listed(faults, "; "),
        .remedy = fmt::format("Have {} reissued to fit {}, or use a SecurityPolicy that it fits.", certificate.describe(), policy->name)};
}

/// Row "Validity Period". Both ends belong to it (RFC 5280, 4.1.2.5).
Observation checkValidityPeriod(const CheckContext& context, const Path& path, std::size_t position) {
    const auto& certificate = path.at(position);
    const auto fault = whyNotValid(certificate, context.now);
    if (fault.empty())
        return {.outcome = Outcome::Passed, .message = fmt::format("Valid until {}.", formatInstant(certificate.notAfter()))};
    const auto clock = context.request.at ? "the time that was asked for" : "by this machine's clock";
    const auto tolerance = context.policy.clockTolerance();
    const bool tolerable = whyNotValid(certificate, context.now, tolerance).empty();
    return {.outcome = Outcome::Failed,
            .message = fmt::format("{} {}.", certificate.describe(), fault),
            .expected = fmt::format("a time from {} to {}", formatInstant(certificate.notBefore()), formatInstant(certificate.notAfter())),
            .found = fmt::format("{}, {}", formatInstant(context.now), clock),
            .remedy = validityRemedy(certificate, context.now),
            .excusedBy = tolerable ? fmt::format("clock tolerance of {}", formatDuration(tolerance)) : std::string{}};
}

/// Row "Host Name": for clients only, and only when they know what they connect to.
Observation checkHostName(const CheckContext& context, const Path& path, std::size_t position) {
    const auto& request = context.request;
    if (position != 0) return notApplicable(forLeafOnly);
    if (request.profile == Profile::User) return notApplicable(notForUsers);
    if (request.role != Role::Client) return notApplicable("Only a client compares host names.");
    if (request.hostNames.empty()) return notApplicable("No host name was given to compare with.");

    const auto& certificate = path.at(position);
    const auto fits = [&](const std::string& host) { return namesHost(certificate, host); };
    const auto match = std::find_if(request.hostNames.begin(), request.hostNames.end(), fits);
    if (match != request.hostNames.end())
        return {.outcome = Outcome::Passed, .message = fmt::format("{} is in the certificate.", quoted(*match))};

    std::vector<std::string> wanted;
    for (const auto& each : request.hostNames) wanted.push_back(quoted(each));
    return {.outcome = Outcome::Failed,
            .message = fmt::format("{} was not issued for the host {}.", certificate.describe(), listed(wanted, " or ")),
            .expected = listed(wanted, " or "),
            .found = hostsOf(certificate),
            .remedy =
                "Connect with a host name or address that the certificate names, or have the server's certificate reissued with this one."};
}

/// Row "URI". Not for an administrator to suppress: it is who the peer claims to be.
Observation checkUri(const CheckContext& context, const Path& path, std::size_t position) {
    const auto& request = context.request;
    if (position != 0) return notApplicable(forLeafOnly);
    if (request.profile == Profile::User) return notApplicable(notForUsers);
    if (!request.applicationUri) return notApplicable("No ApplicationUri was given to compare with.");

    const auto& certificate = path.at(position);
    const auto& uri = *request.applicationUri;
    if (namesUri(certificate, uri)) return {.outcome = Outcome::Passed, .message = fmt::format("{} is in the certificate.", quoted(uri))};
    const auto remark = namesUriInOtherCase(certificate, uri) ? " Only upper and lower case differ, and they count." : "";
    return {.outcome = Outcome::Failed,
            .message = fmt::format("The ApplicationUri {} is not in {}.{}", quoted(uri), certificate.describe(), remark),
            .expected = quoted(uri),
            .found = urisOf(certificate),
            .remedy =
                "Make the peer's ApplicationUri and the URI in its certificate the same, to the letter: change its configuration or "
                "have its certificate reissued."};
}

/// Row "Certificate Usage": what it may be used for, by the profile of an application, a user or a CA.
Observation checkUsage(const CheckContext& context, const Path& path, std::size_t position) {
    const auto& certificate = path.at(position);
    auto review = reviewUsage(context, path, position);
    addPolicyFault(path, position, review);
    if (review.faults.empty()) {
        const auto remarks = review.remarks.empty() ? std::string{} : ", although " + listed(review.remarks, "; ");
        return {.outcome = Outcome::Passed, .message = fmt::format("May be used {}{}.", review.purpose, remarks)};
    }
    const auto insists = [](const UsageFault& each) { return each.mandatory; };
    return {
        .outcome = Outcome::Failed,
        .message = fmt::format("{} may not be used {}: {}.", certificate.describe(), review.purpose, listed(textsOf(review.faults), "; ")),
        .expected = std::string{review.expected},
        .found = usageOf(certificate),
        .remedy = fmt::format("Have {} reissued for use {}.", certificate.describe(), review.purpose),
        .mandatory = std::any_of(review.faults.begin(), review.faults.end(), insists)};
}

}  // namespace uatrust::detail
