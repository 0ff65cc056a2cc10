#include <uatrust/store/trust_changes.hpp>

#include <algorithm>
#include <array>
#include <map>

#include "store/snapshot_lists.hpp"

namespace uatrust {
namespace {

constexpr std::array kLists{StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked};

template <class Stored>
void append(std::vector<TrustChange>& changes, StoreList list, const detail::SharedList<Stored>& before,
            const detail::SharedList<Stored>& after) {
    const auto difference = detail::SharedList<Stored>::difference(before, after);
    for (const auto* each : difference.removed) changes.push_back({TrustChange::Kind::Removed, list, *each});
    for (const auto* each : difference.added) changes.push_back({TrustChange::Kind::Added, list, *each});
}

std::vector<StoreProblem> missingFrom(const std::vector<StoreProblem>& those, const std::vector<StoreProblem>& these) {
    std::vector<StoreProblem> missing;
    std::copy_if(these.begin(), these.end(), std::back_inserter(missing),
                 [&](const StoreProblem& each) { return std::find(those.begin(), those.end(), each) == those.end(); });
    return missing;
}

std::map<CertificateId, const RefusalRecord*> byCertificate(const RefusalJournal& journal) {
    std::map<CertificateId, const RefusalRecord*> records;
    for (const auto& record : journal.records) records.emplace(record.certificate, &record);
    return records;
}

void appendRefusals(StoreNews& news, const RefusalJournal& before, const RefusalJournal& after) {
    const auto former = byCertificate(before);
    const auto present = byCertificate(after);
    for (const auto& record : after.records) {
        const auto at = former.find(record.certificate);
        if (at == former.end() || *at->second != record) news.refusals.push_back(record);
    }
    for (const auto& [id, record] : former) {
        if (!present.contains(id)) news.forgotten.push_back(id);
    }
}

}  // namespace

std::vector<TrustChange> trustChanges(const TrustSnapshot& before, const TrustSnapshot& after) {
    std::vector<TrustChange> changes;
    const auto& former = detail::listsOf(before);
    const auto& present = detail::listsOf(after);
    for (const auto list : kLists) {
        append(changes, list, former.certificates(list), present.certificates(list));
        append(changes, list, former.crls(list), present.crls(list));
    }
    return changes;
}

struct TrustChangeFeed::State {
    explicit State(CertificateStore& borrowed)
        : store{&borrowed}, snapshot{borrowed.snapshot()}, generation{borrowed.refusalsGeneration()}, journal{borrowed.refusals()} {
        problems = problemsIn(*snapshot, journal);
    }

    static std::vector<StoreProblem> problemsIn(const TrustSnapshot& lists, const RefusalJournal& refusals) {
        std::vector<StoreProblem> all{lists.problems().begin(), lists.problems().end()};
        all.insert(all.end(), refusals.problems.begin(), refusals.problems.end());
        return all;
    }

    CertificateStore* store;
    std::shared_ptr<const TrustSnapshot> snapshot;
    std::optional<std::uint64_t> generation;
    RefusalJournal journal;
    std::vector<StoreProblem> problems{};
};

TrustChangeFeed::TrustChangeFeed(CertificateStore& store) : state_{std::make_unique<State>(store)} {}

TrustChangeFeed::~TrustChangeFeed() = default;

StoreNews TrustChangeFeed::poll() {
    auto& known = *state_;
    auto snapshot = known.store->snapshot();
    // Before the journal is read: what comes meanwhile has a later number.
    const auto generation = known.store->refusalsGeneration();
    const bool sameLists = snapshot->generation() == known.snapshot->generation();
    const bool sameJournal = generation && generation == known.generation;
    StoreNews news;
    if (sameLists && sameJournal) return news;

    // Nothing counts as told until all of it is: memory may run out on the way.
    auto journal = sameJournal ? known.journal : known.store->refusals();
    auto problems = State::problemsIn(*snapshot, journal);
    if (!sameLists) news.changes = trustChanges(*known.snapshot, *snapshot);
    appendRefusals(news, known.journal, journal);
    news.problems = missingFrom(known.problems, problems);
    news.solved = missingFrom(problems, known.problems);
    known.snapshot = std::move(snapshot);
    known.generation = generation;
    known.journal = std::move(journal);
    known.problems = std::move(problems);
    return news;
}

const std::shared_ptr<const TrustSnapshot>& TrustChangeFeed::snapshot() const noexcept { return state_->snapshot; }

const RefusalJournal& TrustChangeFeed::journal() const noexcept { return state_->journal; }

}  // namespace uatrust
