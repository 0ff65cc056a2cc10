#include <random>
#include <set>
#include <tuple>

#include <uatrust/store/memory_store.hpp>
#include <uatrust/store/trust_changes.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// What came and what went, and who is told of it.
namespace {

using Kind = TrustChange::Kind;

// A change in a few words: "+ trusted a.der", "- issuers crl ca.crl".
std::string told(const TrustChange& change) {
    const auto source = change.crl() != nullptr ? change.crl()->source : change.certificate()->source;
    return std::string{change.kind == Kind::Added ? "+ " : "- "} + std::string{storeListName(change.list)} +
           (change.crl() != nullptr ? " crl " : " ") + fs::path{source}.filename().string();
}

std::vector<std::string> told(const std::vector<TrustChange>& changes) {
    std::vector<std::string> all;
    for (const auto& change : changes) all.push_back(told(change));
    return all;
}

using Words = std::vector<std::string>;

// What is in which list, by identity.
using Held = std::set<std::tuple<StoreList, bool, CertificateId>>;
Held heldBy(const TrustSnapshot& snapshot) {
    Held held;
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked}) {
        for (const auto& each : snapshot.certificates(list)) held.emplace(list, false, each.certificate.id());
        for (const auto& each : snapshot.crls(list)) held.emplace(list, true, each.crl.id());
    }
    return held;
}

// The changes make one of the other, and none of them says what was so before.
void requireExact(const Held& before, const std::vector<TrustChange>& changes, const Held& after) {
    auto held = before;
    bool exact = true;
    for (const auto& change : changes) {
        const auto id = change.crl() != nullptr ? change.crl()->crl.id() : change.certificate()->certificate.id();
        const std::tuple entry{change.list, change.crl() != nullptr, id};
        exact = exact && (change.kind == Kind::Added ? held.insert(entry).second : held.erase(entry) == 1);
    }
    REQUIRE(exact);
    REQUIRE(held == after);
}

Refusal untrusted(const std::string& peer = "10.0.0.7") {
    return {.at = *parseInstant("2026-06-15T12:00:00Z"), .status = StatusCode::BadCertificateUntrusted, .peerAddress = peer};
}

// A store that counts how often its journal is read.
class Counting final : public CertificateStore {
public:
    std::shared_ptr<const TrustSnapshot> snapshot() override { return inner.snapshot(); }
    Result<void> addCertificate(StoreList list, const Certificate& leaf) override { return inner.addCertificate(list, leaf); }
    Result<void> removeCertificate(StoreList list, const CertificateId& id) override { return inner.removeCertificate(list, id); }
    Result<void> moveCertificate(const CertificateId& id, StoreList from, StoreList to) override {
        return inner.moveCertificate(id, from, to);
    }
    Result<void> addCrl(StoreList list, const Crl& crl) override { return inner.addCrl(list, crl); }
    Result<void> removeCrl(StoreList list, const CertificateId& id) override { return inner.removeCrl(list, id); }
    Result<bool> fileRejected(const Certificate& leaf) override { return inner.fileRejected(leaf); }
    Result<Filing> recordRefusal(const Certificate& leaf, const Refusal& refusal) override { return inner.recordRefusal(leaf, refusal); }
    RefusalJournal refusals() override {
        ++reads;
        return inner.refusals();
    }
    std::optional<std::uint64_t> refusalsGeneration() override {
        return knowsGeneration ? inner.refusalsGeneration() : CertificateStore::refusalsGeneration();
    }

    MemoryStore inner{};
    int reads = 0;
    bool knowsGeneration = true;
};

}  // namespace

TEST_CASE("What came into a list and what left it is told, a move as both") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    const auto ca = authority("Plant CA");
    const auto next = crlOf(ca, 2);
    drop(folder / "trusted/certs/stays.der", device("stays"));
    drop(folder / "trusted/certs/goes.der", device("goes"));
    drop(folder / "rejected/moves.der", device("moves"));
    writeFile(folder / "issuers/crl/old.crl", crlOf(ca, 1).der());
    const auto before = store.snapshot();
    CHECK(trustChanges(*before, *before).empty());

    fs::remove(folder / "trusted/certs/goes.der");
    fs::rename(folder / "rejected/moves.der", folder / "trusted/certs/moves.der");
    drop(folder / "blocked/certs/bad.der", device("bad"));
    fs::remove(folder / "issuers/crl/old.crl");
    writeFile(folder / "issuers/crl/new.crl", next.der());
    const auto changes = trustChanges(*before, *store.snapshot());
    CHECK(told(changes) == Words{"- trusted goes.der", "+ trusted moves.der", "- issuers crl old.crl", "+ issuers crl new.crl",
                                 "- rejected moves.der", "+ blocked bad.der"});
    CHECK(changes[1].certificate()->certificate == device("moves"));
    CHECK(changes[1].certificate()->source == (folder / "trusted/certs/moves.der").string());
    CHECK(changes[1].crl() == nullptr);
    CHECK(changes[3].crl()->crl.id() == next.id());
    CHECK(changes[3].certificate() == nullptr);
}

TEST_CASE("Another name, a copy, or a problem is no change of the lists") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    drop(folder / "trusted/certs/a.der", device("a"));
    const auto before = store.snapshot();
    fs::rename(folder / "trusted/certs/a.der", folder / "trusted/certs/z.der");
    drop(folder / "trusted/certs/b.der", device("a"));
    writeFile(folder / "trusted/certs/broken.der", "no certificate");
    const auto after = store.snapshot();
    CHECK(after->generation() != before->generation());
    CHECK(trustChanges(*before, *after).empty());
}

TEST_CASE("Snapshots of different stores are compared by what they hold") {
    MemoryStore memory;
    REQUIRE(memory.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(memory.addCertificate(StoreList::Trusted, device("b")));
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    drop(folder / "trusted/certs/b.der", device("b"));
    drop(folder / "trusted/certs/c.der", device("c"));
    const auto changes = trustChanges(*memory.snapshot(), *store.snapshot());
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].kind == Kind::Removed);
    CHECK(changes[0].certificate()->certificate == device("a"));
    CHECK(changes[1].kind == Kind::Added);
    CHECK(changes[1].certificate()->certificate == device("c"));
}

TEST_CASE("Among many certificates, many of them copies, the changes are exactly what makes one snapshot of the other") {
    constexpr std::size_t kFiles = 1500;
    constexpr std::size_t kNames = 700;
    const TempFolder folder;
    std::mt19937 random{11};
    const auto file = [&] { return folder / "trusted/certs" / std::to_string(random() % kFiles); };
    const auto some = [&]() -> Certificate { return device("changed " + std::to_string(random() % kNames)); };
    for (std::size_t i = 0; i < kFiles; ++i) drop(file(), some());
    DirectoryStore store{folder.path()};
    auto before = store.snapshot();
    auto held = heldBy(*before);
    REQUIRE(held.size() > 500);
    std::size_t count = 0;
    for (int round = 0; round < 60; ++round) {
        // Few enough to be put into the lists one by one, and now and then so many that these are made anew.
        const auto steps = round % 20 == 19 ? 300U : random() % 12;
        for (std::size_t step = 0; step < steps; ++step) {
            const auto at = file();
            if (random() % 2 == 0) {
                fs::remove(at);
            } else {
                drop(at, some());
            }
        }
        const auto after = store.snapshot();
        const auto changes = trustChanges(*before, *after);
        auto now = heldBy(*after);
        requireExact(held, changes, now);
        count += changes.size();
        before = after;
        held = std::move(now);
    }
    CHECK(count > 100);
}

TEST_CASE("A feed tells what others did since the last poll, once") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    drop(folder / "trusted/certs/known.der", device("known"));
    TrustChangeFeed feed{store};
    CHECK(feed.poll().empty());
    CHECK(feed.snapshot()->find(StoreList::Trusted, device("known").id()) != nullptr);

    fs::rename(folder / "trusted/certs/known.der", folder / "rejected/known.der");
    const auto news = feed.poll();
    CHECK(told(news.changes) == Words{"- trusted known.der", "+ rejected known.der"});
    CHECK(news.refusals.empty());
    CHECK(news.problems.empty());
    CHECK(feed.snapshot()->find(StoreList::Trusted, device("known").id()) == nullptr);
    CHECK(feed.poll().empty());
    // What came and went between two polls is over.
    drop(folder / "trusted/certs/short.der", device("short"));
    fs::remove(folder / "trusted/certs/short.der");
    CHECK(feed.poll().empty());
}

TEST_CASE("A feed tells of refusals that another user of the folder has recorded, and of pins") {
    const TempFolder folder;
    DirectoryStore gateway{folder.path(), {.journal = {.rewriteAfter = std::chrono::seconds{0}}}};
    DirectoryStore configurator{folder.path()};
    TrustChangeFeed feed{configurator};
    const auto id = device("stranger").id();

    REQUIRE(gateway.recordRefusal(device("stranger"), untrusted()));
    auto news = feed.poll();
    REQUIRE(news.changes.size() == 1);
    CHECK(news.changes[0].list == StoreList::Rejected);
    REQUIRE(news.refusals.size() == 1);
    CHECK(news.refusals[0].certificate == id);
    CHECK(news.refusals[0].count == 1);
    CHECK(feed.journal().records == news.refusals);
    CHECK(feed.poll().empty());

    REQUIRE(gateway.recordRefusal(device("stranger"), untrusted("10.0.0.8")));
    news = feed.poll();
    CHECK(news.changes.empty());
    REQUIRE(news.refusals.size() == 1);
    CHECK(news.refusals[0].count == 2);
    CHECK(news.refusals[0].refusals.front().peerAddress == "10.0.0.8");

    REQUIRE(gateway.pin(id, true));
    news = feed.poll();
    REQUIRE(news.refusals.size() == 1);
    CHECK(news.refusals[0].pinned);
    REQUIRE(gateway.forgetRefusals(id));
    news = feed.poll();
    CHECK(news.refusals.empty());
    CHECK(news.forgotten == std::vector<CertificateId>{id});
    CHECK(feed.poll().empty());
}

TEST_CASE("A feed tells what cannot be read any more, and what can be again") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    TrustChangeFeed feed{store};
    writeFile(folder / "trusted/certs/broken.der", "no certificate");
    writeFile(folder / ".uatrust/rejected" / (device("a").id().text() + ".record"), "no record");
    const auto news = feed.poll();
    CHECK(news.changes.empty());
    REQUIRE(news.problems.size() == 2);
    CHECK(problemIn(news.problems, "broken.der").message != "");
    CHECK(problemIn(news.problems, ".record").message != "");
    CHECK(feed.poll().empty());

    fs::remove(folder / "trusted/certs/broken.der");
    const auto better = feed.poll();
    CHECK(better.problems.empty());
    REQUIRE(better.solved.size() == 1);
    CHECK(better.solved[0] == problemIn(news.problems, "broken.der"));
}

TEST_CASE("A feed reads the journal again only when it may be another one") {
    Counting store;
    TrustChangeFeed feed{store};
    const auto known = store.reads;
    for (int i = 0; i < 5; ++i) CHECK(feed.poll().empty());
    CHECK(store.reads == known);
    REQUIRE(store.recordRefusal(device("a"), untrusted()));
    CHECK(feed.poll().refusals.size() == 1);
    CHECK(feed.poll().empty());
    CHECK(store.reads == known + 1);
    REQUIRE(store.inner.pin(device("a").id(), true));
    CHECK(feed.poll().refusals.size() == 1);
    REQUIRE(store.inner.forgetRefusals(device("a").id()));
    CHECK(feed.poll().forgotten.size() == 1);
    // A store that cannot say is asked each time.
    store.knowsGeneration = false;
    (void)feed.poll();
    const auto before = store.reads;
    (void)feed.poll();
    REQUIRE(store.recordRefusal(device("b"), untrusted()));
    CHECK(feed.poll().refusals.size() == 1);
    CHECK(store.reads == before + 2);
}

TEST_CASE("The number of a journal on disk is another one after every refusal, or there is none") {
    const TempFolder folder;
    DirectoryStore ours{folder.path()};
    DirectoryStore theirs{folder.path(), {.journal = {.rewriteAfter = std::chrono::seconds{0}}}};
    const auto none = ours.refusalsGeneration();
    REQUIRE(none);
    CHECK(ours.refusalsGeneration() == none);
    REQUIRE(theirs.recordRefusal(device("a"), untrusted()));
    const auto one = ours.refusalsGeneration();
    CHECK(one != none);
    // So soon after a change a stamp does not tell whether there was another one.
    CHECK_FALSE(one);
}
