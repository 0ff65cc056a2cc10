#include <uatrust/identity/application_identity.hpp>

#include <algorithm>

#include "fixture.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Kind = IdentityNoticeKind;

ApplicationIdentity loaded(const std::vector<ForgedCert>& chain, const IdentityOptions& options) {
    FakeIdentityStore store;
    store.lay(chain, "own.der", true);
    store.layKey(chain.front(), "own.pem");
    return ApplicationIdentity::load(store, options).value();
}

std::vector<Kind> noticesOf(const CertSpec& spec) {
    const Fixture fixture;
    return kindsOf(loaded({forgeCertificate(spec)}, fixture.options()));
}

std::vector<Kind> noticesAt(const CertSpec& spec, Instant now) {
    Fixture fixture;
    fixture.clock.set(now);
    return kindsOf(loaded({forgeCertificate(spec)}, fixture.options()));
}

using Kinds = std::vector<Kind>;

}  // namespace

TEST_CASE("A certificate as OPC 10000-6 has it is nothing to remark on") {
    CHECK(noticesOf({}).empty());
    const Fixture fixture;
    const auto root = forgeRoot();
    const auto intermediate = forgeIntermediate(root);
    CHECK(kindsOf(loaded({forgeLeaf(intermediate), intermediate, root}, fixture.options())).empty());
}

TEST_CASE("Dates are judged to the second, and both ends of the validity period belong to it") {
    const CertSpec spec{.notBefore = forgeDate(2026, 1, 1), .notAfter = forgeDate(2026, 12, 31)};
    const std::chrono::seconds second{1};
    const auto warning = spec.notAfter - std::chrono::days{30};
    CHECK(noticesAt(spec, spec.notBefore - second) == Kinds{Kind::NotYetValid});
    CHECK(noticesAt(spec, spec.notBefore).empty());
    CHECK(noticesAt(spec, warning - second).empty());
    CHECK(noticesAt(spec, warning) == Kinds{Kind::ExpiresSoon});
    CHECK(noticesAt(spec, spec.notAfter) == Kinds{Kind::ExpiresSoon});
    CHECK(noticesAt(spec, spec.notAfter + second) == Kinds{Kind::Expired});
}

TEST_CASE("When to warn before the expiry is the application's choice") {
    const Fixture fixture;
    auto options = fixture.options();
    options.warnBeforeExpiry = std::chrono::days{300};
    const auto forged = forgeCertificate({.notAfter = kForgeNow + std::chrono::days{200}});
    CHECK(kindsOf(loaded({forged}, options)) == Kinds{Kind::ExpiresSoon});
    options.warnBeforeExpiry = std::chrono::days{199};
    CHECK(kindsOf(loaded({forged}, options)).empty());
}

TEST_CASE("An issuer that expires is remarked on like the certificate itself") {
    const Fixture fixture;
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .notAfter = kForgeNow + std::chrono::days{3}});
    const auto identity = loaded({forgeLeaf(root), root}, fixture.options());
    REQUIRE(kindsOf(identity) == Kinds{Kind::ExpiresSoon});
    CHECK(contains(identity.notices().front().message, "Plant CA"));
    CHECK(contains(identity.notices().front().message, "3 days"));
}

TEST_CASE("A certificate for another URI is remarked on, and its URI is what the application announces") {
    const Fixture fixture;
    const auto identity = loaded({forgeCertificate({.uris = {"urn:test:other"}})}, fixture.options());
    REQUIRE(kindsOf(identity) == Kinds{Kind::UriMismatch});
    CHECK(contains(identity.notices().front().message, "urn:test:other"));
    CHECK(contains(identity.notices().front().message, "urn:test:plc-7"));
    CHECK(identity.applicationUri() == "urn:test:other");
}

TEST_CASE("URIs are compared octet by octet") {
    CHECK(noticesOf({.uris = {"urn:test:PLC-7"}}) == Kinds{Kind::UriMismatch});
    CHECK(noticesOf({.uris = {"urn:test:plc-7 "}}) == Kinds{Kind::UriMismatch});
}

TEST_CASE("Among several URIs the configured one is announced") {
    const Fixture fixture;
    const auto identity = loaded({forgeCertificate({.uris = {"urn:test:other", "urn:test:plc-7"}})}, fixture.options());
    CHECK(kindsOf(identity) == Kinds{Kind::ProfileDeparture});
    CHECK(identity.applicationUri() == "urn:test:plc-7");
}

TEST_CASE("Without a URI in the certificate the configured one is announced") {
    const Fixture fixture;
    const auto identity = loaded({forgeCertificate({.uris = {}})}, fixture.options());
    CHECK(kindsOf(identity) == Kinds{Kind::UriMismatch, Kind::ProfileDeparture});
    CHECK(identity.applicationUri() == "urn:test:plc-7");
}

TEST_CASE("Host names and addresses that are not in the certificate are named") {
    const Fixture fixture;
    auto options = fixture.options();
    options.hostNames = HostNames{.dnsNames = {"LOCALHOST", "plc-4"}, .ipAddresses = {"10.0.0.7", "10.0.0.8"}};
    const auto forged = forgeCertificate({.ips = {"10.0.0.7"}});
    const auto identity = loaded({forged}, options);
    REQUIRE(kindsOf(identity) == Kinds{Kind::HostNameMismatch});
    const auto& message = identity.notices().front().message;
    CHECK(contains(message, "plc-4"));
    CHECK(contains(message, "10.0.0.8"));
    CHECK_FALSE(contains(message, "10.0.0.7"));
    CHECK_FALSE(contains(message, "LOCALHOST"));
    CHECK(contains(message, "fake/own.der"));

    options.role = ApplicationRole::Client;
    CHECK(kindsOf(loaded({forged}, options)).empty());
}

TEST_CASE("An address among the host names is compared as an address") {
    const Fixture fixture;
    auto options = fixture.options();
    options.hostNames = HostNames{.dnsNames = {"10.0.0.7"}, .ipAddresses = {"fd00:0:0::7"}};
    CHECK(kindsOf(loaded({forgeCertificate({.ips = {"10.0.0.7", "fd00::7"}})}, options)).empty());
    CHECK(kindsOf(loaded({forgeCertificate({.dns = {"10.0.0.7"}, .ips = {"fd00::7"}})}, options)) == Kinds{Kind::HostNameMismatch});
}

TEST_CASE("Without configured host names those of the machine are compared") {
    const Fixture fixture;
    auto options = fixture.options();
    options.hostNames.reset();
    CHECK(kindsOf(loaded({forgeCertificate({.dns = {"not-this-machine.invalid"}})}, options)) == Kinds{Kind::HostNameMismatch});
}

TEST_CASE("A key of another type than configured is remarked on") {
    const Fixture fixture;
    auto options = fixture.options();
    const auto forged = forgeCertificate();
    options.keyType = KeyType::NistP256;
    const auto identity = loaded({forged}, options);
    REQUIRE(kindsOf(identity) == Kinds{Kind::KeyTypeMismatch});
    CHECK(contains(identity.notices().front().message, "RSA 2048"));
    CHECK(contains(identity.notices().front().message, "NIST P-256"));
    options.keyType = KeyType::Rsa3072;
    CHECK(kindsOf(loaded({forged}, options)) == Kinds{Kind::KeyTypeMismatch});
}

TEST_CASE("Every type of key is recognized as what it is") {
    struct Row {
        const char* key;
        KeyType type;
    };
    const Fixture fixture;
    for (const auto& row : {Row{"rsa2048", KeyType::Rsa2048}, Row{"rsa3072", KeyType::Rsa3072}, Row{"rsa4096", KeyType::Rsa4096},
                            Row{"p256", KeyType::NistP256}, Row{"p384", KeyType::NistP384}, Row{"bp256", KeyType::BrainpoolP256r1},
                            Row{"bp384", KeyType::BrainpoolP384r1}, Row{"ed25519", KeyType::Ed25519}, Row{"ed448", KeyType::Ed448}}) {
        CAPTURE(row.key);
        auto options = fixture.options();
        options.keyType = row.type;
        CHECK(kindsOf(loaded({forgeCertificate({.keyName = row.key})}, options)).empty());
    }
}

TEST_CASE("Departures from the profile are remarked on one by one") {
    struct Row {
        const char* what;
        CertSpec spec;
    };
    const unsigned rsa = Ku::DigitalSignature | Ku::NonRepudiation | Ku::KeyEncipherment | Ku::DataEncipherment;
    const std::vector<std::string> both{std::string{kServerAuth}, std::string{kClientAuth}};
    const std::vector<Row> rows = {
        {"common name", {.cn = ""}},
        {"organization", {.org = ""}},
        {"several URIs", {.uris = {"urn:test:plc-7", "urn:test:other"}}},
        {"has no keyUsage", {.keyUsage = kOmit}},
        {"digitalSignature", {.keyUsage = (rsa | Ku::KeyCertSign) & ~unsigned{Ku::DigitalSignature}}},
        {"nonRepudiation", {.keyUsage = (rsa | Ku::KeyCertSign) & ~unsigned{Ku::NonRepudiation}}},
        {"keyEncipherment", {.keyUsage = (rsa | Ku::KeyCertSign) & ~unsigned{Ku::KeyEncipherment}}},
        {"dataEncipherment", {.keyUsage = (rsa | Ku::KeyCertSign) & ~unsigned{Ku::DataEncipherment}}},
        {"keyCertSign", {.keyUsage = rsa}},
        {"serverAuth", {.eku = std::vector<std::string>{std::string{kClientAuth}}}},
        {"clientAuth", {.eku = std::vector<std::string>{std::string{kServerAuth}}}},
        {"CA certificate", {.ca = true, .pathLen = 0, .keyUsage = rsa | Ku::KeyCertSign, .eku = both}},
        {"outdated hash", {.hash = "sha1"}},
        {"critical extensions", {.extensions = {{.oid = "1.2.3.4.5", .critical = true, .value = {5, 0}}}}},
    };
    const Fixture fixture;
    for (const auto& row : rows) {
        CAPTURE(row.what);
        const auto identity = loaded({forgeCertificate(row.spec)}, fixture.options());
        REQUIRE(kindsOf(identity) == Kinds{Kind::ProfileDeparture});
        CHECK(contains(identity.notices().front().message, row.what));
        CHECK(contains(identity.notices().front().message, "fake/own.der"));
    }
}

TEST_CASE("A server certificate without any host departs from the profile, a client's does not") {
    const Fixture fixture;
    auto options = fixture.options();
    const auto forged = forgeCertificate({.dns = {}});
    CHECK(kindsOf(loaded({forged}, options)) == Kinds{Kind::ProfileDeparture, Kind::HostNameMismatch});
    options.role = ApplicationRole::Client;
    CHECK(kindsOf(loaded({forged}, options)).empty());
}

TEST_CASE("Usages that the role does not need may be missing") {
    const Fixture fixture;
    auto options = fixture.options();
    options.role = ApplicationRole::Server;
    CHECK(kindsOf(loaded({forgeCertificate({.eku = std::vector<std::string>{std::string{kServerAuth}}})}, options)).empty());
    options.role = ApplicationRole::Client;
    CHECK(kindsOf(loaded({forgeCertificate({.eku = std::vector<std::string>{std::string{kClientAuth}}})}, options)).empty());
}

TEST_CASE("Extended usages are optional for ECC and demanded for RSA") {
    const Fixture fixture;
    auto options = fixture.options();
    const std::vector<std::string> none;
    const auto rsa = kindsOf(loaded({forgeCertificate({.eku = none})}, options));
    CHECK(std::all_of(rsa.begin(), rsa.end(), [](Kind kind) { return kind == Kind::ProfileDeparture; }));
    CHECK_FALSE(rsa.empty());
    options.keyType = KeyType::NistP256;
    CHECK(kindsOf(loaded({forgeCertificate({.keyName = "p256", .eku = none})}, options)).empty());
}

TEST_CASE("A short RSA key departs from the profile") {
    const Fixture fixture;
    const auto kinds = kindsOf(loaded({forgeCertificate({.keyName = "rsa1024"})}, fixture.options()));
    CHECK(kinds == Kinds{Kind::ProfileDeparture, Kind::KeyTypeMismatch});
}

TEST_CASE("An issued certificate without an authority key identifier departs from the profile") {
    const Fixture fixture;
    CHECK(kindsOf(loaded({forgeLeaf(forgeRoot(), {.aki = false})}, fixture.options())) == Kinds{Kind::ProfileDeparture});
    CHECK(noticesOf({.aki = false}).empty());
}

TEST_CASE("An issued certificate needs no right to sign certificates") {
    const Fixture fixture;
    const unsigned rsa = Ku::DigitalSignature | Ku::NonRepudiation | Ku::KeyEncipherment | Ku::DataEncipherment;
    CHECK(kindsOf(loaded({forgeLeaf(forgeRoot(), {.keyUsage = rsa})}, fixture.options())).empty());
}

TEST_CASE("The most urgent remark comes first, and each says what to do") {
    const Fixture fixture;
    auto options = fixture.options();
    options.keyType = KeyType::Ed25519;
    options.hostNames = HostNames{.dnsNames = {"plc-4"}};
    FakeIdentityStore store;
    store.layPair(forgeCertificate({.notAfter = forgeDate(2026, 3, 1), .uris = {"urn:test:other"}, .keyUsage = kOmit}), "own", true);
    store.layPair(forgeCertificate({.cn = "second", .keyIndex = 3}), "second");
    store.lay({forgeCertificate({.cn = "third", .keyIndex = 4})}, "third.der");
    store.material.problems.push_back({"fake/odd.bin", "It is neither.", "Remove it."});
    const auto identity = ApplicationIdentity::load(store, options).value();
    CHECK(kindsOf(identity) == Kinds{Kind::Expired, Kind::UriMismatch, Kind::StoreProblem, Kind::ProfileDeparture, Kind::HostNameMismatch,
                                     Kind::SeveralCertificates, Kind::Unpaired, Kind::KeyTypeMismatch});
    for (const auto& notice : identity.notices()) {
        CAPTURE(notice.message);
        CHECK(contains(notice.message, "fake/"));
        CHECK_FALSE(notice.remedy.empty());
    }
}

TEST_CASE("A hostile name in a certificate cannot fake a line of the log") {
    const Fixture fixture;
    const auto identity = loaded({forgeCertificate({.cn = "plc\nAll is well\x1b[2J", .uris = {"urn:x\n\x1b[31m"}})}, fixture.options());
    REQUIRE_FALSE(identity.notices().empty());
    for (const auto& notice : identity.notices()) {
        CHECK_FALSE(contains(notice.message, "\n"));
        CHECK_FALSE(contains(notice.message, "\x1b"));
    }
}
