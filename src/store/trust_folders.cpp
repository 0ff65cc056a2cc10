#include "store/trust_folders.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "store/file_names.hpp"

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxProblems = 200;

// Folders are looked at one after the other. A certificate that is moved meanwhile could be seen in none of them, and a list
// that never was beside a certificate that is gone. So all of them are looked at until nothing has changed since the last
// look: then what was seen is what was there between the two. A store that never comes to rest is taken as it was seen last.
constexpr int kMaxLooks = 20;

// What a watch does not hear of (FolderWatch) is found by looking at a share of all files in turn, so often that a share of
// many thousand files is looked at in less than a millisecond.
constexpr auto kBetweenShares = std::chrono::milliseconds{250};

// So many files that change at once, or one of so many, are put into the lists one by one.
constexpr std::size_t kFewChanges = 32;

// Of a round, to divide by.
constexpr std::chrono::duration<double> kShortestRound{1e-9};

// A watch that could not be had may be had later.
constexpr auto kBetweenWatches = std::chrono::seconds{1};

// Some products keep certificates in a sub-folder of this name (OPC 10000-12, Annex F.1), others do not.
constexpr std::string_view kSubFolder = "/certs";

constexpr std::string_view kElsewhere = "a folder outside of this store, which has none for it";

// Names for the same folder; "clr" is what older releases of node-opcua made.
constexpr std::array<std::string_view, 2> kIssuerNames{"issuer", "issuers"};
constexpr std::array<std::string_view, 3> kCrlNames{"crl", "crls", "clr"};

// The path itself, and the path with each part that has one of the names replaced by the others.
template <std::size_t N>
std::vector<std::string> spellings(const std::string& path, const std::array<std::string_view, N>& names) {
    std::vector<std::string> all{path};
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto part = std::string_view{path}.substr(start, end - start);
        const bool named = std::find(names.begin(), names.end(), part) != names.end();
        for (const auto name : names) {
            if (named && name != part) all.push_back(path.substr(0, start) + std::string{name} + path.substr(end));
        }
        start = end + 1;
    }
    return all;
}

std::string withOrWithoutSubFolder(const std::string& path) {
    return path.ends_with(kSubFolder) ? path.substr(0, path.size() - kSubFolder.size()) : path + std::string{kSubFolder};
}

// Other folders that a list is read from. None of them gives trust.
std::vector<std::string> variantsOf(StoreList list, Wanted wanted, const std::string& path, bool all) {
    if (list == StoreList::Rejected) return {all ? withOrWithoutSubFolder(path) : path + std::string{kSubFolder}};
    if (!all || (list == StoreList::Trusted && wanted == Wanted::Certificates)) return {};
    std::vector<std::string> variants;
    for (const auto& spelling : spellings(path, kIssuerNames)) {
        if (wanted == Wanted::Certificates) {
            variants.push_back(spelling);
            variants.push_back(withOrWithoutSubFolder(spelling));
            continue;
        }
        const auto crls = spellings(spelling, kCrlNames);
        variants.insert(variants.end(), crls.begin(), crls.end());
    }
    std::erase(variants, path);
    return variants;
}

std::string eitherOf(const std::string& a, const std::string& b) { return fmt::format("{} or {}, whichever its CA is in", a, b); }

// A file in a folder for CRLs that holds something else, whole and readable, hides no CRL.
bool mayHideACrl(const ReadFile& file) { return !file.digest || file.damaged; }

// What is wrong with a whole folder comes before what is wrong with a file, so that a flood of bad files cannot hide it.
class Problems {
public:
    void add(const StoreProblem& problem) {
        if (kept_.size() < kMaxProblems) kept_.push_back(problem);
        ++count_;
    }
    [[nodiscard]] std::vector<StoreProblem> take(const std::string& root) {
        if (count_ > kMaxProblems) {
            kept_.back() = {root, fmt::format("There are {} more files with problems in this store.", count_ - kMaxProblems + 1),
                            "Mend the problems listed before this one; the others are listed then."};
        }
        return std::move(kept_);
    }

private:
    std::vector<StoreProblem> kept_{};
    std::size_t count_ = 0;
};

// For products to which the rejected list is more than a record: takes what it has out of the trusted list, and says so.
std::vector<StoreProblem> leaveOutDenied(SnapshotLists& lists) {
    std::set<const ListedFile*, IsListedBefore> concerned;
    for (std::size_t at = 0; at < lists.rejected.size(); ++at) {
        for (const auto* file : lists.trusted.filesWith(lists.rejected[at].certificate.id())) concerned.insert(file);
    }
    std::vector<StoreProblem> denied;
    for (const auto* file : concerned) {
        auto rest = std::make_shared<ListedFile>(*file);
        for (const auto& each : file->certificates) {
            const auto* refused = lists.rejected.find(each.certificate.id());
            if (refused == nullptr) continue;
            denied.push_back({each.source,
                              fmt::format("It is in the rejected list as well, and the product refuses it then: {}", refused->source),
                              "Remove it from one of the two lists."});
        }
        std::erase_if(rest->certificates, [&](const auto& each) { return lists.rejected.find(each.certificate.id()) != nullptr; });
        lists.exchange(*file, std::move(rest));
    }
    return denied;
}

}  // namespace

TrustFolders::TrustFolders(const std::filesystem::path& root, const DirectoryStoreOptions& options)
    : root_{root},
      naming_{options.naming},
      rejectedDenies_{options.rejectedDenies},
      watching_{options.watch},
      round_{options.watchRound},
      meter_{options} {
    const auto& layout = options.layout;
    const auto at = [&](std::string_view below) { return root.empty() ? root : root / pathFromText(below); };
    const auto shown = [&](const std::string& below) { return below.empty() ? std::string{kElsewhere} : sourceText(at(below)); };

    const auto add = [&](StoreList list, const std::string& below, FolderRole role) {
        if (below.empty()) return;
        role.root = root;
        role.list = list;
        role.keysBelong = shown(layout.ownPrivateKeys);
        role.folder = at(below);
        role.number = static_cast<std::uint32_t>(parts_.size());
        if (options.readOnly) role.missing = Missing::Accept;
        parts_.push_back({.list = list, .folder = ListFolder{role}});
        role.missing = Missing::Accept;
        for (const auto& variant : variantsOf(list, role.wanted, below, options.readVariants)) {
            role.folder = at(variant);
            role.number = static_cast<std::uint32_t>(parts_.size());
            parts_.push_back({.list = list, .folder = ListFolder{role}});
        }
    };
    const auto trustedCrls = shown(layout.trustedCrls);
    const auto issuerCrls = shown(layout.issuerCrls);
    add(StoreList::Trusted, layout.trustedCertificates, {.crlsBelong = trustedCrls});
    add(StoreList::Trusted, layout.trustedCrls, {.wanted = Wanted::Crls, .certificatesBelong = shown(layout.trustedCertificates)});
    add(StoreList::Issuers, layout.issuerCertificates, {.crlsBelong = issuerCrls});
    add(StoreList::Issuers, layout.issuerCrls, {.wanted = Wanted::Crls, .certificatesBelong = shown(layout.issuerCertificates)});
    add(StoreList::Blocked, layout.blocked, {.missing = Missing::Accept, .crlsBelong = trustedCrls});
    add(StoreList::Rejected, layout.rejected, {.crlsBelong = trustedCrls == issuerCrls ? trustedCrls : eitherOf(trustedCrls, issuerCrls)});
}

std::shared_ptr<const TrustSnapshot> TrustFolders::refresh() {
    meter_.begin();
    for (int looks = 0; looks < kMaxLooks && lookAgain(); ++looks) {}
    meter_.finish();
    if (!changed_) return current_;
    auto found = listsNow();
    auto counting = found;
    const auto denied = rejectedDenies_ ? leaveOutDenied(counting) : std::vector<StoreProblem>{};
    current_ = makeSnapshot(std::move(counting), facts(denied));
    lists_ = std::move(found);
    for (auto& part : parts_) part.folder.changes().clear();
    ++generation_;
    changed_ = false;
    return current_;
}

// A watch that has missed something is not to be believed after that, either.
void TrustFolders::forgetStamps() {
    watch_.reset();
    nextWatch_ = {};
    whole_ = true;
    for (auto& part : parts_) part.folder.forgetStamps();
}

// True when some folder is not what it was at the last look, or may not be.
bool TrustFolders::lookAgain() {
    const bool whole = !listen();
    // Until all is looked at: what was told and not looked at because memory ran out must not be lost.
    whole_ = true;
    lookForStrays(whole);
    bool again = false;
    for (auto& part : parts_) {
        again = again || !part.told.empty();
        const bool changed = refresh(part, whole);
        again = again || changed;
        // Remembered until a snapshot of it exists, for the same reason.
        changed_ = changed_ || changed;
    }
    whole_ = false;
    return again;
}

bool TrustFolders::refresh(Part& part, bool whole) {
    const auto number = static_cast<std::size_t>(&part - parts_.data());
    auto told = std::exchange(part.told, {});
    if (whole || !part.heard) return part.folder.refresh(meter_);
    return part.folder.refresh(
        std::move(told), [&](const auto& name) { return watch_->look(number, name); }, meter_);
}

// False when more may have changed than what was told.
bool TrustFolders::listen() {
    if (watch_) {
        if (auto changes = watch_->take()) {
            for (auto& [number, name] : *changes) parts_.at(number).told.push_back(std::move(name));
            return !whole_;
        }
        watch_.reset();
    }
    if (watching_ && Clock::now() >= nextWatch_) beginToListen();
    return false;
}

void TrustFolders::beginToListen() {
    watch_ = watchFolders(root_);
    if (!watch_) nextWatch_ = Clock::now() + kBetweenWatches;
    for (auto& part : parts_) {
        const auto hears = watch_ ? watch_->add(part.folder.role().folder) : FolderWatch::Hears::Nothing;
        // One that is to be created is looked at until it is there.
        part.heard = hears == FolderWatch::Hears::Everything ||
                     (hears == FolderWatch::Hears::Absence && part.folder.role().missing == Missing::Accept);
    }
}

void TrustFolders::lookForStrays(bool whole) {
    const auto now = Clock::now();
    if (!watch_ || (!whole && now < nextShare_)) return;
    const auto part = std::chrono::duration<double>{now - lastShare_} / std::max<std::chrono::duration<double>>(round_, kShortestRound);
    for (auto& each : parts_) {
        if (each.heard && !whole) lookForStrays(each, std::min(part, 1.0));
    }
    lastShare_ = now;
    nextShare_ = now + std::min<Clock::duration>(kBetweenShares, round_);
}

void TrustFolders::lookForStrays(Part& part, double share) {
    const auto count = part.folder.files().size();
    const auto due = std::min(count, static_cast<std::size_t>(share * static_cast<double>(count)) + 1);
    if (due == count || part.nextStray >= count) part.nextStray = 0;
    const auto number = static_cast<std::size_t>(&part - parts_.data());
    auto strayed = part.folder.strayed(part.nextStray, due, [&](const auto& name) { return watch_->look(number, name); });
    std::move(strayed.begin(), strayed.end(), std::back_inserter(part.told));
    part.nextStray += due;
}

std::shared_ptr<FolderWatch> TrustFolders::quietWatch() const {
    const auto restful = [](const Part& part) { return part.heard && part.folder.isRestful(); };
    return !whole_ && !changed_ && std::all_of(parts_.begin(), parts_.end(), restful) ? watch_ : nullptr;
}

std::vector<std::filesystem::path> TrustFolders::folders() const {
    std::vector<std::filesystem::path> folders;
    for (const auto& part : parts_) {
        if (part.folder.role().missing == Missing::Create) folders.push_back(part.folder.role().folder);
    }
    return folders;
}

std::vector<std::filesystem::path> TrustFolders::filesWith(StoreList list, Wanted wanted, const CertificateId& id) const {
    const auto files = wanted == Wanted::Certificates ? lists_.certificates(list).filesWith(id) : lists_.crls(list).filesWith(id);
    std::vector<std::filesystem::path> found;
    for (const auto* file : files) found.push_back(parts_.at(file->folder).folder.role().folder / file->name);
    return found;
}

std::optional<StoreProblem> TrustFolders::unseen(StoreList list, Wanted wanted) const {
    for (const auto& part : parts_) {
        if (part.list != list || part.folder.role().wanted != wanted) continue;
        if (part.folder.trouble()) return part.folder.trouble();
        for (const auto& file : part.folder.files()) {
            if (!file.content->digest) return file.content->problems.front();
        }
    }
    return {};
}

std::size_t TrustFolders::rejectedCount() const {
    std::size_t count = 0;
    for (const auto& part : parts_) count += part.list == StoreList::Rejected ? part.folder.files().size() : 0;
    return count;
}

std::vector<std::filesystem::path> TrustFolders::rejectedByUs(const std::set<CertificateId>& pinned) const {
    const auto* folder = primary(StoreList::Rejected, Wanted::Certificates);
    if (folder == nullptr) return {};
    std::vector<std::pair<std::int64_t, std::filesystem::path>> ours;
    for (const auto& file : folder->files()) {
        const auto& inside = file.content->certificates;
        const bool kept =
            std::any_of(inside.begin(), inside.end(), [&](const auto& each) { return pinned.contains(each.certificate.id()); });
        if (!kept && hasGeneratedName(file.name(), naming_)) ours.emplace_back(file.stamp.modifiedNs, file.name());
    }
    std::sort(ours.begin(), ours.end());
    std::vector<std::filesystem::path> paths;
    for (const auto& [modified, name] : ours) paths.push_back(folder->role().folder / name);
    return paths;
}

const ListFolder* TrustFolders::primary(StoreList list, Wanted wanted) const {
    const auto at = std::find_if(parts_.begin(), parts_.end(),
                                 [&](const Part& part) { return part.list == list && part.folder.role().wanted == wanted; });
    return at == parts_.end() ? nullptr : &at->folder;
}

// Those of the snapshot before with what has changed, or made anew when that is much.
SnapshotLists TrustFolders::listsNow() {
    std::size_t files = 0;
    std::size_t changes = 0;
    for (auto& part : parts_) {
        files += part.folder.files().size();
        changes += part.folder.changes().size();
    }
    if (current_ && changes < kFewChanges + files / kFewChanges) {
        auto lists = lists_;
        for (auto& part : parts_) {
            for (const auto& change : part.folder.changes()) lists.apply(change);
        }
        return lists;
    }
    std::vector<std::shared_ptr<const ListedFile>> all;
    all.reserve(files);
    for (const auto& part : parts_) {
        for (const auto& file : part.folder.files()) all.push_back(file.content);
    }
    return SnapshotLists{all};
}

SnapshotFacts TrustFolders::facts(const std::vector<StoreProblem>& denied) const {
    SnapshotFacts facts{.generation = generation_ + 1};
    Problems problems;
    for (const auto& part : parts_) {
        if (!part.folder.trouble()) continue;
        problems.add(*part.folder.trouble());
        if (part.folder.role().wanted == Wanted::Crls) facts.allCrlsRead = false;
        if (part.list == StoreList::Blocked) facts.allBlockedRead = false;
    }
    for (const auto& part : parts_) {
        for (const auto& [name, file] : part.folder.troubled()) {
            for (const auto& problem : file->problems) problems.add(problem);
            if (part.folder.role().wanted == Wanted::Crls && mayHideACrl(*file)) facts.allCrlsRead = false;
            if (part.list == StoreList::Blocked && !file->digest) facts.allBlockedRead = false;
        }
    }
    for (const auto& problem : denied) problems.add(problem);
    facts.problems = problems.take(sourceText(root_));
    return facts;
}

}  // namespace uatrust::detail
