#include <uatrust/crypto/passphrase.hpp>

#include <cstdlib>

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

std::string asked(const PassphraseSource& source) {
    const auto passphrase = source();
    return passphrase ? std::string{asText(passphrase->view())} : "error: " + passphrase.error().text();
}

}  // namespace

TEST_CASE("The passphrase is the first line of its file, whatever ends it, as it is when it is asked for") {
    const TempFolder folder;
    const auto file = folder / "passphrase";
    const auto source = passphraseFromFile(file);
    for (const auto* content : {"se cret", "se cret\n", "se cret\r\nsecond line\n"}) {
        writeFile(file, std::string_view{content});
        CHECK(asked(source) == "se cret");
    }
    writeFile(file, std::string_view{"changed\n"});
    CHECK(asked(source) == "changed");
    writeFile(file, std::string_view{});
    CHECK(asked(source).empty());
}

TEST_CASE("A file with a passphrase that cannot be read is an error that names it") {
    const TempFolder folder;
    const auto missing = passphraseFromFile(folder / "missing")();
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.status() == StatusCode::BadNotFound);
    CHECK(missing.error().message.find((folder / "missing").string()) != std::string::npos);
    CHECK_FALSE(missing.error().remedy.empty());
    writeFile(folder / "large", std::string(70'000, 'x'));
    CHECK(passphraseFromFile(folder / "large")().status() == StatusCode::BadEncodingLimitsExceeded);
    CHECK_FALSE(passphraseFromFile(folder.path())().ok());
}

#ifndef _WIN32
TEST_CASE("A file with a passphrase may be a link, as container platforms make it") {
    const TempFolder folder;
    const TempFolder elsewhere;
    writeFile(elsewhere / "passphrase", std::string_view{"linked\n"});
    std::filesystem::create_symlink(elsewhere / "passphrase", folder / "passphrase");
    CHECK(asked(passphraseFromFile(folder / "passphrase")) == "linked");
}

TEST_CASE("The passphrase is the value of an environment variable, as it is when it is asked for") {
    const auto source = passphraseFromEnvironment("UATRUST_TEST_PASSPHRASE");
    ::unsetenv("UATRUST_TEST_PASSPHRASE");
    CHECK(source().status() == StatusCode::BadNotFound);
    CHECK(source().error().message.find("UATRUST_TEST_PASSPHRASE") != std::string::npos);
    ::setenv("UATRUST_TEST_PASSPHRASE", "se cret ", 1);
    CHECK(asked(source) == "se cret ");
    ::unsetenv("UATRUST_TEST_PASSPHRASE");
}
#endif
