#include <filesystem>
#include <set>

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "tool/doctor/checks.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

// What is wrong in a folder, through the program, as of kForgeNow.
namespace {

namespace fs = std::filesystem;

constexpr auto kOwnUri = "urn:test:gateway";

CertSpec ownSpec() { return {.cn = "gateway", .keyName = "p256", .keyIndex = 5, .uris = {kOwnUri}, .dns = {"gateway"}}; }

struct Findings {
    ToolOutput output{};
    nlohmann::json json{};

    [[nodiscard]] std::vector<nlohmann::json> of(std::string_view check) const {
        std::vector<nlohmann::json> found;
        for (const auto& each : json["findings"]) {
            if (each["check"] == std::string{check}) found.push_back(each);
        }
        return found;
    }
    [[nodiscard]] bool has(std::string_view check) const { return of(check).size() == 1; }
    [[nodiscard]] bool hasNone(std::string_view check) const { return of(check).empty(); }
    /// All but notes, in their order.
    [[nodiscard]] std::string serious() const {
        std::string ids;
        for (const auto& each : json["findings"]) {
            if (each["severity"] != "note") ids += (ids.empty() ? "" : " ") + each["check"].get<std::string>();
        }
        return ids;
    }
};

/// Ward is a folder "PKI/pkiserver" and what the doctor says of it.
struct Ward {
    TempFolder folder{};
    fs::path server = folder / "PKI/pkiserver";

    Ward() { fs::create_directories(server / "trusted/certs"); }

    void own(const ForgedCert& certificate) const { own(server, certificate); }
    static void own(const fs::path& pki, const ForgedCert& certificate) {
        DirectoryStore store{pki};
        REQUIRE(store.saveOwn({parsed(certificate)}, privateKeyOf(certificate.key)));
    }
    void trusted(const ForgedCert& certificate, const std::string& name = "one.der") const {
        put("trusted/certs/" + name, certificate.der);
    }
    void issuer(const ForgedCert& certificate, const std::string& name = "ca.der") const { put("issuers/certs/" + name, certificate.der); }
    void crl(ByteView der, const std::string& name = "ca.crl") const { put("issuers/crl/" + name, der); }
    void put(const std::string& name, ByteView content) const { writeFile(server / name, content); }

    [[nodiscard]] Findings look(const std::string& arguments = {}, const std::string& at = "2026-06-15T12:00:00Z") const {
        Findings found{.output = toolCommand(folder.path(), "doctor PKI --host gateway --json --at " + at + " " + arguments)};
        found.json = found.output.json();
        return found;
    }
    [[nodiscard]] ToolOutput tell(const std::string& arguments = {}) const {
        return toolCommand(folder.path(), "doctor PKI --host gateway --at 2026-06-15T12:00:00Z " + arguments);
    }
};

/// A plant in good order: a trusted application of its own, another one of a CA that is an issuer with its CRL.
struct Plant : Ward {
    ForgedCert root = forgeRoot("Plant CA", {.keyName = "p256"});
    ForgedCert ofRoot = forgeLeaf(root, {.cn = "hmi", .keyName = "p256", .keyIndex = 7, .uris = {"urn:test:hmi"}});
    ForgedCert lone = forgeCertificate({.keyName = "p256"});
    Plant() {
        own(forgeCertificate(ownSpec()));
        trusted(lone);
        trusted(ofRoot, "hmi.der");
        issuer(root);
        crl(forgeCrl({.issuer = &root}));
    }
};

}  // namespace

TEST_CASE("A folder in good order has neither errors nor warnings, and stays as it was") {
    const Plant plant;
    const auto before = contentOf(plant.folder.path());
    const auto found = plant.look();
    CHECK(found.serious() == "");
    CHECK(found.output.exitCode == 0);
    CHECK(found.json["errors"] == 0);
    CHECK(found.json["warnings"] == 0);
    CHECK(found.json["folders"].size() == 1);
    CHECK(found.json["folders"].at(0)["group"] == "clients");
    CHECK(found.json["folders"].at(0)["own"]["applicationUri"] == kOwnUri);
    CHECK(found.json["folders"].at(0)["trusted"] == 2);
    const auto told = plant.tell();
    CHECK(told.exitCode == 0);
    CHECK(told.says("2 trusted, 1 issuer, 0 rejected, own certificate CN=gateway"));
    CHECK(told.says("0 errors, 0 warnings"));
    CHECK(contentOf(plant.folder.path()) == before);
}

TEST_CASE("Each finding says what is wrong, where, and what to do") {
    const Ward ward;
    ward.trusted(forgeCertificate({.keyName = "p256", .notAfter = forgeDate(2026, 6, 1)}));
    const auto found = ward.look();
    CHECK(found.output.exitCode == 1);
    REQUIRE(found.has("expired"));
    const auto finding = found.of("expired").front();
    CHECK(finding["severity"] == "error");
    CHECK(finding["where"] == "PKI/pkiserver");
    CHECK(finding["what"].get<std::string>().find("CN=plc-7, O=Test") != std::string::npos);
    CHECK(finding["what"].get<std::string>().find("expired 14 days") != std::string::npos);
    CHECK(finding["evidence"].get<std::string>().find("trusted/certs/one.der") != std::string::npos);
    CHECK_FALSE(finding["cure"].get<std::string>().empty());
    const auto told = ward.tell();
    CHECK(told.exitCode == 1);
    CHECK(told.says("ERROR           The trusted CN=plc-7"));
    CHECK(told.says("  what to do    "));
    CHECK(told.says("1 error, 0 warnings"));
}

TEST_CASE("The table has an id of its own for each check, and says what it looks for") {
    std::set<std::string_view> ids;
    for (const auto& row : tool::checkTable()) {
        CHECK(ids.insert(row.id).second);
        CHECK_FALSE(row.about.empty());
        CHECK(&tool::checkInfo(row.check) == &row);
    }
}

TEST_CASE("Findings are sentences, and what is in them to be typed stays as it is") {
    tool::Chart chart;
    chart.add({tool::Check::Files, "pki", "own/certs/a.der cannot be read", {}, "uatrust list shows the others"});
    chart.add({tool::Check::Files, "pki", "it is damaged.", {}, "is that meant?"});
    const auto found = chart.take();
    CHECK(found.at(0).what == "own/certs/a.der cannot be read.");
    CHECK(found.at(0).cure == "uatrust list shows the others.");
    CHECK(found.at(1).what == "It is damaged.");
    CHECK(found.at(1).cure == "Is that meant?");
}

TEST_CASE("The own certificate: dates, names, profile") {
    SECTION("expired") {
        const Ward ward;
        auto spec = ownSpec();
        spec.notAfter = forgeDate(2026, 6, 1);
        ward.own(forgeCertificate(spec));
        CHECK(ward.look().serious() == "own-expired");
    }
    SECTION("not valid yet") {
        const Plant plant;
        CHECK(plant.look("", "2025-12-01").of("own-not-yet-valid").size() == 1);
        CHECK(plant.look("", "2025-12-01").of("not-yet-valid").size() == 3);
    }
    SECTION("about to expire, in the time that was asked for") {
        const Ward ward;
        auto spec = ownSpec();
        spec.notAfter = forgeDate(2026, 7, 1);
        ward.own(forgeCertificate(spec));
        CHECK(ward.look().serious() == "own-expires");
        CHECK(ward.look("--within 7d").serious() == "");
        CHECK(ward.look("--within 7d").output.exitCode == 0);
        CHECK(toolCommand(ward.folder.path(), "doctor PKI --within soon").exitCode == 2);
    }
    SECTION("without a name of its machine, for a server") {
        const Plant plant;
        CHECK(plant.look("--host plc-9").serious() == "own-hosts");
        CHECK(plant.look("--host plc-9").of("own-hosts").front()["what"].get<std::string>().find("plc-9") != std::string::npos);
    }
    SECTION("with another ApplicationUri than the application") {
        const Plant plant;
        CHECK(plant.look("--application-uri urn:test:other").serious() == "own-uri");
        CHECK(plant.look(std::string{"--application-uri "} + kOwnUri).serious() == "");
    }
    SECTION("without ApplicationUri, and for nobody's use") {
        const Ward ward;
        auto spec = ownSpec();
        spec.uris = {};
        spec.keyUsage = Ku::DigitalSignature;
        spec.eku = std::vector<std::string>{"clientAuth"};
        ward.own(forgeCertificate(spec));
        const auto found = ward.look();
        REQUIRE(found.has("own-profile"));
        const auto what = found.of("own-profile").front()["what"].get<std::string>();
        CHECK(what.find("ApplicationUri") != std::string::npos);
        CHECK(what.find("serverAuth") != std::string::npos);
        CHECK(what.find("OPC 10000-6, 6.2.2") != std::string::npos);
    }
    SECTION("with two URIs") {
        const Ward ward;
        auto spec = ownSpec();
        spec.uris = {kOwnUri, "urn:test:second"};
        ward.own(forgeCertificate(spec));
        const auto found = ward.look();
        CHECK(found.output.exitCode == 0);
        CHECK(found.has("advice"));
    }
    SECTION("revoked, and without its CA's beside it") {
        const Plant plant;
        auto spec = ownSpec();
        spec.issuer = &plant.root;
        spec.keyIndex = 8;
        const auto issued = forgeCertificate(spec);
        plant.own(issued);
        CHECK(plant.look().has("own-chain"));
        plant.crl(forgeCrl({.issuer = &plant.root, .revoked = {revoked(issued)}, .number = 2}));
        CHECK(plant.look().has("own-revoked"));
    }
}

TEST_CASE("The own certificate and its key") {
    const Ward ward;
    const auto own = forgeCertificate(ownSpec());
    SECTION("none is no defect") {
        const auto found = ward.look();
        CHECK(found.output.exitCode == 0);
        CHECK(found.has("own-missing"));
    }
    SECTION("a certificate without its key") {
        ward.put("own/certs/application.der", own.der);
        CHECK(ward.look().serious() == "own-pair");
    }
    SECTION("a key of another certificate") {
        ward.own(own);
        ward.put("own/certs/application.der", forgeCertificate({.keyName = "p256", .keyIndex = 9}).der);
        CHECK(ward.look().serious() == "own-pair");
    }
    SECTION("a second pair, and a certificate without a key") {
        ward.own(own);
        const auto second = forgeCertificate({.cn = "second", .keyName = "p256", .keyIndex = 10});
        ward.put("own/certs/second.der", second.der);
        CHECK(ward.look().serious() == "own-unpaired");
        ward.put("own/private/second.pem", asBytes(second.key.pem()));
        fs::permissions(ward.server / "own/private/second.pem", fs::perms::owner_read | fs::perms::owner_write);
        CHECK(ward.look().serious() == "own-several");
    }
    SECTION("a file that cannot be read") {
        ward.own(own);
        ward.put("own/certs/other.der", asBytes("junk"));
        CHECK(ward.look().serious() == "own-files");
    }
    SECTION("an encrypted key is no defect, and not known without its passphrase") {
        ward.own(own);
        ward.put("own/private/application.pem", asBytes(own.key.pem("secret")));
        fs::permissions(ward.server / "own/private/application.pem", fs::perms::owner_read | fs::perms::owner_write);
        CHECK(ward.look().serious() == "own-encrypted");
        writeFile(ward.folder / "passphrase", "secret\n");
        CHECK(ward.look("--passphrase-file passphrase").serious() == "");
        writeFile(ward.folder / "passphrase", "wrong\n");
        CHECK(ward.look("--passphrase-file passphrase").has("own-files"));
    }
#ifndef _WIN32
    SECTION("a key, and a folder, that others can open") {
        ward.own(own);
        fs::permissions(ward.server / "own/private/application.pem", fs::perms::group_read, fs::perm_options::add);
        CHECK(ward.look().serious() == "own-files");
        fs::permissions(ward.server / "own/private", fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
        CHECK(ward.look().of("own-files").size() == 2);
    }
#endif
}

TEST_CASE("Trusted certificates and issuers") {
    const Plant plant;
    SECTION("about to expire, but for those whose successor is here") {
        plant.trusted(
            forgeCertificate({.cn = "old", .keyName = "p256", .keyIndex = 11, .notAfter = forgeDate(2026, 6, 20), .uris = {"urn:old"}}),
            "old.der");
        CHECK(plant.look().serious() == "expires");
        plant.trusted(forgeCertificate({.cn = "new", .keyName = "p256", .keyIndex = 12, .uris = {"urn:old"}}), "new.der");
        CHECK(plant.look().serious() == "");
        CHECK(plant.look("", "2026-06-21").has("superseded"));
    }
    SECTION("a CA that has expired, until its renewed certificate is here") {
        auto spec = CertSpec{.keyName = "p256", .keyIndex = 1, .notAfter = forgeDate(2026, 6, 1)};
        plant.issuer(forgeRoot("Plant CA", spec));
        CHECK(plant.look().has("expired"));
        plant.issuer(plant.root, "renewed.der");
        CHECK(plant.look().serious() == "");
    }
    SECTION("a CA without basicConstraints and keyUsage bits") {
        plant.issuer(
            forgeRoot(
                "Bad CA",
                {.keyName = "p256", .keyIndex = 13, .ca = std::nullopt, .keyUsage = Ku::KeyCertSign, .eku = std::vector<std::string>{}}),
            "bad.der");
        const auto found = plant.look();
        REQUIRE(found.has("ca-profile"));
        CHECK(found.of("ca-profile").front()["what"].get<std::string>().find("basicConstraints") != std::string::npos);
        CHECK(found.of("ca-profile").front()["what"].get<std::string>().find("cRLSign") != std::string::npos);
    }
    SECTION("an application among the issuers, a CA among the trusted") {
        plant.issuer(forgeCertificate({.cn = "lost", .keyName = "p256", .keyIndex = 14, .uris = {"urn:lost"}}), "lost.der");
        CHECK(plant.look().serious() == "issuer-no-ca");
        plant.trusted(plant.root, "root.der");
        CHECK(plant.look().has("ca-trusted"));
        CHECK(plant.look().has("crl-elsewhere"));
    }
    SECTION("an application that says it is a CA needs no CRL") {
        plant.trusted(forgeCertificate({.cn = "both", .keyName = "p256", .keyIndex = 17, .uris = {"urn:both"}, .ca = true}), "both.der");
        const auto found = plant.look();
        CHECK(found.hasNone("crl-missing"));
        CHECK(found.hasNone("ca-profile"));
        CHECK(found.has("ca-trusted"));
    }
    SECTION("trusted and blocked, trusted and rejected") {
        plant.put("blocked/certs/one.der", plant.lone.der);
        plant.put("rejected/hmi.der", plant.ofRoot.der);
        const auto found = plant.look();
        CHECK(found.serious() == "trusted-and-blocked");
        CHECK(found.has("trusted-and-rejected"));
    }
    SECTION("a key that only outdated policies take") {
        plant.trusted(forgeCertificate({.cn = "weak", .keyName = "rsa1024", .uris = {"urn:weak"}, .hash = "sha1"}), "weak.der");
        CHECK(plant.look().has("trusted-weak"));
    }
}

TEST_CASE("Those who are trusted are judged as if they came now") {
    const Plant plant;
    SECTION("a chain without its root") {
        fs::remove(plant.server / "issuers/certs/ca.der");
        const auto found = plant.look();
        REQUIRE(found.has("trusted-chain"));
        CHECK(found.of("trusted-chain").front()["what"].get<std::string>().find("BadCertificateChainIncomplete") != std::string::npos);
        CHECK(found.has("crl-orphan"));
    }
    SECTION("revoked") {
        plant.crl(forgeCrl({.issuer = &plant.root, .revoked = {revoked(plant.ofRoot)}, .number = 2}));
        CHECK(plant.look().serious() == "trusted-revoked");
    }
    SECTION("for another use, or without ApplicationUri") {
        plant.trusted(
            forgeCertificate(
                {.cn = "web", .keyName = "p256", .keyIndex = 15, .uris = {"urn:web"}, .eku = std::vector<std::string>{"serverAuth"}}),
            "web.der");
        CHECK(plant.look().has("trusted-refused"));
        CHECK(plant.look().of("trusted-refused").front()["what"].get<std::string>().find("BadCertificateUseNotAllowed") !=
              std::string::npos);
        plant.trusted(forgeCertificate({.cn = "web", .keyName = "p256", .keyIndex = 15, .uris = {}}), "web.der");
        CHECK(plant.look().serious() == "trusted-refused");
    }
}

TEST_CASE("Revocation lists") {
    const Plant plant;
    SECTION("none, and how much that matters is for the plant to say") {
        fs::remove(plant.server / "issuers/crl/ca.crl");
        const auto found = plant.look();
        CHECK(found.serious() == "crl-missing");
        CHECK(found.of("crl-missing").front()["cure"].get<std::string>().find("issuers/crl") != std::string::npos);
        CHECK(plant.look("--revocation if-present").serious() == "");
        CHECK(plant.look("--revocation off").serious() == "");
    }
    SECTION("expired, not valid yet, about to expire") {
        plant.crl(forgeCrl({.issuer = &plant.root, .nextUpdate = forgeDate(2026, 6, 14)}));
        CHECK(plant.look().serious() == "crl-expired");
        plant.crl(forgeCrl({.issuer = &plant.root, .thisUpdate = forgeDate(2026, 7, 1)}));
        CHECK(plant.look().serious() == "crl-not-yet-valid");
        plant.crl(forgeCrl({.issuer = &plant.root, .nextUpdate = forgeDate(2026, 6, 25)}));
        CHECK(plant.look().serious() == "crl-expires");
        plant.crl(forgeCrl({.issuer = &plant.root, .thisUpdate = forgeDate(2026, 6, 14), .nextUpdate = forgeDate(2026, 6, 21)}));
        CHECK(plant.look().serious() == "");
    }
    SECTION("of a CA of the same name with another key, of nobody, a delta") {
        plant.crl(forgeCrl({.issuer = &plant.root, .signWith = forgeKey("p256", 20)}), "other.crl");
        CHECK(plant.look().serious() == "crl-foreign");
        fs::remove(plant.server / "issuers/crl/ca.crl");
        CHECK(plant.look().serious() == "crl-missing crl-foreign");
        const auto stranger = forgeRoot("Stranger", {.keyName = "p256", .keyIndex = 21});
        plant.crl(forgeCrl({.issuer = &stranger}), "other.crl");
        CHECK(plant.look().has("crl-orphan"));
    }
    SECTION("in the folder for certificates") {
        fs::rename(plant.server / "issuers/crl/ca.crl", plant.server / "issuers/certs/ca.crl");
        CHECK(plant.look().serious() == "crl-missing files");
    }
}

TEST_CASE("Those who were refused") {
    const Plant plant;
    const auto renewed = forgeCertificate({.keyName = "p256", .keyIndex = 22, .notBefore = forgeDate(2026, 3, 1)});
    {
        DirectoryStore store{plant.server};
        REQUIRE(
            store.recordRefusal(parsed(renewed), {.at = kForgeNow, .status = StatusCode::BadCertificateUntrusted, .reason = "Unknown."}));
    }
    const auto found = plant.look();
    CHECK(found.serious() == "rejected-renewed");
    const auto finding = found.of("rejected-renewed").front();
    CHECK(finding["what"].get<std::string>().find("urn:test:plc-7") != std::string::npos);
    CHECK(finding["evidence"].get<std::string>().find("refused 1 times") != std::string::npos);
    CHECK(finding["cure"].get<std::string>().find(parsed(renewed).thumbprint().text()) != std::string::npos);

    plant.put("rejected/stranger.der",
              forgeCertificate({.cn = "stranger", .keyName = "p256", .keyIndex = 23, .uris = {"urn:stranger"}}).der);
    CHECK(plant.look().serious() == "rejected-renewed");
    CHECK(plant.look().has("rejected-waiting"));
}

TEST_CASE("Several folders are looked at together") {
    const Plant plant;
    const auto client = plant.folder / "PKI/pkiclient";
    const auto stranger = forgeCertificate({.cn = "stranger", .keyName = "p256", .keyIndex = 23, .uris = {"urn:stranger"}});
    writeFile(client / "trusted/certs/stranger.der", stranger.der);
    plant.put("rejected/stranger.der", stranger.der);
    const auto found = plant.look();
    CHECK(found.json["folders"].size() == 2);
    REQUIRE(found.has("rejected-elsewhere"));
    CHECK(found.of("rejected-elsewhere").front()["where"] == "PKI/pkiserver");
    CHECK(found.of("rejected-elsewhere").front()["what"].get<std::string>().find("PKI/pkiclient") != std::string::npos);
    CHECK(found.hasNone("own-missing"));
    auto spec = ownSpec();
    spec.keyIndex = 24;
    Ward::own(client, forgeCertificate(spec));
    CHECK(plant.look().has("own-uri-shared"));
}

TEST_CASE("Files, permissions and the clock") {
    const Plant plant;
    SECTION("a file that cannot be read") {
        plant.put("trusted/certs/junk.der", asBytes("junk"));
        CHECK(plant.look().serious() == "files");
    }
#ifndef _WIN32
    SECTION("a list that everybody can change") {
        fs::permissions(plant.server / "trusted/certs", fs::perms::others_write, fs::perm_options::add);
        CHECK(plant.look().serious() == "folder-writable");
    }
#endif
    SECTION("a clock that was never set") {
        const Ward ward;
        CHECK(ward.look("", "1970-01-02").serious() == "clock");
    }
    SECTION("a file of the future") {
        fs::last_write_time(plant.server / "trusted/certs/one.der", fs::file_time_type::clock::now() + std::chrono::hours{24 * 400});
        const auto output = toolCommand(plant.folder.path(), "doctor PKI --json");
        Findings found{.output = output, .json = output.json()};
        CHECK(found.has("clock-stamps"));
    }
}

TEST_CASE("A folder that is none, or none in it, cannot be looked at") {
    const Ward ward;
    const auto missing = toolCommand(ward.folder.path(), "doctor nowhere");
    CHECK(missing.exitCode == 2);
    CHECK(missing.complains("nowhere"));
    fs::create_directories(ward.folder / "empty");
    const auto empty = toolCommand(ward.folder.path(), "doctor empty --json");
    CHECK(empty.exitCode == 2);
    CHECK(empty.json()["error"]["status"] == "BadNotFound");
    CHECK(toolCommand(ward.folder.path(), "doctor").exitCode == 2);
    CHECK(toolCommand(ward.folder.path(), "doctor", (ward.server).string()).exitCode == 0);
    CHECK(toolCommand(ward.server, "doctor").exitCode == 0);
    CHECK(toolCommand(ward.folder.path(), "doctor --pki PKI/pkiserver").exitCode == 0);
}
