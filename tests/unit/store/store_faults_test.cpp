#ifndef _WIN32  // permissions, limits and processes as POSIX has them

#include <csignal>
#include <sstream>

#include <sys/resource.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "child_process.hpp"
#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

namespace {

constexpr auto kWritable = fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all;
constexpr auto kReadOnly = fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec;

unsigned modeOf(const fs::path& path) { return static_cast<unsigned>(fs::status(path).permissions()); }

PrivateKey ownKey() { return privateKeyOf(forgeKey("p256")); }

std::size_t filesBelow(const fs::path& folder) {
    const auto isFile = [](const fs::directory_entry& entry) { return !entry.is_directory(); };
    return static_cast<std::size_t>(std::count_if(fs::recursive_directory_iterator{folder}, {}, isFile));
}

// A disk that is full after so many octets, as far as one process can tell without one.
void limitFileSize(rlim_t octets) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{octets, octets};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) throw std::runtime_error{"no limit"};
}

}  // namespace

TEST_CASE("Private keys and their folder are the owner's alone, whatever the umask") {
    for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{0277}, mode_t{0777}}) {
        const TempFolder folder;
        fs::create_directories(folder / "own");  // under a umask of 0777 not even the owner could enter a new one
        const auto before = ::umask(mask);
        DirectoryStore store{folder.path()};
        const auto made = store.create();
        fs::permissions(folder / "own/certs", fs::perms::owner_all);
        const auto saved = store.saveOwn({device("a")}, ownKey());
        ::umask(before);
        INFO(mask);
        REQUIRE(saved);
        CHECK(modeOf(folder / "own/private") == 0700);
        CHECK(modeOf(folder / "own/private/application.pem") == 0600);
    }
}

TEST_CASE("Folders and certificates are never writable for others, even without a umask") {
    const TempFolder folder;
    const auto before = ::umask(0);
    DirectoryStore store{folder / "pki"};
    const auto added = store.addCertificate(StoreList::Trusted, device("a"));
    ::umask(before);
    REQUIRE(added);
    for (const auto& entry : fs::recursive_directory_iterator{folder / "pki"}) {
        INFO(entry.path());
        CHECK((modeOf(entry.path()) & 022U) == 0);
    }
    CHECK(modeOf(folder / "pki/trusted/certs" / certificateFileName(device("a"))) == 0644);
}

TEST_CASE("An open folder for keys that holds none yet is no problem") {
    const TempFolder folder;
    fs::create_directories(folder / "own/private");
    fs::permissions(folder / "own/private", fs::perms{0755});
    DirectoryStore store{folder.path()};
    const auto own = store.loadOwn();
    REQUIRE(own);
    CHECK(own->problems.empty());
    REQUIRE(store.saveOwn({device("a")}, ownKey()));
    CHECK(modeOf(folder / "own/private/application.pem") == 0600);
    CHECK(contains(problemIn(store.loadOwn()->problems, "own/private").message, "0755"));
}

TEST_CASE("A key or a folder of keys that others may open is loaded, left as it is, and told") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.saveOwn({device("a")}, ownKey()));
    fs::permissions(folder / "own/private", fs::perms{0755});
    fs::permissions(folder / "own/private/application.pem", fs::perms{0640});
    const auto own = valueOf(store.loadOwn());
    CHECK(own.keys.size() == 1);
    CHECK(contains(problemIn(own.problems, "own/private").message, "0755"));
    CHECK(contains(problemIn(own.problems, "application.pem").message, "0640"));
    CHECK(contains(problemIn(own.problems, "application.pem").remedy, "chmod"));
    CHECK(own.problems.size() == 2);
    REQUIRE(store.create());
    CHECK(modeOf(folder / "own/private") == 0755);
    CHECK(modeOf(folder / "own/private/application.pem") == 0640);
}

TEST_CASE("A bundle of which a certificate is cut out stays as private as it was") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    const auto file = folder / "trusted/certs/pair.pem";
    writeFile(file, forgePem("CERTIFICATE", device("a").der()) + forgeKey("p256").pem());
    fs::permissions(file, fs::perms{0600});
    REQUIRE(store.removeCertificate(StoreList::Trusted, device("a").id()));
    CHECK(modeOf(file) == 0600);
}

TEST_CASE("On a full disk nothing is changed, nothing is left behind, and the error says so") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.saveOwn({device("first")}, ownKey()));
    const auto bundle = folder / "issuers/certs/bundle.pem";
    const auto pem = forgePem("CERTIFICATE", device("b").der()) + forgePem("CERTIFICATE", device("c").der());
    writeFile(bundle, pem);
    drop(folder / "rejected/plc.der", device("d"));
    const auto before = filesBelow(folder.path());
    const auto outcome = inChild(Account::Same, [&]() -> std::string {
        limitFileSize(100);
        const auto added = store.addCertificate(StoreList::Trusted, device("a"));
        if (added || store.fileRejected(device("e")) || store.addCrl(StoreList::Issuers, crlOf(authority("Plant CA")))) return "written";
        if (store.removeCertificate(StoreList::Issuers, device("b").id())) return "cut";
        if (store.moveCertificate(device("d").id(), StoreList::Rejected, StoreList::Trusted)) return "moved";
        if (store.saveOwn({parsed(forgeCertificate({.cn = "x", .keyName = "p256", .keyIndex = 7}))}, privateKeyOf(forgeKey("p256", 7))))
            return "saved";
        return added.error().text();
    });
    CHECK(contains(outcome, "Cannot write"));
    CHECK(contains(outcome, "larger than this account or file system may write"));
    CHECK(contains(outcome, "BadResourceUnavailable"));
    CHECK(filesBelow(folder.path()) == before);
    CHECK(readFile(bundle) == pem);
    CHECK(equalBytes(readBytes(folder / "own/certs/application.der"), device("first").der()));
    CHECK(holds(store, StoreList::Rejected, device("d")));
}

TEST_CASE("When the disk is full between the key and the certificate, the former certificate stays in use") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.saveOwn({device("first")}, ownKey()));
    const auto next = forgeCertificate({.cn = std::string(3000, 'x'), .keyName = "p256", .keyIndex = 7});
    const auto outcome = inChild(Account::Same, [&]() -> std::string {
        limitFileSize(2000);  // enough for a key, too little for this certificate
        const auto saved = store.saveOwn({parsed(next)}, privateKeyOf(forgeKey("p256", 7)));
        return saved ? "saved" : saved.error().message;
    });
    CHECK(contains(outcome, "own/certs/application.der"));
    const auto own = valueOf(store.loadOwn());
    REQUIRE(own.chains.size() == 1);
    CHECK(own.chains[0].chain.front() == device("first"));
    CHECK(own.keys.size() == 2);
    for (const auto* name : {"own/certs", "own/private", "own/replaced"}) {
        for (const auto& file : namesIn(folder / name)) CHECK_FALSE(file.ends_with(".tmp"));
    }
}

TEST_CASE("In folders that this account may not write to, everything is read and nothing written") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(store.addCertificate(StoreList::Rejected, device("r")));
    for (const auto& entry : fs::recursive_directory_iterator{folder.path()}) {
        if (entry.is_directory()) fs::permissions(entry, kReadOnly);
    }
    const auto before = filesBelow(folder.path());
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        DirectoryStore other{folder.path()};
        if (!holds(other, StoreList::Trusted, device("a")) || !other.snapshot()->problems().empty()) return "not read";
        if (other.addCertificate(StoreList::Trusted, device("b")) || other.fileRejected(device("c"))) return "written";
        if (other.removeCertificate(StoreList::Trusted, device("a").id())) return "removed";
        if (other.saveOwn({device("a")}, ownKey())) return "saved";
        return other.moveCertificate(device("r").id(), StoreList::Rejected, StoreList::Trusted).error().text();
    });
    CHECK(contains(outcome, "this account has no permission for it"));
    CHECK(filesBelow(folder.path()) == before);
}

TEST_CASE("A certificate that cannot leave its list is reported to be in both") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    fs::permissions(folder / "trusted/certs", kReadOnly);
    fs::permissions(folder / "rejected", kWritable);
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        const auto moved = store.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Rejected);
        return moved ? "moved" : moved.error().message;
    });
    CHECK(contains(outcome, "in the rejected list now, but still in the trusted list"));
    CHECK(holds(store, StoreList::Trusted, device("a")));
    CHECK(holds(store, StoreList::Rejected, device("a")));
}

TEST_CASE("Records that cannot be removed keep the rejected list from growing") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.maxRejected = 2}};
    REQUIRE(*store.fileRejected(device("a")));
    REQUIRE(*store.fileRejected(device("b")));
    fs::permissions(folder / "rejected", kReadOnly);
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        const auto filed = store.fileRejected(device("c"));
        return filed ? "filed" : filed.error().message;
    });
    CHECK(contains(outcome, "Cannot remove"));
    CHECK(namesIn(folder / "rejected").size() == 2);
}

TEST_CASE("Without free file handles nothing counts, and the problem names the cure") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    drop(folder / "trusted/certs/plc.der", device("a"));
    REQUIRE(holds(store, StoreList::Trusted, device("a")));
    const auto outcome = inChild(Account::Same, [&]() -> std::string {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        const auto usual = limit.rlim_cur;
        limit.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        const auto starved = store.snapshot();
        const auto own = store.loadOwn();
        limit.rlim_cur = usual;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        if (own) return "own material was looked at";
        if (!starved->certificates(StoreList::Trusted).empty()) return "the old content still counts";
        if (!holds(store, StoreList::Trusted, device("a"))) return "it does not come back";
        return starved->problems().front().message + "|" + starved->problems().front().remedy;
    });
    CHECK(contains(outcome, "too many files and connections open"));
    CHECK(contains(outcome, "ulimit -n"));
}

TEST_CASE("Two processes that add and file the same and different certificates do not disturb each other") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.create());
    std::vector<Certificate> common;
    for (int i = 0; i < 12; ++i) common.push_back(device("common " + std::to_string(i)));
    const auto work = [&](const std::string& name) {
        DirectoryStore mine{folder.path(), {.lockTimeout = std::chrono::minutes{5}, .filingTimeout = std::chrono::minutes{5}}};
        for (const auto& certificate : common) {
            if (!mine.addCertificate(StoreList::Trusted, certificate)) return std::string{"not added"};
            if (!mine.addCertificate(StoreList::Issuers, device(name + certificate.subject().commonName())))
                return std::string{"not added"};
            if (!mine.fileRejected(device("rejected " + certificate.subject().commonName()))) return std::string{"not filed"};
        }
        return std::string{"done"};
    };
    for (const auto& certificate : common) (void)device("rejected " + certificate.subject().commonName());
    ChildProcess one{Account::Same, [&] { return work("one "); }};
    ChildProcess two{Account::Same, [&] { return work("two "); }};
    CHECK(one.wait() == "done");
    CHECK(two.wait() == "done");
    const auto snapshot = store.snapshot();
    CHECK(namesIn(folder / "trusted/certs").size() == common.size());
    CHECK(snapshot->certificates(StoreList::Trusted).size() == common.size());
    CHECK(snapshot->certificates(StoreList::Issuers).size() == 2 * common.size());
    CHECK(namesIn(folder / "rejected").size() == common.size());
    CHECK(snapshot->problems().empty());
}

TEST_CASE("Two processes that each take certificates out of one bundle bring none of them back") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    std::string bundle;
    for (int i = 0; i < 20; ++i) bundle += forgePem("CERTIFICATE", device("bundle " + std::to_string(i)).der());
    writeFile(folder / "trusted/certs/bundle.pem", bundle);
    const auto takeOut = [&](int first) {
        DirectoryStore mine{folder.path(), {.lockTimeout = std::chrono::minutes{5}}};
        for (int i = first; i < 18; i += 2) {
            const auto gone = mine.removeCertificate(StoreList::Trusted, device("bundle " + std::to_string(i)).id());
            if (!gone) return gone.error().text();
        }
        return std::string{"done"};
    };
    ChildProcess even{Account::Same, [&] { return takeOut(0); }};
    ChildProcess odd{Account::Same, [&] { return takeOut(1); }};
    CHECK(even.wait() == "done");
    CHECK(odd.wait() == "done");
    CHECK(store.snapshot()->certificates(StoreList::Trusted).size() == 2);
    CHECK(readFile(folder / "trusted/certs/bundle.pem") ==
          forgePem("CERTIFICATE", device("bundle 18").der()) + forgePem("CERTIFICATE", device("bundle 19").der()));
}

TEST_CASE("A private key that lay in a certificate's file is not opened to others with the backup or the rest") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.create());
    const auto pair = forgePem("CERTIFICATE", device("a").der()) + forgeKey("p256").pem();
    writeFile(folder / "own/certs/application.der", pair);
    fs::permissions(folder / "own/certs/application.der", fs::perms{0600});
    REQUIRE(store.saveOwn({device("b")}, ownKey()));
    const auto kept = namesIn(folder / "own/replaced");
    REQUIRE(kept.size() == 1);
    CHECK(readFile(folder / "own/replaced" / kept.front()) == pair);
    CHECK(modeOf(folder / "own/replaced" / kept.front()) == 0600);

    const auto file = folder / "trusted/certs/pair.pem";
    writeFile(file, pair);
    fs::permissions(file, fs::perms{0640});
    REQUIRE(store.removeCertificate(StoreList::Trusted, device("a").id()));
    CHECK((modeOf(file) & 07U) == 0);
}

TEST_CASE("What cannot be looked at is not said to be absent") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(store.addCertificate(StoreList::Issuers, device("b")));
    REQUIRE(store.addCrl(StoreList::Trusted, crlOf(authority("Plant CA"))));
    fs::permissions(folder / "trusted/certs", fs::perms::none);
    fs::permissions(folder / "trusted/crl", fs::perms::none);
    const auto file = folder / "issuers/certs" / certificateFileName(device("b"));
    fs::permissions(file, fs::perms::none);
    const auto outcome = inChild(Account::Ordinary, [&]() -> std::string {
        std::string told;
        for (const auto& result : {store.removeCertificate(StoreList::Trusted, device("a").id()),
                                   store.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Rejected),
                                   store.removeCertificate(StoreList::Issuers, device("b").id()),
                                   store.removeCrl(StoreList::Trusted, crlOf(authority("Plant CA")).id()),
                                   store.removeCertificate(StoreList::Rejected, device("a").id())}) {
            told += result ? std::string{"done\n"} : fmt::format("{} {}\n", statusName(result.status()), result.error().message);
        }
        return told;
    });
    fs::permissions(folder / "trusted/certs", fs::perms::owner_all);
    fs::permissions(folder / "trusted/crl", fs::perms::owner_all);
    std::vector<std::string> lines;
    std::istringstream stream{outcome};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    REQUIRE(lines.size() == 5);
    CHECK(lines[0].starts_with("BadResourceUnavailable"));
    CHECK(contains(lines[0], (folder / "trusted/certs").string()));
    CHECK(lines[1].starts_with("BadResourceUnavailable"));
    CHECK(lines[2].starts_with("BadResourceUnavailable"));
    CHECK(contains(lines[2], file.string()));
    CHECK(lines[3].starts_with("BadResourceUnavailable"));
    CHECK(lines[4].starts_with("BadNotFound"));
}

#endif
