#include "support/catch.hpp"
#include "unit/page/served.hpp"

#include <algorithm>
#include <optional>

#include <uatrust/identity/application_identity.hpp>
#include <uatrust/x509/certificate_request.hpp>
#include <uatrust/x509/pem.hpp>

using namespace uatrust;
using namespace uatrust::test;

// The own certificate as the page has it.
namespace {

struct OwnFolder {
    OwnFolder() {
        DirectoryStore store{pki.path};
        const auto made = ApplicationIdentity::loadOrCreate(
            store,
            {.applicationName = "Line 4 gateway", .applicationUri = "urn:plc-4:acme:gateway", .hostNames = HostNames{{"plc-4"}, {}}});
        REQUIRE(made);
        id = made->certificate().id().text();
        served.emplace(pki.folder.path());
        served->signIn();
    }
    [[nodiscard]] Served::Told ask(const std::string& what, const nlohmann::json& wish) const {
        return served->post("/api/groups/pki/own/" + what, wish);
    }

    Pki pki{};
    std::string id{};
    std::optional<Served> served{};
};

}  // namespace

TEST_CASE("The own certificate is shown with its names against those of the machine") {
    const OwnFolder folder;
    const auto own = folder.served->json("/api/groups/pki/own");
    CHECK(own["present"] == true);
    CHECK(own["entry"]["id"] == folder.id);
    CHECK(own["entry"]["list"] == "own");
    CHECK(own["keyType"] == "RSA 2048");
    CHECK(own["applicationUri"] == "urn:plc-4:acme:gateway");
    CHECK(own["pem"].get<std::string>().find("-----BEGIN CERTIFICATE") == 0);
    CHECK(own.dump().find("PRIVATE") == std::string::npos);
    const auto& names = own["names"];
    CHECK(
        std::any_of(names.begin(), names.end(), [](const auto& each) { return each["name"] == "plc-4" && each["inCertificate"] == true; }));
}

TEST_CASE("Without an own certificate there is nothing to renew") {
    const Pki pki;
    std::filesystem::create_directories(pki.path / "trusted/certs");
    Served served{pki.folder.path()};
    served.signIn();
    CHECK(served.json("/api/groups/pki/own")["present"] == false);
    CHECK(served.post("/api/groups/pki/own/renew", nlohmann::json{{"key", "same"}}).status == 404);
}

TEST_CASE("The own certificate is renewed, with its key or a new one, and the former one is kept") {
    const OwnFolder folder;
    const auto before = folder.served->json("/api/groups/pki/own")["pem"].get<std::string>();
    const auto keyOf = [](const std::string& pem) { return toHex(readCertificates(asBytes(pem)).value().front().publicKey().der()); };
    const auto renewed = folder.ask("renew", {{"key", "same"}});
    REQUIRE(renewed.status == 200);
    CHECK(renewed.json["id"] != folder.id);
    const auto same = folder.served->json("/api/groups/pki/own");
    CHECK(same["entry"]["id"] == renewed.json["id"]);
    CHECK(same["backups"] == 1);
    CHECK(keyOf(same["pem"]) == keyOf(before));
    REQUIRE(folder.ask("renew", {{"key", "new"}}).status == 200);
    CHECK(keyOf(folder.served->json("/api/groups/pki/own")["pem"]) != keyOf(before));
    for (const auto& wish : {nlohmann::json::object(), nlohmann::json{{"key", "other"}}, nlohmann::json{{"key", 7}}}) {
        CHECK(folder.ask("renew", wish).status == 400);
    }
}

TEST_CASE("A CA is asked for a certificate, which becomes the own one by importing it") {
    const OwnFolder folder;
    const auto asked = folder.ask("request", {{"key", "same"}});
    REQUIRE(asked.status == 200);
    const auto blocks = decodePem(asked.json["pem"].get<std::string>()).value();
    REQUIRE(blocks.size() == 1);
    CHECK(blocks.front().label == "CERTIFICATE REQUEST");
    CHECK(CertificateRequest::fromDer(blocks.front().content));
    const auto ca = forgeRoot("Plant CA");
    const auto issued = forgeFromRequest(ca, blocks.front().content);
    const auto plan = folder.served->post("/api/groups/pki/import?name=from-the-ca.pem", issued.pem() + ca.pem());
    REQUIRE(plan.status == 200);
    REQUIRE(plan.json["items"].size() == 2);
    CHECK(plan.json["items"][0]["target"] == "own");
    REQUIRE(folder.served->post("/api/groups/pki/import/" + plan.json["plan"].get<std::string>(), std::string{}).status == 200);
    CHECK(folder.served->json("/api/groups/pki/own")["entry"]["issuer"].get<std::string>().find("Plant CA") != std::string::npos);
}
