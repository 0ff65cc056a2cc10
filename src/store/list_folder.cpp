#include "store/list_folder.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "store/store_files.hpp"

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxCertificateFile = 1U << 20U;

// Beyond these numbers the whole folder is looked at: of names to look at one by one, and of files among which to put them.
constexpr std::size_t kMaxNames = 64;
constexpr std::size_t kMaxFiles = 500'000;

bool mayChangeUnseen(const DirectoryEntry& entry) noexcept { return entry.kind == FileKind::SymbolicLink || entry.aliased; }

// That of a file which is one certificate is known as its identity.
std::array<std::uint8_t, 32> digestOf(ByteView content, const FileElements& elements) {
    const bool alone = elements.certificates.size() == 1 && equalBytes(elements.certificates.front().der(), content);
    return alone ? elements.certificates.front().id().sha256 : sha256(content);
}

std::string moveTo(std::string_view place) { return fmt::format("Move it to {}.", place); }

// What has to be taken away and added to make one list of files of another; both are ordered by name.
std::vector<FileChange> changesBetween(const std::vector<KnownFile>& before, const std::vector<KnownFile>& after) {
    std::vector<FileChange> changes;
    auto old = before.begin();
    for (const auto& file : after) {
        for (; old != before.end() && old->name().native() < file.name().native(); ++old) changes.push_back({old->content, nullptr});
        const bool same = old != before.end() && old->name().native() == file.name().native();
        if (!same) changes.push_back({nullptr, file.content});
        if (same && old->content != file.content) changes.push_back({old->content, file.content});
        if (same) ++old;
    }
    for (; old != before.end(); ++old) changes.push_back({old->content, nullptr});
    return changes;
}

}  // namespace

std::size_t maxFileSize(Wanted wanted) noexcept { return wanted == Wanted::Crls ? Crl::kMaxSize : kMaxCertificateFile; }

std::vector<StoreProblem> problemsOf(const FileElements& elements, const FolderRole& role, const std::string& source) {
    std::vector<StoreProblem> problems;
    if (role.wanted == Wanted::Certificates && !elements.crls.empty()) {
        problems.push_back(
            {source, "The file holds a revocation list (CRL) in a folder for certificates: it is not used.", moveTo(role.crlsBelong)});
    }
    if (role.wanted == Wanted::Crls && !elements.certificates.empty()) {
        problems.push_back({source, "The file holds a certificate in a folder for revocation lists (CRLs): it is not used.",
                            moveTo(role.certificatesBelong)});
    }
    if (elements.privateKey) {
        problems.push_back({source, "The file holds a private key, which everybody may read who may read this folder.",
                            fmt::format("If it is the key of this application, move it to {}; else remove it from here. Consider a "
                                        "new key: this one may have been seen.",
                                        role.keysBelong)});
    }
    if (!elements.failures.empty()) {
        const bool more = elements.failures.size() > 1;
        problems.push_back(
            {source,
             more ? fmt::format("{} And {} more.", elements.failures.front(), elements.failures.size() - 1) : elements.failures.front(),
             role.wanted == Wanted::Crls ? "Put a revocation list (CRL) in DER or PEM form in its place, or remove the file."
                                         : "Put a certificate in DER or PEM form in its place, or remove the file."});
    }
    return problems;
}

bool ListFolder::refresh(LoadMeter& meter) {
    auto listing = listFolder(role_.folder, role_.missing);
    abandoned_ = std::move(listing.abandoned);
    std::optional<StoreProblem> trouble;
    if (listing.trouble) trouble = problemOf(role_.folder, *listing.trouble);
    if (trouble == trouble_ && isUnchanged(listing.entries)) return false;

    std::vector<KnownFile> files;
    files.reserve(listing.entries.size());
    meter.expect(listing.entries.size());
    auto before = files_.cbegin();
    for (const auto& entry : listing.entries) {
        while (before != files_.cend() && before->name().native() < entry.name.native()) ++before;
        const bool known = before != files_.cend() && before->name().native() == entry.name.native();
        if (known && entry.kind == FileKind::Regular && isUnchanged(*before, entry)) {
            files.push_back(*before);
            files.back().restless = mayChangeUnseen(entry);
        } else if (auto file = look(entry)) {
            files.push_back(std::move(*file));
        }
        meter.step();
    }
    std::set<std::filesystem::path> restless;
    Troubled troubled;
    for (const auto& file : files) {
        if (file.restless) restless.insert(restless.end(), file.name());
        if (!file.content->problems.empty()) troubled.emplace_hint(troubled.end(), file.name(), file.content);
    }
    auto changes = changesBetween(files_, files);
    const bool changed = trouble != trouble_ || !changes.empty();
    note(std::move(changes));
    files_ = std::move(files);
    restless_ = std::move(restless);
    troubled_ = std::move(troubled);
    trouble_ = std::move(trouble);
    return changed;
}

bool ListFolder::refresh(std::vector<std::filesystem::path> names, const LookAt& lookAt, LoadMeter& meter) {
    if (trouble_ || names.size() + restless_.size() > kMaxNames || files_.size() > kMaxFiles) return refresh(meter);
    names.insert(names.end(), restless_.begin(), restless_.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    bool changed = false;
    for (const auto& name : names) {
        const auto entry = lookAt(name);
        changed = put(name, entry && !isPassedOver(*entry) ? look(*entry) : std::nullopt) || changed;
    }
    return changed;
}

std::vector<std::filesystem::path> ListFolder::strayed(std::size_t first, std::size_t count, const LookAt& lookAt) const {
    std::vector<std::filesystem::path> names;
    const auto end = std::min(first + count, files_.size());
    for (auto at = first; at < end; ++at) {
        const auto entry = lookAt(files_[at].name());
        if (!entry || !isUnchanged(files_[at], *entry)) names.push_back(files_[at].name());
    }
    return names;
}

void ListFolder::removeAbandoned() { detail::removeAbandoned(role_.folder, std::exchange(abandoned_, {})); }

const KnownFile* ListFolder::known(const std::filesystem::path& name) const {
    const auto at = std::lower_bound(files_.begin(), files_.end(), name.native(),
                                     [](const KnownFile& file, const auto& wanted) { return file.name().native() < wanted; });
    return at != files_.end() && at->name().native() == name.native() ? &*at : nullptr;
}

void ListFolder::note(std::vector<FileChange> changes) {
    changes_.reserve(changes_.size() + changes.size());
    std::move(changes.begin(), changes.end(), std::back_inserter(changes_));
}

// Puts a file in its place among the others, or takes it out. True when the content is another one. When memory runs out, what
// is known of the files and the changes that were noted still fit together.
bool ListFolder::put(const std::filesystem::path& name, std::optional<KnownFile> file) {
    if (files_.size() == files_.capacity()) files_.reserve(2 * files_.size() + 1);
    const auto at = std::lower_bound(files_.begin(), files_.end(), name.native(),
                                     [](const KnownFile& each, const auto& wanted) { return each.name().native() < wanted; });
    const bool there = at != files_.end() && at->name().native() == name.native();
    if (file && file->restless) restless_.insert(name);
    if (file && !file->content->problems.empty()) troubled_.insert_or_assign(name, file->content);
    const auto before = there ? at->content : nullptr;
    const auto after = file ? file->content : nullptr;
    if (before != after) note({{before, after}});

    if (!file || !file->restless) restless_.erase(name);
    if (!file || file->content->problems.empty()) troubled_.erase(name);
    if (!file && there) files_.erase(at);
    if (file && there) *at = std::move(*file);
    if (file && !there) files_.insert(at, std::move(*file));
    return before != after;
}

bool ListFolder::isUnchanged(const std::vector<DirectoryEntry>& entries) const {
    return std::equal(files_.begin(), files_.end(), entries.begin(), entries.end(),
                      [&](const KnownFile& file, const DirectoryEntry& entry) {
                          return file.name().native() == entry.name.native() && isUnchanged(file, entry);
                      });
}

bool ListFolder::isUnchanged(const KnownFile& file, const DirectoryEntry& entry) const {
    if (!file.settled) return false;
    if (entry.kind == FileKind::Regular) return file.stamp == entry.stamp;
    const auto target = locate(role_.folder, entry, role_.root);
    return target && target->stamp == file.stamp;
}

std::optional<KnownFile> ListFolder::look(const DirectoryEntry& entry) const {
    const auto target = locate(role_.folder, entry, role_.root);
    if (!target) return unreadable(entry, target.error());
    const auto* before = known(entry.name);
    if (before == nullptr || !before->settled || before->stamp != target->stamp) return readAnew(entry, *target);
    auto same = *before;
    same.restless = mayChangeUnseen(entry);
    return same;
}

std::optional<KnownFile> ListFolder::readAnew(const DirectoryEntry& entry, const LinkTarget& target) const {
    const auto startNs = fileClockNowNs();
    const auto read = readFile(target.path, maxFileSize(role_.wanted));
    if (read.status() == StatusCode::BadNotFound) return {};  // gone since the folder was listed
    if (!read) return unreadable(entry, read.error());

    KnownFile file{.stamp = read->stamp, .settled = isSettled(read->stamp, startNs), .restless = mayChangeUnseen(entry)};
    const auto* before = known(entry.name);
    if (before != nullptr && before->content->digest == sha256(read->bytes.view())) {
        file.content = before->content;
        return file;
    }
    auto content = blank(entry.name);
    const auto source = sourceText(role_.folder / entry.name);
    auto elements = inspectFile(read->bytes.view(), role_.wanted);
    content->digest = digestOf(read->bytes.view(), elements);
    content->damaged = !elements.failures.empty();
    content->problems = problemsOf(elements, role_, source);
    if (role_.wanted == Wanted::Crls) {
        for (auto& crl : elements.crls) content->crls.push_back({std::move(crl), source});
    } else {
        content->certificates.reserve(elements.certificates.size());
        for (auto& certificate : elements.certificates) content->certificates.push_back({std::move(certificate), source});
    }
    file.content = std::move(content);
    return file;
}

KnownFile ListFolder::unreadable(const DirectoryEntry& entry, const Error& error) const {
    auto content = blank(entry.name);
    content->problems.push_back({sourceText(role_.folder / entry.name), error.message, error.remedy});
    const auto* before = known(entry.name);
    const bool same = before != nullptr && !before->content->digest && before->content->problems == content->problems;
    return {.restless = true, .content = same ? before->content : std::move(content)};
}

std::shared_ptr<ReadFile> ListFolder::blank(const std::filesystem::path& name) const {
    auto content = std::make_shared<ReadFile>();
    content->list = role_.list;
    content->folder = role_.number;
    content->name = name;
    return content;
}

}  // namespace uatrust::detail
