#include <uatrust/x509/certificate_request.hpp>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

struct Files {
    TempFolder folder{};
    void put(const std::string& name, ByteView content) const { writeFile(folder / name, content); }
    void put(const std::string& name, const std::string& content) const { writeFile(folder / name, content); }
    [[nodiscard]] ToolOutput show(const std::string& arguments) const { return toolCommand(folder.path(), "show " + arguments); }
    [[nodiscard]] nlohmann::json elements(const std::string& file) const { return show("--json " + file).json()["files"][0]["elements"]; }
};

bool hasDeparture(const nlohmann::json& element, std::string_view severity, std::string_view text) {
    for (const auto& each : element["departures"]) {
        if (each["severity"] == severity && each["text"].get<std::string>().find(text) != std::string::npos) return true;
    }
    return false;
}

bool contains(const std::string& text, std::string_view secret) { return text.find(secret) != std::string::npos; }

}  // namespace

TEST_CASE("A certificate is shown with all that matters of it") {
    const Files files;
    const auto forged = forgeCertificate({.dns = {"plc-7", "plc-7.example.com"}, .ips = {"10.0.0.7", "::1"}});
    const auto certificate = parsed(forged);
    files.put("plc.der", forged.der);
    const auto text = files.show("plc.der");
    CHECK(text.exitCode == 0);
    CHECK(text.err.empty());
    CHECK(text.out.starts_with("plc.der: application certificate\n"));
    const std::vector<std::string> parts{"CN=plc-7, O=Test",
                                         "self-signed",
                                         certificate.serialNumber(),
                                         "2026-01-01T00:00:00Z",
                                         "2036-01-01T00:00:00Z",
                                         "RSA 2048",
                                         "RSA-SHA256",
                                         "urn:test:plc-7",
                                         "plc-7, plc-7.example.com",
                                         "10.0.0.7, ::1",
                                         "digitalSignature, nonRepudiation",
                                         "(critical)",
                                         "serverAuth, clientAuth",
                                         "cA FALSE",
                                         certificate.thumbprint().text(),
                                         certificate.id().text(),
                                         "Basic256Sha256",
                                         "Basic256 (deprecated)",
                                         "As it should be by OPC 10000-6, 6.2.2"};
    for (const auto& part : parts) {
        CAPTURE(part);
        CHECK(text.says(part));
    }
    const auto json = files.elements("plc.der")[0];
    CHECK(json["kind"] == "certificate");
    CHECK(json["form"] == "DER");
    CHECK(json["subject"] == "CN=plc-7, O=Test");
    CHECK(json["issuer"] == "CN=plc-7, O=Test");
    CHECK(json["selfSigned"] == true);
    CHECK(json["version"] == 3);
    CHECK(json["serialNumber"] == certificate.serialNumber());
    CHECK(json["notBefore"] == "2026-01-01T00:00:00Z");
    CHECK(json["notAfter"] == "2036-01-01T00:00:00Z");
    CHECK(json["key"] == "RSA 2048");
    CHECK(json["uris"] == nlohmann::json{"urn:test:plc-7"});
    CHECK(json["dnsNames"] == nlohmann::json{"plc-7", "plc-7.example.com"});
    CHECK(json["ipAddresses"] == nlohmann::json{"10.0.0.7", "::1"});
    CHECK(json["keyUsageCritical"] == true);
    CHECK(json["basicConstraints"]["ca"] == false);
    CHECK(json["subjectKeyIdentifier"] == toHex(certificate.subjectKeyIdentifier()));
    CHECK(json["authorityKeyIdentifier"] == toHex(certificate.authorityKeyIdentifier()));
    CHECK(json["thumbprint"] == certificate.thumbprint().text());
    CHECK(json["sha256"] == certificate.id().text());
    CHECK(json["departures"].empty());
}

TEST_CASE("Departures are shown with their clause and how much they matter, and are no failure") {
    const Files files;
    files.put("plc.der", forgeCertificate({.keyUsage = kOmit, .aki = false}).der);
    const auto text = files.show("plc.der");
    CHECK(text.exitCode == 0);
    CHECK(text.says("Departs from OPC 10000-6, 6.2.2"));
    CHECK(text.says("refused             it has no keyUsage (OPC 10000-6, 6.2.2)"));
    CHECK(text.says("discouraged         it has no authorityKeyIdentifier (OPC 10000-6, 6.2.2)"));
    const auto json = files.elements("plc.der")[0];
    CHECK(hasDeparture(json, "refused", "it has no keyUsage"));
    CHECK(hasDeparture(json, "discouraged", "it has no authorityKeyIdentifier"));
    CHECK(json["departures"][0]["clause"] == "OPC 10000-6, 6.2.2");
    CHECK_FALSE(json.contains("keyUsage"));
}

TEST_CASE("The role says what the application is; without it, what its extended key usage says") {
    const Files files;
    files.put("plc.der", forgeCertificate({.dns = {}, .eku = std::vector<std::string>{std::string{kClientAuth}}}).der);
    CHECK(files.show("plc.der").says("As it should be by OPC 10000-6, 6.2.2 for the certificate of an application (client)."));
    CHECK(files.show("--role client plc.der").says("As it should be"));
    const auto server = files.elements("--role server plc.der")[0];
    CHECK(hasDeparture(server, "refused", "lacks serverAuth"));
    CHECK(hasDeparture(server, "refused", "no host name"));
    CHECK(files.show("--role both plc.der").says("(server and client)"));
}

TEST_CASE("A CA is compared with the profile of CAs") {
    const Files files;
    files.put("ca.der", forgeRoot("Plant CA", {.keyUsage = Ku::KeyCertSign}).der);
    const auto text = files.show("ca.der");
    CHECK(text.out.starts_with("ca.der: CA certificate\n"));
    CHECK(text.says("its keyUsage lacks cRLSign (OPC 10000-6, 6.2.4)"));
}

TEST_CASE("Each element of a chain and of a PEM bundle is shown by its content, whatever the name of the file") {
    const Files files;
    const auto root = forgeRoot();
    const auto leaf = forgeLeaf(root);
    files.put("chain.key", joinDer({leaf, root}));
    const auto chain = files.elements("chain.key");
    REQUIRE(chain.size() == 2);
    CHECK(chain[0]["title"] == "application certificate");
    CHECK(chain[1]["title"] == "CA certificate");
    CHECK(files.show("chain.key").says("chain.key, 2 of 2: CA certificate"));

    files.put("bundle.txt", "some text\n" + leaf.pem() + "more text\n" + forgePem("X509 CRL", forgeCrl({.issuer = &root})) +
                                leaf.key.pem() + "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n");
    const auto bundle = files.elements("bundle.txt");
    REQUIRE(bundle.size() == 3);
    CHECK(bundle[0]["kind"] == "certificate");
    CHECK(bundle[0]["form"] == "PEM");
    CHECK(bundle[1]["kind"] == "crl");
    CHECK(bundle[2]["kind"] == "privateKey");
}

TEST_CASE("A damaged element does not hide the others, and the end says that something is missing") {
    const Files files;
    const auto one = forgeCertificate();
    files.put("bundle.pem", one.pem() + "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n" + one.pem() +
                                "-----BEGIN CERTIFICATE-----\nMIIB\n");
    const auto result = files.show("--json bundle.pem");
    CHECK(result.exitCode == 2);
    const auto elements = result.json()["files"][0]["elements"];
    REQUIRE(elements.size() == 4);
    CHECK(elements[0]["kind"] == "certificate");
    CHECK(elements[1]["kind"] == "unknown");
    CHECK_FALSE(elements[1]["error"]["message"].get<std::string>().empty());
    CHECK(elements[2]["kind"] == "certificate");
    CHECK(elements[3]["kind"] == "unknown");
}

TEST_CASE("A CRL is shown with its dates, its number, its entries and what it lacks") {
    const Files files;
    const auto root = forgeRoot();
    const auto leaf = forgeLeaf(root);
    files.put("ca.crl", forgeCrl({.issuer = &root, .revoked = {revoked(leaf)}, .number = 26, .aki = false}));
    const auto text = files.show("ca.crl");
    CHECK(text.exitCode == 0);
    CHECK(text.out.starts_with("ca.crl: revocation list (CRL)\n"));
    CHECK(text.says("it has no authorityKeyIdentifier (OPC 10000-6, 6.2.5)"));
    const auto json = files.elements("ca.crl")[0];
    CHECK(json["issuer"] == "CN=Plant CA, O=Test");
    CHECK(json["thisUpdate"] == "2026-01-01T00:00:00Z");
    CHECK(json["nextUpdate"] == "2036-01-01T00:00:00Z");
    CHECK(json["number"] == "1A");
    CHECK(json["entries"] == 1);
    CHECK(json["complete"] == true);
    CHECK(hasDeparture(json, "refused", "no authorityKeyIdentifier"));

    files.put(
        "delta.crl",
        forgeCrl(
            {.issuer = &root, .nextUpdate = {}, .number = 2, .extensions = {{.oid = "2.5.29.27", .critical = true, .value = {2, 1, 1}}}}));
    const auto delta = files.show("delta.crl");
    CHECK(delta.says("no: it is a delta"));
    CHECK(delta.says("Next update           none"));
    CHECK(files.elements("delta.crl")[0]["complete"] == false);
}

TEST_CASE("A certificate request is shown with what it asks for and what that lacks") {
    const Files files;
    const ApplicationSubject subject{.subject = valueOf(DistinguishedName::parse("CN=Gateway/O=Acme")),
                                     .applicationUri = "urn:host:acme:gateway",
                                     .hostNames = {"host"}};
    const auto request = valueOf(CertificateRequest::make(subject, privateKeyOf(forgeKey("p256"))));
    files.put("good.csr", request.der());
    files.put("good.pem", forgePem("CERTIFICATE REQUEST", request.der()));
    for (const auto* file : {"good.csr", "good.pem"}) {
        const auto json = files.elements(file)[0];
        CHECK(json["kind"] == "request");
        CHECK(json["subject"] == "CN=Gateway, O=Acme");
        CHECK(json["key"] == "NIST P-256");
        CHECK(json["uris"] == nlohmann::json{"urn:host:acme:gateway"});
        CHECK(json["dnsNames"] == nlohmann::json{"host"});
        CHECK(json["departures"].empty());
    }
    files.put("key.pem", forgeKey("rsa2048").pem());
    REQUIRE(opensslCommand(files.folder, "req -new -key key.pem -subj /CN=bare -out bare.csr").exitCode == 0);
    const auto bare = files.elements("bare.csr")[0];
    CHECK(hasDeparture(bare, "refused", "no organisation"));
    CHECK(hasDeparture(bare, "refused", "no ApplicationUri"));
    CHECK(hasDeparture(bare, "discouraged", "it asks for no keyUsage"));
    files.put("tampered.csr", tamperSignature(Bytes{request.der().begin(), request.der().end()}));
    CHECK(files.show("tampered.csr").exitCode == 2);
}

TEST_CASE("Of a private key its kind, its length and whether it is encrypted are shown, and nothing of its bits") {
    const Files files;
    const auto key = forgeKey("rsa2048");
    files.put("plain.pem", key.pem());
    files.put("plain.der", key.der());
    files.put("locked.pem", key.pem("secret"));
    files.put("odd.pem", forgeKey("p521").pem());
    REQUIRE(opensslCommand(files.folder, "rsa -in plain.pem -aes128 -traditional -passout pass:x -out old.pem").exitCode == 0);
    for (const auto* file : {"plain.pem", "plain.der"}) {
        const auto json = files.elements(file)[0];
        CHECK(json["kind"] == "privateKey");
        CHECK(json["key"] == "RSA 2048");
        CHECK(json["encrypted"] == false);
        CHECK(json["publicKeySha256"] == toHex(sha256(key.publicDer())));
    }
    const auto locked = files.elements("locked.pem")[0];
    CHECK(locked["encrypted"] == true);
    CHECK_FALSE(locked.contains("key"));
    CHECK(files.elements("old.pem")[0]["key"] == "RSA");
    CHECK(files.elements("old.pem")[0]["encrypted"] == true);
    CHECK(files.show("odd.pem").says("secp521r1"));
    const auto text = files.show("plain.pem plain.der locked.pem").out + files.show("--json plain.pem plain.der locked.pem").out;
    CHECK(contains(text, "private key"));
    // Any 24 characters of the base64 would be more than 16 octets of the key.
    const auto pem = key.pem();
    for (std::size_t at = 28; at + 24 < pem.size(); at += 8) CHECK_FALSE(contains(text, pem.substr(at, 24)));
}

TEST_CASE("A public key is shown by its kind") {
    const Files files;
    files.put("public.pem", forgePem("PUBLIC KEY", forgeKey("p256").publicDer()));
    const auto json = files.elements("public.pem")[0];
    CHECK(json["kind"] == "publicKey");
    CHECK(json["key"] == "NIST P-256");
}

TEST_CASE("What is nothing known, empty, cut or not there ends with 2 and says so") {
    const Files files;
    const auto der = forgeCertificate().der;
    files.put("junk", std::string{"hello"});
    files.put("empty", std::string{});
    files.put("cut.der", ByteView{der}.first(der.size() - 5));
    files.put("long.der", [&] {
        auto longer = der;
        longer.insert(longer.end(), {1, 2, 3});
        return longer;
    }());
    for (const auto* file : {"junk", "empty", "cut.der", "long.der"}) {
        CAPTURE(file);
        const auto result = files.show(file);
        CHECK(result.exitCode == 2);
        CHECK(result.says("not readable"));
        CHECK(result.says("What to do"));
    }
    files.put("good.der", der);
    const auto mixed = files.show("--json none.der good.der");
    CHECK(mixed.exitCode == 2);
    CHECK(mixed.json()["files"][0]["error"]["status"] == "BadNotReadable");
    CHECK(mixed.json()["files"][1]["elements"][0]["kind"] == "certificate");
    CHECK(mixed.complains("none.der cannot be read"));
    CHECK(files.show("none.der good.der").says("good.der: application certificate"));
}

TEST_CASE("Standard input is shown like a file") {
    const Files files;
    files.put("plc.pem", forgeCertificate().pem());
    const auto result = files.show("- <plc.pem");
    CHECK(result.exitCode == 0);
    CHECK(result.out.starts_with("standard input: application certificate\n"));
}

TEST_CASE("A hostile name cannot reach the terminal as it is") {
    const Files files;
    files.put("bad.der", forgeCertificate({.cn = "plc\x1b[2J", .uris = {"urn:a:b\x1b[31m"}, .dns = {"a\nTRUSTED"}}).der);
    const auto text = files.show("bad.der").out + files.show("--json bad.der").out;
    CHECK_FALSE(contains(text, "\x1b"));
    CHECK_FALSE(contains(text, "\nTRUSTED"));
}
