#ifndef _WIN32

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "support/tool_process.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

// What changes something asks the person who is there, and nobody else.
namespace {

struct Asked {
    Pki pki{};
    ForgedCert plc = forgeCertificate({.cn = "plc", .keyName = "p256"});

    Asked() { writeFile(pki.path / "rejected/plc.der", plc.der); }
    [[nodiscard]] bool isTrusted() const { return std::filesystem::exists(pki.path / "trusted/certs/plc.der"); }

    /// Runs a command on a terminal and answers its question.
    [[nodiscard]] int answered(const std::vector<std::string>& arguments, std::string_view answer, std::string* output = nullptr) const {
        ToolProcess process{pki.folder.path(), arguments, ToolProcess::On::Terminal};
        process.waitFor("Do it? [y/N]");
        process.write(answer);
        const int code = process.exitCode();
        if (output != nullptr) *output = process.output();
        return code;
    }
};

}  // namespace

TEST_CASE("a person is shown the plan and asked, and the answer counts") {
    const Asked asked;
    std::string output;
    CHECK(asked.answered({"trust", "--pki", "pki", "plc"}, "n\n", &output) == 1);
    CHECK(output.find("CN=plc") != std::string::npos);
    CHECK(output.find("Nothing was changed.") != std::string::npos);
    CHECK_FALSE(asked.isTrusted());
    CHECK(asked.answered({"trust", "--pki", "pki", "plc"}, "\n") == 1);
    CHECK(asked.answered({"trust", "--pki", "pki", "plc"}, "whatever\n") == 1);
    CHECK(asked.answered({"trust", "--pki", "pki", "plc"}, "\x04") == 1);  // the end of the input
    CHECK_FALSE(asked.isTrusted());
    CHECK(asked.answered({"trust", "--pki", "pki", "plc"}, "y\n") == 0);
    CHECK(asked.isTrusted());
    CHECK(asked.answered({"undo", "--pki", "pki"}, "yes\n") == 0);
    CHECK_FALSE(asked.isTrusted());
}

TEST_CASE("import, init and request ask as well") {
    const Asked asked;
    asked.pki.file("ca.pem", forgeRoot("Plant CA", {.keyName = "p256"}).pem());
    CHECK(asked.answered({"import", "--pki", "pki", "ca.pem"}, "n\n") == 1);
    CHECK(asked.answered({"import", "--pki", "pki", "ca.pem"}, "y\n") == 0);
    CHECK(toolCommand(asked.pki.folder.path(), "list --pki pki --json issuers").json()["entries"].size() == 1);
    CHECK(asked.answered({"init", "--pki", "pki", "--name", "gateway", "--key-type", "p256"}, "n\n") == 1);
    CHECK_FALSE(std::filesystem::exists(asked.pki.path / "own/certs/application.der"));
    CHECK(asked.answered({"init", "--pki", "pki", "--name", "gateway", "--key-type", "p256"}, "y\n") == 0);
    CHECK(std::filesystem::exists(asked.pki.path / "own/certs/application.der"));
    CHECK(asked.answered({"request", "--pki", "pki", "--out", "r.csr"}, "y\n") == 0);
    CHECK(std::filesystem::exists(asked.pki.folder / "r.csr"));
}

TEST_CASE("a dry run, --yes and JSON ask nobody") {
    const Asked asked;
    const auto unasked = [&](const std::vector<std::string>& arguments) {
        ToolProcess process{asked.pki.folder.path(), arguments, ToolProcess::On::Terminal};
        const int code = process.exitCode();
        CHECK(process.output().find("Do it?") == std::string::npos);
        return code;
    };
    CHECK(unasked({"trust", "--pki", "pki", "--dry-run", "plc"}) == 0);
    CHECK(unasked({"trust", "--pki", "pki", "--json", "plc"}) == 2);
    CHECK_FALSE(asked.isTrusted());
    CHECK(unasked({"trust", "--pki", "pki", "--yes", "plc"}) == 0);
    CHECK(asked.isTrusted());
}

#endif
