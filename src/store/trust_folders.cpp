#include "store/trust_folders.hpp"

#include <algorithm>
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

// Some products keep the rejected certificates in a sub-folder of this name (OPC 10000-12, Annex F.1).
constexpr std::string_view kRejectedSubFolder = "/certs";

std::string eitherOf(const std::string& a, const std::string& b) { return fmt::format("{} or {}, whichever its CA is in", a, b); }

void appendTo(TrustSnapshot::Content& content, StoreList list, const ReadFile& file, Wanted wanted) {
    if (wanted == Wanted::Crls) {
        auto& crls = list == StoreList::Trusted ? content.trustedCrls : content.issuerCrls;
        for (const auto& crl : file.elements.crls) crls.push_back({crl, file.source});
        return;
    }
    auto& certificates = list == StoreList::Trusted ? content.trusted : list == StoreList::Issuers ? content.issuers : content.rejected;
    for (const auto& certificate : file.elements.certificates) certificates.push_back({certificate, file.source});
}

// A file in a folder for CRLs that holds something else, whole and readable, hides no CRL.
bool mayHideACrl(const ReadFile& file) { return !file.digest || !file.elements.failures.empty(); }

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

}  // namespace

TrustFolders::TrustFolders(const std::filesystem::path& root, const DirectoryStoreOptions& options) {
    const auto& layout = options.layout;
    const auto at = [&](std::string_view below) { return root.empty() ? root : root / pathFromText(below); };
    const auto trusted = at(layout.trustedCertificates);
    const auto trustedCrls = at(layout.trustedCrls);
    const auto issuers = at(layout.issuerCertificates);
    const auto issuerCrls = at(layout.issuerCrls);
    const auto rejected = at(layout.rejected);
    const auto trustedCrlText = sourceText(trustedCrls);
    const auto issuerCrlText = sourceText(issuerCrls);
    const auto keyText = sourceText(at(layout.ownPrivateKeys));

    const auto add = [&](StoreList list, FolderRole role) {
        role.root = root;
        if (options.readOnly) role.missing = Missing::Accept;
        role.keysBelong = keyText;
        parts_.push_back({list, ListFolder{std::move(role)}});
    };
    add(StoreList::Trusted, {.folder = trusted, .crlsBelong = trustedCrlText});
    add(StoreList::Trusted, {.folder = trustedCrls, .wanted = Wanted::Crls, .certificatesBelong = sourceText(trusted)});
    add(StoreList::Issuers, {.folder = issuers, .crlsBelong = issuerCrlText});
    add(StoreList::Issuers, {.folder = issuerCrls, .wanted = Wanted::Crls, .certificatesBelong = sourceText(issuers)});
    const auto eitherCrl = eitherOf(trustedCrlText, issuerCrlText);
    add(StoreList::Rejected, {.folder = rejected, .crlsBelong = eitherCrl});
    add(StoreList::Rejected,
        {.folder = at(layout.rejected + std::string{kRejectedSubFolder}), .missing = Missing::Accept, .crlsBelong = eitherCrl});
}

std::shared_ptr<const TrustSnapshot> TrustFolders::refresh() {
    for (int looks = 0; looks < kMaxLooks && lookAgain(); ++looks) {}
    if (!changed_) return current_;
    auto content = collect();
    content.generation = generation_ + 1;
    current_ = std::make_shared<const TrustSnapshot>(std::move(content));
    ++generation_;
    changed_ = false;
    return current_;
}

// True when some folder is not what it was at the last look.
bool TrustFolders::lookAgain() {
    bool changed = false;
    for (auto& part : parts_) {
        changed = part.folder.refresh() || changed;
        // Remembered until a snapshot of it exists: a refresh that runs out of memory half-way must not lose a change.
        changed_ = changed_ || changed;
    }
    return changed;
}

std::vector<std::filesystem::path> TrustFolders::folders() const {
    std::vector<std::filesystem::path> folders;
    for (const auto& part : parts_) {
        if (part.folder.role().missing == Missing::Create) folders.push_back(part.folder.role().folder);
    }
    return folders;
}

std::vector<std::filesystem::path> TrustFolders::filesWith(StoreList list, Wanted wanted, const CertificateId& id) const {
    std::vector<std::filesystem::path> found;
    for (const auto& part : parts_) {
        if (part.list != list || part.folder.role().wanted != wanted) continue;
        auto files = part.folder.filesWith(id);
        std::move(files.begin(), files.end(), std::back_inserter(found));
    }
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

std::vector<std::filesystem::path> TrustFolders::rejectedByUs() const {
    const auto& folder = primary(StoreList::Rejected, Wanted::Certificates);
    std::vector<std::pair<std::int64_t, std::filesystem::path>> ours;
    for (const auto& file : folder.files()) {
        if (hasGeneratedName(file.name)) ours.emplace_back(file.stamp.modifiedNs, file.name);
    }
    std::sort(ours.begin(), ours.end());
    std::vector<std::filesystem::path> paths;
    for (const auto& [modified, name] : ours) paths.push_back(folder.role().folder / name);
    return paths;
}

const ListFolder& TrustFolders::primary(StoreList list, Wanted wanted) const {
    return std::find_if(parts_.begin(), parts_.end(),
                        [&](const Part& part) { return part.list == list && part.folder.role().wanted == wanted; })
        ->folder;
}

TrustSnapshot::Content TrustFolders::collect() const {
    TrustSnapshot::Content content;
    Problems problems;
    for (const auto& part : parts_) {
        if (!part.folder.trouble()) continue;
        problems.add(*part.folder.trouble());
        if (part.folder.role().wanted == Wanted::Crls) content.allCrlsRead = false;
    }
    for (const auto& part : parts_) {
        for (const auto& file : part.folder.files()) {
            appendTo(content, part.list, *file.content, part.folder.role().wanted);
            for (const auto& problem : file.content->problems) problems.add(problem);
            if (part.folder.role().wanted == Wanted::Crls && mayHideACrl(*file.content)) content.allCrlsRead = false;
        }
    }
    content.problems = problems.take(sourceText(parts_.front().folder.role().root));
    return content;
}

}  // namespace uatrust::detail
