#include <uatrust/x509/certificate.hpp>

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

const ForgedCert& plc() {
    static const auto made = forgeCertificate();
    return made;
}

std::string statusOf(const ToolOutput& result) { return result.json()["status"]; }

}  // namespace

TEST_CASE("A trusted certificate ends with 0, a refused one with 1, both with the account") {
    const Pki pki;
    pki.trust(plc());
    pki.file("plc.der", plc().der);
    pki.file("other.der", forgeCertificate({.cn = "other"}).der);
    const auto trusted = pki.verify("plc.der");
    CHECK(trusted.exitCode == 0);
    CHECK(trusted.out.starts_with("TRUSTED: CN=plc-7"));
    CHECK(trusted.err.empty());
    const auto refused = pki.verify("other.der");
    CHECK(refused.exitCode == 1);
    CHECK(refused.out.starts_with("REFUSED BadCertificateUntrusted"));
    CHECK(refused.says("What to do: "));
    CHECK(refused.err.empty());
}

TEST_CASE("With --json the result is one object with the exact status") {
    const Pki pki;
    pki.trust(plc());
    pki.file("plc.der", plc().der);
    pki.file("other.der", forgeCertificate({.cn = "other"}).der);
    const auto trusted = pki.verify("--json plc.der");
    CHECK(trusted.exitCode == 0);
    CHECK(trusted.json()["status"] == "Good");
    CHECK(trusted.json()["accepted"] == true);
    const auto refused = pki.verify("--json other.der").json();
    CHECK(refused["status"] == "BadCertificateUntrusted");
    CHECK(refused["statusForPeer"] == "BadSecurityChecksFailed");
    CHECK(refused["steps"].size() >= 11);
    CHECK(refused["chain"][0]["applicationUri"] == "urn:test:plc-7");
}

TEST_CASE("DER, PEM, PEM with text around it and standard input are the same certificate") {
    const Pki pki;
    pki.trust(plc());
    pki.file("plc.der", plc().der);
    pki.file("plc.pem", plc().pem());
    pki.file("plc.txt", "subject=CN = plc-7\r\n" + plc().pem() + "and more text\n");
    for (const auto* file : {"plc.der", "plc.pem", "plc.txt", "- <plc.der", "- <plc.pem"}) {
        CAPTURE(file);
        CHECK(pki.verify(file).exitCode == 0);
    }
}

TEST_CASE("A chain in one file brings its issuers along, in DER and in PEM of several blocks") {
    const Pki pki;
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto leaf = forgeLeaf(line);
    pki.trustCa(root);
    writeFile(pki.path / "issuers/crl/line.crl", forgeCrl({.issuer = &line}));
    pki.file("leaf.der", leaf.der);
    pki.file("chain.der", joinDer({leaf, line}));
    pki.file("chain.pem", leaf.pem() + line.pem() + leaf.key.pem());
    CHECK(statusOf(pki.verify("--json leaf.der")) == "BadCertificateChainIncomplete");
    CHECK(statusOf(pki.verify("--json chain.der")) == "Good");
    CHECK(statusOf(pki.verify("--json chain.pem")) == "Good");
}

TEST_CASE("Junk is judged like what a peer may send, and a file that is not there is no verdict") {
    const Pki pki;
    pki.trust(plc());
    pki.file("junk", std::string{"this is no certificate"});
    pki.file("empty", std::string{});
    pki.file("broken.pem", std::string{"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"});
    pki.file("key.pem", plc().key.pem());
    for (const auto* file : {"junk", "empty", "broken.pem"}) {
        CAPTURE(file);
        const auto result = pki.verify(std::string{"--json "} + file);
        CHECK(result.exitCode == 1);
        CHECK(statusOf(result) == "BadCertificateInvalid");
    }
    const auto missing = pki.verify("none.der");
    CHECK(missing.exitCode == 2);
    CHECK(missing.out.empty());
    CHECK(missing.complains("none.der cannot be read"));
    CHECK(missing.complains("What to do: "));
    CHECK(pki.verify("pki").complains("it is a folder"));
    const auto key = pki.verify("--json key.pem");
    CHECK(key.exitCode == 2);
    CHECK(key.complains("key.pem holds no certificate, but a block \"PRIVATE KEY\"."));
    CHECK(key.json()["error"]["status"] == "BadNotFound");
}

TEST_CASE("Nothing in the PKI folder is created, changed or filed") {
    const Pki pki;
    pki.trust(plc());
    pki.file("plc.der", plc().der);
    pki.file("other.der", forgeCertificate({.cn = "other"}).der);
    const auto before = contentOf(pki.path);
    CHECK(pki.verify("plc.der").exitCode == 0);
    CHECK(pki.verify("other.der").exitCode == 1);
    CHECK(contentOf(pki.path) == before);
    CHECK(before.size() == 3);
}

TEST_CASE("A PKI folder with nothing in it trusts nobody, and says so") {
    const Pki pki;
    std::filesystem::create_directories(pki.path / "server/trusted/certs");
    pki.file("plc.der", plc().der);
    const auto result = pki.verify("--json plc.der");
    CHECK(result.exitCode == 1);
    CHECK(statusOf(result) == "BadCertificateUntrusted");
    CHECK(result.json()["storeProblems"].empty());
    CHECK(result.complains("pki has none of trusted/certs, issuers/certs and own/certs"));
    CHECK(result.complains("Did you mean pki"));
}

TEST_CASE("The PKI folder is --pki, else $UATRUST_PKI, else the current folder if it is one") {
    const Pki pki;
    pki.trust(plc());
    writeFile(pki.path / "plc.der", plc().der);
    const std::string arguments = "verify --json --at 2026-06-15 plc.der";
    CHECK(toolCommand(pki.path, arguments).exitCode == 0);
    CHECK(toolCommand(pki.path, arguments, pki.path.string()).exitCode == 0);
    std::filesystem::copy_file(pki.path / "plc.der", pki.folder / "plc.der");
    CHECK(toolCommand(pki.folder.path(), arguments, pki.path.string()).exitCode == 0);
    CHECK(toolCommand(pki.folder.path(), arguments + " --pki pki", "/nowhere").exitCode == 0);

    const auto unknown = toolCommand(pki.folder.path(), arguments);
    CHECK(unknown.exitCode == 2);
    CHECK(unknown.complains("Which PKI folder is meant is not known"));
    CHECK(unknown.complains("--pki DIR"));
    CHECK(unknown.complains("UATRUST_PKI"));
    CHECK(toolCommand(pki.folder.path(), arguments, "/nowhere").complains("($UATRUST_PKI) does not exist"));
    CHECK(toolCommand(pki.folder.path(), arguments + " --pki plc.der").complains("(--pki) is no folder"));
}

TEST_CASE("The role decides which purpose and which host names count") {
    const Pki pki;
    const auto server = forgeCertificate({.dns = {"plc-7"}, .eku = std::vector<std::string>{std::string{kServerAuth}}});
    pki.trust(server);
    pki.file("server.der", server.der);
    CHECK(statusOf(pki.verify("--json server.der")) == "BadCertificateUseNotAllowed");
    CHECK(statusOf(pki.verify("--json --role server server.der")) == "BadCertificateUseNotAllowed");
    const auto client = pki.verify("--json --role client server.der");
    CHECK(statusOf(client) == "Good");
    CHECK(client.json()["role"] == "client");
    CHECK(statusOf(pki.verify("--json --role client --host plc-7 server.der")) == "Good");
    CHECK(statusOf(pki.verify("--json --role client --host plc-8 server.der")) == "BadCertificateHostNameInvalid");
    CHECK(statusOf(pki.verify("--json --role client --host plc-8 --host PLC-7 server.der")) == "Good");
}

TEST_CASE("The ApplicationUri is compared when it is given, also when it is empty") {
    const Pki pki;
    pki.trust(plc());
    pki.file("plc.der", plc().der);
    CHECK(statusOf(pki.verify("--json --application-uri urn:test:plc-7 plc.der")) == "Good");
    CHECK(statusOf(pki.verify("--json --application-uri urn:test:plc-8 plc.der")) == "BadCertificateUriInvalid");
    CHECK(statusOf(pki.verify("--json --application-uri \"\" plc.der")) == "BadCertificateUriInvalid");
}

TEST_CASE("The profile decides what is asked of the certificate") {
    const Pki pki;
    const auto user = forgeCertificate({.cn = "operator", .uris = {}, .dns = {}, .eku = std::vector<std::string>{}});
    const auto nothing = forgeCertificate({.cn = "tls", .uris = {}, .keyUsage = Ku::KeyCertSign});
    pki.trust(user);
    writeFile(pki.path / "trusted/certs/two.der", nothing.der);
    pki.file("user.der", user.der);
    pki.file("nothing.der", nothing.der);
    CHECK(statusOf(pki.verify("--json user.der")) == "BadCertificateUseNotAllowed");
    CHECK(statusOf(pki.verify("--json --profile application user.der")) == "BadCertificateUseNotAllowed");
    CHECK(statusOf(pki.verify("--json --profile user user.der")) == "Good");
    CHECK(statusOf(pki.verify("--json --profile user nothing.der")) == "BadCertificateUseNotAllowed");
    CHECK(statusOf(pki.verify("--json --profile path nothing.der")) == "Good");
}

TEST_CASE("A SecurityPolicy is given by name or URI; deprecated ones are judged by their own rules") {
    const Pki pki;
    const auto old = forgeCertificate({.keyName = "rsa1024", .hash = "sha1"});
    pki.trust(old);
    writeFile(pki.path / "trusted/certs/two.der", plc().der);
    pki.file("old.der", old.der);
    pki.file("plc.der", plc().der);
    const std::string uri = "http://opcfoundation.org/UA/SecurityPolicy#";
    CHECK(statusOf(pki.verify("--json --security-policy Basic256Sha256 plc.der")) == "Good");
    CHECK(statusOf(pki.verify("--json --security-policy \"" + uri + "Basic256Sha256\" plc.der")) == "Good");
    CHECK(statusOf(pki.verify("--json --security-policy Basic256Sha256 old.der")) == "BadCertificatePolicyCheckFailed");
    CHECK(statusOf(pki.verify("--json --security-policy Basic128Rsa15 old.der")) == "Good");
    CHECK(statusOf(pki.verify("--json --security-policy Basic256 old.der")) == "Good");
    const auto unknown = pki.verify("--security-policy Basic512 plc.der");
    CHECK(unknown.exitCode == 2);
    CHECK(unknown.complains("There is no SecurityPolicy \"Basic512\"."));
    CHECK(unknown.complains("Basic256Sha256"));
}

TEST_CASE("Revocation lists are required, unless said otherwise") {
    const Pki pki;
    const auto root = forgeRoot();
    const auto leaf = forgeLeaf(root);
    const auto bad = forgeLeaf(root, {.cn = "bad", .keyIndex = 3});
    writeFile(pki.path / "trusted/certs/ca.der", root.der);
    pki.file("leaf.der", leaf.der);
    pki.file("bad.der", bad.der);
    CHECK(statusOf(pki.verify("--json leaf.der")) == "BadCertificateRevocationUnknown");
    CHECK(statusOf(pki.verify("--json --revocation required leaf.der")) == "BadCertificateRevocationUnknown");
    CHECK(statusOf(pki.verify("--json --revocation if-present leaf.der")) == "Good");
    CHECK(statusOf(pki.verify("--json --revocation off leaf.der")) == "Good");
    pki.trustCa(root, {revoked(bad)});
    CHECK(statusOf(pki.verify("--json leaf.der")) == "Good");
    CHECK(statusOf(pki.verify("--json bad.der")) == "BadCertificateRevoked");
    CHECK(statusOf(pki.verify("--json --revocation if-present bad.der")) == "BadCertificateRevoked");
    CHECK(statusOf(pki.verify("--json --revocation off bad.der")) == "Good");
}

TEST_CASE("A status is suppressed by its name in either spelling, and shown as suppressed") {
    const Pki pki;
    const auto old = forgeCertificate({.notAfter = forgeDate(2026, 3, 1), .eku = std::vector<std::string>{}});
    pki.trust(old);
    pki.file("old.der", old.der);
    CHECK(statusOf(pki.verify("--json old.der")) == "BadCertificateTimeInvalid");
    CHECK(statusOf(pki.verify("--json --suppress BadCertificateTimeInvalid old.der")) == "BadCertificateUseNotAllowed");
    const auto both = pki.verify("--suppress Bad_CertificateTimeInvalid --suppress BadCertificateUseNotAllowed old.der");
    CHECK(both.exitCode == 0);
    CHECK(both.says("SUPPRESSED"));
    CHECK(both.says("--suppress"));
}

TEST_CASE("What no administrator may suppress is refused as a wrong usage") {
    const Pki pki;
    pki.trust(plc());
    pki.file("plc.der", plc().der);
    for (const auto* status : {"BadCertificateRevoked", "BadCertificateUntrusted", "BadCertificateUriInvalid", "Good", "Nonsense"}) {
        CAPTURE(status);
        const auto result = pki.verify(std::string{"--suppress "} + status + " plc.der");
        CHECK(result.exitCode == 2);
        CHECK(result.complains(status));
        CHECK(result.complains("--suppress takes one of BadCertificatePolicyCheckFailed, BadCertificateTimeInvalid"));
        CHECK_FALSE(result.complains(", BadCertificateRevoked"));
    }
}

TEST_CASE("The moment is now unless it is given, as a moment or as a day in UTC") {
    const Pki pki;
    const auto shortLived = forgeCertificate({.notBefore = forgeDate(2020, 2, 28), .notAfter = forgeDate(2020, 3, 1)});
    pki.trust(shortLived);
    pki.file("short.der", shortLived.der);
    const auto at = [&](const std::string& moment) {
        return toolCommand(pki.folder.path(), "verify --json --pki pki " + (moment.empty() ? "" : "--at " + moment) + " short.der");
    };
    CHECK(statusOf(at("")) == "BadCertificateTimeInvalid");
    CHECK(statusOf(at("2020-02-29")) == "Good");
    CHECK(at("2020-02-29").json()["judgedAt"] == "2020-02-29T00:00:00Z");
    CHECK(statusOf(at("2020-02-29T23:59:59Z")) == "Good");
    CHECK(statusOf(at("2020-03-01T00:00:01Z")) == "BadCertificateTimeInvalid");
    for (const auto* wrong : {"2021-02-29", "29.02.2020", "2020-02-29T12:00", "now"}) {
        CAPTURE(wrong);
        CHECK(at(wrong).exitCode == 2);
        CHECK(at(wrong).complains("2026-06-15T12:00:00Z"));
    }
}

TEST_CASE("A peer that is trusted in another group is told as a near miss, and stays refused") {
    const Pki pki;
    std::filesystem::create_directories(pki.path / "trusted/certs");
    writeFile(pki.folder / "clients/trusted/certs/plc.der", plc().der);
    writeFile(pki.folder / "apart/deep/trusted/certs/plc.der", plc().der);
    pki.file("plc.der", plc().der);
    const auto beside = pki.verify("plc.der");
    CHECK(beside.exitCode == 1);
    CHECK(beside.says("clients"));
    CHECK_FALSE(beside.says("apart"));
    const auto given = pki.verify("--other-pki apart/deep plc.der");
    CHECK(given.exitCode == 1);
    CHECK(given.says("apart/deep"));
    CHECK_FALSE(given.says("clients"));
    CHECK(pki.verify("--other-pki none plc.der").complains("(--other-pki) does not exist"));
    CHECK(pki.verify("--other-pki none plc.der").exitCode == 2);
    const auto before = contentOf(pki.folder.path());
    CHECK(pki.verify("--other-pki apart/deep --other-pki clients plc.der").exitCode == 1);
    CHECK(contentOf(pki.folder.path()) == before);
}

TEST_CASE("verify reads the folder of another product where that product has its lists, and says that it does") {
    const auto root = forgeRoot("Plant CA");
    const auto line = forgeIntermediate(root, "Line CA");
    const auto leaf = forgeLeaf(line, {});
    // open62541: "issuer" in the singular, names without an ending.
    const Pki pki;
    const auto group = pki.folder / "server/ApplCerts";
    writeFile(group / "trusted/certs/leaf", leaf.der);
    writeFile(group / "issuer/certs/root", root.der);
    writeFile(group / "issuer/certs/line", line.der);
    writeFile(group / "issuer/crl/root", forgeCrl({.issuer = &root}));
    writeFile(group / "issuer/crl/line", forgeCrl({.issuer = &line}));
    pki.file("leaf.der", leaf.der);
    const auto run = [&](const std::string& arguments) {
        return toolCommand(pki.folder.path(), "verify --at 2026-06-15T12:00:00Z leaf.der " + arguments);
    };
    const auto detected = run("--pki server/ApplCerts");
    CHECK(detected.exitCode == 0);
    CHECK(detected.complains("server/ApplCerts is read as a folder of open62541"));
    const auto named = run("--pki server/ApplCerts --layout open62541");
    CHECK(named.exitCode == 0);
    CHECK(named.err.empty());
    CHECK(run("--pki server/ApplCerts --layout unified-automation").exitCode == 1);
    const auto wrong = run("--pki server/ApplCerts --layout nobody");
    CHECK(wrong.exitCode == 2);
    CHECK(wrong.complains("There is no layout \"nobody\""));
    CHECK(wrong.complains("node-opcua"));
    CHECK(run("--pki server").complains("Did you mean server/ApplCerts?"));
}

TEST_CASE("verify tells a peer that is trusted in another group of the same folder of UA-.NETStandard") {
    const Pki pki;
    for (const auto* folder : {"trusted", "issuer", "rejected", "trustedUser", "issuerUser"}) {
        std::filesystem::create_directories(pki.path / folder / "certs");
    }
    writeFile(pki.path / "trustedUser/certs/one.der", plc().der);
    pki.file("plc.der", plc().der);
    const auto result = pki.verify("plc.der");
    CHECK(result.exitCode == 1);
    CHECK(result.says("(users)"));
    CHECK(pki.verify("--layout ua-netstandard-users plc.der").exitCode == 0);
}

TEST_CASE("verify refuses what node-opcua refuses because it is in rejected, too") {
    const Pki pki;
    pki.trust(plc());
    writeFile(pki.path / "own/openssl.cnf", std::string{"x"});
    pki.file("plc.der", plc().der);
    CHECK(pki.verify("plc.der").exitCode == 0);
    writeFile(pki.path / "rejected/one.pem", plc().pem());
    CHECK(pki.verify("plc.der").exitCode == 1);
}
