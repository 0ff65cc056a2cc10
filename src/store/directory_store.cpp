#include <uatrust/store/directory_store.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "detail/fair_mutex.hpp"
#include "detail/folder_lock.hpp"
#include "store/directory_errors.hpp"
#include "store/file_names.hpp"
#include "store/own_folders.hpp"
#include "store/pending_folder.hpp"
#include "store/postponed_certificates.hpp"
#include "store/rejected_journal.hpp"
#include "store/store_errors.hpp"
#include "store/store_files.hpp"
#include "store/trust_folders.hpp"

namespace uatrust {
namespace {

using detail::Wanted;

constexpr int kMaxRounds = 3;

std::string_view nameOf(Wanted wanted) { return wanted == Wanted::Crls ? "revocation list" : "certificate"; }

bool contains(const TrustSnapshot& snapshot, StoreList list, Wanted wanted, const CertificateId& id) {
    if (wanted == Wanted::Certificates) return snapshot.find(list, id) != nullptr;
    const auto crls = snapshot.crls(list);
    return std::any_of(crls.begin(), crls.end(), [&](const StoredCrl& stored) { return stored.crl.id() == id; });
}

// In a list that an operator looks at, for whatever reason.
bool isKnown(const TrustSnapshot& snapshot, const Certificate& leaf) {
    return snapshot.find(StoreList::Trusted, leaf.id()) != nullptr || snapshot.find(StoreList::Rejected, leaf.id()) != nullptr ||
           snapshot.find(StoreList::Blocked, leaf.id()) != nullptr;
}

std::shared_ptr<const TrustSnapshot> emptyFor(const std::filesystem::path& root) {
    TrustSnapshot::Content content;
    content.problems.push_back({detail::sourceText(root), "There was not enough memory to look into the store: nothing in it is used.",
                                "Close programs or add memory."});
    content.allBlockedRead = false;
    return std::make_shared<const TrustSnapshot>(std::move(content));
}

}  // namespace

struct DirectoryStore::State {
    State(std::filesystem::path givenRoot, DirectoryStoreOptions given)
        : root{std::move(givenRoot)},
          options{std::move(given)},
          place{root.empty() ? root : detail::absolutePath(root)},
          trust{place, options},
          own{place, options},
          pending{place.empty() ? place : place / detail::kPrivateFolder / "requests", options.keyPassphrase},
          journal{place.empty() ? place : place / detail::kPrivateFolder / "rejected", options.journal},
          nothing{emptyFor(place)} {}

    std::shared_ptr<const TrustSnapshot> snapshot();
    std::shared_ptr<const TrustSnapshot> unchanged();
    std::shared_ptr<const TrustSnapshot> readAll();
    void lookAnew();
    void keep();
    Result<void> add(StoreList list, Wanted wanted, const CertificateId& id, const std::string& name, ByteView content);
    Result<void> remove(StoreList list, Wanted wanted, const CertificateId& id);
    Result<void> move(const CertificateId& id, StoreList from, StoreList to);
    Result<bool> fileRejected(const Certificate& leaf);
    Result<Filing> recordRefusal(const Certificate& leaf, const Refusal& refusal);
    Result<Filing> fileOrPostpone(const Certificate& leaf);
    void filePostponed();
    void fileTheRest() noexcept;
    Result<void> create() const;
    void createOnce();
    template <class Change>
    Result<void> changeOwn(Change change);
    Result<detail::FolderLock> lock(std::chrono::milliseconds timeout);
    void removeAbandoned();
    Result<void> writable() const { return options.readOnly ? Result<void>{detail::notWritable(place)} : Result<void>{}; }

    std::vector<std::filesystem::path> filesWith(StoreList list, Wanted wanted, const CertificateId& id);
    Error notFound(StoreList list, Wanted wanted);
    Result<void> takeOutAll(const std::vector<std::filesystem::path>& files, Wanted wanted, const CertificateId& id) const;
    Result<void> takeOutOf(StoreList list, std::vector<std::filesystem::path> files, Wanted wanted, const CertificateId& id);
    Result<void> copyTo(StoreList to, StoreList leaves, const Certificate& certificate, const std::filesystem::path& from) const;
    std::filesystem::path nameFor(StoreList list, const Certificate& certificate) const {
        return detail::pathFromText(detail::certificateFileName(options.naming, list, certificate));
    }
    Result<std::vector<std::filesystem::path>> oldRejected();

    const std::filesystem::path root;
    const DirectoryStoreOptions options;
    const std::filesystem::path place;  // independent of the working directory

    detail::FairMutex reading{};  // guards what follows; taken after the lock of the store
    detail::TrustFolders trust;
    std::atomic<std::uint64_t> refreshes{0};
    bool complete = false;
    bool tidied = false;  // the own folders, once
    std::shared_ptr<const TrustSnapshot> current{};

    // What nearly every snapshot() is answered from. Taken for moments only, also while `reading` is held.
    struct Kept {
        std::shared_ptr<const TrustSnapshot> snapshot{};
        std::shared_ptr<detail::FolderWatch> watch{};
        detail::TrustFolders::Clock::time_point until{};
    };
    std::mutex keeping{};
    Kept kept{};

    const detail::OwnFolders own;
    const detail::PendingFolder pending;
    detail::RejectedJournal journal;
    detail::PostponedCertificates postponed{};
    const std::shared_ptr<const TrustSnapshot> nothing;
    std::once_flag created{};
};

// Who waited while another thread began to look after this call had begun takes what that thread has found.
std::shared_ptr<const TrustSnapshot> DirectoryStore::State::snapshot() try {
    createOnce();
    if (auto same = unchanged()) return same;
    const auto before = refreshes.load();
    const std::lock_guard lock{reading};
    if (refreshes.load() != before && complete) return current;
    lookAnew();
    return current;
} catch (const std::exception&) {
    return nothing;
}

// Whoever began to look before this call has not read all of it.
std::shared_ptr<const TrustSnapshot> DirectoryStore::State::readAll() try {
    createOnce();
    const std::lock_guard lock{reading};
    trust.forgetStamps();
    lookAnew();
    return current;
} catch (const std::exception&) {
    return nothing;
}

// With `reading` held.
void DirectoryStore::State::lookAnew() {
    ++refreshes;
    complete = false;
    // What the watch tells is taken now: others must not believe it to be silent until a snapshot knows of it.
    {
        const std::lock_guard moment{keeping};
        kept = {};
    }
    current = trust.refresh();
    complete = true;
    keep();
}

// Null when only a look can tell.
std::shared_ptr<const TrustSnapshot> DirectoryStore::State::unchanged() {
    Kept known;
    {
        const std::lock_guard moment{keeping};
        if (!kept.watch || detail::TrustFolders::Clock::now() >= kept.until || !kept.watch->isSilent()) return {};
        known = kept;
    }
    return known.watch->isInPlace() ? std::move(known.snapshot) : nullptr;
}

void DirectoryStore::State::keep() {
    if (auto watch = trust.quietWatch()) {
        const std::lock_guard moment{keeping};
        kept = {current, std::move(watch), trust.quietUntil()};
    }
}

Result<void> DirectoryStore::State::create() const {
    if (auto may = writable(); !may) return may;
    auto result = own.create();
    for (const auto& folder : trust.folders()) {
        auto made = detail::createDirectories(folder, detail::FileAccess::Shared);
        if (!made && result) result = std::move(made);
    }
    return result;
}

// What goes wrong here comes up again, with its reason, where the folder is needed.
void DirectoryStore::State::createOnce() {
    std::call_once(created, [&] { (void)create(); });
}

// One change at a time, whoever makes it: what a change is decided by stays as it is until it is done.
Result<detail::FolderLock> DirectoryStore::State::lock(std::chrono::milliseconds timeout) {
    if (auto may = writable(); !may) return may.error();
    if (auto made = detail::createDirectories(place, detail::FileAccess::Shared); !made) return made.error();
    auto mine = detail::FolderLock::acquire(place, timeout);
    if (mine) removeAbandoned();
    return mine;
}

// Of processes that were killed while they wrote.
void DirectoryStore::State::removeAbandoned() {
    const std::lock_guard lock{reading};
    trust.removeAbandoned();
    if (!std::exchange(tidied, true)) own.removeAbandoned();
}

std::vector<std::filesystem::path> DirectoryStore::State::filesWith(StoreList list, Wanted wanted, const CertificateId& id) {
    const std::lock_guard lock{reading};
    return trust.filesWith(list, wanted, id);
}

// "Is not there" may be said only when everything could be looked at: it would come back with the permissions.
Error DirectoryStore::State::notFound(StoreList list, Wanted wanted) {
    const std::lock_guard lock{reading};
    const auto unseen = trust.unseen(list, wanted);
    if (!unseen) return detail::notInList(nameOf(wanted), list);
    return {StatusCode::BadResourceUnavailable,
            fmt::format("It cannot be said whether the {} is in the {} list: {}", nameOf(wanted), storeListName(list), unseen->message),
            unseen->remedy};
}

Result<void> DirectoryStore::State::add(StoreList list, Wanted wanted, const CertificateId& id, const std::string& name, ByteView content) {
    const auto mine = lock(options.lockTimeout);
    if (!mine) return mine.error();
    const auto* role = trust.role(list, wanted);
    if (role == nullptr) return detail::noSuchFolder(nameOf(wanted), list);
    if (contains(*snapshot(), list, wanted, id)) return {};
    const auto& folder = role->folder;
    if (auto made = detail::createDirectories(folder, detail::FileAccess::Shared); !made) return made;
    const auto added = detail::addFile(folder, detail::pathFromText(name), content);
    if (!added) return added.error();
    const bool denied = options.rejectedDenies && list == StoreList::Trusted && wanted == Wanted::Certificates;
    return denied ? takeOutAll(filesWith(StoreList::Rejected, wanted, id), wanted, id) : Result<void>{};
}

Result<void> DirectoryStore::State::takeOutAll(const std::vector<std::filesystem::path>& files, Wanted wanted,
                                               const CertificateId& id) const {
    Result<void> result;
    for (const auto& file : files) {
        auto taken = detail::takeOut(file, place, wanted, id);
        if (!taken && result) result = std::move(taken);
    }
    return result;
}

// A file that could not be read at the first look may hold one more copy, and one may have been put there meanwhile.
Result<void> DirectoryStore::State::takeOutOf(StoreList list, std::vector<std::filesystem::path> files, Wanted wanted,
                                              const CertificateId& id) {
    for (int round = 0; round < kMaxRounds && !files.empty(); ++round) {
        if (auto taken = takeOutAll(files, wanted, id); !taken) return taken;
        (void)snapshot();
        files = filesWith(list, wanted, id);
    }
    return files.empty() ? Result<void>{} : Result<void>{detail::comesBack(nameOf(wanted), list, files.front())};
}

Result<void> DirectoryStore::State::remove(StoreList list, Wanted wanted, const CertificateId& id) {
    const auto mine = lock(options.lockTimeout);
    if (!mine) return mine.error();
    (void)snapshot();
    const auto files = filesWith(list, wanted, id);
    return files.empty() ? Result<void>{notFound(list, wanted)} : takeOutOf(list, files, wanted, id);
}

// The operator's file goes over as it is; out of a file with others only the one certificate does.
Result<void> DirectoryStore::State::copyTo(StoreList to, StoreList leaves, const Certificate& certificate,
                                           const std::filesystem::path& from) const {
    const auto* role = trust.role(to, Wanted::Certificates);
    if (role == nullptr) return detail::noSuchFolder(nameOf(Wanted::Certificates), to);
    const auto& folder = role->folder;
    if (auto made = detail::createDirectories(folder, detail::FileAccess::Shared); !made) return made;
    const auto read = detail::readThrough(from, place, detail::maxFileSize(Wanted::Certificates));
    if (!read) return read.error();
    const auto rest = detail::withoutElement(read->bytes.view(), certificate.id());
    const bool alone = rest && rest->elements == 0;
    const bool ours = from.filename() == detail::pathFromText(detail::certificateFileName(options.naming, leaves, certificate));
    const auto name = alone && !ours ? from.filename() : nameFor(to, certificate);
    const auto cut = detail::fileContent(options.naming, detail::kCertificateLabel, certificate.der());
    const auto added = detail::addFile(folder, name, alone ? read->bytes.view() : ByteView{cut});
    return added ? Result<void>{} : added.error();
}

Result<void> DirectoryStore::State::move(const CertificateId& id, StoreList from, StoreList to) {
    const auto mine = lock(options.lockTimeout);
    if (!mine) return mine.error();
    const auto now = snapshot();
    const auto* stored = now->find(from, id);
    const auto files = filesWith(from, Wanted::Certificates, id);
    if (stored == nullptr || files.empty()) return notFound(from, Wanted::Certificates);
    if (from == to) return {};
    if (now->find(to, id) == nullptr) {
        if (auto copied = copyTo(to, from, stored->certificate, files.front()); !copied) return copied;
    }
    const auto taken = takeOutOf(from, files, Wanted::Certificates, id);
    return taken ? Result<void>{} : detail::stillThere(taken.error(), from, to);
}

// The records that have to go before one more comes in.
Result<std::vector<std::filesystem::path>> DirectoryStore::State::oldRejected() {
    const std::lock_guard lock{reading};
    if (const auto trouble = trust.rejectedTrouble()) {
        return Error{StatusCode::BadResourceUnavailable, trouble->message, trouble->remedy};
    }
    const auto count = trust.rejectedCount();
    if (count < options.maxRejected) return std::vector<std::filesystem::path>{};
    const auto pinned = journal.pinned();
    if (!pinned) return pinned.error();
    auto old = trust.rejectedByUs(*pinned);
    const auto surplus = count - options.maxRejected + 1;
    if (old.size() < surplus) {
        return detail::noRoomForRejected(trust.role(StoreList::Rejected, Wanted::Certificates)->folder, options.maxRejected);
    }
    old.resize(surplus);
    return old;
}

Result<bool> DirectoryStore::State::fileRejected(const Certificate& leaf) {
    if (options.maxRejected == 0 || options.readOnly) return false;
    const auto* role = trust.role(StoreList::Rejected, Wanted::Certificates);
    if (role == nullptr || isKnown(*snapshot(), leaf)) return false;
    const auto mine = lock(std::min(options.filingTimeout, options.lockTimeout));
    if (!mine) return mine.error();
    if (isKnown(*snapshot(), leaf)) return false;
    const auto old = oldRejected();
    if (!old) return old.error();
    // First out, then in: whatever fails on the way, the folder does not grow beyond its bound.
    for (const auto& file : *old) {
        if (const auto removed = detail::removeIfThere(file); !removed) return removed.error();
    }
    const auto content = detail::fileContent(options.naming, detail::kCertificateLabel, leaf.der());
    return detail::addFile(role->folder, nameFor(StoreList::Rejected, leaf), content);
}

Result<Filing> DirectoryStore::State::recordRefusal(const Certificate& leaf, const Refusal& refusal) {
    if (options.readOnly) return Filing::NotKept;
    const auto now = snapshot();
    if (now->find(StoreList::Trusted, leaf.id()) != nullptr) return Filing::NotKept;
    journal.note(leaf, refusal);
    const bool mayFile = options.maxRejected != 0 && trust.role(StoreList::Rejected, Wanted::Certificates) != nullptr;
    Result<Filing> result = Filing::NotKept;
    if (isKnown(*now, leaf)) {
        result = Filing::Known;
    } else if (mayFile) {
        result = fileOrPostpone(leaf);
    }
    if (mayFile) filePostponed();
    journal.writeDue();
    return result;
}

Result<Filing> DirectoryStore::State::fileOrPostpone(const Certificate& leaf) {
    if (journal.mayWrite()) {
        const auto filed = fileRejected(leaf);
        if (!filed) return filed.error();
        return *filed ? Filing::Filed : Filing::Known;
    }
    postponed.add(leaf, options.maxRejected);
    return Filing::Postponed;
}

void DirectoryStore::State::filePostponed() {
    while (!postponed.empty() && journal.mayWrite()) {
        const auto leaf = postponed.take();
        if (!leaf || !fileRejected(*leaf)) return;
    }
}

// What has waited in vain until the end. Never more than the rejected list holds.
void DirectoryStore::State::fileTheRest() noexcept {
    try {
        while (const auto leaf = postponed.take()) {
            if (!fileRejected(*leaf)) return;
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): a record that is lost here was never promised to anybody
    }
}

template <class Change>
Result<void> DirectoryStore::State::changeOwn(Change change) {
    if (auto may = writable(); !may) return may;
    createOnce();
    const auto mine = lock(options.lockTimeout);
    return mine ? change() : Result<void>{mine.error()};
}

Result<bool> detail::finishFirstSave(DirectoryStore& store) {
    if (store.state_->options.readOnly || !store.state_->own.mayFinishFirst()) return false;
    const auto mine = lockStore(store);
    return mine ? store.state_->own.finishFirst() : Result<bool>{mine.error()};
}

Result<detail::FolderLock> detail::lockStore(const DirectoryStore& store) { return store.state_->lock(store.state_->options.lockTimeout); }

DirectoryStore::DirectoryStore(std::filesystem::path root, DirectoryStoreOptions options)
    : state_{std::make_unique<State>(std::move(root), std::move(options))} {}

DirectoryStore::~DirectoryStore() { state_->fileTheRest(); }

const std::filesystem::path& DirectoryStore::root() const noexcept { return state_->root; }

std::filesystem::path DirectoryStore::changesFolder() const {
    if (state_->place.empty()) return {};
    auto group = state_->options.layout.trustedCertificates;
    std::replace(group.begin(), group.end(), '/', '-');
    return state_->place / detail::kPrivateFolder / "changes" / detail::pathFromText(group);
}

Result<void> DirectoryStore::create() { return state_->create(); }

bool DirectoryStore::isWatched() const {
    const std::lock_guard moment{state_->keeping};
    return state_->kept.watch != nullptr;
}

std::shared_ptr<const TrustSnapshot> DirectoryStore::snapshot() { return state_->snapshot(); }

std::shared_ptr<const TrustSnapshot> DirectoryStore::refresh() { return state_->readAll(); }

Result<void> DirectoryStore::addCertificate(StoreList list, const Certificate& certificate) {
    const auto naming = state_->options.naming;
    return state_->add(list, Wanted::Certificates, certificate.id(), detail::certificateFileName(naming, list, certificate),
                       detail::fileContent(naming, detail::kCertificateLabel, certificate.der()));
}

Result<void> DirectoryStore::removeCertificate(StoreList list, const CertificateId& id) {
    return state_->remove(list, Wanted::Certificates, id);
}

Result<void> DirectoryStore::moveCertificate(const CertificateId& id, StoreList from, StoreList to) { return state_->move(id, from, to); }

Result<void> DirectoryStore::addCrl(StoreList list, const Crl& crl) {
    if (list != StoreList::Trusted && list != StoreList::Issuers) return detail::noCrlsBeside(list);
    const auto naming = state_->options.naming;
    return state_->add(list, Wanted::Crls, crl.id(), detail::crlFileName(naming, crl),
                       detail::fileContent(naming, detail::kCrlLabel, crl.der()));
}

Result<void> DirectoryStore::removeCrl(StoreList list, const CertificateId& id) { return state_->remove(list, Wanted::Crls, id); }

Result<bool> DirectoryStore::fileRejected(const Certificate& leaf) { return state_->fileRejected(leaf); }

Result<Filing> DirectoryStore::recordRefusal(const Certificate& leaf, const Refusal& refusal) {
    return state_->recordRefusal(leaf, refusal);
}

RefusalJournal DirectoryStore::refusals() { return state_->journal.read(); }

std::optional<std::uint64_t> DirectoryStore::refusalsGeneration() { return state_->journal.generation(); }

Result<void> DirectoryStore::pin(const CertificateId& id, bool pinned) {
    if (auto may = state_->writable(); !may) return may;
    return state_->journal.pin(id, pinned);
}

Result<void> DirectoryStore::forgetRefusals(const CertificateId& id) {
    if (auto may = state_->writable(); !may) return may;
    return state_->journal.forget(id);
}

Result<OwnMaterial> DirectoryStore::loadOwn() {
    state_->createOnce();
    auto own = state_->own.load();
    if (own) own->pending = state_->pending.load();
    return own;
}

Result<void> DirectoryStore::saveOwn(const std::vector<Certificate>& chain, const PrivateKey& key) {
    return state_->changeOwn([&] { return state_->own.save(chain, key); });
}

Result<void> DirectoryStore::savePending(const CertificateRequest& request, const std::optional<PrivateKey>& newKey) {
    return state_->changeOwn([&] { return state_->pending.save(request, newKey); });
}

Result<void> DirectoryStore::dropPending(const PublicKey& key) {
    return state_->changeOwn([&] { return state_->pending.drop(key); });
}

std::string DirectoryStore::ownLocation() const { return detail::sourceText(state_->own.certificates()); }

}  // namespace uatrust
