#include "support/catch.hpp"

#include "support/parsed.hpp"
#include "tool/short_thumbprints.hpp"
#include "tool/table.hpp"
#include "tool/text.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;
using tool::tableText;

namespace {

struct Lists {
    Pki pki{};
    ForgedCert root = forgeRoot("Plant CA", {.keyName = "p256"});
    ForgedCert old = forgeCertificate(
        {.cn = "old", .keyName = "p256", .notBefore = kForgeNow - std::chrono::days{900}, .notAfter = kForgeNow - std::chrono::days{400}});
    ForgedCert anna = forgeCertificate({.cn = "anna", .keyName = "p256", .keyIndex = 3, .uris = {"urn:test:anna"}});

    Lists() {
        pki.trustCa(root);
        writeFile(pki.path / "rejected/old.der", old.der);
        writeFile(pki.path / "rejected/anna.der", anna.der);
        DirectoryStore store{pki.path};
        const auto refuse = [&](const ForgedCert& certificate, int times, Instant at) {
            for (int i = 0; i < times; ++i) {
                REQUIRE(store.recordRefusal(parsed(certificate), {.at = at,
                                                                  .status = StatusCode::BadCertificateUntrusted,
                                                                  .reason = "It is not in the trusted list.",
                                                                  .peerAddress = "10.0.0.7"}));
            }
        };
        refuse(old, 3, kForgeNow);
        refuse(anna, 1, kForgeNow + std::chrono::hours{1});
    }
    [[nodiscard]] ToolOutput run(const std::string& arguments) const {
        return toolCommand(pki.folder.path(), "list --pki pki " + arguments);
    }
    [[nodiscard]] std::string order(const std::string& arguments) const {
        std::string names;
        const auto json = run("rejected --json " + arguments).json();
        for (const auto& each : json["entries"]) names += each["subject"].get<std::string>().substr(3, 3) + ' ';
        return names;
    }
};

}  // namespace

TEST_CASE("list is a table of a line for each, with thumbprints cut to what tells them apart") {
    const Lists lists;
    const auto shown = lists.run("rejected");
    CHECK(shown.exitCode == 0);
    CHECK(shown.says("rejected: 2\n"));
    CHECK(std::count(shown.out.begin(), shown.out.end(), '\n') == 4);
    const auto digits = parsed(lists.old).thumbprint().text();
    CHECK(shown.says(digits.substr(0, 8) + "    old"));
    CHECK_FALSE(shown.says(digits));
    CHECK(shown.says("BadCertificateUntrusted"));
    CHECK(shown.says(" ago"));
    const auto details = lists.run("rejected --long");
    CHECK(details.says(digits));
    CHECK(details.says("refused 3 times"));
    CHECK(details.says("BadCertificateUntrusted: It is not in the trusted list. (from 10.0.0.7, at an unknown endpoint)"));
}

TEST_CASE("list sorts and filters") {
    const Lists lists;
    CHECK(lists.order("") == "ann old ");
    CHECK(lists.order("--sort name") == "ann old ");
    CHECK(lists.order("--sort expires") == "old ann ");
    CHECK(lists.order("--sort seen") == "ann old ");
    CHECK(lists.order("--sort attempts") == "old ann ");
    CHECK(lists.order("--filter URN:TEST:ANNA") == "ann ");
    CHECK(lists.order("--filter " + parsed(lists.old).thumbprint().text().substr(0, 12)) == "old ");
    CHECK(lists.order("--filter nobody").empty());
    CHECK(lists.run("--sort size").exitCode == 2);
}

TEST_CASE("list shows own certificates and CRLs, too") {
    const Lists lists;
    const auto crls = lists.run("crl");
    CHECK(crls.says("crl: 1\n"));
    CHECK(crls.says("Plant CA"));
    const auto json = lists.run("crl --json").json();
    REQUIRE(json["crls"].size() == 1);
    CHECK(json["crls"][0]["list"] == "trusted");
    CHECK(json["crls"][0]["revoked"] == 0);
    CHECK(json["entries"].empty());
    CHECK(lists.run("own").says("own: 0\n"));
    CHECK(toolCommand(lists.pki.folder.path(), "init --pki pki --name gateway --key-type p256 --yes").exitCode == 0);
    CHECK(lists.run("own").says("gateway"));
    const auto own = lists.run("own --json").json()["own"];
    REQUIRE(own.size() == 1);
    CHECK(own[0]["hasKey"] == true);
    CHECK(lists.run("own --long").says("with its key"));
    CHECK(lists.run("crl --long").says("0 revoked"));
    const auto all = lists.run("--json").json();
    CHECK(all["entries"].size() == 3);
    CHECK(all["crls"].size() == 1);
    CHECK(all["own"].size() == 1);
}

TEST_CASE("a name of the peer's cannot fake a line of the table") {
    const Pki pki;
    writeFile(pki.path / "rejected/x.der", forgeCertificate({.cn = "a\nDEADBEEF  trusted\x1b[2J", .keyName = "p256"}).der);
    const auto shown = toolCommand(pki.folder.path(), "list --pki pki rejected");
    CHECK(shown.exitCode == 0);
    CHECK(std::count(shown.out.begin(), shown.out.end(), '\n') == 3);
    CHECK(shown.out.find('\x1b') == std::string::npos);
}

TEST_CASE("a table fits its width, leaves out what is empty, and cuts between characters") {
    const std::vector<tool::Column> columns{{"ID"}, {"NAME", true}, {"NOTHING"}, {"WHY", true}};
    const std::vector<std::vector<std::string>> rows{{"1", "short", "", "because of this and that"},
                                                     {"22",
                                                      "Gr\xC3\xBC\xC3\x9F"
                                                      "e aus der Halle im Werk",
                                                      "", "so"}};
    const auto wide = tableText(columns, rows, 0);
    CHECK(wide.find("NOTHING") == std::string::npos);
    CHECK(wide.find("because of this and that") != std::string::npos);
    for (const std::size_t width : {30U, 40U, 60U}) {
        const auto text = tableText(columns, rows, width);
        for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
            CHECK(tool::columns(rest.substr(0, rest.find('\n'))) <= width);
        }
    }
    CHECK(tableText(columns, rows, 30)
              .find("Gr\xC3\xBC\xC3\x9F"
                    "e") != std::string::npos);
    CHECK(tableText(columns, {}, 30).empty());
}

TEST_CASE("a thumbprint is as short as it can be, and never shorter than eight digits") {
    tool::ShortThumbprints thumbprints;
    std::vector<Certificate> all;
    for (int i = 0; i < 40; ++i) all.push_back(parsed(forgeCertificate({.cn = "plc-" + std::to_string(i), .keyName = "p256"})));
    for (const auto& each : all) thumbprints.add(each);
    thumbprints.add(all.front());  // in two lists
    for (const auto& each : all) {
        const auto digits = thumbprints.of(each);
        CHECK(digits.size() >= 8);
        CHECK(each.thumbprint().text().starts_with(digits));
        for (const auto& other : all) {
            if (other == each) continue;
            CHECK_FALSE(other.thumbprint().text().starts_with(digits));
            CHECK_FALSE(toHex(other.id().sha256, HexCase::Upper).starts_with(digits));
        }
    }
}
