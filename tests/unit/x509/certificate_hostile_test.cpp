#include <uatrust/x509/certificate.hpp>

#include <algorithm>

#include <openssl/x509.h>

#include "support/catch.hpp"
#include "support/parsed.hpp"

#include "unit/x509/raw_der.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

bool readByOpenSsl(const Bytes& der) {
    const std::uint8_t* at = der.data();
    X509* certificate = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
    const bool whole = certificate != nullptr && at == der.data() + der.size();
    X509_free(certificate);
    return whole;
}

// Touches everything a certificate gives away, and the work it puts off.
std::size_t useEverything(const Certificate& certificate) {
    std::size_t sum = certificate.describe().size() + certificate.subject().text().size() + certificate.issuer().commonName().size() +
                      certificate.issuer().hash() + certificate.serialNumber().size() + certificate.uris().size() +
                      certificate.publicKey().describe().size() + certificate.unknownCriticalExtensions().size();
    if (certificate.keyUsage()) sum += certificate.keyUsage()->text().size();
    if (certificate.extendedKeyUsage()) sum += certificate.extendedKeyUsage()->text().size();
    return sum + (certificate.isSelfSigned() ? 1U : 0U);
}

void checkRefused(const Bytes& der, std::string_view why) {
    const auto result = Certificate::fromDer(der);
    INFO(why);
    REQUIRE_FALSE(result.ok());
    CHECK(result.status() == StatusCode::BadCertificateInvalid);
    INFO(result.error().message);
    CHECK(result.error().message.find(why) != std::string::npos);
    CHECK_FALSE(result.error().remedy.empty());
}

Bytes withExtension(const Bytes& extension) { return RawCertificate{.tail = withExtensions({extension})}.der(); }

}  // namespace

TEST_CASE("A certificate put together by hand is read: the hostile ones below differ in one thing each") {
    const RawCertificate raw;
    CHECK(readByOpenSsl(raw.der()));
    const auto certificate = valueOf(Certificate::fromDer(raw.der()));
    CHECK(certificate.version() == 3);
    CHECK(certificate.serialNumber() == "05");
    CHECK(certificate.subject().commonName() == "plc-7");
    CHECK_FALSE(certificate.isSelfSigned());
}

TEST_CASE("A certificate that is cut anywhere is refused") {
    const auto der = forgeCertificate({.keyName = "p256"}).der;
    for (std::size_t size = 0; size < der.size(); ++size) {
        const auto result = Certificate::fromDer(ByteView{der}.first(size));
        if (result.status() != StatusCode::BadCertificateInvalid) FAIL("cut to " << size << " octets");
    }
    CHECK(Certificate::fromDer(der).ok());
}

TEST_CASE("A certificate with any octet changed is refused or read, and never read where OpenSSL does not") {
    for (const char* key : {"p256", "ed25519"}) {
        const auto original = forgeCertificate({.keyName = key, .ips = {"10.0.0.7"}}).der;
        std::size_t readable = 0;
        for (std::size_t at = 0; at < original.size(); ++at) {
            for (const unsigned mask : {0x01U, 0x20U, 0x80U, 0xFFU}) {
                auto der = original;
                der[at] = static_cast<std::uint8_t>(der[at] ^ mask);
                const auto result = Certificate::fromDer(der);
                if (!result) continue;
                ++readable;
                static_cast<void>(useEverything(*result));
                if (!readByOpenSsl(der)) FAIL("octet " << at << " changed by " << mask << " is read");
                if (result->isSelfSigned()) FAIL("octet " << at << " changed by " << mask << " is still signed");
            }
        }
        CHECK(readable > 0);
    }
}

TEST_CASE("What stands behind the end of a certificate makes it invalid") {
    auto der = forgeCertificate().der;
    der.push_back(0);
    checkRefused(der, "something follows behind its end");
    auto twice = forgeCertificate().der;
    const auto second = twice;
    twice.insert(twice.end(), second.begin(), second.end());
    checkRefused(twice, "something follows behind its end");
}

TEST_CASE("Nothing, junk and other structures are no certificates") {
    checkRefused({}, "does not begin with a complete DER SEQUENCE");
    checkRefused({0x30}, "does not begin with a complete DER SEQUENCE");
    checkRefused({0x30, 0x00}, "does not consist of");
    checkRefused(octets("-----BEGIN CERTIFICATE-----"), "does not begin with a complete DER SEQUENCE");
    checkRefused(Bytes(1000, 0x00), "does not begin with a complete DER SEQUENCE");
    checkRefused(Bytes(1000, 0xFF), "does not begin with a complete DER SEQUENCE");
    checkRefused(forgeKey().publicDer(), "does not consist of");
    const auto root = forgeRoot();
    CHECK_FALSE(Certificate::fromDer(forgeCrl({.issuer = &root})).ok());
}

TEST_CASE("Lengths in any other form than DER's are refused") {
    checkRefused({0x30, 0x80, 0x02, 0x01, 0x01, 0x00, 0x00}, "complete DER SEQUENCE");                                      // indefinite
    checkRefused({0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x01, 0x01}, "complete DER SEQUENCE");  // 2^64-1
    checkRefused({0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x01, 0x01}, "complete DER SEQUENCE");
    checkRefused({0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 0x02, 0x01, 0x01}, "complete DER SEQUENCE");
    checkRefused({0x30, 0xFF, 0x02, 0x01, 0x01}, "complete DER SEQUENCE");

    const auto der = forgeCertificate().der;
    REQUIRE(der[1] == 0x82);
    Bytes longForm{0x30, 0x83, 0x00};
    longForm.insert(longForm.end(), der.begin() + 2, der.end());
    CHECK(readByOpenSsl(longForm));
    checkRefused(longForm, "complete DER SEQUENCE");
}

TEST_CASE("A certificate that is larger than the bound is refused before it is read") {
    const RawCertificate large{.subject = rawName(Bytes(Certificate::kMaxSize, 'x'))};
    checkRefused(large.der(), "more than the 65536 that are read");
    const RawCertificate fits{.subject = rawName(Bytes(50000, 'x'))};
    const auto certificate = valueOf(Certificate::fromDer(fits.der()));
    CHECK(certificate.subject().commonName().size() < 1100);
}

TEST_CASE("A version that does not exist, or does not fit the fields, is refused") {
    checkRefused(RawCertificate{.version = {0xA0, 0x03, 0x02, 0x01, 0x03}}.der(), "version");
    checkRefused(RawCertificate{.version = {0xA0, 0x03, 0x02, 0x01, 0xFF}}.der(), "version");
    checkRefused(RawCertificate{.version = {0xA0, 0x04, 0x02, 0x02, 0x00, 0x02}}.der(), "version");
    checkRefused(RawCertificate{.version = {0xA0, 0x00}}.der(), "version");
    checkRefused(forgeCertificate({.version = 1}).der, "extensions although its version is not 3");
    checkRefused(forgeCertificate({.version = 2}).der, "extensions although its version is not 3");
    checkRefused(forgeCertificate({.version = 4}).der, "version");

    const Bytes uniqueId{0x81, 0x02, 0x00, 0x01};
    checkRefused(RawCertificate{.version = {}, .tail = uniqueId}.der(), "unique identifier although its version is 1");
    CHECK(Certificate::fromDer(RawCertificate{.version = {0xA0, 0x03, 0x02, 0x01, 0x01}, .tail = uniqueId}.der()).ok());
    checkRefused(RawCertificate{.tail = {0x81, 0x00}}.der(), "unique identifier");
    checkRefused(RawCertificate{.tail = {0x81, 0x02, 0x08, 0x01}}.der(), "unique identifier");
    CHECK(valueOf(Certificate::fromDer(RawCertificate{.version = {}}.der())).version() == 1);
}

TEST_CASE("A serial number that is no DER INTEGER is refused") {
    for (const auto& serial :
         std::vector<Bytes>{{0x02, 0x00}, {0x02, 0x02, 0x00, 0x05}, {0x02, 0x02, 0xFF, 0x85}, {0x04, 0x01, 0x05}, {}}) {
        CHECK_FALSE(Certificate::fromDer(RawCertificate{.serial = serial}.der()).ok());
    }
    CHECK(valueOf(Certificate::fromDer(RawCertificate{.serial = {0x02, 0x02, 0x00, 0x85}}.der())).serialNumber() == "85");
    CHECK(valueOf(Certificate::fromDer(RawCertificate{.serial = {0x02, 0x02, 0xFF, 0x05}}.der())).serialNumber() == "-FB");
}

TEST_CASE("Signature algorithms that differ inside and outside are refused") {
    auto rsaSha512 = rsaSha256;
    rsaSha512[12] = 0x0D;
    checkRefused(RawCertificate{.innerAlgorithm = rsaSha512}.der(), "algorithms inside and outside differ");
    checkRefused(RawCertificate{.outerAlgorithm = rsaSha512}.der(), "algorithms inside and outside differ");
    const auto withoutParameters = sequence({Bytes(rsaSha256.begin() + 2, rsaSha256.end() - 2)});
    checkRefused(RawCertificate{.outerAlgorithm = withoutParameters}.der(), "algorithms inside and outside differ");
    const auto empty = sequence({});
    checkRefused(RawCertificate{.innerAlgorithm = empty, .outerAlgorithm = empty}.der(), "signature algorithm does not decode");
}

TEST_CASE("A signature that is no whole number of octets is refused") {
    checkRefused(RawCertificate{.signature = {0x03, 0x00}}.der(), "no whole number of octets");
    checkRefused(RawCertificate{.signature = {0x03, 0x02, 0x01, 0x80}}.der(), "no whole number of octets");
    CHECK_FALSE(valueOf(Certificate::fromDer(RawCertificate{.signature = {0x03, 0x01, 0x00}}.der())).isSelfSigned());
}

TEST_CASE("Dates that are none are refused") {
    const auto refused = [](const Bytes& date) {
        const auto good = utcTime("260101000000Z");
        checkRefused(RawCertificate{.validity = sequence({date, good})}.der(), "validity");
        checkRefused(RawCertificate{.validity = sequence({good, date})}.der(), "validity");
    };
    for (const char* text :
         {"260101000000", "2601010000Z", "260101000000+0000", "261301000000Z", "260001000000Z", "260230000000Z", "260100000000Z",
          "260101240000Z", "260101006000Z", "260101000060Z", "26010100000 Z", "-60101000000Z", "", "Z", "260101000000z"}) {
        INFO(text);
        refused(utcTime(text));
    }
    for (const char* text :
         {"20260101000000", "20260101000000.5Z", "202601010000Z", "20261301000000Z", "20270229000000Z", "260101000000Z"}) {
        INFO(text);
        refused(generalizedTime(text));
    }
    refused(tlv(0x0C, {octets("260101000000Z")}));
    checkRefused(RawCertificate{.validity = sequence({utcTime("260101000000Z")})}.der(), "validity");
    checkRefused(RawCertificate{.validity = sequence({utcTime("260101000000Z"), utcTime("260101000000Z"), utcTime("260101000000Z")})}.der(),
                 "validity");
}

TEST_CASE("Dates in a form that was not needed are read") {
    const RawCertificate raw{.validity = sequence({generalizedTime("19490101000000Z"), generalizedTime("20300101000000Z")})};
    const auto certificate = valueOf(Certificate::fromDer(raw.der()));
    CHECK(certificate.notBefore() == forgeDate(1949, 1, 1));
    CHECK(certificate.notAfter() == forgeDate(2030, 1, 1));
    const RawCertificate centuries{.validity = sequence({utcTime("500101000000Z"), utcTime("491231235959Z")})};
    CHECK(valueOf(Certificate::fromDer(centuries.der())).notBefore() == forgeDate(1950, 1, 1));
    CHECK(valueOf(Certificate::fromDer(centuries.der())).notAfter() == forgeDate(2049, 12, 31, 23, 59, 59));
}

TEST_CASE("A certificate without an issuer is refused") { checkRefused(forgeCertificate({.emptyIssuer = true}).der, "names no issuer"); }

TEST_CASE("Names that do not decode are refused") {
    CHECK_FALSE(Certificate::fromDer(RawCertificate{.issuer = rawName({0xC3, 0x28})}.der()).ok());
    CHECK_FALSE(Certificate::fromDer(RawCertificate{.subject = rawName({0xC3, 0x28})}.der()).ok());
    CHECK_FALSE(Certificate::fromDer(RawCertificate{.subject = rawName(Bytes{0x00}, 0x1E)}.der()).ok());
    CHECK_FALSE(Certificate::fromDer(RawCertificate{.subject = sequence({{0x05, 0x00}})}.der()).ok());
}

TEST_CASE("A public key that does not decode is refused, one of an unknown kind is not") {
    CHECK(Certificate::fromDer(RawCertificate{.publicKey = sequence({})}.der()).status() == StatusCode::BadCertificateInvalid);
    const auto algorithm = sequence({{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01}, {0x05, 0x00}});
    const auto noRsaKey = sequence({algorithm, {0x03, 0x03, 0x00, 0x05, 0x00}});
    CHECK(Certificate::fromDer(RawCertificate{.publicKey = noRsaKey}.der()).status() == StatusCode::BadCertificateInvalid);
    const auto unknown = sequence({sequence({{0x06, 0x02, 0x2A, 0x03}}), {0x03, 0x02, 0x00, 0x01}});
    const auto certificate = valueOf(Certificate::fromDer(RawCertificate{.publicKey = unknown}.der()));
    CHECK(certificate.publicKey().algorithm() == KeyAlgorithm::Other);
    CHECK_FALSE(certificate.isSignedBy(certificate.publicKey()));
}

TEST_CASE("A duplicate extension is refused, also of a kind that is not evaluated") {
    const RawExtension own{"1.2.3.4.5", false, {0x05, 0x00}};
    checkRefused(forgeCertificate({.extensions = {own, own}}).der, "the extension 1.2.3.4.5 twice");
    checkRefused(forgeCertificate({.extensions = {{"2.5.29.19", true, {0x30, 0x03, 0x01, 0x01, 0xFF}}}}).der,
                 "the extension 2.5.29.19 twice");
}

TEST_CASE("Thousands of extensions are no burden") {
    std::vector<Bytes> extensions;
    for (unsigned i = 0; i < 4000; ++i) {
        const auto high = static_cast<std::uint8_t>(0x80U | (i >> 7U));
        const auto low = static_cast<std::uint8_t>(i & 0x7FU);
        extensions.push_back(sequence({{0x06, 0x04, 0x2A, 0x83, high, low}, criticalFlag, {0x04, 0x00}}));
    }
    const auto certificate = valueOf(Certificate::fromDer(RawCertificate{.tail = withExtensions(extensions)}.der()));
    CHECK(certificate.unknownCriticalExtensions().size() == 4000);
}

TEST_CASE("Extensions that are no list of extensions are refused") {
    checkRefused(RawCertificate{.tail = {0xA3, 0x00}}.der(), "extensions are no SEQUENCE");
    checkRefused(RawCertificate{.tail = tlv(0xA3, {sequence({}), sequence({})})}.der(), "extensions are no SEQUENCE");
    checkRefused(withExtension({0x05, 0x00}), "does not decode");
    checkRefused(withExtension(sequence({})), "does not decode");
    checkRefused(withExtension(sequence({{0x06, 0x03, 0x55, 0x1D, 0x0F}})), "does not decode");
    checkRefused(withExtension(rawExtension(15, {0x03, 0x02, 0x05, 0xA0}, {0x01, 0x01, 0x01})), "does not decode");
    checkRefused(withExtension(rawExtension(15, {0x03, 0x02, 0x05, 0xA0}, {0x01, 0x00})), "does not decode");
    for (const auto& oid : std::vector<Bytes>{{0x06, 0x00}, {0x06, 0x02, 0x2A, 0x83}, {0x06, 0x03, 0x2A, 0x80, 0x01}}) {
        checkRefused(withExtension(sequence({oid, {0x04, 0x00}})), "does not decode");
    }
    const auto endless = tlv(0x06, {Bytes(5000, 0xFF), {0x01}});
    checkRefused(withExtension(sequence({endless, criticalFlag, {0x04, 0x00}})), "more octets than any in use");
    CHECK(Certificate::fromDer(withExtension(sequence({endless, {0x04, 0x00}}))).ok());
    checkRefused(RawCertificate{.tail = {0x05, 0x00}}.der(), "a field that no certificate has");
    CHECK(Certificate::fromDer(withExtension(rawExtension(15, {0x03, 0x02, 0x05, 0xA0}, {0x01, 0x01, 0x00}))).ok());
}

TEST_CASE("Extensions that are evaluated have to decode to the last octet") {
    struct Row {
        std::uint8_t arc;
        Bytes value;
        const char* why;
    };
    for (const auto& row : std::vector<Row>{
             {15, {}, "keyUsage"},
             {15, {0x30, 0x00}, "keyUsage"},
             {15, {0x03, 0x02, 0x05, 0xA0, 0x00}, "keyUsage"},
             {37, {}, "extKeyUsage"},
             {37, {0x30, 0x02, 0x05, 0x00}, "extKeyUsage"},
             {37, {0x30, 0x02, 0x06, 0x00}, "extKeyUsage"},
             {37, {0x30, 0x00, 0x00}, "extKeyUsage"},
             {19, {}, "basicConstraints"},
             {19, {0x05, 0x00}, "basicConstraints"},
             {19, {0x30, 0x03, 0x02, 0x01, 0xFF}, "pathLenConstraint"},
             {19, {0x30, 0x08, 0x02, 0x06, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00}, "pathLenConstraint"},
             {17, {}, "subjectAltName"},
             {17, {0x30, 0x03, 0x9F, 0x1F, 0x00}, "subjectAltName"},
             {14, {}, "subjectKeyIdentifier"},
             {14, {0x04, 0x01, 0x01, 0x00}, "subjectKeyIdentifier"},
             {35, {}, "authorityKeyIdentifier"},
             {35, {0x30, 0x02, 0x04, 0x00}, "authorityKeyIdentifier"},
             {30, {0x30, 0x04, 0xA0, 0x02, 0x04, 0x00}, "nameConstraints"},
             {30, {0x30, 0x00}, "nameConstraints"},              // neither permits nor excludes
             {30, {0x30, 0x02, 0xA0, 0x00}, "nameConstraints"},  // permits an empty list
             {30, {0x30, 0x0E, 0xA0, 0x0C, 0x30, 0x0A, 0x87, 0x08, 10, 0, 0, 0, 255, 0, 255, 0}, "nameConstraints"},  // mask with a hole
             {30, {0x30, 0x0A, 0xA0, 0x08, 0x30, 0x06, 0x87, 0x04, 10, 0, 0, 0}, "nameConstraints"},                  // no mask
             {17, {0x30, 0x00}, "subjectAltName"},
             {36, {0x30, 0x00}, "policyConstraints"},  // demands nothing
             {36, {0x04, 0x00}, "policyConstraints"},
             {32, {0x05, 0x00}, "certificatePolicies"},
             {33, {0x05, 0x00}, "policyMappings"},
             {33, {0x30, 0x0C, 0x30, 0x0A, 0x06, 0x04, 0x55, 0x1D, 0x20, 0x00, 0x06, 0x02, 0x2A, 0x03}, "map anyPolicy"},
             {33, {0x30, 0x0C, 0x30, 0x0A, 0x06, 0x02, 0x2A, 0x03, 0x06, 0x04, 0x55, 0x1D, 0x20, 0x00}, "map anyPolicy"},
             {54, {0x05, 0x00}, "inhibitAnyPolicy"},
             {54, {0x02, 0x01, 0x00, 0x00}, "inhibitAnyPolicy"}}) {
        checkRefused(withExtension(rawExtension(row.arc, row.value)), row.why);
        checkRefused(withExtension(rawExtension(row.arc, row.value, criticalFlag)), row.why);
    }
}

TEST_CASE("A pathLenConstraint of a certificate that is no CA is read and left to be judged") {
    const auto certificate = valueOf(Certificate::fromDer(withExtension(rawExtension(19, {0x30, 0x03, 0x02, 0x01, 0x00}))));
    REQUIRE(certificate.basicConstraints());
    CHECK_FALSE(certificate.basicConstraints()->ca);
    CHECK(certificate.basicConstraints()->pathLength == 0U);
}

TEST_CASE("Names with a NUL or with octets that are no ASCII are refused") {
    for (const std::string& name :
         {std::string{"urn:a\0b", 7}, std::string{"\0", 1}, std::string{"urn:gr\xC3\xBC\xC3\x9F"}, std::string{"\xFF"}}) {
        checkRefused(forgeCertificate({.uris = {name}}).der, "no characters of an IA5String");
        checkRefused(forgeCertificate({.dns = {name}}).der, "no characters of an IA5String");
    }
}

TEST_CASE("Addresses of other lengths than those of IPv4 and IPv6 are refused") {
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{3}, std::size_t{5}, std::size_t{8}, std::size_t{15}, std::size_t{17}, std::size_t{32}}) {
        const auto names = sequence({tlv(0x87, {Bytes(size, 0x0A)})});
        checkRefused(withExtension(rawExtension(17, names)), "iPAddress");
    }
    checkRefused(withExtension(rawExtension(17, sequence({tlv(0x87, {})}))), "iPAddress");
}

TEST_CASE("Hostile common names are kept but never shown raw") {
    for (const std::string& name : {std::string{"plc\0.evil", 9}, std::string{"a\nb"}, std::string{"../../x"}, std::string{"\u202Eexe.plc"},
                                    std::string(10240, 'x'), std::string{"\x1B]0;owned\x07"}}) {
        const auto certificate = parsed(forgeCertificate({.cn = name}));
        CHECK(certificate.subject().commonName() == printable(name, 1024));
        for (const auto& text : {certificate.subject().text(), certificate.describe()}) {
            CHECK(std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }));
            CHECK(text.find("\u202E") == std::string::npos);
        }
    }
}
