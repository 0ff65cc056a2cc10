#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// How the store writes: names, content, and what happens to the files of others.
namespace {

using Names = std::vector<std::string>;

struct Store {
    TempFolder folder{};
    DirectoryStore directory{folder.path()};
    const fs::path trusted = folder / "trusted/certs";
    const fs::path issuers = folder / "issuers/certs";
    const fs::path rejected = folder / "rejected";
    Store() { REQUIRE(directory.create()); }
    [[nodiscard]] bool has(StoreList list, const Certificate& certificate) { return holds(directory, list, certificate); }
};

std::string pemOf(const Certificate& certificate) { return forgePem("CERTIFICATE", certificate.der()); }

}  // namespace

TEST_CASE("A certificate is added in DER under the name of certificateFileName()") {
    Store store;
    REQUIRE(store.directory.addCertificate(StoreList::Trusted, device("a")));
    const auto name = certificateFileName(device("a"));
    CHECK(namesIn(store.trusted) == Names{name});
    CHECK(equalBytes(readBytes(store.trusted / name), device("a").der()));
    CHECK(store.has(StoreList::Trusted, device("a")));
    REQUIRE(store.directory.addCertificate(StoreList::Issuers, device("b")));
    REQUIRE(store.directory.addCertificate(StoreList::Rejected, device("c")));
    CHECK(store.has(StoreList::Issuers, device("b")));
    CHECK(namesIn(store.rejected) == Names{certificateFileName(device("c"))});
}

TEST_CASE("Adding a certificate that is there under any name changes nothing") {
    Store store;
    drop(store.trusted / "plc.der", device("a"));
    const auto before = store.directory.snapshot();
    REQUIRE(store.directory.addCertificate(StoreList::Trusted, device("a")));
    CHECK(namesIn(store.trusted) == Names{"plc.der"});
    CHECK(store.directory.snapshot() == before);
}

TEST_CASE("A name that is taken by something else is left alone") {
    Store store;
    const auto name = certificateFileName(device("a"));
    const auto stem = fs::path{name}.stem().string();
    drop(store.trusted / name, device("b"));
    writeFile(store.trusted / (stem + " (2).der"), "no certificate");
    REQUIRE(store.directory.addCertificate(StoreList::Trusted, device("a")));
    CHECK(namesIn(store.trusted) == Names{stem + " (2).der", stem + " (3).der", name});
    CHECK(readFile(store.trusted / (stem + " (2).der")) == "no certificate");
    CHECK(store.has(StoreList::Trusted, device("a")));
    CHECK(store.has(StoreList::Trusted, device("b")));
}

TEST_CASE("Adding gives up when a hundred names are taken") {
    Store store;
    const auto stem = fs::path{certificateFileName(device("a"))}.stem().string();
    writeFile(store.trusted / (stem + ".der"), "x");
    for (int i = 2; i < 100; ++i) writeFile(store.trusted / (stem + " (" + std::to_string(i) + ").der"), "x");
    const auto added = store.directory.addCertificate(StoreList::Trusted, device("a"));
    CHECK(added.status() == StatusCode::BadInvalidState);
    CHECK_FALSE(added.error().remedy.empty());
    CHECK(namesIn(store.trusted).size() == 99);
}

TEST_CASE("Removing a certificate that is not there says so") {
    Store store;
    drop(store.trusted / "plc.der", device("a"));
    CHECK(store.directory.removeCertificate(StoreList::Trusted, device("b").id()).status() == StatusCode::BadNotFound);
    CHECK(store.directory.removeCertificate(StoreList::Issuers, device("a").id()).status() == StatusCode::BadNotFound);
    CHECK(store.has(StoreList::Trusted, device("a")));
}

TEST_CASE("Out of a PEM bundle only the one certificate is cut, every other octet stays") {
    Store store;
    const auto file = store.issuers / "bundle.pem";
    const auto key = forgeKey("p256").pem();
    const std::string before = "# our CAs\r\n" + pemOf(device("a"));
    const std::string behind = "# the old one\n" + pemOf(device("c")) + "Bag Attributes\n" + key + "# end";
    writeFile(file, before + pemOf(device("b")) + behind + pemOf(device("b")));
    REQUIRE(store.directory.removeCertificate(StoreList::Issuers, device("b").id()));
    CHECK(readFile(file) == before + behind);
    CHECK_FALSE(store.has(StoreList::Issuers, device("b")));
    CHECK(store.has(StoreList::Issuers, device("a")));
    CHECK(store.has(StoreList::Issuers, device("c")));
}

TEST_CASE("Out of certificates side by side in DER only the one is cut") {
    Store store;
    const auto join = [](const Certificate& x, const Certificate& y) {
        return std::string{asText(x.der())} + std::string{asText(y.der())};
    };
    const auto file = store.trusted / "bundle.der";
    writeFile(file, join(device("a"), device("b")) + std::string{asText(device("c").der())});
    REQUIRE(store.directory.removeCertificate(StoreList::Trusted, device("b").id()));
    CHECK(readFile(file) == join(device("a"), device("c")));
    REQUIRE(store.directory.removeCertificate(StoreList::Trusted, device("a").id()));
    REQUIRE(store.directory.removeCertificate(StoreList::Trusted, device("c").id()));
    CHECK_FALSE(fs::exists(file));
}

TEST_CASE("A file in which only text is left is removed, one with a private key is not") {
    Store store;
    const auto key = forgeKey("p256").pem();
    writeFile(store.trusted / "plc.pem", "subject=plc\n" + pemOf(device("a")));
    writeFile(store.trusted / "pair.pem", key + pemOf(device("a")));
    REQUIRE(store.directory.removeCertificate(StoreList::Trusted, device("a").id()));
    CHECK(namesIn(store.trusted) == Names{"pair.pem"});
    CHECK(readFile(store.trusted / "pair.pem") == key);
}

TEST_CASE("A moved file keeps its name and every octet") {
    Store store;
    const auto content = "from the vendor\n" + pemOf(device("a"));
    writeFile(store.rejected / "Pump 4 (hall 2).crt", content);
    REQUIRE(store.directory.moveCertificate(device("a").id(), StoreList::Rejected, StoreList::Trusted));
    CHECK(namesIn(store.rejected).empty());
    CHECK(namesIn(store.trusted) == Names{"Pump 4 (hall 2).crt"});
    CHECK(readFile(store.trusted / "Pump 4 (hall 2).crt") == content);
}

TEST_CASE("A moved file whose name is taken gets a number") {
    Store store;
    drop(store.rejected / "plc.der", device("a"));
    drop(store.trusted / "plc.der", device("b"));
    REQUIRE(store.directory.moveCertificate(device("a").id(), StoreList::Rejected, StoreList::Trusted));
    CHECK(namesIn(store.trusted) == Names{"plc (2).der", "plc.der"});
    CHECK(store.has(StoreList::Trusted, device("a")));
    CHECK(store.has(StoreList::Trusted, device("b")));
}

TEST_CASE("Of a file with several certificates only the one asked for moves") {
    Store store;
    writeFile(store.rejected / "all.pem", pemOf(device("a")) + pemOf(device("b")));
    REQUIRE(store.directory.moveCertificate(device("a").id(), StoreList::Rejected, StoreList::Trusted));
    CHECK(readFile(store.rejected / "all.pem") == pemOf(device("b")));
    CHECK(namesIn(store.trusted) == Names{certificateFileName(device("a"))});
    CHECK(equalBytes(readBytes(store.trusted / certificateFileName(device("a"))), device("a").der()));
    CHECK_FALSE(store.has(StoreList::Trusted, device("b")));
}

TEST_CASE("Moving takes every copy out of the list it leaves, and leaves one where it is already") {
    Store store;
    drop(store.trusted / "plc.der", device("a"));
    drop(store.trusted / "copy.der", device("a"));
    drop(store.rejected / "known.der", device("a"));
    REQUIRE(store.directory.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Rejected));
    CHECK(namesIn(store.trusted).empty());
    CHECK(namesIn(store.rejected) == Names{"known.der"});
}

TEST_CASE("Moving a certificate that is not there, or to where it is, changes nothing") {
    Store store;
    drop(store.trusted / "plc.der", device("a"));
    CHECK(store.directory.moveCertificate(device("b").id(), StoreList::Trusted, StoreList::Rejected).status() == StatusCode::BadNotFound);
    CHECK(store.directory.moveCertificate(device("a").id(), StoreList::Rejected, StoreList::Trusted).status() == StatusCode::BadNotFound);
    REQUIRE(store.directory.moveCertificate(device("a").id(), StoreList::Trusted, StoreList::Trusted));
    CHECK(namesIn(store.trusted) == Names{"plc.der"});
}

TEST_CASE("CRLs are added and removed beside their list") {
    Store store;
    const auto crl = crlOf(authority("Plant CA"));
    REQUIRE(store.directory.addCrl(StoreList::Trusted, crl));
    REQUIRE(store.directory.addCrl(StoreList::Trusted, crl));
    const auto names = namesIn(store.folder / "trusted/crl");
    CHECK(names == Names{"Plant CA [" + crl.thumbprint().text() + "].crl"});
    REQUIRE(names.size() == 1);
    CHECK(equalBytes(readBytes(store.folder / "trusted/crl" / names.front()), crl.der()));
    CHECK(store.directory.snapshot()->crls(StoreList::Trusted).size() == 1);
    writeFile(store.folder / "trusted/crl/copy.pem", forgePem("X509 CRL", crl.der()));
    CHECK(store.directory.snapshot()->crls(StoreList::Trusted).size() == 1);
    REQUIRE(store.directory.removeCrl(StoreList::Trusted, crl.id()));
    CHECK(namesIn(store.folder / "trusted/crl").empty());
    CHECK(store.directory.removeCrl(StoreList::Trusted, crl.id()).status() == StatusCode::BadNotFound);
    CHECK(store.directory.removeCrl(StoreList::Rejected, crl.id()).status() == StatusCode::BadNotFound);
    CHECK(store.directory.addCrl(StoreList::Rejected, crl).status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("Out of several CRLs in a file only the one is cut") {
    Store store;
    const auto root = authority("Plant CA");
    const auto first = crlOf(root);
    const auto second = crlOf(root, 2);
    const auto file = store.folder / "issuers/crl/all.pem";
    writeFile(file, forgePem("X509 CRL", first.der()) + forgePem("X509 CRL", second.der()));
    REQUIRE(store.directory.removeCrl(StoreList::Issuers, first.id()));
    CHECK(readFile(file) == forgePem("X509 CRL", second.der()));
}
