#include <uatrust/x509/pem.hpp>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"

#include "unit/x509/raw_der.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

std::string withLineEnds(std::string text, const std::string& end) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + end.size())) text.replace(at, 1, end);
    return text;
}

Result<std::vector<Certificate>> certificatesOf(const std::string& text) { return readCertificates(asBytes(text)); }

}  // namespace

TEST_CASE("encodePem() writes what OpenSSL writes") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{47}, std::size_t{48}, std::size_t{49},
                                   std::size_t{96}, std::size_t{1000}}) {
        const Bytes content(size, 0xA7);
        CHECK(encodePem("X509 CRL", content) == forgePem("X509 CRL", content));
    }
    CHECK(encodePem("NOTHING", {}) == "-----BEGIN NOTHING-----\n-----END NOTHING-----\n");
}

TEST_CASE("decodePem() reads back what encodePem() wrote") {
    Bytes content;
    for (unsigned size = 0; size < 200; ++size) {
        const auto blocks = valueOf(decodePem(encodePem("SOME LABEL", content)));
        REQUIRE(blocks.size() == 1);
        CHECK(blocks[0].label == "SOME LABEL");
        CHECK(blocks[0].content == content);
        content.push_back(static_cast<std::uint8_t>(size * 37U));
    }
}

TEST_CASE("decodePem() reads every block, with any line ends and text around them") {
    const auto a = forgePem("A", Bytes(100, 1));
    const auto b = forgePem("B", Bytes(10, 2));
    for (const char* end : {"\n", "\r\n", "\r"}) {
        const auto text = withLineEnds("\xEF\xBB\xBFsubject=CN = plc-7\n\n" + a + "in between -----\n" + b + "\nbehind", end);
        const auto blocks = valueOf(decodePem(text));
        REQUIRE(blocks.size() == 2);
        CHECK(blocks[0].label == "A");
        CHECK(blocks[0].content == Bytes(100, 1));
        CHECK(blocks[1].label == "B");
        CHECK(blocks[1].content == Bytes(10, 2));
    }
}

TEST_CASE("decodePem() takes base64 in lines of any length, with blanks") {
    const auto content = [](const std::string& body) {
        return valueOf(decodePem("-----BEGIN A-----" + body + "-----END A-----")).at(0).content;
    };
    CHECK(content("AQID") == Bytes{1, 2, 3});
    CHECK(content("\n A\tQ\n\nI D \n") == Bytes{1, 2, 3});
    CHECK(content("\nAQI=\n") == Bytes{1, 2});
    CHECK(content("\nAQ==\n") == Bytes{1});
    CHECK(content("\n").empty());
}

TEST_CASE("decodePem() passes over the headers of old key files") {
    const auto blocks = valueOf(decodePem(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAQID\n-----END RSA PRIVATE KEY-----\n"));
    REQUIRE(blocks.size() == 1);
    CHECK(blocks[0].content == Bytes{1, 2, 3});
}

TEST_CASE("A text without blocks has none") {
    CHECK(valueOf(decodePem("")).empty());
    CHECK(valueOf(decodePem("no certificate here")).empty());
    CHECK(valueOf(decodePem("-----END CERTIFICATE-----")).empty());
}

TEST_CASE("decodePem() refuses blocks that do not decode") {
    for (const char* text :
         {"-----BEGIN A-----\nAQID\n", "-----BEGIN A-----\nAQID\n-----END B-----", "-----BEGIN A-----\nAQI\n-----END A-----",
          "-----BEGIN A-----\nAQ=D\n-----END A-----", "-----BEGIN A-----\nA===\n-----END A-----",
          "-----BEGIN A-----\n====\n-----END A-----", "-----BEGIN A-----\nAQ*D\n-----END A-----",
          "-----BEGIN A-----\nAQ==AQ==\n-----END A-----", "-----BEGIN -----\nAQID\n-----END -----", "-----BEGIN A\nAQID\n-----END A-----",
          "-----BEGIN A", "-----BEGIN A-----\nAQID-----BEGIN A-----\nAQID\n-----END A-----"}) {
        INFO(text);
        CHECK(decodePem(text).status() == StatusCode::BadCertificateInvalid);
    }
    CHECK_FALSE(decodePem("-----BEGIN " + std::string(100, 'A') + "-----\n-----END " + std::string(100, 'A') + "-----\n").ok());
    CHECK(decodePem(std::string(100U << 20U, 'A')).status() == StatusCode::BadCertificateInvalid);
}

TEST_CASE("readCertificates() tells PEM and DER apart by content") {
    const auto root = forgeRoot();
    const auto leaf = forgeLeaf(root);
    for (const auto& content :
         {leaf.pem() + root.pem(), withLineEnds("text\n" + leaf.pem() + root.pem(), "\r\n"), std::string{asText(joinDer({leaf, root}))}}) {
        const auto certificates = valueOf(certificatesOf(content));
        REQUIRE(certificates.size() == 2);
        CHECK(certificates[0] == parsed(leaf));
        CHECK(certificates[1] == parsed(root));
    }
    CHECK(valueOf(readCertificates(leaf.der)).size() == 1);
}

TEST_CASE("readCertificates() knows the labels of old tools and passes over other blocks") {
    const auto forged = forgeCertificate();
    CHECK(valueOf(certificatesOf(forgePem("X509 CERTIFICATE", forged.der))).at(0) == parsed(forged));
    CHECK(valueOf(certificatesOf(forged.key.pem() + forged.pem())).at(0) == parsed(forged));

    const TempFolder folder;
    writeFile(folder / "cert.pem", forged.pem());
    REQUIRE(opensslCommand(folder, "x509 -in cert.pem -trustout -addtrust serverAuth -setalias plc -out trusted.pem").exitCode == 0);
    const auto trusted = readFile(folder / "trusted.pem");
    REQUIRE(trusted.find("BEGIN TRUSTED CERTIFICATE") != std::string::npos);
    CHECK(valueOf(certificatesOf(trusted)).at(0) == parsed(forged));
}

TEST_CASE("readCertificates() reads what the openssl command writes around a certificate") {
    const TempFolder folder;
    const auto forged = forgeCertificate();
    writeFile(folder / "cert.pem", forged.pem());
    REQUIRE(opensslCommand(folder, "x509 -in cert.pem -text -out text.pem").exitCode == 0);
    CHECK(valueOf(readCertificates(readBytes(folder / "text.pem"))).at(0) == parsed(forged));
}

TEST_CASE("readCertificates() refuses what holds no certificate") {
    CHECK(certificatesOf("").status() == StatusCode::BadCertificateInvalid);
    CHECK(certificatesOf("hello").status() == StatusCode::BadCertificateInvalid);
    CHECK(certificatesOf("0 begins like a SEQUENCE").status() == StatusCode::BadCertificateInvalid);
    CHECK(certificatesOf(forgeKey().pem()).status() == StatusCode::BadCertificateInvalid);
    CHECK(certificatesOf(forgePem("CERTIFICATE", Bytes{0x30, 0x00})).status() == StatusCode::BadCertificateInvalid);
    auto der = forgeCertificate().der;
    der.push_back('\n');
    CHECK(readCertificates(der).status() == StatusCode::BadCertificateInvalid);
    CHECK(certificatesOf(forgeCertificate().pem() + "-----BEGIN CERTIFICATE-----\nAQ\n").status() == StatusCode::BadCertificateInvalid);
}

TEST_CASE("A certificate that holds a text like PEM is DER all the same") {
    const auto forged = forgeCertificate({.cn = "-----BEGIN CERTIFICATE-----"});
    CHECK(valueOf(readCertificates(forged.der)).at(0) == parsed(forged));
}

TEST_CASE("readCrl() reads exactly one CRL, readCrls() as many as there are") {
    const auto root = forgeRoot();
    const auto first = forgeCrl({.issuer = &root});
    const auto second = forgeCrl({.issuer = &root, .number = 2});
    const auto pem = forgePem("X509 CRL", first);
    CHECK(equalBytes(valueOf(readCrl(first)).der(), first));
    CHECK(equalBytes(valueOf(readCrl(asBytes(pem))).der(), first));
    CHECK(equalBytes(valueOf(readCrl(asBytes(withLineEnds(root.pem() + pem, "\r\n")))).der(), first));

    const auto both = pem + forgePem("X509 CRL", second);
    CHECK(valueOf(readCrls(asBytes(both))).size() == 2);
    CHECK(readCrl(asBytes(both)).status() == StatusCode::BadCertificateInvalid);
    CHECK(readCrl(asBytes(both)).error().message.find("2 of them") != std::string::npos);
}

TEST_CASE("readCrl() refuses what is no CRL") {
    CHECK(readCrl({}).status() == StatusCode::BadCertificateInvalid);
    CHECK(readCrl(forgeCertificate().der).status() == StatusCode::BadCertificateInvalid);
    const auto certificate = forgeCertificate().pem();
    CHECK(readCrl(asBytes(certificate)).status() == StatusCode::BadCertificateInvalid);
    CHECK(readCrls(Bytes(50, 0x00)).status() == StatusCode::BadCertificateInvalid);
}
