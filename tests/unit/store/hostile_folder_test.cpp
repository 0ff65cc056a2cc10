#ifndef _WIN32  // devices, sparse files and names as POSIX has them

#include <cstdlib>

#include <sys/stat.h>
#ifdef __linux__
#include <sys/sysmacros.h>
#endif
#include <unistd.h>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// What somebody puts into a folder to disturb the store: it is named, not read, not waited for, and hinders nothing.
namespace {

// A GiB of zeros that takes no room.
void makeHuge(const fs::path& file) {
    writeFile(file, std::string_view{});
    REQUIRE(::truncate(file.c_str(), 1L << 30) == 0);
}

// A hundred thousand with UATRUST_STRESS_ROUNDS, which asks for the long run.
std::size_t flood() { return std::getenv("UATRUST_STRESS_ROUNDS") != nullptr ? 100'000 : 3'000; }

}  // namespace

TEST_CASE("A GiB of zeros is a problem in every list and among the own files, and is not read") {
    GoodStore store;
    for (const auto* name : {"trusted/certs/huge.der", "trusted/crl/huge.crl", "issuers/certs/huge.der", "issuers/crl/huge.crl",
                             "rejected/huge.der", "own/certs/huge.der", "own/private/huge.pem"}) {
        makeHuge(store.folder / name);
    }
    CHECK(store.goodCounts());
    for (const auto* name :
         {"trusted/certs/huge.der", "trusted/crl/huge.crl", "issuers/certs/huge.der", "issuers/crl/huge.crl", "rejected/huge.der"}) {
        INFO(name);
        CHECK(contains(store.problem(name).message, "larger than"));
        CHECK_FALSE(store.problem(name).remedy.empty());
    }
    const auto own = valueOf(store.directory.loadOwn());
    CHECK(contains(problemIn(own.problems, "own/certs/huge.der").message, "larger than"));
    CHECK(contains(problemIn(own.problems, "own/private/huge.pem").message, "larger than"));
    CHECK(store.directory.addCertificate(StoreList::Trusted, device("new")));
    CHECK(*store.directory.fileRejected(device("stranger")));
}

TEST_CASE("A device, and a link to one, is a problem and is not read") {
    GoodStore store;
    fs::create_symlink("/dev/zero", store.certs / "link.der");
    CHECK(contains(store.problem("link.der").message, "leads out of the store"));
    const bool made = ::mknod((store.certs / "zero.der").c_str(), S_IFCHR | 0600, makedev(1, 5)) == 0;
    CHECK(store.goodCounts());
    CHECK(made == contains(store.problem("zero.der").message, "no ordinary file"));  // only root can make one
}

TEST_CASE("A folder with the name of a certificate is passed over, whatever is in it") {
    GoodStore store;
    drop(store.certs / "plc.der" / "plc.der", device("a"));
    fs::create_directories(store.folder / "own/private/application.pem");
    CHECK(store.goodCounts());
    const auto saved = store.directory.saveOwn({device("b")}, privateKeyOf(forgeKey("p256")));
    CHECK(saved);
    CHECK(valueOf(store.directory.loadOwn()).keys.size() == 1);
}

TEST_CASE("A folder whose name is that of the file to be written is an error or gets out of the way, and nothing is lost") {
    GoodStore store;
    fs::create_directory(store.certs / certificateFileName(device("a")));
    CHECK(store.directory.addCertificate(StoreList::Trusted, device("a")));
    CHECK(holds(store.directory, StoreList::Trusted, device("a")));

    fs::create_directory(store.folder / "own/certs/application.der");
    const auto saved = store.directory.saveOwn({device("b")}, privateKeyOf(forgeKey("p256")));
    REQUIRE_FALSE(saved);
    CHECK(contains(saved.error().message, "application.der"));
    CHECK(contains(saved.error().message, "folder"));
}

TEST_CASE("A flood of junk hides neither what counts nor what is wrong with a whole folder") {
    GoodStore store;
    writeFile(store.folder / "junk", "junk");
    // Links to one file: thousands of files at the price of their names.
    const auto count = flood();
    const auto room = static_cast<std::size_t>(::pathconf(store.folder.path().c_str(), _PC_LINK_MAX));
    REQUIRE(room > 2'000);
    fs::path source;
    for (std::size_t i = 0; i < count; ++i) {
        const auto name = store.certs / ("junk \xFF " + std::to_string(i) + ".der");
        if (i % 2'000 == 0) {
            source = name;
            writeFile(source, "junk");
        } else {
            fs::create_hard_link(source, name);
        }
    }
    fs::remove(store.folder / "junk");
    fs::remove_all(store.folder / "issuers/crl");
    writeFile(store.folder / "issuers/crl", "no folder");
    CHECK(store.goodCounts());
    const auto snapshot = store.directory.snapshot();
    const auto problems = snapshot->problems();
    CHECK(problems.size() <= 200);
    CHECK(problems.front().source.ends_with("issuers/crl"));
    CHECK(contains(problems.back().message, "more files with problems"));
    CHECK(contains(problems[1].source, "junk \\xFF "));
    CHECK(store.directory.addCertificate(StoreList::Trusted, device("new")));
    CHECK(store.directory.removeCertificate(StoreList::Trusted, device("new").id()));
}

TEST_CASE("A certificate under two names is one entry, and one in trusted and in rejected is trusted and not filed again") {
    GoodStore store;
    drop(store.certs / "a copy of good.der", device("good"));
    writeFile(store.certs / "good.pem", forgePem("CERTIFICATE", device("good").der()));
    drop(store.folder / "rejected/good.der", device("good"));
    CHECK(store.goodCounts());
    CHECK_FALSE(*store.directory.fileRejected(device("good")));
    CHECK(store.directory.snapshot()->problems().empty());
    REQUIRE(store.directory.removeCertificate(StoreList::Trusted, device("good").id()));
    CHECK(namesIn(store.certs).empty());
    CHECK(namesIn(store.folder / "rejected") == std::vector<std::string>{"good.der"});
}

#endif
