#ifndef _WIN32  // the lock of a process that is not ours, as POSIX has it

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "child_process.hpp"
#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

const std::string kOther = "configurator (process 4711 on plant-1), since 2026-11-26T20:00:00Z";

// A program that is no uatrust, or a hanging one, and keeps the store locked until it is closed.
class Lock {
public:
    explicit Lock(const fs::path& root, const std::string& owner = kOther) {
        writeFile(root / ".uatrust.lock", owner + "\n");
        handle_ = ::open((root / ".uatrust.lock").c_str(), O_RDONLY | O_CLOEXEC);
        if (::flock(handle_, LOCK_EX | LOCK_NB) != 0) throw std::runtime_error{"not locked"};
    }
    ~Lock() { release(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    void release() {
        if (handle_ >= 0) ::close(handle_);
        handle_ = -1;
    }

private:
    int handle_ = -1;
};

DirectoryStoreOptions impatient() { return {.lockTimeout = milliseconds{30}, .filingTimeout = milliseconds{30}}; }

std::string lockText(const fs::path& root) { return readFile(root / ".uatrust.lock"); }

}  // namespace

TEST_CASE("Whoever changes a store that stays locked is told who has it, and nothing is changed") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), impatient()};
    const auto crl = crlOf(authority("Plant CA"));
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(store.addCrl(StoreList::Trusted, crl));
    Lock other{folder.path()};
    for (const auto& changed :
         {store.addCertificate(StoreList::Trusted, device("b")), store.removeCertificate(StoreList::Trusted, device("a").id()),
          store.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Rejected), store.addCrl(StoreList::Issuers, crl),
          store.removeCrl(StoreList::Trusted, crl.id()), store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256")))}) {
        REQUIRE_FALSE(changed);
        CHECK(changed.status() == StatusCode::BadResourceUnavailable);
        CHECK(contains(changed.error().message, folder.path().string()));
        CHECK(contains(changed.error().message, kOther));
        CHECK(contains(changed.error().message, "nothing was changed"));
        CHECK(contains(changed.error().remedy, "its lock ends with it"));
    }
    CHECK(namesIn(folder / "trusted/certs") == std::vector<std::string>{certificateFileName(device("a"))});
    CHECK(namesIn(folder / "own/certs").empty());
    CHECK(namesIn(folder / "own/private").empty());

    other.release();
    CHECK(store.addCertificate(StoreList::Trusted, device("b")));
}

TEST_CASE("A lock hinders no reader, and no refusal of a certificate that is known") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.lockTimeout = std::chrono::hours{1}, .filingTimeout = std::chrono::hours{1}}};
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(*store.fileRejected(device("r")));
    const Lock other{folder.path()};
    CHECK(holds(store, StoreList::Trusted, device("a")));
    drop(folder / "trusted/certs/b.der", device("b"));
    CHECK(holds(store, StoreList::Trusted, device("b")));
    CHECK(store.loadOwn());
    CHECK_FALSE(*store.fileRejected(device("a")));
    CHECK_FALSE(*store.fileRejected(device("r")));
}

TEST_CASE("A record that has to wait for a change is not filed, and that is said") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.lockTimeout = std::chrono::hours{1}, .filingTimeout = milliseconds{30}}};
    REQUIRE(store.create());
    Lock other{folder.path()};
    const auto filed = store.fileRejected(device("r"));
    REQUIRE_FALSE(filed.ok());
    CHECK(filed.status() == StatusCode::BadResourceUnavailable);
    CHECK(contains(filed.error().message, kOther));
    CHECK(namesIn(folder / "rejected").empty());
    other.release();
    CHECK(*store.fileRejected(device("r")));
}

TEST_CASE("The lock of a process that was killed is nobody's, whatever its file says") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), impatient()};
    REQUIRE(store.create());
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const auto child = ::fork();
    if (child == 0) {
        const Lock held{folder.path()};
        (void)!::write(ready[1], "x", 1);
        for (;;) ::pause();
    }
    char octet = 0;
    REQUIRE(::read(ready[0], &octet, 1) == 1);
    CHECK_FALSE(store.addCertificate(StoreList::Trusted, device("a")));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK(contains(lockText(folder.path()), kOther));
    CHECK(store.addCertificate(StoreList::Trusted, device("a")));
    CHECK(lockText(folder.path()).empty());
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("While a store is changed, its lock file says by whom, and others are told so") {
    const TempFolder folder;
    auto options = impatient();
    std::string text;
    std::string beside;
    const auto add = [&] {
        DirectoryStore other{folder.path(), impatient()};
        const auto added = other.addCertificate(StoreList::Trusted, device("a"));
        return added ? std::string{"added"} : added.error().message;
    };
    (void)device("a");
    options.keyPassphrase = [&]() -> Result<SecretBytes> {  // asked for between the beginning and the end of a change
        text = lockText(folder.path());
        std::thread{[&] { beside = add(); }}.join();
        return SecretBytes{Bytes{'x'}};
    };
    DirectoryStore store{folder.path(), options};
    REQUIRE(store.saveOwn({device("b")}, privateKeyOf(forgeKey("p256"))));
    const auto process = "(process " + std::to_string(::getpid()) + " on ";
    CHECK(contains(text, process));
    CHECK(contains(text, ", since 20"));
    CHECK(contains(beside, "another thread of this process"));
    CHECK(lockText(folder.path()).empty());
    CHECK(add() == "added");
}

TEST_CASE("Two stores of one process that change one folder wait for each other", "[threads]") {
    const TempFolder folder;
    constexpr int count = 8;
    for (int i = 0; i < count; ++i) (void)device("plc " + std::to_string(i));
    std::vector<std::thread> threads;
    std::vector<Result<void>> results(count, Result<void>{});
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&folder, &result = results[static_cast<std::size_t>(i)], certificate = device("plc " + std::to_string(i))] {
            DirectoryStore store{folder.path(), {.lockTimeout = std::chrono::minutes{5}}};
            result = store.addCertificate(StoreList::Trusted, certificate);
            if (result) result = store.moveCertificate(certificate.id(), StoreList::Trusted, StoreList::Issuers);
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& result : results) CHECK(result);
    DirectoryStore store{folder.path()};
    CHECK(store.snapshot()->certificates(StoreList::Issuers).size() == count);
    CHECK(store.snapshot()->certificates(StoreList::Trusted).empty());
}

TEST_CASE("A lock file that is no file is an error that names it, never followed and never waited for") {
    const TempFolder folder;
    const TempFolder outside;
    DirectoryStore store{folder.path(), impatient()};
    const auto file = folder / ".uatrust.lock";
    SECTION("a link") { fs::create_symlink(outside / "elsewhere", file); }
    SECTION("a FIFO") { REQUIRE(::mkfifo(file.c_str(), 0600) == 0); }
    SECTION("a folder") { fs::create_directory(file); }
    const auto added = store.addCertificate(StoreList::Trusted, device("a"));
    REQUIRE_FALSE(added);
    CHECK(contains(added.error().message, file.string()));
    CHECK_FALSE(added.error().remedy.empty());
    CHECK(namesIn(outside.path()).empty());
}

TEST_CASE("What a hostile lock file says cannot disturb a log") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), impatient()};
    REQUIRE(store.create());
    {
        const Lock other{folder.path(), "\x1b[31mpwned\xFF\r\nsecond line"};
        const auto message = store.addCertificate(StoreList::Trusted, device("a")).error().message;
        CHECK(contains(message, "?[31mpwned?"));
        CHECK(message.find_first_of("\x1b\xFF\r\n") == std::string::npos);
    }
    const Lock other{folder.path(), std::string(100'000, 'x')};
    CHECK(contains(store.addCertificate(StoreList::Trusted, device("a")).error().message, "another process"));
}

TEST_CASE("Other accounts may wait for the lock, and only who may change the folder may write into its file") {
    for (const mode_t mask : {mode_t{0}, mode_t{077}}) {
        const TempFolder folder;
        const auto before = ::umask(mask);
        DirectoryStore store{folder.path()};
        const auto added = store.addCertificate(StoreList::Trusted, device("a"));
        ::umask(before);
        REQUIRE(added);
        struct stat status {};
        REQUIRE(::stat((folder / ".uatrust.lock").c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == (0644U | (static_cast<unsigned>(fs::status(folder.path()).permissions()) & 022U)));
    }
}

#endif
