#include "support/catch.hpp"
#include "unit/tool/ca_plant.hpp"

using namespace uatrust;
using namespace uatrust::test;

// What is wrong with the folder of an "uatrust ca", through the program.
namespace {

using std::chrono::hours;

struct Looked {
    ToolOutput output{};
    nlohmann::json json{};

    /// All but notes, in their order.
    [[nodiscard]] std::string serious() const {
        std::string ids;
        for (const auto& each : json["findings"]) {
            if (each["severity"] != "note") ids += (ids.empty() ? "" : " ") + each["check"].get<std::string>();
        }
        return ids;
    }
    [[nodiscard]] nlohmann::json finding(const std::string& check) const {
        for (const auto& each : json["findings"]) {
            if (each["check"] == check) return each;
        }
        return {};
    }
    [[nodiscard]] bool says(const std::string& check, std::string_view part) const {
        const auto found = finding(check);
        return !found.is_null() && found["what"].get<std::string>().find(part) != std::string::npos && !found["cure"].empty();
    }
};

struct Ward : CaPlant {
    Ward() {
        REQUIRE(init().exitCode == 0);
        request("gateway.csr");
        REQUIRE(ca("issue gateway.csr --out gateway.pem --yes").exitCode == 0);
    }

    [[nodiscard]] Looked look(const std::string& arguments = "ca") const {
        Looked looked{.output = run("doctor --json " + arguments)};
        looked.json = looked.output.json();
        return looked;
    }
    [[nodiscard]] Looked lookIn(hours later) const { return look("ca --at " + formatInstant(systemClock().now() + later)); }
    [[nodiscard]] CertificateAuthority authority() const {
        return valueOf(
            CertificateAuthority::open(certificate("ca/ca.der"), valueOf(PrivateKey::read(readBytes(folder / "ca/private/ca.pem")))));
    }
    void putCrl(std::vector<Revocation> revoked, hours end = hours{2000}) const {
        const auto now = systemClock().now();
        writeFile(folder / "ca/ca.crl", valueOf(authority().makeCrl(revoked, {.number = 1, .at = now, .nextUpdate = now + end})).der());
    }
    [[nodiscard]] std::filesystem::path issued() const { return *std::filesystem::directory_iterator{folder / "ca/issued"}; }
};

}  // namespace

TEST_CASE("doctor looks into the folder of a CA, finds nothing wrong with it, and leaves it as it was") {
    const Ward ward;
    const auto before = contentOf(ward.folder.path());
    const auto found = ward.look();
    INFO(found.output.out << found.output.err);
    CHECK(found.output.exitCode == 0);
    CHECK(found.serious().empty());
    CHECK(found.json["folders"].empty());
    REQUIRE(found.json["cas"].size() == 1);
    const auto& ca = found.json["cas"].at(0);
    CHECK(ca["subject"] == "CN=Plant CA, O=Acme");
    CHECK(ca["issued"] == 1);
    CHECK(ca["revoked"] == 0);
    CHECK(ca["crl"]["state"] == "good");
    const auto told = ward.run("doctor ca");
    CHECK(told.exitCode == 0);
    CHECK(told.says("ca: the CA CN=Plant CA"));
    CHECK(told.says("1 issued, 0 of them revoked"));
    CHECK(ward.look("--pki ca").json["cas"].size() == 1);
    CHECK(ward.look("--layout open62541 ca").json["folders"].empty());
    CHECK(contentOf(ward.folder.path()) == before);
}

TEST_CASE("doctor finds CAs and PKI folders below one, and looks at both") {
    const Ward ward;
    const auto alone = ward.look(".");
    CHECK(alone.json["cas"].size() == 1);
    ward.pki();
    const auto both = ward.look(".");
    CHECK(both.json["cas"].size() == 1);
    CHECK(both.json["folders"].size() == 1);
    CHECK(both.json["folders"].at(0)["folder"] == "./pki");
    CHECK(ward.look("pki").json["cas"].empty());
    const TempFolder empty;
    CHECK(toolCommand(empty.path(), "doctor .").exitCode == 2);
}

TEST_CASE("doctor: the dates of a CA and of its CRL") {
    const Ward ward;
    const hours day{24};
    CHECK(ward.lookIn(80 * day).serious() == "ca-crl-expires");
    const auto ended = ward.lookIn(91 * day);
    CHECK(ended.output.exitCode == 1);
    CHECK(ended.serious() == "ca-crl");
    CHECK(ended.says("ca-crl", "ended"));
    CHECK(ended.finding("ca-crl")["cure"].get<std::string>().find("uatrust ca crl --ca ca") != std::string::npos);
    CHECK(ward.look("ca --revocation off --at " + formatInstant(systemClock().now() + 91 * day)).serious().empty());
    REQUIRE(ward.ca("crl --validity 5000d").exitCode == 0);
    CHECK(ward.lookIn(3000 * day).finding("ca-succession").is_null());
    const auto later = ward.lookIn(3400 * day);
    CHECK(later.serious().empty());
    CHECK(later.says("ca-succession", "expires in"));
    CHECK(ward.lookIn(3630 * day).serious() == "ca-expires");
    CHECK(ward.lookIn(3651 * day).serious() == "ca-expired");
    const auto early = ward.lookIn(-2 * day);
    CHECK(early.serious() == "ca-expired ca-crl");
    CHECK(early.says("ca-expired", "becomes valid only"));
    CHECK(early.says("ca-crl", "counts only in"));
    std::filesystem::remove(ward.folder / "ca/ca.crl");
    CHECK(ward.look().says("ca-crl", "There is no CRL"));
    std::filesystem::rename(ward.folder / "ca", ward.folder / "line 4 ca");
    const auto cure = ward.look("'line 4 ca'").finding("ca-crl")["cure"].get<std::string>();
    CHECK(cure.starts_with("uatrust ca crl --ca 'line 4 ca' makes"));
}

TEST_CASE("doctor: a CRL that revokes other than what the index says") {
    const Ward ward;
    const auto serial = ward.certificate("gateway.pem").serialNumber();
    ward.putCrl({{.serialNumber = serial, .at = systemClock().now()}});
    const auto forgotten = ward.look();
    CHECK(forgotten.serious() == "ca-crl");
    CHECK(forgotten.says("ca-crl", serial));
    CHECK(forgotten.says("ca-crl", "would let them in again"));
    ward.putCrl({});
    const auto old = readFile(ward.folder / "ca/ca.crl");
    CHECK(ward.look().serious().empty());
    REQUIRE(ward.ca("revoke gateway.pem --yes").exitCode == 0);
    const auto fresh = readFile(ward.folder / "ca/ca.crl");
    writeFile(ward.folder / "ca/ca.crl", old);
    std::filesystem::remove(ward.folder / "ca/.lock");
    CHECK(ward.look().says("ca-crl", "writing it has failed"));
    CHECK_FALSE(ward.has("ca/.lock"));
    // The same number, and nothing in it.
    const auto now = systemClock().now();
    writeFile(ward.folder / "ca/ca.crl",
              valueOf(ward.authority().makeCrl({}, {.number = 2, .at = now, .nextUpdate = now + hours{2000}})).der());
    CHECK(ward.look().says("ca-crl", "that the CRL does not revoke"));
    writeFile(ward.folder / "ca/ca.crl", fresh);
    CHECK(ward.look().serious().empty());
    REQUIRE(ward.ca("crl").exitCode == 0);
    writeFile(ward.folder / "ca/ca.crl", "nothing");
    CHECK(ward.look().says("ca-files", "is no CRL of this CA"));
}

TEST_CASE("doctor: an index that is missing, damaged or old, and a certificate that is") {
    const Ward ward;
    const auto index = ward.folder / "ca/index.json";
    const auto good = readFile(index);
    writeFile(index, "{}");
    const auto damaged = ward.look();
    CHECK(damaged.output.exitCode == 1);
    CHECK(damaged.says("ca-files", "cannot be read"));
    CHECK(damaged.json["cas"].at(0)["subject"].is_null());
    CHECK(ward.run("doctor ca").says("a CA that cannot be worked with"));
    std::filesystem::remove(index);
    CHECK(ward.look().says("ca-files", "is missing"));
    writeFile(index, good);
    std::filesystem::remove(ward.folder / "ca/ca.der");
    CHECK(ward.look().says("ca-files", "certificate of the CA is missing"));
}

TEST_CASE("doctor: the index against the certificates that were issued") {
    const Ward ward;
    const auto file = ward.issued();
    const auto content = readFile(file);
    const auto index = readFile(ward.folder / "ca/index.json");
    std::filesystem::remove(file);
    const auto missing = ward.look();
    CHECK(missing.serious() == "ca-issued");
    CHECK(missing.says("ca-issued", "Line 4 gateway"));
    CHECK(ward.lookIn(hours{24 * 731}).finding("ca-issued").is_null());  // it is over by then
    writeFile(file, content);
    writeFile(ward.folder / "ca/issued/copy.der", content);
    CHECK(ward.look().serious().empty());
    writeFile(ward.folder / "ca/issued/copy.der", forgeCertificate({.keyName = "p256"}).der);
    CHECK(ward.look().says("ca-issued", "has not issued"));
    writeFile(ward.folder / "ca/issued/copy.der", "nothing");
    CHECK(ward.look().says("ca-issued", "copy.der"));
    std::filesystem::remove(ward.folder / "ca/issued/copy.der");

    REQUIRE(ward.ca("issue gateway.csr --yes").exitCode == 0);
    writeFile(ward.folder / "ca/index.json", index);
    const auto restored = ward.look();
    CHECK(restored.serious() == "ca-issued");
    CHECK(restored.says("ca-issued", "not in its index"));
}

TEST_CASE("doctor: the key of a CA") {
    const Ward ward;
    const auto key = ward.folder / "ca/private/ca.pem";
    const auto good = readFile(key);
    const auto putKey = [&](const std::string& content) {
        writeFile(key, content);
        std::filesystem::permissions(key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    };
    putKey(forgeKey("p256", 5).pem());
    const auto other = ward.look();
    CHECK(other.serious() == "ca-key");
    CHECK(other.says("ca-key", "can neither issue nor revoke"));
    putKey("nothing");
    CHECK(ward.look().serious() == "ca-key");
    std::filesystem::remove(key);
    CHECK(ward.look().serious() == "ca-key");
    putKey(good);
    CHECK(ward.look().serious().empty());
#ifndef _WIN32
    using std::filesystem::perms;
    std::filesystem::permissions(key, perms::group_read, std::filesystem::perm_options::add);
    CHECK(ward.look().says("ca-key-open", "The key of the CA can be opened by others than its owner (0640)"));
    std::filesystem::permissions(key, perms::group_read, std::filesystem::perm_options::remove);
    std::filesystem::permissions(ward.folder / "ca/private", perms::others_exec, std::filesystem::perm_options::add);
    CHECK(ward.look().serious() == "ca-key-open");
    std::filesystem::permissions(ward.folder / "ca/private", perms::others_exec, std::filesystem::perm_options::remove);
    std::filesystem::permissions(ward.folder / "ca", perms::others_write, std::filesystem::perm_options::add);
    CHECK(ward.look().serious() == "folder-writable");
#endif
}

TEST_CASE("doctor: an encrypted key of a CA is no defect, and is compared when its passphrase is given") {
    const CaPlant plant;
    writeFile(plant.folder / "secret", "correct horse\n");
    writeFile(plant.folder / "wrong", "battery staple\n");
    REQUIRE(plant.init("--passphrase-file secret").exitCode == 0);
    const auto look = [&](const std::string& arguments) {
        Looked looked{.output = plant.run("doctor --json ca " + arguments)};
        looked.json = looked.output.json();
        return looked;
    };
    CHECK(look("").serious().empty());
    CHECK(look("").says("ca-key-encrypted", "no passphrase was given"));
    CHECK(look("--passphrase-file wrong").says("ca-key-encrypted", "does not open it"));
    CHECK(look("--passphrase-file secret").finding("ca-key-encrypted").is_null());
    CHECK(look("--passphrase-file secret").output.exitCode == 0);
}

TEST_CASE("doctor: PKI folders that have an older CRL of a CA are named, and not touched") {
    const Ward ward;
    ward.pki();
    REQUIRE(ward.ca("crl --install-to pki --yes").exitCode == 0);
    CHECK(ward.look().serious().empty());
    REQUIRE(ward.ca("crl").exitCode == 0);
    const auto before = contentOf(ward.folder / "pki");
    const auto behind = ward.look();
    CHECK(behind.serious() == "ca-behind");
    CHECK(behind.says("ca-behind", "older CRL"));
    CHECK(contentOf(ward.folder / "pki") == before);
    std::filesystem::remove_all(ward.folder / "pki");
    CHECK(ward.look().says("ca-behind", "cannot be looked at"));
}
