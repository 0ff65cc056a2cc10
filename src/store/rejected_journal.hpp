#pragma once

#include <filesystem>
#include <mutex>
#include <set>

#include "detail/platform.hpp"
#include "store/refusal_records.hpp"

namespace uatrust::detail {

/// The folder in the root of a store for what no other product knows: hidden, and in none of the folders that one looks into.
inline constexpr std::string_view kPrivateFolder = ".uatrust";

/// WriteAllowance says how many files may be written now: so many a second, and some more after a rest. Not thread-safe.
class WriteAllowance {
public:
    WriteAllowance(std::size_t perSecond, std::size_t burst, Instant now) : perSecond_{perSecond}, burst_{burst}, left_{burst}, at_{now} {}
    /// True when one may be written; it counts as written then.
    [[nodiscard]] bool take(Instant now);

private:
    std::size_t perSecond_;
    std::size_t burst_;
    std::size_t left_;
    Instant at_;
};

/// RejectedJournal keeps the records of refusals in a folder, a file for each certificate, "<SHA-256>.record", and beside it
/// "<SHA-256>.pin" when it is pinned. In memory is what has not been written yet. Several processes count into the same file.
/// Without a folder everything stays in memory. Safe to use from several threads.
class RejectedJournal {
public:
    RejectedJournal(std::filesystem::path folder, const JournalOptions& options);
    /// Writes what is still in memory.
    ~RejectedJournal();
    RejectedJournal(const RejectedJournal&) = delete;
    RejectedJournal& operator=(const RejectedJournal&) = delete;

    /// Counts an attempt in memory.
    void note(const Certificate& leaf, const Refusal& refusal);
    /// Whether one more file may be written; for the certificates, which count like the records.
    [[nodiscard]] bool mayWrite();
    /// Writes the records that are due, as many as may be. What cannot be written stays in memory.
    void writeDue();
    /// What is on disk and in memory.
    [[nodiscard]] RefusalJournal read() const;
    /// As CertificateStore::refusalsGeneration().
    [[nodiscard]] std::optional<std::uint64_t> generation();
    [[nodiscard]] Result<void> pin(const CertificateId& id, bool pinned);
    [[nodiscard]] Result<void> forget(const CertificateId& id);
    /// Those that nothing may push out. The error is why it cannot be said.
    [[nodiscard]] Result<std::set<CertificateId>> pinned() const;

private:
    [[nodiscard]] Instant now() const noexcept { return clock_->now(); }
    [[nodiscard]] std::filesystem::path fileOf(const CertificateId& id, std::string_view ending) const;
    [[nodiscard]] bool isDue(const CertificateId& id);
    void writeDueLocked();
    [[nodiscard]] bool write(const RefusalRecord& counted);
    void makeRoom(const std::filesystem::path& but) const;

    struct Written {
        Instant last{};
        std::size_t rewrites = 0;  // since there was a pause of rewriteAfter
    };

    const std::filesystem::path folder_;
    const JournalOptions options_;
    const Clock* const clock_;
    mutable std::mutex mutex_{};  // guards what follows
    RefusalRecords waiting_;
    std::map<CertificateId, Written> written_{};  // by this process; no more than records
    WriteAllowance allowance_;
    std::uint64_t generation_ = 1;
    FileStamp seen_{};  ///< of the folder, when generation() looked last
};

}  // namespace uatrust::detail
