#include <uatrust/store/trust_list_manager.hpp>

#include <thread>

#include <uatrust/store/memory_store.hpp>
#include <uatrust/x509/bundle.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// What an operator does with the lists, and how it is taken back.
namespace {

const Instant kNoon = *parseInstant("2026-06-15T12:00:00Z");

Refusal refusalAt(int minutes) {
    return {.at = kNoon + std::chrono::minutes{minutes}, .status = StatusCode::BadCertificateUntrusted, .reason = "unknown"};
}

/// A store and its manager, in memory or in a folder.
struct Desk {
    explicit Desk(bool onDisk) {
        if (onDisk) store = std::make_unique<DirectoryStore>(folder.path());
        if (!onDisk) store = std::make_unique<MemoryStore>();
        reopen();
    }
    void reopen() {
        auto* directory = dynamic_cast<DirectoryStore*>(store.get());
        const auto records = directory == nullptr ? fs::path{} : directory->changesFolder();
        manager = std::make_unique<TrustListManager>(*store, TrustListManagerOptions{.records = records, .clock = &clock});
    }
    [[nodiscard]] bool has(StoreList list, const Certificate& certificate) const { return holds(*store, list, certificate); }

    TempFolder folder{};
    FixedClock clock{kNoon};
    std::unique_ptr<CertificateStore> store{};
    std::unique_ptr<TrustListManager> manager{};
};

struct Plant {
    ForgedCert root = authority("Plant CA");
    ForgedCert line = forgeIntermediate(root, "Line CA", {.keyName = "p256", .keyIndex = 2});
    ForgedCert plc = forgeLeaf(line, {.cn = "plc", .keyName = "p256"});
};

}  // namespace

TEST_CASE("Each action moves a certificate, stands in the history and can be undone") {
    for (const bool onDisk : {false, true}) {
        CAPTURE(onDisk);
        Desk desk{onDisk};
        auto& manager = *desk.manager;
        const auto a = device("a");
        REQUIRE(desk.store->recordRefusal(a, refusalAt(0)));

        REQUIRE(manager.trust(a.id(), "Ada"));
        CHECK(desk.has(StoreList::Trusted, a));
        CHECK_FALSE(desk.has(StoreList::Rejected, a));
        REQUIRE(manager.undo("Bob"));
        CHECK(desk.has(StoreList::Rejected, a));
        CHECK_FALSE(desk.has(StoreList::Trusted, a));
        // Undone twice it is there again.
        REQUIRE(manager.undo("Bob"));
        CHECK(desk.has(StoreList::Trusted, a));

        REQUIRE(manager.distrust(a.id(), "Ada"));
        CHECK(desk.has(StoreList::Rejected, a));
        REQUIRE(manager.block(a.id(), "Ada"));
        CHECK(desk.has(StoreList::Blocked, a));
        CHECK_FALSE(desk.has(StoreList::Rejected, a));
        CHECK(manager.trust(a.id(), "Ada").status() == StatusCode::BadInvalidState);
        CHECK(manager.block(a.id(), "Ada").status() == StatusCode::BadNothingToDo);
        desk.clock.advance(std::chrono::hours{1});
        REQUIRE(manager.unblock(a.id(), "Ada"));
        CHECK(desk.has(StoreList::Rejected, a));

        REQUIRE(manager.remove(a.id(), StoreList::Rejected, "Cy"));
        CHECK_FALSE(desk.has(StoreList::Rejected, a));
        REQUIRE(manager.undo("Cy"));
        CHECK(desk.has(StoreList::Rejected, a));

        const auto history = manager.history();
        CHECK(history.problems.empty());
        REQUIRE(history.records.size() == 8);
        const std::vector<std::string_view> names{"trust", "undo", "undo", "distrust", "block", "unblock", "delete", "undo"};
        for (std::size_t i = 0; i < names.size(); ++i) CHECK(trustActionName(history.records[i].action) == names[i]);
        CHECK(history.records[0].who == "Ada");
        CHECK(history.records[0].at == kNoon);
        CHECK(contains(history.records[0].what, a.id().text()));
        CHECK(contains(history.records[0].what, "from rejected to trusted"));
        CHECK(history.records[5].at == kNoon + std::chrono::hours{1});
        CHECK(contains(history.records[7].what, "delete of 2026-06-15T13:00:00Z"));
    }
}

TEST_CASE("History and last change survive a restart") {
    Desk desk{true};
    REQUIRE(desk.store->addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(desk.manager->remove(device("a").id(), StoreList::Trusted, "Ada\tthe\nfirst"));
    desk.reopen();
    REQUIRE(desk.manager->history().records.size() == 1);
    CHECK(desk.manager->history().records.front().who == "Ada\\x09the\\x0Afirst");
    REQUIRE(desk.manager->undo("Bob"));
    CHECK(desk.has(StoreList::Trusted, device("a")));
    // Nothing of it lies in a folder that another product looks into.
    CHECK(namesIn(desk.folder.path()) == std::vector<std::string>{".uatrust", ".uatrust.lock", "issuers", "own", "rejected", "trusted"});
    CHECK(desk.store->snapshot()->problems().empty());
}

TEST_CASE("What is not there, and what is done already, is said and leaves no line") {
    Desk desk{true};
    const auto id = device("nobody").id();
    CHECK(desk.manager->trust(id, "Ada").status() == StatusCode::BadNotFound);
    CHECK(desk.manager->distrust(id, "Ada").status() == StatusCode::BadNotFound);
    CHECK(desk.manager->remove(id, StoreList::Trusted, "Ada").status() == StatusCode::BadNotFound);
    CHECK(desk.manager->block(id, "Ada").status() == StatusCode::BadNotFound);
    CHECK(desk.manager->unblock(id, "Ada").status() == StatusCode::BadNotFound);
    CHECK(desk.manager->pin(id, true, "Ada").status() == StatusCode::BadNotFound);
    CHECK(desk.manager->offerFor(id).status() == StatusCode::BadNotFound);
    CHECK(desk.manager->undo("Ada").status() == StatusCode::BadNothingToDo);
    REQUIRE(desk.store->addCertificate(StoreList::Trusted, device("a")));
    CHECK(desk.manager->trust(device("a").id(), "Ada").status() == StatusCode::BadNothingToDo);
    CHECK(desk.manager->history().records.empty());
}

TEST_CASE("A certificate that nobody has seen can be blocked beforehand") {
    Desk desk{true};
    REQUIRE(desk.manager->block(device("stolen"), "Ada"));
    CHECK(desk.has(StoreList::Blocked, device("stolen")));
    REQUIRE(desk.manager->undo("Ada"));
    CHECK_FALSE(desk.has(StoreList::Blocked, device("stolen")));
    REQUIRE(desk.store->addCertificate(StoreList::Trusted, device("known")));
    REQUIRE(desk.manager->block(device("known"), "Ada"));
    CHECK_FALSE(desk.has(StoreList::Trusted, device("known")));
}

TEST_CASE("What somebody else has changed since is not undone") {
    Desk desk{true};
    REQUIRE(desk.store->addCertificate(StoreList::Rejected, device("a")));
    REQUIRE(desk.manager->trust(device("a").id(), "Ada"));
    REQUIRE(desk.store->removeCertificate(StoreList::Trusted, device("a").id()));
    const auto undone = desk.manager->undo("Bob");
    CHECK(undone.status() == StatusCode::BadInvalidState);
    CHECK(contains(undone.error().message, "Ada"));
    CHECK(desk.store->snapshot()->certificates(StoreList::Rejected).empty());
    CHECK(desk.manager->history().records.size() == 1);
}

TEST_CASE("A list shows what the journal knows, the most recently refused first") {
    for (const bool onDisk : {false, true}) {
        Desk desk{onDisk};
        REQUIRE(desk.store->addCertificate(StoreList::Rejected, device("silent")));
        REQUIRE(desk.store->recordRefusal(device("early"), refusalAt(1)));
        REQUIRE(desk.store->recordRefusal(device("late"), refusalAt(2)));
        REQUIRE(desk.store->recordRefusal(device("late"), refusalAt(3)));
        REQUIRE(desk.manager->pin(device("silent").id(), true, "Ada"));
        CHECK(desk.manager->pin(device("silent").id(), true, "Ada").status() == StatusCode::BadNothingToDo);
        const auto entries = desk.manager->list(StoreList::Rejected);
        REQUIRE(entries.size() == 3);
        CHECK(entries[0].stored.certificate == device("late"));
        CHECK(entries[0].refusals->count == 2);
        CHECK(entries[1].stored.certificate == device("early"));
        CHECK_FALSE(entries[1].pinned);
        CHECK(entries[2].stored.certificate == device("silent"));
        CHECK_FALSE(entries[2].refusals);
        CHECK(entries[2].pinned);
        REQUIRE(desk.manager->undo("Ada"));
        CHECK_FALSE(desk.manager->list(StoreList::Rejected)[2].pinned);
    }
}

TEST_CASE("Trusting offers the issuers and CRLs that are known elsewhere, and names what is known nowhere") {
    const Plant plant;
    const auto plc = parsed(plant.plc);
    for (const bool onDisk : {false, true}) {
        Desk desk{onDisk};
        REQUIRE(desk.store->addCertificate(StoreList::Rejected, plc));
        const auto alone = desk.manager->offerFor(plc.id());
        REQUIRE(alone);
        CHECK(alone->issuers.empty());
        REQUIRE(alone->missing.size() == 1);
        CHECK(contains(alone->missing.front(), "Line CA"));

        REQUIRE(desk.store->addCertificate(StoreList::Rejected, parsed(plant.line)));
        MemoryStore other;
        REQUIRE(other.addCertificate(StoreList::Trusted, parsed(plant.root)));
        REQUIRE(other.addCrl(StoreList::Trusted, crlOf(plant.root)));
        const std::vector elsewhere{other.snapshot()};
        const auto offer = desk.manager->offerFor(plc.id(), elsewhere);
        REQUIRE(offer);
        REQUIRE(offer->issuers.size() == 2);
        CHECK(offer->issuers[0].certificate == parsed(plant.line));
        CHECK(offer->issuers[1].certificate == parsed(plant.root));
        REQUIRE(offer->crls.size() == 1);
        REQUIRE(offer->missing.size() == 1);
        CHECK(contains(offer->missing.front(), "no CRL of CN=Line CA"));

        REQUIRE(desk.manager->trust(plc.id(), "Ada", *offer));
        CHECK(desk.has(StoreList::Trusted, plc));
        CHECK(desk.has(StoreList::Issuers, parsed(plant.line)));
        CHECK_FALSE(desk.has(StoreList::Rejected, parsed(plant.line)));
        CHECK(desk.has(StoreList::Issuers, parsed(plant.root)));
        CHECK(desk.store->snapshot()->crls(StoreList::Issuers).size() == 1);
        CHECK(desk.manager->offerFor(plc.id())->issuers.empty());
        // One change, one undo.
        REQUIRE(desk.manager->undo("Ada"));
        CHECK(desk.has(StoreList::Rejected, parsed(plant.line)));
        CHECK(desk.store->snapshot()->certificates(StoreList::Issuers).empty());
        CHECK(desk.store->snapshot()->crls(StoreList::Issuers).empty());
    }
}

TEST_CASE("A CA with the right name and another key, and a blocked one, is no offer") {
    const Plant plant;
    Desk desk{false};
    REQUIRE(desk.store->addCertificate(StoreList::Rejected, parsed(plant.plc)));
    REQUIRE(desk.store->addCertificate(StoreList::Rejected, parsed(forgeRoot("Line CA", {.keyName = "p256", .keyIndex = 3}))));
    CHECK(desk.manager->offerFor(parsed(plant.plc).id())->issuers.empty());
    REQUIRE(desk.store->addCertificate(StoreList::Rejected, parsed(plant.line)));
    REQUIRE(desk.store->addCertificate(StoreList::Blocked, parsed(plant.line)));
    CHECK(desk.manager->offerFor(parsed(plant.plc).id())->issuers.empty());
}

TEST_CASE("Distrusting says when a trusted CA lets the certificate in all the same") {
    const Plant plant;
    Desk desk{false};
    for (const auto* each : {&plant.root, &plant.plc}) REQUIRE(desk.store->addCertificate(StoreList::Trusted, parsed(*each)));
    REQUIRE(desk.store->addCertificate(StoreList::Issuers, parsed(plant.line)));
    const auto distrusted = desk.manager->distrust(parsed(plant.plc).id(), "Ada");
    REQUIRE(distrusted);
    CHECK(contains(distrusted->note, "CN=Plant CA"));
    CHECK(contains(distrusted->note, "block"));
    REQUIRE(desk.store->addCertificate(StoreList::Trusted, device("alone")));
    CHECK(desk.manager->distrust(device("alone").id(), "Ada")->note.empty());
}

TEST_CASE("Among too many CAs of one name it is said that nobody knows who has issued a certificate") {
    const Plant plant;
    Desk desk{false};
    for (int i = 0; i < 70; ++i) {
        REQUIRE(desk.store->addCertificate(StoreList::Issuers, parsed(forgeRoot("Line CA", {.keyName = "p256", .keyIndex = 3}))));
    }
    REQUIRE(desk.store->addCertificate(StoreList::Trusted, parsed(plant.plc)));
    const auto offer = desk.manager->offerFor(parsed(plant.plc).id());
    REQUIRE(offer);
    REQUIRE(offer->missing.size() == 1);
    CHECK(contains(offer->missing[0], "cannot be said"));
    CHECK(contains(offer->missing[0], "Remove those that are not needed"));
    const auto distrusted = desk.manager->distrust(parsed(plant.plc).id(), "Ada");
    REQUIRE(distrusted);
    CHECK(contains(distrusted->note, "cannot be said"));
    CHECK(contains(distrusted->note, "Block it"));
}

TEST_CASE("What has been removed meanwhile is no part of a change, and does not come back when that is undone") {
    Desk desk{false};
    const auto root = authority("Plant CA");
    const auto gone = crlOf(root, 1);
    const auto next = crlOf(root, 2);
    const auto step = [](TrustStep::Kind kind, const Crl& crl) {
        return TrustStep{.kind = kind,
                         .crl = true,
                         .id = crl.id(),
                         .from = StoreList::Issuers,
                         .to = StoreList::Issuers,
                         .der = {crl.der().begin(), crl.der().end()}};
    };
    REQUIRE(
        desk.manager->change(TrustAction::Import, {step(TrustStep::Kind::Added, next), step(TrustStep::Kind::Removed, gone)}, "x", "Ada"));
    CHECK(desk.store->snapshot()->crls(StoreList::Issuers).size() == 1);
    REQUIRE(desk.manager->undo("Ada"));
    CHECK(desk.store->snapshot()->crls(StoreList::Issuers).empty());
}

TEST_CASE("A change that fails in the middle says how far it came, and can be undone") {
    const Plant plant;
    Desk desk{true};
    REQUIRE(desk.store->addCertificate(StoreList::Trusted, device("before")));
    REQUIRE(desk.manager->remove(device("before").id(), StoreList::Trusted, "Ada"));
    const auto line = parsed(plant.line);
    const TrustStep good{
        .kind = TrustStep::Kind::Added, .id = line.id(), .to = StoreList::Issuers, .der = {line.der().begin(), line.der().end()}};
    const TrustStep bad{
        .kind = TrustStep::Kind::Moved, .id = device("nobody").id(), .from = StoreList::Rejected, .to = StoreList::Trusted};
    const auto nothing = desk.manager->change(TrustAction::Import, {bad, good}, "a bundle", "Ada");
    CHECK(nothing.status() == StatusCode::BadNotFound);
    CHECK_FALSE(desk.has(StoreList::Issuers, line));
    const auto half = desk.manager->change(TrustAction::Import, {good, bad}, "a bundle", "Ada");
    CHECK(half.status() == StatusCode::BadNotFound);
    CHECK(contains(half.error().message, "1 of 2"));
    CHECK(desk.has(StoreList::Issuers, line));
    CHECK(contains(desk.manager->history().records.back().what, "incomplete"));
    REQUIRE(desk.manager->undo("Ada"));
    CHECK_FALSE(desk.has(StoreList::Issuers, line));
}

TEST_CASE("A change of which nothing was done leaves the one before to be undone") {
    Desk desk{true};
    REQUIRE(desk.store->addCertificate(StoreList::Trusted, device("before")));
    REQUIRE(desk.manager->remove(device("before").id(), StoreList::Trusted, "Ada"));
    const TrustStep bad{
        .kind = TrustStep::Kind::Moved, .id = device("nobody").id(), .from = StoreList::Rejected, .to = StoreList::Trusted};
    CHECK_FALSE(desk.manager->change(TrustAction::Import, {bad}, "a bundle", "Ada"));
    REQUIRE(desk.manager->undo("Ada"));
    CHECK(desk.has(StoreList::Trusted, device("before")));
}

TEST_CASE("Nothing is changed when it cannot be written down first") {
    const TempFolder folder;
    writeFile(folder / "records", "a file where a folder belongs");
    MemoryStore store;
    REQUIRE(store.addCertificate(StoreList::Rejected, device("a")));
    TrustListManager manager{store, {.records = folder / "records"}};
    CHECK_FALSE(manager.trust(device("a").id(), "Ada"));
    CHECK(holds(store, StoreList::Rejected, device("a")));
}

TEST_CASE("The history is bounded, the oldest lines go") {
    const TempFolder folder;
    MemoryStore store;
    REQUIRE(store.addCertificate(StoreList::Rejected, device("a")));
    FixedClock clock{kNoon};
    TrustListManager manager{store, {.records = folder.path(), .maxHistoryBytes = 2000, .clock = &clock}};
    for (int i = 0; i < 30; ++i) {
        clock.advance(std::chrono::seconds{1});
        REQUIRE(manager.pin(device("a").id(), i % 2 == 0, "Ada"));
    }
    CHECK(fs::file_size(folder / "history") <= 2000);
    const auto history = manager.history();
    CHECK(history.problems.empty());
    CHECK(history.records.size() > 5);
    CHECK(history.records.back().at == kNoon + std::chrono::seconds{30});
    MemoryStore other;
    REQUIRE(other.addCertificate(StoreList::Rejected, device("a")));
    TrustListManager inMemory{other, {.maxHistoryBytes = 2000}};
    for (int i = 0; i < 30; ++i) REQUIRE(inMemory.pin(device("a").id(), i % 2 == 0, "Ada"));
    CHECK(inMemory.history().records.size() < 30);
}

TEST_CASE("A damaged history is a problem, and a damaged last change undoes nothing") {
    Desk desk{true};
    auto& directory = dynamic_cast<DirectoryStore&>(*desk.store);
    REQUIRE(directory.addCertificate(StoreList::Rejected, device("a")));
    REQUIRE(desk.manager->trust(device("a").id(), "Ada"));
    const auto records = directory.changesFolder();
    writeFile(records / "history", "nonsense\n" + readFile(records / "history"));
    CHECK(desk.manager->history().records.size() == 1);
    CHECK(desk.manager->history().problems.size() == 1);
    const auto good = readFile(records / "last-change");
    for (const auto& bad : {std::string{}, std::string{"nonsense"}, good.substr(0, good.size() - 5), good + "moved certificate 12 a b\n"}) {
        writeFile(records / "last-change", bad);
        CHECK(desk.manager->undo("Ada").status() == StatusCode::BadNotSupported);
        CHECK(desk.has(StoreList::Trusted, device("a")));
    }
    // The next change begins anew.
    REQUIRE(desk.manager->distrust(device("a").id(), "Ada"));
    CHECK(desk.manager->undo("Ada"));
}

TEST_CASE("An exported list is read by readBundle()") {
    const Plant plant;
    MemoryStore store;
    REQUIRE(store.addCertificate(StoreList::Trusted, parsed(plant.root)));
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(store.addCrl(StoreList::Trusted, crlOf(plant.root)));
    const auto text = exportPem(*store.snapshot(), StoreList::Trusted);
    const auto bundle = readBundle(asBytes(text));
    REQUIRE(bundle);
    CHECK(bundle->certificates.size() == 2);
    CHECK(bundle->crls.size() == 1);
    CHECK(bundle->problems.empty());
    CHECK(contains(text, "CN=Plant CA"));
    CHECK(exportPem(*store.snapshot(), StoreList::Blocked).empty());
}

TEST_CASE("Operators in several threads and managers lose no line and no certificate", "[threads]") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    for (int i = 0; i < 3; ++i) REQUIRE(store.addCertificate(StoreList::Rejected, device(std::to_string(i))));
    // On a busy machine one may wait too long for the others, and is told so: nothing was done then.
    const auto until = [](auto work) {
        while (work().status() == StatusCode::BadResourceUnavailable) {}
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&, leaf = device(std::to_string(i))] {
            TrustListManager mine{store};
            for (int times = 0; times < 3; ++times) {
                until([&] { return mine.trust(leaf.id(), "Ada"); });
                until([&] { return mine.distrust(leaf.id(), "Ada"); });
            }
            until([&] { return mine.trust(leaf.id(), "Ada"); });
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(store.snapshot()->certificates(StoreList::Trusted).size() == 3);
    CHECK(TrustListManager{store}.history().records.size() == 21);
}

TEST_CASE("What was done otherwise becomes the last change when it is recorded, and only if it is so") {
    for (const bool onDisk : {false, true}) {
        CAPTURE(onDisk);
        Desk desk{onDisk};
        auto& manager = *desk.manager;
        const auto a = device("a");
        const std::vector moved{TrustStep{.id = a.id(), .from = StoreList::Rejected, .to = StoreList::Trusted}};
        REQUIRE(desk.store->addCertificate(StoreList::Rejected, a));
        CHECK(manager.record(TrustAction::Trust, moved, "a is trusted", "Ada").status() == StatusCode::BadInvalidState);
        CHECK(manager.history().records.empty());
        CHECK(manager.undo("Ada").status() == StatusCode::BadNothingToDo);

        REQUIRE(desk.store->moveCertificate(a.id(), StoreList::Rejected, StoreList::Trusted));
        const auto recorded = manager.record(TrustAction::Trust, moved, "a is trusted", "Ada");
        REQUIRE(recorded);
        CHECK(recorded->at == kNoon);
        REQUIRE(manager.history().records.size() == 1);
        CHECK(manager.history().records.front().what == "a is trusted");
        CHECK(desk.has(StoreList::Trusted, a));
        REQUIRE(manager.undo("Ada"));
        CHECK(desk.has(StoreList::Rejected, a));
        CHECK_FALSE(desk.has(StoreList::Trusted, a));
    }
}
