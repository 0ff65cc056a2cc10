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
