#include <uatrust/store/folder_layouts.hpp>
#include <uatrust/x509/pem.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"
#include "support/openssl_command.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// The own certificate and key under the names, and in the forms, that the products look for and write.
namespace {

struct Pair {
    Certificate certificate;
    PrivateKey key;
};

Pair pairOf(int keyIndex, const std::string& keyName = "p256") {
    const auto made = forgeCertificate({.cn = "plc/7", .keyName = keyName, .keyIndex = keyIndex});
    return {parsed(made), privateKeyOf(made.key)};
}

std::string upper(const Certificate& certificate) { return certificate.thumbprint().text(); }

// Where a product looks for the own pair.
struct Place {
    std::string certificate;
    std::string key;
};
Place placeOf(LayoutId id, const Certificate& c) {
    const auto annex = "plc_7 [" + upper(c) + "]";
    const auto bare = "plc_7[" + upper(c) + "]";
    switch (id) {
        case LayoutId::Part12:
        case LayoutId::UaNetStandard:
            return {"own/certs/" + annex + ".der", "own/private/" + annex + ".pem"};
        case LayoutId::UnifiedAutomation:
            return {"own/certs/application.der", "own/private/application.pem"};
        case LayoutId::TwinCatServer:
            return {"own/certs/Beckhoff_OpcUaServer.der", "own/private/Beckhoff_OpcUaServer.pem"};
        case LayoutId::Open62541:
            return {"own/certs/" + bare + ".der", "own/private/" + bare + ".key"};
        case LayoutId::NodeOpcua:
            return {"own/certs/certificate.pem", "own/private/private_key.pem"};
        default:
            return {"own/cert.der", "private/private.pem"};
    }
}

PublicKey publicHalf(const fs::path& file) { return valueOf(PrivateKey::read(asBytes(readFile(file)))).publicKey(); }

Certificate certificateIn(const fs::path& file) {
    const auto content = readFile(file);
    if (!content.starts_with("-----BEGIN CERTIFICATE-----")) return valueOf(Certificate::fromDer(asBytes(content)));
    return valueOf(Certificate::fromDer(valueOf(decodePem(content)).front().content));
}

const StoredChain* preferredIn(const OwnMaterial& own) {
    const StoredChain* preferred = nullptr;
    for (const auto& chain : own.chains) {
        if (!chain.preferred) continue;
        CHECK(preferred == nullptr);
        preferred = &chain;
    }
    return preferred;
}

constexpr LayoutId kWithOwn[] = {LayoutId::Part12,    LayoutId::UaNetStandard, LayoutId::UnifiedAutomation, LayoutId::TwinCatServer,
                                 LayoutId::Open62541, LayoutId::NodeOpcua,     LayoutId::AsyncOpcua};

PassphraseSource passphrase(const std::string& text) {
    return [text]() -> Result<SecretBytes> { return SecretBytes{Bytes{text.begin(), text.end()}}; };
}

}  // namespace

TEST_CASE("With a preset the own certificate and key lie where the product looks for them, and the former pair is kept") {
    for (const auto id : kWithOwn) {
        CAPTURE(layoutPreset(id).key);
        const TempFolder folder;
        DirectoryStore store{folder.path(), storeOptions(layoutPreset(id))};
        const auto first = pairOf(0);
        CHECK(store.saveOwn({first.certificate}, first.key));
        const auto at = placeOf(id, first.certificate);
        CHECK(certificateIn(folder / at.certificate) == first.certificate);
        CHECK(publicHalf(folder / at.key) == first.key.publicKey());
#ifndef _WIN32
        CHECK((fs::status(folder / at.key).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
        CHECK((fs::status((folder / at.key).parent_path()).permissions() & fs::perms::all) == fs::perms::owner_all);
#endif
        auto own = valueOf(store.loadOwn());
        CHECK(own.problems.empty());
        REQUIRE(preferredIn(own) != nullptr);
        CHECK(preferredIn(own)->chain.front() == first.certificate);

        const auto second = pairOf(1);
        for (int again = 0; again < 2; ++again) CHECK(store.saveOwn({second.certificate}, second.key));
        const auto now = placeOf(id, second.certificate);
        CHECK(certificateIn(folder / now.certificate) == second.certificate);
        CHECK(publicHalf(folder / now.key) == second.key.publicKey());
        own = valueOf(store.loadOwn());
        REQUIRE(preferredIn(own) != nullptr);
        CHECK(preferredIn(own)->chain.front() == second.certificate);
        CHECK(own.chains.size() == 1);
        CHECK(own.keys.size() == 2);
        CHECK(namesIn(folder / "own/replaced").size() == 1);
        CHECK(certificateIn(folder / "own/replaced" / namesIn(folder / "own/replaced").front()) == first.certificate);
    }
}

TEST_CASE("A renewed certificate for the same key has its key under the name that belongs to it") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::UaNetStandard))};
    const auto first = pairOf(0);
    const auto renewed = parsed(forgeCertificate({.cn = "plc/7", .keyName = "p256", .keyIndex = 0, .notAfter = forgeDate(2030, 1, 1)}));
    CHECK(store.saveOwn({first.certificate}, first.key));
    CHECK(store.saveOwn({renewed}, first.key));
    CHECK(publicHalf(folder / placeOf(LayoutId::UaNetStandard, renewed).key) == first.key.publicKey());
}

TEST_CASE("Own certificates of another kind of key, or under an operator's name, stay where they are") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::UaNetStandard))};
    const auto curve = pairOf(0);
    const auto rsa = pairOf(0, "rsa2048");
    CHECK(store.saveOwn({curve.certificate}, curve.key));
    drop(folder / "own/certs/mine.der", pairOf(2).certificate);
    CHECK(store.saveOwn({rsa.certificate}, rsa.key));
    CHECK(namesIn(folder / "own/certs").size() == 3);
}

TEST_CASE("node-opcua gets the issuers in its file, and what reads one DER certificate gets one") {
    const auto root = authority("Plant CA");
    const auto leaf = forgeLeaf(root, {.cn = "plc/7", .keyName = "p256", .keyIndex = 4});
    for (const auto id : {LayoutId::NodeOpcua, LayoutId::UaNetStandard}) {
        const TempFolder folder;
        DirectoryStore store{folder.path(), storeOptions(layoutPreset(id))};
        CHECK(store.saveOwn({parsed(leaf), parsed(root)}, privateKeyOf(leaf.key)));
        const auto own = valueOf(store.loadOwn());
        REQUIRE(own.chains.size() == 1);
        CHECK(own.chains[0].chain.size() == (id == LayoutId::NodeOpcua ? 2 : 1));
    }
}

TEST_CASE("A product that keeps its own key elsewhere: the error says where") {
    for (const auto& [id, where] : {std::pair{LayoutId::Milo, "PKCS#12"}, std::pair{LayoutId::S2Opc, "configuration"}}) {
        const TempFolder folder;
        DirectoryStore store{folder.path(), storeOptions(layoutPreset(id))};
        const auto own = pairOf(0);
        const auto saved = store.saveOwn({own.certificate}, own.key);
        CHECK(saved.status() == StatusCode::BadNotSupported);
        CHECK(contains(saved.error().remedy, where));
    }
}

TEST_CASE("Keys are read in every form that a product writes, and find their certificates by the public key") {
    const TempFolder folder;
    const auto key = forgeKey("rsa2048");
    writeFile(folder / "key.pem", key.pem());
    writeFile(folder / "cert.pem", forgeCertificate({.cn = "plc/7"}).pem());
    const auto make = [&](const std::string& arguments) { REQUIRE(opensslCommand(folder, arguments).exitCode == 0); };
    make("rsa -traditional -in key.pem -out pkcs1.pem");
    make("rsa -traditional -in key.pem -outform DER -out pkcs1.key");
    make("pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out pkcs8.der");
    make("pkcs8 -topk8 -in key.pem -passout pass:secret -out encrypted.pem");
    make("rsa -traditional -aes256 -in key.pem -passout pass:secret -out old-encrypted.pem");
    make("pkcs12 -export -inkey key.pem -in cert.pem -passout pass: -out plain.pfx");
    make("pkcs12 -export -inkey key.pem -in cert.pem -passout pass:secret -out secret.pfx");
    auto text = readFile(folder / "key.pem");
    std::replace(text.begin(), text.end(), '\n', '\r');
    writeFile(folder / "cr.pem", text);
    for (std::size_t at = 0; (at = text.find('\r', at)) != std::string::npos; at += 2) text.insert(at + 1, "\n");
    writeFile(folder / "crlf.pem", text);
    // The certificate and its key in one file, as UA-.NETStandard takes it.
    writeFile(folder / "both.pem", readFile(folder / "cert.pem") + readFile(folder / "key.pem"));

    for (const auto* name : {"pkcs1.pem", "pkcs1.key", "pkcs8.der", "encrypted.pem", "old-encrypted.pem", "plain.pfx", "secret.pfx",
                             "cr.pem", "crlf.pem", "both.pem"}) {
        CAPTURE(name);
        const TempFolder pki;
        auto options = storeOptions(layoutPreset(LayoutId::UaNetStandard));
        options.keyPassphrase = passphrase("secret");
        DirectoryStore store{pki.path(), options};
        REQUIRE(store.create());
        writeFile(pki / "own/certs/whatever.der", forgeCertificate({.cn = "plc/7"}).der);
        writeFile(pki / "own/private" / fs::path{name}, readFile(folder / name));
        fs::permissions(pki / "own/private" / fs::path{name}, fs::perms::owner_read | fs::perms::owner_write);
        const auto own = valueOf(store.loadOwn());
        CHECK(own.problems.empty());
        REQUIRE(own.keys.size() == 1);
        CHECK(own.keys[0].key.publicKey() == own.chains.at(0).chain.front().publicKey());
    }
}

TEST_CASE("A PKCS#12 file that does not open, or has no key in it, is a problem that says so") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    REQUIRE(store.create());
    writeFile(folder / "key.pem", forgeKey("p256").pem());
    writeFile(folder / "cert.pem", forgeCertificate({.cn = "plc/7", .keyName = "p256"}).pem());
    const auto make = [&](const std::string& arguments) { REQUIRE(opensslCommand(folder, arguments).exitCode == 0); };
    make("pkcs12 -export -inkey key.pem -in cert.pem -passout pass:secret -out own/private/secret.pfx");
    make("pkcs12 -export -nokeys -in cert.pem -passout pass: -out own/private/nokey.pfx");
    const auto own = valueOf(store.loadOwn());
    CHECK(own.keys.empty());
    CHECK(contains(problemIn(own.problems, "secret.pfx").message, "no passphrase has been configured"));
    CHECK(contains(problemIn(own.problems, "nokey.pfx").message, "no private key"));
}

TEST_CASE("What a product refuses because it is in rejected does not count as trusted, and trusting it takes it out") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::NodeOpcua))};
    REQUIRE(store.create());
    drop(folder / "trusted/certs/a.der", device("a"));
    drop(folder / "rejected/b.der", device("a"));
    CHECK_FALSE(holds(store, StoreList::Trusted, device("a")));
    CHECK(contains(problemAbout(store, "trusted/certs/a.der").message, "in the rejected list as well"));
    CHECK(store.addCertificate(StoreList::Trusted, device("a")));
    CHECK(holds(store, StoreList::Trusted, device("a")));
    CHECK(namesIn(folder / "rejected").empty());
    CHECK(store.snapshot()->problems().empty());
}
