#ifndef _WIN32  // what can be done to files and folders on POSIX systems

#include <chrono>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

#include "child_process.hpp"
#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// Whatever happens to the folders counts at the next snapshot, whether the operating system tells of changes or not.
namespace {

const fs::file_time_type kLongAgo = fs::file_time_type::clock::now() - std::chrono::hours{10'000};

struct Store {
    explicit Store(DirectoryStoreOptions options = {}) : directory{root, std::move(options)} {
        REQUIRE(directory.create());
        rest();
    }
    // Until the store has nothing to look for any more and waits to be told.
    void rest() {
        for (int i = 0; i < 3; ++i) (void)directory.snapshot();
    }
    [[nodiscard]] bool has(StoreList list, const Certificate& certificate) { return holds(directory, list, certificate); }
    [[nodiscard]] bool trusts(const Certificate& certificate) { return has(StoreList::Trusted, certificate); }
    // Exactly one certificate, and that is it.
    [[nodiscard]] bool trustsOnly(const Certificate& certificate) {
        return trusts(certificate) && directory.snapshot()->certificates(StoreList::Trusted).size() == 1;
    }

    TempFolder folder{};
    const fs::path root = folder / "pki";
    const fs::path certs = root / "trusted/certs";
    DirectoryStore directory;
};

DirectoryStoreOptions told() { return {.watch = true}; }
DirectoryStoreOptions untold() { return {.watch = false}; }
// Told, and every file looked at all the same: as if a minute had passed.
DirectoryStoreOptions checked() { return {.watch = true, .watchRound = std::chrono::milliseconds{0}}; }

// Two certificates of the same length.
const std::pair<Certificate, Certificate>& twins() {
    static const auto found = [] {
        const auto first = device("twin 0");
        for (int i = 1; i < 200; ++i) {
            const auto other = parsed(forgeCertificate({.cn = "twin " + std::to_string(i % 10), .keyName = "p256"}));
            if (other.der().size() == first.der().size() && !(other == first)) return std::pair{first, other};
        }
        throw std::runtime_error{"no twins"};
    }();
    return found;
}

void overwrite(const fs::path& file, const Certificate& certificate) {
    std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
    stream.write(reinterpret_cast<const char*>(certificate.der().data()), static_cast<std::streamsize>(certificate.der().size()));
    REQUIRE(stream.flush());
}

// Everything below a folder gets the date that a backup has kept.
void makeOld(const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator{folder}) fs::last_write_time(entry.path(), kLongAgo);
    fs::last_write_time(folder, kLongAgo);
}

// An open file, mapped into memory for writing.
class Mapping {
public:
    explicit Mapping(const fs::path& file) : file_{::open(file.c_str(), O_RDWR)}, size_{fs::file_size(file)} {
        at_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
        if (file_ < 0 || at_ == MAP_FAILED) throw std::runtime_error{"no mapping"};
    }
    ~Mapping() {
        ::munmap(at_, size_);
        ::close(file_);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    void write(const Certificate& certificate) {
        const auto der = certificate.der();
        std::copy(der.begin(), der.end(), static_cast<std::uint8_t*>(at_));
    }

private:
    int file_;
    std::size_t size_;
    void* at_ = nullptr;
};

}  // namespace

#ifdef __linux__
TEST_CASE("Changes are told on a local file system, and not where anything could not be heard of") {
    // Where tests put their files may be an overlay; this is none.
    const fs::path root = fs::path{"/dev/shm"} / ("uatrust-watch-" + std::to_string(::getpid()));
    REQUIRE(fs::create_directory(root));
    {
        DirectoryStore store{root};
        drop(root / "trusted/certs/a.der", device("a"));
        CHECK_FALSE(store.isWatched());
        CHECK(holds(store, StoreList::Trusted, device("a")));
        (void)store.snapshot();
        CHECK(store.isWatched());
        // A link is looked at each time.
        fs::create_symlink("a.der", root / "trusted/certs/link.der");
        (void)store.snapshot();
        CHECK_FALSE(store.isWatched());
        fs::remove(root / "trusted/certs/link.der");
        (void)store.snapshot();
        CHECK(store.isWatched());
        // So is what could not be read.
        REQUIRE(::mkfifo((root / "trusted/certs/fifo").c_str(), 0600) == 0);
        CHECK(store.snapshot()->problems().size() == 1);
        CHECK_FALSE(store.isWatched());
        fs::remove(root / "trusted/certs/fifo");
        // A folder that is a link leads who knows where.
        fs::rename(root / "trusted/certs", root / "elsewhere");
        fs::create_directory_symlink("../elsewhere", root / "trusted/certs");
        CHECK(holds(store, StoreList::Trusted, device("a")));
        CHECK_FALSE(store.isWatched());

        DirectoryStore unwatched{root, untold()};
        CHECK(holds(unwatched, StoreList::Trusted, device("a")));
        CHECK_FALSE(unwatched.isWatched());
    }
    fs::remove_all(root);
}

TEST_CASE("What is mounted over a file or a folder counts at once, and what lies below it when it is unmounted") {
    const auto work = [](bool watch) -> std::string {
        const bool alone = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
        if (!alone || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "not allowed";
        const TempFolder folder;
        const auto file = folder / "pki/trusted/certs/a.der";
        drop(file, device("a"));
        drop(folder / "b/a.der", device("b"));
        drop(folder / "c/a.der", device("c"));
        DirectoryStore store{folder / "pki", {.watch = watch}};
        std::string seen;
        const auto look = [&] {
            for (int i = 0; i < 3; ++i) (void)store.snapshot();
            for (const auto* name : {"a", "b", "c"}) seen += holds(store, StoreList::Trusted, device(name)) ? name : "";
        };
        const auto mounted = [](const fs::path& what, const fs::path& over) {
            return ::mount(what.c_str(), over.c_str(), nullptr, MS_BIND, nullptr) == 0;
        };
        look();
        if (!mounted(folder / "b/a.der", file)) return "no mount";
        look();
        drop(folder / "b/a.der", device("c"));
        look();
        ::umount(file.c_str());
        look();
        for (const auto& below : {"trusted/certs", "trusted", ""}) {
            fs::create_directories(folder / "c/certs");
            fs::create_directories(folder / "c/trusted/certs");
            drop(folder / "c/certs/a.der", device("b"));
            drop(folder / "c/trusted/certs/a.der", device("a"));
            if (!mounted(folder / "c", folder / "pki" / below)) return "no mount";
            look();
            ::umount((folder / "pki" / below).c_str());
            look();
        }
        return seen;
    };
    for (const auto* name : {"a", "b", "c"}) (void)device(name);
    const auto seen = inChild(Account::Same, [&, watch = GENERATE(true, false)] { return work(watch); });
    if (seen == "not allowed") {
        WARN("This account may not mount anything: not tested.");
    } else {
        CHECK(seen == "abcacabaaa");
    }
}
#endif

TEST_CASE("A file that is added, renamed, moved to another list or removed counts at once") {
    Store store{GENERATE(told(), untold())};
    drop(store.certs / "a.der", device("a"));
    CHECK(store.trustsOnly(device("a")));
    drop(store.certs / "0.der", device("b"));
    CHECK(store.directory.snapshot()->certificates(StoreList::Trusted).front().certificate == device("b"));
    fs::rename(store.certs / "a.der", store.certs / "A.der");
    CHECK(store.trusts(device("a")));
    CHECK(store.directory.snapshot()->find(StoreList::Trusted, device("a").id())->source == (store.certs / "A.der").string());
    fs::rename(store.certs / "A.der", store.root / "rejected/a.der");
    CHECK(store.trustsOnly(device("b")));
    CHECK(store.has(StoreList::Rejected, device("a")));
    fs::remove(store.certs / "0.der");
    CHECK(store.directory.snapshot()->certificates(StoreList::Trusted).empty());
}

TEST_CASE("A file that appears under a hidden or temporary name counts when it gets its name, and not any more when it loses it") {
    Store store{GENERATE(told(), untold())};
    drop(store.certs / ".a.der", device("a"));
    drop(store.certs / "a.tmp", device("a"));
    CHECK_FALSE(store.trusts(device("a")));
    fs::rename(store.certs / ".a.der", store.certs / "a.der");
    CHECK(store.trusts(device("a")));
    fs::rename(store.certs / "a.der", store.certs / "b.tmp");
    CHECK_FALSE(store.trusts(device("a")));
    fs::create_directory(store.certs / "a.der");
    CHECK(store.directory.snapshot()->problems().empty());
}

TEST_CASE("A file that is replaced, written in place or cut counts at once") {
    Store store{GENERATE(told(), untold())};
    const auto& [first, second] = twins();
    const auto file = store.certs / "plc.der";
    drop(file, first);
    fs::last_write_time(file, kLongAgo);
    REQUIRE(store.trustsOnly(first));
    store.rest();
    // In place, the same size, the date set back.
    overwrite(file, second);
    fs::last_write_time(file, kLongAgo);
    CHECK(store.trustsOnly(second));
    // Another file of that name, size and date.
    drop(store.folder / "other", first);
    fs::last_write_time(store.folder / "other", kLongAgo);
    fs::rename(store.folder / "other", file);
    CHECK(store.trustsOnly(first));
    fs::resize_file(file, 20);
    CHECK(store.directory.snapshot()->certificates(StoreList::Trusted).empty());
    CHECK(store.directory.snapshot()->problems().size() == 1);
    drop(file, second);
    CHECK(store.trustsOnly(second));
    CHECK(store.directory.snapshot()->problems().empty());
}

TEST_CASE("A CRL that is exchanged counts at once") {
    Store store{GENERATE(told(), untold())};
    const auto root = authority("Plant CA");
    for (const auto* place : {"trusted/crl/plant.crl", "issuers/crl/plant.crl"}) {
        for (const long number : {1L, 2L, 3L}) {
            const auto expected = crlOf(root, number);
            writeFile(store.root / place, expected.der());
            const auto crls = store.directory.snapshot()->findCrls(parsed(root).subject());
            REQUIRE(crls.size() == 1);
            CHECK(crls.front()->crl.id() == expected.id());
        }
        fs::remove(store.root / place);
        CHECK(store.directory.snapshot()->findCrls(parsed(root).subject()).empty());
    }
}

TEST_CASE("A folder that is emptied, removed, made again or exchanged counts at once") {
    Store store{GENERATE(told(), untold())};
    drop(store.certs / "a.der", device("a"));
    REQUIRE(store.trusts(device("a")));
    store.rest();
    fs::remove_all(store.certs);
    fs::create_directory(store.certs);
    drop(store.certs / "b.der", device("b"));
    CHECK(store.trustsOnly(device("b")));
    // What happens in the new one is told as well.
    store.rest();
    drop(store.certs / "b.der", device("a"));
    CHECK(store.trustsOnly(device("a")));
    drop(store.root / "new/plc.der", device("b"));
    fs::rename(store.certs, store.root / "old");
    fs::rename(store.root / "new", store.certs);
    CHECK(store.trustsOnly(device("b")));
    drop(store.root / "old/c.der", device("c"));
    CHECK(store.trustsOnly(device("b")));
    fs::remove_all(store.root / "trusted");
    CHECK(store.directory.snapshot()->certificates(StoreList::Trusted).empty());
    drop(store.certs / "c.der", device("c"));
    CHECK(store.trustsOnly(device("c")));
}

TEST_CASE("A folder or tree that is put back from a backup with its old dates counts at once") {
    Store store{GENERATE(told(), untold())};
    const auto& [first, second] = twins();
    drop(store.certs / "plc.der", first);
    makeOld(store.root);
    fs::copy(store.root, store.folder / "backup", fs::copy_options::recursive);
    makeOld(store.folder / "backup");
    overwrite(store.certs / "plc.der", second);
    makeOld(store.root);
    REQUIRE(store.trustsOnly(second));
    store.rest();
    SECTION("as another tree in its place") {
        fs::rename(store.root, store.folder / "damaged");
        fs::rename(store.folder / "backup", store.root);
        CHECK(store.trustsOnly(first));
    }
    SECTION("file by file") {
        fs::copy(store.folder / "backup", store.root, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        makeOld(store.root);
        CHECK(store.trustsOnly(first));
    }
    SECTION("as a folder above the store, by a link") {
        fs::create_directory(store.folder / "one");
        fs::create_directory(store.folder / "two");
        fs::rename(store.root, store.folder / "one/pki");
        fs::rename(store.folder / "backup", store.folder / "two/pki");
        fs::create_directory_symlink("one", store.folder / "now");
        DirectoryStore linked{store.folder / "now/pki", {.watch = GENERATE(true, false)}};
        for (int i = 0; i < 3; ++i) REQUIRE(holds(linked, StoreList::Trusted, second));
        fs::create_directory_symlink("two", store.folder / "next");
        fs::rename(store.folder / "next", store.folder / "now");
        CHECK(holds(linked, StoreList::Trusted, first));
        CHECK_FALSE(holds(linked, StoreList::Trusted, second));
    }
}

TEST_CASE("A tree that is moved away and comes back counts at once, with what was changed meanwhile") {
    Store store{GENERATE(told(), untold())};
    drop(store.certs / "a.der", device("a"));
    REQUIRE(store.trusts(device("a")));
    store.rest();
    fs::rename(store.root, store.folder / "away");
    CHECK_FALSE(store.trusts(device("a")));
    fs::remove_all(store.root);
    drop(store.folder / "away/trusted/certs/a.der", device("b"));
    fs::rename(store.folder / "away", store.root);
    CHECK(store.trustsOnly(device("b")));
}

TEST_CASE("A folder of another usual name counts as soon as it is there") {
    auto options = GENERATE(told(), untold());
    options.readVariants = true;
    Store store{options};
    drop(store.root / "issuer/certs/ca.der", device("a"));
    CHECK(store.has(StoreList::Issuers, device("a")));
    drop(store.root / "issuer/ca.der", device("b"));
    CHECK(store.has(StoreList::Issuers, device("b")));
    fs::remove_all(store.root / "issuer/certs");
    CHECK_FALSE(store.has(StoreList::Issuers, device("a")));
    drop(store.root / "rejected/certs/x.der", device("c"));
    CHECK(store.has(StoreList::Rejected, device("c")));
}

TEST_CASE("What a link leads to counts at once: another target, or other content") {
    Store store{GENERATE(told(), untold())};
    const auto& [first, second] = twins();
    drop(store.root / "kept/1/plc.der", first);
    drop(store.root / "kept/2/plc.der", device("a"));
    fs::create_directory_symlink("1", store.root / "kept/now");
    fs::create_symlink("../../kept/now/plc.der", store.certs / "plc.der");
    REQUIRE(store.trustsOnly(first));
    store.rest();
    overwrite(store.root / "kept/1/plc.der", second);
    CHECK(store.trustsOnly(second));
    fs::create_directory_symlink("2", store.root / "kept/next");
    fs::rename(store.root / "kept/next", store.root / "kept/now");
    CHECK(store.trustsOnly(device("a")));
    fs::remove(store.root / "kept/now");
    CHECK(store.directory.snapshot()->certificates(StoreList::Trusted).empty());
}

TEST_CASE("What is written to a file by another name for it counts at once") {
    const auto& [first, second] = twins();
    SECTION("when the file had that name already as it was read") {
        Store store{GENERATE(told(), untold())};
        drop(store.folder / "other", first);
        fs::create_hard_link(store.folder / "other", store.certs / "plc.der");
        REQUIRE(store.trustsOnly(first));
        store.rest();
        overwrite(store.folder / "other", second);
        CHECK(store.trustsOnly(second));
    }
    SECTION("when it got that name later: without being told, or when its turn has come") {
        Store store{GENERATE(untold(), checked())};
        drop(store.certs / "plc.der", first);
        REQUIRE(store.trustsOnly(first));
        store.rest();
        fs::create_hard_link(store.certs / "plc.der", store.folder / "other");
        overwrite(store.folder / "other", second);
        CHECK(store.trustsOnly(second));
    }
}

TEST_CASE("What a watch cannot tell of counts when everything is read anew, which changes nothing else") {
    const auto& [first, second] = twins();
    Store store{GENERATE(told(), untold())};
    drop(store.certs / "plc.der", first);
    drop(store.certs / "other.der", device("other"));
    REQUIRE(store.trusts(first));
    store.rest();
    const auto before = store.directory.snapshot();
    CHECK(store.directory.refresh() == before);
    fs::create_hard_link(store.certs / "plc.der", store.folder / "link");
    store.rest();
    overwrite(store.folder / "link", second);
    const auto after = store.directory.refresh();
    CHECK(after->find(StoreList::Trusted, second.id()) != nullptr);
    CHECK(after->find(StoreList::Trusted, first.id()) == nullptr);
    CHECK(after->find(StoreList::Trusted, device("other").id()) != nullptr);
    CHECK(store.directory.snapshot() == after);
    drop(store.certs / "third.der", device("third"));
    CHECK(store.trusts(device("third")));
}

TEST_CASE("What is written through a memory mapping counts when the writer has closed the file, or when its turn has come") {
    const auto& [first, second] = twins();
    Store store{GENERATE(told(), untold(), checked())};
    const auto file = store.certs / "plc.der";
    drop(file, first);
    REQUIRE(store.trustsOnly(first));
    store.rest();
    {
        Mapping mapping{file};
        mapping.write(second);
    }
    CHECK(store.trustsOnly(second));
}

TEST_CASE("Permissions that are taken away or given back count at once") {
    const auto work = [](DirectoryStoreOptions options) {
        const TempFolder folder;
        DirectoryStore store{folder.path(), std::move(options)};
        const auto certs = folder / "trusted/certs";
        (void)store.create();
        drop(certs / "a.der", device("a"));
        std::string seen;
        const auto look = [&] {
            seen += holds(store, StoreList::Trusted, device("a")) ? 'y' : 'n';
            seen += store.snapshot()->problems().empty() ? ' ' : '!';
            seen += ' ';
        };
        for (const auto& path : {certs / "a.der", certs, folder / "trusted", folder.path()}) {
            look();
            fs::permissions(path, fs::perms::none);
            look();
            fs::permissions(path, fs::perms::owner_all);
        }
        look();
        return seen;
    };
    const bool watch = GENERATE(true, false);
    (void)device("a");
    CHECK(inChild(Account::Ordinary, [&] { return work({.watch = watch}); }) == "y  n! y  n! y  n! y  n! y  ");
}

TEST_CASE("More changes than the system keeps in mind count at once, also those after the last one that it has kept") {
    Store store{told()};
    drop(store.certs / "a.der", device("a"));
    drop(store.certs / "b.der", device("b"));
    REQUIRE(store.trusts(device("a")));
    store.rest();
    // Linux keeps 16 384 unless told otherwise; the same one twice in a row counts once.
    for (int i = 0; i < 20'000; ++i) {
        REQUIRE(::utimensat(AT_FDCWD, (store.certs / (i % 2 == 0 ? "a.der" : "b.der")).c_str(), nullptr, 0) == 0);
    }
    fs::remove(store.certs / "a.der");
    CHECK(store.trustsOnly(device("b")));
    drop(store.certs / "b.der", device("a"));
    CHECK(store.trustsOnly(device("a")));
}

TEST_CASE("Many files that change at the same time count at once") {
    Store store{GENERATE(told(), untold())};
    for (int i = 0; i < 300; ++i) drop(store.certs / std::to_string(i), device("many " + std::to_string(i % 150)));
    CHECK(store.directory.snapshot()->certificates(StoreList::Trusted).size() == 150);
    for (int i = 0; i < 149; ++i) fs::remove(store.certs / std::to_string(i));
    for (int i = 150; i < 299; ++i) fs::remove(store.certs / std::to_string(i));
    CHECK(store.trustsOnly(device("many 149")));
}

TEST_CASE("A process and its fork each see every change") {
    Store store{GENERATE(told(), untold())};
    drop(store.certs / "a.der", device("a"));
    REQUIRE(store.trusts(device("a")));
    store.rest();
    fs::remove(store.certs / "a.der");
    drop(store.certs / "b.der", device("b"));
    const auto look = [&] { return store.trustsOnly(device("b")) ? "new" : "old"; };
    CHECK(inChild(Account::Same, look) == "new");
    CHECK(store.trustsOnly(device("b")));
    store.rest();
    // Told to a fork that listens itself by now, and to the one that it came from.
    CHECK(inChild(Account::Same, [&] {
              store.rest();
              drop(store.certs / "b.der", device("c"));
              return store.trustsOnly(device("c")) ? "new" : "old";
          }) == "new");
    CHECK(store.trustsOnly(device("c")));
}

TEST_CASE("What was told and changes nothing leaves the snapshot as it is") {
    Store store{GENERATE(told(), checked())};
    drop(store.certs / "a.der", device("a"));
    const auto snapshot = store.directory.snapshot();
    fs::last_write_time(store.certs / "a.der", kLongAgo);
    drop(store.certs / "a.der", device("a"));
    drop(store.certs / ".hidden", device("b"));
    fs::create_directory(store.root / "something");
    CHECK(store.directory.snapshot() == snapshot);
}

TEST_CASE("A store that is only read is told of the folders that come later") {
    const TempFolder folder;
    DirectoryStore store{folder / "pki", {.readOnly = true, .watch = GENERATE(true, false)}};
    for (int i = 0; i < 3; ++i) CHECK(store.snapshot()->certificates(StoreList::Trusted).empty());
    drop(folder / "pki/trusted/certs/a.der", device("a"));
    CHECK(holds(store, StoreList::Trusted, device("a")));
    DirectoryStore second{folder / "pki", {.readOnly = true, .watch = GENERATE(true, false)}};
    for (int i = 0; i < 3; ++i) CHECK(second.snapshot()->certificates(StoreList::Issuers).empty());
    drop(folder / "pki/issuers/certs/a.der", device("a"));
    CHECK(holds(second, StoreList::Issuers, device("a")));
    CHECK(second.snapshot()->crls(StoreList::Issuers).empty());
}

#endif
