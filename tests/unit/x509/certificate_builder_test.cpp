#include <uatrust/x509/certificate_builder.hpp>

#include <set>

#include <uatrust/core/endpoint_url.hpp>
#include <uatrust/x509/pem.hpp>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

ApplicationSubject subject() {
    return {.subject = valueOf(DistinguishedName::parse("CN=Line 4 gateway/O=Acme")),
            .applicationUri = "urn:plc-4:acme:gateway",
            .hostNames = {"plc-4.example.com", "plc-4", "10.0.0.4", "fd00::4"}};
}

PrivateKey key(const std::string& name = "rsa2048") { return privateKeyOf(forgeKey(name)); }

const FixedClock& juneClock() {
    static const FixedClock clock{kForgeNow};
    return clock;
}

Certificate built(const ApplicationSubject& of = subject(), const PrivateKey& with = key()) {
    return valueOf(CertificateBuilder{of}.clock(juneClock()).selfSigned(with));
}

StatusCode statusOf(const ApplicationSubject& of) { return CertificateBuilder{of}.clock(juneClock()).selfSigned(key()).status(); }

/// BrokenDevice has the public half of one key and signs as it is told.
class BrokenDevice final : public PrivateKeyBackend {
public:
    explicit BrokenDevice(Result<Bytes> answer) : answer_{std::move(answer)} {}
    [[nodiscard]] PublicKey publicKey() const override { return key().publicKey(); }
    [[nodiscard]] Result<Bytes> sign(SignatureScheme, ByteView) const override { return answer_; }
    [[nodiscard]] Result<SecretBytes> decryptBlock(EncryptionScheme, ByteView) const override {
        return Error{StatusCode::BadNotSupported, "never called", ""};
    }

private:
    Result<Bytes> answer_;
};

}  // namespace

TEST_CASE("A built certificate has the fields of an application certificate") {
    const auto certificate = built();
    CHECK(certificate.version() == 3);
    CHECK(certificate.subject() == subject().subject);
    CHECK(certificate.isSelfIssued());
    CHECK(certificate.isSelfSigned());
    CHECK(certificate.publicKey() == key().publicKey());
    CHECK(certificate.uris() == std::vector<std::string>{"urn:plc-4:acme:gateway"});
    CHECK(certificate.dnsNames() == std::vector<std::string>{"plc-4.example.com", "plc-4"});
    REQUIRE(certificate.ipAddresses().size() == 2);
    CHECK(formatIpAddress(certificate.ipAddresses()[0]) == "10.0.0.4");
    CHECK(formatIpAddress(certificate.ipAddresses()[1]) == "fd00::4");
    CHECK(certificate.keyUsage()->text() == "digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyCertSign");
    CHECK(certificate.keyUsage()->critical);
    CHECK(certificate.extendedKeyUsage()->text() == "serverAuth, clientAuth");
    CHECK_FALSE(certificate.basicConstraints()->ca);
    CHECK_FALSE(certificate.basicConstraints()->pathLength);
    CHECK(certificate.basicConstraints()->critical);
    CHECK(certificate.subjectKeyIdentifier().size() == 20);
    CHECK(equalBytes(certificate.subjectKeyIdentifier(), certificate.authorityKeyIdentifier()));
    CHECK(certificate.unknownCriticalExtensions().empty());
}

TEST_CASE("The key identifier is the one that everybody computes") {
    CHECK(equalBytes(built().subjectKeyIdentifier(), parsed(forgeCertificate()).subjectKeyIdentifier()));
    CHECK(equalBytes(built(subject(), key("p256")).subjectKeyIdentifier(),
                     parsed(forgeCertificate({.keyName = "p256"})).subjectKeyIdentifier()));
}

TEST_CASE("By default a certificate is valid from an hour ago and for five years") {
    const auto certificate = built();
    CHECK(certificate.notBefore() == kForgeNow - std::chrono::hours{1});
    CHECK(certificate.notAfter() == forgeDate(2031, 6, 15, 12));
    const FixedClock leapDay{forgeDate(2028, 2, 29, 6)};
    CHECK(valueOf(CertificateBuilder{subject()}.clock(leapDay).selfSigned(key())).notAfter() == forgeDate(2033, 2, 28, 6));
    const auto now = systemClock().now();
    const auto current = valueOf(CertificateBuilder{subject()}.selfSigned(key()));
    CHECK(current.notBefore() < now);
    CHECK(current.notAfter() > now);
}

TEST_CASE("Dates are written as they are given") {
    const auto valid = [](Instant from, Instant to) { return CertificateBuilder{subject()}.validity(from, to).selfSigned(key()); };
    for (const auto& [from, to] : std::vector<std::pair<Instant, Instant>>{{forgeDate(1950, 1, 1), forgeDate(2049, 12, 31, 23, 59, 59)},
                                                                           {forgeDate(1999, 12, 31), forgeDate(2050, 1, 1)},
                                                                           {forgeDate(2050, 1, 1), forgeDate(9999, 12, 31, 23, 59, 59)}}) {
        const auto certificate = valueOf(valid(from, to));
        CHECK(certificate.notBefore() == from);
        CHECK(certificate.notAfter() == to);
    }
    CHECK(valid(kForgeNow, kForgeNow).status() == StatusCode::BadInvalidArgument);
    CHECK(valid(kForgeNotAfter, kForgeNotBefore).status() == StatusCode::BadInvalidArgument);
    CHECK(valid(forgeDate(1949, 12, 31, 23, 59, 59), kForgeNotAfter).status() == StatusCode::BadInvalidArgument);
    CHECK(valid(kForgeNow, forgeDate(10000, 1, 1)).status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("Serial numbers are random, positive and sixteen octets long") {
    const auto once = CertificateBuilder{subject()}.clock(juneClock());
    const auto p256 = key("p256");
    std::set<std::string> serials;
    for (int i = 0; i < 50; ++i) serials.insert(valueOf(once.selfSigned(p256)).serialNumber());
    CHECK(serials.size() == 50);
    for (const auto& serial : serials) {
        CHECK(serial.size() == 32);
        CHECK(serial.front() >= '4');
        CHECK(serial.front() <= '7');
    }
}

TEST_CASE("Each kind of key signs for itself, with the usage that Part 6 has for it") {
    struct Row {
        const char* name;
        KeyAlgorithm algorithm;
        SignatureFamily family;
        HashAlgorithm hash;
    };
    const std::string rsaUsage = "digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyCertSign";
    for (const auto& row : std::vector<Row>{{"rsa2048", KeyAlgorithm::Rsa, SignatureFamily::RsaPkcs1, HashAlgorithm::Sha256},
                                            {"rsa3072", KeyAlgorithm::Rsa, SignatureFamily::RsaPkcs1, HashAlgorithm::Sha256},
                                            {"rsa4096", KeyAlgorithm::Rsa, SignatureFamily::RsaPkcs1, HashAlgorithm::Sha256},
                                            {"p256", KeyAlgorithm::NistP256, SignatureFamily::Ecdsa, HashAlgorithm::Sha256},
                                            {"p384", KeyAlgorithm::NistP384, SignatureFamily::Ecdsa, HashAlgorithm::Sha384},
                                            {"bp256", KeyAlgorithm::BrainpoolP256r1, SignatureFamily::Ecdsa, HashAlgorithm::Sha256},
                                            {"bp384", KeyAlgorithm::BrainpoolP384r1, SignatureFamily::Ecdsa, HashAlgorithm::Sha384},
                                            {"ed25519", KeyAlgorithm::Ed25519, SignatureFamily::EdDsa, HashAlgorithm::None},
                                            {"ed448", KeyAlgorithm::Ed448, SignatureFamily::EdDsa, HashAlgorithm::None}}) {
        INFO(row.name);
        const auto certificate = built(subject(), key(row.name));
        CHECK(certificate.publicKey().algorithm() == row.algorithm);
        CHECK(certificate.signatureAlgorithm().family == row.family);
        CHECK(certificate.signatureAlgorithm().hash == row.hash);
        CHECK(certificate.keyUsage()->text() == (row.algorithm == KeyAlgorithm::Rsa ? rsaUsage : "digitalSignature, keyCertSign"));
        CHECK(certificate.isSelfSigned());

        const TempFolder folder;
        writeFile(folder / "own.pem", encodePem("CERTIFICATE", certificate.der()));
        const auto verified = opensslCommand(folder, "verify -attime 1781524800 -check_ss_sig -x509_strict -CAfile own.pem own.pem");
        INFO(verified.text);
        CHECK(verified.exitCode == 0);
        CHECK(verified.contains("own.pem: OK"));
    }
}

TEST_CASE("ECDSA signatures are written in the form of X.509 whatever their numbers are") {
    // A number with a leading zero octet, or with its highest bit set, comes up within a few dozen signatures.
    const auto p256 = key("p256");
    const auto p384 = key("p384");
    for (int i = 0; i < 60; ++i) {
        CHECK(built(subject(), p256).isSelfSigned());
        CHECK(built(subject(), p384).isSelfSigned());
    }
}

TEST_CASE("The openssl command shows what the profile demands") {
    const TempFolder folder;
    writeFile(folder / "own.der", built().der());
    const auto shown = opensslCommand(folder, "x509 -inform DER -in own.der -noout -text");
    INFO(shown.text);
    REQUIRE(shown.exitCode == 0);
    for (const char* part :
         {"Version: 3 (0x2)", "Signature Algorithm: sha256WithRSAEncryption", "Issuer: CN = Line 4 gateway, O = Acme",
          "Subject: CN = Line 4 gateway, O = Acme", "Not Before: Jun 15 11:00:00 2026 GMT", "Not After : Jun 15 12:00:00 2031 GMT",
          "Public-Key: (2048 bit)",
          "URI:urn:plc-4:acme:gateway, DNS:plc-4.example.com, DNS:plc-4, IP Address:10.0.0.4, IP Address:FD00:0:0:0:0:0:0:4",
          "X509v3 Key Usage: critical", "Digital Signature, Non Repudiation, Key Encipherment, Data Encipherment, Certificate Sign",
          "X509v3 Extended Key Usage:", "TLS Web Server Authentication, TLS Web Client Authentication",
          "X509v3 Basic Constraints: critical", "CA:FALSE", "X509v3 Subject Key Identifier:", "X509v3 Authority Key Identifier:"}) {
        // Newer versions of the command write names without blanks around '='.
        std::string tight = part;
        for (auto at = tight.find(" = "); at != std::string::npos; at = tight.find(" = ")) tight.replace(at, 3, "=");
        INFO(part);
        CHECK((shown.contains(part) || shown.contains(tight)));
    }
}

TEST_CASE("The role decides what a certificate may be used for") {
    auto server = subject();
    server.role = ApplicationRole::Server;
    CHECK(built(server).extendedKeyUsage()->oids == std::vector<std::string>{std::string{kServerAuth}});
    auto client = subject();
    client.role = ApplicationRole::Client;
    client.hostNames.clear();
    CHECK(built(client).extendedKeyUsage()->oids == std::vector<std::string>{std::string{kClientAuth}});
    CHECK(built(client).dnsNames().empty());
}

TEST_CASE("A host name that is given twice is written once") {
    auto twice = subject();
    twice.hostNames = {"plc-4", "plc-4", "::1", "0:0:0:0:0:0:0:1"};
    CHECK(built(twice).dnsNames() == std::vector<std::string>{"plc-4"});
    CHECK(built(twice).ipAddresses().size() == 1);
}

TEST_CASE("A subject that could not stand in a conforming certificate is refused, with the reason") {
    const auto refused = [](const ApplicationSubject& of, std::string_view why) {
        const auto result = CertificateBuilder{of}.clock(juneClock()).selfSigned(key());
        INFO(why);
        REQUIRE_FALSE(result.ok());
        CHECK(result.status() == StatusCode::BadInvalidArgument);
        CHECK(result.error().message.find(why) != std::string::npos);
        CHECK_FALSE(result.error().remedy.empty());
    };
    auto bad = subject();
    for (const char* uri : {"urn:gr\xC3\xBC\xC3\x9F", "urn:a b", "urn:a\n", "urn:a\x7F"}) {
        bad.applicationUri = uri;
        refused(bad, "characters that no URI has");
    }
    bad.applicationUri = std::string{"urn:a\0b", 7};
    refused(bad, "characters that no URI has");
    bad.applicationUri.clear();
    refused(bad, "no ApplicationUri");

    bad = subject();
    for (const char* name : {"", "a b", "-plc", "plc-", "plc..example", ".plc", "plc.", "*.example.com", "opc.tcp://plc:4840", "plc:4840",
                             "gr\xC3\xBC\xC3\x9F", "999.1.1.1/8", "fe80::1%eth0"}) {
        bad.hostNames = {name};
        refused(bad, "neither a host name nor an IP address");
    }
    bad.hostNames = {std::string(64, 'a')};
    refused(bad, "neither a host name");
    std::string tooLong;
    for (int i = 0; i < 127; ++i) tooLong.append(i == 126 ? "ab" : "a.");
    REQUIRE(tooLong.size() == 254);
    bad.hostNames = {tooLong};
    refused(bad, "neither a host name");
    bad.hostNames.clear();
    refused(bad, "at least one host name");
    bad.role = ApplicationRole::Server;
    refused(bad, "at least one host name");

    bad = subject();
    bad.subject = valueOf(DistinguishedName::make({{"O", "Acme"}}));
    refused(bad, "no common name");
}

TEST_CASE("Names of machines in practice are accepted") {
    auto of = subject();
    of.hostNames = {"PLC_4", "xn--gr-fka.example", "4", std::string(63, 'a') + ".example"};
    CHECK(statusOf(of) == StatusCode::Good);
}

TEST_CASE("The error of a key that cannot sign comes through") {
    const Error broken{StatusCode::BadResourceUnavailable, "the device is gone", "plug it in"};
    const auto result = CertificateBuilder{subject()}.selfSigned(PrivateKey{std::make_shared<BrokenDevice>(broken)});
    CHECK(result.status() == StatusCode::BadResourceUnavailable);
    CHECK(result.error().message == "the device is gone");
}

TEST_CASE("A signature that does not verify is never handed out") {
    for (const auto& answer : std::vector<Bytes>{Bytes(256, 0x5A), Bytes{}}) {
        const auto result = CertificateBuilder{subject()}.selfSigned(PrivateKey{std::make_shared<BrokenDevice>(answer)});
        CHECK(result.status() == StatusCode::BadSecurityChecksFailed);
    }
}
