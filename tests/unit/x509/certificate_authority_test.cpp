#include <uatrust/x509/certificate_authority.hpp>

#include <uatrust/x509/departures.hpp>
#include <uatrust/x509/pem.hpp>

#include "support/catch.hpp"
#include "support/openssl_command.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kDay = std::chrono::hours{24};

DistinguishedName name(std::string_view text) { return valueOf(DistinguishedName::parse(text)); }

CertificateAuthority authority(const std::string& keyName = "rsa2048") {
    return valueOf(CertificateAuthority::create({.name = name("CN=Plant CA/O=Acme"), .at = kForgeNow, .notAfter = kForgeNow + 3650 * kDay},
                                                privateKeyOf(forgeKey(keyName, 1))));
}

ApplicationSubject subject() {
    return {.subject = name("CN=Line 4 gateway/O=Acme"),
            .applicationUri = "urn:plc-4:acme:gateway",
            .hostNames = {"plc-4", "10.0.0.4", "fd00::4"}};
}

CertificateRequest requestOf(const ApplicationSubject& who, const std::string& keyName = "rsa2048") {
    return valueOf(CertificateRequest::make(who, privateKeyOf(forgeKey(keyName, 0))));
}

IssueTerms termsFor(const CertificateRequest& request) {
    return {.confirmed = valueOf(requestedSubject(request)), .at = kForgeNow, .notAfter = kForgeNow + 365 * kDay};
}

CrlTerms crlTerms(std::uint64_t number) { return {.number = number, .at = kForgeNow, .nextUpdate = kForgeNow + 90 * kDay}; }

const std::vector<std::string> kKeys{"rsa2048", "p256", "p384", "bp256", "bp384", "ed25519"};

}  // namespace

TEST_CASE("A new CA is as the profile of CA certificates has it, for every kind of key") {
    for (const auto& key : kKeys) {
        INFO(key);
        const auto ca = authority(key).certificate();
        CHECK(caDepartures(ca).empty());
        CHECK(ca.isSelfSigned());
        CHECK(ca.keyUsage()->text() == "keyCertSign, cRLSign");
        CHECK(ca.keyUsage()->critical);
        CHECK(ca.basicConstraints()->critical);
        CHECK(ca.basicConstraints()->pathLength == 0U);
        CHECK_FALSE(ca.extendedKeyUsage());
        CHECK(equalBytes(ca.authorityKeyIdentifier(), ca.subjectKeyIdentifier()));
        CHECK(ca.serialNumber().size() == 32);
        CHECK(ca.notBefore() == kForgeNow - 1h);
    }
    CHECK(authority().certificate().serialNumber() != authority().certificate().serialNumber());
    const auto nameless =
        CertificateAuthority::create({.name = name("O=Acme"), .at = kForgeNow, .notAfter = kForgeNotAfter}, privateKeyOf(forgeKey("p256")));
    CHECK(nameless.status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("What a CA issues is as the profile of application certificates has it, and the openssl command verifies it") {
    for (const auto& key : kKeys) {
        for (const auto role : {ApplicationRole::Server, ApplicationRole::Client, ApplicationRole::ClientAndServer}) {
            INFO(key << ' ' << static_cast<int>(role));
            const auto ca = authority(key);
            auto who = subject();
            who.role = role;
            const auto request = requestOf(who, key);
            const auto issued = valueOf(ca.issue(request, termsFor(request)));
            CHECK(applicationDepartures(issued, role).empty());
            CHECK(issued.subject() == request.subject());
            CHECK(issued.issuer() == ca.certificate().subject());
            CHECK(issued.publicKey() == request.publicKey());
            CHECK(issued.uris() == request.uris());
            CHECK(issued.dnsNames() == request.dnsNames());
            CHECK(issued.ipAddresses() == request.ipAddresses());
            CHECK_FALSE(issued.isCa());
            CHECK_FALSE(issued.keyUsage()->has(KeyUsage::KeyCertSign));
            CHECK(applicationRoleOf(issued.extendedKeyUsage()) == role);
            CHECK(equalBytes(issued.authorityKeyIdentifier(), ca.certificate().subjectKeyIdentifier()));
            CHECK(issued.notBefore() == kForgeNow - 1h);
            CHECK(issued.notAfter() == kForgeNow + 365 * kDay);
        }
    }
}

TEST_CASE("The openssl command takes the whole story: issued, verified with the CRL, revoked") {
    for (const auto& key : kKeys) {
        INFO(key);
        const TempFolder folder;
        const auto ca = authority(key);
        const auto request = requestOf(subject(), key);
        const auto issued = valueOf(ca.issue(request, termsFor(request)));
        const auto before = valueOf(ca.makeCrl({}, crlTerms(1)));
        const std::vector<Revocation> revoked{{issued.serialNumber(), kForgeNow, RevocationReason::KeyCompromise}};
        auto terms = crlTerms(2);
        terms.before = before.thisUpdate();
        const auto after = valueOf(ca.makeCrl(revoked, terms));
        writeFile(folder / "ca.pem", encodePem("CERTIFICATE", ca.certificate().der()));
        writeFile(folder / "leaf.pem", encodePem("CERTIFICATE", issued.der()));
        writeFile(folder / "before.pem", encodePem("X509 CRL", before.der()));
        writeFile(folder / "after.pem", encodePem("X509 CRL", after.der()));
        const auto at = std::to_string(kForgeNow.time_since_epoch().count());
        const auto verify = "verify -x509_strict -check_ss_sig -crl_check_all -attime " + at + " -CAfile ca.pem -CRLfile ";
        const auto good = opensslCommand(folder, verify + "before.pem leaf.pem");
        INFO(good.text);
        CHECK(good.exitCode == 0);
        const auto bad = opensslCommand(folder, verify + "after.pem leaf.pem");
        CHECK(bad.exitCode != 0);
        CHECK(bad.contains("certificate revoked"));
        const auto shown = opensslCommand(folder, "crl -in after.pem -noout -text");
        CHECK(shown.contains("Version 2 (0x1)"));
        CHECK(shown.contains("Key Compromise"));
    }
}

TEST_CASE("A CRL is complete, numbered and in order, with every reason and with none") {
    const auto ca = authority("p256");
    const auto empty = valueOf(ca.makeCrl({}, crlTerms(1)));
    CHECK(crlDepartures(empty).empty());
    CHECK(empty.size() == 0);
    CHECK(empty.number() == "1");
    CHECK(empty.thisUpdate() == kForgeNow - 1h);
    CHECK(empty.nextUpdate() == kForgeNow + 90 * kDay);
    CHECK(equalBytes(empty.authorityKeyIdentifier(), ca.certificate().subjectKeyIdentifier()));

    std::vector<Revocation> revoked;
    for (const auto* reason : {"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
                               "privilegeWithdrawn", "aACompromise"}) {
        revoked.push_back({"40" + std::to_string(revoked.size()) + "0", kForgeNow, *revocationReasonFromName(reason)});
        CHECK(revocationReasonName(revoked.back().reason) == reason);
    }
    CHECK_FALSE(revocationReasonFromName("certificateHold"));
    CHECK_FALSE(revocationReasonFromName(""));
    auto terms = crlTerms(300);
    terms.before = empty.thisUpdate();
    const auto crl = valueOf(ca.makeCrl(revoked, terms));
    CHECK(crlDepartures(crl).empty());
    CHECK(crl.number() == "12C");
    // Made in the same second, and still the newer one by its date.
    CHECK(crl.thisUpdate() == empty.thisUpdate() + 1s);
    CHECK(crl.size() == revoked.size());
    for (const auto& each : revoked) {
        const auto entry = crl.find(each.serialNumber);
        REQUIRE(entry);
        CHECK(entry->revokedAt == kForgeNow);
        CHECK(entry->reason == (each.reason == RevocationReason::Unspecified ? "" : revocationReasonName(each.reason)));
    }
    CHECK_FALSE(crl.find("4090"));
}

TEST_CASE("A CRL is not made of what makes no sense") {
    const auto ca = authority("p256");
    const auto refuses = [&](std::vector<Revocation> revoked, const CrlTerms& terms) {
        return ca.makeCrl(revoked, terms).status() == StatusCode::BadInvalidArgument;
    };
    CHECK(refuses({}, crlTerms(0)));
    CHECK(refuses({{"", kForgeNow}}, crlTerms(1)));
    CHECK(refuses({{"xyz", kForgeNow}}, crlTerms(1)));
    CHECK(refuses({{"-05", kForgeNow}}, crlTerms(1)));
    CHECK(refuses({{"05", kForgeNow}, {"0005", kForgeNow}}, crlTerms(1)));
    auto backwards = crlTerms(1);
    backwards.nextUpdate = kForgeNow - 2h;
    CHECK(refuses({}, backwards));
}

TEST_CASE("Nothing is issued that was not confirmed") {
    const auto ca = authority("p256");
    const auto request = requestOf(subject(), "p256");
    const auto refuses = [&](const IssueTerms& terms, std::string_view why) {
        const auto issued = ca.issue(request, terms);
        if (issued) return false;
        INFO(issued.error().message);
        return issued.status() == StatusCode::BadRequestNotAllowed && issued.error().message.find(why) != std::string::npos;
    };
    auto terms = termsFor(request);
    terms.confirmed.applicationUri = "urn:plc-5:acme:gateway";
    CHECK(refuses(terms, "urn:plc-5:acme:gateway"));
    terms = termsFor(request);
    terms.confirmed.subject = name("CN=Line 5 gateway/O=Acme");
    CHECK(refuses(terms, "Line 5 gateway"));
    terms = termsFor(request);
    terms.confirmed.hostNames = {"plc-4", "10.0.0.4"};
    CHECK(refuses(terms, "fd00::4"));
    terms.confirmed.hostNames = {"PLC-4", "10.0.0.4", "fd00:0:0:0:0:0:0:4"};
    CHECK(ca.issue(request, terms));
    terms.confirmed.hostNames.emplace_back("plc-5");
    CHECK(refuses(terms, "plc-5"));
}

TEST_CASE("A request without an ApplicationUri, or with several, is refused") {
    const auto ca = authority("p256");
    const TempFolder folder;
    writeFile(folder / "key.pem", forgeKey("p256").pem());
    const auto asked = [&](const std::string& names) {
        writeFile(folder / "openssl.cnf",
                  "[req]\ndistinguished_name=dn\nprompt=no\nreq_extensions=ext\n[dn]\nCN=plc-7\nO=Test\n[ext]\n" + names + '\n');
        REQUIRE(opensslCommand(folder, "req -new -key key.pem -config openssl.cnf -outform DER -out request.der").exitCode == 0);
        return valueOf(CertificateRequest::fromDer(readBytes(folder / "request.der")));
    };
    for (const auto* names : {"keyUsage=digitalSignature", "subjectAltName=DNS:plc-7", "subjectAltName=URI:urn:a:b,URI:urn:a:c"}) {
        INFO(names);
        const auto request = asked(names);
        CHECK(requestedSubject(request).status() == StatusCode::BadCertificateUriInvalid);
        CHECK(ca.issue(request, {.confirmed = {.subject = request.subject(), .applicationUri = "urn:a:b"},
                                 .at = kForgeNow,
                                 .notAfter = kForgeNow + kDay})
                  .status() == StatusCode::BadCertificateUriInvalid);
    }
    // Whatever it asks for: it gets an application certificate, with the usages that those have.
    const auto greedy = asked(
        "subjectAltName=URI:urn:a:b\nbasicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\nextendedKeyUsage=clientAuth,"
        "codeSigning");
    const auto issued = valueOf(ca.issue(greedy, termsFor(greedy)));
    CHECK_FALSE(issued.isCa());
    CHECK(issued.keyUsage()->text() == "digitalSignature");
    CHECK(issued.extendedKeyUsage()->oids == std::vector<std::string>{std::string{kClientAuth}});
    CHECK(applicationDepartures(issued, ApplicationRole::Client).empty());
    // Without usages, and without host names, it can only be a client.
    CHECK(valueOf(requestedSubject(asked("subjectAltName=URI:urn:a:b"))).role == ApplicationRole::Client);
    CHECK(valueOf(requestedSubject(asked("subjectAltName=URI:urn:a:b,IP:10.0.0.7"))).role == ApplicationRole::ClientAndServer);
}

TEST_CASE("Keys that no SecurityPolicy takes, or that outgrow the CA's, get no certificate") {
    const auto statusOf = [](const CertificateAuthority& ca, const std::string& key) {
        const auto request = requestOf(subject(), key);
        return ca.issue(request, termsFor(request)).status();
    };
    CHECK(statusOf(authority("rsa2048"), "rsa3072") == StatusCode::BadCertificatePolicyCheckFailed);
    CHECK(statusOf(authority("rsa2048"), "p256") == StatusCode::BadCertificatePolicyCheckFailed);
    CHECK(statusOf(authority("p256"), "rsa2048") == StatusCode::BadCertificatePolicyCheckFailed);
    const auto ca = authority("p256");
    const auto itself = valueOf(CertificateRequest::make(subject(), privateKeyOf(forgeKey("p256", 1))));
    CHECK(ca.issue(itself, termsFor(itself)).status() == StatusCode::BadRequestNotAllowed);
    auto namedAlike = subject();
    namedAlike.subject = name("CN=plant ca/O=ACME");
    const auto impostor = requestOf(namedAlike, "p256");
    CHECK(ca.issue(impostor, termsFor(impostor)).status() == StatusCode::BadRequestNotAllowed);
}

TEST_CASE("A departure that comes from the request is refused unless it is taken on purpose") {
    const auto ca = authority("p256");
    auto who = subject();
    who.subject = name("CN=Line 4 gateway");
    const auto request = requestOf(who, "p256");
    auto terms = termsFor(request);
    const auto issued = ca.issue(request, terms);
    REQUIRE_FALSE(issued);
    CHECK(issued.status() == StatusCode::BadCertificateInvalid);
    CHECK(issued.error().message.find("organisation") != std::string::npos);
    terms.takeDepartures = true;
    CHECK(ca.issue(request, terms));
}

TEST_CASE("No certificate outlives its CA, and none begins before it") {
    const auto ca = authority("p256");
    const auto request = requestOf(subject(), "p256");
    auto terms = termsFor(request);
    terms.notAfter = ca.certificate().notAfter();
    CHECK(ca.issue(request, terms));
    terms.notAfter += 1s;
    CHECK(ca.issue(request, terms).status() == StatusCode::BadOutOfRange);
    terms.at = ca.certificate().notAfter() + 1s;
    terms.notAfter = terms.at + kDay;
    CHECK(ca.issue(request, terms).status() == StatusCode::BadOutOfRange);
    terms = termsFor(request);
    terms.at = ca.certificate().notBefore() + 1min;
    CHECK(valueOf(ca.issue(request, terms)).notBefore() == ca.certificate().notBefore());
    terms.notAfter = terms.at - 2h;
    CHECK(ca.issue(request, terms).status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("A CA is taken up with its own key only, and only when it may sign both") {
    const auto root = forgeRoot("Plant CA");
    const auto opened = CertificateAuthority::open(parsed(root), privateKeyOf(root.key));
    REQUIRE(opened);
    CHECK(valueOf(opened->makeCrl({}, crlTerms(1))).isSignedBy(parsed(root).publicKey()));
    CHECK(CertificateAuthority::open(parsed(root), privateKeyOf(forgeKey("rsa2048", 5))).status() == StatusCode::BadSecurityChecksFailed);
    const auto leaf = forgeCertificate({});
    CHECK(CertificateAuthority::open(parsed(leaf), privateKeyOf(leaf.key)).status() == StatusCode::BadCertificateIssuerUseNotAllowed);
    const auto noCrls = forgeCertificate({.cn = "CA", .uris = {}, .dns = {}, .ca = true, .keyUsage = unsigned{Ku::KeyCertSign}});
    CHECK(CertificateAuthority::open(parsed(noCrls), privateKeyOf(noCrls.key)).status() == StatusCode::BadCertificateIssuerUseNotAllowed);
}
