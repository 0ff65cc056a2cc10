#include <uatrust/x509/departures.hpp>

#include <algorithm>

#include "support/catch.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

constexpr auto kBoth = ApplicationRole::ClientAndServer;

std::string textOf(const std::vector<Departure>& all) {
    std::string text;
    for (const auto& each : all) {
        text += (each.severity == DepartureSeverity::Refused ? "refused " : "discouraged ") + each.clause + ": " + each.text + '\n';
    }
    return text;
}

std::string ofApplication(const CertSpec& spec, ApplicationRole role = kBoth) {
    return textOf(applicationDepartures(parsed(forgeCertificate(spec)), role));
}
std::string ofCa(const CertSpec& spec) { return textOf(caDepartures(parsed(forgeRoot("Plant CA", spec)))); }

Bytes longSerial() { return Bytes(21, 0x11); }

}  // namespace

TEST_CASE("A certificate to the letter of the profile has no departures") {
    const auto root = forgeRoot();
    for (const auto* key : {"rsa2048", "p256", "p384", "bp256", "ed25519"}) {
        CAPTURE(key);
        CHECK(ofApplication({.keyName = key}) == "");
        const auto ca = forgeRoot("CA of that kind", {.keyName = key});
        CHECK(textOf(caDepartures(parsed(ca))) == "");
        CHECK(ofApplication({.issuer = &ca, .keyName = key, .keyIndex = 3}) == "");
    }
    CHECK(ofCa({}) == "");
    CHECK(textOf(caDepartures(parsed(forgeIntermediate(root)))) == "");
    CHECK(textOf(crlDepartures(parsedCrl(forgeCrl({.issuer = &root})))) == "");
}

TEST_CASE("What the library makes has no departures") {
    const auto key = privateKeyOf(forgeKey("p256"));
    const ApplicationSubject subject{.subject = valueOf(DistinguishedName::parse("CN=Gateway/O=Acme")),
                                     .applicationUri = "urn:host:acme:gateway",
                                     .hostNames = {"host"}};
    CHECK(textOf(applicationDepartures(valueOf(CertificateBuilder{subject}.selfSigned(key)), kBoth)) == "");
    CHECK(textOf(requestDepartures(valueOf(CertificateRequest::make(subject, key)), kBoth)) == "");
}

TEST_CASE("Every departure of an application certificate is told, with its clause and how much it matters") {
    const auto root = forgeRoot();
    struct Row {
        CertSpec spec;
        std::string told;
    };
    const std::vector<Row> rows{
        {{.cn = ""}, "refused OPC 10000-6, 6.2.2: its subject has no common name"},
        {{.org = ""}, "refused OPC 10000-6, 6.2.2: its subject has no organisation"},
        {{.uris = {}}, "refused OPC 10000-6, 6.2.2: it has no ApplicationUri"},
        {{.uris = {"urn:a:b", "urn:a:c"}}, "discouraged OPC 10000-6, 6.2.2: it has 2 URIs"},
        {{.uris = {"plc-7"}}, "refused OPC 10000-6, 6.2.2: its ApplicationUri \"plc-7\" is neither a URL nor a URN"},
        {{.uris = {"urn:plc-7"}}, "is neither a URL nor a URN"},
        {{.uris = {"urn:a:b c"}}, "is neither a URL nor a URN"},
        {{.dns = {}}, "refused OPC 10000-6, 6.2.2: it has no host name and no IP address"},
        {{.dns = {"*.example.com"}}, "discouraged OPC 10000-6, 6.2.2: its host name \"*.example.com\" has a wildcard"},
        {{.keyUsage = kOmit}, "refused OPC 10000-6, 6.2.2: it has no keyUsage"},
        {{.keyUsage = Ku::DigitalSignature | Ku::KeyEncipherment | Ku::DataEncipherment | Ku::KeyCertSign},
         "refused OPC 10000-6, 6.2.2: its keyUsage lacks nonRepudiation"},
        {{.keyName = "p256", .keyUsage = Ku::DigitalSignature}, "refused OPC 10000-6, 6.2.2: its keyUsage lacks keyCertSign"},
        {{.keyName = "p256", .keyUsage = Ku::DigitalSignature | Ku::KeyCertSign | Ku::KeyAgreement},
         "discouraged OPC 10000-6, 6.2.2: its keyUsage has keyAgreement"},
        {{.issuer = &root, .keyName = "p256", .keyUsage = Ku::DigitalSignature | Ku::KeyCertSign},
         "refused RFC 5280, 4.2.1.9: its keyUsage has keyCertSign, and it is no CA"},
        {{.keyUsageCritical = false}, "discouraged RFC 5280, 4.2.1.3: its keyUsage is not critical"},
        {{.eku = std::vector<std::string>{}}, "refused OPC 10000-6, 6.2.2: it has no extendedKeyUsage"},
        {{.eku = std::vector<std::string>{std::string{kClientAuth}}}, "refused OPC 10000-6, 6.2.2: its extendedKeyUsage lacks serverAuth"},
        {{.eku = std::vector<std::string>{std::string{kServerAuth}}}, "refused OPC 10000-6, 6.2.2: its extendedKeyUsage lacks clientAuth"},
        {{.ca = true, .pathLen = 0}, "discouraged OPC 10000-6, 6.2.2: it is self-signed and its basicConstraints say that it is a CA"},
        {{.ca = true}, "discouraged OPC 10000-6, 6.2.2: its basicConstraints have no pathLenConstraint of 0"},
        {{.issuer = &root, .ca = true}, "refused OPC 10000-6, 6.2.2: its basicConstraints say that it is a CA"},
        {{.ski = false}, "discouraged RFC 5280, 4.2.1.2: it has no subjectKeyIdentifier"},
        {{.aki = false}, "discouraged OPC 10000-6, 6.2.2: it has no authorityKeyIdentifier"},
        {{.issuer = &root, .aki = false}, "refused OPC 10000-6, 6.2.2: it has no authorityKeyIdentifier"},
        {{.extensions = {{.oid = "1.2.3.4", .critical = true, .value = {5, 0}}}},
         "refused RFC 5280, 4.2: it has the critical extension 1.2.3.4"},
        {{.serial = "-05"}, "refused RFC 5280, 4.1.2.2: its serial number is not positive"},
        {{.serial = toHex(longSerial())}, "refused RFC 5280, 4.1.2.2: its serial number has more than 20 octets"},
        {{.notBefore = kForgeNotAfter, .notAfter = kForgeNotBefore}, "refused RFC 5280, 4.1.2.5: it ends before it begins"},
        {{.keyName = "rsa1024", .hash = "sha1"}, "refused OPC 10000-7: only a deprecated SecurityPolicy takes it: RSA 1024"},
        {{.hash = "sha1"}, "refused OPC 10000-7: only a deprecated SecurityPolicy takes it"},
        {{.keyName = "p521"}, "refused OPC 10000-7: no SecurityPolicy takes it"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.told);
        const auto told = ofApplication(row.spec);
        CAPTURE(told);
        CHECK(told.find(row.told) != std::string::npos);
    }
}

TEST_CASE("What is asked of a certificate depends on the sides that the application takes") {
    const std::vector<std::string> client{std::string{kClientAuth}};
    CHECK(ofApplication({.dns = {}, .eku = client}, ApplicationRole::Client) == "");
    const auto asServer = ofApplication({.dns = {}, .eku = client}, ApplicationRole::Server);
    CHECK(asServer.find("no host name") != std::string::npos);
    CHECK(asServer.find("lacks serverAuth") != std::string::npos);
    CHECK(asServer.find("lacks clientAuth") == std::string::npos);
    CHECK(ofApplication({.dns = {}, .ips = {"10.0.0.7"}}) == "");
    // ECC: extendedKeyUsage may be absent.
    CHECK(ofApplication({.keyName = "p256", .eku = std::vector<std::string>{}}) == "");
}

TEST_CASE("The sides of an application are those that its extended key usage names") {
    const auto of = [](std::vector<std::string> oids) { return applicationRoleOf(ExtendedKeyUsageSet{.oids = std::move(oids)}); };
    CHECK(of({std::string{kServerAuth}}) == ApplicationRole::Server);
    CHECK(of({std::string{kClientAuth}}) == ApplicationRole::Client);
    CHECK(of({std::string{kServerAuth}, std::string{kClientAuth}}) == ApplicationRole::ClientAndServer);
    CHECK(applicationRoleOf({}) == ApplicationRole::Client);
}

TEST_CASE("Every departure of a CA certificate is told") {
    struct Row {
        CertSpec spec;
        std::string told;
    };
    const std::vector<Row> rows{
        {{.org = ""}, "discouraged OPC 10000-6, 6.2.4: its subject has no organisation"},
        {{.basicConstraintsCritical = false}, "refused RFC 5280, 4.2.1.9: its basicConstraints are not critical"},
        {{.keyUsage = Ku::KeyCertSign}, "refused OPC 10000-6, 6.2.4: its keyUsage lacks cRLSign"},
        {{.keyUsage = Ku::CrlSign}, "refused OPC 10000-6, 6.2.4: its keyUsage lacks keyCertSign"},
        {{.keyUsage = kOmit}, "discouraged OPC 10000-6, 6.2.4: it has no keyUsage"},
        {{.ski = false}, "refused RFC 5280, 4.2.1.2: it has no subjectKeyIdentifier"},
        {{.aki = false}, "discouraged OPC 10000-6, 6.2.4: it has no authorityKeyIdentifier"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.told);
        const auto told = ofCa(row.spec);
        CAPTURE(told);
        CHECK(told.find(row.told) != std::string::npos);
    }
    CHECK(textOf(caDepartures(parsed(forgeCertificate()))).find("say that it is no CA") != std::string::npos);
    CHECK(textOf(caDepartures(parsed(forgeCertificate({.ca = {}})))).find("no basicConstraints and so is no CA") != std::string::npos);
}

TEST_CASE("Every departure of a CRL is told") {
    const auto root = forgeRoot();
    const auto of = [](const CrlSpec& spec) { return textOf(crlDepartures(parsedCrl(forgeCrl(spec)))); };
    CHECK(of({.issuer = &root, .aki = false}) == "refused OPC 10000-6, 6.2.5: it has no authorityKeyIdentifier\n");
    CHECK(of({.issuer = &root, .number = {}}).starts_with("discouraged RFC 5280, 5.2.3: it has no cRLNumber"));
    CHECK(of({.issuer = &root, .nextUpdate = {}}).starts_with("discouraged RFC 5280, 5.1.2.5: it has no nextUpdate"));
    // A delta list (RFC 5280, 5.2.4) on top of number 1.
    const auto delta = of({.issuer = &root, .number = 2, .extensions = {{.oid = "2.5.29.27", .critical = true, .value = {2, 1, 1}}}});
    CHECK(delta.starts_with("refused OPC 10000-6, 6.2.5: it does not speak for every certificate of its issuer"));
}

TEST_CASE("What comes against a shall stands before what is only discouraged") {
    const auto all = applicationDepartures(parsed(forgeCertificate({.uris = {}, .keyUsageCritical = false, .ski = false})), kBoth);
    REQUIRE(all.size() == 3);
    CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.severity < b.severity; }));
    CHECK(departureSeverityName(all.front().severity) == "refused by a strict validator");
    CHECK(departureSeverityName(all.back().severity) == "discouraged");
}

TEST_CASE("The SecurityPolicies of a certificate are those that take its key and its signature") {
    const auto namesOf = [](const CertSpec& spec) {
        std::vector<std::string_view> names;
        for (const auto* policy : fittingPolicies(parsed(forgeCertificate(spec)))) names.push_back(policy->name);
        return names;
    };
    using Names = std::vector<std::string_view>;
    CHECK(namesOf({}) == Names{"Basic128Rsa15", "Basic256", "Aes128_Sha256_RsaOaep", "Basic256Sha256", "Aes256_Sha256_RsaPss"});
    CHECK(namesOf({.hash = "sha1"}) == Names{"Basic128Rsa15", "Basic256"});
    CHECK(namesOf({.keyName = "p256"}) == Names{"ECC_nistP256"});
    CHECK(namesOf({.keyName = "p521"}).empty());
}
