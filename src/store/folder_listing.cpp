#include "store/folder_listing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/file_names.hpp"

namespace uatrust::detail {
namespace {

// FAT counts two seconds; other file systems and network servers are finer. A file that was written again within the
// same tick looks unchanged, so a stamp counts only when it was older than a tick at the time of reading.
constexpr std::int64_t kStampTickNs = 2'000'000'000;

constexpr std::size_t kMaxEntries = 1'000'000;
constexpr std::size_t kMaxSourceText = 4096;

// Who writes holds a lock, and needs no minutes. A file system without locks has the minutes alone.
constexpr std::int64_t kAbandonedAfterNs = 600'000'000'000;
constexpr std::size_t kMaxAbandoned = 1000;

bool isAbandoned(const DirectoryEntry& entry) {
    if (!entry.hidden || entry.kind != FileKind::Regular || !isUnfinished(entry.name)) return false;
    return entry.stamp.modifiedNs < fileClockNowNs() - kAbandonedAfterNs;
}

FolderListing createMissing(const std::filesystem::path& folder, Missing missing) {
    if (missing == Missing::Accept) return {};
    const auto access = missing == Missing::CreateOwnerOnly ? FileAccess::OwnerOnly : FileAccess::Shared;
    auto created = createDirectories(folder, access);
    return created ? FolderListing{} : FolderListing{.trouble = created.error()};
}

}  // namespace

bool isSettled(const FileStamp& stamp, std::int64_t lookedAtNs) noexcept {
    return std::max(stamp.modifiedNs, stamp.changedNs) < lookedAtNs - kStampTickNs;
}

bool isPassedOver(const DirectoryEntry& entry) { return entry.hidden || entry.kind == FileKind::Directory || isTemporary(entry.name); }

FolderListing listFolder(const std::filesystem::path& folder, Missing missing) {
    auto listed = listDirectory(folder, kMaxEntries);
    if (listed.status() == StatusCode::BadNotFound) return createMissing(folder, missing);
    if (!listed) return {.trouble = listed.error(), .looked = false};
    FolderListing listing;
    for (const auto& entry : *listed) {
        if (listing.abandoned.size() < kMaxAbandoned && isAbandoned(entry)) listing.abandoned.push_back(entry.name);
    }
    std::erase_if(*listed, isPassedOver);
    listing.entries = std::move(*listed);
    return listing;
}

Result<LinkTarget> locate(const std::filesystem::path& folder, const DirectoryEntry& entry, const std::filesystem::path& root) {
    auto path = folder / entry.name;
    if (entry.kind == FileKind::SymbolicLink) return followLink(path, root);
    return LinkTarget{std::move(path), entry.stamp};
}

Result<FileContent> readThrough(const std::filesystem::path& file, const std::filesystem::path& root, std::size_t maxSize) {
    if (!isLink(file)) return readFile(file, maxSize);
    const auto target = followLink(file, root);
    return target ? readFile(target->path, maxSize) : Result<FileContent>{target.error()};
}

std::string sourceText(const std::filesystem::path& path) { return printable(pathText(path), kMaxSourceText); }

StoreProblem problemOf(const std::filesystem::path& source, const Error& error) {
    return {sourceText(source), error.message, error.remedy};
}

}  // namespace uatrust::detail
