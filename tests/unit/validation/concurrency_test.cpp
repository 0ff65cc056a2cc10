// Many threads judge with one validator while the lists change. Each verdict has to be that of a state which the store had
// between the beginning and the end of the call: never a mixture of two, and never Good for whom no state trusts.

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include <uatrust/store/directory_store.hpp>

#include "support/temp_folder.hpp"
#include "unit/validation/properties.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

/// Everything that is moved about, and who is judged meanwhile.
struct Cast {
    ForgedCert root = forgeRoot("Root", {.keyPair = seededKey(0)});
    ForgedCert line = forgeIntermediate(root, "Line", {.keyPair = seededKey(1)});
    ForgedCert leaf = forgeLeaf(line, {.keyPair = seededKey(2)});
    ForgedCert stranger = forgeCertificate({.cn = "stranger", .keyPair = seededKey(3), .uris = {"urn:test:stranger"}});
    Bytes rootCrl = forgeCrl({.issuer = &root});
    Bytes lineCrl = forgeCrl({.issuer = &line});
    Bytes revoking = forgeCrl({.issuer = &line, .revoked = {revoked(leaf)}, .number = 2});
};

using Change = std::function<Result<void>(CertificateStore&)>;

/// A round of changes that ends as it begins: each one is an operation of a store, after which it has a state.
std::vector<Change> roundOf(const Cast& cast) {
    const auto move = [](const ForgedCert& who, StoreList from, StoreList to) -> Change {
        return [id = cert(who).id(), from, to](CertificateStore& store) { return store.moveCertificate(id, from, to); };
    };
    const auto add = [](const ForgedCert& who, StoreList list) -> Change {
        return [what = cert(who), list](CertificateStore& store) { return store.addCertificate(list, what); };
    };
    const auto remove = [](const ForgedCert& who, StoreList list) -> Change {
        return [id = cert(who).id(), list](CertificateStore& store) { return store.removeCertificate(list, id); };
    };
    const auto addList = [](const Bytes& der, StoreList list) -> Change {
        return [what = crl(der), list](CertificateStore& store) { return store.addCrl(list, what); };
    };
    const auto removeList = [](const Bytes& der, StoreList list) -> Change {
        return [id = crl(der).id(), list](CertificateStore& store) { return store.removeCrl(list, id); };
    };
    return {move(cast.root, StoreList::Trusted, StoreList::Issuers),   // nobody is trusted
            move(cast.root, StoreList::Issuers, StoreList::Trusted),   //
            addList(cast.revoking, StoreList::Issuers),                // the leaf is revoked
            move(cast.root, StoreList::Trusted, StoreList::Rejected),  // its chain has no end
            removeList(cast.revoking, StoreList::Issuers),             //
            move(cast.root, StoreList::Rejected, StoreList::Trusted),  //
            remove(cast.line, StoreList::Issuers),                     // its CA is missing
            add(cast.line, StoreList::Issuers),                        //
            removeList(cast.lineCrl, StoreList::Issuers),              // nothing is known of revocation
            addList(cast.lineCrl, StoreList::Trusted),                 //
            removeList(cast.lineCrl, StoreList::Trusted),              //
            addList(cast.lineCrl, StoreList::Issuers)};
}

void beginWith(CertificateStore& store, const Cast& cast) {
    store.addCertificate(StoreList::Trusted, cert(cast.root)).value();
    store.addCertificate(StoreList::Issuers, cert(cast.line)).value();
    store.addCrl(StoreList::Trusted, crl(cast.rootCrl)).value();
    store.addCrl(StoreList::Issuers, crl(cast.lineCrl)).value();
}

/// The status of the leaf in each state, the first one before any change.
std::vector<S> statusesOf(const Cast& cast, const std::vector<Change>& changes) {
    MemoryStore store;
    beginWith(store, cast);
    const StrictPolicy strict;
    const FixedClock clock{kForgeNow};
    const CertificateValidator validator{store, strict, clock};
    const auto now = [&] { return validator.validate({.certificate = cast.leaf.der, .fileRejected = false}).status(); };
    std::vector<S> statuses{now()};
    for (const auto& change : changes) {
        change(store).value();
        statuses.push_back(now());
    }
    return statuses;
}

struct Wrong {
    std::mutex mutex{};
    std::set<std::string> what{};
    void add(std::string text) {
        const std::scoped_lock lock{mutex};
        what.insert(std::move(text));
    }
};

// One thread changes, `judges` threads judge. A change that has begun may count, one that is complete has to.
void judgeWhileChanging(CertificateStore& store, int judges, int rounds) {
    const Cast cast;
    const auto changes = roundOf(cast);
    const auto statuses = statusesOf(cast, changes);
    REQUIRE(statuses.front() == S::Good);
    REQUIRE(statuses.back() == S::Good);
    REQUIRE(std::set<S>(statuses.begin(), statuses.end()).size() == 5);
    beginWith(store, cast);

    const StrictPolicy strict;
    const FixedClock clock{kForgeNow};
    const CertificateValidator validator{store, strict, clock};
    std::atomic<std::size_t> begun{0};
    std::atomic<std::size_t> complete{0};
    std::atomic<bool> done{false};
    std::atomic<int> judged{0};
    Wrong wrong;
    const auto judge = [&] {
        while (!done) {
            const auto from = complete.load();
            const auto verdict = validator.validate({.certificate = cast.leaf.der, .fileRejected = false});
            const auto to = begun.load();
            bool right = false;
            for (auto state = from; state <= to; ++state) right = right || statuses[state % changes.size()] == verdict.status();
            if (!right)
                wrong.add(std::string{statusName(verdict.status())} + " between states " + std::to_string(from) + " and " +
                          std::to_string(to));
            if (verdict.accepted() != verdict.trusted().has_value()) wrong.add("accepted without proof");
            const auto stranger = validator.validate({.certificate = cast.stranger.der});
            if (stranger.status() != S::BadCertificateUntrusted) wrong.add("a stranger: " + std::string{statusName(stranger.status())});
            ++judged;
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < judges; ++i) threads.emplace_back(judge);
    // Until everybody has seen something, however slow the machine is.
    for (int round = 0; round < rounds || judged.load() < 10 * judges; ++round) {
        for (const auto& change : changes) {
            ++begun;
            if (auto made = change(store); !made) wrong.add(made.error().text());
            ++complete;
        }
    }
    done = true;
    for (auto& thread : threads) thread.join();
    std::string report;
    for (const auto& each : wrong.what) report += each + '\n';
    CHECK(report.empty());
    if (!report.empty()) FAIL(report);
    CHECK(validator.validate({.certificate = cast.leaf.der}).accepted());
}

}  // namespace

TEST_CASE("verdicts on a memory store that changes are those of states it had", "[threads]") {
    MemoryStore store;
    judgeWhileChanging(store, 4, 40);
}

TEST_CASE("verdicts on a directory store that changes are those of states it had", "[threads]") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    judgeWhileChanging(store, 4, 6);
}

TEST_CASE("verdicts on a folder that another store changes are those of states it had", "[threads]") {
    // Two stores on one folder: as two processes are.
    class Elsewhere final : public CertificateStore {
    public:
        explicit Elsewhere(const std::filesystem::path& folder) : reader_{folder}, writer_{folder} {}
        std::shared_ptr<const TrustSnapshot> snapshot() override { return reader_.snapshot(); }
        Result<void> addCertificate(StoreList list, const Certificate& certificate) override {
            return writer_.addCertificate(list, certificate);
        }
        Result<void> removeCertificate(StoreList list, const CertificateId& id) override { return writer_.removeCertificate(list, id); }
        Result<void> moveCertificate(const CertificateId& id, StoreList from, StoreList to) override {
            return writer_.moveCertificate(id, from, to);
        }
        Result<void> addCrl(StoreList list, const Crl& crl) override { return writer_.addCrl(list, crl); }
        Result<void> removeCrl(StoreList list, const CertificateId& id) override { return writer_.removeCrl(list, id); }
        Result<bool> fileRejected(const Certificate& leaf) override { return reader_.fileRejected(leaf); }

    private:
        DirectoryStore reader_;
        DirectoryStore writer_;
    };
    const TempFolder folder;
    Elsewhere store{folder.path()};
    judgeWhileChanging(store, 4, 6);
}
