// Every call to the file system that changes something fails once in every way, and every one that looks at something with an error of
// the disk, every eighth in the other ways too; and the process dies at every step of every change.

#include <cerrno>
#include <set>

#include <sys/stat.h>

#include <uatrust/identity/application_identity.hpp>

#include "faults/system_calls.hpp"
#include "support/catch.hpp"
#include "unit/store/child_process.hpp"
#include "unit/store/store_support.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

namespace {

constexpr int kCodes[] = {ENOSPC, EIO, EACCES, EMFILE, EROFS, EINTR};

using Ids = std::set<std::string>;

// Seen is what a store that is opened anew finds.
struct Seen {
    std::map<std::string, Ids> lists{};
    std::string own{};
    std::size_t ownKeys = 0;
    std::string problems{};
    [[nodiscard]] Ids everything() const {
        Ids all;
        for (const auto& [name, ids] : lists) {
            if (name != "crls of trusted" && name != "crls of issuers") all.insert(ids.begin(), ids.end());
        }
        return all;
    }
};

Seen look(const fs::path& root) {
    DirectoryStore store{root};
    const auto snapshot = store.snapshot();
    Seen seen;
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
        const std::string name{storeListName(list)};
        for (const auto& stored : snapshot->certificates(list)) seen.lists[name].insert(stored.certificate.subject().commonName());
        if (list == StoreList::Rejected) continue;
        for (const auto& stored : snapshot->crls(list)) seen.lists["crls of " + name].insert(stored.crl.thumbprint().text());
    }
    const auto own = valueOf(store.loadOwn());
    for (const auto& chain : own.chains) {
        if (!chain.preferred) continue;
        const auto& leaf = chain.chain.front();
        seen.own = leaf.subject().commonName();
        seen.ownKeys = static_cast<std::size_t>(std::count_if(
            own.keys.begin(), own.keys.end(), [&](const StoredKey& stored) { return stored.key.publicKey() == leaf.publicKey(); }));
    }
    for (const auto& problem : snapshot->problems()) seen.problems += problem.source + ": " + problem.message + "\n";
    for (const auto& problem : own.problems) seen.problems += problem.source + ": " + problem.message + "\n";
    return seen;
}

// Everything on disk that a store that is opened anew can go by. What two folders with the same picture hold is the same.
std::string pictureOf(const fs::path& root) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
        if (entry.path().filename() == ".uatrust.lock") continue;
        auto& text = files[entry.path().lexically_relative(root).string()];
        text = std::to_string(static_cast<unsigned>(entry.status().permissions()));
        if (entry.is_regular_file()) text += readFile(entry.path());
    }
    std::string picture;
    for (const auto& [name, text] : files) picture += name + '\0' + text + '\0';
    return picture;
}

// The first key, finished or not, or folder of keys that somebody else could open; empty when there is none.
std::string openToOthers(const fs::path& root) {
    const auto keys = root / "own/private";
    struct stat status {};
    if (::lstat(keys.c_str(), &status) != 0) return {};
    if ((status.st_mode & 077U) != 0) return keys.string();
    for (const auto& entry : fs::directory_iterator{keys}) {
        if (::lstat(entry.path().c_str(), &status) == 0 && (status.st_mode & 0177U) != 0) return entry.path().string();
    }
    return {};
}

std::string leftBehind(const fs::path& root) {
    for (const auto& entry : fs::recursive_directory_iterator{root}) {
        if (entry.path().extension() == ".tmp") return entry.path().string();
    }
    return {};
}

// Change is one change that a caller makes; true when it was acknowledged.
struct Change {
    std::string name;
    std::function<Result<void>(DirectoryStore&)> make;
};

ForgedCert nextOwn() { return forgeCertificate({.cn = "next", .keyName = "p256", .keyIndex = 7}); }

const std::vector<Change>& changes() {
    static const auto next = nextOwn();
    static const auto newCrl = crlOf(authority("New CA"));
    static const auto record = device("new record");
    static const auto nextKey = privateKeyOf(next.key);
    static const std::vector<Change> all{
        {"create", [](DirectoryStore& store) { return store.create(); }},
        {"add", [](DirectoryStore& store) { return store.addCertificate(StoreList::Trusted, device("new")); }},
        {"remove", [](DirectoryStore& store) { return store.removeCertificate(StoreList::Trusted, device("twice").id()); }},
        {"trust", [](DirectoryStore& store) { return store.moveCertificate(device("r2").id(), StoreList::Rejected, StoreList::Trusted); }},
        {"distrust",
         [](DirectoryStore& store) { return store.moveCertificate(device("twice").id(), StoreList::Trusted, StoreList::Rejected); }},
        {"add a CRL", [](DirectoryStore& store) { return store.addCrl(StoreList::Issuers, newCrl); }},
        {"file",
         [](DirectoryStore& store) {
             const auto filed = store.fileRejected(record);
             return filed ? Result<void>{} : Result<void>{filed.error()};
         }},
        {"save the own pair", [](DirectoryStore& store) { return store.saveOwn({parsed(next)}, nextKey); }},
    };
    return all;
}

DirectoryStoreOptions options() { return {.maxRejected = 2}; }

// Folders of a store in use, and copies of them to make changes in.
class Template {
public:
    Template() {
        DirectoryStore store{folder_.path(), options()};
        REQUIRE(store.create());
        drop(folder_ / "trusted/certs/twice.der", device("twice"));
        writeFile(folder_ / "trusted/certs/bundle.pem",
                  forgePem("CERTIFICATE", device("a").der()) + forgePem("CERTIFICATE", device("twice").der()));
        writeFile(folder_ / "trusted/crl/plant.crl", crlOf(authority("Plant CA")).der());
        REQUIRE(*store.fileRejected(device("r1")));
        REQUIRE(*store.fileRejected(device("r2")));
        REQUIRE(store.saveOwn({device("first")}, privateKeyOf(forgeKey("p256"))));
        (void)changes();
        for (const auto* name : {"new", "new record"}) (void)device(name);
        fs::remove(folder_ / ".uatrust.lock");
        fs::remove(folder_ / "issuers/crl");  // one folder is still to be made
    }
    void copyTo(const fs::path& root) const {
        fs::remove_all(root);
        // A store never writes into a file that is there: hard links do.
        fs::copy(folder_.path(), root, fs::copy_options::recursive | fs::copy_options::create_hard_links);
    }

private:
    TempFolder folder_{};
};

bool isWithin(const Ids& small, const Ids& large) { return std::includes(large.begin(), large.end(), small.begin(), small.end()); }

// What is wrong after a change that was acknowledged or not; empty when nothing is.
std::string faultIn(Seen now, Seen before, Seen after, bool acknowledged) {
    if (!now.problems.empty()) return "problems: " + now.problems;
    for (auto* seen : {&now, &before, &after}) {
        for (const auto* name : {"trusted", "issuers", "rejected", "crls of trusted", "crls of issuers"}) (void)seen->lists[name];
    }
    for (const auto& [name, ids] : now.lists) {
        Ids both;
        Ids either = before.lists[name];
        std::set_intersection(either.begin(), either.end(), after.lists[name].begin(), after.lists[name].end(),
                              std::inserter(both, both.end()));
        either.insert(after.lists[name].begin(), after.lists[name].end());
        if (!isWithin(both, ids)) return "lost from " + name;
        if (!isWithin(ids, either)) return "appeared in " + name;
        if (acknowledged && ids != after.lists[name]) return "acknowledged, but not done in " + name;
    }
    Ids kept;
    const auto was = before.everything();
    const auto willBe = after.everything();
    std::set_intersection(was.begin(), was.end(), willBe.begin(), willBe.end(), std::inserter(kept, kept.end()));
    if (!isWithin(kept, now.everything())) return "lost on the way from one list to another";
    if (now.own != before.own && now.own != after.own) return "the own certificate is " + now.own;
    if (acknowledged && now.own != after.own) return "acknowledged, but not the own certificate";
    if (now.ownKeys == 0) return "the own certificate has no key";
    return {};
}

std::string faultOf(const Error& error) { return error.message.empty() || error.remedy.empty() ? "an error without words" : ""; }

struct Bench {
    Template original{};
    TempFolder work{};
    const fs::path root = work / "pki";
    const mode_t mask = ::umask(0);  // nothing but our own care keeps others out
    ~Bench() { ::umask(mask); }

    [[nodiscard]] Seen before() {
        original.copyTo(root);
        return look(root);
    }
    [[nodiscard]] Seen after(const Change& change) {
        original.copyTo(root);
        DirectoryStore store{root, options()};
        const auto made = change.make(store);
        if (!made) throw std::runtime_error{made.error().text()};
        return look(root);
    }
    // What is wrong in the folder now, and when the change is made once more without hindrance: it comes to the same end.
    [[nodiscard]] std::string faultNow(const Change& change, const Seen& before, const Seen& after, bool acknowledged) {
        auto [known, isNew] = faults_.try_emplace({change.name, acknowledged, pictureOf(root)});
        if (!isNew) return known->second;
        auto& fault = known->second;
        fault = faultIn(look(root), before, after, acknowledged);
        if (fault.empty()) fault = openToOthers(root);
        if (!fault.empty()) return fault;
        DirectoryStore store{root, options()};
        const auto made = change.make(store);
        if (!made && made.status() != StatusCode::BadNotFound) return fault = "cannot be repeated: " + made.error().text();
        return fault = faultIn(look(root), before, after, true);
    }

private:
    std::map<std::tuple<std::string, bool, std::string>, std::string> faults_{};
};

}  // namespace

TEST_CASE("Whatever call fails in whatever way, a change is done, or not done and said to be so") {
    Bench bench;
    for (const auto& change : changes()) {
        const auto before = bench.before();
        const auto after = bench.after(change);
        long calls = 0;
        for (const int code : kCodes) {
            for (long at = 1;; ++at) {
                bench.original.copyTo(bench.root);
                Script script{.failAt = at, .code = code, .halfBefore = code == ENOSPC};
                std::string wide;
                script.before = [&] {
                    if (code == EIO && wide.empty()) wide = openToOthers(bench.root);
                };
                Result<void> made;
                {
                    DirectoryStore store{bench.root, options()};
                    const Injection injection{script};
                    made = change.make(store);
                }
                if (script.failed == nullptr) break;
                ++calls;
                const bool mayStay = std::string_view{script.failed} == "unlinkat";
                std::string fault = mayStay ? "" : leftBehind(bench.root);
                if (fault.empty() && !made) fault = faultOf(made.error());
                if (fault.empty() && !wide.empty()) fault = "others could open " + wide;
                if (fault.empty()) fault = bench.faultNow(change, before, after, made.ok());
                INFO(change.name << ", call " << at << " (" << script.failed << "), errno " << code << ": " << fault << "; "
                                 << (made ? "done" : made.error().message));
                REQUIRE(fault.empty());
            }
        }
        INFO(change.name);
        CHECK(calls > 20);
    }
}

TEST_CASE("At whatever step of a change the process is killed, the folder is as before or as after it") {
    Bench bench;
    for (const auto& change : changes()) {
        const auto before = bench.before();
        const auto after = bench.after(change);
        long steps = 0;
        for (bool killed = true; killed;) {
            ++steps;
            bench.original.copyTo(bench.root);
            ChildProcess child{Account::Same, [&]() -> std::string {
                                   DirectoryStore store{bench.root, options()};
                                   Script script{.killAt = steps};
                                   const Injection injection{script};
                                   return change.make(store) ? "done" : "refused";
                               }};
            killed = child.waitKilled();
            const auto fault = bench.faultNow(change, before, after, !killed);
            INFO(change.name << ", step " << steps << ": " << fault);
            REQUIRE(fault.empty());
        }
        INFO(change.name);
        CHECK(steps >= 3);
    }
}

namespace {

const FixedClock& clockOfForge() {
    static const FixedClock clock{kForgeNow};
    return clock;
}

Result<ApplicationIdentity> start(const fs::path& root) {
    DirectoryStore store{root};
    return ApplicationIdentity::loadOrCreate(store, {.applicationName = "Gateway",
                                                     .applicationUri = "urn:test:gateway",
                                                     .keyType = KeyType::NistP256,
                                                     .hostNames = HostNames{.dnsNames = {"localhost"}},
                                                     .clock = &clockOfForge()});
}

// The next start finds the pair that was there, completes it, or makes one.
std::string faultAfterStart(const fs::path& root, const std::string& acknowledged) {
    if (auto wide = openToOthers(root); !wide.empty()) return "others could open " + wide;
    Script undisturbed;  // takes no time to wait for another process
    const Injection injection{undisturbed};
    const auto again = start(root);
    if (!again) return "no next start: " + again.error().text();
    const auto found = again->certificate().thumbprint().text();
    if (!acknowledged.empty() && found != acknowledged) return "another pair than the one acknowledged";
    const auto third = start(root);
    return third && third->certificate().thumbprint().text() == found ? "" : "the pair does not stay";
}

}  // namespace

TEST_CASE("Whatever call fails at a first start, the next one has a pair") {
    const TempFolder work;
    const auto mask = ::umask(0);
    const auto root = work / "pki";
    for (const int code : kCodes) {
        for (long at = 1;; ++at) {
            fs::remove_all(root);
            Script script{.failAt = at, .code = code, .halfBefore = code == ENOSPC};
            std::string wide;
            script.before = [&] {
                if (wide.empty()) wide = openToOthers(root);
            };
            std::string acknowledged;
            std::string fault;
            {
                const Injection injection{script};
                const auto identity = start(root);
                if (identity) acknowledged = identity->certificate().thumbprint().text();
                if (!identity) fault = faultOf(identity.error());
            }
            if (script.failed == nullptr) break;
            if (!wide.empty()) fault = "others could open " + wide;
            if (fault.empty()) fault = faultAfterStart(root, acknowledged);
            INFO("call " << at << " (" << script.failed << "), errno " << code << ": " << fault);
            REQUIRE(fault.empty());
        }
    }
    ::umask(mask);
}

TEST_CASE("At whatever step of a first start the process is killed, the next one has a pair") {
    const TempFolder work;
    const auto mask = ::umask(0);
    const auto root = work / "pki";
    long steps = 0;
    for (bool killed = true; killed;) {
        ++steps;
        fs::remove_all(root);
        ChildProcess child{Account::Same, [&]() -> std::string {
                               Script script{.killAt = steps};
                               const Injection injection{script};
                               const auto identity = start(root);
                               return identity ? identity->certificate().thumbprint().text() : "";
                           }};
        killed = child.waitKilled();
        const auto fault = faultAfterStart(root, killed ? "" : child.text());
        INFO("step " << steps << ": " << fault);
        REQUIRE(fault.empty());
    }
    CHECK(steps > 10);
    ::umask(mask);
}
