#include "store/rejected_journal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "detail/folder_lock.hpp"
#include "store/file_names.hpp"
#include "store/folder_listing.hpp"
#include "store/store_files.hpp"

namespace uatrust::detail {
namespace {

// A validation is not held up by a record of it: what cannot be written now is written later.
constexpr std::chrono::milliseconds kPatience{250};

constexpr std::string_view kRecord = ".record";
constexpr std::string_view kPin = ".pin";

std::optional<CertificateId> idOf(const std::filesystem::path& name, std::string_view ending) {
    const auto text = pathText(name);
    if (!text.ends_with(ending)) return {};
    return certificateIdFrom(std::string_view{text}.substr(0, text.size() - ending.size()));
}

Result<RefusalRecord> readRecord(const std::filesystem::path& file) {
    const auto content = readFile(file, kMaxRecordText);
    if (!content) return content.error();
    return recordFromText(asText(content->bytes.view()));
}

std::set<CertificateId> pinnedAmong(const FolderListing& listing) {
    std::set<CertificateId> pinned;
    for (const auto& entry : listing.entries) {
        if (const auto id = idOf(entry.name, kPin)) pinned.insert(*id);
    }
    return pinned;
}

Error noFolder() {
    return {StatusCode::BadConfigurationError, "The store has no folder: there is nothing to pin.", "Open the store with a folder."};
}

}  // namespace

bool WriteAllowance::take(Instant now) {
    // A clock that was set back starts a new rest; one that was set on gives no more than a rest does.
    const auto rested = now > at_ ? static_cast<std::uint64_t>((now - at_).count()) : 0;
    const auto more = rested > burst_ ? burst_ : static_cast<std::size_t>(rested) * std::min(perSecond_, burst_);
    left_ = std::min(burst_, left_ + more);
    at_ = now;
    if (left_ == 0) return false;
    --left_;
    return true;
}

RejectedJournal::RejectedJournal(std::filesystem::path folder, const JournalOptions& options)
    : folder_{std::move(folder)},
      options_{options},
      clock_{options.clock == nullptr ? &systemClock() : options.clock},
      waiting_{options.maxRecords, options.maxRefusals},
      allowance_{options.writesPerSecond, options.burst, clock_->now()} {}

RejectedJournal::~RejectedJournal() {
    try {
        for (const auto& [id, counted] : waiting_.all()) (void)write(counted);
    } catch (...) {  // NOLINT(bugprone-empty-catch): a count that is lost here was never promised to anybody
    }
}

std::filesystem::path RejectedJournal::fileOf(const CertificateId& id, std::string_view ending) const {
    return folder_ / pathFromText(id.text() + std::string{ending});
}

void RejectedJournal::note(const Certificate& leaf, const Refusal& refusal) {
    const std::lock_guard lock{mutex_};
    waiting_.add(leaf, refusal);
    ++generation_;
}

bool RejectedJournal::mayWrite() {
    const std::lock_guard lock{mutex_};
    return allowance_.take(now());
}

bool RejectedJournal::isDue(const CertificateId& id) {
    const auto at = written_.find(id);
    if (at == written_.end()) return true;
    auto& written = at->second;
    const auto since = now() - written.last;
    if (since < options_.rewriteAfter && since >= std::chrono::seconds{0}) return written.rewrites < options_.rewritesAtOnce;
    written.rewrites = 0;
    return true;
}

void RejectedJournal::writeDue() {
    const std::lock_guard lock{mutex_};
    writeDueLocked();
}

void RejectedJournal::writeDueLocked() {
    if (folder_.empty()) return;
    std::vector<CertificateId> due;
    for (const auto& [id, counted] : waiting_.all()) {
        if (isDue(id)) due.push_back(id);
    }
    for (const auto& id : due) {
        if (!allowance_.take(now())) return;
        if (!write(*waiting_.find(id))) return;
        waiting_.erase(id);
        if (!written_.contains(id) && written_.size() >= options_.maxRecords) written_.erase(written_.begin());
        const auto [at, first] = written_.try_emplace(id);
        if (!first) ++at->second.rewrites;
        at->second.last = now();
    }
}

// What others have counted meanwhile is in the file: this adds to it.
bool RejectedJournal::write(const RefusalRecord& counted) {
    if (folder_.empty() || !createDirectories(folder_, FileAccess::Shared)) return false;
    const auto lock = FolderLock::acquire(folder_, kPatience);
    if (!lock) return false;
    const auto file = fileOf(counted.certificate, kRecord);
    // One that cannot be understood is begun anew: nobody but this class writes there.
    const auto there = readRecord(file);
    auto record = there && there->certificate == counted.certificate ? *there : RefusalRecord{.certificate = counted.certificate};
    mergeInto(record, counted, options_.maxRefusals);
    if (!writeFile(file, asBytes(recordText(record)), FileAccess::Shared, true)) return false;
    makeRoom(file.filename());
    return true;
}

// Records are small and few: adding up what there is costs less than keeping count of what other processes do.
void RejectedJournal::makeRoom(const std::filesystem::path& but) const {
    const auto listing = listFolder(folder_, Missing::Accept);
    removeAbandoned(folder_, listing.abandoned);
    const auto pinned = pinnedAmong(listing);
    std::vector<const DirectoryEntry*> mayGo;
    std::size_t count = 0;
    std::uint64_t octets = 0;
    for (const auto& entry : listing.entries) {
        const auto id = idOf(entry.name, kRecord);
        if (!id) continue;
        ++count;
        octets += entry.stamp.size;
        if (entry.name != but && !pinned.contains(*id)) mayGo.push_back(&entry);
    }
    std::stable_sort(mayGo.begin(), mayGo.end(), [](const auto* a, const auto* b) { return a->stamp.modifiedNs < b->stamp.modifiedNs; });
    for (const auto* entry : mayGo) {
        if (count <= options_.maxRecords && octets <= options_.maxBytes) return;
        if (!removeIfThere(folder_ / entry->name)) continue;
        --count;
        octets -= entry->stamp.size;
    }
}

RefusalJournal RejectedJournal::read() const {
    const std::lock_guard lock{mutex_};
    RefusalJournal journal;
    auto all = waiting_.all();
    const auto listing = folder_.empty() ? FolderListing{} : listFolder(folder_, Missing::Accept);
    if (listing.trouble) journal.problems.push_back(problemOf(folder_, *listing.trouble));
    for (const auto& entry : listing.entries) {
        const auto id = idOf(entry.name, kRecord);
        if (!id) continue;
        const auto record = readRecord(folder_ / entry.name);
        if (record.status() == StatusCode::BadNotFound) continue;
        if (!record || record->certificate != *id) {
            const auto error = record ? Error{StatusCode::BadNotSupported, "This record is about another certificate than its name says.",
                                              "Remove the file."}
                                      : record.error();
            journal.problems.push_back(problemOf(folder_ / entry.name, error));
            continue;
        }
        auto merged = *record;
        if (const auto counted = all.find(*id); counted != all.end()) mergeInto(merged, counted->second, options_.maxRefusals);
        all[*id] = std::move(merged);
    }
    for (const auto& id : pinnedAmong(listing)) {
        auto& record = all[id];  // one that nobody was refused for yet has no attempts
        record.certificate = id;
        record.pinned = true;
    }
    for (auto& [id, record] : all) journal.records.push_back(std::move(record));
    journal.records = inJournalOrder(std::move(journal.records));
    return journal;
}

// Records and pins are made, replaced and removed by name, which changes the stamp of their folder.
std::optional<std::uint64_t> RejectedJournal::generation() {
    const std::lock_guard lock{mutex_};
    if (folder_.empty()) return generation_;
    writeDueLocked();
    const auto lookedAt = fileClockNowNs();
    const auto stamp = folderStamp(folder_);
    if (!stamp && stamp.status() != StatusCode::BadNotFound) return {};
    const auto now = stamp ? *stamp : FileStamp{};
    if (now != seen_) ++generation_;
    seen_ = now;
    return isSettled(now, lookedAt) ? std::optional{generation_} : std::nullopt;
}

Result<void> RejectedJournal::pin(const CertificateId& id, bool pinned) {
    const std::lock_guard lock{mutex_};
    if (folder_.empty()) return noFolder();
    if (!pinned) return removeIfThere(fileOf(id, kPin));
    if (auto made = createDirectories(folder_, FileAccess::Shared); !made) return made;
    return writeFile(fileOf(id, kPin), {}, FileAccess::Shared, true);
}

Result<void> RejectedJournal::forget(const CertificateId& id) {
    const std::lock_guard lock{mutex_};
    waiting_.erase(id);
    written_.erase(id);
    ++generation_;
    if (folder_.empty()) return {};
    auto removed = removeIfThere(fileOf(id, kRecord));
    auto unpinned = removeIfThere(fileOf(id, kPin));
    return removed ? unpinned : removed;
}

Result<std::set<CertificateId>> RejectedJournal::pinned() const {
    if (folder_.empty()) return std::set<CertificateId>{};
    const auto listing = listFolder(folder_, Missing::Accept);
    if (listing.trouble) return *listing.trouble;
    return pinnedAmong(listing);
}

}  // namespace uatrust::detail
