#include <uatrust/x509/certificate_request.hpp>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"

#include "unit/x509/raw_der.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

ApplicationSubject subject() {
    return {.subject = valueOf(DistinguishedName::parse("CN=Line 4 gateway/O=Acme")),
            .applicationUri = "urn:plc-4:acme:gateway",
            .hostNames = {"plc-4", "10.0.0.4"}};
}

CertificateRequest made(const std::string& keyName = "rsa2048") {
    return valueOf(CertificateRequest::make(subject(), privateKeyOf(forgeKey(keyName))));
}

}  // namespace

TEST_CASE("A request asks for what an application certificate needs") {
    const auto request = made();
    CHECK(request.subject() == subject().subject);
    CHECK(equalBytes(request.publicKey().der(), forgeKey().publicDer()));
    CHECK(request.uris() == std::vector<std::string>{"urn:plc-4:acme:gateway"});
    CHECK(request.dnsNames() == std::vector<std::string>{"plc-4"});
    CHECK(request.ipAddresses() == std::vector<Bytes>{{10, 0, 0, 4}});
    CHECK(request.keyUsage()->text() == "digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment");
    CHECK(request.keyUsage()->critical);
    CHECK(request.extendedKeyUsage()->text() == "serverAuth, clientAuth");
}

TEST_CASE("A request is read back to the octet") {
    const auto request = made();
    const auto again = valueOf(CertificateRequest::fromDer(request.der()));
    CHECK(equalBytes(again.der(), request.der()));
    CHECK(again.subject() == request.subject());
    CHECK(again.publicKey() == request.publicKey());
    CHECK(again.uris() == request.uris());
}

TEST_CASE("The openssl command verifies and shows requests of every kind of key") {
    for (const char* name : {"rsa2048", "p256", "p384", "bp256", "bp384", "ed25519", "ed448"}) {
        INFO(name);
        const TempFolder folder;
        const auto request = made(name);
        writeFile(folder / "request.der", request.der());
        const auto shown = opensslCommand(folder, "req -inform DER -in request.der -noout -verify -text");
        INFO(shown.text);
        CHECK(shown.exitCode == 0);
        CHECK(shown.contains("verify OK"));
        CHECK(shown.contains("Version: 1 (0x0)"));
        CHECK(shown.contains("URI:urn:plc-4:acme:gateway, DNS:plc-4, IP Address:10.0.0.4"));
        CHECK(shown.contains("X509v3 Key Usage: critical"));
        CHECK(shown.contains("Digital Signature"));
        CHECK_FALSE(shown.contains("Certificate Sign"));
        CHECK(shown.contains("TLS Web Server Authentication, TLS Web Client Authentication"));
    }
}

TEST_CASE("A CA makes an application certificate of a request") {
    const auto root = forgeRoot();
    const auto request = made("p256");
    const auto certificate = parsed(forgeFromRequest(root, request.der()));
    CHECK(certificate.subject() == request.subject());
    CHECK(certificate.publicKey() == request.publicKey());
    CHECK(certificate.applicationUri() == "urn:plc-4:acme:gateway");
    CHECK(certificate.keyUsage()->text() == "digitalSignature");
    CHECK(certificate.isSignedBy(parsed(root).publicKey()));
}

TEST_CASE("A request that could not become a conforming certificate is not made") {
    const auto key = privateKeyOf(forgeKey());
    auto bad = subject();
    bad.applicationUri.clear();
    CHECK(CertificateRequest::make(bad, key).status() == StatusCode::BadInvalidArgument);
    bad = subject();
    bad.hostNames = {"not a host"};
    CHECK(CertificateRequest::make(bad, key).status() == StatusCode::BadInvalidArgument);
    bad = subject();
    bad.subject = valueOf(DistinguishedName::make({}));
    CHECK(CertificateRequest::make(bad, key).status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("Requests that the openssl command makes are read") {
    const TempFolder folder;
    const auto make = [&](const std::string& more) {
        const auto output = opensslCommand(
            folder, "req -new -newkey rsa:2048 -nodes -keyout key.pem -out r.der -outform DER -subj '/O=Acme/CN=plc-7' " + more);
        INFO(output.text);
        REQUIRE(output.exitCode == 0);
        return valueOf(CertificateRequest::fromDer(readBytes(folder / "r.der")));
    };
    const auto full = make("-addext 'subjectAltName=URI:urn:by:hand,DNS:host' -addext keyUsage=digitalSignature");
    CHECK(full.subject().text() == "CN=plc-7, O=Acme");
    CHECK(full.uris() == std::vector<std::string>{"urn:by:hand"});
    CHECK(full.dnsNames() == std::vector<std::string>{"host"});
    CHECK(full.keyUsage()->text() == "digitalSignature");
    CHECK_FALSE(full.extendedKeyUsage());

    const auto bare = make("");
    CHECK(bare.uris().empty());
    CHECK_FALSE(bare.keyUsage());
}

TEST_CASE("A request that its own key has not signed is refused") {
    const auto request = made();
    const Bytes der(request.der().begin(), request.der().end());
    CHECK(CertificateRequest::fromDer(tamperSignature(der)).status() == StatusCode::BadCertificateInvalid);
    const auto changed = replaceOctets(der, octets("gateway"), octets("Gateway"));
    const auto result = CertificateRequest::fromDer(changed);
    CHECK(result.status() == StatusCode::BadCertificateInvalid);
    CHECK(result.error().message.find("not signed by the key") != std::string::npos);
}

TEST_CASE("A request that is cut, changed or something else is refused") {
    const auto request = made("p256");
    const Bytes original(request.der().begin(), request.der().end());
    for (std::size_t size = 0; size < original.size(); ++size) {
        if (CertificateRequest::fromDer(ByteView{original}.first(size)).status() != StatusCode::BadCertificateInvalid)
            FAIL("cut to " << size);
    }
    for (std::size_t at = 0; at < original.size(); ++at) {
        for (const unsigned mask : {0x01U, 0x80U}) {
            auto der = original;
            der[at] = static_cast<std::uint8_t>(der[at] ^ mask);
            if (CertificateRequest::fromDer(der).ok()) FAIL("octet " << at << " changed by " << mask << " is read");
        }
    }
    auto trailing = original;
    trailing.push_back(0);
    CHECK_FALSE(CertificateRequest::fromDer(trailing).ok());
    CHECK_FALSE(CertificateRequest::fromDer(forgeCertificate().der).ok());
    CHECK_FALSE(CertificateRequest::fromDer(Bytes(70000, 0x30)).ok());
}

TEST_CASE("A request with nonsense in its attributes is refused") {
    const auto request = [](const Bytes& version, const Bytes& attributes) {
        const auto info = sequence({version, rawName(octets("plc-7")), forgeKey().publicDer(), attributes});
        return CertificateRequest::fromDer(sequence({info, rsaSha256, tlv(0x03, {{0x00}, Bytes(256, 0x5A)})}));
    };
    const auto why = [](const Result<CertificateRequest>& result) { return result.ok() ? std::string{"read"} : result.error().message; };
    const Bytes version1{0x02, 0x01, 0x00};
    const Bytes extensionRequest{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E};
    const auto list = sequence({rawExtension(15, {0x03, 0x02, 0x05, 0xA0})});
    const auto asking = sequence({extensionRequest, tlv(0x31, {list})});
    CHECK(why(request(version1, tlv(0xA0, {asking}))).find("not signed") != std::string::npos);
    CHECK(why(request(version1, {})).find("not signed") != std::string::npos);
    CHECK(why(request({0x02, 0x01, 0x01}, tlv(0xA0, {asking}))).find("version") != std::string::npos);
    CHECK(why(request(version1, tlv(0xA0, {asking, asking}))).find("exactly once") != std::string::npos);
    CHECK(why(request(version1, tlv(0xA0, {sequence({extensionRequest, tlv(0x31, {list, list})})}))).find("exactly once") !=
          std::string::npos);
    CHECK(why(request(version1, tlv(0xA0, {sequence({extensionRequest, tlv(0x31, {})})}))).find("exactly once") != std::string::npos);
    CHECK(why(request(version1, tlv(0xA0, {{0x05, 0x00}}))).find("attributes does not decode") != std::string::npos);
    const auto broken = sequence({rawExtension(15, {0x05, 0x00})});
    CHECK(why(request(version1, tlv(0xA0, {sequence({extensionRequest, tlv(0x31, {broken})})}))).find("keyUsage") != std::string::npos);
}
