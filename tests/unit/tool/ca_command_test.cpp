#include <thread>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/x509/certificate_authority.hpp>
#include <uatrust/x509/departures.hpp>
#include <uatrust/x509/pem.hpp>

#include "support/catch.hpp"
#include "unit/tool/ca_plant.hpp"

using namespace uatrust;
using namespace uatrust::test;

// The CA of a plant, as a shell runs it.

TEST_CASE("ca: from the request to the revocation, and the validator follows") {
    const CaPlant plant;
    plant.pki();
    const auto made = plant.init("--install-to pki --trust-ca --yes");
    INFO(made.err);
    CHECK(made.exitCode == 0);
    CHECK(made.says("CN=Plant CA, O=Acme"));
    CHECK(made.says("ends in 90 days"));
    CHECK(made.complains("not encrypted"));
    CHECK(caDepartures(plant.certificate("ca/ca.der")).empty());
    CHECK(crlDepartures(plant.crl()).empty());

    plant.request("gateway.csr");
    const auto asked = plant.ca("issue gateway.csr");
    CHECK(asked.exitCode == 2);
    CHECK(asked.says("urn:plc-4:acme:gateway"));
    CHECK(asked.says("plc-4, 10.0.0.4"));
    CHECK(asked.complains("--yes"));
    CHECK(std::filesystem::is_empty(plant.folder / "ca/issued"));
    const auto issued = plant.ca("issue gateway.csr --who Ada --out gateway.pem --yes");
    INFO(issued.err);
    CHECK(issued.exitCode == 0);
    const auto leaf = plant.certificate("gateway.pem");
    CHECK(applicationDepartures(leaf, ApplicationRole::ClientAndServer).empty());
    CHECK(plant.has("ca/issued/" + certificateFileName(leaf)));
    CHECK(plant.run("verify --pki pki --application-uri urn:plc-4:acme:gateway gateway.pem").exitCode == 0);
    CHECK(plant.run("verify --pki pki --role client --host plc-4 gateway.pem").exitCode == 0);
    // What was handed on is all that the other side needs: leaf, CA and CRL.
    CHECK(plant.run("show gateway.pem --json").json()["files"].at(0)["elements"].size() == 3);

    const auto before = plant.crl();
    CHECK(plant.ca("revoke \"Line 4 gateway\"").exitCode == 2);
    CHECK(plant.crl().id() == before.id());
    const auto revoked = plant.ca("revoke \"Line 4 gateway\" --reason keyCompromise --who Bob --install-to pki --yes");
    INFO(revoked.err);
    CHECK(revoked.exitCode == 0);
    CHECK(revoked.says("keyCompromise"));
    const auto entry = plant.crl().find(leaf.serialNumber());
    REQUIRE(entry);
    CHECK(entry->reason == "keyCompromise");
    const auto refused = plant.run("verify --pki pki --json gateway.pem");
    CHECK(refused.exitCode == 1);
    CHECK(refused.json()["status"] == "BadCertificateRevoked");

    const auto again = plant.ca("revoke " + leaf.thumbprint().text().substr(0, 10) + " --yes");
    CHECK(again.exitCode == 1);
    CHECK(again.complains("revoked already"));
    // One CRL of this CA in the folder, not one for each change; and the change can be undone there.
    DirectoryStore store{plant.folder / "pki"};
    CHECK(store.snapshot()->crls(StoreList::Trusted).size() == 1);
    CHECK(plant.run("undo --pki pki --yes").exitCode == 0);
    CHECK(plant.run("verify --pki pki gateway.pem").exitCode == 0);

    const auto listed = plant.ca("list --json").json();
    CHECK(listed["certificates"].at(0)["state"] == "revoked");
    CHECK(listed["certificates"].at(0)["issuedBy"] == "Ada");
    CHECK(listed["certificates"].at(0)["revokedBy"] == "Bob");
}

TEST_CASE("ca: what it makes is taken by the openssl command") {
    const CaPlant plant;
    REQUIRE(plant.ca("init --name \"Plant CA\" --organization Acme --key-type rsa2048").exitCode == 0);
    plant.request("gateway.csr", "URI:urn:plc-4:acme:gateway,DNS:plc-4", "CN=Line 4 gateway\nO=Acme", "rsa2048");
    REQUIRE(plant.ca("issue gateway.csr --out gateway.pem --yes").exitCode == 0);
    writeFile(plant.folder / "ca.pem", encodePem("CERTIFICATE", plant.certificate("ca/ca.der").der()));
    const auto verify = "verify -x509_strict -crl_check_all -CAfile ca.pem -CRLfile crl.pem gateway.pem";
    REQUIRE(plant.ca("crl --out crl.pem").exitCode == 0);
    CHECK(opensslCommand(plant.folder, verify).exitCode == 0);
    REQUIRE(plant.ca("revoke gateway.pem --yes").exitCode == 0);
    REQUIRE(plant.ca("crl --out crl.pem").exitCode == 0);
    const auto refused = opensslCommand(plant.folder, verify);
    CHECK(refused.exitCode != 0);
    CHECK(refused.contains("revoked"));
}

TEST_CASE("ca: the key is for its owner only, encrypted when there is a passphrase, and a CA is never replaced") {
    const CaPlant plant;
    writeFile(plant.folder / "secret", "correct horse\n");
    REQUIRE(plant.init("--passphrase-file secret").exitCode == 0);
    CHECK(readFile(plant.folder / "ca/private/ca.pem").starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
#ifndef _WIN32
    using std::filesystem::perms;
    CHECK(plant.permissions("ca/private/ca.pem") == (perms::owner_read | perms::owner_write));
    CHECK(plant.permissions("ca/private") == perms::owner_all);
#endif
    const auto before = contentOf(plant.folder / "ca");
    const auto again = plant.init();
    CHECK(again.exitCode == 2);
    CHECK(again.complains("is there already"));
    CHECK(contentOf(plant.folder / "ca") == before);

    plant.request("gateway.csr");
    CHECK(plant.ca("issue gateway.csr --yes").exitCode == 2);
    writeFile(plant.folder / "wrong", "battery staple\n");
    CHECK(plant.ca("issue gateway.csr --passphrase-file wrong --yes").exitCode == 2);
    CHECK(plant.ca("crl").exitCode == 2);
    CHECK(plant.ca("list --json").json()["certificates"].empty());
    CHECK(plant.ca("issue gateway.csr --passphrase-file secret --yes").exitCode == 0);
    CHECK(plant.ca("revoke \"Line 4 gateway\" --passphrase-file secret --yes").exitCode == 0);
    writeFile(plant.folder / "empty", "\n");
    CHECK(plant.run("ca --ca other init --name X --key-type p256 --passphrase-file empty").exitCode == 2);
    CHECK_FALSE(plant.has("other/ca.der"));
}

TEST_CASE("ca: a request that is not what was confirmed, or lacks what an application needs, is refused, and nothing is recorded") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    plant.request("gateway.csr");
    const auto refuses = [&](const std::string& arguments, std::string_view why) {
        const auto output = plant.ca("issue --yes " + arguments);
        INFO(arguments << ": " << output.out << output.err);
        return output.exitCode == 2 && output.complains(why);
    };
    CHECK(refuses("gateway.csr --uri urn:plc-5:acme:gateway", "urn:plc-5:acme:gateway"));
    CHECK(refuses("gateway.csr --host plc-4", "10.0.0.4"));
    CHECK(refuses("gateway.csr --host plc-4 --host 10.0.0.4 --host plc-5", "plc-5"));
    CHECK(refuses("gateway.csr --validity 36500d", "outlive"));
    CHECK(refuses("gateway.csr --validity 0d", "--validity"));
    CHECK(refuses("gateway.csr --validity soon", "no time"));
    CHECK(refuses("nothing.csr", "cannot be read"));
    CHECK(refuses("ca/ca.der", "no certificate request"));
    plant.request("nameless.csr", "");
    CHECK(refuses("nameless.csr", "ApplicationUri"));
    plant.request("two.csr", "URI:urn:a:b,URI:urn:a:c");
    CHECK(refuses("two.csr", "2 URIs"));
    plant.request("homeless.csr", "URI:urn:a:b", "CN=client");
    CHECK(refuses("homeless.csr", "organisation"));
    plant.request("rsa.csr", "URI:urn:a:b,DNS:plc-4", "CN=rsa\nO=Acme", "rsa2048");
    CHECK(refuses("rsa.csr", "SecurityPolicy"));
    plant.request("impostor.csr", "URI:urn:a:b,DNS:plc-4", "CN=Plant CA\nO=Acme");
    CHECK(refuses("impostor.csr", "name of the CA itself"));
    auto broken = readFile(plant.folder / "gateway.csr");
    broken[broken.size() / 2] = broken[broken.size() / 2] == 'A' ? 'B' : 'A';
    writeFile(plant.folder / "broken.csr", broken);
    CHECK(refuses("broken.csr", ""));
    CHECK(plant.ca("list --json").json()["certificates"].empty());
    CHECK(std::filesystem::is_empty(plant.folder / "ca/issued"));

    const auto uncopied = plant.ca("issue --yes gateway.csr --out key.pem/gateway.pem");
    CHECK(uncopied.exitCode == 2);
    CHECK(uncopied.says("issued as"));
    CHECK(plant.ca("issue --yes gateway.csr --uri urn:plc-4:acme:gateway --host PLC-4 --host 10.0.0.4").exitCode == 0);
    CHECK(plant.ca("issue --yes --take-departures homeless.csr --role client").exitCode == 0);
    const auto text = plant.ca("issue homeless.csr");
    CHECK(text.says("organisation"));
    const auto json = plant.ca("issue --dry-run --json homeless.csr");
    CHECK(json.exitCode == 0);
    CHECK(json.json()["planned"]["role"] == "client");
    CHECK_FALSE(json.json()["planned"]["departures"].empty());
}

TEST_CASE("ca: usage that makes no sense is told, and names what is missing") {
    const CaPlant plant;
    const auto fails = [&](const std::string& arguments, std::string_view why) {
        const auto output = plant.run("ca " + arguments);
        INFO(arguments << ": " << output.out << output.err);
        return output.exitCode == 2 && output.complains(why);
    };
    CHECK(fails("status", "--ca"));
    CHECK(fails("status --ca nowhere", "There is no CA in nowhere"));
    CHECK_FALSE(plant.has("nowhere"));
    CHECK(fails("crl --ca nowhere", "There is no CA in nowhere"));
    CHECK_FALSE(plant.has("nowhere"));
    CHECK(fails("init --ca new", "--name"));
    CHECK(fails("init --ca new --name X --key-type dsa", "dsa"));
    CHECK(fails("init --ca new --name X --install-to pki --yes", "does not exist"));
    plant.pki();
    const auto before = contentOf(plant.folder.path());
    CHECK(fails("init --ca new --name X --install-to pki", "--yes"));
    CHECK(plant.run("ca init --ca new --name X --dry-run").exitCode == 0);
    CHECK(contentOf(plant.folder.path()) == before);
    REQUIRE(plant.init().exitCode == 0);
    CHECK(fails("issue --ca ca", "FILE"));
    CHECK(fails("revoke --ca ca", "FILE"));
    CHECK(fails("revoke --ca ca nobody --yes", "issued no certificate"));
    CHECK(fails("revoke --ca ca ca/ca.der --yes", "does not revoke itself"));
    CHECK(fails("crl --ca ca --reason keyCompromise", "--reason is not for uatrust ca crl"));
    CHECK(fails("status --ca ca gateway.csr", "FILE is not for uatrust ca status"));
    CHECK(fails("revoke --ca ca x --reason certificateHold", "--reason"));
    const auto stranger = forgeCertificate({});
    writeFile(plant.folder / "stranger.der", stranger.der);
    CHECK(fails("revoke --ca ca stranger.der --yes", "was not issued by"));
    CHECK(fails("destroy --ca ca", "ACTION"));
    const auto json = plant.run("ca status --ca nowhere --json");
    CHECK(json.json()["error"]["status"] == "BadNotFound");
    CHECK(plant.run("ca --help").says("no OCSP"));
}

TEST_CASE("ca: no CRL ends unnoticed") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto certificate = plant.certificate("ca/ca.der");
    const auto authority =
        valueOf(CertificateAuthority::open(certificate, valueOf(PrivateKey::read(readBytes(plant.folder / "ca/private/ca.pem")))));
    const auto now = systemClock().now();
    const auto put = [&](std::chrono::hours begin, std::chrono::hours end, std::uint64_t number = 1) {
        writeFile(plant.folder / "ca/ca.crl",
                  valueOf(authority.makeCrl({}, {.number = number, .at = now + begin, .nextUpdate = now + end})).der());
    };
    const auto stateOf = [](const ToolOutput& output) { return output.json()["crl"]["state"].get<std::string>(); };
    using std::chrono::hours;
    CHECK(stateOf(plant.ca("status --json")) == "good");

    put(hours{-1000}, hours{100});
    const auto soon = plant.ca("status --json");
    CHECK(soon.exitCode == 0);
    CHECK(stateOf(soon) == "ends-soon");
    CHECK(soon.complains("uatrust ca crl"));

    put(hours{-1000}, hours{-24});
    plant.request("gateway.csr");
    for (const auto* arguments : {"status --json", "list --json", "issue gateway.csr --yes --json"}) {
        INFO(arguments);
        const auto ended = plant.ca(arguments);
        CHECK(ended.exitCode == 1);
        CHECK(stateOf(ended) == "ended");
        CHECK(ended.complains("The CRL ended 1 day ago"));
    }
    std::filesystem::remove(plant.folder / "ca/ca.crl");
    const auto missing = plant.ca("status --json");
    CHECK(missing.exitCode == 1);
    CHECK(stateOf(missing) == "missing");

    const auto fresh = plant.ca("crl --validity 30d --json");
    CHECK(fresh.exitCode == 0);
    CHECK(stateOf(fresh) == "good");
    CHECK(plant.crl().number() == "2");
    // As long as the last one, unless it is said.
    CHECK(plant.ca("crl").says("ends in 30 days"));
    CHECK(plant.crl().number() == "3");
}

TEST_CASE("ca: a PKI folder that has an older CRL is named until it has the present one") {
    const CaPlant plant;
    plant.pki();
    REQUIRE(plant.init("--install-to pki --yes").exitCode == 0);
    DirectoryStore store{plant.folder / "pki"};
    CHECK(store.snapshot()->certificates(StoreList::Issuers).size() == 1);
    CHECK(plant.ca("status").exitCode == 0);
    const auto made = plant.ca("crl");
    CHECK(made.exitCode == 0);
    CHECK(made.complains("has an older CRL"));
    const auto behind = plant.ca("status --json");
    CHECK(behind.exitCode == 1);
    CHECK(behind.json()["behind"].size() == 1);
    CHECK(plant.ca("crl --install-to pki").exitCode == 2);
    CHECK(plant.ca("crl --install-to pki --yes").exitCode == 0);
    const auto present = plant.ca("status --json");
    CHECK(present.exitCode == 0);
    CHECK(present.json()["behind"].empty());
    CHECK(present.json()["installedIn"].size() == 1);
}

TEST_CASE("ca: an index that is gone, damaged or old is not worked with, as revocations would be forgotten") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto index = plant.folder / "ca/index.json";
    const auto old = readFile(index);
    plant.request("gateway.csr");
    REQUIRE(plant.ca("issue gateway.csr --out gateway.pem --yes").exitCode == 0);
    REQUIRE(plant.ca("revoke gateway.pem --yes").exitCode == 0);
    const auto good = readFile(index);
    const auto crl = readFile(plant.folder / "ca/ca.crl");
    const auto refuses = [&](const std::string& text, std::string_view why) {
        writeFile(index, text);
        for (const auto* arguments : {"status", "crl", "issue gateway.csr --yes"}) {
            const auto output = plant.ca(arguments);
            INFO(arguments << output.err);
            if (output.exitCode != 2 || !output.complains(why)) return false;
        }
        return readFile(plant.folder / "ca/ca.crl") == crl;
    };
    CHECK(refuses(old, "older than the CRL"));
    CHECK(refuses("", "cannot be read"));
    CHECK(refuses("{}", "cannot be read"));
    CHECK(refuses("[1, 2", "cannot be read"));
    CHECK(refuses(good.substr(0, good.size() - 20), "cannot be read"));
    std::filesystem::remove(index);
    CHECK(plant.ca("crl").complains("is missing"));
    writeFile(index, good);
    CHECK(plant.ca("crl").exitCode == 0);
    CHECK(plant.crl().size() == 1);

    // A CRL that could not be written behind the index is told.
    writeFile(plant.folder / "ca/ca.crl", crl);
    const auto behind = plant.ca("status --json");
    CHECK(behind.exitCode == 1);
    CHECK(behind.json()["crl"]["state"] == "out-of-step");
    // And one of somebody else is none of ours.
    const auto other = forgeRoot("Plant CA");
    writeFile(plant.folder / "ca/ca.crl", forgeCrl({.issuer = &other}));
    CHECK(plant.ca("status").complains("is no CRL of this CA"));
}

TEST_CASE("ca: a certificate that the index has lost is revoked all the same") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto old = readFile(plant.folder / "ca/index.json");
    plant.request("gateway.csr");
    REQUIRE(plant.ca("issue gateway.csr --out gateway.pem --yes").exitCode == 0);
    writeFile(plant.folder / "ca/index.json", old);
    CHECK(plant.ca("revoke gateway.pem --yes").exitCode == 0);
    CHECK(plant.crl().find(plant.certificate("gateway.pem").serialNumber()));
}

TEST_CASE("ca: several processes at once lose nothing and give no number twice") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    plant.request("gateway.csr");
    constexpr int kEach = 4;
    std::vector<int> codes(2 * kEach, -1);
    std::vector<std::thread> threads;
    for (int i = 0; i < 2 * kEach; ++i) {
        threads.emplace_back([&, i] {
            const auto action = i % 2 == 0 ? std::string{"issue gateway.csr --yes"} : std::string{"crl"};
            codes[static_cast<std::size_t>(i)] = plant.ca(action).exitCode;
        });
    }
    for (auto& each : threads) each.join();
    CHECK(codes == std::vector<int>(2 * kEach, 0));
    CHECK(plant.ca("list --json").json()["certificates"].size() == kEach);
    CHECK(plant.crl().number() == "5");
    const auto files = std::filesystem::directory_iterator{plant.folder / "ca/issued"};
    CHECK(std::distance(begin(files), end(files)) == kEach);
}

TEST_CASE("ca: the key goes into a folder that nobody else has made") {
    const CaPlant plant;
    std::filesystem::create_directories(plant.folder / "ca/private");
    const auto refused = plant.init();
    CHECK(refused.exitCode == 2);
    CHECK(refused.complains("private is there already"));
    CHECK(std::filesystem::is_empty(plant.folder / "ca/private"));
    CHECK(plant.ca("init --name X --dry-run").exitCode == 2);  // as it would without --dry-run
}

TEST_CASE("ca: a CA that was made for less than a year is not near its end from its first day on") {
    const CaPlant plant;
    REQUIRE(plant.init("--validity 300d").exitCode == 0);
    CHECK_FALSE(plant.ca("status").complains("The CA itself"));
    const CaPlant other;
    REQUIRE(other.init("--validity 2s").exitCode == 0);
    CHECK(other.ca("status").complains("The CA itself end"));
}

TEST_CASE("ca: a certificate is found by its common name wherever that stands in its subject") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    plant.request("gateway.csr", "URI:urn:plc-4:acme:gateway,DNS:plc-4", "O=Acme\nCN=Line 4, the gateway");
    REQUIRE(plant.ca("issue gateway.csr --yes").exitCode == 0);
    CHECK(plant.ca("revoke \"Line 4\" --yes").complains("issued no certificate"));
    CHECK(plant.ca("list").says("Line 4, the gateway"));
    CHECK(plant.ca("revoke \"Line 4, the gateway\" --yes").exitCode == 0);
    CHECK(plant.crl().size() == 1);
}
