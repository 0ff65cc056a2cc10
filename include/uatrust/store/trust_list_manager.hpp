#pragma once

#include <uatrust/store/directory_store.hpp>

namespace uatrust {

/// What an operator does with the lists.
enum class TrustAction : std::uint8_t {
    Trust,     ///< rejected or issuers to trusted
    Distrust,  ///< trusted to rejected
    Delete,    ///< out of a list
    Block,     ///< wherever it is, to blocked
    Unblock,   ///< blocked to rejected
    Pin,       ///< a rejected certificate stays, whatever comes
    Unpin,
    Import,  ///< what a CA or an administrator has handed over
    Undo,    ///< the last of all these
    Own      ///< something with the application's own certificate; undo() does not know it
};

/// trustActionName() is "trust", "distrust" and so on: one word for command lines and files, never changes.
[[nodiscard]] UATRUST_API std::string_view trustActionName(TrustAction action) noexcept;

/// TrustListEntry is one certificate of a list with what the journal knows about it.
struct TrustListEntry {
    StoredCertificate stored;
    StoreList list = StoreList::Rejected;
    std::optional<RefusalRecord> refusals{};  ///< nothing when it was never refused, or when that is forgotten
    bool pinned = false;
};

/// TrustOffer is what a certificate needs beside being trusted: a chain up to a root that is in trusted or issuers, and a CRL of
/// each CA of it (OPC 10000-4, 6.1.3).
struct TrustOffer {
    std::vector<StoredCertificate> issuers{};  ///< known, and in the wrong place: would be put into issuers
    std::vector<StoredCrl> crls{};             ///< known in the lists of another group: would be put beside issuers
    std::vector<std::string> missing{};        ///< a sentence for each thing that is known nowhere
};

/// TrustStep is one thing that a change did to a list.
struct TrustStep {
    enum class Kind : std::uint8_t { Moved, Added, Removed, Pinned, Unpinned };
    Kind kind = Kind::Moved;
    bool crl = false;  ///< of what was added or removed: a CRL, not a certificate
    CertificateId id{};
    StoreList from = StoreList::Rejected;  ///< of Moved and Removed
    StoreList to = StoreList::Rejected;    ///< of Moved and Added
    Bytes der{};                           ///< of Added and Removed
};

/// ChangeRecord is a line of the history.
struct ChangeRecord {
    Instant at{};
    std::string who{};  ///< as the caller has named the operator
    TrustAction action{};
    std::string what{};  ///< for people: which certificate, from where to where
    std::string note{};  ///< for people: what to think of next; not kept in the history
};

/// ChangeHistory is the history, oldest first, and what of it could not be read.
struct ChangeHistory {
    std::vector<ChangeRecord> records{};
    std::vector<StoreProblem> problems{};
};

/// TrustListManagerOptions says where the history is kept.
struct TrustListManagerOptions {
    std::filesystem::path records{};        ///< a folder for the history and the last change; empty: in memory
    std::size_t maxHistoryBytes = 1 << 18;  ///< the oldest lines make room
    const Clock* clock = nullptr;           ///< borrowed; null: systemClock()
};

/// TrustListManager is what an operator's program works with: it changes the lists of a store, keeps a dated history of who
/// did what, and takes the last change back. The store is borrowed. What was changed counts for validators at once.
///
/// A change is written down before it happens. When the program ends in the middle, the history lacks its line and undo() says
/// that the lists are not what the change left.
///
/// `who` is for the history and is not checked: the caller knows the operator. Safe to use from several threads and, with a
/// folder for records, from several processes at once.
class UATRUST_API TrustListManager {
public:
    explicit TrustListManager(CertificateStore& store, TrustListManagerOptions options = {});
    /// With its records in the folder of the store, DirectoryStore::changesFolder().
    explicit TrustListManager(DirectoryStore& store);
    ~TrustListManager();

    /// The certificates of one list, the most recently refused first, then in the order of the snapshot.
    [[nodiscard]] std::vector<TrustListEntry> list(StoreList list) const;

    /// What there is to be offered when a certificate of any list is trusted. `elsewhere` are lists of other groups to look
    /// into. Signatures are verified, a bounded number of them. BadNotFound when the certificate is in no list.
    [[nodiscard]] Result<TrustOffer> offerFor(const CertificateId& id,
                                              std::span<const std::shared_ptr<const TrustSnapshot>> elsewhere = {}) const;

    /// Moves a certificate from rejected, or from issuers, to trusted, and takes what the operator wants of the offer along.
    /// BadInvalidState when it is blocked; BadNothingToDo when it is trusted already; BadNotFound when it is in no list.
    Result<ChangeRecord> trust(const CertificateId& id, std::string_view who, const TrustOffer& with = {});
    /// Moves a certificate from trusted to rejected. The note says whether a trusted CA lets it in all the same.
    Result<ChangeRecord> distrust(const CertificateId& id, std::string_view who);
    /// Takes a certificate out of a list.
    Result<ChangeRecord> remove(const CertificateId& id, StoreList list, std::string_view who);
    /// Moves a certificate of any list to blocked: it is refused, whoever else gives trust.
    Result<ChangeRecord> block(const CertificateId& id, std::string_view who);
    /// Blocks a certificate that is in no list.
    Result<ChangeRecord> block(const Certificate& certificate, std::string_view who);
    Result<ChangeRecord> unblock(const CertificateId& id, std::string_view who);
    /// CertificateStore::pin(), with a line in the history.
    Result<ChangeRecord> pin(const CertificateId& id, bool pinned, std::string_view who);
    /// Adds and removes several things as one change; what is there, or gone, already is no part of it. `what` is for the history.
    Result<ChangeRecord> change(TrustAction action, std::vector<TrustStep> steps, std::string_view what, std::string_view who);

    /// Makes something that was done to the lists already, otherwise than by this class, the last change: it has its line in the
    /// history, and undo() takes it back. BadInvalidState when the lists are not as the steps have left them; nothing is done then.
    Result<ChangeRecord> record(TrustAction action, std::vector<TrustStep> steps, std::string_view what, std::string_view who);

    /// Adds a line to the history about something that was done beside the lists. It does not become the last change.
    Result<ChangeRecord> note(TrustAction action, std::string_view what, std::string_view who);

    /// Takes the last change back; done twice, it is there again. BadNothingToDo when there is none, BadInvalidState when the
    /// lists are not what that change has left: somebody else has changed them since, and nothing is done. A file comes back
    /// with its content, under a name of the store's own.
    Result<ChangeRecord> undo(std::string_view who);

    [[nodiscard]] ChangeHistory history() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// exportPem() is a list as PEM with a line of text before each block, the CRLs beside it included: readBundle() and other
/// programs read it.
[[nodiscard]] UATRUST_API std::string exportPem(const TrustSnapshot& snapshot, StoreList list);

}  // namespace uatrust
