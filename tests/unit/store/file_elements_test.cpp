#include "store_support.hpp"
#include "support/catch.hpp"
#include "support/openssl_command.hpp"

using namespace uatrust;
using namespace uatrust::test;

// What a file in a folder of the store may hold, seen from outside: what counts and what the problem says.
namespace {

struct Store {
    TempFolder folder{};
    DirectoryStore directory{folder.path()};
    [[nodiscard]] std::size_t count(StoreList list) { return directory.snapshot()->certificates(list).size(); }
    [[nodiscard]] std::size_t crls(StoreList list) { return directory.snapshot()->crls(list).size(); }
    [[nodiscard]] StoreProblem problem(std::string_view ending) { return problemAbout(directory, ending); }
};

std::string withLineEnds(const std::string& text, const std::string& end) {
    std::string result;
    for (const char c : text) result += c == '\n' ? end : std::string{c};
    return result;
}

}  // namespace

TEST_CASE("A certificate counts in DER and in PEM, whatever the file's name and line ends") {
    Store store;
    const auto first = forgeCertificate({.cn = "1", .keyName = "p256"});
    const auto second = forgeCertificate({.cn = "2", .keyName = "p256"});
    const auto third = forgeCertificate({.cn = "3", .keyName = "p256"});
    const auto fourth = forgeCertificate({.cn = "4", .keyName = "p256"});
    writeFile(store.folder / "trusted/certs/plc", first.der);
    writeFile(store.folder / "trusted/certs/plc.txt", "subject=CN = 2\r\n" + withLineEnds(second.pem(), "\r\n") + "\r\nend\r\n");
    writeFile(store.folder / "trusted/certs/plc.crt", withLineEnds(third.pem(), "\r"));
    writeFile(store.folder / "trusted/certs/plc.crl", "\xEF\xBB\xBF" + fourth.pem());
    for (const auto& forged : {first, second, third, fourth}) CHECK(holds(store.directory, StoreList::Trusted, parsed(forged)));
    CHECK(store.directory.snapshot()->problems().empty());
}

TEST_CASE("All certificates of a file count in the list that the file was put into") {
    Store store;
    const auto root = authority("Plant CA");
    const auto line = forgeIntermediate(root, "Line CA", {.keyName = "p256", .keyIndex = 2});
    writeFile(store.folder / "issuers/certs/bundle.pem", root.pem() + "some text\n" + line.pem());
    writeFile(store.folder / "trusted/certs/bundle.der", joinDer({root, line}));
    CHECK(store.count(StoreList::Issuers) == 2);
    CHECK(store.count(StoreList::Trusted) == 2);
    CHECK(store.directory.snapshot()->problems().empty());
}

TEST_CASE("A damaged certificate in a bundle does not take the others with it") {
    Store store;
    const auto good = authority("Plant CA");
    const auto other = authority("Other CA");
    auto broken = authority("Broken CA");
    broken.der[4] ^= 0xFFU;
    writeFile(store.folder / "issuers/certs/bundle.pem", good.pem() + forgePem("CERTIFICATE", broken.der) + other.pem());
    CHECK(store.count(StoreList::Issuers) == 2);
    CHECK_FALSE(store.problem("bundle.pem").message.empty());
    CHECK(contains(store.problem("bundle.pem").remedy, "certificate in DER or PEM form"));
}

TEST_CASE("A PEM block that was cut short is told apart from one that is missing") {
    Store store;
    const auto good = authority("Plant CA");
    const auto cut = authority("Cut CA").pem();
    writeFile(store.folder / "issuers/certs/bundle.pem", good.pem() + cut.substr(0, cut.size() / 2));
    CHECK(store.count(StoreList::Issuers) == 1);
    CHECK(contains(store.problem("bundle.pem").message, "has no end"));
}

TEST_CASE("A PEM block without an end does not take the ones behind it along") {
    Store store;
    const auto cut = authority("Cut CA").pem();
    const auto key = forgeKey("p256").pem();
    const auto file = store.folder / "issuers/certs/bundle.pem";
    const auto rest = cut.substr(0, cut.size() / 2) + "\n";
    const auto first = authority("Plant CA");
    const auto second = authority("Second CA");
    writeFile(file, rest + first.pem() + "-----BEGIN NONSENSE-----\n" + second.pem());
    CHECK(store.count(StoreList::Issuers) == 2);
    CHECK(contains(store.problem("bundle.pem").message, "has no end"));
    for (const auto& good : {first, second}) REQUIRE(store.directory.removeCertificate(StoreList::Issuers, parsed(good).id()));
    CHECK(readFile(file) == rest + "-----BEGIN NONSENSE-----\n");

    writeFile(store.folder / "trusted/certs/pair.pem", key.substr(0, key.size() / 2) + "\n" + forgePem("CERTIFICATE", device("a").der()));
    CHECK(store.count(StoreList::Trusted) == 1);
    CHECK(contains(store.problem("pair.pem").message, "private key"));
}

TEST_CASE("A CRL counts in DER and in PEM") {
    Store store;
    const auto root = authority("Plant CA");
    const auto crl = forgeCrl({.issuer = &root});
    const auto next = forgeCrl({.issuer = &root, .number = 2});
    writeFile(store.folder / "trusted/crl/a", crl);
    writeFile(store.folder / "issuers/crl/b.pem", forgePem("X509 CRL", crl) + forgePem("X509 CRL", next));
    CHECK(store.crls(StoreList::Trusted) == 1);
    CHECK(store.crls(StoreList::Issuers) == 2);
    CHECK(store.directory.snapshot()->problems().empty());
}

TEST_CASE("A CRL among the certificates is not used, and the problem names the right folder") {
    Store store;
    const auto root = authority("Plant CA");
    const auto crl = forgeCrl({.issuer = &root});
    for (const auto* list : {"trusted", "issuers"}) {
        writeFile(store.folder / list / "certs/wrong.crl", crl);
        const auto problem = store.problem(std::string{list} + "/certs/wrong.crl");
        CHECK(contains(problem.message, "revocation list"));
        CHECK(contains(problem.remedy, (store.folder / list / "crl").string()));
    }
    writeFile(store.folder / "rejected/wrong.pem", forgePem("X509 CRL", crl));
    CHECK(contains(store.problem("rejected/wrong.pem").remedy, (store.folder / "trusted/crl").string()));
    CHECK(contains(store.problem("rejected/wrong.pem").remedy, (store.folder / "issuers/crl").string()));
    CHECK(store.crls(StoreList::Trusted) + store.crls(StoreList::Issuers) == 0);
}

TEST_CASE("A certificate among the CRLs is not used, and the problem names the right folder") {
    Store store;
    writeFile(store.folder / "trusted/crl/plc.der", device("a").der());
    CHECK(store.count(StoreList::Trusted) == 0);
    CHECK(contains(store.problem("plc.der").message, "certificate"));
    CHECK(contains(store.problem("plc.der").remedy, (store.folder / "trusted/certs").string()));
}

TEST_CASE("A private key in a list is told, in every form, and a certificate beside it counts") {
    Store store;
    const auto key = forgeKey("p256");
    const auto rsa = forgeKey("rsa2048");
    writeFile(store.folder / "trusted/certs/a.pem", key.pem());
    writeFile(store.folder / "trusted/certs/b.der", key.der());
    writeFile(store.folder / "trusted/certs/c.pem", rsa.pem("secret"));
    writeFile(store.folder / "trusted/certs/d.pem", forgePem("CERTIFICATE", device("a").der()) + key.pem());
    for (const auto* name : {"a.pem", "b.der", "c.pem", "d.pem"}) {
        INFO(name);
        CHECK(contains(store.problem(name).message, "private key"));
        CHECK(contains(store.problem(name).remedy, (store.folder / "own/private").string()));
    }
    CHECK(store.count(StoreList::Trusted) == 1);
}

TEST_CASE("A private key in the old encrypted forms is told as well") {
    Store store;
    writeFile(store.folder / "key.pem", forgeKey("rsa2048").pem());
    REQUIRE(opensslCommand(store.folder, "rsa -traditional -aes128 -passout pass:secret -in key.pem -out trusted.pem").exitCode == 0);
    REQUIRE(opensslCommand(store.folder, "pkcs8 -topk8 -outform DER -passout pass:secret -in key.pem -out issuers.der").exitCode == 0);
    writeFile(store.folder / "trusted/certs/old.pem", readFile(store.folder / "trusted.pem"));
    writeFile(store.folder / "issuers/certs/encrypted.der", readFile(store.folder / "issuers.der"));
    CHECK(contains(store.problem("old.pem").message, "private key"));
    CHECK(contains(store.problem("encrypted.der").message, "private key"));
}

TEST_CASE("A file that is nothing a store knows is a problem") {
    Store store;
    writeFile(store.folder / "trusted/certs/README", "Put the certificates of the clients here.\n");
    writeFile(store.folder / "trusted/certs/empty.der", "");
    writeFile(store.folder / "trusted/certs/request.pem", forgePem("CERTIFICATE REQUEST", device("a").der()));
    writeFile(store.folder / "trusted/certs/text.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    writeFile(store.folder / "trusted/certs/dashes", "-----BEGIN " + std::string(500, 'x'));
    CHECK(contains(store.problem("README").message, "neither DER nor PEM"));
    CHECK(contains(store.problem("empty.der").message, "empty"));
    CHECK(contains(store.problem("request.pem").message, "CERTIFICATE REQUEST"));
    CHECK(contains(store.problem("text.pem").message, "damaged"));
    CHECK(contains(store.problem("dashes").message, "neither DER nor PEM"));
    CHECK(store.directory.snapshot()->problems().size() == 5);
    for (const auto& problem : store.directory.snapshot()->problems()) CHECK_FALSE(problem.remedy.empty());
}

TEST_CASE("A certificate that was copied in part, or has something behind it, does not count") {
    Store store;
    const auto der = device("a").der();
    writeFile(store.folder / "trusted/certs/short.der", der.first(der.size() - 1));
    writeFile(store.folder / "trusted/certs/long.der", std::string{asText(der)} + "\n");
    CHECK(store.count(StoreList::Trusted) == 0);
    CHECK(contains(store.problem("short.der").message, "cut short"));
    CHECK_FALSE(store.problem("long.der").message.empty());
}

TEST_CASE("A text of PEM inside a DER certificate is not taken for a certificate") {
    Store store;
    const auto hidden = authority("Hidden CA");
    const auto carrier = forgeCertificate({.cn = "carrier", .keyName = "p256", .uris = {"urn:" + hidden.pem()}});
    writeFile(store.folder / "trusted/certs/carrier.der", carrier.der);
    CHECK_FALSE(holds(store.directory, StoreList::Trusted, parsed(hidden)));
    CHECK(store.count(StoreList::Trusted) + store.directory.snapshot()->problems().size() == 1);
}

TEST_CASE("Files beyond the limit of a folder are not read") {
    Store store;
    const auto root = authority("Plant CA");
    const std::string padding(1U << 20U, '\n');
    writeFile(store.folder / "trusted/certs/large.pem", root.pem() + padding);
    writeFile(store.folder / "trusted/crl/large.pem", forgePem("X509 CRL", forgeCrl({.issuer = &root})) + padding);
    CHECK(store.count(StoreList::Trusted) == 0);
    CHECK(contains(store.problem("certs/large.pem").message, "larger than the 1024 KiB"));
    CHECK(store.crls(StoreList::Trusted) == 1);
}
