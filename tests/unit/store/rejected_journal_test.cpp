#include <thread>

#include <uatrust/store/memory_store.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// Who was refused, why and how often, and what it may cost to know.
namespace {

const Instant kNoon = *parseInstant("2026-06-15T12:00:00Z");

Refusal refusalAt(Instant at) {
    return {.at = at,
            .status = StatusCode::BadCertificateUntrusted,
            .reason = "not in the trusted list",
            .peerAddress = "10.0.0.7",
            .endpointUrl = "opc.tcp://gateway:4840",
            .applicationUri = "urn:plc"};
}

RefusalRecord recordOf(CertificateStore& store, const Certificate& leaf) {
    for (const auto& each : store.refusals().records) {
        if (each.certificate == leaf.id()) return each;
    }
    return {};
}

fs::path recordsIn(const TempFolder& folder) { return folder / ".uatrust/rejected"; }

std::size_t filesEndingIn(const fs::path& folder, std::string_view ending) {
    const auto names = fs::exists(folder) ? namesIn(folder) : std::vector<std::string>{};
    return static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [&](const auto& name) { return name.ends_with(ending); }));
}

struct Bench {
    TempFolder folder{};
    FixedClock clock{kNoon};
    JournalOptions journal{.clock = &clock};

    [[nodiscard]] DirectoryStoreOptions options(std::size_t maxRejected = 100) const {
        return {.maxRejected = maxRejected, .journal = journal};
    }
    [[nodiscard]] Filing refuse(CertificateStore& store, const Certificate& leaf) const {
        return store.recordRefusal(leaf, refusalAt(clock.now())).value();
    }
};

}  // namespace

TEST_CASE("The journal of a directory store survives a restart, and is beside the rejected list unseen by it") {
    Bench bench;
    {
        DirectoryStore store{bench.folder.path(), bench.options()};
        CHECK(bench.refuse(store, device("a")) == Filing::Filed);
        bench.clock.advance(std::chrono::minutes{1});
        CHECK(bench.refuse(store, device("a")) == Filing::Known);
        bench.clock.advance(std::chrono::seconds{1});
        CHECK(bench.refuse(store, device("a")) == Filing::Known);
    }
    DirectoryStore again{bench.folder.path(), bench.options()};
    const auto journal = again.refusals();
    CHECK(journal.problems.empty());
    REQUIRE(journal.records.size() == 1);
    const auto& record = journal.records.front();
    CHECK(record.certificate == device("a").id());
    CHECK(record.name == device("a").describe());
    CHECK(record.count == 3);
    CHECK(record.first == kNoon);
    CHECK(record.last == kNoon + std::chrono::seconds{61});
    REQUIRE(record.refusals.size() == 1);
    CHECK(record.refusals.front() == refusalAt(kNoon + std::chrono::seconds{61}));
    CHECK(namesIn(bench.folder / "rejected") == std::vector<std::string>{certificateFileName(device("a"))});
    CHECK(again.snapshot()->problems().empty());
}

TEST_CASE("The memory store keeps a journal as well") {
    MemoryStore store{3};
    const auto refuse = [&](const std::string& name, int minute) {
        return store.recordRefusal(device(name), refusalAt(kNoon + std::chrono::minutes{minute})).value();
    };
    CHECK(refuse("a", 0) == Filing::Filed);
    CHECK(refuse("a", 1) == Filing::Known);
    CHECK(recordOf(store, device("a")).count == 2);
    REQUIRE(store.pin(device("a").id(), true));
    for (int i = 0; i < 9; ++i) CHECK(refuse("flood " + std::to_string(i), 2 + i) == Filing::Filed);
    CHECK(recordOf(store, device("a")).pinned);
    CHECK(holds(store, StoreList::Rejected, device("a")));
    CHECK(store.refusals().records.size() == 3);
    CHECK(store.refusals().records.front().certificate == device("flood 8").id());
    REQUIRE(store.addCertificate(StoreList::Trusted, device("t")));
    CHECK(refuse("t", 20) == Filing::NotKept);
    REQUIRE(store.forgetRefusals(device("a").id()));
    CHECK(recordOf(store, device("a")).count == 0);
    CHECK(MemoryStore{0}.recordRefusal(device("a"), refusalAt(kNoon)).value() == Filing::NotKept);
}

TEST_CASE("Whoever is trusted, and everybody where nothing is written, is not in the journal") {
    Bench bench;
    DirectoryStore store{bench.folder.path(), bench.options()};
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    CHECK(bench.refuse(store, device("a")) == Filing::NotKept);
    CHECK(store.refusals().records.empty());
    auto readOnly = bench.options();
    readOnly.readOnly = true;
    DirectoryStore reader{bench.folder.path(), readOnly};
    CHECK(bench.refuse(reader, device("b")) == Filing::NotKept);
    CHECK(reader.pin(device("b").id(), true).status() == StatusCode::BadNotWritable);
    CHECK(reader.forgetRefusals(device("b").id()).status() == StatusCode::BadNotWritable);
    CHECK_FALSE(fs::exists(recordsIn(bench.folder)));
}

TEST_CASE("A store that files no certificates still knows who was refused") {
    Bench bench;
    DirectoryStore store{bench.folder.path(), bench.options(0)};
    CHECK(bench.refuse(store, device("a")) == Filing::NotKept);
    CHECK(recordOf(store, device("a")).count == 1);
    CHECK(namesIn(bench.folder / "rejected").empty());
}

TEST_CASE("A flood of distinct certificates costs no more writes than allowed, and no more room than allowed") {
    Bench bench;
    bench.journal.writesPerSecond = 2;
    bench.journal.burst = 6;
    bench.journal.maxRecords = 8;
    DirectoryStore store{bench.folder.path(), bench.options(5)};
    std::size_t filed = 0;
    std::size_t postponed = 0;
    for (int i = 0; i < 40; ++i) {
        const auto filing = bench.refuse(store, device("flood " + std::to_string(i)));
        filed += filing == Filing::Filed ? 1 : 0;
        postponed += filing == Filing::Postponed ? 1 : 0;
    }
    // Certificates and records share the six writes: three of each.
    CHECK(filed + filesEndingIn(recordsIn(bench.folder), ".record") == 6);
    CHECK(postponed == 40 - filed);
    CHECK(namesIn(bench.folder / "rejected").size() == filed);
    // Memory holds no more than that, either.
    CHECK(store.refusals().records.size() <= 8 + 3);

    bench.clock.advance(std::chrono::seconds{1});
    CHECK(bench.refuse(store, device("flood 0")) == Filing::Known);
    bench.clock.advance(std::chrono::hours{1});
    for (int i = 0; i < 3; ++i) {
        (void)bench.refuse(store, device("late"));
        bench.clock.advance(std::chrono::hours{1});
    }
    CHECK(namesIn(bench.folder / "rejected").size() == 5);
    CHECK(holds(store, StoreList::Rejected, device("late")));
    CHECK(filesEndingIn(recordsIn(bench.folder), ".record") <= 8);
}

TEST_CASE("What waits in memory is written when the store ends") {
    Bench bench;
    bench.journal.writesPerSecond = 1;
    bench.journal.burst = 1;
    {
        DirectoryStore store{bench.folder.path(), bench.options()};
        CHECK(bench.refuse(store, device("a")) == Filing::Filed);
        CHECK(bench.refuse(store, device("b")) == Filing::Postponed);
        CHECK(bench.refuse(store, device("b")) == Filing::Postponed);
        CHECK(recordOf(store, device("b")).count == 2);
        CHECK_FALSE(holds(store, StoreList::Rejected, device("b")));
    }
    DirectoryStore again{bench.folder.path(), bench.options()};
    CHECK(recordOf(again, device("a")).count == 1);
    CHECK(recordOf(again, device("b")).count == 2);
    CHECK(holds(again, StoreList::Rejected, device("b")));
}

TEST_CASE("A few attempts are on disk at once, and a peer that tries all the time costs a write now and then") {
    Bench bench;
    DirectoryStore store{bench.folder.path(), bench.options()};
    const auto file = recordsIn(bench.folder) / (device("a").id().text() + ".record");
    const auto atOnce = 1 + bench.journal.rewritesAtOnce;
    for (std::size_t i = 1; i <= atOnce; ++i) {
        (void)bench.refuse(store, device("a"));
        CHECK(contains(readFile(file), "count: " + std::to_string(i) + "\n"));
    }
    const auto before = readFile(file);
    for (int i = 0; i < 50; ++i) (void)bench.refuse(store, device("a"));
    CHECK(readFile(file) == before);
    CHECK(recordOf(store, device("a")).count == atOnce + 50);
    bench.clock.advance(bench.journal.rewriteAfter);
    (void)bench.refuse(store, device("a"));
    CHECK(contains(readFile(file), "count: " + std::to_string(atOnce + 51) + "\n"));
}

TEST_CASE("What has waited for its time is written when somebody asks for news, without another attempt") {
    Bench bench;
    bench.journal.rewritesAtOnce = 0;
    DirectoryStore store{bench.folder.path(), bench.options()};
    const auto file = recordsIn(bench.folder) / (device("a").id().text() + ".record");
    for (int i = 0; i < 3; ++i) (void)bench.refuse(store, device("a"));
    (void)store.refusalsGeneration();
    CHECK(contains(readFile(file), "count: 1\n"));
    bench.clock.advance(bench.journal.rewriteAfter);
    (void)store.refusalsGeneration();
    CHECK(contains(readFile(file), "count: 3\n"));
}

TEST_CASE("A flood cannot push out what an operator has pinned") {
    Bench bench;
    bench.journal.maxRecords = 3;
    DirectoryStore store{bench.folder.path(), bench.options(3)};
    (void)bench.refuse(store, device("a"));
    REQUIRE(store.pin(device("a").id(), true));
    for (int i = 0; i < 30; ++i) {
        bench.clock.advance(std::chrono::hours{1});
        CHECK(bench.refuse(store, device("flood " + std::to_string(i))) == Filing::Filed);
    }
    CHECK(namesIn(bench.folder / "rejected").size() == 3);
    CHECK(holds(store, StoreList::Rejected, device("a")));
    CHECK(recordOf(store, device("a")).pinned);
    CHECK(recordOf(store, device("a")).count == 1);
    CHECK(filesEndingIn(recordsIn(bench.folder), ".record") == 3);
    // Unpinned, it is the oldest.
    REQUIRE(store.pin(device("a").id(), false));
    CHECK(bench.refuse(store, device("last")) == Filing::Filed);
    CHECK_FALSE(holds(store, StoreList::Rejected, device("a")));
}

TEST_CASE("When everything is pinned the newcomer is not filed, and the error says so") {
    Bench bench;
    DirectoryStore store{bench.folder.path(), bench.options(2)};
    for (const auto* name : {"a", "b"}) {
        (void)bench.refuse(store, device(name));
        REQUIRE(store.pin(device(name).id(), true));
    }
    CHECK(store.recordRefusal(device("c"), refusalAt(kNoon)).status() == StatusCode::BadResourceUnavailable);
    CHECK(namesIn(bench.folder / "rejected").size() == 2);
}

TEST_CASE("The records together are bounded in octets") {
    Bench bench;
    bench.journal.maxBytes = 2000;
    DirectoryStore store{bench.folder.path(), bench.options()};
    for (int i = 0; i < 20; ++i) {
        bench.clock.advance(std::chrono::hours{1});
        (void)bench.refuse(store, device("flood " + std::to_string(i)));
    }
    std::uintmax_t octets = 0;
    for (const auto& entry : fs::directory_iterator{recordsIn(bench.folder)}) {
        if (entry.path().extension() == ".record") octets += entry.file_size();
    }
    CHECK(octets > 0);
    CHECK(octets <= 2000);
    CHECK(recordOf(store, device("flood 19")).count == 1);
}

TEST_CASE("Two stores on one folder count together") {
    Bench bench;
    bench.journal.rewriteAfter = std::chrono::seconds{0};
    DirectoryStore one{bench.folder.path(), bench.options()};
    DirectoryStore two{bench.folder.path(), bench.options()};
    for (int i = 0; i < 5; ++i) {
        (void)bench.refuse(one, device("a"));
        (void)bench.refuse(two, device("a"));
    }
    CHECK(recordOf(one, device("a")).count == 10);
    CHECK(recordOf(two, device("a")).count == 10);
}

TEST_CASE("Threads that refuse at once lose no count", "[threads]") {
    Bench bench;
    DirectoryStore store{bench.folder.path(), bench.options()};
    const auto known = device("a");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int times = 0; times < 25; ++times) {
                (void)store.recordRefusal(known, refusalAt(kNoon));
                (void)store.refusals();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(recordOf(store, known).count == 100);
}

TEST_CASE("A record that cannot be read is a problem, hides no other and is begun anew") {
    Bench bench;
    DirectoryStore store{bench.folder.path(), bench.options()};
    (void)bench.refuse(store, device("a"));
    const auto broken = device("b").id().text() + ".record";
    writeFile(recordsIn(bench.folder) / broken, "no record");
    writeFile(recordsIn(bench.folder) / "notes.txt", "of no interest");
    const auto other = device("c").id().text() + ".record";
    fs::copy_file(recordsIn(bench.folder) / (device("a").id().text() + ".record"), recordsIn(bench.folder) / other);
    const auto journal = store.refusals();
    CHECK(journal.records.size() == 1);
    CHECK(journal.problems.size() == 2);
    CHECK_FALSE(problemIn(journal.problems, broken).remedy.empty());
    CHECK_FALSE(problemIn(journal.problems, other).remedy.empty());
    bench.clock.advance(std::chrono::hours{1});
    (void)bench.refuse(store, device("b"));
    CHECK(recordOf(store, device("b")).count == 1);
}

TEST_CASE("A journal that cannot be written keeps its counts and refuses nobody less") {
    Bench bench;
    writeFile(bench.folder / ".uatrust", "a file where a folder belongs");
    DirectoryStore store{bench.folder.path(), bench.options()};
    CHECK(bench.refuse(store, device("a")) == Filing::Filed);
    CHECK(recordOf(store, device("a")).count == 1);
    CHECK_FALSE(store.pin(device("a").id(), true));
    fs::remove(bench.folder / ".uatrust");
    (void)bench.refuse(store, device("a"));
    CHECK(contains(readFile(recordsIn(bench.folder) / (device("a").id().text() + ".record")), "count: 2\n"));
}

TEST_CASE("A store without a folder counts in memory and touches no other file") {
    DirectoryStore store{fs::path{}};
    const auto record = device("a").id().text() + ".record";
    writeFile(record, "somebody else's file in the working directory");
    (void)store.recordRefusal(device("a"), refusalAt(kNoon));
    CHECK(recordOf(store, device("a")).count == 1);
    CHECK_FALSE(store.pin(device("a").id(), true));
    CHECK(store.forgetRefusals(device("a").id()));
    CHECK(fs::exists(record));
    fs::remove(record);
}

TEST_CASE("What is forgotten is gone with its pin") {
    Bench bench;
    DirectoryStore store{bench.folder.path(), bench.options()};
    (void)bench.refuse(store, device("a"));
    REQUIRE(store.pin(device("a").id(), true));
    REQUIRE(store.forgetRefusals(device("a").id()));
    CHECK(store.refusals().records.empty());
    CHECK(filesEndingIn(recordsIn(bench.folder), ".record") == 0);
    CHECK(filesEndingIn(recordsIn(bench.folder), ".pin") == 0);
    CHECK(store.forgetRefusals(device("a").id()));
}

TEST_CASE("So many are filed in a second, some more after a rest, and none for a clock that jumps back") {
    Bench bench;
    bench.journal.writesPerSecond = 2;
    bench.journal.burst = 5;
    bench.journal.maxRecords = 0;  // the certificates alone
    int made = 0;
    DirectoryStore store{bench.folder.path(), bench.options(1)};
    const auto filed = [&] {
        int count = 0;
        while (bench.refuse(store, device("flood " + std::to_string(++made % 50))) != Filing::Postponed) ++count;
        return count;
    };
    CHECK(filed() == 5);
    CHECK(filed() == 0);
    // One of them goes to the certificate that waits, which is one as the list holds no more.
    bench.clock.advance(std::chrono::seconds{1});
    CHECK(filed() == 1);
    bench.clock.advance(std::chrono::hours{1000});
    CHECK(filed() == 4);
    bench.clock.advance(std::chrono::hours{-500});
    CHECK(filed() == 0);
    bench.clock.advance(std::chrono::seconds{2});
    CHECK(filed() == 3);
    CHECK(store.refusals().records.empty());
}
