#include "support/catch.hpp"
#include "tool/text.hpp"
#include "unit/tool/ca_plant.hpp"
#ifndef _WIN32
#include "support/tool_process.hpp"
#endif

using namespace uatrust;
using namespace uatrust::test;

// What uatrust ca shows to people, and what it asks them.
namespace {

std::size_t issuedBy(const CaPlant& plant) {
    const auto list = plant.ca("list --json").json();
    return list["certificates"].size();
}

}  // namespace

TEST_CASE("ca list is a table of a line for each, and says the rest with --long") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    const auto empty = plant.ca("list");
    CHECK(empty.exitCode == 0);
    CHECK(empty.says("issued: 0\n"));
    CHECK_FALSE(empty.says("THUMBPRINT"));

    plant.request("gateway.csr");
    plant.request("hmi.csr", "URI:urn:plc-4:acme:hmi,DNS:plc-4", "CN=Line 4 HMI\nO=Acme");
    REQUIRE(plant.ca("issue gateway.csr --who Ada --out gateway.pem --yes").exitCode == 0);
    REQUIRE(plant.ca("issue hmi.csr --who Bob --out hmi.pem --yes").exitCode == 0);
    const auto before = plant.ca("list");
    CHECK_FALSE(before.says("REVOKED"));  // a column without anything
    REQUIRE(plant.ca("revoke hmi.pem --reason superseded --yes").exitCode == 0);

    const auto shown = plant.ca("list");
    CHECK(shown.exitCode == 0);
    CHECK(shown.says("issued: 2\n  THUMBPRINT  NAME "));
    const auto gateway = plant.certificate("gateway.pem");
    const auto digits = gateway.thumbprint().text();
    CHECK(shown.says("\n  " + digits.substr(0, 8) + "    Line 4 gateway "));
    CHECK(shown.says("urn:plc-4:acme:hmi"));
    CHECK(shown.says("  superseded  "));
    CHECK_FALSE(shown.says(digits));
    CHECK_FALSE(shown.says(gateway.serialNumber()));
    // Title, head, two lines, and how the CRL stands.
    CHECK(std::count(shown.out.begin(), shown.out.end(), '\n') == 5);

    const auto details = plant.ca("list --long");
    CHECK(details.says(digits));
    CHECK(details.says(gateway.serialNumber()));
    CHECK(details.says("by Ada"));
    CHECK(details.says("REVOKED"));
    CHECK(plant.ca("status --long").complains("--long is not for uatrust ca status"));
    // What the table shows of a thumbprint is enough for the next command.
    CHECK(plant.ca("revoke " + digits.substr(0, 8) + " --dry-run --json").json()["planned"]["thumbprint"] == digits);
}

TEST_CASE("ca: options for a PKI folder are of no use without one") {
    const CaPlant plant;
    for (const auto* option : {"--trust-ca", "--layout open62541"}) {
        INFO(option);
        const auto refused = plant.init(option);
        CHECK(refused.exitCode == 2);
        CHECK(refused.complains("--install-to"));
        CHECK_FALSE(plant.has("ca"));
    }
}

TEST_CASE("ca: where nobody can be asked, what needs consent is shown and not done; a CA and its CRLs need none") {
    const CaPlant plant;
    plant.pki();
    CHECK(plant.init().exitCode == 0);
    CHECK(plant.ca("crl").exitCode == 0);
    plant.request("gateway.csr");
    const auto before = contentOf(plant.folder.path());
    for (const auto* arguments : {"issue gateway.csr", "crl --install-to pki", "issue gateway.csr --json"}) {
        INFO(arguments);
        const auto shown = plant.ca(arguments);
        CHECK(shown.exitCode == 2);
        CHECK(shown.complains("Give --yes"));
        CHECK_FALSE(shown.out.empty());
    }
    CHECK(contentOf(plant.folder.path()) == before);
    const auto plan = plant.ca("issue gateway.csr --dry-run --json");
    CHECK(plan.exitCode == 0);
    CHECK(plan.json()["planned"]["issuer"] == "CN=Plant CA, O=Acme");
    CHECK(plant.ca("issue gateway.csr --dry-run --yes").exitCode == 0);
    CHECK(contentOf(plant.folder.path()) == before);
}

TEST_CASE("ca: what could not be done stands in the JSON as well, beside what was") {
    const CaPlant plant;
    REQUIRE(plant.init().exitCode == 0);
    plant.request("gateway.csr");
    const auto uncopied = plant.ca("issue gateway.csr --out key.pem/gateway.pem --yes --json");
    CHECK(uncopied.exitCode == 2);
    CHECK_FALSE(uncopied.json()["error"]["message"].get<std::string>().empty());
    CHECK(uncopied.json()["certificate"]["state"] == "valid");
    const auto crl = plant.ca("crl --out key.pem/ca.crl --json");
    CHECK(crl.exitCode == 2);
    CHECK(crl.json().contains("error"));
    CHECK(crl.json()["crl"]["state"] == "good");
    REQUIRE(plant.ca("revoke \"Line 4 gateway\" --yes").exitCode == 0);
    const auto again = plant.ca("revoke \"Line 4 gateway\" --yes --json");
    CHECK(again.exitCode == 1);
    CHECK(again.json()["error"]["status"] == "BadNothingToDo");
    CHECK(again.json()["certificate"]["state"] == "revoked");
}

#ifndef _WIN32

namespace {

/// Terminal runs "uatrust ca" for somebody who answers.
struct Terminal : CaPlant {
    std::string output{};

    [[nodiscard]] int answered(std::vector<std::string> arguments, std::string_view answer) {
        arguments.insert(arguments.begin(), {"ca", "--ca", "ca"});
        ToolProcess process{folder.path(), arguments, ToolProcess::On::Terminal};
        process.waitFor("Do it? [y/N]");
        process.write(answer);
        const int code = process.exitCode();
        output = process.output();
        return code;
    }
    [[nodiscard]] int unasked(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"ca", "--ca", "ca"});
        ToolProcess process{folder.path(), arguments, ToolProcess::On::Terminal};
        const int code = process.exitCode();
        output = process.output();
        CHECK(output.find("Do it?") == std::string::npos);
        return code;
    }
    [[nodiscard]] bool said(std::string_view part) const { return output.find(part) != std::string::npos; }
    [[nodiscard]] std::size_t count(std::string_view part) const {
        std::size_t found = 0;
        for (auto at = output.find(part); at != std::string::npos; at = output.find(part, at + 1)) ++found;
        return found;
    }
};

}  // namespace

TEST_CASE("ca issue and revoke ask whoever is at the terminal, behind the plan") {
    Terminal plant;
    REQUIRE(plant.init().exitCode == 0);
    plant.request("gateway.csr");
    CHECK(plant.answered({"issue", "gateway.csr"}, "n\n") == 1);
    CHECK(plant.said("urn:plc-4:acme:gateway"));
    CHECK(plant.said("Nothing was changed."));
    CHECK(plant.answered({"issue", "gateway.csr"}, "\n") == 1);
    CHECK(issuedBy(plant) == 0);
    CHECK(plant.answered({"issue", "gateway.csr", "--out", "gateway.pem"}, "y\n") == 0);
    CHECK(plant.said("issued as"));
    CHECK(plant.count("Certificate for") == 1);  // shown once, not again behind the answer
    CHECK(issuedBy(plant) == 1);

    CHECK(plant.answered({"revoke", "Line 4 gateway"}, "no\n") == 1);
    CHECK(plant.said("Revoke for good (unspecified)"));
    CHECK(plant.crl().size() == 0);
    CHECK(plant.answered({"revoke", "Line 4 gateway"}, "yes\n") == 0);
    CHECK(plant.crl().find(plant.certificate("gateway.pem").serialNumber()));
    CHECK(plant.unasked({"revoke", "Line 4 gateway"}) == 1);  // there is nothing to be asked
}

TEST_CASE("ca asks before it puts anything into a PKI folder, and never for what a timer does") {
    Terminal plant;
    plant.pki();
    CHECK(plant.answered({"init", "--name", "Plant CA", "--key-type", "p256", "--install-to", "pki", "--trust-ca"}, "n\n") == 1);
    CHECK(plant.said("into trusted: all that it issues is let in there"));
    CHECK_FALSE(plant.has("ca"));
    CHECK(plant.unasked({"init", "--name", "Plant CA", "--key-type", "p256"}) == 0);
    CHECK(plant.unasked({"init", "--name", "Plant CA", "--install-to", "pki"}) == 2);  // told before anybody is asked
    CHECK(plant.unasked({"crl"}) == 0);
    CHECK(plant.answered({"crl", "--install-to", "pki"}, "n\n") == 1);
    CHECK(plant.crl().number() == "2");
    CHECK(plant.answered({"crl", "--install-to", "pki"}, "y\n") == 0);
    CHECK(plant.crl().number() == "3");
    CHECK(DirectoryStore{plant.folder / "pki"}.snapshot()->crls(StoreList::Issuers).size() == 1);
    CHECK(plant.unasked({"crl", "--install-to", "pki", "--yes"}) == 0);
    CHECK(plant.unasked({"crl", "--dry-run"}) == 0);
    CHECK(plant.crl().number() == "4");
}

TEST_CASE("ca: while somebody thinks a plan over, others go on; what they did counts") {
    Terminal plant;
    REQUIRE(plant.init().exitCode == 0);
    plant.request("gateway.csr");
    REQUIRE(plant.ca("issue gateway.csr --yes").exitCode == 0);
    ToolProcess process{plant.folder.path(), {"ca", "--ca", "ca", "revoke", "Line 4 gateway"}, ToolProcess::On::Terminal};
    process.waitFor("Do it? [y/N]");
    CHECK(plant.ca("revoke \"Line 4 gateway\" --reason superseded --yes").exitCode == 0);
    CHECK(plant.ca("crl").exitCode == 0);
    process.write("y\n");
    CHECK(process.exitCode() == 1);
    CHECK(process.output().find("revoked already") != std::string::npos);
    const auto list = plant.ca("list --json").json();
    CHECK(list["certificates"].at(0)["reason"] == "superseded");
    CHECK(plant.crl().number() == "3");
}

TEST_CASE("ca list fits the terminal") {
    Terminal plant;
    REQUIRE(plant.init().exitCode == 0);
    const std::string longUri = "urn:plc-4:acme:a-gateway-with-a-name-that-no-terminal-of-eighty-or-a-hundred-columns-has-room-for";
    plant.request("long.csr", "URI:" + longUri + ",DNS:plc-4", "CN=A gateway whose name is long as well\nO=Acme");
    REQUIRE(plant.ca("issue long.csr --yes").exitCode == 0);
    CHECK(plant.ca("list").says(longUri));
    CHECK(plant.unasked({"list"}) == 0);
    CHECK_FALSE(plant.said(longUri));
    CHECK(plant.said("..."));
    std::istringstream lines{plant.output};
    std::string line;
    while (std::getline(lines, line) && !line.starts_with("CRL")) CHECK(tool::columns(line.substr(0, line.find('\r'))) <= 100);
}

#endif
