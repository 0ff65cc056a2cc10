#ifndef _WIN32

#include <uatrust/store/trust_list_manager.hpp>

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "support/tool_process.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

// "uatrust watch" beside an application and an operator who change the folder.
namespace {

const Instant kFar = forgeDate(9999, 1, 1);

ForgedCert device(const std::string& name, int key = 0) {
    return forgeCertificate({.cn = name, .keyName = "p256", .keyIndex = key, .notAfter = kFar});
}

struct Plant {
    Pki pki{};
    DirectoryStore application{pki.path};
    TrustListManager operators{application};

    Plant() { REQUIRE(application.create()); }
    void refuse(const ForgedCert& certificate, int seconds = 0) {
        // One that ends, so that no attempt waits in its memory.
        DirectoryStore store{pki.path};
        REQUIRE(store.recordRefusal(parsed(certificate), {.at = systemClock().now() + std::chrono::seconds{seconds},
                                                          .status = StatusCode::BadCertificateUntrusted,
                                                          .reason = "It is not in the trusted list.",
                                                          .peerAddress = "10.0.0.7"}));
    }
    [[nodiscard]] ToolProcess watch(std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"watch", "--pki", "pki"};
        words.insert(words.end(), more.begin(), more.end());
        return ToolProcess{pki.folder.path(), words};
    }
};

}  // namespace

TEST_CASE("watch tells who is refused and what is done about it, as it happens") {
    Plant plant;
    const auto plc = device("plc");
    auto process = plant.watch({"--json"});
    CHECK(process.waitForEvent("watching")["trusted"] == 0);
    plant.refuse(plc);
    const auto rejected = process.waitForEvent("rejected");
    CHECK(rejected["thumbprint"] == parsed(plc).thumbprint().text());
    CHECK(rejected["status"] == "BadCertificateUntrusted");
    CHECK(rejected["reason"] == "It is not in the trusted list.");
    CHECK(rejected["peerAddress"] == "10.0.0.7");
    plant.refuse(plc, 1);
    CHECK(process.waitForEvent("refused-again")["attempts"] == 2);
    const auto id = parsed(plc).id();
    REQUIRE(plant.operators.trust(id, "Ada"));
    CHECK(process.waitForEvent("trusted")["from"] == "rejected");
    REQUIRE(plant.operators.distrust(id, "Ada"));
    CHECK(process.waitForEvent("distrusted")["to"] == "rejected");
    REQUIRE(plant.operators.block(id, "Ada"));
    CHECK(process.waitForEvent("blocked")["from"] == "rejected");
    REQUIRE(plant.operators.unblock(id, "Ada"));
    CHECK(process.waitForEvent("unblocked")["to"] == "rejected");
    REQUIRE(plant.operators.remove(id, StoreList::Rejected, "Ada"));
    (void)process.waitForEvent("removed");
    writeFile(plant.pki.path / "rejected/by-hand.der", device("by hand", 1).der);
    CHECK_FALSE(process.waitForEvent("rejected").contains("status"));
    process.signal(SIGINT);
    CHECK(process.exitCode() == 0);
}

TEST_CASE("watch tells of CRLs and own certificates that are replaced, and of what expires") {
    Plant plant;
    const auto now = systemClock().now();
    const auto root = forgeRoot("Plant CA", {.keyName = "p256", .notAfter = kFar});
    const auto soon = forgeCertificate({.cn = "soon", .keyName = "p256", .keyIndex = 2, .notAfter = now + std::chrono::hours{100}});
    const auto over = forgeCertificate({.cn = "over", .keyName = "p256", .keyIndex = 3, .notAfter = forgeDate(2026, 2, 1)});
    plant.pki.trust(soon);
    auto process = plant.watch({"--json", "--within", "7d"});
    CHECK(process.waitForEvent("expiring")["subject"] == "CN=soon, O=Test");
    REQUIRE(plant.application.addCertificate(StoreList::Trusted, parsed(over)));
    CHECK(process.waitForEvent("expired")["expires"] == "2026-02-01T00:00:00Z");

    const auto crl = plant.pki.path / "issuers/crl/plant.crl";
    writeFile(crl, forgeCrl({.issuer = &root, .nextUpdate = kFar, .number = 1}));
    CHECK(process.waitForEvent("crl-added")["to"] == "issuers");
    writeFile(plant.pki.path / "issuers/crl/.new", forgeCrl({.issuer = &root, .nextUpdate = kFar, .number = 2}));
    std::filesystem::rename(plant.pki.path / "issuers/crl/.new", crl);
    CHECK(process.waitForEvent("crl-replaced")["issuer"] == "CN=Plant CA, O=Test");

    const auto own = plant.pki.path / "own/certs/application.der";
    writeFile(own, device("gateway", 4).der);
    (void)process.waitForEvent("own-added");
    writeFile(plant.pki.path / "own/certs/.new", device("gateway", 5).der);
    std::filesystem::rename(plant.pki.path / "own/certs/.new", own);
    CHECK(process.waitForEvent("own-replaced")["subject"] == "CN=gateway, O=Test");
    process.signal(SIGTERM);
    CHECK(process.exitCode() == 0);
}

TEST_CASE("watch tells of a file that cannot be read and of a folder that has gone, and when that is over") {
    const Plant plant;
    auto process = plant.watch({"--json"});
    (void)process.waitForEvent("watching");
    const auto file = plant.pki.path / "trusted/certs/broken.der";
    writeFile(file, "no certificate");
    CHECK(process.waitForEvent("problem")["name"].get<std::string>().find("broken.der") != std::string::npos);
    std::filesystem::remove(file);
    (void)process.waitForEvent("solved");

    plant.pki.trust(device("plc"));
    (void)process.waitForEvent("trusted");
    std::filesystem::rename(plant.pki.path, plant.pki.folder / "away");
    CHECK(process.waitForEvent("problem")["name"] == "pki");
    std::filesystem::rename(plant.pki.folder / "away", plant.pki.path);
    (void)process.waitForEvent("solved");
    std::filesystem::remove(plant.pki.path / "trusted/certs/one.der");
    (void)process.waitForEvent("distrusted");
    const auto all = process.output();
    CHECK(all.find("distrusted") == all.rfind("distrusted"));
}

TEST_CASE("watch ends after so many events or after its time, and names the folder where there are several") {
    Plant plant;
    plant.refuse(device("plc"));
    std::filesystem::copy(plant.pki.path, plant.pki.folder / "other", std::filesystem::copy_options::recursive);
    ToolProcess process{plant.pki.folder.path(), {"watch", "--count", "1", "--for", "10m", "pki", "other"}};
    process.waitUntilSaid("Watching other");
    std::filesystem::rename(plant.pki.folder / "other/rejected", plant.pki.folder / "other/gone");
    CHECK(process.waitFor("\n").find("other  ") != std::string::npos);
    CHECK(process.exitCode() == 0);

    CHECK(toolCommand(plant.pki.folder.path(), "watch --pki pki --for 0s").exitCode == 0);
    CHECK(toolCommand(plant.pki.folder.path(), "watch --pki pki --for 0s --count 1").exitCode == 1);
    CHECK(toolCommand(plant.pki.folder.path(), "watch nowhere").exitCode == 2);
    CHECK(toolCommand(plant.pki.folder.path(), "watch --pki pki --within soon").exitCode == 2);
}

#endif
