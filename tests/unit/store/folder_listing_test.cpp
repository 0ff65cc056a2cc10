#ifndef _WIN32  // links, FIFOs and permissions as POSIX has them

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "child_process.hpp"
#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

TEST_CASE("Hidden and temporary files and sub-folders are passed over") {
    GoodStore store;
    drop(store.folder / "trusted/certs/.hidden.der", device("a"));
    drop(store.folder / "trusted/certs/plc.der.tmp", device("a"));
    drop(store.folder / "trusted/certs/sub/plc.der", device("a"));
    drop(store.folder / "trusted/certs/certs/plc.der", device("a"));
    CHECK(store.goodCounts());
    CHECK(store.directory.snapshot()->problems().empty());
}

TEST_CASE("A FIFO or a socket is a problem and is not waited for") {
    GoodStore store;
    REQUIRE(::mkfifo((store.folder / "trusted/certs/fifo").c_str(), 0600) == 0);
    const int handle = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (store.folder / "trusted/certs/socket").string();
    REQUIRE(path.size() < sizeof(address.sun_path));
    std::copy(path.begin(), path.end(), address.sun_path);
    const void* raw = &address;
    REQUIRE(::bind(handle, static_cast<const sockaddr*>(raw), sizeof(address)) == 0);
    CHECK(store.goodCounts());
    CHECK(contains(store.problem("fifo").message, "no ordinary file"));
    CHECK(contains(store.problem("socket").message, "no ordinary file"));
    ::close(handle);
}

TEST_CASE("A link to a file inside the store is followed, also through other links") {
    GoodStore store;
    // The way container platforms mount secrets: plc.der -> ..data/plc.der, ..data -> ..2026_01.
    drop(store.folder / "issuers/certs/..2026_01/ca.der", device("a"));
    fs::create_directory_symlink("..2026_01", store.folder / "issuers/certs/..data");
    fs::create_symlink("..data/ca.der", store.folder / "issuers/certs/ca.der");
    CHECK(holds(store.directory, StoreList::Issuers, device("a")));
    CHECK(store.directory.snapshot()->problems().empty());

    drop(store.folder / "issuers/certs/..2026_02/ca.der", device("b"));
    fs::create_directory_symlink("..2026_02", store.folder / "issuers/certs/..new");
    fs::rename(store.folder / "issuers/certs/..new", store.folder / "issuers/certs/..data");
    CHECK(holds(store.directory, StoreList::Issuers, device("b")));
    CHECK_FALSE(holds(store.directory, StoreList::Issuers, device("a")));
}

TEST_CASE("A link that leads out of the store, nowhere, to a folder or in a circle is a problem") {
    GoodStore store;
    const TempFolder outside;
    drop(outside / "plc.der", device("a"));
    const auto certs = store.folder / "trusted/certs";
    fs::create_symlink(outside / "plc.der", certs / "out.der");
    fs::create_symlink("missing.der", certs / "dangling.der");
    fs::create_directory_symlink("..", certs / "folder.der");
    fs::create_symlink("circle.der", certs / "circle.der");
    // Its name begins with that of the root, but it is another folder.
    const auto beside = fs::path{store.folder.path().string() + "-beside"};
    drop(beside / "plc.der", device("a"));
    fs::create_symlink(beside / "plc.der", certs / "beside.der");
    CHECK(store.goodCounts());
    CHECK(contains(store.problem("out.der").message, "leads out of the store"));
    CHECK(contains(store.problem("beside.der").message, "leads out of the store"));
    CHECK(contains(store.problem("dangling.der").message, "does not exist"));
    CHECK(contains(store.problem("folder.der").message, "no ordinary file"));
    CHECK(contains(store.problem("circle.der").message, "circle"));
    CHECK(contains(store.problem("out.der").remedy, "copy"));
    fs::remove_all(beside);
}

TEST_CASE("Names with any octets are read, moved and removed, and shown escaped") {
    GoodStore store;
    const std::string name = "plc \xFF\n\x1b[31m.der";
    drop(store.folder / "rejected" / name, device("a"));
    const auto snapshot = store.directory.snapshot();
    const auto* stored = snapshot->find(StoreList::Rejected, device("a").id());
    REQUIRE(stored != nullptr);
    CHECK(stored->source.ends_with("plc \\xFF\\x0A\\x1B[31m.der"));
    REQUIRE(store.directory.moveCertificate(device("a").id(), StoreList::Rejected, StoreList::Issuers));
    CHECK(namesIn(store.folder / "issuers/certs") == std::vector<std::string>{name});
    CHECK(namesIn(store.folder / "rejected").empty());
    REQUIRE(store.directory.removeCertificate(StoreList::Issuers, device("a").id()));
    CHECK(namesIn(store.folder / "issuers/certs").empty());
}

TEST_CASE("A file that this account may not read is a problem and disables nothing else") {
    GoodStore store;
    (void)store.directory.create();
    drop(store.folder / "trusted/certs/secret.der", device("a"));
    fs::permissions(store.folder / "trusted/certs/secret.der", fs::perms::none);
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        if (!store.goodCounts()) return "the good certificate does not count";
        return store.problem("secret.der").message + "|" + store.problem("secret.der").remedy;
    });
    CHECK(contains(outcome, "secret.der"));
    CHECK(contains(outcome, "this account has no permission for it"));
    CHECK(contains(outcome, "|Give the account"));
}

TEST_CASE("A folder that cannot be listed is a problem, and nothing in it counts") {
    GoodStore store;
    (void)store.directory.create();
    drop(store.folder / "issuers/certs/ca.der", device("a"));
    REQUIRE(holds(store.directory, StoreList::Issuers, device("a")));
    fs::permissions(store.folder / "issuers/certs", fs::perms::none);
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        if (!store.goodCounts()) return "the trusted list does not count";
        if (holds(store.directory, StoreList::Issuers, device("a"))) return "the old content still counts";
        return store.problem("issuers/certs").message;
    });
    CHECK(contains(outcome, "Cannot list the folder"));
    fs::permissions(store.folder / "issuers/certs", fs::perms::owner_all);
    CHECK(holds(store.directory, StoreList::Issuers, device("a")));
}

TEST_CASE("A folder whose files cannot be looked at is a problem for each of them") {
    GoodStore store;
    (void)store.directory.create();
    fs::permissions(store.folder / "trusted/certs", fs::perms::owner_read | fs::perms::others_read);
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        return holds(store.directory, StoreList::Trusted, device("good")) ? "counts" : store.problem("good.der").message;
    });
    CHECK(contains(outcome, "this account has no permission for it"));
    fs::permissions(store.folder / "trusted/certs", fs::perms::owner_all);
    CHECK(store.goodCounts());
}

TEST_CASE("Folders that are missing and cannot be created are problems, and what is there counts") {
    GoodStore store;
    fs::permissions(store.folder.path(), fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        if (!store.goodCounts()) return "the good certificate does not count";
        if (store.directory.create()) return "created";
        return store.problem("rejected").message + "|" + store.problem("issuers/crl").remedy + "|" +
               store.directory.create().error().text();
    });
    CHECK(contains(outcome, "Cannot create the folder"));
    CHECK(contains(outcome, (store.folder / "rejected").string()));
    CHECK(contains(outcome, "Give the account"));
    CHECK(contains(outcome, (store.folder / "own").string()));
    CHECK_FALSE(fs::exists(store.folder / "rejected"));
}

TEST_CASE("A file where a folder should be is a problem") {
    GoodStore store;
    writeFile(store.folder / "issuers", "no folder");
    CHECK(store.goodCounts());
    CHECK(contains(store.problem("issuers/certs").message, "file where a folder should be"));
    CHECK(contains(store.directory.create().error().message, "file where a folder should be"));
    CHECK_FALSE(store.directory.addCertificate(StoreList::Issuers, device("a")));
}

#endif
