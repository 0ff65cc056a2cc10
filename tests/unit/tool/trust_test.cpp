#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "unit/tool/pki.hpp"

#ifndef _WIN32
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#endif

using namespace uatrust;
using namespace uatrust::test;

// The operator's commands, as a shell runs them.
namespace {

struct Desk {
    Pki pki{};
    ForgedCert plc = forgeCertificate({.cn = "plc", .keyName = "p256"});
    std::string digits = parsed(plc).thumbprint().text().substr(0, 10);

    Desk() { writeFile(pki.path / "rejected/plc.der", plc.der); }
    [[nodiscard]] ToolOutput run(const std::string& arguments) const {
        auto words = arguments;
        const auto end = words.find(' ');
        words.insert(end == std::string::npos ? words.size() : end, " --pki pki");
        return toolCommand(pki.folder.path(), words);
    }
    [[nodiscard]] bool has(const std::string& file) const { return std::filesystem::exists(pki.path / file); }
};

}  // namespace

TEST_CASE("trust shows which certificate is meant, and changes nothing without --yes") {
    const Desk desk;
    (void)desk.run("list");
    const auto before = contentOf(desk.pki.path);
    const auto asked = desk.run("trust " + desk.digits);
    CHECK(asked.exitCode == 2);
    CHECK(asked.says("CN=plc"));
    CHECK(asked.says(parsed(desk.plc).thumbprint().text()));
    CHECK(asked.complains("--yes"));
    const auto dry = desk.run("trust --dry-run --yes " + desk.digits);
    CHECK(dry.exitCode == 0);
    CHECK(dry.out == asked.out);
    CHECK(contentOf(desk.pki.path) == before);

    const auto done = desk.run("trust --who Ada --yes " + desk.digits);
    CHECK(done.exitCode == 0);
    CHECK(desk.has("trusted/certs/plc.der"));
    CHECK_FALSE(desk.has("rejected/plc.der"));
    const auto again = desk.run("trust --yes " + desk.digits);
    CHECK(again.exitCode == 1);
    CHECK(again.complains("trusted already"));
}

TEST_CASE("each command does what it says, the history knows it, and undo takes it back") {
    const Desk desk;
    CHECK(desk.run("block --who Ada --yes plc").exitCode == 0);
    CHECK(desk.has("blocked/certs/plc.der"));
    CHECK(desk.run("unblock --who Ada --yes plc").exitCode == 0);
    CHECK(desk.has("rejected/plc.der"));
    CHECK(desk.run("pin --who Ada --yes plc").exitCode == 0);
    CHECK(desk.run("list rejected").says("pinned"));
    CHECK(desk.run("unpin --who Ada --yes plc").exitCode == 0);
    CHECK(desk.run("trust --who Ada --yes plc").exitCode == 0);
    CHECK(desk.run("distrust --who Bob --yes plc").exitCode == 0);
    CHECK(desk.has("rejected/plc.der"));
    const auto deleted = desk.run("delete --who Bob --yes plc");
    CHECK(deleted.exitCode == 0);
    CHECK(deleted.complains("next attempt"));
    CHECK(desk.run("list --json").json()["entries"].empty());
    CHECK(desk.run("undo").exitCode == 2);
    CHECK(desk.run("undo --who Cy --yes").exitCode == 0);
    CHECK(desk.run("list --json").json()["entries"].size() == 1);

    const auto history = desk.run("history --json").json();
    CHECK(history["problems"].empty());
    std::string actions;
    for (const auto& each : history["changes"]) actions += each["action"].get<std::string>() + ' ' + each["who"].get<std::string>() + '\n';
    CHECK(actions == "block Ada\nunblock Ada\npin Ada\nunpin Ada\ntrust Ada\ndistrust Bob\ndelete Bob\nundo Cy\n");
    CHECK(desk.run("history").says("undo  delete of "));
}

#ifndef _WIN32
TEST_CASE("without a name the history has the account, whatever the environment calls it, and who has called sudo") {
    const Desk desk;
    const auto lastWho = [&] { return desk.run("history --json").json()["changes"].back()["who"].get<std::string>(); };
    const auto* account = ::getpwuid(::geteuid());
    ::setenv("USER", "mallory", 1);
    ::unsetenv("SUDO_USER");
    CHECK(desk.run("block --yes plc").exitCode == 0);
    CHECK(lastWho() == (account != nullptr ? account->pw_name : "uid " + std::to_string(::geteuid())));
    ::setenv("SUDO_USER", "ada", 1);
    CHECK(desk.run("unblock --yes plc").exitCode == 0);
    if (::geteuid() == 0) CHECK(lastWho() == "ada (sudo)");
    ::unsetenv("SUDO_USER");
}
#endif

TEST_CASE("list shows why, how often and from where somebody was refused") {
    const Desk desk;
    {
        DirectoryStore store{desk.pki.path};
        for (int i = 0; i < 3; ++i) {
            REQUIRE(store.recordRefusal(parsed(desk.plc), {.at = kForgeNow,
                                                           .status = StatusCode::BadCertificateUntrusted,
                                                           .reason = "It is not in the trusted list.",
                                                           .peerAddress = "10.0.0.7"}));
        }
    }
    const auto shown = desk.run("list rejected --long");
    CHECK(shown.exitCode == 0);
    CHECK(shown.says("rejected: 1\n"));
    CHECK(shown.says("refused 3 times"));
    CHECK(shown.says("BadCertificateUntrusted: It is not in the trusted list. (from 10.0.0.7, at an unknown endpoint)"));
    const auto entry = desk.run("list --json").json()["entries"].at(0);
    CHECK(entry["list"] == "rejected");
    CHECK(entry["refusals"]["count"] == 3);
    CHECK(entry["refusals"]["reasons"].at(0)["peerAddress"] == "10.0.0.7");
}

TEST_CASE("reject puts a certificate among the rejected from wherever it is, and undo takes it back") {
    const Desk desk;
    const auto there = desk.run("reject --yes plc");
    CHECK(there.exitCode == 1);
    CHECK(there.complains("in rejected already"));
    CHECK(desk.run("trust --yes plc").exitCode == 0);
    CHECK(desk.run("reject plc").exitCode == 2);
    CHECK(desk.has("trusted/certs/plc.der"));
    CHECK(desk.run("reject --yes plc").exitCode == 0);
    CHECK(desk.has("rejected/plc.der"));
    writeFile(desk.pki.path / "issuers/certs/ca.der", forgeRoot("Plant CA", {.keyName = "p256"}).der);
    CHECK(desk.run("reject --yes \"Plant CA\"").exitCode == 0);
    CHECK(desk.has("rejected/ca.der"));
    CHECK(desk.run("undo --yes").exitCode == 0);
    CHECK(desk.has("issuers/certs/ca.der"));
    desk.pki.file("new.der", forgeCertificate({.cn = "new", .keyName = "p256"}).der);
    CHECK(desk.run("reject --yes new.der").exitCode == 0);
    CHECK(desk.run("list rejected --json").json()["entries"].size() == 2);
    CHECK(desk.run("block --yes new").exitCode == 0);
    const auto blocked = desk.run("reject --yes new");
    CHECK(blocked.exitCode == 2);
    CHECK(blocked.complains("uatrust unblock"));
}

TEST_CASE("a certificate is found by digits, by name or by file, and one that fits twice by neither") {
    const Desk desk;
    writeFile(desk.pki.path / "rejected/other.der", forgeCertificate({.cn = "plc", .keyName = "p256", .keyIndex = 3}).der);
    const auto both = desk.run("trust --dry-run plc");
    CHECK(both.exitCode == 2);
    CHECK(both.complains("fits 2 certificates"));
    CHECK(desk.run("trust --dry-run " + parsed(desk.plc).id().text()).exitCode == 0);
    CHECK(desk.run("trust --dry-run pki/rejected/plc.der").exitCode == 0);
    const auto nobody = desk.run("trust --dry-run nobody");
    CHECK(nobody.exitCode == 2);
    CHECK(nobody.complains("uatrust list"));
    desk.pki.file("stolen.der", forgeCertificate({.cn = "stolen", .keyName = "p256"}).der);
    CHECK(desk.run("block --yes stolen.der").exitCode == 0);
    CHECK(desk.run("list blocked --json").json()["entries"].size() == 1);
}

TEST_CASE("import shows the plan, then carries it out, and export writes what import reads") {
    const Desk desk;
    const auto root = forgeRoot("Plant CA", {.keyName = "p256"});
    desk.pki.file("bundle.pem", root.pem() + desk.plc.pem());
    const auto plan = desk.run("import bundle.pem");
    CHECK(plan.exitCode == 2);
    CHECK(plan.says("issuers: CA certificate CN=Plant CA"));
    CHECK(plan.says("refused: application certificate CN=plc"));
    CHECK(desk.run("list issuers --json").json()["entries"].empty());
    CHECK(desk.run("import --dry-run --trust-applications bundle.pem").exitCode == 0);
    const auto done = desk.run("import --trust-applications --yes --json bundle.pem");
    CHECK(done.exitCode == 0);
    CHECK(done.json()["items"].size() == 2);
    CHECK(done.json()["change"]["action"] == "import");
    CHECK(desk.run("list --json").json()["entries"].size() == 2);
    const auto exported = desk.run("export issuers");
    CHECK(exported.exitCode == 0);
    CHECK(exported.says("-----BEGIN CERTIFICATE-----"));
    desk.pki.file("again.pem", exported.out);
    const auto again = desk.run("import again.pem");
    CHECK(again.exitCode == 0);
    CHECK(again.says("nothing: CA certificate CN=Plant CA"));
    CHECK(desk.run("undo --yes").exitCode == 0);
    CHECK(desk.has("rejected/plc.der"));
}
