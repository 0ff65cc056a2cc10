#include "store/own_folders.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/bundle.hpp>
#include <uatrust/x509/certificate_chain.hpp>

#include "store/file_names.hpp"
#include "store/own_names.hpp"
#include "store/store_errors.hpp"
#include "store/store_files.hpp"

namespace uatrust::detail {
namespace {

constexpr std::string_view kKeyEnding = ".pem";
constexpr std::size_t kShortThumbprint = 8;

// Of a certificate that is to have its name as soon as its key is there.
constexpr std::string_view kPrepared = ".first";
constexpr std::size_t kMaxPrepared = 1000;

std::filesystem::path preparedName(const std::string& name) { return pathFromText(fmt::format(".{}{}", name, kPrepared)); }

// The application's own certificate first, whatever the order in the file: a CA is never the own certificate.
std::vector<Certificate> leafFirst(std::vector<Certificate> chain) {
    std::stable_partition(chain.begin(), chain.end(), [](const Certificate& certificate) { return !certificate.isCa(); });
    return chain;
}

StoreProblem tooWide(const std::filesystem::path& path, std::string_view what, const std::string& permissions) {
    return {sourceText(path), fmt::format("The {} can be opened by others than its owner ({}).", what, permissions),
            "Take the permissions of all others away (chmod go= on Linux), and consider a new key: this one may have been seen."};
}

StoreProblem noKey(const std::string& source, const Error& error, bool hasPassphrase, const FileElements& elements,
                   const std::string& certificatesBelong) {
    if (!elements.certificates.empty()) {
        return {source, "The file holds a certificate in the folder for private keys: it is not used.",
                fmt::format("Move it to {}.", certificatesBelong)};
    }
    if (error.status != StatusCode::BadSecurityChecksFailed) {
        return {source, fmt::format("The file holds no private key that can be read: {}", error.message),
                "Put the private key in PKCS#8, PKCS#1, SEC 1 or PKCS#12 form, PEM or DER, in its place, or remove the file."};
    }
    return {source,
            hasPassphrase ? "The private key is encrypted, and the configured passphrase does not open it."
                          : "The private key is encrypted, and no passphrase has been configured.",
            "Configure the passphrase of this key (keyPassphrase)."};
}

Error noFolders(const std::string& elsewhere) {
    return {StatusCode::BadNotSupported, "The layout of this store has no folders for the application's own certificate and key.",
            elsewhere.empty() ? "Keep them in a store with a layout that has both (DirectoryLayout)." : elsewhere};
}

// Replacing keeps the octets of what was there, readable as a certificate or not.
std::string formerName(const std::string& name, std::string_view ending, ByteView content, const FileElements& elements) {
    const auto thumbprint = elements.certificates.empty() ? Thumbprint{sha1(content)} : elements.certificates.front().thumbprint();
    return fmt::format("{} [{}]{}", name, thumbprint.text(), ending);
}

}  // namespace

OwnFolders::OwnFolders(const std::filesystem::path& root, const DirectoryStoreOptions& options)
    : root_{root},
      name_{options.ownName},
      naming_{options.ownNaming},
      elsewhere_{options.layout.ownElsewhere},
      passphrase_{options.keyPassphrase} {
    const auto& layout = options.layout;
    none_ = layout.ownCertificates.empty() || layout.ownPrivateKeys.empty();
    const auto at = [&](std::string_view below) { return root.empty() ? root : root / pathFromText(below); };
    replaced_ = at(layout.ownReplaced);
    keys_ = {.folder = at(layout.ownPrivateKeys), .root = root, .missing = options.readOnly ? Missing::Accept : Missing::CreateOwnerOnly};
    certificates_ = {.folder = at(layout.ownCertificates),
                     .root = root,
                     .missing = options.readOnly ? Missing::Accept : Missing::Create,
                     .crlsBelong = sourceText(at(layout.issuerCrls)),
                     .keysBelong = sourceText(keys_.folder)};
}

Result<void> OwnFolders::create() const {
    if (none_) return {};
    auto certificates = createDirectories(certificates_.folder, FileAccess::Shared);
    auto keys = createDirectories(keys_.folder, FileAccess::OwnerOnly);
    return certificates ? keys : certificates;
}

Result<OwnMaterial> OwnFolders::load() const {
    if (none_) return OwnMaterial{};
    const auto certificates = listFolder(certificates_.folder, certificates_.missing);
    const auto keys = listFolder(keys_.folder, keys_.missing);
    if (!certificates.looked && !keys.looked) return *certificates.trouble;

    OwnMaterial own;
    if (certificates.trouble) own.problems.push_back(problemOf(certificates_.folder, *certificates.trouble));
    if (keys.trouble) own.problems.push_back(problemOf(keys_.folder, *keys.trouble));
    // An empty folder gives nothing away: an installer that has made it beforehand must not keep the first key from being made.
    if (const auto permissions = widerThanOwner(keys_.folder); permissions && !keys.entries.empty()) {
        own.problems.push_back(tooWide(keys_.folder, "folder of the private keys", *permissions));
    }
    loadChains(certificates, own);
    loadKeys(keys, own);
    own.backups = listFolder(replaced_, Missing::Accept).entries.size();
    return own;
}

std::optional<FileContent> OwnFolders::readEntry(const std::filesystem::path& folder, const DirectoryEntry& entry, OwnMaterial& own) const {
    auto read = readThrough(folder / entry.name, root_, maxFileSize(Wanted::Certificates));
    if (read) return std::move(*read);
    const bool gone = read.status() == StatusCode::BadNotFound && entry.kind != FileKind::SymbolicLink;
    if (!gone) own.problems.push_back(problemOf(folder / entry.name, read.error()));
    return {};
}

// Of several under generated names, all are where this store puts its own: who looks for one goes by their dates.
bool OwnFolders::isPreferred(const DirectoryEntry& entry, const Certificate& leaf, bool exact) const {
    const auto name = pathFromText(ownFileNames(naming_, name_, leaf).certificate);
    return exact || isNamedByContent(naming_) ? entry.name == name : entry.name.stem() == name.stem();
}

void OwnFolders::loadChains(const FolderListing& listing, OwnMaterial& own) const {
    const auto name = pathFromText(name_ + std::string{certificateEnding(naming_)});
    const bool exact =
        std::any_of(listing.entries.begin(), listing.entries.end(), [&](const DirectoryEntry& entry) { return entry.name == name; });
    for (const auto& entry : listing.entries) {
        const auto read = readEntry(certificates_.folder, entry, own);
        if (!read) continue;
        auto elements = inspectFile(read->bytes.view(), Wanted::Certificates);
        const auto source = sourceText(certificates_.folder / entry.name);
        for (auto& problem : problemsOf(elements, certificates_, source)) own.problems.push_back(std::move(problem));
        if (elements.certificates.empty()) continue;
        auto chain = leafFirst(std::move(elements.certificates));
        const bool preferred = isPreferred(entry, chain.front(), exact);
        own.chains.push_back({std::move(chain), source, preferred});
    }
}

void OwnFolders::loadKeys(const FolderListing& listing, OwnMaterial& own) const {
    for (const auto& entry : listing.entries) loadKey(entry, own);
}

void OwnFolders::loadKey(const DirectoryEntry& entry, OwnMaterial& own) const {
    const auto file = keys_.folder / entry.name;
    const auto read = readEntry(keys_.folder, entry, own);
    if (!read) return;
    auto key = PrivateKey::read(read->bytes.view(), passphrase_);
    if (key.status() == StatusCode::BadInvalidArgument) return loadPkcs12(read->bytes.view(), file, own);
    const auto source = sourceText(file);
    if (!key) {
        own.problems.push_back(noKey(source, key.error(), passphrase_ != nullptr, {}, sourceText(certificates_.folder)));
        return;
    }
    if (const auto permissions = widerThanOwner(file)) own.problems.push_back(tooWide(file, "private key", *permissions));
    own.keys.push_back({std::move(*key), source});
}

// PKCS#12, or no key at all. The certificates that lie beside a key in it are those of the folder for certificates.
void OwnFolders::loadPkcs12(ByteView content, const std::filesystem::path& file, OwnMaterial& own) const {
    const auto source = sourceText(file);
    const auto bundle = readBundle(content, {.passphrase = passphrase_});
    if (!bundle || bundle->keys.empty()) {
        const bool opened = !bundle || bundle->problems.empty();
        const auto error = !bundle  ? bundle.error()
                           : opened ? Error{StatusCode::BadInvalidArgument, "There is none in it.", {}}
                                    : bundle->problems.front().value;
        const auto elements = inspectFile(content, Wanted::Certificates);
        own.problems.push_back(noKey(source, error, passphrase_ != nullptr, elements, sourceText(certificates_.folder)));
        return;
    }
    if (const auto permissions = widerThanOwner(file)) own.problems.push_back(tooWide(file, "private key", *permissions));
    for (const auto& key : bundle->keys) own.keys.push_back({key.value, source});
}

Result<void> OwnFolders::checkName() const {
    const auto name = pathFromText(name_);
    if (!name_.empty() && name_.front() != '.' && name == name.filename() && name_.find('\0') == std::string::npos) return {};
    return Error{StatusCode::BadConfigurationError,
                 fmt::format("\"{}\" cannot be the name of the own certificate's file.", printable(name_)),
                 "Configure a plain file name without folders and without a dot in front (ownName)."};
}

bool OwnFolders::hasKey(const PublicKey& key) const {
    OwnMaterial own;
    loadKeys(listFolder(keys_.folder, keys_.missing), own);
    return std::any_of(own.keys.begin(), own.keys.end(), [&](const StoredKey& stored) { return stored.key.publicKey() == key; });
}

bool OwnFolders::hasKeyIn(const std::string& name, const PublicKey& key) const {
    OwnMaterial own;
    loadKey({.name = pathFromText(name)}, own);
    return std::any_of(own.keys.begin(), own.keys.end(), [&](const StoredKey& stored) { return stored.key.publicKey() == key; });
}

Result<void> OwnFolders::saveKey(const Certificate& leaf, const PrivateKey& key) const {
    const auto name = ownFileNames(naming_, name_, leaf).key;
    const bool fixed = hasFixedKeyName(naming_);
    if (fixed ? hasKeyIn(name, key.publicKey()) : hasKey(key.publicKey())) return {};
    const auto pem = ownKeyContent(key, passphrase_, keys_.folder / pathFromText(name));
    if (pem.status() == StatusCode::BadNotSupported) return {};  // it lives in a device and stays there
    if (!pem) return pem.error();
    return fixed ? writeFixedKey(name, pem->view()) : writeConfiguredKey(leaf, pem->view());
}

Result<void> OwnFolders::writeConfiguredKey(const Certificate& leaf, ByteView pem) const {
    const auto plain = pathFromText(name_ + std::string{kKeyEnding});
    const auto written = writeFile(keys_.folder / plain, pem, FileAccess::OwnerOnly, false);
    if (written.status() != StatusCode::BadInvalidState) return written;
    const auto digits = leaf.thumbprint().text().substr(0, kShortThumbprint);
    const auto added = addFile(keys_.folder, pathFromText(fmt::format("{}-{}{}", name_, digits, kKeyEnding)), pem, true);
    return added ? Result<void>{} : added.error();
}

// The former key is beside it before it gives way: whatever happens in between, the former certificate has its key.
Result<void> OwnFolders::writeFixedKey(const std::string& name, ByteView pem) const {
    const auto file = keys_.folder / pathFromText(name);
    const auto former = readThrough(file, root_, maxFileSize(Wanted::Certificates));
    if (!former && former.status() != StatusCode::BadNotFound) return former.error();
    if (former) {
        auto kept = pathFromText(name).stem();
        kept += "-former";
        kept += pathFromText(name).extension();
        if (const auto added = addFile(keys_.folder, kept, former->bytes.view(), true); !added) return added.error();
    }
    return writeFile(file, pem, FileAccess::OwnerOnly, true);
}

Result<void> OwnFolders::keepFormer(ByteView content) const {
    if (auto made = createDirectories(replaced_, FileAccess::Shared); !made) return made;
    const auto elements = inspectFile(content, Wanted::Certificates);
    const auto name = formerName(name_, certificateEnding(naming_), content, elements);
    const auto kept = addFile(replaced_, pathFromText(name), content, elements.privateKey);
    return kept ? Result<void>{} : kept.error();
}

Result<void> OwnFolders::save(const std::vector<Certificate>& chain, const PrivateKey& key) const {
    if (none_) return noFolders(elsewhere_);
    if (auto pair = checkPair(chain, key); !pair) return pair;
    if (auto named = checkName(); !named) return named;
    if (auto created = create(); !created) return created;
    if (isFirst(chain.front())) return saveFirst(chain, key);
    if (auto saved = saveKey(chain.front(), key); !saved) return saved;
    if (auto saved = saveCertificate(chain); !saved) return saved;
    return isNamedByContent(naming_) ? retireFormer(chain.front()) : Result<void>{};
}

// There is no certificate, and nothing else under the name that this one is to get.
bool OwnFolders::isFirst(const Certificate& leaf) const {
    const auto there = listFolder(certificates_.folder, certificates_.missing);
    if (there.trouble || !there.entries.empty()) return false;
    const auto file = certificates_.folder / pathFromText(ownFileNames(naming_, name_, leaf).certificate);
    return readFile(file, maxFileSize(Wanted::Certificates)).status() == StatusCode::BadNotFound;
}

// A key without a certificate would keep every later start from going on, and who has put it there nobody could tell. So the
// certificate is there first, under a name that does not count.
Result<void> OwnFolders::saveFirst(const std::vector<Certificate>& chain, const PrivateKey& key) const {
    dropPrepared();
    const auto name = ownFileNames(naming_, name_, chain.front()).certificate;
    const auto prepared = certificates_.folder / preparedName(name);
    if (auto written = writeFile(prepared, ownFileContent(naming_, chain), FileAccess::Shared, true); !written) return written;
    if (auto saved = saveKey(chain.front(), key); !saved) {
        // Unless the key is there all the same: then what was prepared is needed.
        dropPrepared();
        return saved;
    }
    return renameFile(prepared, pathFromText(name));
}

std::vector<std::filesystem::path> OwnFolders::allPrepared() const {
    const auto names = listDirectory(certificates_.folder, kMaxPrepared);
    std::vector<std::filesystem::path> all;
    for (const auto& entry : names ? *names : std::vector<DirectoryEntry>{}) {
        if (entry.hidden && entry.kind == FileKind::Regular && pathText(entry.name).ends_with(kPrepared)) all.push_back(entry.name);
    }
    return all;
}

// Without any key they are of no use to anybody.
void OwnFolders::dropPrepared() const {
    const auto keys = listFolder(keys_.folder, keys_.missing);
    if (keys.trouble || !keys.entries.empty()) return;
    for (const auto& name : allPrepared()) (void)removeFile(certificates_.folder / name);
}

// The one prepared certificate that has a key, if it is named as this store names it.
std::optional<std::filesystem::path> OwnFolders::prepared(const OwnMaterial& own) const {
    std::vector<std::filesystem::path> found;
    for (const auto& name : allPrepared()) {
        const auto read = readFile(certificates_.folder / name, maxFileSize(Wanted::Certificates));
        const auto elements = read ? inspectFile(read->bytes.view(), Wanted::Certificates) : FileElements{};
        if (elements.certificates.empty() || !elements.failures.empty()) continue;
        const auto& leaf = elements.certificates.front();
        const bool ours = name == preparedName(ownFileNames(naming_, name_, leaf).certificate);
        const auto fits = [&](const StoredKey& stored) { return stored.key.publicKey() == leaf.publicKey(); };
        if (ours && std::any_of(own.keys.begin(), own.keys.end(), fits)) found.push_back(name);
    }
    return found.size() == 1 ? std::optional{found.front()} : std::nullopt;
}

bool OwnFolders::mayFinishFirst() const { return !none_ && !allPrepared().empty(); }

Result<bool> OwnFolders::finishFirst() const {
    if (none_) return false;
    const auto own = load();
    if (!own) return own.error();
    if (!own->chains.empty() || !own->problems.empty()) return false;
    const auto name = prepared(*own);
    if (!name) return false;
    const auto text = pathText(*name);
    const auto renamed = renameFile(certificates_.folder / *name, pathFromText(text.substr(1, text.size() - 1 - kPrepared.size())));
    return renamed ? Result<bool>{true} : renamed.error();
}

void OwnFolders::removeAbandoned() const {
    if (none_) return;
    for (const auto& folder : {certificates_.folder, keys_.folder, replaced_}) {
        detail::removeAbandoned(folder, listFolder(folder, Missing::Accept).abandoned);
    }
}

Result<void> OwnFolders::saveCertificate(const std::vector<Certificate>& chain) const {
    const auto file = certificates_.folder / pathFromText(ownFileNames(naming_, name_, chain.front()).certificate);
    const auto content = ownFileContent(naming_, chain);
    const auto former = readThrough(file, root_, maxFileSize(Wanted::Certificates));
    if (!former && former.status() != StatusCode::BadNotFound) return former.error();
    if (former && equalBytes(former->bytes.view(), content)) return {};
    if (former) {
        if (auto kept = keepFormer(former->bytes.view()); !kept) return kept;
    }
    return writeFile(file, content, FileAccess::Shared, true);
}

// A product that has several under names like these may take any of them. What has another name is the operator's.
Result<void> OwnFolders::retireFormer(const Certificate& leaf) const {
    OwnMaterial own;
    loadChains(listFolder(certificates_.folder, certificates_.missing), own);
    for (const auto& stored : own.chains) {
        const auto& former = stored.chain.front();
        const bool succeeded = former.subject() == leaf.subject() && former.publicKey().algorithm() == leaf.publicKey().algorithm();
        if (!stored.preferred || former == leaf || !succeeded) continue;
        const auto file = certificates_.folder / pathFromText(ownFileNames(naming_, name_, former).certificate);
        const auto read = readThrough(file, root_, maxFileSize(Wanted::Certificates));
        if (!read) return read.error();
        if (auto kept = keepFormer(read->bytes.view()); !kept) return kept;
        if (auto removed = removeIfThere(file); !removed) return removed;
    }
    return {};
}

}  // namespace uatrust::detail
