#pragma once

#include <uatrust/store/certificate_store.hpp>

#include <variant>

namespace uatrust {

/// TrustChange is one entry that came into a list, or left it. What was moved has left one list and come into another.
struct TrustChange {
    enum class Kind : std::uint8_t { Added, Removed };
    Kind kind = Kind::Added;
    StoreList list = StoreList::Trusted;
    std::variant<StoredCertificate, StoredCrl> entry;  ///< of what was removed: where it was

    /// Null when it is the other of the two.
    [[nodiscard]] const StoredCertificate* certificate() const noexcept { return std::get_if<StoredCertificate>(&entry); }
    [[nodiscard]] const StoredCrl* crl() const noexcept { return std::get_if<StoredCrl>(&entry); }
};

/// trustChanges() compares two snapshots: by list, in each of them the certificates before the CRLs and what was removed
/// before what was added, otherwise in a fixed order. An entry that is in another file now, or in one more, is no change.
/// Costs in the order of the number of changes where a DirectoryStore has made both snapshots, one after the other, and in the
/// order of all entries at worst; calculates no hash and decodes no certificate.
[[nodiscard]] UATRUST_API std::vector<TrustChange> trustChanges(const TrustSnapshot& before, const TrustSnapshot& after);

/// StoreNews is what has happened in a store between two polls.
struct StoreNews {
    std::vector<TrustChange> changes{};
    /// Records that are new, or not what they were: one more attempt, pinned, not pinned any more. As they are now.
    std::vector<RefusalRecord> refusals{};
    /// Whose record is gone: forgotten, or it has made room.
    std::vector<CertificateId> forgotten{};
    /// What cannot be looked at and could be before, in the lists or in the journal.
    std::vector<StoreProblem> problems{};
    /// What could not be looked at and can be now, or is not there any more.
    std::vector<StoreProblem> solved{};

    [[nodiscard]] bool empty() const noexcept {
        return changes.empty() && refusals.empty() && forgotten.empty() && problems.empty() && solved.empty();
    }
};

/// TrustChangeFeed tells who asks it what has happened in a store since the last time, whoever did it: to close sessions whose
/// trust is gone, to show what arrives. It has no thread: call poll() from a timer, some times a second at most.
///
/// A poll when nothing has happened costs a snapshot() and a look at one folder, whatever the size of the store; the journal
/// is read anew when a refusal has been recorded, and for two seconds after another process has written to it.
///
/// What becomes untrusted by itself, by time, is no change: an expired certificate, an outdated CRL. Who keeps a session for
/// days has to validate again for these, too.
///
/// Borrows the store, which has to outlive it. One thread at a time.
class UATRUST_API TrustChangeFeed {
public:
    /// Takes what is in the store now as known; poll() tells of what comes after.
    explicit TrustChangeFeed(CertificateStore& store);
    ~TrustChangeFeed();
    TrustChangeFeed(const TrustChangeFeed&) = delete;
    TrustChangeFeed& operator=(const TrustChangeFeed&) = delete;

    /// What has happened since the last poll, or since the feed was made. What happens more than once between two polls is told as
    /// its outcome: what came and went is not told.
    [[nodiscard]] StoreNews poll();

    /// The lists as the last poll has found them: with what poll() tells later on there is no gap. Never null.
    [[nodiscard]] const std::shared_ptr<const TrustSnapshot>& snapshot() const noexcept;
    /// The journal as the last poll has found it.
    [[nodiscard]] const RefusalJournal& journal() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace uatrust
