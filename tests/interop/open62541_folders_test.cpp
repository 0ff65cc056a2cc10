// open62541 1.4 itself on folders of the layout "open62541-1.4". What it offers there: UA_CertificateVerification_CertFolders() reads
// a folder of trusted certificates, one of issuers and one of CRLs, and writes none; UA_SecurityPolicy_Basic256Sha256() takes an own
// pair, and UA_CreateCertificate() makes one. The file store, of the layout "open62541", came with 1.5: of that, only the names and
// forms of the own pair are tried here.
#include <open62541/plugin/create_certificate.h>
#include <open62541/plugin/log_stdout.h>
#include <open62541/plugin/pki_default.h>
#include <open62541/plugin/securitypolicy_default.h>
#include <open62541/types.h>

#include <uatrust/store/layout_conversion.hpp>

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

namespace {

// It asks the machine's clock.
CertSpec lasting(CertSpec spec) {
    spec.notBefore = Instant{std::chrono::seconds{1577836800}};  // 2020
    spec.notAfter = Instant{std::chrono::seconds{2524608000}};   // 2050
    return spec;
}

CrlSpec listOf(const ForgedCert& ca, std::vector<RevokedSpec> revoked = {}) {
    return {.issuer = &ca,
            .revoked = std::move(revoked),
            .thisUpdate = Instant{std::chrono::seconds{1577836800}},
            .nextUpdate = Instant{std::chrono::seconds{2524608000}}};
}

UA_ByteString view(ByteView bytes) { return {bytes.size(), const_cast<UA_Byte*>(bytes.data())}; }

DirectoryStoreOptions asOpen62541(LayoutId id) { return storeOptions(layoutPreset(id)); }

// The verification plugin of a server, as an application sets it up.
class Verification {
public:
    explicit Verification(const fs::path& root) {
        plugin_.logging = UA_Log_Stdout;
        const auto trusted = (root / "trusted/certs").string();
        const auto issuers = (root / "issuer/certs").string();
        const auto crls = (root / "crl").string();
#ifdef UA_ENABLE_CERT_REJECTED_DIR
        REQUIRE(UA_CertificateVerification_CertFolders(&plugin_, trusted.c_str(), issuers.c_str(), crls.c_str(), nullptr) ==
                UA_STATUSCODE_GOOD);
#else
        REQUIRE(UA_CertificateVerification_CertFolders(&plugin_, trusted.c_str(), issuers.c_str(), crls.c_str()) == UA_STATUSCODE_GOOD);
#endif
    }
    ~Verification() { plugin_.clear(&plugin_); }
    Verification(const Verification&) = delete;
    Verification& operator=(const Verification&) = delete;

    [[nodiscard]] std::string verdict(const ForgedCert& certificate) {
        const auto octets = view(certificate.der);
        return UA_StatusCode_name(plugin_.verifyCertificate(&plugin_, &octets));
    }

private:
    UA_CertificateVerification plugin_{};
};

}  // namespace

TEST_CASE("open62541 trusts what was trusted in its folders by a DirectoryStore, and nobody else") {
    const TempFolder folder;
    DirectoryStore store{folder / "pki", asOpen62541(LayoutId::Open62541Folders)};
    REQUIRE(store.create());
    const auto plc = forgeCertificate(lasting({.cn = "plc-7"}));
    const auto stranger = forgeCertificate(lasting({.cn = "stranger"}));
    REQUIRE(store.fileRejected(parsed(plc)));
    REQUIRE(store.fileRejected(parsed(stranger)));
    REQUIRE(store.moveCertificate(parsed(plc).id(), StoreList::Rejected, StoreList::Trusted));
    Verification verification{folder / "pki"};
    CHECK(verification.verdict(plc) == "Good");
    CHECK(verification.verdict(stranger) != "Good");
}

TEST_CASE("open62541 builds chains over issuers and CRLs that a conversion has written, and refuses what they revoke") {
    const auto ca = forgeRoot("Plant CA", lasting({}));
    const auto good = forgeLeaf(ca, lasting({.cn = "plc-7"}));
    const auto stolen = forgeLeaf(ca, lasting({.cn = "stolen"}));
    const auto other = forgeRoot("Other CA", lasting({.keyIndex = 3}));
    const auto foreign = forgeLeaf(other, lasting({.cn = "foreign"}));
    const TempFolder folder;
    writeFile(folder / "pkiserver/trusted/certs/plant.pem", std::string_view{ca.pem()});
    writeFile(folder / "pkiserver/trusted/crl/plant.crl", forgeCrl(listOf(ca, {revoked(stolen)})));
    writeFile(folder / "pkiserver/issuers/certs/other.der", other.der);
    writeFile(folder / "pkiserver/issuers/crl/other.crl", forgeCrl(listOf(other)));
    auto conversion = valueOf(
        LayoutConversion::plan(folder / "pkiserver", folder / "pki",
                               {.from = &layoutPreset(LayoutId::UnifiedAutomation), .to = &layoutPreset(LayoutId::Open62541Folders)}));
    REQUIRE(conversion.carryOut());
    REQUIRE(conversion.complete());
    Verification verification{folder / "pki"};
    CHECK(verification.verdict(good) == "Good");
    CHECK(verification.verdict(stolen) == "BadCertificateRevoked");
    CHECK(verification.verdict(foreign) != "Good");
}

TEST_CASE("open62541 takes the own pair that was saved under its names, encrypted as well") {
    const TempFolder folder;
    const auto own = forgeCertificate(lasting({.cn = "gateway"}));
    for (const std::string passphrase : {"", "secret"}) {
        CAPTURE(passphrase);
        auto options = asOpen62541(LayoutId::Open62541);
        if (!passphrase.empty()) {
            options.keyPassphrase = [&]() -> Result<SecretBytes> { return SecretBytes{Bytes{passphrase.begin(), passphrase.end()}}; };
        }
        DirectoryStore store{folder / ("own" + passphrase), options};
        REQUIRE(store.saveOwn({parsed(own)}, privateKeyOf(own.key)));
        const auto name = "gateway[" + parsed(own).thumbprint().text() + "]";
        const auto certificate = readFile(store.root() / "own/certs" / (name + ".der"));
        const auto key = readFile(store.root() / "own/private" / (name + ".key"));
        UA_ByteString plain{};
        REQUIRE(UA_PKI_decryptPrivateKey(view(asBytes(key)), view(asBytes(passphrase)), &plain) == UA_STATUSCODE_GOOD);
        UA_SecurityPolicy policy{};
        CHECK(UA_SecurityPolicy_Basic256Sha256(&policy, view(asBytes(certificate)), plain, UA_Log_Stdout) == UA_STATUSCODE_GOOD);
        policy.clear(&policy);
        UA_ByteString_clear(&plain);
    }
}

TEST_CASE("The pair that open62541 makes is read from its folder, and belongs together") {
    const auto text = [](std::string_view words) { return view(asBytes(words)); };
    const UA_String subject[] = {text("C=DE"), text("O=Test"), text("CN=open62541")};
    const UA_String names[] = {text("DNS:localhost"), text("URI:urn:test:open62541")};
    for (const auto format : {UA_CERTIFICATEFORMAT_DER, UA_CERTIFICATEFORMAT_PEM}) {
        UA_UInt16 bits = 2048;
        UA_KeyValueMap* parameters = UA_KeyValueMap_new();
        UA_KeyValueMap_setScalar(parameters, UA_QUALIFIEDNAME(0, const_cast<char*>("key-size-bits")), &bits, &UA_TYPES[UA_TYPES_UINT16]);
        UA_ByteString key{};
        UA_ByteString certificate{};
        REQUIRE(UA_CreateCertificate(UA_Log_Stdout, subject, 3, names, 2, format, parameters, &key, &certificate) == UA_STATUSCODE_GOOD);
        UA_KeyValueMap_delete(parameters);
        const TempFolder folder;
        DirectoryStore store{folder / "ApplCerts", asOpen62541(LayoutId::Open62541)};
        REQUIRE(store.create());
        writeFile(store.root() / "own/certs/server.der", ByteView{certificate.data, certificate.length});
        writeFile(store.root() / "own/private/server.key", ByteView{key.data, key.length});
        fs::permissions(store.root() / "own/private/server.key", fs::perms::owner_read | fs::perms::owner_write);
        UA_ByteString_clear(&key);
        UA_ByteString_clear(&certificate);
        const auto own = valueOf(store.loadOwn());
        CHECK(own.problems.empty());
        REQUIRE(own.chains.size() == 1);
        REQUIRE(own.keys.size() == 1);
        CHECK(own.chains[0].chain.front().publicKey() == own.keys[0].key.publicKey());
        CHECK(own.chains[0].chain.front().subject().commonName() == "open62541");
    }
}
