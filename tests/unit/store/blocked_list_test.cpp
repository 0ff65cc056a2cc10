#include <uatrust/store/memory_store.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// The list of those who stay out.
namespace {

const Refusal kRefusal{.at = Instant{std::chrono::hours{500'000}}, .status = StatusCode::BadCertificateUntrusted};

void checkList(CertificateStore& store) {
    REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
    REQUIRE(store.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Blocked));
    CHECK(holds(store, StoreList::Blocked, device("a")));
    CHECK_FALSE(holds(store, StoreList::Trusted, device("a")));
    CHECK(store.snapshot()->findBlocked(device("a")) != nullptr);
    CHECK(store.snapshot()->findBlocked(device("b")) == nullptr);
    CHECK(store.snapshot()->allBlockedRead());
    CHECK(store.addCrl(StoreList::Blocked, crlOf(authority("Plant CA"))).status() == StatusCode::BadInvalidArgument);
    CHECK_FALSE(store.removeCrl(StoreList::Blocked, crlOf(authority("Plant CA")).id()));
    CHECK_FALSE(*store.fileRejected(device("a")));
    CHECK(store.recordRefusal(device("a"), kRefusal).value() == Filing::Known);
    CHECK_FALSE(holds(store, StoreList::Rejected, device("a")));
    REQUIRE(store.refusals().records.size() == 1);
    REQUIRE(store.removeCertificate(StoreList::Blocked, device("a").id()));
    CHECK(store.snapshot()->certificates(StoreList::Blocked).empty());
}

}  // namespace

TEST_CASE("Both stores have a blocked list, and do not file its certificates again") {
    CHECK(storeListName(StoreList::Blocked) == "blocked");
    MemoryStore memory;
    checkList(memory);
    const TempFolder folder;
    DirectoryStore directory{folder.path()};
    checkList(directory);
}

TEST_CASE("The folder of the blocked list is made when something is blocked, and what an operator puts there counts") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.create());
    CHECK_FALSE(fs::exists(folder / "blocked"));
    CHECK(store.snapshot()->allBlockedRead());
    drop(folder / "blocked/certs/thief.crt", device("thief"));
    CHECK(holds(store, StoreList::Blocked, device("thief")));
    REQUIRE(store.moveCertificate(device("thief").id(), StoreList::Blocked, StoreList::Rejected));
    CHECK(namesIn(folder / "rejected") == std::vector<std::string>{"thief.crt"});
}

TEST_CASE("A layout without a folder for blocked certificates blocks none and says so") {
    const TempFolder folder;
    DirectoryLayout layout;
    layout.blocked = "";
    DirectoryStore store{folder.path(), {.layout = layout}};
    CHECK(store.addCertificate(StoreList::Blocked, device("a")).status() == StatusCode::BadNotSupported);
    CHECK(store.snapshot()->allBlockedRead());
}

TEST_CASE("What cannot be read among the blocked certificates is told apart from what blocks nobody") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    writeFile(folder / "blocked/certs/README.txt", "Who is in here stays out.");
    CHECK(store.snapshot()->allBlockedRead());
    CHECK_FALSE(problemAbout(store, "README.txt").message.empty());
    fs::create_symlink(folder / "nowhere.der", folder / "blocked/certs/link.der");
    CHECK_FALSE(store.snapshot()->allBlockedRead());
    CHECK_FALSE(problemAbout(store, "link.der").message.empty());
    fs::remove(folder / "blocked/certs/link.der");
    CHECK(store.snapshot()->allBlockedRead());
    fs::remove_all(folder / "blocked/certs");
    writeFile(folder / "blocked/certs", "a file where a folder belongs");
    CHECK_FALSE(store.snapshot()->allBlockedRead());
}
