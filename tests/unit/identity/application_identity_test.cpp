#include <uatrust/identity/application_identity.hpp>

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/store/memory_store.hpp>
#include <uatrust/x509/certificate_chain.hpp>

#include "fixture.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

X509Ptr openSslCertificate(const Bytes& der) {
    const std::uint8_t* at = der.data();
    return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free};
}

KeyPtr openSslKey(const std::string& pem) {
    const BioPtr bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all};
    return {PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
}

class FailingGenerator final : public KeyPairGenerator {
public:
    [[nodiscard]] Result<PrivateKey> generate(KeyType) const override {
        return Error{StatusCode::BadResourceUnavailable, "The HSM in slot 3 does not answer", "plug it in"};
    }
};

std::size_t filesBelow(const std::filesystem::path& folder) {
    std::size_t count = 0;
    if (!std::filesystem::exists(folder)) return 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) count += entry.is_regular_file() ? 1U : 0U;
    return count;
}

}  // namespace

// --- first start and later ones -----------------------------------------------------------------------------------------

TEST_CASE("The first start makes a key and a certificate that OpenSSL finds to belong together") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    FixedClock clock{kForgeNow};
    const auto identity = ApplicationIdentity::loadOrCreate(store, {.applicationName = "Gateway",
                                                                    .applicationUri = "urn:test:gateway",
                                                                    .hostNames = HostNames{.dnsNames = {"plc-4"}},
                                                                    .clock = &clock});
    REQUIRE(identity.ok());

    const auto der = readBytes(folder / "own/certs/application.der");
    const auto certificate = openSslCertificate(der);
    const auto key = openSslKey(readFile(folder / "own/private/application.pem"));
    REQUIRE(certificate);
    REQUIRE(key);
    CHECK(X509_check_private_key(certificate.get(), key.get()) == 1);
    CHECK(X509_verify(certificate.get(), key.get()) == 1);
    CHECK(EVP_PKEY_get_bits(key.get()) == 2048);
    CHECK(X509_check_host(certificate.get(), "plc-4", 0, 0, nullptr) == 1);

    CHECK(Bytes(identity->certificate().der().begin(), identity->certificate().der().end()) == der);
    CHECK(identity->chainBlob() == der);
    CHECK(identity->chain().size() == 1);
    CHECK(identity->key().publicKey() == identity->certificate().publicKey());
    CHECK(contains(identity->certificateSource(), "application.der"));
    CHECK(contains(identity->keySource(), "application.pem"));
    CHECK(kindsOf(*identity) == std::vector{IdentityNoticeKind::Created});
    CHECK(contains(identity->notices().front().message, "application.der"));
}

TEST_CASE("A later start loads the same pair and changes no file") {
    const TempFolder folder;
    const Fixture fixture;
    DirectoryStore first{folder.path()};
    const auto created = ApplicationIdentity::loadOrCreate(first, fixture.options());
    REQUIRE(created.ok());
    const auto certificate = readBytes(folder / "own/certs/application.der");
    const auto key = readBytes(folder / "own/private/application.pem");
    const auto files = filesBelow(folder.path());

    DirectoryStore second{folder.path()};
    const auto loaded = ApplicationIdentity::loadOrCreate(second, fixture.options());
    REQUIRE(loaded.ok());
    CHECK(loaded->certificate() == created->certificate());
    CHECK(loaded->notices().empty());
    CHECK(readBytes(folder / "own/certs/application.der") == certificate);
    CHECK(readBytes(folder / "own/private/application.pem") == key);
    CHECK(filesBelow(folder.path()) == files);
    CHECK(ApplicationIdentity::load(second, fixture.options())->certificate() == created->certificate());
}

TEST_CASE("The certificate that is made follows the options") {
    const Fixture fixture;
    MemoryStore store;
    auto options = fixture.options();
    options.organization = "Acme";
    options.role = ApplicationRole::Client;
    options.keyType = KeyType::NistP256;
    options.validity = std::chrono::days{100};
    options.hostNames = HostNames{.dnsNames = {"plc-4", "plc-4.acme.example"}, .ipAddresses = {"10.0.0.7", "fd00::7"}};
    options.generator = nullptr;
    const auto identity = ApplicationIdentity::loadOrCreate(store, options);
    REQUIRE(identity.ok());

    const auto& own = identity->certificate();
    CHECK(own.subject().commonName() == "Line 4 gateway");
    CHECK(own.subject().organization() == "Acme");
    CHECK(own.publicKey().algorithm() == KeyAlgorithm::NistP256);
    CHECK(own.uris() == std::vector<std::string>{"urn:test:plc-7"});
    CHECK(own.dnsNames() == options.hostNames->dnsNames);
    CHECK(own.ipAddresses().size() == 2);
    CHECK(own.notBefore() == kForgeNow - std::chrono::hours{1});
    CHECK(own.notAfter() == kForgeNow + std::chrono::days{100});
    REQUIRE(own.extendedKeyUsage());
    CHECK(own.extendedKeyUsage()->has(kClientAuth));
    CHECK_FALSE(own.extendedKeyUsage()->has(kServerAuth));
    CHECK(identity->applicationUri() == "urn:test:plc-7");
}

TEST_CASE("Without an organization the application's name stands for it") {
    const Fixture fixture;
    MemoryStore store;
    CHECK(ApplicationIdentity::loadOrCreate(store, fixture.options())->certificate().subject().organization() == "Line 4 gateway");
}

TEST_CASE("Without host names in the options those of the machine are in the certificate") {
    const Fixture fixture;
    MemoryStore store;
    auto options = fixture.options();
    options.hostNames.reset();
    const auto identity = ApplicationIdentity::loadOrCreate(store, options);
    REQUIRE(identity.ok());
    const auto hosts = localHostNames();
    CHECK(identity->certificate().dnsNames() == hosts.dnsNames);
    CHECK(identity->certificate().ipAddresses().size() == hosts.ipAddresses.size());
    CHECK(findNotice(*identity, IdentityNoticeKind::HostNameMismatch) == nullptr);
}

TEST_CASE("load() makes nothing") {
    const TempFolder folder;
    const Fixture fixture;
    DirectoryStore store{folder.path()};
    const auto loaded = ApplicationIdentity::load(store, fixture.options());
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.status() == StatusCode::BadNotFound);
    CHECK(contains(loaded.error().message, store.ownLocation()));
    CHECK_FALSE(loaded.error().remedy.empty());
    CHECK(filesBelow(folder.path()) == 0);
}

// --- what keeps a pair from being made ------------------------------------------------------------------------------------

TEST_CASE("Without a name or a URI nothing is loaded, made or adopted") {
    const Fixture fixture;
    FakeIdentityStore store;
    auto nameless = fixture.options();
    nameless.applicationName.clear();
    auto withoutUri = fixture.options();
    withoutUri.applicationUri.clear();
    for (const auto& options : {nameless, withoutUri}) {
        CHECK(ApplicationIdentity::loadOrCreate(store, options).status() == StatusCode::BadInvalidArgument);
        CHECK(ApplicationIdentity::load(store, options).status() == StatusCode::BadInvalidArgument);
        CHECK(ApplicationIdentity::adopt(store, options, {certificateOf(forgeCertificate())}).status() == StatusCode::BadInvalidArgument);
    }
    CHECK(store.loads == 0);
    CHECK(store.saves == 0);
}

TEST_CASE("While the clock is obviously wrong no certificate is made and nothing is written") {
    for (const auto& now :
         {forgeDate(1969, 12, 31), forgeDate(1900, 1, 1), forgeDate(1970, 1, 1, 0, 2), forgeDate(2019, 12, 31, 23, 59, 59)}) {
        CAPTURE(formatInstant(now));
        const TempFolder folder;
        Fixture fixture;
        fixture.clock.set(now);
        DirectoryStore store{folder.path()};
        const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
        REQUIRE_FALSE(identity.ok());
        CHECK(identity.status() == StatusCode::BadConfigurationError);
        CHECK(contains(identity.error().message, formatInstant(now)));
        CHECK(contains(identity.error().remedy, "clock"));
        CHECK(filesBelow(folder.path()) == 0);
    }
}

TEST_CASE("A wrong clock does not keep an existing pair from being loaded") {
    Fixture fixture;
    fixture.clock.set(forgeDate(1969, 12, 31));
    FakeIdentityStore store;
    store.layPair(forgeCertificate(), "application", true);
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(kindsOf(*identity) == std::vector{IdentityNoticeKind::NotYetValid});
}

TEST_CASE("A certificate is made only for a time that a certificate can say") {
    const Fixture fixture;
    for (const int days : {0, -1, 366 * 8000}) {
        CAPTURE(days);
        FakeIdentityStore store;
        auto options = fixture.options();
        options.validity = std::chrono::days{days};
        CHECK(ApplicationIdentity::loadOrCreate(store, options).status() == StatusCode::BadInvalidArgument);
        CHECK(store.saves == 0);
    }
}

TEST_CASE("Names that no certificate can hold are refused and nothing is saved") {
    const Fixture fixture;
    FakeIdentityStore store;
    auto tooLong = fixture.options();
    tooLong.applicationName = std::string(65, 'x');
    auto noUri = fixture.options();
    noUri.applicationUri = "urn:t\xC3\xA4st:plc-7";
    auto unreachable = fixture.options();
    unreachable.hostNames = HostNames{};
    auto noHost = fixture.options();
    noHost.hostNames = HostNames{.dnsNames = {"plc 4/\n"}};
    for (const auto& options : {tooLong, noUri, unreachable, noHost}) {
        const auto identity = ApplicationIdentity::loadOrCreate(store, options);
        REQUIRE_FALSE(identity.ok());
        CHECK(identity.status() == StatusCode::BadInvalidArgument);
        CHECK_FALSE(identity.error().message.empty());
    }
    CHECK(store.saves == 0);
}

TEST_CASE("A generator that fails is quoted and nothing is saved") {
    const Fixture fixture;
    const FailingGenerator generator;
    FakeIdentityStore store;
    auto options = fixture.options();
    options.generator = &generator;
    const auto identity = ApplicationIdentity::loadOrCreate(store, options);
    REQUIRE_FALSE(identity.ok());
    CHECK(identity.status() == StatusCode::BadResourceUnavailable);
    CHECK(contains(identity.error().message, "slot 3"));
    CHECK(store.saves == 0);
}

TEST_CASE("A store that cannot be read or written is quoted") {
    const Fixture fixture;
    FakeIdentityStore unreadable;
    unreadable.loadError = Error{StatusCode::BadNotReadable, "The vault is sealed", "unseal it"};
    CHECK(ApplicationIdentity::loadOrCreate(unreadable, fixture.options()).status() == StatusCode::BadNotReadable);
    CHECK(ApplicationIdentity::load(unreadable, fixture.options()).status() == StatusCode::BadNotReadable);
    CHECK(unreadable.saves == 0);

    FakeIdentityStore readOnly;
    readOnly.saveError = Error{StatusCode::BadNotWritable, "The vault is read-only", "ask for the right to write"};
    const auto identity = ApplicationIdentity::loadOrCreate(readOnly, fixture.options());
    REQUIRE_FALSE(identity.ok());
    CHECK(identity.status() == StatusCode::BadNotWritable);
    CHECK(contains(identity.error().message, "read-only"));
}

TEST_CASE("A folder that cannot be made is an error that names it") {
    const TempFolder folder;
    const Fixture fixture;
    writeFile(folder / "pki", "a file where the folder should be");
    DirectoryStore store{folder / "pki"};
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE_FALSE(identity.ok());
    CHECK(contains(identity.error().text(), "pki"));
    CHECK(readFile(folder / "pki") == "a file where the folder should be");
}

// --- what is there is never replaced ----------------------------------------------------------------------------------------

TEST_CASE("A key without a certificate is an error that names the key and the ways out") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.layKey(forgeCertificate(), "lonely.pem");
    for (const auto& identity :
         {ApplicationIdentity::loadOrCreate(store, fixture.options()), ApplicationIdentity::load(store, fixture.options())}) {
        REQUIRE_FALSE(identity.ok());
        CHECK(identity.status() == StatusCode::BadConfigurationError);
        CHECK(contains(identity.error().message, "fake/lonely.pem"));
        CHECK(contains(identity.error().remedy, "move the key away"));
        CHECK(contains(identity.error().remedy, "install the certificate"));
    }
    CHECK(store.saves == 0);
}

TEST_CASE("A certificate without a key is an error that names the certificate and the ways out") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.lay({forgeCertificate({.cn = "lonely"})}, "lonely.der", true);
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE_FALSE(identity.ok());
    CHECK(identity.status() == StatusCode::BadConfigurationError);
    CHECK(contains(identity.error().message, "fake/lonely.der"));
    CHECK(contains(identity.error().message, "CN=lonely"));
    CHECK(contains(identity.error().remedy, "move the certificate away"));
    CHECK(store.saves == 0);
}

TEST_CASE("A certificate and a key that do not match are an error that names both files") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.lay({forgeCertificate()}, "one.der", true);
    store.layKey(forgeCertificate({.keyIndex = 3}), "other.pem");
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE_FALSE(identity.ok());
    CHECK(identity.status() == StatusCode::BadConfigurationError);
    CHECK(contains(identity.error().message, "fake/one.der"));
    CHECK(contains(identity.error().message, "fake/other.pem"));
    CHECK_FALSE(identity.error().remedy.empty());
    CHECK(store.saves == 0);
}

TEST_CASE("The own certificate without its key is an error even when another pair could be used instead") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.lay({forgeCertificate({.cn = "the own one"})}, "application.der", true);
    store.layPair(forgeCertificate({.cn = "another", .keyIndex = 3}), "another");
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE_FALSE(identity.ok());
    CHECK(identity.status() == StatusCode::BadConfigurationError);
    CHECK(contains(identity.error().message, "fake/application.der"));
    CHECK(contains(identity.error().message, "fake/another.pem"));
}

TEST_CASE("Files that cannot be read are an error that names them, and stay as they are") {
    for (const char* file : {"own/certs/application.der", "own/certs/readme.txt", "own/private/application.pem"}) {
        CAPTURE(file);
        const TempFolder folder;
        const Fixture fixture;
        DirectoryStore store{folder.path()};
        REQUIRE(store.create().ok());
        writeFile(folder / file, "\x30\x82garbage");
        const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
        REQUIRE_FALSE(identity.ok());
        CHECK(identity.status() == StatusCode::BadConfigurationError);
        CHECK(contains(identity.error().message, std::filesystem::path{file}.filename().string()));
        CHECK(contains(identity.error().remedy, "move"));
        CHECK(readFile(folder / file) == "\x30\x82garbage");
        CHECK(filesBelow(folder.path()) == 1);
    }
}

TEST_CASE("A damaged certificate beside its key is an error that names both") {
    const TempFolder folder;
    const Fixture fixture;
    DirectoryStore store{folder.path()};
    REQUIRE(ApplicationIdentity::loadOrCreate(store, fixture.options()).ok());
    writeFile(folder / "own/certs/application.der", readFile(folder / "own/certs/application.der").substr(0, 100));
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE_FALSE(identity.ok());
    CHECK(identity.status() == StatusCode::BadConfigurationError);
    CHECK(contains(identity.error().message, "application.der"));
    CHECK(contains(identity.error().message, "application.pem"));
}

TEST_CASE("An encrypted key without its passphrase is an error, with it the pair is loaded") {
    const TempFolder folder;
    const Fixture fixture;
    const auto forged = forgeCertificate();
    writeFile(folder / "own/certs/application.der", forged.der);
    writeFile(folder / "own/private/application.pem", forged.key.pem("secret"));
    DirectoryStore locked{folder.path()};
    const auto refused = ApplicationIdentity::loadOrCreate(locked, fixture.options());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status() == StatusCode::BadConfigurationError);
    CHECK(contains(refused.error().message, "application.pem"));

    DirectoryStore open{folder.path(), {.keyPassphrase = [] {
                            return Result<SecretBytes>{SecretBytes{Bytes{'s', 'e', 'c', 'r', 'e', 't'}}};
                        }}};
    CHECK(ApplicationIdentity::loadOrCreate(open, fixture.options()).ok());
}

// --- which pair is used -----------------------------------------------------------------------------------------------------

TEST_CASE("Certificates and keys are paired by public key, whatever their files are called") {
    const Fixture fixture;
    const auto valid = forgeCertificate({.cn = "valid"});
    const auto expired = forgeCertificate({.cn = "expired", .keyIndex = 3, .notAfter = forgeDate(2026, 3, 1)});
    FakeIdentityStore store;
    store.lay({valid}, "a.der");
    store.lay({expired}, "b.der");
    store.layKey(expired, "a.pem");
    store.layKey(valid, "b.pem");
    const auto identity = ApplicationIdentity::load(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificateSource() == "fake/a.der");
    CHECK(identity->keySource() == "fake/b.pem");
    CHECK(identity->key().publicKey() == identity->certificate().publicKey());
}

TEST_CASE("The certificate that the store wrote is used even when it has expired and others have not") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.layPair(forgeCertificate({.cn = "newer", .keyIndex = 3}), "newer");
    store.layPair(forgeCertificate({.cn = "own", .notAfter = forgeDate(2026, 3, 1)}), "application", true);
    const auto identity = ApplicationIdentity::load(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificate().subject().commonName() == "own");
    CHECK(findNotice(*identity, IdentityNoticeKind::Expired) != nullptr);
    const auto* several = findNotice(*identity, IdentityNoticeKind::SeveralCertificates);
    REQUIRE(several != nullptr);
    CHECK(contains(several->message, "fake/application.der"));
    CHECK(contains(several->message, "fake/newer.der"));
}

TEST_CASE("Among equals one that is valid now is used, then the newest") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.layPair(forgeCertificate({.cn = "not yet", .notBefore = forgeDate(2026, 7, 1)}), "not-yet");
    store.layPair(forgeCertificate({.cn = "older", .keyIndex = 3, .notBefore = forgeDate(2026, 2, 1)}), "older");
    store.layPair(forgeCertificate({.cn = "newer", .keyIndex = 4, .notBefore = forgeDate(2026, 5, 1)}), "newer");
    const auto identity = ApplicationIdentity::load(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificate().subject().commonName() == "newer");
    CHECK(findNotice(*identity, IdentityNoticeKind::SeveralCertificates) != nullptr);

    FakeIdentityStore noneValid;
    noneValid.layPair(forgeCertificate({.cn = "long gone", .notBefore = forgeDate(2024, 1, 1), .notAfter = forgeDate(2025, 1, 1)}), "a");
    noneValid.layPair(
        forgeCertificate({.cn = "just gone", .keyIndex = 3, .notBefore = forgeDate(2025, 1, 1), .notAfter = forgeDate(2026, 1, 2)}), "b");
    CHECK(ApplicationIdentity::load(noneValid, fixture.options())->certificate().subject().commonName() == "just gone");
}

TEST_CASE("Certificates with the same dates are chosen between by their thumbprints, in whatever order they lie there") {
    const Fixture fixture;
    const auto a = forgeCertificate({.cn = "a"});
    const auto b = forgeCertificate({.cn = "b", .keyIndex = 3});
    FakeIdentityStore forward;
    forward.layPair(a, "a");
    forward.layPair(b, "b");
    FakeIdentityStore backward;
    backward.layPair(b, "b");
    backward.layPair(a, "a");
    const auto first = std::min(certificateOf(a).thumbprint(), certificateOf(b).thumbprint());
    CHECK(ApplicationIdentity::load(forward, fixture.options())->certificate().thumbprint() == first);
    CHECK(ApplicationIdentity::load(backward, fixture.options())->certificate().thumbprint() == first);
}

TEST_CASE("The same certificate in two files is one, and the file with the issuers is used") {
    const Fixture fixture;
    const auto root = forgeRoot();
    const auto leaf = forgeLeaf(root);
    FakeIdentityStore store;
    store.lay({leaf}, "plain.der");
    store.lay({leaf, root}, "chain.pem");
    store.layKey(leaf, "key.pem");
    const auto identity = ApplicationIdentity::load(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->chain().size() == 2);
    CHECK(identity->chainBlob() == joinDer({leaf, root}));
    CHECK(identity->notices().empty());
}

TEST_CASE("The own certificate is found by its key behind its issuers") {
    const Fixture fixture;
    const auto root = forgeRoot();
    const auto intermediate = forgeIntermediate(root);
    const auto leaf = forgeLeaf(intermediate);
    FakeIdentityStore store;
    store.lay({root, intermediate, leaf}, "upside-down.pem", true);
    store.layKey(leaf, "key.pem");
    const auto identity = ApplicationIdentity::load(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificate() == certificateOf(leaf));
    CHECK(identity->chainBlob() == joinDer({leaf, intermediate, root}));
}

TEST_CASE("A certificate without its key beside a good pair is a remark and not used") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.layPair(forgeCertificate(), "application", true);
    store.lay({forgeCertificate({.cn = "keyless", .keyIndex = 3})}, "keyless.der");
    const auto identity = ApplicationIdentity::load(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(kindsOf(*identity) == std::vector{IdentityNoticeKind::Unpaired});
    CHECK(contains(identity->notices().front().message, "fake/keyless.der"));
}

TEST_CASE("CA certificates and spare keys beside a good pair are nothing to remark on") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.layPair(forgeCertificate(), "application", true);
    store.lay({forgeRoot()}, "ca.der");
    store.layKey(forgeCertificate({.keyIndex = 4}), "former.pem");
    CHECK(ApplicationIdentity::load(store, fixture.options())->notices().empty());
}

TEST_CASE("What could not be read beside a good pair is a remark") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.layPair(forgeCertificate(), "application", true);
    store.material.problems.push_back({"fake/odd.bin", "It is neither.", "Remove it."});
    const auto identity = ApplicationIdentity::load(store, fixture.options());
    REQUIRE(identity.ok());
    REQUIRE(kindsOf(*identity) == std::vector{IdentityNoticeKind::StoreProblem});
    CHECK(contains(identity->notices().front().message, "fake/odd.bin"));
    CHECK(identity->notices().front().remedy == "Remove it.");
}

TEST_CASE("An entry of a store without any certificate counts for nothing") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.material.chains.push_back({{}, "fake/empty", true});
    CHECK(ApplicationIdentity::load(store, fixture.options()).status() == StatusCode::BadNotFound);
}
