#pragma once

#include <uatrust/store/certificate_store.hpp>
#include <uatrust/store/identity_store.hpp>

#include <chrono>
#include <filesystem>
#include <functional>

namespace uatrust {

class DirectoryStore;

namespace detail {
class FolderLock;
[[nodiscard]] Result<FolderLock> lockStore(const DirectoryStore& store);
[[nodiscard]] Result<bool> finishFirstSave(DirectoryStore& store);
}  // namespace detail

/// DirectoryLayout names the folders of a store below its root, with '/' between the parts. The default is that of
/// the TwinCAT and Unified Automation gateways. An empty name: the product has no such folder. What would be read from it is
/// empty then, and what would be written to it is BadNotSupported. The trusted certificates always have one.
struct DirectoryLayout {
    std::string ownCertificates = "own/certs";
    std::string ownPrivateKeys = "own/private";
    std::string ownReplaced = "own/replaced";  ///< backups of own certificates; created when first needed
    std::string trustedCertificates = "trusted/certs";
    std::string trustedCrls = "trusted/crl";
    std::string issuerCertificates = "issuers/certs";
    std::string issuerCrls = "issuers/crl";
    std::string rejected = "rejected";
    std::string ownElsewhere{};             ///< for people, where there are no folders for own ones: where the product has them instead
    std::string blocked = "blocked/certs";  ///< certificates that are refused in any case; created when first needed
};

/// FileNaming is how files are named, and encoded, that a DirectoryStore writes into its lists: some products find a certificate
/// by the name of its file, or look at files with some endings only. T is the thumbprint. The common name (of a CRL: its
/// issuer's) is made harmless in all of them as by certificateFileName().
enum class FileNaming : std::uint8_t {
    CommonNameThumbprint,  ///< "plc-7 [T].der", CRLs "Plant CA [T].crl" (OPC 10000-12, Annex F.1)
    WithoutEnding,         ///< "plc-7[T]", CRLs alike: open62541
    LowerCasePem,          ///< "plc-7[t].pem" with t in lower case, CRLs "crl_Plant CA[t].pem", as PEM: node-opcua
    LowerCaseThumbprint,   ///< "t.der", CRLs "t.crl"; rejected ones "s.der", s being SHA-1 of the signature: Eclipse Milo
    ExactCommonName        ///< "plc-7 [T].der" with nothing but '/' taken out of a common name that is harmless otherwise: async-opcua
};

/// OwnNaming is how saveOwn() names and encodes the files of the own certificate and key. A key is PKCS#8 in PEM in all of them,
/// and encrypted where there is a keyPassphrase. T is the thumbprint, "name" is DirectoryStoreOptions::ownName. All but the first
/// are for products that find a key by the name of its file: another key of that name is kept beside it as "name-former.pem".
/// Where the names have thumbprints, a former certificate of the same subject and kind of key goes to ownReplaced.
enum class OwnNaming : std::uint8_t {
    Configured,            ///< "name.der" with its issuers; key "name.pem", or "name-<digits>.pem" when that is another key
    ConfiguredFixed,       ///< alike, and the key is always "name.pem": Unified Automation, TwinCAT
    CommonNameThumbprint,  ///< "plc-7 [T].der", key "plc-7 [T].pem": OPC 10000-12, Annex F.1, UA-.NETStandard
    WithoutSpace,          ///< "plc-7[T].der", key "plc-7[T].key": open62541
    PemPrivateKey,         ///< "name.pem" as PEM with its issuers, key "private_key.pem": node-opcua
    Private                ///< "name.der", key "private.pem": async-opcua
};

/// LoadProgress is how far a store has come in reading its files.
struct LoadProgress {
    std::size_t done = 0;   ///< files that have been looked at
    std::size_t total = 0;  ///< files to be looked at, as far as is known: it grows with each folder
};

/// DirectoryStoreOptions has defaults for a gateway or server in a plant.
struct DirectoryStoreOptions {
    DirectoryLayout layout{};
    std::string ownName = "application";  ///< base name of the own certificate's file: application.der, application.pem
    std::size_t maxRejected = 100;        ///< files; the oldest unpinned one written by a DirectoryStore makes room; 0: none is filed
    PassphraseSource keyPassphrase{};     ///< for encrypted private keys, read and written
    bool readOnly = false;                ///< nothing on disk is created, changed or filed; a folder that is missing is empty
    FileNaming naming = FileNaming::CommonNameThumbprint;  ///< of what is written to the lists
    OwnNaming ownNaming = OwnNaming::Configured;           ///< of what saveOwn() writes
    /// Issuers, CRLs and rejected certificates are read from folders of other usual names, too: "issuer" and "issuers", with
    /// and without "certs", "crl", "crls" and "clr". Trust is given by the folder of the layout alone.
    bool readVariants = false;
    /// The product refuses what is in rejected even when it is trusted as well: then it does not count as trusted here either,
    /// and adding it to the trusted list takes it out of the rejected one.
    bool rejectedDenies = false;
    /// Let the operating system tell of changes where it does so at once (inotify, on local file systems), instead of looking at
    /// every file for each snapshot. See DirectoryStore for what it does not tell of.
    bool watch = true;
    /// With watch, the stamp of every file is looked at once in this time all the same, a few files at a snapshot.
    std::chrono::milliseconds watchRound = std::chrono::minutes{1};
    /// How long a change waits for another one, of any thread or process, that keeps the store locked: BadResourceUnavailable then,
    /// which names who that is.
    std::chrono::milliseconds lockTimeout{5000};
    /// The same for fileRejected(), if shorter: a validation is not held up by a record of it.
    std::chrono::milliseconds filingTimeout{250};
    JournalOptions journal{};  ///< bounds of the record of refusals
    /// Told how far the reading of the files has come when that takes longer than progressAfter, and then no more often than each
    /// progressEvery; last, if anything was told, that all are done. It is called on the thread that reads, which may be any that
    /// uses the store, and holds up that one and all who wait for it. It must not use the store; what it throws is lost.
    std::function<void(const LoadProgress&)> onProgress{};
    std::chrono::milliseconds progressAfter{1000};
    std::chrono::milliseconds progressEvery{100};
};

/// DirectoryStore keeps the lists as files in folders that operators may change with any file manager: what is
/// moved, added, replaced or removed counts at the next snapshot(), without a restart and without a thread.
///
/// Reading is tolerant: DER and PEM by content, whatever the file's name, and all certificates of a file count in the list
/// that the operator put the file into. A file that cannot be read, is too large, is no regular file or holds something else
/// is a problem in the snapshot and disables nothing else. A link counts when it ends at a file below the root. Hidden
/// files, names ending in ".tmp" and sub-folders are passed over, but for the sub-folder "certs" that some products have in
/// the rejected folder. A folder that cannot be listed holds nothing: what was read from it before does not count any more.
/// Writing is careful: a temporary file in the same folder, synchronised, then renamed; private keys are readable by
/// their owner only from the first byte. Files are never renamed and, but for the oldest rejected ones, never deleted
/// unless asked for by certificate. A file that is moved to another list keeps its name and content, unless the name is the one
/// that FileNaming has for the list it leaves and another one for the list it comes to; out of a file with several
/// certificates only the one asked for is cut.
///
/// The journal of refusals is in ".uatrust/rejected" below the root, a small text file for each certificate, and survives a restart.
/// A pin keeps a rejected certificate's file and its record from making room for others. What recordRefusal() writes is bounded
/// (JournalOptions); what waits in memory is lost only with a crash.
///
/// With readOnly every function that would write is BadNotWritable, and fileRejected() files nothing and is false: for looking
/// into a store that belongs to somebody else.
///
/// A change counts as soon as the operating system shows it: on a network folder that is when its client looks again.
/// With DirectoryStoreOptions::watch the stamps of all files are looked at for each snapshot only where the system does not
/// tell of changes: on network, overlay and unknown file systems, beyond its limits, on other systems than Linux. Links and
/// files with other names (hard links) are looked at each time in any case. What it cannot tell of counts after
/// watchRound, if snapshots are taken meanwhile: content written by a hard link that was made after the file
/// had been read, and through a shared memory mapping that its writer keeps open.
/// A process that forks may use the store on both sides.
///
/// Safe to use from several threads and from several processes at once. Who writes takes a lock for that moment, on the hidden file
/// .uatrust.lock in the root: stores that share a folder have the same root. Who reads takes none. The lock ends with its process,
/// however that ends; the file stays and means nothing by itself. On a file system without locks, such as a network folder
/// mounted without them, only the threads of one process exclude each other: let one process write there. Even then
/// nothing half-written counts, but of two changes of one and the same file one may be lost.
class UATRUST_API DirectoryStore final : public CertificateStore, public IdentityStore {
public:
    /// Nothing happens on disk yet: folders are created at first use, unless readOnly, and what goes wrong then is in the
    /// problems of the snapshot.
    explicit DirectoryStore(std::filesystem::path root, DirectoryStoreOptions options = {});
    ~DirectoryStore() override;

    /// As it was given; the store itself goes by what it meant when the store was made, wherever the process goes afterwards.
    [[nodiscard]] const std::filesystem::path& root() const noexcept;

    /// Where the history of changes of these lists is kept (TrustListManager); one root may hold the lists of several groups.
    [[nodiscard]] std::filesystem::path changesFolder() const;

    /// create() makes the folders that are missing; called by every other function. The error names the folder.
    Result<void> create();

    [[nodiscard]] std::shared_ptr<const TrustSnapshot> snapshot() override;
    /// snapshot() after reading every file anew, whatever the operating system says of it: for an operator's button, and where one
    /// does not believe in stamps. Costs what the first snapshot() does; it has the same generation when nothing is another.
    [[nodiscard]] std::shared_ptr<const TrustSnapshot> refresh();
    /// Whether the next snapshot() costs the same however many files there are, as long as nothing changes: the system tells of
    /// all changes, but for those named above. For those who want to know why it does not.
    [[nodiscard]] bool isWatched() const;
    Result<void> addCertificate(StoreList list, const Certificate& certificate) override;
    Result<void> removeCertificate(StoreList list, const CertificateId& id) override;
    Result<void> moveCertificate(const CertificateId& id, StoreList from, StoreList to) override;
    Result<void> addCrl(StoreList list, const Crl& crl) override;
    Result<void> removeCrl(StoreList list, const CertificateId& id) override;
    Result<bool> fileRejected(const Certificate& leaf) override;
    Result<Filing> recordRefusal(const Certificate& leaf, const Refusal& refusal) override;
    [[nodiscard]] RefusalJournal refusals() override;
    [[nodiscard]] std::optional<std::uint64_t> refusalsGeneration() override;
    Result<void> pin(const CertificateId& id, bool pinned) override;
    Result<void> forgetRefusals(const CertificateId& id) override;

    [[nodiscard]] Result<OwnMaterial> loadOwn() override;
    Result<void> saveOwn(const std::vector<Certificate>& chain, const PrivateKey& key) override;
    /// In ".uatrust/requests" below the root, which is for its owner only, one file for each key.
    Result<void> savePending(const CertificateRequest& request, const std::optional<PrivateKey>& newKey) override;
    Result<void> dropPending(const PublicKey& key) override;
    [[nodiscard]] std::string ownLocation() const override;

private:
    friend Result<detail::FolderLock> detail::lockStore(const DirectoryStore& store);
    friend Result<bool> detail::finishFirstSave(DirectoryStore& store);
    struct State;
    std::unique_ptr<State> state_;
};

/// certificateFileName() is "<common name> [<thumbprint>].der" (OPC 10000-12, Annex F.1) with everything in the
/// common name replaced that a file system, a shell or a terminal could misread: separators, control and
/// direction-changing characters, leading dots, reserved device names; cut to a length that every file system takes.
[[nodiscard]] UATRUST_API std::string certificateFileName(const Certificate& certificate);

}  // namespace uatrust
