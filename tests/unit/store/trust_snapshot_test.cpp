#include <uatrust/store/trust_snapshot.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

StoredCertificate stored(const Certificate& certificate, const std::string& source) { return {certificate, source}; }

}  // namespace

TEST_CASE("Every list has the name of its folder") {
    CHECK(storeListName(StoreList::Trusted) == "trusted");
    CHECK(storeListName(StoreList::Issuers) == "issuers");
    CHECK(storeListName(StoreList::Rejected) == "rejected");
}

TEST_CASE("A snapshot finds a certificate in its own list only") {
    const TrustSnapshot snapshot{{.trusted = {stored(device("a"), "1"), stored(device("b"), "2")}, .rejected = {stored(device("c"), "3")}}};
    REQUIRE(snapshot.find(StoreList::Trusted, device("b").id()) != nullptr);
    CHECK(snapshot.find(StoreList::Trusted, device("b").id())->source == "2");
    CHECK(snapshot.find(StoreList::Trusted, device("c").id()) == nullptr);
    CHECK(snapshot.find(StoreList::Issuers, device("b").id()) == nullptr);
    REQUIRE(snapshot.find(StoreList::Rejected, device("c").id()) != nullptr);
    CHECK(snapshot.find(StoreList::Rejected, device("c").id())->certificate == device("c"));
    CHECK(snapshot.certificates(StoreList::Trusted).size() == 2);
    CHECK(snapshot.certificates(StoreList::Issuers).empty());
}

TEST_CASE("A certificate that lies in a list twice is one entry, the first") {
    const TrustSnapshot snapshot{
        {.trusted = {stored(device("a"), "1"), stored(device("b"), "2"), stored(device("a"), "3"), stored(device("a"), "4")},
         .issuers = {stored(device("a"), "5")}}};
    REQUIRE(snapshot.certificates(StoreList::Trusted).size() == 2);
    CHECK(snapshot.certificates(StoreList::Trusted)[0].source == "1");
    CHECK(snapshot.certificates(StoreList::Trusted)[1].source == "2");
    CHECK(snapshot.certificates(StoreList::Issuers).size() == 1);
}

TEST_CASE("A CRL that lies in a list twice is one entry") {
    const auto root = authority("Plant CA");
    const auto one = crlOf(root);
    const TrustSnapshot twice{{.trustedCrls = {{one, "1"}, {one, "2"}}, .issuerCrls = {{one, "3"}}}};
    REQUIRE(twice.crls(StoreList::Trusted).size() == 1);
    CHECK(twice.crls(StoreList::Trusted)[0].source == "1");
    CHECK(twice.crls(StoreList::Issuers).size() == 1);
}

TEST_CASE("All CAs of one name are found, in the order of the list") {
    const auto first = parsed(authority("Plant CA"));
    const auto other = parsed(authority("Other CA"));
    const auto second = parsed(authority("plant  ca"));
    const TrustSnapshot snapshot{{.issuers = {stored(second, "1"), stored(other, "2"), stored(first, "3")}}};
    const auto found = snapshot.findBySubject(StoreList::Issuers, first.subject());
    REQUIRE(found.size() == 2);
    CHECK(found[0]->source == "1");
    CHECK(found[1]->source == "3");
    CHECK(snapshot.findBySubject(StoreList::Trusted, first.subject()).empty());
    CHECK(snapshot.findBySubject(StoreList::Issuers, device("a").subject()).empty());
}

TEST_CASE("CRLs are found by issuer in both lists, those beside the trusted list first") {
    const auto root = authority("Plant CA");
    const auto other = authority("Other CA");
    const TrustSnapshot snapshot{{.trustedCrls = {{crlOf(other), "1"}, {crlOf(root), "2"}}, .issuerCrls = {{crlOf(root, 2), "3"}}}};
    const auto found = snapshot.findCrls(parsed(root).subject());
    REQUIRE(found.size() == 2);
    CHECK(found[0]->source == "2");
    CHECK(found[1]->source == "3");
    CHECK(snapshot.findCrls(device("a").subject()).empty());
    CHECK(snapshot.crls(StoreList::Rejected).empty());
}

TEST_CASE("A snapshot hands out its problems and its generation") {
    const TrustSnapshot snapshot{{.problems = {{"file", "is broken", "mend it"}}, .generation = 7}};
    REQUIRE(snapshot.problems().size() == 1);
    CHECK(snapshot.problems()[0] == StoreProblem{"file", "is broken", "mend it"});
    CHECK(snapshot.generation() == 7);
    CHECK(TrustSnapshot{{}}.problems().empty());
}

TEST_CASE("A list is a range that may be gone through in any direction") {
    const TrustSnapshot snapshot{{.trusted = {stored(device("a"), "1"), stored(device("b"), "2"), stored(device("c"), "3")}}};
    const auto list = snapshot.certificates(StoreList::Trusted);
    std::string forward;
    for (const auto& entry : list) forward += entry.source;
    CHECK(forward == "123");
    std::string backward;
    for (auto at = list.end(); at != list.begin();) backward += (--at)->source;
    CHECK(backward == "321");
    CHECK(list.end() - list.begin() == 3);
    CHECK(list.begin()[2].source == "3");
    CHECK(list.back().source == "3");
    CHECK(std::find_if(list.begin(), list.end(), [](const auto& entry) { return entry.source == "2"; }) == list.begin() + 1);
    CHECK(snapshot.certificates(StoreList::Issuers).begin() == snapshot.certificates(StoreList::Issuers).end());
}
