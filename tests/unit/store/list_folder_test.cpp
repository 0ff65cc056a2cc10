#include <chrono>
#include <thread>

#include "store_support.hpp"
#include "support/catch.hpp"

#ifndef _WIN32
#include <sys/stat.h>
#endif

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// What is changed on disk by others counts at the next snapshot.
namespace {

struct Store {
    TempFolder folder{};
    DirectoryStore directory{folder.path()};
    const fs::path certs = folder / "trusted/certs";
    Store() { REQUIRE(directory.create()); }
    [[nodiscard]] bool trusts(const Certificate& certificate) { return holds(directory, StoreList::Trusted, certificate); }
    [[nodiscard]] std::uint64_t generation() { return directory.snapshot()->generation(); }
};

// Two certificates of the same length, as needed to tell a file from another by anything but its size.
std::pair<Certificate, Certificate> twins() {
    const auto first = device("twin 0");
    for (int i = 1; i < 200; ++i) {
        const auto other = parsed(forgeCertificate({.cn = "twin " + std::to_string(i % 10), .keyName = "p256"}));
        if (other.der().size() == first.der().size() && !(other == first)) return {first, other};
    }
    throw std::runtime_error{"no twins"};
}

void overwrite(const fs::path& file, const Certificate& certificate) {
    std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
    stream.write(reinterpret_cast<const char*>(certificate.der().data()), static_cast<std::streamsize>(certificate.der().size()));
    REQUIRE(stream.flush());
}

}  // namespace

TEST_CASE("A file that is added, moved or removed counts at the next snapshot") {
    Store store;
    CHECK_FALSE(store.trusts(device("a")));
    drop(store.certs / "a.der", device("a"));
    CHECK(store.trusts(device("a")));
    fs::rename(store.certs / "a.der", store.folder / "rejected/a.der");
    CHECK_FALSE(store.trusts(device("a")));
    CHECK(holds(store.directory, StoreList::Rejected, device("a")));
    fs::remove(store.folder / "rejected/a.der");
    CHECK_FALSE(holds(store.directory, StoreList::Rejected, device("a")));
}

TEST_CASE("A file that is replaced by another one of the same name counts at once") {
    Store store;
    drop(store.certs / "plc.der", device("a"));
    CHECK(store.trusts(device("a")));
    drop(store.folder / "b.der", device("b"));
    fs::rename(store.folder / "b.der", store.certs / "plc.der");
    CHECK(store.trusts(device("b")));
    CHECK_FALSE(store.trusts(device("a")));
}

TEST_CASE("A file that is overwritten with another one of the same size within one tick counts at once") {
    Store store;
    const auto [first, second] = twins();
    drop(store.certs / "plc.der", first);
    for (int round = 0; round < 50; ++round) {
        const auto& [now, before] = round % 2 == 0 ? std::tie(second, first) : std::tie(first, second);
        REQUIRE(store.trusts(before));
        overwrite(store.certs / "plc.der", now);
        const bool right = store.trusts(now) && !store.trusts(before);
        REQUIRE(right);
    }
}

TEST_CASE("A file that has lain there for long and is overwritten in place counts at once, whatever its size and date say") {
    Store store;
    const auto [first, second] = twins();
    const auto file = store.certs / "plc.der";
    drop(file, first);
    // Longer than the two seconds after which a stamp is relied on: what is tested begins only then.
    std::this_thread::sleep_for(std::chrono::milliseconds{2200});
    REQUIRE(store.trusts(first));
    const auto generation = store.generation();
    const auto date = fs::last_write_time(file);
    overwrite(file, second);
    fs::last_write_time(file, date);
    REQUIRE(fs::last_write_time(file) == date);
    CHECK(store.trusts(second));
    CHECK_FALSE(store.trusts(first));
    CHECK(store.generation() > generation);
}

TEST_CASE("A file with a date in the future is not relied on") {
    Store store;
    const auto [first, second] = twins();
    const auto file = store.certs / "plc.der";
    drop(file, first);
    const auto future = fs::file_time_type::clock::now() + std::chrono::hours{24};
    fs::last_write_time(file, future);
    REQUIRE(store.trusts(first));
    overwrite(file, second);
    fs::last_write_time(file, future);
    CHECK(store.trusts(second));
}

TEST_CASE("A CRL that is replaced counts at once") {
    Store store;
    const auto root = authority("Plant CA");
    const auto leaf = forgeLeaf(root, {.keyName = "p256"});
    const auto file = store.folder / "issuers/crl/plant.crl";
    writeFile(file, forgeCrl({.issuer = &root}));
    REQUIRE(store.directory.snapshot()->crls(StoreList::Issuers).size() == 1);
    writeFile(file, forgeCrl({.issuer = &root, .revoked = {revoked(leaf)}, .number = 2}));
    const auto snapshot = store.directory.snapshot();
    REQUIRE(snapshot->crls(StoreList::Issuers).size() == 1);
    CHECK(snapshot->crls(StoreList::Issuers)[0].crl.find(parsed(leaf).serialNumber()).has_value());
}

TEST_CASE("A whole folder that is exchanged or removed counts at once") {
    Store store;
    drop(store.certs / "plc.der", device("a"));
    REQUIRE(store.trusts(device("a")));
    drop(store.folder / "new/plc.der", device("b"));
    fs::rename(store.certs, store.folder / "old");
    fs::rename(store.folder / "new", store.certs);
    CHECK(store.trusts(device("b")));
    CHECK_FALSE(store.trusts(device("a")));
    fs::remove_all(store.folder / "trusted");
    CHECK_FALSE(store.trusts(device("b")));
    CHECK(fs::is_directory(store.certs));
}

TEST_CASE("A bad file that is mended counts at once, and its problem goes") {
    Store store;
    writeFile(store.certs / "plc.der", "half a fi");
    CHECK(store.directory.snapshot()->problems().size() == 1);
    drop(store.certs / "plc.der", device("a"));
    CHECK(store.trusts(device("a")));
    CHECK(store.directory.snapshot()->problems().empty());
}

TEST_CASE("As long as nothing changes, the snapshot stays the same object") {
    Store store;
    const auto root = authority("Plant CA");
    drop(store.certs / "a.der", device("a"));
    writeFile(store.certs / "README", "text");
    fs::create_directory(store.certs / "empty.der");
    writeFile(store.folder / "trusted/crl/root.crl", forgeCrl({.issuer = &root}));
#ifndef _WIN32
    REQUIRE(::mkfifo((store.certs / "fifo").c_str(), 0600) == 0);
    fs::create_symlink("missing", store.certs / "link.der");
#endif
    const auto snapshot = store.directory.snapshot();
    for (int i = 0; i < 3; ++i) CHECK(store.directory.snapshot() == snapshot);
    // Touched, and written again with the same content.
    fs::last_write_time(store.certs / "a.der", fs::file_time_type::clock::now());
    drop(store.certs / "a.der", device("a"));
    CHECK(store.directory.snapshot() == snapshot);
    writeFile(store.certs / ".hidden", "x");
    CHECK(store.directory.snapshot() == snapshot);
}

TEST_CASE("The generation grows with every change of content, and snapshots in use stay as they are") {
    Store store;
    const auto empty = store.directory.snapshot();
    drop(store.certs / "a.der", device("a"));
    const auto one = store.directory.snapshot();
    writeFile(store.certs / "README", "text");
    const auto problem = store.directory.snapshot();
    fs::remove(store.certs / "a.der");
    const auto last = store.directory.snapshot();
    CHECK(empty->generation() < one->generation());
    CHECK(one->generation() < problem->generation());
    CHECK(problem->generation() < last->generation());
    CHECK(empty->certificates(StoreList::Trusted).empty());
    CHECK(one->certificates(StoreList::Trusted).size() == 1);
    CHECK(problem->problems().size() == 1);
}

TEST_CASE("A file that did not change keeps its parsed certificate") {
    Store store;
    drop(store.certs / "a.der", device("a"));
    const auto before = store.directory.snapshot();
    drop(store.certs / "b.der", device("b"));
    const auto after = store.directory.snapshot();
    REQUIRE(before != after);
    CHECK(before->find(StoreList::Trusted, device("a").id())->certificate.der().data() ==
          after->find(StoreList::Trusted, device("a").id())->certificate.der().data());
}
