#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

TEST_CASE("All folders are created at first use") {
    for (int call = 0; call < 4; ++call) {
        const TempFolder folder;
        DirectoryStore store{folder / "pki/server"};
        CHECK_FALSE(fs::exists(folder / "pki"));
        switch (call) {
            case 0:
                REQUIRE(store.create());
                break;
            case 1:
                (void)store.snapshot();
                break;
            case 2:
                REQUIRE(store.loadOwn());
                break;
            default:
                REQUIRE(store.addCertificate(StoreList::Trusted, device("a")));
        }
        for (const auto* name : {"own/certs", "own/private", "trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl", "rejected"}) {
            INFO(name);
            CHECK(fs::is_directory(folder / "pki/server" / name));
        }
        CHECK_FALSE(fs::exists(folder / "pki/server/own/replaced"));
        CHECK_FALSE(fs::exists(folder / "pki/server/rejected/certs"));
        CHECK(store.snapshot()->problems().empty());
    }
}

TEST_CASE("A layout with other names is used for reading and writing") {
    const TempFolder folder;
    DirectoryStore store{
        folder.path(),
        {.layout = {.trustedCertificates = "ApplCerts/trusted/certs", .issuerCertificates = "issuer", .rejected = "rejected/certs"}}};
    drop(folder / "issuer/ca", device("a"));
    CHECK(holds(store, StoreList::Issuers, device("a")));
    REQUIRE(store.addCertificate(StoreList::Trusted, device("b")));
    CHECK(namesIn(folder / "ApplCerts/trusted/certs").size() == 1);
    REQUIRE(store.fileRejected(device("c")));
    CHECK(namesIn(folder / "rejected/certs").size() == 1);
    CHECK_FALSE(fs::exists(folder / "trusted/certs"));
}

TEST_CASE("The root is given back as it was given, and does not follow the working directory") {
    const TempFolder folder;
    const auto before = fs::current_path();
    fs::current_path(folder.path());
    DirectoryStore store{"pki"};
    CHECK(store.root() == fs::path{"pki"});
    fs::create_directory("elsewhere");
    fs::current_path(folder / "elsewhere");
    const auto created = store.create();
    fs::current_path(before);
    REQUIRE(created);
    CHECK(fs::is_directory(folder / "pki/trusted/certs"));
    CHECK(store.ownLocation() == (folder / "pki/own/certs").string());
}

TEST_CASE("A store without a folder says so and uses nothing") {
    DirectoryStore store{""};
    CHECK(store.create().status() == StatusCode::BadConfigurationError);
    CHECK(contains(store.create().error().message, "empty"));
    CHECK_FALSE(store.snapshot()->problems().empty());
    CHECK_FALSE(store.addCertificate(StoreList::Trusted, device("a")));
    CHECK_FALSE(store.fileRejected(device("a")));
    CHECK_FALSE(store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256"))));
}

TEST_CASE("A sub-folder certs of the rejected list is read as well") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    drop(folder / "rejected/certs/plc.der", device("a"));
    drop(folder / "rejected/other.der", device("b"));
    CHECK(holds(store, StoreList::Rejected, device("a")));
    CHECK(holds(store, StoreList::Rejected, device("b")));
    CHECK_FALSE(*store.fileRejected(device("a")));
    REQUIRE(store.moveCertificate(device("a").id(), StoreList::Rejected, StoreList::Trusted));
    CHECK(namesIn(folder / "rejected/certs").empty());
    CHECK(namesIn(folder / "trusted/certs") == std::vector<std::string>{"plc.der"});
}

TEST_CASE("A certificate under two names is one entry, and is removed under both") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    drop(folder / "trusted/certs/b.der", device("a"));
    drop(folder / "trusted/certs/a.der", device("a"));
    writeFile(folder / "trusted/certs/c.pem", forgePem("CERTIFICATE", device("a").der()));
    REQUIRE(store.snapshot()->certificates(StoreList::Trusted).size() == 1);
    CHECK(store.snapshot()->certificates(StoreList::Trusted)[0].source == (folder / "trusted/certs/a.der").string());
    REQUIRE(store.removeCertificate(StoreList::Trusted, device("a").id()));
    CHECK(namesIn(folder / "trusted/certs").empty());
    CHECK_FALSE(holds(store, StoreList::Trusted, device("a")));
}

TEST_CASE("At most 200 problems are kept, and the last one says how many more there are") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    for (int i = 0; i < 200; ++i) writeFile(folder / "trusted/certs" / ("bad" + std::to_string(i)), "x");
    drop(folder / "trusted/certs/good.der", device("a"));
    CHECK(store.snapshot()->problems().size() == 200);
    CHECK(contains(store.snapshot()->problems().back().message, "neither DER nor PEM"));
    for (int i = 0; i < 51; ++i) writeFile(folder / "trusted/crl" / ("bad" + std::to_string(i)), "x");
    const auto snapshot = store.snapshot();
    REQUIRE(snapshot->problems().size() == 200);
    CHECK(contains(snapshot->problems().back().message, "52 more"));
    CHECK(snapshot->problems().back().source == folder.path().string());
    CHECK(snapshot->find(StoreList::Trusted, device("a").id()) != nullptr);
}

TEST_CASE("What is wrong with a folder is told before what is wrong with files") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    for (int i = 0; i < 300; ++i) writeFile(folder / "trusted/certs" / ("bad" + std::to_string(i)), "x");
    writeFile(folder / "issuers/crl", "a file in place of the folder");
    REQUIRE(store.snapshot()->problems().size() == 200);
    CHECK(store.snapshot()->problems().front().source == (folder / "issuers/crl").string());
}

TEST_CASE("One bad file among many disables none of them") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    for (int i = 0; i < 99; ++i) drop(folder / "trusted/certs" / (std::to_string(i) + ".der"), device("many " + std::to_string(i)));
    writeFile(folder / "trusted/certs/50a.der", std::string(100, '\0'));
    CHECK(store.snapshot()->certificates(StoreList::Trusted).size() == 99);
    CHECK(store.snapshot()->problems().size() == 1);
}
