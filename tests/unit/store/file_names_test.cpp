#include <algorithm>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

constexpr std::size_t kLongestName = 143;  // eCryptfs, the narrowest of the common file systems

Certificate named(const std::string& commonName, const std::string& organization = "Test") {
    return parsed(forgeCertificate({.cn = commonName, .org = organization, .keyName = "p256"}));
}

// What stands in front of " [thumbprint].der".
std::string base(const Certificate& certificate) {
    const auto name = certificateFileName(certificate);
    const auto tail = " [" + certificate.thumbprint().text() + "].der";
    REQUIRE(name.ends_with(tail));
    return name.substr(0, name.size() - tail.size());
}

std::string baseOf(const std::string& commonName) { return base(named(commonName)); }

bool isUtf8(const std::string& text) { return !contains(printable(text, 1000), "\\x"); }

}  // namespace

TEST_CASE("A certificate's file is named by its common name and thumbprint") {
    CHECK(baseOf("plc-7") == "plc-7");
    CHECK(baseOf("Line 4 gateway (north) v1.2") == "Line 4 gateway (north) v1.2");
    CHECK(baseOf("Pumpe_S\xC3\xBC\x64 \xE6\xB0\xB4 \xF0\x9F\x98\x80") == "Pumpe_S\xC3\xBC\x64 \xE6\xB0\xB4 \xF0\x9F\x98\x80");
}

TEST_CASE("A common name cannot lead out of the folder") {
    for (const auto* name : {"../../x", "..", ".", "/etc/passwd", "..\\..\\x", "C:\\x", "a/../b", "//host/share", "\\\\host\\share"}) {
        const auto file = certificateFileName(named(name));
        INFO(file);
        CHECK(std::filesystem::path{file}.filename() == file);
        CHECK(file.find_first_of("/\\:") == std::string::npos);
        CHECK(file.front() != '.');
    }
}

TEST_CASE("A common name cannot make a hidden file or an option of a command") {
    CHECK(baseOf(".profile") == "profile");
    CHECK(baseOf("-rf x") == "rf x");
    CHECK(baseOf(" . -x") == "x");
    CHECK(baseOf("x. .") == "x");
}

TEST_CASE("Whatever a shell or a terminal would act on is replaced") {
    CHECK(baseOf("a$(reboot)`b`;c|d&e>f<g\"h'i*j?k!l#m%n~o{p}q^r") == "a_(reboot)_b__c_d_e_f_g_h_i_j_k_l_m_n_o_p_q_r");
    CHECK(baseOf("a\nb\rc\td\x1b[31me\x7f") == "a_b_c_d_(31me_");
    CHECK(baseOf(std::string{"a\0b", 3}) == "a_b");
    CHECK(baseOf("x [0123456789012345678901234567890123456789].der") == "x (0123456789012345678901234567890123456789).der");
}

TEST_CASE("Characters that change the direction of text or cannot be seen are replaced") {
    CHECK(baseOf("a\xE2\x80\xAE"
                 "b\xE2\x81\xA6"
                 "c\xE2\x80\x8F"
                 "d") == "a_b_c_d");
    CHECK(baseOf("a\xE2\x80\x8B"
                 "b\xC2\xA0"
                 "c\xEF\xBB\xBF"
                 "d\xE2\x80\xA8"
                 "e\xE3\x80\x80"
                 "f\xEE\x80\x80") == "a_b_c_d_e_f_");
    CHECK(baseOf("a\\x0Ab") == "a_b");
}

TEST_CASE("Names of devices of Windows are no file names") {
    CHECK(baseOf("CON") == "_CON");
    CHECK(baseOf("nul.txt") == "_nul.txt");
    CHECK(baseOf("Aux .plc") == "_Aux .plc");
    CHECK(baseOf("COM1") == "_COM1");
    CHECK(baseOf("lpt9.x") == "_lpt9.x");
    CHECK(baseOf("COM\xC2\xB9") == "_COM\xC2\xB9");
    CHECK(baseOf("CONTROL") == "CONTROL");
    CHECK(baseOf("COM12") == "COM12");
    CHECK(baseOf("NULL") == "NULL");
}

TEST_CASE("A long common name is cut between characters") {
    const auto file = certificateFileName(named(std::string(10'000, 'x')));
    CHECK(file.size() < kLongestName);
    CHECK(file.starts_with("xxxxxxxxxx"));
    for (std::size_t shift = 0; shift < 4; ++shift) {
        std::string emoji(shift, 'a');
        while (emoji.size() < 400) emoji += "\xF0\x9F\x98\x80";
        const auto name = certificateFileName(named(emoji));
        CHECK(name.size() < kLongestName);
        CHECK(name.size() > 100);
        CHECK(isUtf8(name));
    }
}

TEST_CASE("A certificate without a usable common name gets a name nevertheless") {
    CHECK(base(named("", "Acme")) == "Acme");
    CHECK(base(named("...", "Acme/1")) == "Acme_1");
    CHECK(base(parsed(forgeLeaf(authority("Plant CA"), {.cn = "", .org = "", .keyName = "p256"}))) == "unnamed");
}

TEST_CASE("The name of a certificate's file can be created as it is") {
    const TempFolder folder;
    for (const auto* name : {"../../x", "CON", "a\nb", "\xE6\xB0\xB4", ".x", "100%", "a:b"}) {
        const auto file = folder.path() / std::filesystem::path{certificateFileName(named(name))};
        writeFile(file, "x");
        CHECK(file.parent_path() == folder.path());
        CHECK(std::filesystem::exists(file));
    }
    CHECK(namesIn(folder.path()).size() == 7);
}

TEST_CASE("A CRL's file is named by its issuer and its thumbprint") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    const auto crl = crlOf(authority("Plant/CA"));
    REQUIRE(store.addCrl(StoreList::Issuers, crl));
    CHECK(namesIn(folder / "issuers/crl") == std::vector<std::string>{"Plant_CA [" + crl.thumbprint().text() + "].crl"});
}
