#ifndef _WIN32

#include <uatrust/store/trust_list_manager.hpp>

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "support/tool_process.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

// "uatrust pair" as it runs beside an application that refuses.
namespace {

struct Plant {
    Pki pki{};
    DirectoryStore application{pki.path};
    ForgedCert plc = device("plc", 0);

    Plant() { REQUIRE(application.create()); }
    static ForgedCert device(const std::string& name, int key) {
        return forgeCertificate({.cn = name, .keyName = "p256", .keyIndex = key, .notAfter = forgeDate(9999, 1, 1)});
    }
    void refuse(const ForgedCert& certificate) {
        REQUIRE(application.recordRefusal(parsed(certificate), {.at = systemClock().now(),
                                                                .status = StatusCode::BadCertificateUntrusted,
                                                                .reason = "It is not in the trusted list.",
                                                                .peerAddress = "10.0.0.7",
                                                                .endpointUrl = "opc.tcp://plc-4:4840"}));
    }
    [[nodiscard]] bool isIn(StoreList list, const ForgedCert& certificate) {
        return application.snapshot()->find(list, parsed(certificate).id()) != nullptr;
    }
    [[nodiscard]] ToolProcess pair(std::vector<std::string> more = {}, ToolProcess::On on = ToolProcess::On::Pipes) const {
        std::vector<std::string> words{"pair", "--pki", "pki", "--who", "Ada", "--for", "10m"};
        words.insert(words.end(), more.begin(), more.end());
        return ToolProcess{pki.folder.path(), words, on};
    }
    [[nodiscard]] ToolOutput run(const std::string& arguments) const { return toolCommand(pki.folder.path(), arguments); }
};

std::string thumbprint(const ForgedCert& certificate) { return parsed(certificate).thumbprint().text(); }

}  // namespace

TEST_CASE("pair tells each event in a line of JSON and takes decisions as lines") {
    Plant plant;
    auto process = plant.pair();
    const auto open = process.waitForEvent("open");
    CHECK(open["max"] == 5);
    CHECK(open["entries"].empty());
    const auto other = Plant::device("other", 1);
    plant.refuse(plant.plc);
    const auto letIn = process.waitForEvent("let-in");
    CHECK(letIn["thumbprint"] == thumbprint(plant.plc));
    CHECK(letIn["peerAddress"] == "10.0.0.7");
    CHECK(plant.isIn(StoreList::Trusted, plant.plc));
    plant.refuse(other);
    (void)process.waitForEvent("let-in");

    process.write("confirm 00000000\nnonsense\n");
    CHECK(process.waitForEvent("error")["error"]["status"] == "BadNotFound");
    CHECK(process.waitForEvent("error")["error"]["status"] == "BadInvalidArgument");
    process.write("confirm " + thumbprint(plant.plc) + "\n");
    CHECK(process.waitForEvent("confirmed")["subject"] == "CN=plc, O=Test");
    process.write("drop " + thumbprint(other) + "\r\n");
    CHECK(process.waitForEvent("dropped")["thumbprint"] == thumbprint(other));
    process.write("close\n");
    const auto closed = process.waitForEvent("closed");
    CHECK(closed["confirmed"] == 1);
    CHECK(closed["entries"].size() == 2);
    CHECK(process.exitCode() == 0);
    CHECK(plant.isIn(StoreList::Trusted, plant.plc));
    CHECK(plant.isIn(StoreList::Rejected, other));
    CHECK(plant.run("history --pki pki").says("Ada (pairing)"));
}

TEST_CASE("pair ends in order, whatever ends it, and takes back what is not confirmed") {
    for (const int how : {SIGINT, SIGTERM, SIGHUP, 0}) {
        CAPTURE(how);
        Plant plant;
        auto process = plant.pair({"--json"});
        (void)process.waitForEvent("open");
        plant.refuse(plant.plc);
        (void)process.waitForEvent("let-in");
        if (how == 0) process.closeInput();
        if (how != 0) process.signal(how);
        CHECK(process.waitForEvent("taken-back")["thumbprint"] == thumbprint(plant.plc));
        (void)process.waitForEvent("closed");
        CHECK(process.exitCode() == 1);
        CHECK(plant.isIn(StoreList::Rejected, plant.plc));
        CHECK_FALSE(plant.isIn(StoreList::Trusted, plant.plc));
    }
}

TEST_CASE("pair cannot be stopped half-way, and closes when nobody reads what it says") {
    Plant plant;
    auto process = plant.pair();
    (void)process.waitForEvent("open");
    process.signal(SIGTSTP);
    plant.refuse(plant.plc);
    (void)process.waitForEvent("let-in");
    process.closeOutput();
    plant.refuse(Plant::device("other", 1));  // of which nobody hears
    CHECK(process.exitCode() == 2);
    CHECK(plant.isIn(StoreList::Rejected, plant.plc));
    CHECK_FALSE(plant.isIn(StoreList::Trusted, plant.plc));
}

TEST_CASE("pair closes by itself when its time is over") {
    Plant plant;
    ToolProcess process{plant.pki.folder.path(), {"pair", "--pki", "pki", "--for", "1s"}};
    (void)process.waitForEvent("open");
    (void)process.waitForEvent("closed");
    CHECK(process.exitCode() == 1);
}

TEST_CASE("What a killed pair has let in is rejected again by the next command on the folder, which says so") {
    Plant plant;
    {
        auto process = plant.pair();
        (void)process.waitForEvent("open");
        plant.refuse(plant.plc);
        (void)process.waitForEvent("let-in");
        const auto meanwhile = plant.run("list --pki pki trusted --json");
        CHECK(meanwhile.json()["entries"].size() == 1);
        CHECK_FALSE(meanwhile.complains("pairing"));
        const auto second = plant.run("pair --pki pki --for 1m");
        CHECK(second.exitCode == 2);
        CHECK(second.complains("of Ada"));
        process.signal(SIGKILL);
        CHECK(process.exitCode() == -SIGKILL);
    }
    CHECK(plant.isIn(StoreList::Trusted, plant.plc));
    const auto listed = plant.run("list --pki pki --json");
    CHECK(listed.exitCode == 0);
    CHECK(listed.complains("pairing window that Ada opened"));
    CHECK(listed.complains("CN=plc"));
    CHECK(listed.json()["entries"].at(0)["list"] == "rejected");
    CHECK(plant.isIn(StoreList::Rejected, plant.plc));
    CHECK_FALSE(plant.run("list --pki pki").complains("pairing"));
}

TEST_CASE("pair asks a person about each, with digits to compare") {
    Plant plant;
    auto process = plant.pair({}, ToolProcess::On::Terminal);
    (void)process.waitFor("Pairing is open for 10 minutes");
    (void)process.waitFor("left, 0 let in");
    plant.refuse(plant.plc);
    const auto digits = thumbprint(plant.plc);
    (void)process.waitFor("CN=plc, O=Test (from 10.0.0.7, at opc.tcp://plc-4:4840)");
    (void)process.waitFor(digits.substr(0, 4) + " " + digits.substr(4, 4) + " " + digits.substr(8, 4));
    (void)process.waitFor("c confirms, d drops");
    process.write("x\n");
    (void)process.waitFor("is not understood");
    (void)process.waitFor("c confirms, d drops");
    process.write("\n");
    (void)process.waitFor("1 to decide");
    process.write("\n");
    (void)process.waitFor("c confirms, d drops");
    process.write("c\n");
    (void)process.waitFor("Confirmed  CN=plc");
    process.write("\x03");  // Ctrl+C
    (void)process.waitFor("Confirmed: 1");
    CHECK(process.exitCode() == 0);
    CHECK(plant.isIn(StoreList::Trusted, plant.plc));
}

TEST_CASE("pair says what is wrong with its options, and a dry run opens nothing") {
    const Plant plant;
    CHECK(plant.run("pair --pki pki").exitCode == 2);
    CHECK(plant.run("pair --pki pki --for soon").complains("10m"));
    CHECK(plant.run("pair --pki pki --for 0s").exitCode == 2);
    CHECK(plant.run("pair --pki pki --for 10m --max 0").exitCode == 2);
    CHECK(plant.run("pair --pki pki --for 10m --endpoint plc-4").complains("opc.tcp://"));
    const auto dry = plant.run("pair --pki pki --for 10m --dry-run");
    CHECK(dry.exitCode == 0);
    CHECK(dry.says("10 minutes"));
    CHECK_FALSE(std::filesystem::exists(plant.pki.path / ".uatrust"));
}

#endif
