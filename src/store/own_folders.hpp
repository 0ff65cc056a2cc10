#pragma once

#include <uatrust/store/directory_store.hpp>

#include "store/list_folder.hpp"

namespace uatrust::detail {

/// OwnFolders are the folders of the application's own certificates and keys.
class OwnFolders {
public:
    OwnFolders(const std::filesystem::path& root, const DirectoryStoreOptions& options);

    [[nodiscard]] Result<OwnMaterial> load() const;
    /// Only under the lock of the store: of two who save at once, the second has to find the certificate of the first to keep it.
    [[nodiscard]] Result<void> save(const std::vector<Certificate>& chain, const PrivateKey& key) const;
    /// finishFirst() completes what save() had begun when there was no own certificate yet, and could not end: the key is there, and
    /// its certificate under the name that it was prepared under. False when that is not so, or not for certain. Under the lock.
    [[nodiscard]] Result<bool> finishFirst() const;
    /// Whether that is worth the lock.
    [[nodiscard]] bool mayFinishFirst() const;
    /// Removes what writers that died have left. Under the lock.
    void removeAbandoned() const;
    /// create() makes both folders; the error is that of the first that cannot be made.
    [[nodiscard]] Result<void> create() const;
    [[nodiscard]] const std::filesystem::path& certificates() const noexcept { return certificates_.folder; }

private:
    /// What cannot be read becomes a problem of `own`; what has gone since the folder was listed does not.
    [[nodiscard]] std::optional<FileContent> readEntry(const std::filesystem::path& folder, const DirectoryEntry& entry,
                                                       OwnMaterial& own) const;
    void loadChains(const FolderListing& listing, OwnMaterial& own) const;
    void loadKeys(const FolderListing& listing, OwnMaterial& own) const;
    void loadKey(const DirectoryEntry& entry, OwnMaterial& own) const;
    void loadPkcs12(ByteView content, const std::filesystem::path& file, OwnMaterial& own) const;
    [[nodiscard]] bool isPreferred(const DirectoryEntry& entry, const Certificate& leaf, bool exact) const;
    [[nodiscard]] Result<void> checkName() const;
    [[nodiscard]] bool hasKey(const PublicKey& key) const;
    [[nodiscard]] Result<void> saveKey(const Certificate& leaf, const PrivateKey& key) const;
    [[nodiscard]] Result<void> writeConfiguredKey(const Certificate& leaf, ByteView pem) const;
    [[nodiscard]] Result<void> writeFixedKey(const std::string& name, ByteView pem) const;
    [[nodiscard]] bool hasKeyIn(const std::string& name, const PublicKey& key) const;
    [[nodiscard]] Result<void> saveCertificate(const std::vector<Certificate>& chain) const;
    [[nodiscard]] bool isFirst(const Certificate& leaf) const;
    [[nodiscard]] Result<void> saveFirst(const std::vector<Certificate>& chain, const PrivateKey& key) const;
    [[nodiscard]] std::vector<std::filesystem::path> allPrepared() const;
    void dropPrepared() const;
    [[nodiscard]] std::optional<std::filesystem::path> prepared(const OwnMaterial& own) const;
    [[nodiscard]] Result<void> retireFormer(const Certificate& leaf) const;
    [[nodiscard]] Result<void> keepFormer(ByteView content) const;

    FolderRole certificates_;
    FolderRole keys_;
    std::filesystem::path replaced_;
    std::filesystem::path root_;
    std::string name_;
    OwnNaming naming_;
    std::string elsewhere_;
    bool none_ = false;  ///< the layout has no folders for them
    PassphraseSource passphrase_;
};

}  // namespace uatrust::detail
