#ifndef _WIN32  // several processes on one folder

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <thread>

#include <uatrust/validation/validator.hpp>

#include "support/catch.hpp"
#include "unit/store/child_process.hpp"
#include "unit/store/store_support.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// Several processes with several threads each change one folder and judge by it. Each thread has certificates of its own, so
// that what it was told has to be so, whatever the others do; some lie in one bundle with those of the others.
namespace {

constexpr int kProcesses = 3;
constexpr int kThreads = 2;
constexpr int kOwn = 4;  // certificates of each thread
constexpr int kRounds = 30;

// A soak: UATRUST_STRESS_ROUNDS=5000, say.
int rounds() {
    const char* given = std::getenv("UATRUST_STRESS_ROUNDS");
    const int number = given == nullptr ? 0 : std::atoi(given);
    return number > 0 ? number : kRounds;
}

DirectoryStoreOptions patient() {
    return {.maxRejected = 1000, .lockTimeout = std::chrono::minutes{5}, .filingTimeout = std::chrono::minutes{5}};
}

std::string nameOf(int worker, int number) { return "plc " + std::to_string(worker) + "." + std::to_string(number); }

std::string_view listName(std::optional<StoreList> list) { return list ? storeListName(*list) : std::string_view{"no"}; }

// What one thread does, and what it has to find then. The first thing that is wrong ends it.
class Worker {
public:
    Worker(const fs::path& root, int number) : number_{number}, random_{static_cast<unsigned>(number) + 1}, store_{root, patient()} {
        where_.assign(kOwn, std::nullopt);
        where_[0] = StoreList::Issuers;  // in the bundle
        for (int i = 0; i < kOwn; ++i) certificates_.push_back(device(nameOf(number, i)));
    }

    void run(CertificateValidator& validator) {
        for (int round = 0; round < rounds() && fault_.empty(); ++round) step(validator);
    }

    // "<certificate>\t<list>\n" for each of its certificates.
    [[nodiscard]] std::string result() const {
        if (!fault_.empty()) return "fault\t" + fault_ + "\n";
        std::string text;
        for (std::size_t i = 0; i < certificates_.size(); ++i) {
            text += nameOf(number_, static_cast<int>(i)) + "\t" + std::string{listName(where_[i])} + "\n";
        }
        return text;
    }

private:
    void step(CertificateValidator& validator) {
        const auto at = random_() % certificates_.size();
        const auto& certificate = certificates_[at];
        auto& where = where_[at];
        if (!where) {
            random_() % 2 == 0 ? add(certificate, where) : refuse(validator, certificate, where);
        } else if (random_() % 3 == 0) {
            expect(store_.removeCertificate(*where, certificate.id()), "remove");
            where.reset();
        } else {
            const auto to = random_() % 2 == 0              ? StoreList::Trusted
                            : *where == StoreList::Rejected ? StoreList::Issuers
                                                            : StoreList::Rejected;
            expect(store_.moveCertificate(certificate.id(), *where, to), "move");
            where = to;
        }
        look(validator, certificate, where);
    }

    void add(const Certificate& certificate, std::optional<StoreList>& where) {
        expect(store_.addCertificate(StoreList::Trusted, certificate), "add");
        where = StoreList::Trusted;
    }

    // A refused validation files the certificate.
    void refuse(CertificateValidator& validator, const Certificate& certificate, std::optional<StoreList>& where) {
        const auto verdict = validator.validate({.certificate = certificate.der()});
        if (verdict.accepted()) fault_ = "a stranger was accepted";
        where = StoreList::Rejected;
    }

    void look(CertificateValidator& validator, const Certificate& certificate, std::optional<StoreList> where) {
        const auto snapshot = store_.snapshot();
        for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
            const bool there = snapshot->find(list, certificate.id()) != nullptr;
            if (there != (where == list)) {
                fault_ = certificate.subject().commonName() + (there ? " is in " : " is not in ") + std::string{storeListName(list)} +
                         ", and has to be in " + std::string{listName(where)};
            }
        }
        const auto verdict = validator.validate({.certificate = certificate.der(), .fileRejected = false});
        if (verdict.accepted() != (where == StoreList::Trusted)) fault_ = "a verdict that is not of this state";
    }

    void expect(const Result<void>& result, const char* what) {
        if (!result && fault_.empty()) fault_ = std::string{what} + ": " + result.error().text();
    }

    int number_;
    std::minstd_rand random_;
    DirectoryStore store_;
    std::vector<Certificate> certificates_{};
    std::vector<std::optional<StoreList>> where_{};
    std::string fault_{};
};

// The threads of one process share one validator, with a store of its own, as a server has it.
std::string work(const fs::path& root, int process) {
    DirectoryStore store{root, patient()};
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    CertificateValidator validator{store, policy, clock};
    std::vector<std::unique_ptr<Worker>> workers;
    for (int i = 0; i < kThreads; ++i) workers.push_back(std::make_unique<Worker>(root, process * kThreads + i));
    std::vector<std::thread> threads;
    for (auto& worker : workers) threads.emplace_back([&worker, &validator] { worker->run(validator); });
    for (auto& thread : threads) thread.join();
    std::string text;
    for (const auto& worker : workers) text += worker->result();
    return text;
}

// What has to be where, before the first change: one bundle with a certificate of every thread.
void prepare(const fs::path& root, int workers) {
    DirectoryStore store{root};
    REQUIRE(store.create());
    std::string bundle;
    for (int worker = 0; worker < workers; ++worker) {
        for (int i = 0; i < kOwn; ++i) (void)device(nameOf(worker, i));
        bundle += forgePem("CERTIFICATE", device(nameOf(worker, 0)).der());
    }
    writeFile(root / "issuers/certs/bundle.pem", bundle);
}

void checkEnd(const fs::path& root, const std::string& told) {
    DirectoryStore store{root};
    const auto snapshot = store.snapshot();
    CHECK(snapshot->problems().empty());
    std::istringstream lines{told};
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        const auto name = line.substr(0, tab);
        INFO(line);
        REQUIRE(name != "fault");
        std::string there;
        for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
            if (snapshot->find(list, device(name).id()) != nullptr) there += storeListName(list);
        }
        CHECK((there.empty() ? "no" : there) == line.substr(tab + 1));
    }
    for (const auto& entry : fs::recursive_directory_iterator{root}) CHECK(entry.path().extension() != ".tmp");
}

}  // namespace

TEST_CASE("Processes and threads that change one folder and judge by it end where they were told to be") {
    const TempFolder folder;
    prepare(folder.path(), kProcesses * kThreads);
    std::vector<std::unique_ptr<ChildProcess>> children;
    for (int i = 0; i < kProcesses; ++i) {
        children.push_back(std::make_unique<ChildProcess>(Account::Same, [&folder, i] { return work(folder.path(), i); }));
    }
    std::string told;
    for (auto& child : children) told += child->wait();
    CHECK(std::count(told.begin(), told.end(), '\n') == kProcesses * kThreads * kOwn);
    checkEnd(folder.path(), told);
}

TEST_CASE("Threads of one process that change one folder and judge by it end where they were told to be", "[threads]") {
    const TempFolder folder;
    prepare(folder.path(), kThreads);
    const auto told = work(folder.path(), 0);
    CHECK(std::count(told.begin(), told.end(), '\n') == kThreads * kOwn);
    checkEnd(folder.path(), told);
}

#endif
