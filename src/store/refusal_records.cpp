#include "store/refusal_records.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "store/file_names.hpp"

namespace uatrust::detail {
namespace {

constexpr std::string_view kHeading = "uatrust refusals 1";
constexpr std::size_t kMaxReason = 512;
constexpr std::size_t kMaxText = 256;
constexpr std::size_t kMaxAddress = 64;
constexpr std::size_t kMaxLines = 1000;

bool differInTimeOnly(const Refusal& a, const Refusal& b) {
    auto same = a;
    same.at = b.at;
    return same == b;
}

Refusal bounded(const Refusal& refusal) {
    return {.at = refusal.at,
            .status = refusal.status,
            .reason = printable(refusal.reason, kMaxReason),
            .peerAddress = printable(refusal.peerAddress, kMaxAddress),
            .endpointUrl = printable(refusal.endpointUrl, kMaxText),
            .applicationUri = printable(refusal.applicationUri, kMaxText)};
}

// Newest first; of those that differ in nothing but the time the newest.
void keepMostRecent(std::vector<Refusal>& refusals, std::size_t most) {
    std::stable_sort(refusals.begin(), refusals.end(), [](const Refusal& a, const Refusal& b) { return a.at > b.at; });
    std::vector<Refusal> kept;
    for (auto& each : refusals) {
        if (kept.size() == most) break;
        const bool known = std::any_of(kept.begin(), kept.end(), [&](const Refusal& other) { return differInTimeOnly(each, other); });
        if (!known) kept.push_back(std::move(each));
    }
    refusals = std::move(kept);
}

void appendLine(std::string& text, std::string_view key, std::string_view value) {
    if (!value.empty()) text += fmt::format("{}: {}\n", key, value);
}

std::string_view takeLine(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::optional<std::uint64_t> numberFrom(std::string_view text) {
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end && !text.empty() ? std::optional{number} : std::nullopt;
}

// "2026-06-15T12:00:00Z BadCertificateUntrusted"
std::optional<Refusal> refusalFrom(std::string_view text) {
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return {};
    const auto at = parseInstant(text.substr(0, space));
    const auto status = statusFromName(text.substr(space + 1));
    if (!at || !status) return {};
    return Refusal{.at = *at, .status = *status};
}

// False when a line is not what its key promises.
bool takeField(RefusalRecord& record, std::string_view key, std::string_view value) {
    if (key == "name") {
        record.name = printable(value, kMaxText);
    } else if (key == "first" || key == "last") {
        const auto at = parseInstant(value);
        if (!at) return false;
        (key == "first" ? record.first : record.last) = *at;
    } else if (key == "count") {
        const auto count = numberFrom(value);
        if (!count) return false;
        record.count = *count;
    } else if (key == "refusal") {
        auto refusal = refusalFrom(value);
        if (!refusal) return false;
        record.refusals.push_back(std::move(*refusal));
    } else if (!record.refusals.empty()) {
        auto& refusal = record.refusals.back();
        if (key == "reason") refusal.reason = printable(value, kMaxReason);
        if (key == "peer") refusal.peerAddress = printable(value, kMaxAddress);
        if (key == "endpoint") refusal.endpointUrl = printable(value, kMaxText);
        if (key == "application uri") refusal.applicationUri = printable(value, kMaxText);
    }
    return true;
}

Error notARecord(std::string_view why) {
    return {StatusCode::BadNotSupported, fmt::format("This is no record of refusals: {}.", why),
            "Remove the file; the next refusal of the certificate begins a new one."};
}

}  // namespace

void addTo(RefusalRecord& record, const Refusal& refusal, std::size_t most) {
    record.first = record.count == 0 ? refusal.at : std::min(record.first, refusal.at);
    record.last = record.count == 0 ? refusal.at : std::max(record.last, refusal.at);
    ++record.count;
    record.refusals.insert(record.refusals.begin(), bounded(refusal));
    keepMostRecent(record.refusals, most);
}

void mergeInto(RefusalRecord& record, const RefusalRecord& other, std::size_t most) {
    if (other.count == 0) return;
    record.first = record.count == 0 ? other.first : std::min(record.first, other.first);
    record.last = record.count == 0 ? other.last : std::max(record.last, other.last);
    record.count += other.count;
    if (!other.name.empty()) record.name = other.name;
    record.refusals.insert(record.refusals.begin(), other.refusals.begin(), other.refusals.end());
    keepMostRecent(record.refusals, most);
}

std::string recordText(const RefusalRecord& record) {
    std::string text = fmt::format("{}\n", kHeading);
    appendLine(text, "certificate", record.certificate.text());
    appendLine(text, "name", printable(record.name, kMaxText));
    appendLine(text, "first", formatInstant(record.first));
    appendLine(text, "last", formatInstant(record.last));
    appendLine(text, "count", std::to_string(record.count));
    for (const auto& each : record.refusals) {
        appendLine(text, "refusal", fmt::format("{} {}", formatInstant(each.at), statusName(each.status)));
        appendLine(text, "reason", each.reason);
        appendLine(text, "peer", each.peerAddress);
        appendLine(text, "endpoint", each.endpointUrl);
        appendLine(text, "application uri", each.applicationUri);
    }
    return text;
}

Result<RefusalRecord> recordFromText(std::string_view text) {
    if (text.size() > kMaxRecordText) return notARecord("it is too long");
    if (takeLine(text) != kHeading) return notARecord(fmt::format("its first line is not \"{}\"", kHeading));
    RefusalRecord record;
    bool named = false;
    for (std::size_t lines = 0; !text.empty(); ++lines) {
        if (lines == kMaxLines) return notARecord("it has too many lines");
        const auto line = takeLine(text);
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        const auto key = line.substr(0, colon);
        const auto value = line.substr(colon + 2);
        if (key == "certificate") {
            const auto id = certificateIdFrom(value);
            if (!id) return notARecord("it names no certificate by 64 hexadecimal digits");
            record.certificate = *id;
            named = true;
        } else if (!takeField(record, key, value)) {
            return notARecord(fmt::format("the line {} is damaged", printable(key)));
        }
    }
    if (!named || record.count == 0) return notARecord("it is cut off");
    return record;
}

void RefusalRecords::add(const Certificate& leaf, const Refusal& refusal) {
    if (maxRecords_ == 0) return;
    auto at = records_.find(leaf.id());
    if (at == records_.end()) {
        if (records_.size() >= maxRecords_) makeRoom();
        if (records_.size() >= maxRecords_) return;
        at = records_.emplace(leaf.id(), RefusalRecord{.certificate = leaf.id(), .name = leaf.describe()}).first;
    }
    addTo(at->second, refusal, maxRefusals_);
}

RefusalRecord* RefusalRecords::find(const CertificateId& id) {
    const auto at = records_.find(id);
    return at == records_.end() ? nullptr : &at->second;
}

void RefusalRecords::makeRoom() {
    auto oldest = records_.end();
    for (auto at = records_.begin(); at != records_.end(); ++at) {
        if (!at->second.pinned && (oldest == records_.end() || at->second.last < oldest->second.last)) oldest = at;
    }
    if (oldest != records_.end()) records_.erase(oldest);
}

std::vector<RefusalRecord> inJournalOrder(std::vector<RefusalRecord> records) {
    std::stable_sort(records.begin(), records.end(), [](const RefusalRecord& a, const RefusalRecord& b) { return a.last > b.last; });
    return records;
}

}  // namespace uatrust::detail
