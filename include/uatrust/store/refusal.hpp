#pragma once

#include <uatrust/store/trust_snapshot.hpp>

namespace uatrust {

/// Refusal is what is known about one attempt of a peer that was refused. All of it but the time and the status comes from the
/// peer or is a text for people: it is kept printable() and cut to some hundred characters each.
struct Refusal {
    Instant at{};
    StatusCode status = StatusCode::BadSecurityChecksFailed;
    std::string reason{};          ///< one sentence
    std::string peerAddress{};     ///< empty where nobody knows it
    std::string endpointUrl{};     ///< of the side that refused; empty where nobody knows it
    std::string applicationUri{};  ///< as the peer claims it
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// RefusalRecord is what the journal knows about one certificate.
struct RefusalRecord {
    CertificateId certificate{};
    std::string name{};  ///< Certificate::describe(), for when the certificate itself has made room for others
    Instant first{};
    Instant last{};
    std::uint64_t count = 0;  ///< of attempts
    bool pinned = false;      ///< an operator wants it kept: nothing makes it give room
    /// The most recent ones, newest first. Attempts that differ in nothing but the time are one entry, with the last time.
    std::vector<Refusal> refusals{};
    friend bool operator==(const RefusalRecord&, const RefusalRecord&) = default;
};

/// RefusalJournal is the journal at one moment, most recently seen first. No records and no problems: looked, and there are none.
struct RefusalJournal {
    std::vector<RefusalRecord> records{};
    std::vector<StoreProblem> problems{};
};

/// JournalOptions bounds what a flood of refusals may cost: memory, room on the disk, and writes.
struct JournalOptions {
    std::size_t maxRecords = 200;     ///< certificates; who was seen longest ago makes room; 0: no journal is kept
    std::size_t maxBytes = 1U << 20;  ///< of all records together on disk
    std::size_t maxRefusals = 5;      ///< for each certificate
    /// Files that recordRefusal() writes in a second, rejected certificates and records together; as many as `burst` at once after
    /// a rest. What is beyond waits in memory for a later call, or for the end of the store.
    std::size_t writesPerSecond = 10;
    std::size_t burst = 100;
    /// A record that is on disk is written again at once this often, so that one sees a person's next attempts as they come; then,
    /// for a client that tries without end, not before rewriteAfter: attempts count in memory meanwhile. What has waited is
    /// written by the next recordRefusal() or refusalsGeneration(), whoever that is about.
    std::size_t rewritesAtOnce = 5;
    std::chrono::seconds rewriteAfter{10};
    const Clock* clock = nullptr;  ///< for these bounds; borrowed; null: systemClock()
};

/// Filing is what became of a refused certificate.
enum class Filing : std::uint8_t {
    Filed,      ///< new in the rejected list
    Known,      ///< there already, or blocked
    Postponed,  ///< too many at once: kept in memory, and filed at a later chance unless others push it out
    NotKept     ///< the store keeps no record of it: the certificate is trusted, or the store files nothing
};

}  // namespace uatrust
