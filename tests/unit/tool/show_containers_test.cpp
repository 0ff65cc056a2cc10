#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

/// Files as a CA hands them over.
struct Handed {
    TempFolder folder{};

    Handed() {
        const auto root = forgeRoot();
        const auto leaf = forgeLeaf(root);
        writeFile(folder / "leaf.pem", leaf.pem());
        writeFile(folder / "root.pem", root.pem());
        writeFile(folder / "key.pem", leaf.key.pem());
        writeFile(folder / "locked.pem", leaf.key.pem("secret"));
        writeFile(folder / "secret.txt", std::string{"secret\r\nsomething else\n"});
        openssl("crl2pkcs7 -nocrl -certfile leaf.pem -certfile root.pem -outform DER -out a.p7b");
        openssl("pkcs12 -export -legacy -in leaf.pem -inkey key.pem -certfile root.pem -passout pass:secret -out a.pfx");
    }
    void openssl(const std::string& arguments) const { REQUIRE(opensslCommand(folder, arguments).exitCode == 0); }
    [[nodiscard]] ToolOutput show(const std::string& arguments) const { return toolCommand(folder.path(), "show " + arguments); }
};

}  // namespace

TEST_CASE("show opens PKCS#7") {
    const Handed handed;
    const auto shown = handed.show("a.p7b");
    CHECK(shown.exitCode == 0);
    CHECK(shown.says("a.p7b, 1 of 2: application certificate"));
    CHECK(shown.says("a.p7b, 2 of 2: CA certificate"));
    CHECK(handed.show("--json a.p7b").json()["files"][0]["elements"][0]["form"] == "PKCS#7");
}

TEST_CASE("show opens PKCS#12 with the passphrase of a file, and of a key alone") {
    const Handed handed;
    const auto shown = handed.show("--json --passphrase-file secret.txt a.pfx locked.pem");
    CHECK(shown.exitCode == 0);
    const auto files = shown.json()["files"];
    REQUIRE(files[0]["elements"].size() == 3);
    CHECK(files[0]["elements"][2]["kind"] == "privateKey");
    CHECK(files[0]["elements"][2]["encrypted"] == true);
    CHECK(files[1]["elements"][0]["key"] == "RSA 2048");
    CHECK(files[1]["elements"][0]["encrypted"] == true);
}

TEST_CASE("show without the right passphrase says what to give") {
    const Handed handed;
    const auto missing = handed.show("a.pfx");
    CHECK(missing.exitCode == 2);
    CHECK(missing.says("--passphrase-file FILE"));
    writeFile(handed.folder / "wrong.txt", std::string{"wrong\n"});
    CHECK(handed.show("--passphrase-file wrong.txt a.pfx").says("it is wrong"));
    CHECK(handed.show("--passphrase-file none.txt a.pfx").says("none.txt cannot be read"));
    CHECK(handed.show("--passphrase-env UATRUST_NOT_SET a.pfx").says("no environment variable UATRUST_NOT_SET"));
    // $UATRUST_PKI is the variable at hand.
    CHECK(toolCommand(handed.folder.path(), "show --passphrase-env UATRUST_PKI a.pfx", "secret").exitCode == 0);
}
