#include "support/catch.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

void folders(const std::filesystem::path& root, std::initializer_list<const char*> below) {
    for (const auto* folder : below) std::filesystem::create_directories(root / folder);
}

struct Gateway {
    TempFolder folder{};
    Gateway() {
        for (const auto* side : {"pkiserver", "pkiclient"}) {
            folders(folder / side,
                    {"own/certs", "own/private", "trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl", "rejected"});
        }
    }
};

}  // namespace

TEST_CASE("layouts detect names the product, the group and the reason for each folder, and changes nothing") {
    const Gateway gateway;
    const auto before = contentOf(gateway.folder.path());
    const auto result = toolCommand(gateway.folder.path(), "layouts detect .");
    CHECK(result.exitCode == 0);
    CHECK(result.err.empty());
    CHECK(result.says("pkiclient\n  Unified Automation (unified-automation), group: servers\n    has trusted/certs"));
    CHECK(result.says("pkiserver\n  Unified Automation (unified-automation), group: clients\n"));
    CHECK(result.says("it is named pkiserver"));
    CHECK(contentOf(gateway.folder.path()) == before);
}

TEST_CASE("layouts detect --json has every match with its folders, the best of each folder first") {
    const Gateway gateway;
    const auto result = toolCommand(gateway.folder.path(), "layouts detect --json pkiserver");
    CHECK(result.exitCode == 0);
    const auto json = result.json();
    CHECK(json["folder"] == "pkiserver");
    CHECK(json["problems"].empty());
    const auto& match = json["matches"].at(0);
    CHECK(match["layout"] == "unified-automation");
    CHECK(match["folder"] == "pkiserver");
    CHECK(match["group"] == "clients");
    CHECK(match["folders"]["rejected"] == "rejected");
    CHECK(match["folders"]["blocked"] == "blocked/certs");
    CHECK_FALSE(match["reason"].get<std::string>().empty());

    folders(gateway.folder / "rust", {"own", "private", "trusted", "rejected"});
    const auto rust = toolCommand(gateway.folder.path(), "layouts detect rust --json").json();
    CHECK(rust["matches"].at(0)["layout"] == "async-opcua");
    CHECK(rust["matches"].at(0)["folders"]["issuerCertificates"].is_null());
    CHECK(rust["matches"].at(0)["caution"].get<std::string>().find("exact name") != std::string::npos);
}

TEST_CASE("layouts detect ends with 1 when it has looked and there is none") {
    const TempFolder folder;
    folders(folder.path(), {"docs", "src"});
    const auto text = toolCommand(folder.path(), "layouts detect .");
    CHECK(text.exitCode == 1);
    CHECK(text.says("No PKI folder that is known is in ."));
    CHECK(text.err.empty());
    const auto json = toolCommand(folder.path(), "layouts detect . --json");
    CHECK(json.exitCode == 1);
    CHECK(json.json()["matches"].empty());
    CHECK(json.json()["problems"].empty());
}

TEST_CASE("layouts detect ends with 2 when it could not look") {
    const TempFolder folder;
    const auto missing = toolCommand(folder.path(), "layouts detect nowhere --json");
    CHECK(missing.exitCode == 2);
    CHECK(missing.json()["error"]["status"] == "BadNotFound");
    CHECK(missing.complains("nowhere"));
    CHECK(missing.complains("What to do: "));
#ifndef _WIN32
    // A link may lead to a PKI folder: that there is none would be too much to say.
    folders(folder.path(), {"hidden/trusted/certs", "product"});
    std::filesystem::create_directory_symlink(folder / "hidden", folder / "product/pkiserver");
    const auto link = toolCommand(folder.path(), "layouts detect product");
    CHECK(link.exitCode == 2);
    CHECK(link.out.empty());
    CHECK(link.complains("product/pkiserver: It is a link"));
#endif
}

TEST_CASE("layouts convert shows its plan, copies with --yes alone, and copies nothing twice") {
    const Gateway gateway;
    const auto plc = forgeCertificate();
    writeFile(gateway.folder / "pkiserver/trusted/certs/plc.der", plc.der);
    writeFile(gateway.folder / "pkiserver/own/certs/uagateway.der", forgeCertificate({.cn = "gateway", .keyName = "p256"}).der);
    writeFile(gateway.folder / "pkiserver/own/private/uagateway.pem", forgeKey("p256").pem());
    std::filesystem::permissions(gateway.folder / "pkiserver/own/private/uagateway.pem",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::permissions(gateway.folder / "pkiserver/own/private", std::filesystem::perms::owner_all);
    const auto before = contentOf(gateway.folder.path());
    const std::string command = "layouts convert --from pkiserver --to node --layout node-opcua ";

    const auto plan = toolCommand(gateway.folder.path(), command + "--dry-run");
    CHECK(plan.exitCode == 0);
    CHECK(plan.says("From pkiserver: Unified Automation (unified-automation)"));
    CHECK(plan.says("To node: node-opcua (node-opcua)"));
    CHECK(plan.says("to trusted/certs/plc.der"));
    CHECK(plan.says("to own/private/private_key.pem"));
    CHECK(plan.says("3 copy."));
    CHECK(plan.err.empty());
    const auto unsure = toolCommand(gateway.folder.path(), command);
    CHECK(unsure.exitCode == 2);
    CHECK(unsure.complains("Nothing was copied."));
    CHECK(contentOf(gateway.folder.path()) == before);

    CHECK(toolCommand(gateway.folder.path(), command + "--yes").says("3 copied."));
    CHECK(readFile(gateway.folder / "node/trusted/certs/plc.der") == std::string{asText(plc.der)});
    const auto after = contentOf(gateway.folder.path());
    for (const auto& [name, content] : before) CHECK(after.at(name) == content);
    const auto again = toolCommand(gateway.folder.path(), command + "--yes --json");
    CHECK(again.exitCode == 0);
    const auto report = again.json();
    for (const auto& item : report["items"]) CHECK(item["outcome"] == "already there");
    CHECK(report["complete"] == true);
    CHECK(contentOf(gateway.folder.path()) == after);
}

TEST_CASE("layouts convert ends with 1 when something has no place or cannot be read, and names it") {
    const Gateway gateway;
    const auto ca = forgeRoot("Plant CA");
    writeFile(gateway.folder / "pkiserver/issuers/certs/ca.der", ca.der);
    const auto rust = toolCommand(gateway.folder.path(), "layouts convert --from pkiserver --to rust --layout async-opcua --yes");
    CHECK(rust.exitCode == 1);
    CHECK(rust.says("left out: issuers certificate"));
    CHECK(rust.says("Beware: "));
    writeFile(gateway.folder / "pkiserver/trusted/certs/bad.der", std::string{"no certificate"});
    const auto bad = toolCommand(gateway.folder.path(), "layouts convert --from pkiserver --to ua --layout part12 --yes --json");
    CHECK(bad.exitCode == 1);
    CHECK(bad.json()["problems"].at(0)["source"].get<std::string>().ends_with("bad.der"));
    CHECK(bad.json()["items"].at(0)["outcome"] == "copied");
}

TEST_CASE("layouts convert refuses what it cannot know") {
    const Gateway gateway;
    const auto run = [&](const std::string& arguments) { return toolCommand(gateway.folder.path(), "layouts convert " + arguments); };
    CHECK(run("--from pkiserver --to x --layout nobody --yes").complains("There is no layout \"nobody\""));
    folders(gateway.folder / "empty", {"x"});
    const auto unknown = run("--from empty --to x --layout part12 --yes");
    CHECK(unknown.exitCode == 2);
    CHECK(unknown.complains("--from-layout"));
    CHECK(run("--from pkiserver --to pkiserver/new --layout part12 --yes --json").json()["error"]["status"] == "BadInvalidArgument");
    CHECK(run("--from nowhere --to x --layout part12").complains("nowhere"));
    CHECK_FALSE(std::filesystem::exists(gateway.folder / "x"));
}

TEST_CASE("layouts convert reads the passphrase once, and writes the keys encrypted") {
    const TempFolder folder;
    for (const int index : {0, 1}) {
        const auto own = forgeCertificate({.cn = "gateway", .keyName = "p256", .keyIndex = index});
        writeFile(folder / "pki/own/certs" / (std::to_string(index) + ".der"), own.der);
        writeFile(folder / "pki/own/private" / (std::to_string(index) + ".pem"), own.key.pem("secret"));
        std::filesystem::permissions(folder / "pki/own/private" / (std::to_string(index) + ".pem"),
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    std::filesystem::permissions(folder / "pki/own/private", std::filesystem::perms::owner_all);
    std::filesystem::create_directories(folder / "pki/trusted/certs");
    writeFile(folder / "secret", std::string{"secret\n"});
    const auto result =
        toolCommand(folder.path(), "layouts convert --from pki --to net --layout ua-netstandard --yes --passphrase-file - <secret");
    CHECK(result.exitCode == 0);
    CHECK(result.says("4 copied."));
    CHECK(result.out.find("secret") == std::string::npos);
    std::size_t encrypted = 0;
    for (const auto& [name, content] : contentOf(folder / "net")) encrypted += content.starts_with("-----BEGIN ENCRYPTED") ? 1U : 0U;
    CHECK(encrypted == 2);
}
