#pragma once

#include <map>

#include <uatrust/store/refusal.hpp>

namespace uatrust::detail {

/// addTo() counts one more attempt, whose texts are made printable and cut. `most` is the number of refusals that are kept.
void addTo(RefusalRecord& record, const Refusal& refusal, std::size_t most);

/// mergeInto() adds what another process, or this one later on, has counted for the same certificate.
void mergeInto(RefusalRecord& record, const RefusalRecord& other, std::size_t most);

/// recordText() is a record as a file, lines of "key: value"; recordFromText() reads it. Keys that are not known are passed over,
/// so that a later release may add some. `pinned` is not in it. BadNotSupported when it is no such text.
inline constexpr std::size_t kMaxRecordText = 65536;
[[nodiscard]] std::string recordText(const RefusalRecord& record);
[[nodiscard]] Result<RefusalRecord> recordFromText(std::string_view text);

/// RefusalRecords holds a bounded number of records in memory: who was seen longest ago makes room, the pinned ones never do.
/// Not thread-safe.
class RefusalRecords {
public:
    RefusalRecords(std::size_t maxRecords, std::size_t maxRefusals) : maxRecords_{maxRecords}, maxRefusals_{maxRefusals} {}

    void add(const Certificate& leaf, const Refusal& refusal);
    [[nodiscard]] const std::map<CertificateId, RefusalRecord>& all() const noexcept { return records_; }
    [[nodiscard]] RefusalRecord* find(const CertificateId& id);
    void erase(const CertificateId& id) { records_.erase(id); }

private:
    void makeRoom();

    std::size_t maxRecords_;
    std::size_t maxRefusals_;
    std::map<CertificateId, RefusalRecord> records_{};
};

/// inJournalOrder() puts who was seen last first.
[[nodiscard]] std::vector<RefusalRecord> inJournalOrder(std::vector<RefusalRecord> records);

}  // namespace uatrust::detail
