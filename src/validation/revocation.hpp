#pragma once

#include <uatrust/store/trust_snapshot.hpp>

#include <map>

namespace uatrust::detail {

/// CrlChoice is the list that speaks for a CA, and why the others do not.
struct CrlChoice {
    const StoredCrl* newest = nullptr;    ///< complete and signed by the CA; null when there is none
    std::string notInForce{};             ///< why `newest` says nothing about certificates it does not list; empty when it does
    std::string toleratedBecause{};       ///< in force only because clocks may differ: how it is by this one; empty otherwise
    std::vector<std::string> unusable{};  ///< each other list that carries the CA's name, and why it does not count
};

/// RevocationStatus is what is known of one certificate. "Not listed" and "not known" are different answers.
struct RevocationStatus {
    const CrlChoice* lists = nullptr;
    std::optional<RevokedEntry> entry{};  ///< present when it is revoked

    /// A list that is out of date still revokes what it lists: a revocation is not taken back.
    [[nodiscard]] bool known() const noexcept { return entry || (lists->newest != nullptr && lists->notInForce.empty()); }
};

/// Revocations chooses CRLs (OPC 10000-4, 6.1.3; OPC 10000-6, 6.2.5; RFC 5280, 6.3) among those beside the trusted and
/// the issuers list. A list counts for a CA when it carries the CA's name, is complete and is signed by exactly that
/// CA's key, which may sign CRLs; of several the newest decides.
///
/// Used for one judgement, by one thread; the snapshot must outlive it.
class Revocations {
public:
    /// The dates of a list are widened by `tolerance`.
    Revocations(const TrustSnapshot& lists, Instant now, std::chrono::seconds tolerance, std::size_t maxBytes) noexcept
        : lists_{&lists}, now_{now}, tolerance_{tolerance}, bytesLeft_{maxBytes} {}

    /// The answer lives as long as this object.
    [[nodiscard]] RevocationStatus statusOf(const Certificate& certificate, const Certificate& issuer);

    /// Whether there certainly is no list that carries the CA's name.
    [[nodiscard]] bool noneOf(const Certificate& issuer) const {
        return lists_->allCrlsRead() && lists_->findCrls(issuer.subject()).empty();
    }

private:
    [[nodiscard]] CrlChoice choose(const Certificate& issuer);
    [[nodiscard]] std::string whyUnusable(const Crl& crl, const Certificate& issuer);

    const TrustSnapshot* lists_;
    Instant now_;
    std::chrono::seconds tolerance_;
    std::size_t bytesLeft_;
    std::map<CertificateId, CrlChoice> chosen_{};
};

}  // namespace uatrust::detail
