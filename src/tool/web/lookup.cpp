#include "tool/web/lookup.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tool/list_rows.hpp"
#include "tool/web/site.hpp"

namespace uatrust::tool::web {
namespace {

std::optional<Entry> inList(const TrustSnapshot& lists, StoreList list, const CertificateId& id) {
    const std::string name{storeListName(list)};
    if (const auto* stored = lists.find(list, id)) {
        // A copy of its own: what a certificate of a list is decoded to stays with the list.
        auto copy = Certificate::fromDer(stored->certificate.der());
        return Entry{.list = name, .content = copy ? *copy : stored->certificate, .source = stored->source};
    }
    const auto crls = lists.crls(list);
    const auto at = std::find_if(crls.begin(), crls.end(), [&](const StoredCrl& each) { return each.crl.id() == id; });
    if (at == crls.end()) return {};
    return Entry{.list = name, .content = (*at).crl, .source = (*at).source};
}

std::optional<Entry> amongOwn(const Group& group, const CertificateId& id) {
    const auto own = group.looking().store->loadOwn();
    if (!own) return {};
    for (const auto& each : own->chains) {
        if (each.chain.front().id() == id) return Entry{.list = "own", .content = each.chain.front(), .source = each.source};
    }
    return {};
}

}  // namespace

std::optional<CertificateId> parseId(std::string_view text) {
    CertificateId id;
    const auto octets = fromHex(text);
    if (!octets || octets->size() != id.sha256.size()) return {};
    std::copy(octets->begin(), octets->end(), id.sha256.begin());
    return id;
}

std::optional<StoreList> parseList(std::string_view text) noexcept {
    const auto at = std::find_if(kAllLists.begin(), kAllLists.end(), [&](StoreList each) { return storeListName(each) == text; });
    return at == kAllLists.end() ? std::nullopt : std::optional{*at};
}

Error goneError(std::string_view list, std::string_view id) {
    return {StatusCode::BadNotFound,
            fmt::format("There is no {} in {}: somebody else may have changed it.", printable(id, 80), printable(list, 20)),
            "Look at the lists again."};
}

Result<Entry> findEntry(const Group& group, const std::string& list, const std::string& id) {
    const auto wanted = parseId(id);
    const auto known = parseList(list);
    if (!wanted || (!known && list != "own")) return goneError(list, id);
    auto lists = group.looking().store->snapshot();
    auto found = known ? inList(*lists, *known, *wanted) : amongOwn(group, *wanted);
    if (!found) return goneError(list, id);
    found->lists = std::move(lists);
    for (const auto& row : group.view()->rows) {
        if (row.list == list && row.id == *wanted) found->row = Json::parse(row.json, nullptr, false);
    }
    return std::move(*found);
}

std::function<Answer(Call&)> onGroup(Groups& groups, std::function<Answer(Group&, Call&)> act) {
    return [&groups, act = std::move(act)](Call& call) {
        auto* group = groups.find(call.parts.front());
        return group == nullptr ? noSuchGroup(call.parts.front()) : act(*group, call);
    };
}

}  // namespace uatrust::tool::web
