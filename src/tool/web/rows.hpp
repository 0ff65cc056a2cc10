#pragma once

#include <uatrust/store/identity_store.hpp>
#include <uatrust/store/refusal.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tool/console.hpp"

namespace uatrust::tool::web {

/// Row is one line of the page's grid.
struct Row {
    std::string_view list{};  ///< "trusted", "issuers", "rejected", "blocked" or "own"
    CertificateId id{};
    bool isCrl = false;
    std::string name{};
    std::uint64_t attempts = 0;
    std::string json{};  ///< the whole entry
};

/// RowSource is what rows are made of.
struct RowSource {
    std::shared_ptr<const TrustSnapshot> lists{};
    RefusalJournal refusals{};
    OwnMaterial own{};
    std::set<CertificateId> provisional{};  ///< let in by a pairing window, and not confirmed yet
};

/// RowMaker makes rows, and remembers what does not change of each: of ten thousand certificates only the new ones are looked
/// into. Not thread-safe.
class RowMaker {
public:
    /// In the order of list and identity.
    [[nodiscard]] std::vector<Row> make(const RowSource& source);

private:
    struct Facts {
        std::string name{};
        std::string json{};  ///< members of the entry, with a comma behind each
    };
    const Facts& factsOf(const Certificate& certificate);
    const Facts& factsOf(const Crl& crl);
    template <class Make>
    const Facts& remembered(const CertificateId& id, Make make);

    std::map<CertificateId, Facts> known_{};
    std::map<CertificateId, Facts> used_{};
};

/// certificateName() is the common name, or whatever else a certificate goes by.
[[nodiscard]] std::string certificateName(const Certificate& certificate);

}  // namespace uatrust::tool::web
