#include "store/change_log.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "store/file_names.hpp"
#include "store/folder_listing.hpp"
#include "store/store_files.hpp"

namespace uatrust {
namespace {

using namespace std::string_view_literals;

constexpr std::array kActionNames{"trust"sv, "distrust"sv, "delete"sv, "block"sv, "unblock"sv, "pin"sv, "unpin"sv, "import"sv, "undo"sv, "own"sv};

}  // namespace

std::string_view trustActionName(TrustAction action) noexcept { return kActionNames.at(static_cast<std::size_t>(action)); }

namespace detail {
namespace {

constexpr std::chrono::milliseconds kPatience{5000};
constexpr std::string_view kHistory = "history";
constexpr std::string_view kLast = "last-change";
constexpr std::string_view kKept = ".kept";
constexpr std::string_view kHeading = "uatrust change 1";
constexpr std::size_t kMaxHistory = 4U << 20U;
constexpr std::size_t kMaxLast = 8U << 20U;
constexpr std::size_t kMaxWho = 128;
constexpr std::size_t kMaxWhat = 1024;
constexpr std::array kKindNames{"moved"sv, "added"sv, "removed"sv, "pinned"sv, "unpinned"sv};
constexpr std::array kLists{StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<TrustAction> actionFrom(std::string_view name) {
    const auto at = std::find(kActionNames.begin(), kActionNames.end(), name);
    if (at == kActionNames.end()) return {};
    return static_cast<TrustAction>(at - kActionNames.begin());
}

std::optional<StoreList> listFrom(std::string_view name) {
    const auto at = std::find_if(kLists.begin(), kLists.end(), [&](StoreList list) { return storeListName(list) == name; });
    return at == kLists.end() ? std::nullopt : std::optional{*at};
}

std::string historyLine(const ChangeRecord& record) {
    return fmt::format("{}\t{}\t{}\t{}\n", formatInstant(record.at), printable(record.who, kMaxWho), trustActionName(record.action),
                       printable(record.what, kMaxWhat));
}

std::optional<ChangeRecord> recordFrom(std::string_view line) {
    const auto parts = split(line, '\t');
    if (parts.size() != 4) return {};
    const auto at = parseInstant(parts[0]);
    const auto action = actionFrom(parts[2]);
    if (!at || !action) return {};
    return ChangeRecord{.at = *at, .who = printable(parts[1], kMaxWho), .action = *action, .what = printable(parts[3], kMaxWhat)};
}

bool isKept(const TrustStep& step) { return step.kind == TrustStep::Kind::Added || step.kind == TrustStep::Kind::Removed; }

// "moved certificate <id> rejected trusted"
std::string stepLine(const TrustStep& step) {
    return fmt::format("{} {} {} {} {}\n", kKindNames.at(static_cast<std::size_t>(step.kind)), step.crl ? "crl" : "certificate",
                       step.id.text(), storeListName(step.from), storeListName(step.to));
}

std::optional<TrustStep> stepFrom(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() != 5) return {};
    const auto kind = std::find(kKindNames.begin(), kKindNames.end(), words[0]);
    const auto id = certificateIdFrom(words[2]);
    const auto from = listFrom(words[3]);
    const auto to = listFrom(words[4]);
    if (kind == kKindNames.end() || !id || !from || !to || (words[1] != "crl" && words[1] != "certificate")) return {};
    return TrustStep{
        .kind = static_cast<TrustStep::Kind>(kind - kKindNames.begin()), .crl = words[1] == "crl", .id = *id, .from = *from, .to = *to};
}

Error damaged(const std::filesystem::path& file) {
    return {StatusCode::BadNotSupported,
            fmt::format("The record of the last change, {}, is damaged: nothing can be undone.", sourceText(file)),
            "Remove the file; the next change begins a new one."};
}

// Whole lines only; the oldest go.
std::string_view newestPart(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    text.remove_prefix(text.size() - most);
    const auto end = text.find('\n');
    return end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
}

}  // namespace

Result<std::optional<FolderLock>> ChangeLog::lock() const {
    if (folder_.empty()) return std::optional<FolderLock>{};
    if (const auto made = createDirectories(folder_, FileAccess::Shared); !made) return made.error();
    auto lock = FolderLock::acquire(folder_, kPatience);
    if (!lock) return lock.error();
    return std::optional<FolderLock>{std::move(*lock)};
}

std::filesystem::path ChangeLog::keptFile(const TrustStep& step) const {
    return folder_ / pathFromText(step.id.text() + std::string{kKept});
}

// What is needed to take it back is there before the change is, and what the one before needed goes afterwards.
Result<void> ChangeLog::setLast(const Change& change) {
    if (folder_.empty()) {
        last_ = change;
        return {};
    }
    std::string text =
        fmt::format("{}\n{}", kHeading, historyLine({.at = change.at, .who = change.who, .action = change.action, .what = change.what}));
    for (const auto& step : change.steps) {
        text += stepLine(step);
        if (!isKept(step)) continue;
        if (auto kept = writeFile(keptFile(step), step.der, FileAccess::Shared, true); !kept) return kept;
    }
    auto written = writeFile(folder_ / kLast, asBytes(text), FileAccess::Shared, true);
    if (written) dropKept(change);
    return written;
}

void ChangeLog::dropKept(const Change& but) const {
    std::set<std::filesystem::path> needed;
    for (const auto& step : but.steps) needed.insert(keptFile(step).filename());
    const auto listing = listFolder(folder_, Missing::Accept);
    removeAbandoned(folder_, listing.abandoned);
    for (const auto& entry : listing.entries) {
        if (pathText(entry.name).ends_with(kKept) && !needed.contains(entry.name)) (void)removeIfThere(folder_ / entry.name);
    }
}

Result<std::optional<Change>> ChangeLog::last() const {
    if (folder_.empty()) return last_;
    const auto file = folder_ / kLast;
    const auto content = readFile(file, kMaxLast);
    if (content.status() == StatusCode::BadNotFound) return std::optional<Change>{};
    if (!content) return content.error();
    auto lines = split(asText(content->bytes.view()), '\n');
    if (lines.size() < 3 || lines[0] != kHeading || !lines.back().empty()) return damaged(file);
    const auto record = recordFrom(lines[1]);
    if (!record) return damaged(file);
    Change change{.at = record->at, .who = record->who, .action = record->action, .what = record->what};
    for (std::size_t i = 2; i + 1 < lines.size(); ++i) {
        auto step = stepFrom(lines[i]);
        if (!step) return damaged(file);
        if (isKept(*step)) {
            const auto kept = readFile(keptFile(*step), Crl::kMaxSize);
            if (!kept) return kept.error();
            step->der.assign(kept->bytes.view().begin(), kept->bytes.view().end());
        }
        change.steps.push_back(std::move(*step));
    }
    return std::optional{std::move(change)};
}

Result<void> ChangeLog::append(const ChangeRecord& record) {
    if (folder_.empty()) {
        records_.push_back(record);
        const auto most = std::max<std::size_t>(maxBytes_ / (kMaxWhat / 4), 1);
        if (records_.size() > most) records_.erase(records_.begin());
        return {};
    }
    const auto file = folder_ / kHistory;
    const auto there = readFile(file, kMaxHistory);
    if (!there && there.status() != StatusCode::BadNotFound) return there.error();
    auto text = there ? std::string{asText(there->bytes.view())} : std::string{};
    text += historyLine(record);
    return writeFile(file, asBytes(newestPart(text, std::min(maxBytes_, kMaxHistory))), FileAccess::Shared, true);
}

ChangeHistory ChangeLog::history() const {
    if (folder_.empty()) return {.records = records_};
    ChangeHistory history;
    const auto file = folder_ / kHistory;
    const auto content = readFile(file, kMaxHistory);
    if (content.status() == StatusCode::BadNotFound) return history;
    if (!content) {
        history.problems.push_back(problemOf(file, content.error()));
        return history;
    }
    std::size_t unreadable = 0;
    for (const auto line : split(asText(content->bytes.view()), '\n')) {
        if (line.empty()) continue;
        if (auto record = recordFrom(line)) {
            history.records.push_back(std::move(*record));
        } else {
            ++unreadable;
        }
    }
    if (unreadable != 0) {
        history.problems.push_back({sourceText(file), fmt::format("Lines of the history that cannot be understood: {}.", unreadable),
                                    "Look at the file: somebody has edited or damaged it."});
    }
    return history;
}

}  // namespace detail
}  // namespace uatrust
