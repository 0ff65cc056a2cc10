#include <thread>

#include <openssl/evp.h>

#include "store_support.hpp"
#include "support/catch.hpp"
#include "support/openssl_command.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

PassphraseSource passphrase(const std::string& text) {
    return [text]() -> Result<SecretBytes> { return SecretBytes{Bytes{text.begin(), text.end()}}; };
}

struct Own {
    TempFolder folder{};
    DirectoryStore store;
    const fs::path certs = folder / "own/certs";
    const fs::path keys = folder / "own/private";
    const fs::path replaced = folder / "own/replaced";
    explicit Own(DirectoryStoreOptions options = {}) : store{folder.path(), std::move(options)} { REQUIRE(store.create()); }

    [[nodiscard]] OwnMaterial load() { return valueOf(store.loadOwn()); }
    [[nodiscard]] StoreProblem problem(std::string_view ending) { return problemIn(load().problems, ending); }
};

void protect(const fs::path& file) { fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write); }

void dropKey(const fs::path& file, std::string_view content) {
    writeFile(file, content);
    protect(file);
}

Certificate made(const std::string& name, const std::string& keyName, int keyIndex = 0) {
    return parsed(forgeCertificate({.cn = name, .keyName = keyName, .keyIndex = keyIndex}));
}

// A key that cannot be taken out of its device.
class DeviceKey final : public PrivateKeyBackend {
public:
    explicit DeviceKey(PrivateKey key) : key_{std::move(key)} {}
    [[nodiscard]] PublicKey publicKey() const override { return key_.publicKey(); }
    [[nodiscard]] Result<Bytes> sign(SignatureScheme scheme, ByteView data) const override { return key_.sign(scheme, data); }
    [[nodiscard]] Result<SecretBytes> decryptBlock(EncryptionScheme scheme, ByteView cipher) const override {
        return key_.decryptBlock(scheme, cipher);
    }

private:
    PrivateKey key_;
};

}  // namespace

TEST_CASE("Own folders without files are looked at and found empty") {
    Own own;
    const auto material = own.load();
    CHECK(material.chains.empty());
    CHECK(material.keys.empty());
    CHECK(material.problems.empty());
    CHECK(own.store.ownLocation() == own.certs.string());
}

TEST_CASE("Own certificates and keys are found in every form, whatever their names") {
    Own own;
    drop(own.certs / "a.crt", made("a", "p256"));
    writeFile(own.certs / "b", forgePem("CERTIFICATE", made("b", "rsa2048").der()));
    dropKey(own.keys / "x.key", forgeKey("p256").pem());
    dropKey(own.keys / "y", asText(forgeKey("rsa2048").der()));
    dropKey(own.keys / "z.pem", forgeKey("rsa2048", 1).pem());
    REQUIRE(opensslCommand(own.folder, "rsa -traditional -in own/private/z.pem -out own/private/z.pem").exitCode == 0);
    const auto material = own.load();
    CHECK(material.chains.size() == 2);
    REQUIRE(material.keys.size() == 3);
    CHECK(material.keys[0].key.publicKey() == privateKeyOf(forgeKey("p256")).publicKey());
    CHECK(material.keys[0].source == (own.keys / "x.key").string());
    CHECK(material.keys[2].key.publicKey() == privateKeyOf(forgeKey("rsa2048", 1)).publicKey());
    CHECK(material.problems.empty());
}

TEST_CASE("Each file is one own chain, the application's certificate first") {
    Own own;
    const auto root = authority("Plant CA");
    const auto leaf = forgeLeaf(root, {.keyName = "p256"});
    writeFile(own.certs / "chain.der", joinDer({leaf, root}));
    writeFile(own.certs / "reversed.pem", root.pem() + leaf.pem());
    const auto material = own.load();
    REQUIRE(material.chains.size() == 2);
    for (const auto& stored : material.chains) {
        REQUIRE(stored.chain.size() == 2);
        CHECK(stored.chain[0] == parsed(leaf));
        CHECK(stored.chain[1] == parsed(root));
    }
}

TEST_CASE("The own certificate under the configured name is preferred") {
    Own own{{.ownName = "gateway"}};
    drop(own.certs / "other.der", device("a"));
    drop(own.certs / "gateway.crt", device("b"));
    auto material = own.load();
    REQUIRE(material.chains.size() == 2);
    CHECK(material.chains[0].preferred);
    CHECK_FALSE(material.chains[1].preferred);
    drop(own.certs / "gateway.der", device("c"));
    material = own.load();
    for (const auto& stored : material.chains) CHECK(stored.preferred == stored.source.ends_with("gateway.der"));
}

TEST_CASE("What does not belong among own certificates and keys is a problem, and the rest is found") {
    Own own;
    drop(own.certs / "good.der", device("a"));
    dropKey(own.keys / "good.pem", forgeKey("p256").pem());
    writeFile(own.certs / "key.pem", forgeKey("p256", 1).pem());
    writeFile(own.certs / "README", "text");
    drop(own.keys / "certificate.der", device("b"));
    dropKey(own.keys / "README", "text");
    dropKey(own.keys / "empty.pem", "");
    const auto material = own.load();
    CHECK(material.chains.size() == 1);
    CHECK(material.keys.size() == 1);
    CHECK(contains(own.problem("certs/key.pem").remedy, own.keys.string()));
    CHECK_FALSE(own.problem("certs/README").message.empty());
    CHECK(contains(own.problem("certificate.der").remedy, own.certs.string()));
    CHECK(contains(own.problem("private/README").message, "no private key"));
    CHECK(contains(own.problem("empty.pem").message, "no private key"));
    CHECK(material.problems.size() == 5);
}

TEST_CASE("An encrypted key needs the configured passphrase, and the problem says which setting that is") {
    const auto encrypted = forgeKey("rsa2048").pem("secret");
    {
        Own own{{.keyPassphrase = passphrase("secret")}};
        dropKey(own.keys / "key.pem", encrypted);
        CHECK(own.load().keys.size() == 1);
        CHECK(own.load().problems.empty());
    }
    for (const auto& source : {PassphraseSource{}, passphrase("wrong")}) {
        Own own{{.keyPassphrase = source}};
        dropKey(own.keys / "key.pem", encrypted);
        CHECK(own.load().keys.empty());
        CHECK(contains(own.problem("key.pem").message, "encrypted"));
        CHECK(contains(own.problem("key.pem").message, source ? "does not open it" : "no passphrase has been configured"));
        CHECK(contains(own.problem("key.pem").remedy, "keyPassphrase"));
    }
}

TEST_CASE("Saving writes key and certificate under the configured name, and both are found again") {
    Own own{{.ownName = "gateway"}};
    const auto root = authority("Plant CA");
    const auto leaf = forgeLeaf(root, {.keyName = "p256", .keyIndex = 3});
    const auto key = privateKeyOf(forgeKey("p256", 3));
    REQUIRE(own.store.saveOwn({parsed(leaf), parsed(root)}, key));
    CHECK(namesIn(own.certs) == Names{"gateway.der"});
    CHECK(namesIn(own.keys) == Names{"gateway.pem"});
    CHECK(readBytes(own.certs / "gateway.der") == joinDer({leaf, root}));
    CHECK_FALSE(fs::exists(own.replaced));
    const auto material = own.load();
    REQUIRE(material.chains.size() == 1);
    CHECK(material.chains[0].preferred);
    CHECK(material.chains[0].chain.size() == 2);
    REQUIRE(material.keys.size() == 1);
    CHECK(material.keys[0].key.publicKey() == key.publicKey());
    CHECK(material.problems.empty());
}

TEST_CASE("A former own certificate is kept, with its octets and its thumbprint in the name") {
    Own own;
    const auto key = privateKeyOf(forgeKey("p256"));
    REQUIRE(own.store.saveOwn({device("a")}, key));
    REQUIRE(own.store.saveOwn({device("b")}, key));
    REQUIRE(own.store.saveOwn({device("a")}, key));
    REQUIRE(own.store.saveOwn({device("b")}, key));
    const auto kept = [](const Certificate& c) { return "application [" + c.thumbprint().text() + "].der"; };
    Names expected{kept(device("a")), kept(device("b"))};
    std::sort(expected.begin(), expected.end());
    CHECK(namesIn(own.replaced) == expected);
    CHECK(equalBytes(readBytes(own.replaced / kept(device("a"))), device("a").der()));
    CHECK(equalBytes(readBytes(own.certs / "application.der"), device("b").der()));
    CHECK(own.load().chains.size() == 1);
    CHECK(namesIn(own.keys) == Names{"application.pem"});
}

TEST_CASE("A former file that is no certificate is kept as well") {
    Own own;
    writeFile(own.certs / "application.der", "something of the operator");
    REQUIRE(own.store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256"))));
    REQUIRE(namesIn(own.replaced).size() == 1);
    CHECK(readFile(own.replaced / namesIn(own.replaced).front()) == "something of the operator");
}

TEST_CASE("Saving the same own certificate again changes nothing") {
    Own own;
    const auto key = privateKeyOf(forgeKey("p256"));
    REQUIRE(own.store.saveOwn({device("a")}, key));
    const auto before = readFile(own.keys / "application.pem");
    REQUIRE(own.store.saveOwn({device("a")}, key));
    CHECK(readFile(own.keys / "application.pem") == before);
    CHECK_FALSE(fs::exists(own.replaced));
}

TEST_CASE("A new key never takes the place of another one") {
    Own own;
    const auto first = made("first", "p256", 1);
    const auto second = made("second", "p256", 2);
    REQUIRE(own.store.saveOwn({first}, privateKeyOf(forgeKey("p256", 1))));
    const auto before = readFile(own.keys / "application.pem");
    REQUIRE(own.store.saveOwn({second}, privateKeyOf(forgeKey("p256", 2))));
    CHECK(readFile(own.keys / "application.pem") == before);
    const auto name = "application-" + second.thumbprint().text().substr(0, 8) + ".pem";
    CHECK(namesIn(own.keys) == Names{name, "application.pem"});
    CHECK(own.load().keys.size() == 2);
    // A file that is no key at all is somebody's file nevertheless.
    const auto third = made("third", "p256", 3);
    dropKey(own.keys / ("application-" + third.thumbprint().text().substr(0, 8) + ".pem"), "notes");
    REQUIRE(own.store.saveOwn({third}, privateKeyOf(forgeKey("p256", 3))));
    CHECK(readFile(own.keys / ("application-" + third.thumbprint().text().substr(0, 8) + ".pem")) == "notes");
    CHECK(own.load().keys.size() == 3);
}

TEST_CASE("A key that is stored already, under any name, is not stored twice") {
    Own own;
    dropKey(own.keys / "from the vendor.key", forgeKey("p256").pem());
    REQUIRE(own.store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256"))));
    CHECK(namesIn(own.keys) == Names{"from the vendor.key"});
    CHECK(namesIn(own.certs) == Names{"application.der"});
}

TEST_CASE("With a passphrase the key is written encrypted") {
    Own own{{.keyPassphrase = passphrase("secret")}};
    REQUIRE(own.store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256"))));
    CHECK(contains(readFile(own.keys / "application.pem"), "ENCRYPTED PRIVATE KEY"));
    CHECK(own.load().keys.size() == 1);
    CHECK(opensslCommand(own.folder, "pkey -noout -passin pass:secret -in own/private/application.pem").exitCode == 0);
    CHECK(opensslCommand(own.folder, "pkey -noout -passin pass:wrong -in own/private/application.pem").exitCode != 0);
}

TEST_CASE("When there is no passphrase to be had, nothing is written") {
    Own own{{.keyPassphrase = [] {
        return Result<SecretBytes>{Error{StatusCode::BadUserAccessDenied, "The vault is closed.", "Open it."}};
    }}};
    CHECK(own.store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256"))).status() == StatusCode::BadUserAccessDenied);
    CHECK(namesIn(own.keys).empty());
    CHECK(namesIn(own.certs).empty());
}

TEST_CASE("A key that lives in a device stays there, and its certificate is stored") {
    Own own;
    const PrivateKey key{std::make_shared<DeviceKey>(privateKeyOf(forgeKey("p256")))};
    REQUIRE(own.store.saveOwn({device("a")}, key));
    CHECK(namesIn(own.keys).empty());
    CHECK(namesIn(own.certs) == Names{"application.der"});
}

TEST_CASE("A certificate without its key is refused, and so is an empty chain") {
    Own own;
    const auto stranger = privateKeyOf(forgeKey("p256", 5));
    CHECK(own.store.saveOwn({device("a")}, stranger).status() == StatusCode::BadInvalidArgument);
    CHECK(own.store.saveOwn({}, stranger).status() == StatusCode::BadInvalidArgument);
    CHECK(namesIn(own.certs).empty());
    CHECK(namesIn(own.keys).empty());
}

TEST_CASE("A configured name that is no plain file name is refused") {
    using namespace std::string_literals;
    for (const auto& name : {""s, "."s, ".."s, "../x"s, "a/b"s, ".hidden"s, "/x"s, "a\0b"s}) {
        Own own{{.ownName = name}};
        const auto saved = own.store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256")));
        CHECK(saved.status() == StatusCode::BadConfigurationError);
        CHECK(contains(saved.error().remedy, "ownName"));
        CHECK(namesIn(own.keys).empty());
    }
}

TEST_CASE("When the former certificate cannot be kept, the own certificate stays as it is") {
    Own own;
    const auto key = privateKeyOf(forgeKey("p256"));
    REQUIRE(own.store.saveOwn({device("a")}, key));
    writeFile(own.replaced, "a file in place of the folder");
    CHECK_FALSE(own.store.saveOwn({device("b")}, key));
    CHECK(equalBytes(readBytes(own.certs / "application.der"), device("a").der()));
}

TEST_CASE("A folder where the own certificate should be is told") {
    Own own;
    fs::create_directory(own.certs / "application.der");
    const auto saved = own.store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256")));
    CHECK_FALSE(saved);
    CHECK(contains(saved.error().message, "application.der"));
    CHECK(namesIn(own.certs) == Names{"application.der"});
}

TEST_CASE("A passphrase that is empty writes no key in the clear") {
    Own own{{.keyPassphrase = passphrase("")}};
    const auto saved = own.store.saveOwn({device("a")}, privateKeyOf(forgeKey("p256")));
    CHECK(saved.status() == StatusCode::BadConfigurationError);
    CHECK(contains(saved.error().message, "application.pem"));
    CHECK(contains(saved.error().remedy, "keyPassphrase"));
    CHECK(namesIn(own.keys).empty());
    CHECK(namesIn(own.certs).empty());
}

TEST_CASE("A key that cannot be encrypted is not taken for one that lives in a device") {
    Own own{{.keyPassphrase = passphrase("secret")}};
    const auto key = privateKeyOf(forgeKey("p256"));
    const auto certificate = device("a");
    REQUIRE(EVP_set_default_properties(nullptr, "fips=yes") == 1);  // no provider here has such ciphers
    const auto saved = own.store.saveOwn({certificate}, key);
    REQUIRE(EVP_set_default_properties(nullptr, "") == 1);
    CHECK_FALSE(saved);
    CHECK(namesIn(own.keys).empty());
    CHECK(namesIn(own.certs).empty());
}

TEST_CASE("Of own certificates that are saved at once each one stays, in use or as a backup", "[threads]") {
    constexpr int count = 6;
    Own own;
    const auto key = privateKeyOf(forgeKey("p256"));
    std::vector<Certificate> certificates;
    for (int i = 0; i < 10 * count; ++i) certificates.push_back(device("own " + std::to_string(i)));
    for (std::size_t at = 0; at < certificates.size(); at += count) {
        std::vector<std::thread> threads;
        for (std::size_t i = at; i < at + count; ++i) {
            threads.emplace_back([&, i] {
                DirectoryStore mine{own.folder.path()};
                mine.saveOwn({certificates[i]}, key).value();
            });
        }
        for (auto& thread : threads) thread.join();
    }
    std::size_t kept = 0;
    for (const auto& folder : {own.certs, own.replaced}) {
        for (const auto& name : namesIn(folder)) {
            const auto content = readBytes(folder / name);
            kept += static_cast<std::size_t>(
                std::count_if(certificates.begin(), certificates.end(), [&](const auto& c) { return equalBytes(c.der(), content); }));
        }
    }
    CHECK(kept == certificates.size());
}
