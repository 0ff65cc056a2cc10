#include <uatrust/store/directory_store.hpp>

#include <atomic>
#include <chrono>
#include <thread>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// The rejected list, and many who use a store at the same time.
namespace {

void age(const fs::path& file, std::chrono::hours by) { fs::last_write_time(file, fs::file_time_type::clock::now() - by); }

}  // namespace

TEST_CASE("A refused certificate is filed once, under the name of certificateFileName()") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    CHECK(*store.fileRejected(device("a")));
    CHECK_FALSE(*store.fileRejected(device("a")));
    const auto name = certificateFileName(device("a"));
    CHECK(namesIn(folder / "rejected") == std::vector<std::string>{name});
    CHECK(equalBytes(readBytes(folder / "rejected" / name), device("a").der()));
    // Another start of the application knows it still.
    CHECK_FALSE(*DirectoryStore{folder.path()}.fileRejected(device("a")));
}

TEST_CASE("A refused certificate that the operator has trusted or renamed is not filed again") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    drop(folder / "trusted/certs/plc.der", device("a"));
    drop(folder / "rejected/some.crt", device("b"));
    CHECK_FALSE(*store.fileRejected(device("a")));
    CHECK_FALSE(*store.fileRejected(device("b")));
    CHECK(namesIn(folder / "rejected") == std::vector<std::string>{"some.crt"});
}

TEST_CASE("The oldest records make room for new ones, the files of others never do") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.maxRejected = 4}};
    drop(folder / "rejected/from operator.der", device("operator"));
    age(folder / "rejected/from operator.der", std::chrono::hours{1000});
    for (const auto* name : {"b", "a", "c"}) REQUIRE(*store.fileRejected(device(name)));
    CHECK(namesIn(folder / "rejected").size() == 4);
    age(folder / "rejected" / certificateFileName(device("c")), std::chrono::hours{90});
    age(folder / "rejected" / certificateFileName(device("a")), std::chrono::hours{80});
    age(folder / "rejected" / certificateFileName(device("b")), std::chrono::hours{70});
    CHECK(*store.fileRejected(device("d")));
    CHECK(*store.fileRejected(device("e")));
    CHECK(namesIn(folder / "rejected").size() == 4);
    CHECK_FALSE(holds(store, StoreList::Rejected, device("c")));
    CHECK_FALSE(holds(store, StoreList::Rejected, device("a")));
    for (const auto* name : {"b", "d", "e", "operator"}) CHECK(holds(store, StoreList::Rejected, device(name)));
}

TEST_CASE("A flood of refused certificates leaves no more than the bound") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.maxRejected = 5}};
    for (int i = 0; i < 30; ++i) CHECK(*store.fileRejected(device("flood " + std::to_string(i))));
    CHECK(namesIn(folder / "rejected").size() == 5);
    CHECK(holds(store, StoreList::Rejected, device("flood 29")));
}

TEST_CASE("A store whose bound was lowered drops what is too much with the next record") {
    const TempFolder folder;
    DirectoryStore wide{folder.path()};
    for (int i = 0; i < 10; ++i) CHECK(*wide.fileRejected(device("flood " + std::to_string(i))));
    DirectoryStore narrow{folder.path(), {.maxRejected = 3}};
    CHECK(*narrow.fileRejected(device("last")));
    CHECK(namesIn(folder / "rejected").size() == 3);
    CHECK(holds(narrow, StoreList::Rejected, device("last")));
}

TEST_CASE("When the rejected folder is full of the files of others, the record is refused with the cure") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.maxRejected = 3}};
    for (const auto* name : {"x", "y", "z"}) drop(folder / "rejected" / name, device(name));
    const auto filed = store.fileRejected(device("a"));
    CHECK(filed.status() == StatusCode::BadResourceUnavailable);
    CHECK(contains(filed.error().message, (folder / "rejected").string()));
    CHECK(contains(filed.error().remedy, "maxRejected"));
    CHECK(namesIn(folder / "rejected") == std::vector<std::string>{"x", "y", "z"});
    // One record of ours among them would not make enough room for two.
    drop(folder / "rejected" / certificateFileName(device("b")), device("b"));
    CHECK_FALSE(store.fileRejected(device("a")));
    CHECK(holds(store, StoreList::Rejected, device("b")));
}

TEST_CASE("Only names that the store itself gives make room") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.maxRejected = 7}};
    const auto thumbprint = device("a").thumbprint().text();
    const std::vector<std::string> foreign{thumbprint + ".der",
                                           "x [" + thumbprint + "].crt",
                                           "x [" + thumbprint.substr(1) + "].der",
                                           "x [" + thumbprint.substr(1) + "g].der",
                                           "x [" + thumbprint + "] copy.der",
                                           "x [" + thumbprint + "] (copy).der"};
    for (const auto& name : foreign) drop(folder / "rejected" / name, device(name));
    drop(folder / "rejected" / ("x [" + thumbprint + "] (2).der"), device("numbered"));
    CHECK(*store.fileRejected(device("new")));
    CHECK_FALSE(holds(store, StoreList::Rejected, device("numbered")));
    for (const auto& name : foreign) CHECK(fs::exists(folder / "rejected" / name));
}

TEST_CASE("A bound of zero files nothing") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.maxRejected = 0}};
    CHECK_FALSE(*store.fileRejected(device("a")));
    CHECK(store.snapshot()->certificates(StoreList::Rejected).empty());
}

TEST_CASE("A rejected folder that cannot be counted gets no records") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    writeFile(folder / "rejected", "a file");
    const auto filed = store.fileRejected(device("a"));
    CHECK_FALSE(filed);
    CHECK(contains(filed.error().message, (folder / "rejected").string()));
    CHECK_FALSE(filed.error().remedy.empty());
}

TEST_CASE("Many threads take snapshots while files come, move and go", "[threads]") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.addCertificate(StoreList::Issuers, device("always")));
    const auto always = device("always").id();
    const auto mover = [&](const Certificate& certificate) {
        for (int round = 0; round < 8; ++round) {
            (void)store.fileRejected(certificate);
            (void)store.moveCertificate(certificate.id(), StoreList::Rejected, StoreList::Trusted);
            (void)store.removeCertificate(StoreList::Trusted, certificate.id());
        }
    };
    std::atomic<int> losses{0};
    std::atomic<int> stepsBack{0};
    std::atomic<bool> done{false};
    const auto reader = [&] {
        std::uint64_t last = 0;
        while (!done) {
            const auto snapshot = store.snapshot();
            if (snapshot->find(StoreList::Issuers, always) == nullptr) ++losses;
            if (snapshot->generation() < last) ++stepsBack;
            last = snapshot->generation();
        }
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) readers.emplace_back(reader);
    std::vector<std::thread> movers;
    for (const auto* name : {"x", "y", "z"}) movers.emplace_back(mover, device(name));
    for (auto& thread : movers) thread.join();
    done = true;
    for (auto& thread : readers) thread.join();
    CHECK(losses == 0);
    CHECK(stepsBack == 0);
    CHECK(store.snapshot()->certificates(StoreList::Trusted).empty());
    CHECK(store.snapshot()->certificates(StoreList::Rejected).empty());
    CHECK(store.snapshot()->problems().empty());
}

TEST_CASE("A change that one thread has completed is seen by every snapshot that begins later", "[threads]") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    const auto certificate = device("a");
    std::atomic<bool> done{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!done) (void)store.snapshot();
        });
    }
    int stale = 0;
    for (int round = 0; round < 100; ++round) {
        drop(folder / "trusted/certs/plc.der", certificate);
        stale += holds(store, StoreList::Trusted, certificate) ? 0 : 1;
        fs::remove(folder / "trusted/certs/plc.der");
        stale += holds(store, StoreList::Trusted, certificate) ? 1 : 0;
    }
    done = true;
    for (auto& thread : readers) thread.join();
    CHECK(stale == 0);
}

TEST_CASE("A store that is only read creates nothing: folders that are missing are empty, and no problem") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.readOnly = true}};
    CHECK(store.snapshot()->certificates(StoreList::Trusted).empty());
    CHECK(store.snapshot()->problems().empty());
    CHECK(store.snapshot()->allCrlsRead());
    CHECK(store.loadOwn()->keys.empty());
    CHECK(store.loadOwn()->problems.empty());
    CHECK(namesIn(folder.path()).empty());
    // Also when the root itself is not there.
    CHECK(DirectoryStore{folder / "none", {.readOnly = true}}.snapshot()->problems().empty());
    CHECK_FALSE(fs::exists(folder / "none"));
}

TEST_CASE("A store that is only read sees what others change") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.readOnly = true}};
    CHECK_FALSE(holds(store, StoreList::Trusted, device("a")));
    drop(folder / "trusted/certs/plc.der", device("a"));
    CHECK(holds(store, StoreList::Trusted, device("a")));
    CHECK(namesIn(folder.path()) == std::vector<std::string>{"trusted"});
}

TEST_CASE("A store that is only read refuses every change, and says why") {
    const TempFolder folder;
    drop(folder / "trusted/certs/plc.der", device("a"));
    DirectoryStore store{folder.path(), {.readOnly = true}};
    const auto ca = authority("ca");
    const auto added = store.addCertificate(StoreList::Trusted, device("b"));
    CHECK(added.status() == StatusCode::BadNotWritable);
    CHECK(contains(added.error().message, folder.path().string()));
    CHECK(contains(added.error().remedy, "readOnly"));
    CHECK(store.create().status() == StatusCode::BadNotWritable);
    CHECK(store.removeCertificate(StoreList::Trusted, device("a").id()).status() == StatusCode::BadNotWritable);
    CHECK(store.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Rejected).status() == StatusCode::BadNotWritable);
    CHECK(store.addCrl(StoreList::Trusted, crlOf(ca)).status() == StatusCode::BadNotWritable);
    CHECK(store.removeCrl(StoreList::Trusted, crlOf(ca).id()).status() == StatusCode::BadNotWritable);
    CHECK(store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256"))).status() == StatusCode::BadNotWritable);
    CHECK_FALSE(store.fileRejected(device("b")).value());
    CHECK(namesIn(folder.path()) == std::vector<std::string>{"trusted"});
    CHECK(namesIn(folder / "trusted") == std::vector<std::string>{"certs"});
    CHECK(namesIn(folder / "trusted/certs") == std::vector<std::string>{"plc.der"});
}

TEST_CASE("Whoever wants to is told how far reading has come, and last that it is done") {
    const TempFolder folder;
    for (int i = 0; i < 5; ++i) drop(folder / "trusted/certs" / std::to_string(i), device(std::to_string(i)));
    drop(folder / "rejected/r", device("r"));
    std::vector<std::pair<std::size_t, std::size_t>> told;
    DirectoryStoreOptions options{.onProgress = [&](const LoadProgress& at) { told.emplace_back(at.done, at.total); },
                                  .progressAfter = std::chrono::milliseconds{0},
                                  .progressEvery = std::chrono::milliseconds{0}};
    DirectoryStore store{folder.path(), options};
    CHECK(store.snapshot()->certificates(StoreList::Trusted).size() == 5);
    REQUIRE(told.size() >= 7);
    CHECK(told.front() == std::pair<std::size_t, std::size_t>{1, 5});
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back().first == told.back().second);

    SECTION("nothing is told of what takes no time") {
        told.clear();
        options.progressAfter = std::chrono::hours{1};
        DirectoryStore quick{folder.path(), options};
        CHECK(quick.snapshot()->certificates(StoreList::Trusted).size() == 5);
        CHECK(told.empty());
    }
    SECTION("once, when it is to be told seldom, and that it is done") {
        told.clear();
        options.progressEvery = std::chrono::hours{1};
        DirectoryStore seldom{folder.path(), options};
        CHECK(seldom.snapshot()->certificates(StoreList::Trusted).size() == 5);
        CHECK(told.size() == 2);
    }
    SECTION("what it throws changes nothing") {
        options.onProgress = [](const LoadProgress&) { throw std::runtime_error{"no"}; };
        DirectoryStore thrown{folder.path(), options};
        CHECK(thrown.snapshot()->certificates(StoreList::Trusted).size() == 5);
        CHECK(thrown.snapshot()->problems().empty());
    }
}

TEST_CASE("What a writer that died has left behind is removed by the next change, and nothing else") {
    const TempFolder folder;
    REQUIRE(DirectoryStore{folder.path()}.create());
    const std::string left = ".plc.der.4711.0123456789abcdef.tmp";
    const std::string fresh = ".plc.der.4711.fedcba9876543210.tmp";
    const std::vector<fs::path> lists{folder / "trusted/certs", folder / "issuers/crl", folder / "rejected", folder / "own/private"};
    const std::vector<std::string> others{".plc.der.tmp", "plc.der.4711.0123456789abcdef.tmp", ".plc.der.x.0123456789abcdef.tmp",
                                          ".plc.der.4711.0123456789abcdeg.tmp", ".plc.der.4711.0123.tmp"};
    for (const auto& list : lists) {
        writeFile(list / left, "half");
        age(list / left, std::chrono::hours{1});
        writeFile(list / fresh, "half");
        for (const auto& name : others) {
            writeFile(list / name, "an operator's");
            age(list / name, std::chrono::hours{1});
        }
    }
    const auto count = [&](const std::string& name) {
        return std::count_if(lists.begin(), lists.end(), [&](const fs::path& list) { return fs::exists(list / name); });
    };
    DirectoryStore store{folder.path()};
    CHECK(store.snapshot()->problems().empty());
    CHECK(count(left) == 4);
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    CHECK(store.snapshot()->problems().empty());
    CHECK(count(left) == 0);
    CHECK(count(fresh) == 4);
    for (const auto& name : others) CHECK(count(name) == 4);
}
