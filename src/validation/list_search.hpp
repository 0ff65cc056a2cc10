#pragma once

#include "validation/near_misses.hpp"

namespace uatrust::detail {

/// Relative is a trusted certificate that has something in common with another one.
struct Relative {
    const StoredCertificate* stored = nullptr;
    bool sameUri = false;
    bool sameKey = false;
    bool sameSubject = false;
};

/// Misplaced is a certificate that would be of use if it lay in the right list.
struct Misplaced {
    const StoredCertificate* stored = nullptr;
    std::string where{};  ///< "rejected", "issuers of pki/client"
};

/// ListSearch looks through the lists for near misses, with little and countable work whatever lies in them.
///
/// Used for one judgement, by one thread.
class ListSearch {
public:
    explicit ListSearch(const NearMissContext& context) noexcept : context_{&context}, entriesLeft_{context.maxEntries} {}

    /// Trusted certificates with the ApplicationUri, the key or the subject of `certificate`, itself excepted; the closest
    /// first, three at most.
    [[nodiscard]] std::vector<Relative> relativesOf(const Certificate& certificate);

    /// A trusted certificate with this ApplicationUri, null when there is none among those that were looked at.
    [[nodiscard]] const StoredCertificate* trustedWithUri(std::string_view uri);

    /// CAs that are not asked for issuers, because of where they lie, and that have signed `child`.
    [[nodiscard]] std::vector<Misplaced> makersOf(const Certificate& child);

    /// Certificates of the same CA and key that are not asked for issuers, because of where they lie.
    [[nodiscard]] std::vector<Misplaced> twinsOf(const Certificate& ca) const;

    /// CAs of the trusted and the issuers list that look like the issuer of `child` and have another name.
    [[nodiscard]] std::vector<Relative> otherNamesOf(const Certificate& child);

    /// Whether a CRL is signed by a CA; nothing when the budget does not allow to look.
    [[nodiscard]] std::optional<bool> isSigned(const Crl& crl, const Certificate& ca);

private:
    using By = ListIndex::By;
    template <class Visit>
    void eachWith(StoreList list, By what, std::size_t hash, Visit visit);
    [[nodiscard]] std::vector<Misplaced> asideNamed(const DistinguishedName& subject) const;
    [[nodiscard]] bool mayVerify() noexcept;

    const NearMissContext* context_;
    std::array<std::shared_ptr<const ListIndex>, 2> indexes_{};
    std::size_t entriesLeft_;
    std::size_t signaturesLeft_ = 8;
    std::size_t crlBytesLeft_ = 4U << 20U;
};

}  // namespace uatrust::detail
