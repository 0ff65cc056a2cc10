#pragma once

#include <uatrust/store/identity_store.hpp>
#include <uatrust/store/trust_list_manager.hpp>

#include <array>
#include <string>
#include <vector>

#include "tool/console.hpp"
#include "tool/short_thumbprints.hpp"

// What uatrust list shows of each entry, as JSON, as a row of a table and in several lines.

namespace uatrust::tool {

/// kAllLists are the lists in the order that they are shown and searched in.
inline constexpr std::array kAllLists{StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked};

/// ListedCrl is a CRL with the list that it lies beside.
struct ListedCrl {
    StoredCrl stored;
    StoreList list = StoreList::Issuers;
};

/// ListedOwn is one of the own certificates.
struct ListedOwn {
    Certificate certificate;
    std::string source{};
    bool hasKey = false;
    bool preferred = false;
};
[[nodiscard]] ListedOwn listedOwn(const StoredChain& chain, const OwnMaterial& own);

/// fits() says whether a text, in any letter case, is somewhere in what an entry is known by.
[[nodiscard]] bool fits(const TrustListEntry& entry, const std::string& text);
[[nodiscard]] bool fits(const ListedCrl& entry, const std::string& text);
[[nodiscard]] bool fits(const ListedOwn& entry, const std::string& text);

/// arrange() sorts; what is equal stays in its order.
enum class ListOrder : std::uint8_t { AsItIs, Name, Expires, Seen, Attempts };
void arrange(std::vector<TrustListEntry>& entries, ListOrder order);
void arrange(std::vector<ListedCrl>& entries, ListOrder order);
void arrange(std::vector<ListedOwn>& entries, ListOrder order);

/// refusalsJson() is {"count", "first", "last", "reasons": [{"at", "status", "reason", "peerAddress", "endpointUrl", "applicationUri"}]}.
[[nodiscard]] Json refusalsJson(const RefusalRecord& record);
[[nodiscard]] Json entryJson(const TrustListEntry& entry);
[[nodiscard]] Json crlJson(const ListedCrl& entry);
[[nodiscard]] Json ownJson(const ListedOwn& entry);

[[nodiscard]] std::string certificateTable(const std::vector<TrustListEntry>& entries, ShortThumbprints& thumbprints, Instant now,
                                           std::size_t width);
[[nodiscard]] std::string crlTable(const std::vector<ListedCrl>& entries, Instant now, std::size_t width);
[[nodiscard]] std::string ownTable(const std::vector<ListedOwn>& entries, ShortThumbprints& thumbprints, Instant now, std::size_t width);

[[nodiscard]] std::string detailsText(const TrustListEntry& entry);
[[nodiscard]] std::string detailsText(const ListedCrl& entry);
[[nodiscard]] std::string detailsText(const ListedOwn& entry);

/// nameOf() is the common name, else the whole name.
[[nodiscard]] std::string nameOf(const DistinguishedName& name);

/// untilText() is the day that something ends on, and how far away that is when it is near or over.
[[nodiscard]] std::string untilText(Instant end, Instant now);

}  // namespace uatrust::tool
