#include "store/own_folders.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/certificate_chain.hpp>

#include "store/file_names.hpp"
#include "store/store_errors.hpp"
#include "store/store_files.hpp"

namespace uatrust::detail {
namespace {

constexpr std::string_view kCertificateEnding = ".der";
constexpr std::string_view kKeyEnding = ".pem";
constexpr std::size_t kShortThumbprint = 8;

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
                "Put the private key in PKCS#8, PKCS#1 or SEC 1 form, PEM or DER, in its place, or remove the file."};
    }
    return {source,
            hasPassphrase ? "The private key is encrypted, and the configured passphrase does not open it."
                          : "The private key is encrypted, and no passphrase has been configured.",
            "Configure the passphrase of this key (keyPassphrase)."};
}

Error noPassphrase(const std::filesystem::path& file) {
    return {StatusCode::BadConfigurationError,
            fmt::format("Cannot write {}: the private key is to be encrypted, and the configured passphrase is empty.", sourceText(file)),
            "Set the passphrase (keyPassphrase), or configure none to keep the key as it is."};
}

Error noFolders() {
    return {StatusCode::BadNotSupported, "The layout of this store has no folders for the application's own certificate and key.",
            "Keep them in a store with a layout that has both (DirectoryLayout)."};
}

// Replacing keeps the octets of what was there, readable as a certificate or not.
std::string formerName(const std::string& name, ByteView content, const FileElements& elements) {
    const auto thumbprint = elements.certificates.empty() ? Thumbprint{sha1(content)} : elements.certificates.front().thumbprint();
    return fmt::format("{} [{}]{}", name, thumbprint.text(), kCertificateEnding);
}

}  // namespace

OwnFolders::OwnFolders(const std::filesystem::path& root, const DirectoryStoreOptions& options)
    : root_{root}, name_{options.ownName}, passphrase_{options.keyPassphrase} {
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
    return own;
}

std::optional<FileContent> OwnFolders::readEntry(const std::filesystem::path& folder, const DirectoryEntry& entry, OwnMaterial& own) const {
    auto read = readThrough(folder / entry.name, root_, maxFileSize(Wanted::Certificates));
    if (read) return std::move(*read);
    const bool gone = read.status() == StatusCode::BadNotFound && entry.kind != FileKind::SymbolicLink;
    if (!gone) own.problems.push_back(problemOf(folder / entry.name, read.error()));
    return {};
}

void OwnFolders::loadChains(const FolderListing& listing, OwnMaterial& own) const {
    const auto name = pathFromText(name_ + std::string{kCertificateEnding});
    const auto isOwnName = [&](const DirectoryEntry& entry) { return entry.name == name; };
    const bool exact = std::any_of(listing.entries.begin(), listing.entries.end(), isOwnName);
    for (const auto& entry : listing.entries) {
        const auto read = readEntry(certificates_.folder, entry, own);
        if (!read) continue;
        auto elements = inspectFile(read->bytes.view(), Wanted::Certificates);
        const auto source = sourceText(certificates_.folder / entry.name);
        for (auto& problem : problemsOf(elements, certificates_, source)) own.problems.push_back(std::move(problem));
        if (elements.certificates.empty()) continue;
        const bool preferred = exact ? isOwnName(entry) : entry.name.stem() == name.stem();
        own.chains.push_back({leafFirst(std::move(elements.certificates)), source, preferred});
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
    const auto source = sourceText(file);
    if (!key) {
        const auto elements = inspectFile(read->bytes.view(), Wanted::Certificates);
        own.problems.push_back(noKey(source, key.error(), passphrase_ != nullptr, elements, sourceText(certificates_.folder)));
        return;
    }
    if (const auto permissions = widerThanOwner(file)) own.problems.push_back(tooWide(file, "private key", *permissions));
    own.keys.push_back({std::move(*key), source});
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

Result<void> OwnFolders::saveKey(const Certificate& leaf, const PrivateKey& key) const {
    if (hasKey(key.publicKey())) return {};
    auto passphrase = passphrase_ ? passphrase_() : Result<SecretBytes>{SecretBytes{}};
    if (!passphrase) return passphrase.error();
    if (passphrase_ && passphrase->empty()) return noPassphrase(keys_.folder / pathFromText(name_ + std::string{kKeyEnding}));
    const auto pem = key.exportPem(asText(passphrase->view()));
    if (pem.status() == StatusCode::BadNotSupported) return {};  // it lives in a device and stays there
    if (!pem) return pem.error();

    const auto plain = pathFromText(name_ + std::string{kKeyEnding});
    const auto written = writeFile(keys_.folder / plain, pem->view(), FileAccess::OwnerOnly, false);
    if (written.status() != StatusCode::BadInvalidState) return written;
    const auto digits = leaf.thumbprint().text().substr(0, kShortThumbprint);
    const auto added = addFile(keys_.folder, pathFromText(fmt::format("{}-{}{}", name_, digits, kKeyEnding)), pem->view(), true);
    return added ? Result<void>{} : added.error();
}

Result<void> OwnFolders::keepFormer(ByteView content) const {
    if (auto made = createDirectories(replaced_, FileAccess::Shared); !made) return made;
    const auto elements = inspectFile(content, Wanted::Certificates);
    const auto kept = addFile(replaced_, pathFromText(formerName(name_, content, elements)), content, elements.privateKey);
    return kept ? Result<void>{} : kept.error();
}

Result<void> OwnFolders::save(const std::vector<Certificate>& chain, const PrivateKey& key) const {
    if (none_) return noFolders();
    if (auto pair = checkPair(chain, key); !pair) return pair;
    if (auto named = checkName(); !named) return named;
    if (auto created = create(); !created) return created;
    if (auto saved = saveKey(chain.front(), key); !saved) return saved;

    const auto file = certificates_.folder / pathFromText(name_ + std::string{kCertificateEnding});
    const auto content = joinChain(chain);
    const auto former = readThrough(file, root_, maxFileSize(Wanted::Certificates));
    if (!former && former.status() != StatusCode::BadNotFound) return former.error();
    if (former && equalBytes(former->bytes.view(), content)) return {};
    if (former) {
        if (auto kept = keepFormer(former->bytes.view()); !kept) return kept;
    }
    return writeFile(file, content, FileAccess::Shared, true);
}

}  // namespace uatrust::detail
