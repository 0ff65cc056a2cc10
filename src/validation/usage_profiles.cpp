#include "validation/usage_profiles.hpp"

#include <array>

#include <fmt/format.h>

#include "validation/certificate_policies.hpp"

namespace uatrust::detail {
namespace {

constexpr std::uint16_t bit(KeyUsage usage) { return static_cast<std::uint16_t>(usage); }

constexpr std::uint16_t requiredOfRsa = bit(KeyUsage::DigitalSignature) | bit(KeyUsage::KeyEncipherment) | bit(KeyUsage::DataEncipherment);
constexpr std::uint16_t requiredOfOthers = bit(KeyUsage::DigitalSignature);

bool isRsa(const Certificate& certificate) { return certificate.publicKey().algorithm() == KeyAlgorithm::Rsa; }

std::string namesOf(std::uint16_t keyUsageBits) { return KeyUsageSet{.bits = keyUsageBits}.text(); }

// Made once: it is asked for with every verdict, and shown with few.
std::string_view expectedOfApplication(bool rsa, bool peerIsClient) {
    const auto make = [](std::uint16_t required, std::string_view purpose) {
        return fmt::format("keyUsage with {}; extendedKeyUsage with {}", namesOf(required), purpose);
    };
    static const std::array ofRsa{make(requiredOfRsa, "serverAuth"), make(requiredOfRsa, "clientAuth")};
    static const std::array ofOthers{make(requiredOfOthers, "serverAuth"), make(requiredOfOthers, "clientAuth")};
    return (rsa ? ofRsa : ofOthers)[peerIsClient ? 1 : 0];
}

// Criticality is how a certificate marks a usage as mandatory (OPC 10000-4, 6.1.3, row "Certificate Usage").
void requireKeyUsage(const KeyUsageSet& usage, std::uint16_t required, UsageReview& review) {
    const auto missing = static_cast<std::uint16_t>(required & ~usage.bits);
    if (missing != 0) review.faults.push_back({fmt::format("its keyUsage lacks {}", namesOf(missing)), usage.critical});
}

// OPC 10000-6, 6.2.2: shall be present for RSA, is optional for ECC.
void requirePurpose(const Certificate& certificate, std::string_view oid, std::string_view name, UsageReview& review) {
    const auto& purposes = certificate.extendedKeyUsage();
    if (!purposes) {
        if (isRsa(certificate)) review.faults.push_back({"it has no extendedKeyUsage extension"});
    } else if (!purposes->has(oid)) {
        review.faults.push_back({fmt::format("its extendedKeyUsage lacks {}", name), purposes->critical});
    }
}

// A self-signed application certificate with cA TRUE is discouraged but allowed, and in use; removing it from the
// trusted list is its revocation, so no CRL is asked for.
void reviewCaFlag(const Certificate& certificate, bool selfSigned, UsageReview& review) {
    if (!certificate.isCa()) return;
    if (selfSigned) {
        review.remarks.emplace_back("it is self-signed with cA TRUE, which is discouraged; no CRL is asked for it");
    } else {
        review.faults.push_back({"it is the certificate of a CA"});
    }
}

unsigned casBelow(const Path& path, std::size_t position) {
    unsigned count = 0;
    for (std::size_t i = 1; i < position; ++i) count += path.at(i).isSelfIssued() ? 0U : 1U;
    return count;
}

// RFC 5280, 4.2.1.9. Nobody may overrule it, whatever its criticality: every owner of a certificate could issue others.
void requireCa(const Path& path, std::size_t position, UsageReview& review) {
    const auto& constraints = path.at(position).basicConstraints();
    if (!constraints) {
        review.faults.push_back({"it has no basicConstraints and so is no CA", true});
    } else if (!constraints->ca) {
        review.faults.push_back({"its basicConstraints say that it is no CA", true});
    } else if (const auto below = casBelow(path, position); constraints->pathLength && *constraints->pathLength < below) {
        const auto text = fmt::format("its pathLenConstraint allows {} CAs below it and there are {}", *constraints->pathLength, below);
        review.faults.push_back({text, true});
    }
}

void requireNameConstraints(const Path& path, std::size_t position, NameConstraints& constraints, UsageReview& review) {
    for (std::size_t below = 0; below < position; ++below) {
        // RFC 5280, 6.1.3 (b): self-issued certificates are exempt unless they are the last one.
        if (below != 0 && path.at(below).isSelfIssued()) continue;
        if (auto violation = constraints.violation(path.at(position), path.at(below)))
            review.faults.push_back({std::move(*violation), true});
    }
}

}  // namespace

UsageReview reviewApplication(const Certificate& certificate, Role judge, bool selfSigned) {
    const bool rsa = isRsa(certificate);
    const auto required = rsa ? requiredOfRsa : requiredOfOthers;
    const bool peerIsClient = judge == Role::Server;
    const std::string_view purpose = peerIsClient ? "clientAuth" : "serverAuth";
    UsageReview review{.purpose = peerIsClient ? "by a client application" : "by a server application",
                       .expected = expectedOfApplication(rsa, peerIsClient)};

    reviewCaFlag(certificate, selfSigned, review);
    const auto& usage = certificate.keyUsage();
    if (usage) {
        requireKeyUsage(*usage, required, review);
    } else {
        review.faults.push_back({"it has no keyUsage extension"});
    }
    requirePurpose(certificate, peerIsClient ? kClientAuth : kServerAuth, purpose, review);
    // A "shall" of OPC 10000-6, 6.2.2 that common tools drop and that nothing in OPC UA makes use of.
    if (rsa && usage && !usage->has(KeyUsage::NonRepudiation)) {
        review.remarks.emplace_back("its keyUsage lacks nonRepudiation, which is let pass");
    }
    return review;
}

UsageReview reviewUser(const Certificate& certificate) {
    UsageReview review{.purpose = "to identify a user", .expected = "keyUsage, if present, with digitalSignature"};
    if (const auto& usage = certificate.keyUsage()) requireKeyUsage(*usage, bit(KeyUsage::DigitalSignature), review);
    return review;
}

void addPolicyFault(const Path& path, std::size_t position, UsageReview& review) {
    if (auto fault = policyFault(path, position)) review.faults.push_back({std::move(*fault), true});
}

UsageReview reviewIssuer(const Path& path, std::size_t position, NameConstraints& constraints) {
    UsageReview review{.purpose = "to issue certificates",
                       .expected = "basicConstraints with cA TRUE; keyUsage, if present, with keyCertSign"};
    requireCa(path, position, review);
    // Older editions of OPC 10000-6, 6.2.4 have no row for keyUsage: absence is no fault.
    if (const auto& usage = path.at(position).keyUsage()) requireKeyUsage(*usage, bit(KeyUsage::KeyCertSign), review);
    requireNameConstraints(path, position, constraints, review);
    return review;
}

}  // namespace uatrust::detail
