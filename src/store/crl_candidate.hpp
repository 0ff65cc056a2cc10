#pragma once

#include <uatrust/store/import_plan.hpp>

namespace uatrust::detail {

/// PlannedCa is a CA and the list that it is in, or will be.
struct PlannedCa {
    Certificate certificate;
    StoreList list;
};

/// CrlSorter decides what becomes of the CRLs of a bundle. It verifies a bounded number of signatures for each of them: many CAs may
/// share a name.
class CrlSorter {
public:
    /// `planned` are the CAs of the bundle, as soon as they are sorted.
    CrlSorter(const Bundle& bundle, const ImportContext& context, const std::vector<PlannedCa>& planned)
        : bundle_{bundle}, context_{context}, planned_{planned} {}

    /// Fills in target, why and steps.
    void sort(const Crl& crl, ImportItem& item);

private:
    [[nodiscard]] bool isInForce(Instant thisUpdate) const noexcept { return thisUpdate <= context_.now; }
    [[nodiscard]] bool isAheadOf(const Crl& other, const Crl& crl) const;
    [[nodiscard]] bool isMaker(const Crl& crl, const Certificate& ca);
    [[nodiscard]] bool isBySameCa(const Crl& other, const Crl& crl, const Certificate& ca);
    [[nodiscard]] std::optional<PlannedCa> makerOf(const Crl& crl);
    [[nodiscard]] std::string whyNotNeeded(const Crl& crl, const Certificate& ca);
    [[nodiscard]] std::vector<const StoredCrl*> replacedBy(const Crl& crl, const PlannedCa& maker);

    const Bundle& bundle_;
    const ImportContext& context_;
    const std::vector<PlannedCa>& planned_;
    std::size_t left_ = 0;  ///< signatures that may still be verified
    bool tooMany_ = false;  ///< one more would have had to be
};

}  // namespace uatrust::detail
