#include "tool/list_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tool/table.hpp"
#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

constexpr std::chrono::days kNear{30};
constexpr std::size_t kDay = 10;  // of "2026-06-15T12:00:00Z"
constexpr std::size_t kMinute = 16;

bool contains(std::initializer_list<std::string_view> places, const std::string& text) {
    const auto wanted = lowerCase(text);
    return std::any_of(places.begin(), places.end(),
                       [&](std::string_view place) { return lowerCase(place).find(wanted) != std::string::npos; });
}

bool fits(const Certificate& certificate, const std::string& source, const std::string& text) {
    return text.empty() || contains({certificate.subject().text(), certificate.issuer().text(), certificate.applicationUri(),
                                     certificate.thumbprint().text(), certificate.id().text(), source},
                                    text);
}

template <class Entry, class Key>
void sortBy(std::vector<Entry>& entries, Key key) {
    std::stable_sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
}

std::string orElse(const std::string& text, std::string_view otherwise) { return text.empty() ? std::string{otherwise} : text; }

// In whole days, where there are any.
std::string roughly(std::chrono::seconds span) {
    const auto days = std::chrono::floor<std::chrono::days>(span);
    return formatDuration(days.count() == 0 ? span : days);
}

std::string issuerOf(const Certificate& certificate) { return certificate.isSelfIssued() ? "itself" : nameOf(certificate.issuer()); }

std::string marksOf(const TrustListEntry& entry) {
    const bool ca = entry.stored.certificate.isCa();
    return ca && entry.pinned ? "CA, pinned" : ca ? "CA" : entry.pinned ? "pinned" : "";
}

std::string seenOf(const TrustListEntry& entry) {
    auto text = entry.refusals ? formatInstant(entry.refusals->last).substr(0, kMinute) : std::string{};
    std::replace(text.begin(), text.end(), 'T', ' ');
    return text;
}

std::string_view whyOf(const TrustListEntry& entry) {
    return entry.refusals && !entry.refusals->refusals.empty() ? statusName(entry.refusals->refusals.front().status) : std::string_view{};
}

}  // namespace

std::string nameOf(const DistinguishedName& name) { return name.commonName().empty() ? name.text() : name.commonName(); }

std::string untilText(Instant end, Instant now) {
    const auto day = formatInstant(end).substr(0, kDay);
    if (end < now) return fmt::format("{}, {} ago", day, roughly(now - end));
    return end - now <= kNear ? fmt::format("{}, in {}", day, roughly(end - now)) : day;
}

ListedOwn listedOwn(const StoredChain& chain, const OwnMaterial& own) {
    const auto& leaf = chain.chain.front();
    const bool hasKey =
        std::any_of(own.keys.begin(), own.keys.end(), [&](const StoredKey& each) { return each.key.publicKey() == leaf.publicKey(); });
    return {leaf, chain.source, hasKey, chain.preferred};
}

bool fits(const TrustListEntry& entry, const std::string& text) { return fits(entry.stored.certificate, entry.stored.source, text); }
bool fits(const ListedOwn& entry, const std::string& text) { return fits(entry.certificate, entry.source, text); }
bool fits(const ListedCrl& entry, const std::string& text) {
    const auto& crl = entry.stored.crl;
    return text.empty() || contains({crl.issuer().text(), crl.thumbprint().text(), crl.id().text(), entry.stored.source}, text);
}

void arrange(std::vector<TrustListEntry>& entries, ListOrder order) {
    switch (order) {
        case ListOrder::Name:
            return sortBy(entries, [](const TrustListEntry& each) { return lowerCase(nameOf(each.stored.certificate.subject())); });
        case ListOrder::Expires:
            return sortBy(entries, [](const TrustListEntry& each) { return each.stored.certificate.notAfter(); });
        case ListOrder::Seen:
            return sortBy(entries, [](const TrustListEntry& each) {
                return each.refusals ? -each.refusals->last.time_since_epoch().count() : Instant::rep{1};
            });
        case ListOrder::Attempts:
            return sortBy(entries, [](const TrustListEntry& each) { return ~(each.refusals ? each.refusals->count : 0); });
        case ListOrder::AsItIs:
            return;
    }
}

void arrange(std::vector<ListedOwn>& entries, ListOrder order) {
    if (order == ListOrder::Name) sortBy(entries, [](const ListedOwn& each) { return lowerCase(nameOf(each.certificate.subject())); });
    if (order == ListOrder::Expires) sortBy(entries, [](const ListedOwn& each) { return each.certificate.notAfter(); });
}

void arrange(std::vector<ListedCrl>& entries, ListOrder order) {
    if (order == ListOrder::Name) sortBy(entries, [](const ListedCrl& each) { return lowerCase(nameOf(each.stored.crl.issuer())); });
    if (order == ListOrder::Expires) {
        sortBy(entries, [](const ListedCrl& each) { return each.stored.crl.nextUpdate().value_or(Instant::max()); });
    }
}

Json refusalsJson(const RefusalRecord& record) {
    Json last = Json::array();
    for (const auto& each : record.refusals) {
        last.push_back({{"at", formatInstant(each.at)},
                        {"status", statusName(each.status)},
                        {"reason", each.reason},
                        {"peerAddress", each.peerAddress},
                        {"endpointUrl", each.endpointUrl},
                        {"applicationUri", each.applicationUri}});
    }
    return {{"count", record.count},
            {"first", formatInstant(record.first)},
            {"last", formatInstant(record.last)},
            {"reasons", std::move(last)}};
}

Json entryJson(const TrustListEntry& entry) {
    const auto& certificate = entry.stored.certificate;
    return {{"list", storeListName(entry.list)},
            {"subject", certificate.subject().text()},
            {"issuer", certificate.issuer().text()},
            {"applicationUri", printable(certificate.applicationUri())},
            {"thumbprint", certificate.thumbprint().text()},
            {"sha256", certificate.id().text()},
            {"notBefore", formatInstant(certificate.notBefore())},
            {"notAfter", formatInstant(certificate.notAfter())},
            {"ca", certificate.isCa()},
            {"source", entry.stored.source},
            {"pinned", entry.pinned},
            {"refusals", entry.refusals ? refusalsJson(*entry.refusals) : Json()}};
}

Json crlJson(const ListedCrl& entry) {
    const auto& crl = entry.stored.crl;
    return {{"list", storeListName(entry.list)},
            {"issuer", crl.issuer().text()},
            {"thumbprint", crl.thumbprint().text()},
            {"sha256", crl.id().text()},
            {"thisUpdate", formatInstant(crl.thisUpdate())},
            {"nextUpdate", crl.nextUpdate() ? Json(formatInstant(*crl.nextUpdate())) : Json()},
            {"number", crl.number()},
            {"revoked", crl.size()},
            {"source", entry.stored.source}};
}

Json ownJson(const ListedOwn& entry) {
    const auto& certificate = entry.certificate;
    return {{"subject", certificate.subject().text()},
            {"issuer", certificate.issuer().text()},
            {"applicationUri", printable(certificate.applicationUri())},
            {"thumbprint", certificate.thumbprint().text()},
            {"sha256", certificate.id().text()},
            {"notBefore", formatInstant(certificate.notBefore())},
            {"notAfter", formatInstant(certificate.notAfter())},
            {"hasKey", entry.hasKey},
            {"preferred", entry.preferred},
            {"source", entry.source}};
}

std::string certificateTable(const std::vector<TrustListEntry>& entries, ShortThumbprints& thumbprints, Instant now, std::size_t width) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : entries) {
        const auto& certificate = each.stored.certificate;
        rows.push_back({thumbprints.of(certificate), nameOf(certificate.subject()), marksOf(each), issuerOf(certificate),
                        untilText(certificate.notAfter(), now), each.refusals ? fmt::format("{}", each.refusals->count) : "", seenOf(each),
                        std::string{whyOf(each)}});
    }
    return tableText({{"THUMBPRINT"}, {"NAME", true}, {""}, {"ISSUED BY", true}, {"VALID UNTIL"}, {"REFUSED"}, {"LAST"}, {"WHY", true}},
                     rows, width);
}

std::string crlTable(const std::vector<ListedCrl>& entries, Instant now, std::size_t width) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : entries) {
        const auto& crl = each.stored.crl;
        rows.push_back({std::string{storeListName(each.list)}, nameOf(crl.issuer()), fmt::format("{}", crl.size()),
                        formatInstant(crl.thisUpdate()).substr(0, kDay),
                        crl.nextUpdate() ? untilText(*crl.nextUpdate(), now) : "not said"});
    }
    return tableText({{"BESIDE"}, {"OF", true}, {"REVOKED"}, {"MADE"}, {"NEXT BY"}}, rows, width);
}

std::string ownTable(const std::vector<ListedOwn>& entries, ShortThumbprints& thumbprints, Instant now, std::size_t width) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : entries) {
        const auto& certificate = each.certificate;
        rows.push_back({thumbprints.of(certificate), nameOf(certificate.subject()), issuerOf(certificate),
                        untilText(certificate.notAfter(), now), each.hasKey ? certificate.publicKey().describe() : "none here",
                        printable(certificate.applicationUri())});
    }
    return tableText({{"THUMBPRINT"}, {"NAME", true}, {"ISSUED BY", true}, {"VALID UNTIL"}, {"KEY"}, {"URI", true}}, rows, width);
}

std::string detailsText(const TrustListEntry& entry) {
    const auto& certificate = entry.stored.certificate;
    auto text =
        fmt::format("  {}  {}{}\n    valid until {}, {}\n", certificate.thumbprint().text(), printable(certificate.subject().text(), 1000),
                    entry.pinned ? ", pinned" : "", formatInstant(certificate.notAfter()), printable(entry.stored.source, 4096));
    if (!entry.refusals) return text;
    text += fmt::format("    refused {} times from {} to {}\n", entry.refusals->count, formatInstant(entry.refusals->first),
                        formatInstant(entry.refusals->last));
    for (const auto& each : entry.refusals->refusals) {
        text += fmt::format("    {}: {} (from {}, at {})\n", statusName(each.status), each.reason,
                            orElse(each.peerAddress, "an unknown address"), orElse(each.endpointUrl, "an unknown endpoint"));
    }
    return text;
}

std::string detailsText(const ListedCrl& entry) {
    const auto& crl = entry.stored.crl;
    return fmt::format("  {}  {}\n    beside {}, of {}, {}, {} revoked, {}\n", crl.thumbprint().text(),
                       printable(crl.issuer().text(), 1000), storeListName(entry.list), formatInstant(crl.thisUpdate()),
                       crl.nextUpdate() ? "next by " + formatInstant(*crl.nextUpdate()) : "without a date of the next one", crl.size(),
                       printable(entry.stored.source, 4096));
}

std::string detailsText(const ListedOwn& entry) {
    const auto& certificate = entry.certificate;
    return fmt::format("  {}  {}\n    valid until {}, {}, {}\n    {}\n", certificate.thumbprint().text(),
                       printable(certificate.subject().text(), 1000), formatInstant(certificate.notAfter()),
                       entry.hasKey ? "with its key" : "its key is not here", printable(entry.source, 4096),
                       printable(certificate.applicationUri()));
}

}  // namespace uatrust::tool
