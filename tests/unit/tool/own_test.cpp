#include "support/catch.hpp"

#include <uatrust/identity/application_identity.hpp>
#include <uatrust/x509/bundle.hpp>
#include <uatrust/x509/certificate_authority.hpp>
#include <uatrust/x509/pem.hpp>

#include "support/openssl_command.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

// init, renew, request, install and status, as a shell runs them.
namespace {

struct Plant {
    TempFolder folder{};

    [[nodiscard]] ToolOutput run(const std::string& arguments) const { return toolCommand(folder.path(), arguments); }
    [[nodiscard]] ToolOutput init(const std::string& more = {}) const {
        return run(
            "init --pki pki --name gateway --uri urn:plc-4:acme:gateway --host plc-4 --host 10.0.0.4 --organization Acme --key-type p256 "
            "--yes " +
            more);
    }
    [[nodiscard]] bool has(const std::string& file) const { return std::filesystem::exists(folder / file); }
    [[nodiscard]] ApplicationIdentity own() const {
        DirectoryStore store{folder / "pki", {.readOnly = true}};
        return ApplicationIdentity::load(
                   store, {.applicationName = "gateway", .applicationUri = "urn:plc-4:acme:gateway", .hostNames = HostNames{{"plc-4"}, {}}})
            .value();
    }
    [[nodiscard]] std::size_t backups() const {
        namespace fs = std::filesystem;
        const auto replaced = folder / "pki/own/replaced";
        return fs::exists(replaced) ? static_cast<std::size_t>(std::distance(fs::directory_iterator{replaced}, {})) : 0;
    }
};

/// PlantCa issues what is asked of it.
struct PlantCa {
    Instant now = systemClock().now();
    CertificateAuthority ca = CertificateAuthority::create({.name = DistinguishedName::make({{"CN", "Plant CA"}, {"O", "Acme"}}).value(),
                                                            .at = now,
                                                            .notAfter = now + std::chrono::days{3650}},
                                                           OpenSslKeyPairGenerator{}.generate(KeyType::NistP256).value())
                                  .value();

    [[nodiscard]] Certificate issue(const CertificateRequest& request) const {
        return ca.issue(request, {.confirmed = requestedSubject(request).value(), .at = now, .notAfter = now + std::chrono::days{365}})
            .value();
    }
    [[nodiscard]] static std::string pem(const Certificate& certificate) { return encodePem("CERTIFICATE", certificate.der()); }
};

CertificateRequest requestIn(const std::string& text) { return readBundle(asBytes(text)).value().requests.at(0).value; }

}  // namespace

TEST_CASE("init shows what it would make, makes it, and never replaces it") {
    const Plant plant;
    const auto plan = plant.run("init --pki pki --name gateway --uri urn:plc-4:acme:gateway --host plc-4");
    CHECK(plan.exitCode == 2);
    CHECK(plan.says("CN=gateway"));
    CHECK(plan.says("urn:plc-4:acme:gateway"));
    CHECK(plan.complains("--yes"));
    CHECK_FALSE(plant.has("pki"));
    CHECK(plant.run("init --pki pki --name gateway --dry-run").exitCode == 0);
    CHECK_FALSE(plant.has("pki"));

    const auto made = plant.init();
    CHECK(made.exitCode == 0);
    CHECK(made.says("own  made CN=gateway, O=Acme"));
    const auto own = plant.own();
    CHECK(own.notices().size() == 1);  // another kind of key than the default of the options above
    CHECK(own.certificate().subject().text() == "CN=gateway, O=Acme");
    CHECK(own.certificate().applicationUri() == "urn:plc-4:acme:gateway");
    CHECK(own.certificate().dnsNames() == std::vector<std::string>{"plc-4"});
    CHECK(own.certificate().ipAddresses().size() == 1);
    CHECK(own.key().publicKey().algorithm() == KeyAlgorithm::NistP256);
#ifndef _WIN32
    namespace fs = std::filesystem;
    CHECK((fs::status(plant.folder / "pki/own/private").permissions() & fs::perms::all) == fs::perms::owner_all);
#endif
    const auto before = contentOf(plant.folder / "pki");
    const auto again = plant.init();
    CHECK(again.exitCode == 2);
    CHECK(again.complains("not replaced"));
    CHECK(again.complains("uatrust renew"));
    CHECK(contentOf(plant.folder / "pki") == before);
}

TEST_CASE("init makes up an ApplicationUri from host, organization and name, and shows it") {
    const Plant plant;
    const auto plan = plant.run("init --pki pki --name 'Line 4 gateway' --organization Acme --dry-run --json").json();
    const auto uri = plan["plan"]["applicationUri"].get<std::string>();
    CHECK(uri.starts_with("urn:"));
    CHECK(uri.ends_with(":Acme:Line-4-gateway"));
    CHECK_FALSE(plan["plan"]["hosts"].empty());
    CHECK(plan["plan"]["newKey"] == true);
    CHECK(plan["plan"]["keyType"] == "RSA 2048");
}

TEST_CASE("init in the layout of another product puts the pair where that looks for it") {
    const Plant plant;
    CHECK(plant.init("--layout node-opcua").exitCode == 0);
    CHECK(plant.has("pki/own/private/private_key.pem"));
    CHECK(plant.run("status --pki pki --layout node-opcua --json").json()["own"]["applicationUri"] == "urn:plc-4:acme:gateway");
}

TEST_CASE("init, renew and request say what is wrong with what they are given") {
    const Plant plant;
    CHECK(plant.run("init --pki pki --name x --key-type rsa512").complains("There is no kind of key \"rsa512\""));
    CHECK(plant.run("init --pki pki --name x --validity 5").complains("is no time"));
    CHECK(plant.run("init --pki pki --name x --validity 0d --yes").complains("a day at least"));
    CHECK(plant.run("init --pki pki --name x --uri 'no uri' --yes").exitCode == 2);
    CHECK(plant.run("init --pki pki --name x --host '*.plc' --yes").complains("neither a host name nor an IP address"));
    CHECK(plant.run("init --pki pki --name x --layout nonsense").exitCode == 2);
    CHECK(plant.run("init --pki pki").exitCode == 2);
    CHECK_FALSE(plant.has("pki/own/certs/application.der"));
    writeFile(plant.folder / "pki/trusted/certs/none.txt", std::string_view{});
    const auto none = plant.run("renew --pki pki --yes --json");
    CHECK(none.exitCode == 2);
    CHECK(none.json()["error"]["status"] == "BadNotFound");
    CHECK(plant.run("request --pki pki --yes").complains("--name and --uri"));
    CHECK(plant.run("renew --pki nowhere --yes").exitCode == 2);
}

TEST_CASE("a key that is there without its certificate is no reason to make another pair") {
    const Plant plant;
    REQUIRE(plant.init().exitCode == 0);
    std::filesystem::remove(plant.folder / "pki/own/certs/application.der");
    const auto again = plant.init();
    CHECK(again.exitCode == 2);
    CHECK(again.complains("application.pem"));
    CHECK_FALSE(plant.has("pki/own/certs/application.der"));
}

TEST_CASE("renew keeps key, subject and ApplicationUri, adds names, and keeps the former certificate as a backup") {
    const Plant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto former = plant.own();
    const auto plan = plant.run("renew --pki pki --dry-run --json").json()["plan"];
    CHECK(plan["newKey"] == false);
    CHECK(plan["hosts"].size() == 2 + plan["addedHosts"].size());
    CHECK(plant.own().certificate() == former.certificate());

    CHECK(plant.run("renew --pki pki --host plc-4 --host plc-5 --validity 100d --yes").exitCode == 0);
    const auto renewed = plant.own();
    CHECK_FALSE(renewed.certificate() == former.certificate());
    CHECK(renewed.certificate().publicKey() == former.certificate().publicKey());
    CHECK(renewed.certificate().subject() == former.certificate().subject());
    CHECK(renewed.certificate().dnsNames() == std::vector<std::string>{"plc-4", "plc-5"});
    CHECK(renewed.certificate().notAfter() - renewed.certificate().notBefore() == std::chrono::days{100} + std::chrono::hours{1});
    CHECK(plant.backups() == 1);

    CHECK(plant.run("renew --pki pki --new-key --who Ada --yes").exitCode == 0);
    const auto fresh = plant.own();
    CHECK_FALSE(fresh.certificate().publicKey() == former.certificate().publicKey());
    CHECK(fresh.key().publicKey().algorithm() == KeyAlgorithm::NistP256);
    CHECK(plant.backups() == 2);
    const auto history = plant.run("history --pki pki --json").json()["changes"];
    REQUIRE(history.size() == 3);
    CHECK(history[2]["action"] == "own");
    CHECK(history[2]["who"] == "Ada");
}

TEST_CASE("a request for a new key, the certificate for it, and what a CA must not have changed") {
    const Plant plant;
    const PlantCa authority;
    REQUIRE(plant.init().exitCode == 0);
    const auto former = plant.own();
    const auto asked = plant.run("request --pki pki --new-key --host plc-4 --yes --out gateway.csr");
    CHECK(asked.exitCode == 0);
    CHECK(asked.out.empty());
    const auto request = requestIn(readFile(plant.folder / "gateway.csr"));
    CHECK_FALSE(request.publicKey() == former.key().publicKey());
    CHECK(request.subject() == former.certificate().subject());
    CHECK(request.uris() == former.certificate().uris());
    CHECK(plant.own().certificate() == former.certificate());  // in use until the certificate comes
    CHECK(plant.run("status --pki pki --json").json()["pendingRequests"] == 1);

    const auto issued = authority.issue(request);
    auto other = requestedSubject(request).value();
    other.hostNames = {"plc-9"};
    // The right key, and other names than were asked for.
    const auto waiting = std::filesystem::directory_iterator { plant.folder / "pki/.uatrust/requests" } -> path();
    const auto key = PrivateKey::read(asBytes(readFile(waiting))).value();
    writeFile(plant.folder / "wrong.pem", PlantCa::pem(CertificateBuilder{other}.selfSigned(key).value()));
    const auto wrong = plant.run("install --pki pki --yes wrong.pem");
    CHECK(wrong.exitCode == 1);
    CHECK(wrong.says("the DNS name \"plc-4\" of the request is missing"));
    CHECK(plant.own().certificate() == former.certificate());

    writeFile(plant.folder / "gateway.pem", PlantCa::pem(issued));
    writeFile(plant.folder / "ca.pem", PlantCa::pem(authority.ca.certificate()));
    const auto plan = plant.run("install --pki pki gateway.pem ca.pem");
    CHECK(plan.exitCode == 2);
    CHECK(plan.says("own: own certificate CN=gateway"));
    CHECK(plan.says("issuers: CA certificate CN=Plant CA"));
    CHECK(plant.own().certificate() == former.certificate());

    const auto done = plant.run("install --pki pki --yes --json gateway.pem ca.pem");
    CHECK(done.exitCode == 0);
    CHECK(done.json()["change"]["action"] == "import");
    const auto own = plant.own();
    CHECK(own.certificate() == issued);
    CHECK(own.chain().size() == 2);
    CHECK(plant.backups() == 1);
    CHECK(plant.run("list --pki pki --json issuers").json()["entries"].size() == 1);
    CHECK(plant.run("status --pki pki --json").json()["pendingRequests"] == 0);
    CHECK(std::filesystem::is_empty(plant.folder / "pki/.uatrust/requests"));
    CHECK(plant.run("install --pki pki --yes gateway.pem").exitCode == 0);  // it is there already

    const auto refused = plant.run("renew --pki pki --yes");
    CHECK(refused.exitCode == 2);
    CHECK(refused.complains("issued by a CA"));
    CHECK(refused.complains("uatrust request"));
}

TEST_CASE("a first certificate by a CA needs no self-signed one before it") {
    const Plant plant;
    const PlantCa authority;
    writeFile(plant.folder / "pki/trusted/certs/none.txt", std::string_view{});
    const auto asked = plant.run("request --pki pki --name hmi --uri urn:hmi-1:acme:hmi --role client --key-type p256 --yes");
    REQUIRE(asked.exitCode == 0);
    const auto request = requestIn(asked.out);
    CHECK(request.extendedKeyUsage()->oids == std::vector<std::string>{std::string{kClientAuth}});
    writeFile(plant.folder / "hmi.pem", PlantCa::pem(authority.issue(request)));
    CHECK(plant.run("install --pki pki --yes hmi.pem").exitCode == 0);
    CHECK(plant.run("status --pki pki --json").json()["own"]["applicationUri"] == "urn:hmi-1:acme:hmi");
}

TEST_CASE("request writes what openssl reads, and forgets what waits when that is asked for") {
    const Plant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto same = plant.run("request --pki pki --form der --out same.csr --yes");
    CHECK(same.exitCode == 0);
    const auto read = opensslCommand(plant.folder, "req -in same.csr -inform DER -verify -noout -text");
    CHECK(read.exitCode == 0);
    CHECK(read.contains("urn:plc-4:acme:gateway"));
    CHECK(plant.run("request --pki pki --new-key --key-type p384 --yes --json").json()["pem"].get<std::string>().starts_with("-----BEGIN"));
    CHECK(plant.run("status --pki pki --json").json()["pendingRequests"] == 2);
    CHECK(plant.run("request --pki pki --drop").exitCode == 2);
    CHECK(plant.run("request --pki pki --drop --yes").exitCode == 0);
    CHECK(plant.run("status --pki pki --json").json()["pendingRequests"] == 0);
    CHECK(plant.run("request --pki pki --drop --yes").says("No request is waiting"));
}

TEST_CASE("install takes nothing that is not for this application") {
    const Plant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto before = contentOf(plant.folder / "pki");
    writeFile(plant.folder / "other.pem", forgeCertificate({.cn = "other", .keyName = "p256", .keyIndex = 3}).pem());
    const auto other = plant.run("install --pki pki --yes other.pem");
    CHECK(other.exitCode == 1);
    CHECK(other.complains("Nothing was changed"));
    writeFile(plant.folder / "junk.pem", std::string_view{"junk"});
    CHECK(plant.run("install --pki pki --yes junk.pem").exitCode == 2);
    CHECK(plant.run("install --pki pki --yes missing.pem").exitCode == 2);
    auto after = contentOf(plant.folder / "pki");
    CHECK(after == before);
}

TEST_CASE("an own key that is encrypted stays so through renew, request and install") {
    const Plant plant;
    writeFile(plant.folder / "secret.txt", std::string_view{"open sesame\n"});
    const std::string with = "--key-passphrase-file secret.txt ";
    REQUIRE(plant.init(with).exitCode == 0);
    const auto keyFile = plant.folder / "pki/own/private/application.pem";
    CHECK(readFile(keyFile).find("BEGIN ENCRYPTED PRIVATE KEY") != std::string::npos);
    const auto closed = plant.run("renew --pki pki --yes");
    CHECK(closed.exitCode == 2);
    CHECK(closed.complains("encrypted"));
    CHECK(plant.run("renew --pki pki --yes " + with).exitCode == 0);
    CHECK(plant.run("request --pki pki --new-key --yes --out r.csr " + with).exitCode == 0);
    const PlantCa authority;
    writeFile(plant.folder / "r.pem", PlantCa::pem(authority.issue(requestIn(readFile(plant.folder / "r.csr")))));
    CHECK(plant.run("install --pki pki --yes r.pem " + with).exitCode == 0);
    CHECK(plant.run("status --pki pki --json " + with).json()["own"]["issuer"] == "CN=Plant CA, O=Acme");
}

TEST_CASE("status says on one screen how a folder is, and ends with 1 when something is wrong") {
    const Plant plant;
    REQUIRE(plant.run("init --pki pki --name gateway --key-type p256 --yes").exitCode == 0);
    const auto fine = plant.run("status --pki pki");
    CHECK(fine.exitCode == 0);
    CHECK(fine.says("CN=gateway"));
    CHECK(fine.says("trusted 0, issuers 0, rejected 0, blocked 0, 0 CRLs"));
    CHECK(fine.says("none seen"));
    CHECK(plant.run("status --pki pki --json").json()["inOrder"] == true);

    const auto root = forgeRoot(
        "Old CA", {.keyName = "p256", .notBefore = kForgeNow - std::chrono::days{3650}, .notAfter = kForgeNow - std::chrono::days{1}});
    writeFile(plant.folder / "pki/issuers/certs/old.der", root.der);
    writeFile(plant.folder / "pki/issuers/crl/old.crl", forgeCrl({.issuer = &root}));
    const auto old = plant.run("status --pki pki --json");
    CHECK(old.exitCode == 1);
    CHECK(old.json()["inOrder"] == false);
    CHECK(old.json()["counts"]["issuers"] == 1);
    CHECK(old.json()["counts"]["crls"] == 1);
    CHECK(old.json()["ends"].size() == 3);
    const auto text = plant.run("status --pki pki");
    CHECK(text.says("CN=Old CA"));
    CHECK(text.says("ended on"));

    REQUIRE(plant.run("renew --pki pki --host elsewhere --yes").exitCode == 0);
    CHECK(plant.run("status --pki pki").says("does not name"));
}

TEST_CASE("without --pki and outside of a PKI folder it is that of the account") {
    const Plant plant;
    const auto data = (plant.folder / "data").string();
    const auto none = toolCommand(plant.folder.path(), "list", {}, data);
    CHECK(none.exitCode == 2);
    CHECK(none.complains("Which PKI folder is meant is not known"));
    CHECK(none.complains("uatrust init"));
    CHECK(toolCommand(plant.folder.path(), "init --name gateway --key-type p256 --yes", {}, data).exitCode == 0);
    CHECK(plant.has("data/uatrust/pki/own/certs/application.der"));
    CHECK(toolCommand(plant.folder.path(), "list own --json", {}, data).json()["own"].size() == 1);
    // The folder that the shell stands in goes before it.
    CHECK(plant.run("init --pki here --name other --key-type p256 --yes").exitCode == 0);
    CHECK(toolCommand(plant.folder / "here", "list own", {}, data).says("other"));
}

TEST_CASE("request says in its JSON what could not be done, in one object, and shows its plan in it") {
    const Plant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto plan = plant.run("request --pki pki --json");
    CHECK(plan.exitCode == 2);
    CHECK(plan.json()["plan"]["applicationUri"] == "urn:plc-4:acme:gateway");
    writeFile(plant.folder / "file", std::string_view{"file"});
    const auto unwritten = plant.run("request --pki pki --out file/r.csr --yes --json");
    CHECK(unwritten.exitCode == 2);
    CHECK(unwritten.json()["error"]["message"].get<std::string>().find("file") != std::string::npos);
    CHECK(unwritten.json()["pem"].get<std::string>().starts_with("-----BEGIN"));  // it is kept, and has been made
    CHECK(plant.run("request --pki pki --drop --dry-run --json").json()["requests"].size() == 1);
    // The history cannot be written: told in the same object as what was to be dropped.
    std::filesystem::remove_all(plant.folder / "pki/.uatrust/changes");
    writeFile(plant.folder / "pki/.uatrust/changes", std::string_view{"in the way"});
    const auto dropped = plant.run("request --pki pki --drop --yes --json");
    CHECK(dropped.exitCode == 2);
    CHECK(dropped.json()["requests"].size() == 1);
    CHECK(dropped.json().contains("error"));
}

TEST_CASE("status tells of an own certificate what it is, and not what nobody has configured") {
    const Plant plant;
    writeFile(plant.folder / "pki/trusted/certs/none.txt", std::string_view{});
    auto nameless = forgeCertificate({.cn = "nameless", .keyName = "p256", .uris = {}});
    writeFile(plant.folder / "pki/own/certs/own.der", nameless.der);
    writeFile(plant.folder / "pki/own/private/own.pem", nameless.key.pem());
    const auto status = plant.run("status --pki pki --json");
    CHECK(status.exitCode == 1);
    CHECK(status.out.find("urn:application") == std::string::npos);
    CHECK(status.out.find("of the configuration") == std::string::npos);
}

TEST_CASE("status: what is near is so in the JSON as well, and told once") {
    const Plant plant;
    REQUIRE(plant.init("--validity 20d").exitCode == 0);
    const auto status = plant.run("status --pki pki --json").json();
    REQUIRE(status["ends"].size() == 1);
    CHECK(status["ends"].at(0)["near"] == true);
    std::size_t expiring = 0;
    for (const auto& each : status["problems"]) {
        const auto message = each["message"].get<std::string>();
        if (message.find("expire") != std::string::npos || message.find("ends on") != std::string::npos) ++expiring;
    }
    CHECK(expiring == 1);
}

TEST_CASE("status: a CRL is not made good by one that does not count yet or by itself") {
    const Plant plant;
    REQUIRE(plant.run("init --pki pki --name gateway --key-type p256 --yes").exitCode == 0);
    const auto now = systemClock().now();
    const std::chrono::days day{1};
    const auto root = forgeRoot("Plant CA", {.keyName = "p256", .notAfter = now + 3000 * day});
    writeFile(plant.folder / "pki/issuers/certs/ca.der", root.der);
    const auto put = [&](const std::string& name, const CrlSpec& spec) {
        writeFile(plant.folder / "pki/issuers/crl" / name, forgeCrl(spec));
    };
    put("old.crl", {.issuer = &root, .thisUpdate = now - 100 * day, .nextUpdate = now - 10 * day});
    const auto isInOrder = [&] { return plant.run("status --pki pki --json").json()["inOrder"].get<bool>(); };
    CHECK_FALSE(isInOrder());
    put("new.crl", {.issuer = &root, .thisUpdate = now + 5 * day, .nextUpdate = now + 100 * day});
    CHECK_FALSE(isInOrder());
    put("new.crl", {.issuer = &root, .thisUpdate = now - day, .nextUpdate = now + 100 * day});
    CHECK(isInOrder());
}
