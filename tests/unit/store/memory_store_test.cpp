#include <uatrust/store/memory_store.hpp>

#include <thread>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

TEST_CASE("A new memory store is empty") {
    MemoryStore store;
    CHECK(store.snapshot()->certificates(StoreList::Trusted).empty());
    CHECK(store.snapshot()->problems().empty());
    CHECK(store.loadOwn()->chains.empty());
    CHECK(store.loadOwn()->keys.empty());
    CHECK_FALSE(store.ownLocation().empty());
}

TEST_CASE("A memory store adds, moves and removes certificates") {
    MemoryStore store;
    REQUIRE(store.addCertificate(StoreList::Rejected, device("a")));
    REQUIRE(store.moveCertificate(device("a").id(), StoreList::Rejected, StoreList::Trusted));
    CHECK(holds(store, StoreList::Trusted, device("a")));
    CHECK_FALSE(holds(store, StoreList::Rejected, device("a")));
    REQUIRE(store.removeCertificate(StoreList::Trusted, device("a").id()));
    CHECK_FALSE(holds(store, StoreList::Trusted, device("a")));
}

TEST_CASE("A memory store says when a certificate or CRL is not there") {
    MemoryStore store;
    const auto crl = crlOf(authority("Plant CA"));
    CHECK(store.removeCertificate(StoreList::Trusted, device("a").id()).status() == StatusCode::BadNotFound);
    CHECK(store.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Trusted).status() == StatusCode::BadNotFound);
    CHECK(store.removeCrl(StoreList::Trusted, crl.id()).status() == StatusCode::BadNotFound);
    CHECK(store.removeCrl(StoreList::Rejected, crl.id()).status() == StatusCode::BadNotFound);
    CHECK(store.addCrl(StoreList::Rejected, crl).status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("Moving a certificate of a memory store to where it is changes nothing") {
    MemoryStore store;
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    const auto before = store.snapshot();
    REQUIRE(store.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Trusted));
    CHECK(store.snapshot() == before);
}

TEST_CASE("A memory store keeps CRLs beside the list they were added to") {
    MemoryStore store;
    const auto crl = crlOf(authority("Plant CA"));
    REQUIRE(store.addCrl(StoreList::Issuers, crl));
    CHECK(store.snapshot()->crls(StoreList::Trusted).empty());
    REQUIRE(store.snapshot()->crls(StoreList::Issuers).size() == 1);
    const auto before = store.snapshot();
    REQUIRE(store.addCrl(StoreList::Issuers, crl));
    CHECK(store.snapshot() == before);
    REQUIRE(store.removeCrl(StoreList::Issuers, crl.id()));
    CHECK(store.snapshot()->crls(StoreList::Issuers).empty());
}

TEST_CASE("The generation of a memory store grows with its content, and only then") {
    MemoryStore store;
    const auto empty = store.snapshot();
    CHECK(store.snapshot() == empty);
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    const auto one = store.snapshot();
    CHECK(one->generation() > empty->generation());
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    CHECK(store.snapshot() == one);
    CHECK(empty->certificates(StoreList::Trusted).empty());
}

TEST_CASE("A memory store files a refused certificate once and keeps the newest ones") {
    MemoryStore store{3};
    for (const auto* name : {"a", "b", "c", "d"}) {
        CHECK(*store.fileRejected(device(name)));
        CHECK_FALSE(*store.fileRejected(device(name)));
    }
    CHECK(store.snapshot()->certificates(StoreList::Rejected).size() == 3);
    CHECK_FALSE(holds(store, StoreList::Rejected, device("a")));
    CHECK(holds(store, StoreList::Rejected, device("d")));
    REQUIRE(store.addCertificate(StoreList::Rejected, device("e")));
    CHECK(store.snapshot()->certificates(StoreList::Rejected).size() == 3);
}

TEST_CASE("A memory store files neither trusted certificates nor any when its bound is zero") {
    MemoryStore store;
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    CHECK_FALSE(*store.fileRejected(device("a")));
    CHECK(store.snapshot()->certificates(StoreList::Rejected).empty());
    MemoryStore none{0};
    CHECK_FALSE(*none.fileRejected(device("a")));
    CHECK(none.snapshot()->certificates(StoreList::Rejected).empty());
    REQUIRE(none.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(none.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Rejected));
    CHECK_FALSE(holds(none, StoreList::Trusted, device("a")));
}

TEST_CASE("A memory store keeps the own certificate, its key and the former ones") {
    MemoryStore store;
    const auto key = privateKeyOf(forgeKey("p256"));
    REQUIRE(store.saveOwn({device("first")}, key));
    REQUIRE(store.saveOwn({device("second")}, key));
    const auto own = *store.loadOwn();
    REQUIRE(own.chains.size() == 2);
    CHECK(own.keys.size() == 1);
    CHECK(own.chains[0].preferred);
    CHECK(own.chains[0].chain.front() == device("second"));
    CHECK_FALSE(own.chains[1].preferred);
    CHECK(own.chains[1].chain.front() == device("first"));
    REQUIRE(store.saveOwn({device("first")}, key));
    CHECK(store.loadOwn()->chains.size() == 2);
    CHECK(store.loadOwn()->chains[0].chain.front() == device("first"));
}

TEST_CASE("A memory store refuses an own certificate without its key") {
    MemoryStore store;
    const auto stranger = privateKeyOf(forgeKey("p256", 5));
    CHECK(store.saveOwn({device("a")}, stranger).status() == StatusCode::BadInvalidArgument);
    CHECK(store.saveOwn({}, stranger).status() == StatusCode::BadInvalidArgument);
    CHECK(store.loadOwn()->chains.empty());
    CHECK(store.loadOwn()->keys.empty());
}

TEST_CASE("A memory store may be read and changed by several threads at once", "[threads]") {
    MemoryStore store{10};
    std::vector<Certificate> devices;
    for (int i = 0; i < 8; ++i) devices.push_back(device("t" + std::to_string(i)));
    std::vector<std::thread> threads;
    for (const auto& certificate : devices) {
        threads.emplace_back([&store, certificate] {
            for (int round = 0; round < 20; ++round) {
                (void)store.fileRejected(certificate);
                (void)store.moveCertificate(certificate.id(), StoreList::Rejected, StoreList::Trusted);
                (void)store.snapshot()->find(StoreList::Trusted, certificate.id());
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(store.snapshot()->certificates(StoreList::Trusted).size() == devices.size());
}
