#include <random>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// A snapshot that is made of the one before says the same as one that is made of all files.
namespace {

constexpr std::size_t kCertificates = 600;

const std::vector<Certificate>& certificates() {
    static const auto made = [] {
        std::vector<Certificate> all;
        for (std::size_t i = 0; i < kCertificates; ++i) all.push_back(device("listed " + std::to_string(i)));
        return all;
    }();
    return made;
}

std::vector<std::string> sources(const auto& entries) {
    std::vector<std::string> all;
    for (const auto& entry : entries) all.push_back(entry.source);
    return all;
}

void requireSame(const TrustSnapshot& a, const TrustSnapshot& b) {
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected}) {
        REQUIRE(sources(a.certificates(list)) == sources(b.certificates(list)));
        REQUIRE(sources(a.crls(list)) == sources(b.crls(list)));
        bool same = true;
        for (const auto& certificate : certificates()) {
            const auto* inA = a.find(list, certificate.id());
            const auto* inB = b.find(list, certificate.id());
            same = same && (inA == nullptr) == (inB == nullptr) && (inA == nullptr || inA->source == inB->source);
            const auto named = a.findBySubject(list, certificate.subject());
            same = same && named.size() == (inA == nullptr ? 0U : 1U) && (named.empty() || named.front() == inA);
        }
        REQUIRE(same);
    }
    REQUIRE(std::equal(a.problems().begin(), a.problems().end(), b.problems().begin(), b.problems().end()));
    REQUIRE(a.allCrlsRead() == b.allCrlsRead());
}

// Whatever happens to one file at a time, with the same certificates in many files and lists.
class Disorder {
public:
    explicit Disorder(fs::path root) : root_{std::move(root)} {}

    void step() {
        const auto file = root_ / pick({"trusted/certs", "issuers/certs", "rejected"}) / ("file " + std::to_string(next(900)));
        switch (next(8)) {
            case 0:
                fs::remove(file);
                return;
            case 1:
                if (fs::exists(file)) fs::rename(file, root_ / pick({"trusted/certs", "rejected"}) / ("file " + std::to_string(next(900))));
                return;
            case 2:
                return writeFile(file, forgePem("CERTIFICATE", some().der()) + forgePem("CERTIFICATE", some().der()) + "x");
            case 3:
                return writeFile(file, "neither");
            case 4:
                return writeFile(root_ / pick({"trusted/crl", "issuers/crl"}) / std::to_string(next(5)), crl());
            case 5:
                fs::remove(root_ / pick({"trusted/crl", "issuers/crl"}) / std::to_string(next(5)));
                return;
            default:
                drop(file, some());
        }
    }

private:
    std::size_t next(std::size_t below) { return random_() % below; }
    std::string pick(const std::vector<std::string>& names) { return names[next(names.size())]; }
    const Certificate& some() { return certificates()[next(kCertificates)]; }
    std::string crl() { return next(3) == 0 ? "half a CRL" : std::string{asText(crlOf(issuer_, static_cast<long>(next(3))).der())}; }

    fs::path root_;
    std::mt19937 random_{7};
    ForgedCert issuer_ = authority("Plant CA");
};

}  // namespace

TEST_CASE("After any change a snapshot is the one that a new store would make") {
    const TempFolder folder;
    // More than are ever kept together, so that they are divided and joined again.
    for (std::size_t i = 0; i < kCertificates; ++i) drop(folder / "trusted/certs" / ("file " + std::to_string(i)), certificates()[i]);
    const bool denies = GENERATE(false, true);
    DirectoryStore store{folder.path(), {.rejectedDenies = denies, .watch = GENERATE(true, false)}};
    const auto anew = [&] { return DirectoryStore{folder.path(), {.rejectedDenies = denies, .watch = false}}.snapshot(); };
    REQUIRE(store.snapshot()->certificates(StoreList::Trusted).size() == kCertificates);
    Disorder disorder{folder.path()};
    for (int round = 0; round < 3; ++round) {
        for (int step = 0; step < 50; ++step) {
            disorder.step();
            (void)store.snapshot();
        }
        requireSame(*store.snapshot(), *anew());
    }
    // Down to nothing, one after the other.
    for (std::size_t i = 0; i < 900; ++i) {
        fs::remove(folder / "trusted/certs" / ("file " + std::to_string(i)));
        if (i % 10 == 0) (void)store.snapshot();
    }
    CHECK(store.snapshot()->certificates(StoreList::Trusted).empty());
    requireSame(*store.snapshot(), *anew());
}

TEST_CASE("Of equal certificates the first file counts, and the next one when that is gone") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    const auto source = [&] { return store.snapshot()->find(StoreList::Trusted, device("a").id())->source; };
    const auto at = [&](const char* name) { return (folder / "trusted/certs" / name).string(); };
    drop(at("m"), device("a"));
    CHECK(source() == at("m"));
    drop(at("z"), device("a"));
    CHECK(source() == at("m"));
    drop(at("c"), device("a"));
    CHECK(source() == at("c"));
    fs::remove(at("m"));
    CHECK(source() == at("c"));
    drop(at("c"), device("b"));
    CHECK(source() == at("z"));
    CHECK(store.snapshot()->certificates(StoreList::Trusted).size() == 2);
    CHECK(store.snapshot()->findBySubject(StoreList::Trusted, device("a").subject()).size() == 1);
    fs::remove(at("z"));
    CHECK(store.snapshot()->find(StoreList::Trusted, device("a").id()) == nullptr);
}

TEST_CASE("Where rejected denies, what is in both lists is not trusted until it has left the rejected one") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.rejectedDenies = true}};
    const auto bundle = folder / "trusted/certs/bundle.pem";
    const auto record = folder / "rejected/record.der";
    writeFile(bundle, forgePem("CERTIFICATE", device("a").der()) + forgePem("CERTIFICATE", device("b").der()));
    drop(folder / "trusted/certs/c.der", device("c"));
    const auto trusts = [&](const char* name) { return holds(store, StoreList::Trusted, device(name)); };
    REQUIRE((trusts("a") && trusts("b") && trusts("c")));

    drop(record, device("c"));
    CHECK_FALSE(trusts("c"));
    REQUIRE(store.snapshot()->problems().size() == 1);
    CHECK(store.snapshot()->problems().front().source == (folder / "trusted/certs/c.der").string());
    CHECK(contains(store.snapshot()->problems().front().message, record.string()));
    fs::remove(record);
    CHECK(trusts("c"));
    CHECK(store.snapshot()->problems().empty());

    drop(record, device("a"));
    CHECK_FALSE(trusts("a"));
    CHECK(trusts("b"));
    // It does not count, and its file is found all the same.
    REQUIRE(store.removeCertificate(StoreList::Trusted, device("a").id()));
    CHECK(store.snapshot()->problems().empty());
    fs::remove(record);
    CHECK_FALSE(trusts("a"));
    CHECK(trusts("b"));
}

TEST_CASE("A snapshot in use stays as it is, whatever is changed after it") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    for (int i = 0; i < 20; ++i) drop(folder / "trusted/certs" / std::to_string(i), certificates()[static_cast<std::size_t>(i)]);
    const auto before = store.snapshot();
    const auto* kept = before->find(StoreList::Trusted, certificates()[3].id());
    for (int i = 0; i < 20; ++i) {
        drop(folder / "trusted/certs" / std::to_string(i), device("other"));
        (void)store.snapshot();
    }
    CHECK(store.snapshot()->certificates(StoreList::Trusted).size() == 1);
    CHECK(before->certificates(StoreList::Trusted).size() == 20);
    CHECK(before->find(StoreList::Trusted, certificates()[3].id()) == kept);
    CHECK(kept->certificate == certificates()[3]);
}
