#include <uatrust/x509/crl.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"

#include "unit/x509/raw_der.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

const ForgedCert& ca() {
    static const auto root = forgeRoot("Plant CA");
    return root;
}

/// RawCrl is a CRL field by field. Its signature is nonsense: reading does not verify.
struct RawCrl {
    Bytes version{0x02, 0x01, 0x01};
    Bytes innerAlgorithm = rsaSha256;
    Bytes issuer = rawName(octets("CA"));
    Bytes dates = utcTime("260101000000Z");
    Bytes entries{};
    Bytes extensions{};
    Bytes outerAlgorithm = rsaSha256;

    [[nodiscard]] Bytes der() const {
        return sequence({sequence({version, innerAlgorithm, issuer, dates, entries, extensions}), outerAlgorithm,
                         tlv(0x03, {{0x00}, Bytes(256, 0x5A)})});
    }
};

void checkRefused(const Bytes& der, std::string_view why) {
    const auto result = Crl::fromDer(der);
    INFO(why);
    REQUIRE_FALSE(result.ok());
    CHECK(result.status() == StatusCode::BadCertificateInvalid);
    INFO(result.error().message);
    CHECK(result.error().message.find(why) != std::string::npos);
}

bool readByOpenSsl(const Bytes& der) {
    const std::uint8_t* at = der.data();
    X509_CRL* crl = d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size()));
    const bool whole = crl != nullptr && at == der.data() + der.size();
    X509_CRL_free(crl);
    return whole;
}

std::string incompleteBecause(const RawExtension& extension) {
    return parsedCrl(forgeCrl({.issuer = &ca(), .extensions = {extension}})).incompleteBecause();
}

}  // namespace

TEST_CASE("A CRL shows its fields") {
    const auto der = forgeCrl({.issuer = &ca(),
                               .revoked = {{.serial = "0A"}},
                               .thisUpdate = forgeDate(2026, 3, 4, 5, 6, 7),
                               .nextUpdate = forgeDate(2051, 1, 1),
                               .number = 0x1234});
    const auto crl = parsedCrl(der);
    CHECK(equalBytes(crl.der(), der));
    CHECK(crl.issuer().text() == "CN=Plant CA, O=Test");
    CHECK(crl.issuer() == parsed(ca()).subject());
    CHECK(crl.thisUpdate() == forgeDate(2026, 3, 4, 5, 6, 7));
    CHECK(crl.nextUpdate() == forgeDate(2051, 1, 1));
    CHECK(crl.number() == "1234");
    CHECK(equalBytes(crl.authorityKeyIdentifier(), parsed(ca()).subjectKeyIdentifier()));
    CHECK(crl.signatureAlgorithm().family == SignatureFamily::RsaPkcs1);
    CHECK(crl.signatureAlgorithm().hash == HashAlgorithm::Sha256);
    CHECK(crl.size() == 1);
    CHECK(crl.incompleteBecause().empty());
    CHECK(crl.id().text().size() == 64);
    CHECK(crl.thumbprint().text().size() == 40);
    CHECK_FALSE(crl.id() == parsedCrl(forgeCrl({.issuer = &ca()})).id());
}

TEST_CASE("What a CRL leaves out is empty") {
    const auto crl = parsedCrl(forgeCrl({.issuer = &ca(), .nextUpdate = {}, .number = {}, .aki = false}));
    CHECK_FALSE(crl.nextUpdate());
    CHECK(crl.number().empty());
    CHECK(crl.authorityKeyIdentifier().empty());
    CHECK(crl.size() == 0);
    CHECK_FALSE(crl.find("01"));
}

TEST_CASE("cRLNumber is written without leading zeros") {
    const auto number = [](long value) { return parsedCrl(forgeCrl({.issuer = &ca(), .number = value})).number(); };
    CHECK(number(0) == "0");
    CHECK(number(1) == "1");
    CHECK(number(16) == "10");
    CHECK(number(255) == "FF");
    CHECK(number(256) == "100");
    CHECK_FALSE(Crl::fromDer(forgeCrl({.issuer = &ca(), .number = -1})).ok());
}

TEST_CASE("A certificate is found by its serial number, with date and reason") {
    const auto revokedLeaf = forgeLeaf(ca());
    const auto otherLeaf = forgeLeaf(ca());
    auto entry = revoked(revokedLeaf, 1);
    entry.at = forgeDate(2026, 5, 6, 7, 8, 9);
    const auto crl = parsedCrl(forgeCrl({.issuer = &ca(), .revoked = {{.serial = "01"}, entry, {.serial = "02"}}}));
    const auto found = crl.find(parsed(revokedLeaf).serialNumber());
    REQUIRE(found);
    CHECK(found->revokedAt == forgeDate(2026, 5, 6, 7, 8, 9));
    CHECK(found->reason == "keyCompromise");
    CHECK_FALSE(crl.find(parsed(otherLeaf).serialNumber()));
    REQUIRE(crl.find("01"));
    CHECK(crl.find("01")->reason.empty());
}

TEST_CASE("Serial numbers of every kind are found, and only they") {
    const std::vector<std::string> serials{"00", "01", "7F", "80", "FF", "0100", "-01", "-7F", "-80", "-81", std::string(60, 'F')};
    std::vector<RevokedSpec> all;
    for (const auto& serial : serials) all.push_back({.serial = serial});
    const auto crl = parsedCrl(forgeCrl({.issuer = &ca(), .revoked = all}));
    for (const auto& serial : serials) {
        INFO(serial);
        const auto certificate = parsed(forgeLeaf(ca(), {.serial = serial}));
        CHECK(crl.find(certificate.serialNumber()));
    }
    for (const char* other : {"02", "81", "0001FF", "-FF", "-02", "0101", "", "-", "XY", "1 ", "0x01"}) {
        INFO(other);
        CHECK_FALSE(crl.find(other));
    }
    CHECK(crl.find("1"));
    CHECK(crl.find("000001"));
    CHECK(crl.find("ff"));
}

TEST_CASE("Reasons have the names of RFC 5280") {
    const std::vector<std::pair<int, std::string>> reasons{{0, "unspecified"},        {1, "keyCompromise"}, {2, "cACompromise"},
                                                           {3, "affiliationChanged"}, {4, "superseded"},    {5, "cessationOfOperation"},
                                                           {6, "certificateHold"},    {7, "reason 7"},      {8, "removeFromCRL"},
                                                           {9, "privilegeWithdrawn"}, {10, "aACompromise"}, {99, "reason 99"}};
    for (const auto& [number, name] : reasons) {
        const auto crl = parsedCrl(forgeCrl({.issuer = &ca(), .revoked = {{.serial = "0A", .reason = number}}}));
        REQUIRE(crl.find("0A"));
        CHECK(crl.find("0A")->reason == name);
    }
}

TEST_CASE("A serial number that a complete list names counts as revoked whatever the reason") {
    const auto crl = parsedCrl(forgeCrl({.issuer = &ca(), .revoked = {{.serial = "0A", .reason = 8}}}));
    CHECK(crl.incompleteBecause().empty());
    CHECK(crl.find("0A"));
}

TEST_CASE("The signature of a CRL is verified with the key of its issuer") {
    const auto good = parsedCrl(forgeCrl({.issuer = &ca()}));
    CHECK(good.isSignedBy(parsed(ca()).publicKey()));
    CHECK_FALSE(good.isSignedBy(parsed(forgeCertificate({.keyIndex = 3})).publicKey()));
    CHECK_FALSE(parsedCrl(forgeCrl({.issuer = &ca(), .signWith = forgeKey("rsa2048", 3)})).isSignedBy(parsed(ca()).publicKey()));
    CHECK_FALSE(parsedCrl(tamperSignature(forgeCrl({.issuer = &ca()}))).isSignedBy(parsed(ca()).publicKey()));
    for (const char* key : {"p256", "p384", "bp256", "ed25519"}) {
        const auto root = forgeRoot("Other CA", {.keyName = key});
        CHECK(parsedCrl(forgeCrl({.issuer = &root})).isSignedBy(parsed(root).publicKey()));
    }
}

TEST_CASE("An entry added behind the signer's back breaks the signature") {
    const auto der = forgeCrl({.issuer = &ca(), .revoked = {{.serial = "0A0B0C"}}});
    const auto changed = parsedCrl(replaceOctets(der, Bytes{0x0A, 0x0B, 0x0C}, Bytes{0x0A, 0x0B, 0x0D}));
    CHECK(changed.find("0A0B0D"));
    CHECK_FALSE(changed.isSignedBy(parsed(ca()).publicKey()));
}

TEST_CASE("A list of a hundred thousand entries is read, verified and searched") {
    std::vector<RevokedSpec> entries;
    for (unsigned i = 0; i < 100000; ++i) entries.push_back({.serial = fmt::format("{:08X}", 0x10000000U + (i * 7919U) % 100000U * 2U)});
    const auto der = forgeCrl({.issuer = &ca(), .revoked = entries});
    const auto crl = parsedCrl(der);
    CHECK(crl.size() == 100000);
    CHECK(crl.isSignedBy(parsed(ca()).publicKey()));
    std::size_t found = 0;
    for (const auto& entry : entries) found += crl.find(entry.serial) ? 1U : 0U;
    CHECK(found == 100000);
    CHECK_FALSE(crl.find("10000001"));
    CHECK_FALSE(crl.find("0FFFFFFF"));
    CHECK_FALSE(crl.find("7FFFFFFF"));
}

TEST_CASE("A serial number listed twice is found once") {
    const auto crl = parsedCrl(forgeCrl({.issuer = &ca(), .revoked = {{.serial = "0A", .reason = 6}, {.serial = "0A", .reason = 1}}}));
    CHECK(crl.size() == 2);
    REQUIRE(crl.find("0A"));
    CHECK(crl.find("0A")->reason == "certificateHold");
}

TEST_CASE("A list that does not speak for all certificates of its issuer says why") {
    CHECK(incompleteBecause({"2.5.29.27", true, {0x02, 0x01, 0x01}}).find("delta") != std::string::npos);
    CHECK(incompleteBecause({"2.5.29.27", false, {0x02, 0x01, 0x01}}).find("delta") != std::string::npos);
    const auto idp = [](const Bytes& content) { return incompleteBecause({"2.5.29.28", true, tlv(0x30, {content})}); };
    CHECK(idp({0x81, 0x01, 0xFF}).find("end entity") != std::string::npos);
    CHECK(idp({0x82, 0x01, 0xFF}).find("CA certificates only") != std::string::npos);
    CHECK(idp({0x83, 0x02, 0x06, 0x40}).find("some reasons") != std::string::npos);
    CHECK(idp({0x84, 0x01, 0xFF}).find("indirect") != std::string::npos);
    CHECK(idp({0x85, 0x01, 0xFF}).find("attribute certificates") != std::string::npos);
    const auto uri = tlv(0x86, {octets("http://crl.example/plant.crl")});
    CHECK(idp(tlv(0xA0, {tlv(0xA0, {uri})})).find("distribution point") != std::string::npos);
    CHECK(idp({}).empty());
    CHECK(incompleteBecause({"1.2.3.4.5", true, {0x05, 0x00}}) == "has the critical extension 1.2.3.4.5");
    CHECK(incompleteBecause({"1.2.3.4.5", false, {0x05, 0x00}}).empty());
    CHECK(incompleteBecause({"2.5.29.46", false, {0x30, 0x00}}).empty());
}

TEST_CASE("Entries that are not understood make a list incomplete") {
    const auto because = [](const RawExtension& extension) {
        return parsedCrl(forgeCrl({.issuer = &ca(), .revoked = {{.serial = "01"}, {.serial = "02", .extensions = {extension}}}}))
            .incompleteBecause();
    };
    CHECK(because({"2.5.29.29", true, tlv(0x30, {tlv(0xA4, {rawName(octets("Other CA"))})})}).find("indirect") != std::string::npos);
    CHECK(because({"1.2.3.4.5", true, {0x05, 0x00}}) == "has the critical extension 1.2.3.4.5 on one of its entries");
    CHECK(because({"1.2.3.4.5", false, {0x05, 0x00}}).empty());
    CHECK(because({"2.5.29.24", false, generalizedTime("20260101000000Z")}).empty());
    CHECK(because({"2.5.29.21", true, {0x0A, 0x01, 0x01}}).empty());
}

TEST_CASE("A CRL put together by hand is read: the hostile ones below differ in one thing each") {
    CHECK(readByOpenSsl(RawCrl{}.der()));
    const auto crl = parsedCrl(RawCrl{}.der());
    CHECK(crl.issuer().commonName() == "CA");
    CHECK(crl.size() == 0);
    CHECK(parsedCrl(RawCrl{.version = {}}.der()).size() == 0);
    CHECK(parsedCrl(RawCrl{.entries = sequence({})}.der()).size() == 0);
}

TEST_CASE("Lists that are malformed are refused, with the reason") {
    checkRefused({}, "does not begin with a complete DER SEQUENCE");
    checkRefused(forgeCertificate().der, "certificate revocation list");
    checkRefused(RawCrl{.version = {0x02, 0x01, 0x00}}.der(), "version");
    checkRefused(RawCrl{.version = {0x02, 0x01, 0x02}}.der(), "version");
    checkRefused(RawCrl{.issuer = sequence({})}.der(), "names no issuer");
    checkRefused(RawCrl{.issuer = rawName({0xC3, 0x28})}.der(), "name");
    checkRefused(RawCrl{.dates = {}}.der(), "thisUpdate");
    checkRefused(RawCrl{.dates = utcTime("261301000000Z")}.der(), "thisUpdate");
    auto badNextUpdate = utcTime("260101000000Z");
    const auto notADate = utcTime("never");
    badNextUpdate.insert(badNextUpdate.end(), notADate.begin(), notADate.end());
    checkRefused(RawCrl{.dates = badNextUpdate}.der(), "nextUpdate");
    auto sha512 = rsaSha256;
    sha512[12] = 0x0D;
    checkRefused(RawCrl{.outerAlgorithm = sha512}.der(), "algorithms inside and outside differ");
    checkRefused(RawCrl{.innerAlgorithm = sequence({}), .outerAlgorithm = sequence({})}.der(), "signature algorithm does not decode");
    checkRefused(RawCrl{.extensions = {0xA0, 0x00}}.der(), "extensions are no SEQUENCE");
    checkRefused(RawCrl{.extensions = {0xA1, 0x00}}.der(), "a field that no such list has");
    const auto number = rawExtension(20, {0x02, 0x01, 0x01});
    checkRefused(RawCrl{.extensions = tlv(0xA0, {sequence({number, number})})}.der(), "twice");
    checkRefused(RawCrl{.version = {}, .extensions = tlv(0xA0, {sequence({number})})}.der(), "extensions although its version is 1");
    checkRefused(RawCrl{.extensions = tlv(0xA0, {sequence({rawExtension(20, {0x02, 0x00})})})}.der(), "cRLNumber");
    checkRefused(RawCrl{.extensions = tlv(0xA0, {sequence({rawExtension(35, {0x05, 0x00})})})}.der(), "authorityKeyIdentifier");
    checkRefused(RawCrl{.extensions = tlv(0xA0, {sequence({rawExtension(28, {0x05, 0x00}, criticalFlag)})})}.der(),
                 "issuingDistributionPoint");
    auto trailing = forgeCrl({.issuer = &ca()});
    trailing.push_back(0);
    checkRefused(trailing, "something follows behind its end");
}

TEST_CASE("Entries that are malformed make the list unreadable") {
    const auto date = utcTime("260101000000Z");
    const Bytes serial{0x02, 0x01, 0x05};
    const auto reason = rawExtension(21, {0x0A, 0x01, 0x01});
    const auto with = [](const std::vector<Bytes>& entries) { return RawCrl{.entries = sequence(entries)}.der(); };
    CHECK(parsedCrl(with({sequence({serial, date, sequence({reason})})})).find("05")->reason == "keyCompromise");
    checkRefused(with({sequence({})}), "entries does not decode");
    checkRefused(with({{0x05, 0x00}}), "entries does not decode");
    checkRefused(with({sequence({{0x02, 0x02, 0x00, 0x05}, date})}), "entries does not decode");
    checkRefused(with({sequence({serial})}), "serial number 05");
    checkRefused(with({sequence({serial, utcTime("x")})}), "serial number 05");
    checkRefused(with({sequence({serial, date, {0x05, 0x00}})}), "serial number 05");
    checkRefused(with({sequence({serial, date, sequence({reason}), {0x05, 0x00}})}), "serial number 05");
    checkRefused(with({sequence({serial, date, sequence({reason, reason})})}), "serial number 05");
    checkRefused(with({sequence({serial, date, sequence({rawExtension(21, {0x02, 0x01, 0x01})})})}), "serial number 05");
    checkRefused(RawCrl{.version = {}, .entries = sequence({sequence({serial, date, sequence({reason})})})}.der(), "version is 1");
    CHECK(parsedCrl(RawCrl{.version = {}, .entries = sequence({sequence({serial, date})})}.der()).find("05"));
}

TEST_CASE("A CRL that is cut anywhere, or has any octet changed, is refused or read, and never read where OpenSSL does not") {
    const auto root = forgeRoot("Small CA", {.keyName = "p256"});
    const auto original = forgeCrl({.issuer = &root, .revoked = {{.serial = "0A", .reason = 1}, {.serial = "0B"}}});
    for (std::size_t size = 0; size < original.size(); ++size) {
        if (Crl::fromDer(ByteView{original}.first(size)).status() != StatusCode::BadCertificateInvalid)
            FAIL("cut to " << size << " octets");
    }
    const auto key = parsed(root).publicKey();
    for (std::size_t at = 0; at < original.size(); ++at) {
        for (const unsigned mask : {0x01U, 0x20U, 0x80U, 0xFFU}) {
            auto der = original;
            der[at] = static_cast<std::uint8_t>(der[at] ^ mask);
            const auto result = Crl::fromDer(der);
            if (!result) continue;
            if (!readByOpenSsl(der)) FAIL("octet " << at << " changed by " << mask << " is read");
            if (result->isSignedBy(key)) FAIL("octet " << at << " changed by " << mask << " is still signed");
            static_cast<void>(result->find("0A"));
        }
    }
}

TEST_CASE("A CRL above the bound is refused before it is read") {
    const auto result = Crl::fromDer(Bytes(Crl::kMaxSize + 1, 0x30));
    CHECK(result.status() == StatusCode::BadCertificateInvalid);
    CHECK(result.error().message.find("more than") != std::string::npos);
}

TEST_CASE("A CRL that the openssl command makes is read") {
    const TempFolder folder;
    writeFile(folder / "ca.pem", ca().pem());
    writeFile(folder / "ca.key", ca().key.pem());
    writeFile(folder / "index.txt", "R\t360101000000Z\t260506070809Z,superseded\t0ABC\tunknown\t/CN=plc-7\n");
    writeFile(folder / "number", "0A\n");
    writeFile(folder / "ca.cnf",
              "[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=e\n"
              "[e]\nauthorityKeyIdentifier=keyid\n");
    const auto made = opensslCommand(folder, "ca -gencrl -config ca.cnf -cert ca.pem -keyfile ca.key -out crl.pem");
    INFO(made.text);
    REQUIRE(made.exitCode == 0);
    REQUIRE(opensslCommand(folder, "crl -in crl.pem -outform DER -out crl.der").exitCode == 0);
    const auto crl = parsedCrl(readBytes(folder / "crl.der"));
    CHECK(crl.issuer() == parsed(ca()).subject());
    CHECK(crl.number() == "A");
    CHECK(crl.nextUpdate().value() - crl.thisUpdate() == std::chrono::hours{24 * 7});
    REQUIRE(crl.find("0ABC"));
    CHECK(crl.find("0ABC")->reason == "superseded");
    CHECK(crl.find("0ABC")->revokedAt == forgeDate(2026, 5, 6, 7, 8, 9));
    CHECK(crl.isSignedBy(parsed(ca()).publicKey()));
}

TEST_CASE("Reading and verifying CRLs leave nothing in OpenSSL's error queue") {
    ERR_clear_error();
    static_cast<void>(Crl::fromDer(Bytes{0x30, 0x00}));
    static_cast<void>(Crl::fromDer(RawCrl{.extensions = tlv(0xA0, {sequence({rawExtension(28, {0x05, 0x00}, criticalFlag)})})}.der()));
    CHECK_FALSE(parsedCrl(tamperSignature(forgeCrl({.issuer = &ca()}))).isSignedBy(parsed(ca()).publicKey()));
    CHECK(ERR_peek_error() == 0);
}
