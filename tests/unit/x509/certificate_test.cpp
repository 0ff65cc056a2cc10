#include <uatrust/x509/certificate.hpp>

#include <thread>

#include <openssl/err.h>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"

#include "unit/x509/raw_der.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

Bytes digest(ByteView data, const EVP_MD* algorithm) {
    Bytes out(static_cast<std::size_t>(EVP_MD_get_size(algorithm)));
    REQUIRE(EVP_Digest(data.data(), data.size(), out.data(), nullptr, algorithm, nullptr) == 1);
    return out;
}

}  // namespace

TEST_CASE("A certificate keeps its DER and is identified by it") {
    const auto forged = forgeCertificate();
    const auto certificate = parsed(forged);
    CHECK(equalBytes(certificate.der(), forged.der));
    CHECK(equalBytes(certificate.id().sha256, digest(forged.der, EVP_sha256())));
    CHECK(equalBytes(certificate.thumbprint().sha1, digest(forged.der, EVP_sha1())));
    CHECK(certificate.id().text() == toHex(digest(forged.der, EVP_sha256())));
    CHECK(certificate.thumbprint().text() == toHex(digest(forged.der, EVP_sha1()), HexCase::Upper));
    CHECK(certificate.thumbprint().text().size() == 40);
}

TEST_CASE("A certificate does not depend on the octets it was read from") {
    auto forged = forgeCertificate({.cn = "plc-8"});
    const auto copy = forged.der;
    const auto certificate = parsed(forged);
    std::fill(forged.der.begin(), forged.der.end(), std::uint8_t{0});
    CHECK(equalBytes(certificate.der(), copy));
    CHECK(certificate.isSelfSigned());
}

TEST_CASE("Certificates are equal when all their octets are") {
    const auto forged = forgeCertificate();
    CHECK(parsed(forged) == parsed(forged));
    CHECK_FALSE(parsed(forged) == parsed(forgeCertificate()));
    CHECK_FALSE(parsed(forged) == valueOf(Certificate::fromDer(tamperSignature(forged.der))));
}

TEST_CASE("A certificate shows the fields of an application certificate") {
    const auto root = forgeRoot("Plant CA");
    const auto forged = forgeLeaf(root, {.cn = "plc-7",
                                         .org = "Acme",
                                         .notBefore = forgeDate(2026, 2, 3, 4, 5, 6),
                                         .notAfter = forgeDate(2055, 7, 8, 9, 10, 11),
                                         .uris = {"urn:acme:plc-7", "urn:acme:second"},
                                         .dns = {"plc-7", "plc-7.example.com"},
                                         .ips = {"10.0.0.7", "fd00::7"},
                                         .serial = "00F1E2D3"});
    const auto certificate = parsed(forged);
    CHECK(certificate.version() == 3);
    CHECK(certificate.subject().text() == "CN=plc-7, O=Acme");
    CHECK(certificate.issuer().text() == "CN=Plant CA, O=Test");
    CHECK(certificate.serialNumber() == "F1E2D3");
    CHECK(certificate.notBefore() == forgeDate(2026, 2, 3, 4, 5, 6));
    CHECK(certificate.notAfter() == forgeDate(2055, 7, 8, 9, 10, 11));
    CHECK(certificate.publicKey().algorithm() == KeyAlgorithm::Rsa);
    CHECK(certificate.publicKey().bits() == 2048);
    CHECK(equalBytes(certificate.publicKey().der(), forged.key.publicDer()));
    CHECK(certificate.uris() == std::vector<std::string>{"urn:acme:plc-7", "urn:acme:second"});
    CHECK(certificate.applicationUri() == "urn:acme:plc-7");
    CHECK(certificate.dnsNames() == std::vector<std::string>{"plc-7", "plc-7.example.com"});
    REQUIRE(certificate.ipAddresses().size() == 2);
    CHECK(certificate.ipAddresses()[0] == Bytes{10, 0, 0, 7});
    CHECK(certificate.ipAddresses()[1] == Bytes{0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7});
    CHECK(certificate.unknownCriticalExtensions().empty());
}

TEST_CASE("A certificate shows its usage extensions and whether they are critical") {
    const auto certificate = parsed(forgeCertificate({.ca = true, .pathLen = 0, .basicConstraintsCritical = false, .ekuCritical = true}));
    REQUIRE(certificate.keyUsage());
    CHECK(certificate.keyUsage()->critical);
    CHECK(certificate.keyUsage()->has(KeyUsage::KeyCertSign));
    CHECK(certificate.keyUsage()->has(KeyUsage::CrlSign));
    CHECK_FALSE(certificate.keyUsage()->has(KeyUsage::DigitalSignature));
    CHECK(certificate.keyUsage()->text() == "keyCertSign, cRLSign");
    CHECK_FALSE(certificate.extendedKeyUsage());
    REQUIRE(certificate.basicConstraints());
    CHECK(certificate.basicConstraints()->ca);
    CHECK(certificate.basicConstraints()->pathLength == 0U);
    CHECK_FALSE(certificate.basicConstraints()->critical);
    CHECK(certificate.isCa());

    const auto leaf = parsed(forgeCertificate({.ekuCritical = true}));
    REQUIRE(leaf.extendedKeyUsage());
    CHECK(leaf.extendedKeyUsage()->critical);
    CHECK(leaf.extendedKeyUsage()->has(kServerAuth));
    CHECK(leaf.extendedKeyUsage()->has(kClientAuth));
    CHECK_FALSE(leaf.extendedKeyUsage()->has("1.3.6.1.5.5.7.3"));
    CHECK(leaf.extendedKeyUsage()->text() == "serverAuth, clientAuth");
    REQUIRE(leaf.basicConstraints());
    CHECK_FALSE(leaf.basicConstraints()->ca);
    CHECK_FALSE(leaf.basicConstraints()->pathLength);
    CHECK_FALSE(leaf.isCa());
}

TEST_CASE("Each bit of keyUsage is the one that RFC 5280 numbers so") {
    struct Row {
        unsigned forged;
        KeyUsage usage;
        const char* name;
    };
    for (const auto& row : std::vector<Row>{{Ku::DigitalSignature, KeyUsage::DigitalSignature, "digitalSignature"},
                                            {Ku::NonRepudiation, KeyUsage::NonRepudiation, "nonRepudiation"},
                                            {Ku::KeyEncipherment, KeyUsage::KeyEncipherment, "keyEncipherment"},
                                            {Ku::DataEncipherment, KeyUsage::DataEncipherment, "dataEncipherment"},
                                            {Ku::KeyAgreement, KeyUsage::KeyAgreement, "keyAgreement"},
                                            {Ku::KeyCertSign, KeyUsage::KeyCertSign, "keyCertSign"},
                                            {Ku::CrlSign, KeyUsage::CrlSign, "cRLSign"},
                                            {Ku::EncipherOnly, KeyUsage::EncipherOnly, "encipherOnly"},
                                            {Ku::DecipherOnly, KeyUsage::DecipherOnly, "decipherOnly"}}) {
        const auto usage = parsed(forgeCertificate({.keyUsage = row.forged})).keyUsage();
        REQUIRE(usage);
        CHECK(usage->bits == static_cast<std::uint16_t>(row.usage));
        CHECK(usage->text() == row.name);
    }
    const auto none = parsed(forgeCertificate({.keyUsage = 0, .keyUsageCritical = false})).keyUsage();
    REQUIRE(none);
    CHECK(none->bits == 0);
    CHECK_FALSE(none->critical);
    CHECK(none->text().empty());
}

TEST_CASE("An absent extension is something else than an empty one") {
    const auto bare =
        parsed(forgeCertificate({.uris = {}, .dns = {}, .ca = {}, .keyUsage = kOmit, .eku = {{}}, .ski = false, .aki = false}));
    CHECK_FALSE(bare.keyUsage());
    CHECK_FALSE(bare.extendedKeyUsage());
    CHECK_FALSE(bare.basicConstraints());
    CHECK_FALSE(bare.isCa());
    CHECK(bare.uris().empty());
    CHECK(bare.applicationUri().empty());
    CHECK(bare.dnsNames().empty());
    CHECK(bare.ipAddresses().empty());
    CHECK(bare.subjectKeyIdentifier().empty());
    CHECK(bare.authorityKeyIdentifier().empty());
}

TEST_CASE("Key identifiers lead from a certificate to its issuer") {
    const auto root = forgeRoot();
    const auto leaf = parsed(forgeLeaf(root));
    const auto ca = parsed(root);
    CHECK(ca.subjectKeyIdentifier().size() == 20);
    CHECK(equalBytes(leaf.authorityKeyIdentifier(), ca.subjectKeyIdentifier()));
    CHECK_FALSE(equalBytes(leaf.subjectKeyIdentifier(), ca.subjectKeyIdentifier()));

    const auto own = parsed(forgeCertificate({.skiValue = Bytes{1, 2, 3}, .akiValue = Bytes{4, 5}}));
    CHECK(equalBytes(own.subjectKeyIdentifier(), Bytes{1, 2, 3}));
    CHECK(equalBytes(own.authorityKeyIdentifier(), Bytes{4, 5}));
}

TEST_CASE("An authorityKeyIdentifier without keyIdentifier is an empty one") {
    const RawExtension serialOnly{"2.5.29.35", false, {0x30, 0x00}};
    CHECK(parsed(forgeCertificate({.aki = false, .extensions = {serialOnly}})).authorityKeyIdentifier().empty());
}

TEST_CASE("Critical extensions that uatrust does not evaluate are listed, others are passed over") {
    const auto certificate = parsed(forgeCertificate({.extensions = {{"1.2.3.4.5", true, {0x05, 0x00}},
                                                                     {"1.2.3.4.6", false, {0xFF}},
                                                                     {"2.5.29.31", true, {0x30, 0x00}},
                                                                     {"2.5.29.36", true, {0x30, 0x03, 0x80, 0x01, 0x00}}}}));
    CHECK(certificate.unknownCriticalExtensions() == std::vector<std::string>{"1.2.3.4.5", "2.5.29.31"});
}

TEST_CASE("Object identifiers are shown with all their numbers, however large") {
    const std::vector<std::string> oids{"0.39.127.128",
                                        "1.39.0",
                                        "2.40.16383.16384",
                                        "2.999.1",
                                        "0.9.2342.19200300.100.1.25",
                                        "1.3.6.1.4.1.311.60.2.1.3",
                                        "1.2.72057594037927935.72057594037927936",
                                        "1.2.18446744073709551615.18446744073709551616",
                                        "2.25.329800735698586629295641978511506172918"};
    std::vector<RawExtension> extensions;
    for (const auto& oid : oids) extensions.push_back({oid, true, {0x05, 0x00}});
    CHECK(parsed(forgeCertificate({.extensions = extensions})).unknownCriticalExtensions() == oids);
}

TEST_CASE("Extensions that are evaluated may be critical") {
    const RawExtension policies{"2.5.29.32", true, {0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2A, 0x03}};
    const RawExtension mappings{"2.5.29.33", true, {0x30, 0x0A, 0x30, 0x08, 0x06, 0x02, 0x2A, 0x03, 0x06, 0x02, 0x2A, 0x04}};
    const RawExtension constraints{"2.5.29.30", true, {0x30, 0x09, 0xA0, 0x07, 0x30, 0x05, 0x82, 0x03, 'a', '.', 'b'}};
    const RawExtension inhibitAny{"2.5.29.54", true, {0x02, 0x01, 0x00}};
    const auto certificate =
        parsed(forgeCertificate({.ekuCritical = true, .sanCritical = true, .extensions = {policies, mappings, constraints, inhibitAny}}));
    CHECK(certificate.unknownCriticalExtensions().empty());
}

TEST_CASE("Serial numbers of every kind are read, as hexadecimal octets") {
    struct Row {
        const char* forged;
        const char* text;
    };
    for (const auto& row : std::vector<Row>{{"01", "01"},
                                            {"7F", "7F"},
                                            {"80", "80"},
                                            {"FF", "FF"},
                                            {"0100", "0100"},
                                            {"-01", "-01"},
                                            {"-7F", "-7F"},
                                            {"-80", "-80"},
                                            {"-81", "-81"},
                                            {"-0100", "-0100"},
                                            {"DEADBEEF", "DEADBEEF"}}) {
        CHECK(parsed(forgeCertificate({.serial = row.forged})).serialNumber() == row.text);
    }
    CHECK(parsed(forgeCertificate({.serial = "00"})).serialNumber() == "00");
    const std::string longSerial(200, 'A');
    CHECK(parsed(forgeCertificate({.serial = longSerial})).serialNumber() == longSerial);
}

TEST_CASE("Versions 1 and 2 are read, without extensions") {
    const CertSpec bare{.uris = {}, .dns = {}, .ca = {}, .keyUsage = kOmit, .eku = {{}}, .ski = false, .aki = false};
    for (const long version : {1L, 2L, 3L}) {
        auto spec = bare;
        spec.version = version;
        CHECK(parsed(forgeCertificate(spec)).version() == static_cast<unsigned>(version));
    }
}

TEST_CASE("Dates from 1950 to the end of time are read") {
    const auto certificate =
        parsed(forgeCertificate({.notBefore = forgeDate(1950, 1, 1), .notAfter = forgeDate(9999, 12, 31, 23, 59, 59)}));
    CHECK(certificate.notBefore() == forgeDate(1950, 1, 1));
    CHECK(certificate.notAfter() == forgeDate(9999, 12, 31, 23, 59, 59));
    const auto early = parsed(forgeCertificate({.notBefore = forgeDate(1949, 12, 31), .notAfter = forgeDate(2049, 12, 31, 23, 59, 59)}));
    CHECK(early.notBefore() == forgeDate(1949, 12, 31));
    CHECK(early.notAfter() == forgeDate(2049, 12, 31, 23, 59, 59));
    CHECK(parsed(forgeCertificate({.notBefore = forgeDate(2028, 2, 29)})).notBefore() == forgeDate(2028, 2, 29));
}

TEST_CASE("The signature algorithm is told apart by family and hash") {
    struct Row {
        CertSpec spec;
        SignatureFamily family;
        HashAlgorithm hash;
        const char* name;
    };
    for (const auto& row :
         std::vector<Row>{{{.hash = "sha1"}, SignatureFamily::RsaPkcs1, HashAlgorithm::Sha1, "RSA-SHA1"},
                          {{.hash = "md5"}, SignatureFamily::RsaPkcs1, HashAlgorithm::Md5, "RSA-MD5"},
                          {{.hash = "sha224"}, SignatureFamily::RsaPkcs1, HashAlgorithm::Sha224, "RSA-SHA224"},
                          {{.hash = "sha256"}, SignatureFamily::RsaPkcs1, HashAlgorithm::Sha256, "RSA-SHA256"},
                          {{.hash = "sha512"}, SignatureFamily::RsaPkcs1, HashAlgorithm::Sha512, "RSA-SHA512"},
                          {{.hash = "sha256", .pss = true}, SignatureFamily::RsaPss, HashAlgorithm::Sha256, "RSASSA-PSS"},
                          {{.hash = "sha384", .pss = true}, SignatureFamily::RsaPss, HashAlgorithm::Sha384, "RSASSA-PSS"},
                          {{.hash = "sha1", .pss = true}, SignatureFamily::RsaPss, HashAlgorithm::Sha1, "RSASSA-PSS"},
                          {{.keyName = "p256", .hash = "sha256"}, SignatureFamily::Ecdsa, HashAlgorithm::Sha256, "ecdsa-with-SHA256"},
                          {{.keyName = "p384", .hash = "sha384"}, SignatureFamily::Ecdsa, HashAlgorithm::Sha384, "ecdsa-with-SHA384"},
                          {{.keyName = "bp256", .hash = "sha1"}, SignatureFamily::Ecdsa, HashAlgorithm::Sha1, "ecdsa-with-SHA1"},
                          {{.keyName = "ed25519"}, SignatureFamily::EdDsa, HashAlgorithm::None, "ED25519"},
                          {{.keyName = "ed448"}, SignatureFamily::EdDsa, HashAlgorithm::None, "ED448"}}) {
        const auto certificate = parsed(forgeCertificate(row.spec));
        INFO(row.name);
        CHECK(certificate.signatureAlgorithm().family == row.family);
        CHECK(certificate.signatureAlgorithm().hash == row.hash);
        CHECK(certificate.signatureAlgorithm().name == row.name);
        CHECK(certificate.isSelfSigned());
    }
}

TEST_CASE("Signature algorithms that no SecurityPolicy uses are named") {
    const auto signedBy = [](std::uint8_t lastArc) {
        const Bytes known{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B};
        auto other = known;
        other.back() = lastArc;
        const auto der = forgeCertificate().der;
        return valueOf(Certificate::fromDer(replaceOctets(replaceOctets(der, known, other), known, other, true)));
    };
    const auto md2 = signedBy(2);
    CHECK(md2.signatureAlgorithm().family == SignatureFamily::RsaPkcs1);
    CHECK(md2.signatureAlgorithm().hash == HashAlgorithm::Other);
    CHECK(md2.signatureAlgorithm().name == "RSA-MD2");
    CHECK_FALSE(md2.isSelfSigned());

    const auto unknown = signedBy(0x7F);
    CHECK(unknown.signatureAlgorithm().family == SignatureFamily::Other);
    CHECK(unknown.signatureAlgorithm().hash == HashAlgorithm::Other);
    CHECK(unknown.signatureAlgorithm().name == "1.2.840.113549.1.1.127");
    CHECK_FALSE(unknown.isSelfSigned());
}

TEST_CASE("Keys of every kind are read, and verify what they signed") {
    struct Row {
        const char* key;
        KeyAlgorithm algorithm;
        unsigned bits;
    };
    for (const auto& row : std::vector<Row>{{"rsa1024", KeyAlgorithm::Rsa, 1024},
                                            {"rsa3072", KeyAlgorithm::Rsa, 3072},
                                            {"rsa4096", KeyAlgorithm::Rsa, 4096},
                                            {"p256", KeyAlgorithm::NistP256, 256},
                                            {"p384", KeyAlgorithm::NistP384, 384},
                                            {"bp256", KeyAlgorithm::BrainpoolP256r1, 256},
                                            {"bp384", KeyAlgorithm::BrainpoolP384r1, 384},
                                            {"ed25519", KeyAlgorithm::Ed25519, 256},
                                            {"ed448", KeyAlgorithm::Ed448, 456},
                                            {"p521", KeyAlgorithm::Other, 521}}) {
        const auto certificate = parsed(forgeCertificate({.keyName = row.key}));
        INFO(row.key);
        CHECK(certificate.publicKey().algorithm() == row.algorithm);
        CHECK(certificate.publicKey().bits() == row.bits);
        CHECK(certificate.isSelfSigned());
        CHECK(certificate.isSignedBy(certificate.publicKey()));
        CHECK_FALSE(certificate.isSignedBy(parsed(forgeCertificate({.keyIndex = 3})).publicKey()));
    }
}

TEST_CASE("Self-issued and self-signed are told apart") {
    const auto self = parsed(forgeCertificate());
    CHECK(self.isSelfIssued());
    CHECK(self.isSelfSigned());

    const auto root = forgeRoot("Plant CA");
    const auto leaf = parsed(forgeLeaf(root));
    CHECK_FALSE(leaf.isSelfIssued());
    CHECK_FALSE(leaf.isSelfSigned());
    CHECK(leaf.isSignedBy(parsed(root).publicKey()));
    CHECK_FALSE(leaf.isSignedBy(leaf.publicKey()));

    // A key roll-over certificate: the new key of the same CA, signed with the old one.
    const auto rollOver = parsed(forgeIntermediate(root, "Plant CA"));
    CHECK(rollOver.isSelfIssued());
    CHECK_FALSE(rollOver.isSelfSigned());
}

TEST_CASE("A changed signature does not verify") {
    const auto forged = forgeCertificate();
    const auto tampered = valueOf(Certificate::fromDer(tamperSignature(forged.der)));
    CHECK(tampered.isSelfIssued());
    CHECK_FALSE(tampered.isSelfSigned());
    CHECK_FALSE(tampered.isSignedBy(parsed(forged).publicKey()));
}

TEST_CASE("A signature by a key of another kind than the algorithm says does not verify") {
    const auto rsa = parsed(forgeCertificate());
    const auto ecc = parsed(forgeCertificate({.keyName = "p256"}));
    CHECK_FALSE(rsa.isSignedBy(ecc.publicKey()));
    CHECK_FALSE(ecc.isSignedBy(rsa.publicKey()));
}

TEST_CASE("An empty subject is read") {
    const auto root = forgeRoot();
    const auto certificate = parsed(forgeLeaf(root, {.cn = "", .org = ""}));
    CHECK(certificate.subject().empty());
    CHECK(certificate.describe() == "(no subject) [" + certificate.thumbprint().text().substr(0, 8) + "...]");
}

TEST_CASE("describe() names a certificate in one safe line") {
    const auto certificate = parsed(forgeCertificate({.cn = "plc-7"}));
    CHECK(certificate.describe() == "CN=plc-7, O=Test [" + certificate.thumbprint().text().substr(0, 8) + "...]");
    const auto hostile = parsed(forgeCertificate({.cn = "x\n\u202Ey" + std::string(5000, 'z')})).describe();
    CHECK(hostile.find('\n') == std::string::npos);
    CHECK(hostile.find("\u202E") == std::string::npos);
    CHECK(hostile.size() < 300);
}

TEST_CASE("Names in the subjectAltName are not interpreted") {
    const std::string uri = "urn:x:%2e%2e/../../etc?A=B#C d";
    const auto certificate = parsed(forgeCertificate({.uris = {uri, ""}, .dns = {"*.Example.COM.", "10.0.0.1", "-"}}));
    CHECK(certificate.uris() == std::vector<std::string>{uri, ""});
    CHECK(certificate.dnsNames() == std::vector<std::string>{"*.Example.COM.", "10.0.0.1", "-"});
}

TEST_CASE("Names of other kinds in the subjectAltName are passed over") {
    const Bytes oid{0x06, 0x02, 0x2A, 0x03};
    const auto otherName = tlv(0xA0, {oid, tlv(0xA0, {{0x05, 0x00}})});
    const auto mailAddress = tlv(0x81, {octets("a@b.example")});
    const auto directoryName = tlv(0xA4, {rawName(octets("somebody"))});
    const auto registeredId = tlv(0x88, {{0x2A, 0x03}});
    const auto uri = tlv(0x86, {octets("urn:test:1")});
    const auto names = sequence({otherName, mailAddress, directoryName, registeredId, uri});
    const auto certificate = parsed(forgeCertificate({.uris = {}, .dns = {}, .extensions = {{"2.5.29.17", false, names}}}));
    CHECK(certificate.uris() == std::vector<std::string>{"urn:test:1"});
    CHECK(certificate.dnsNames().empty());
    CHECK(certificate.ipAddresses().empty());
}

TEST_CASE("Certificates that the openssl command makes are read") {
    const TempFolder folder;
    const auto made = opensslCommand(folder,
                                     "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.der -outform DER -days 30 -sha384 "
                                     "-subj '/C=DE/O=Acme/CN=made by hand' -addext 'subjectAltName=URI:urn:by:hand,DNS:host,IP:::1' "
                                     "-addext 'keyUsage=critical,digitalSignature,keyAgreement'");
    REQUIRE(made.exitCode == 0);
    const auto certificate = valueOf(Certificate::fromDer(readBytes(folder / "cert.der")));
    CHECK(certificate.subject().text() == "CN=made by hand, O=Acme, C=DE");
    CHECK(certificate.applicationUri() == "urn:by:hand");
    CHECK(certificate.dnsNames() == std::vector<std::string>{"host"});
    CHECK(certificate.ipAddresses().size() == 1);
    CHECK(certificate.keyUsage()->text() == "digitalSignature, keyAgreement");
    CHECK(certificate.signatureAlgorithm().hash == HashAlgorithm::Sha384);
    CHECK(certificate.notAfter() - certificate.notBefore() == std::chrono::hours{24 * 30});
    CHECK(certificate.isSelfSigned());

    const auto serial = opensslCommand(folder, "x509 -inform DER -in cert.der -noout -serial");
    CHECK(serial.contains("serial=" + certificate.serialNumber()));
}

TEST_CASE("Reading and verifying leave nothing in OpenSSL's error queue") {
    ERR_clear_error();
    const auto forged = forgeCertificate();
    static_cast<void>(Certificate::fromDer(ByteView{forged.der}.first(100)));
    static_cast<void>(Certificate::fromDer(Bytes{0x30, 0x03, 0x02, 0x01, 0x00}));
    CHECK_FALSE(valueOf(Certificate::fromDer(tamperSignature(forged.der))).isSelfSigned());
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("A certificate may be shared between threads", "[threads]") {
    const auto root = forgeRoot();
    const auto certificate = parsed(root);
    const auto leaf = parsed(forgeLeaf(root));
    std::vector<int> good(8, 0);
    std::vector<std::thread> threads;
    for (auto& result : good) {
        threads.emplace_back([&result, certificate, leaf] {
            for (int i = 0; i < 20; ++i) {
                const Certificate copy = certificate;
                if (copy.isSelfSigned() && leaf.isSignedBy(copy.publicKey()) && copy.subject().text() == "CN=Plant CA, O=Test") ++result;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(good == std::vector<int>(8, 20));
}
