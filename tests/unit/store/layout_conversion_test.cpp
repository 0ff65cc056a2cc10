#include <uatrust/store/layout_conversion.hpp>

#include <uatrust/x509/pem.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

namespace {

using Tree = std::map<std::string, std::string>;

Tree treeOf(const fs::path& folder) {
    Tree tree;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        tree[fs::relative(entry.path(), folder).generic_string()] = entry.is_regular_file() ? readFile(entry.path()) : "folder";
    }
    return tree;
}

std::string upper(const Certificate& certificate) { return certificate.thumbprint().text(); }
std::string lower(const Certificate& certificate) { return toHex(certificate.thumbprint().sha1); }

void putKey(const fs::path& file, std::string_view content) {
    writeFile(file, content);
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    fs::permissions(file.parent_path(), fs::perms::owner_all);
}

// A gateway's folder with something of everything; an operator has named some of the files.
struct Gateway {
    TempFolder folder{};
    fs::path pki = folder / "pkiserver";
    fs::path to = folder / "to";
    ForgedCert own = forgeCertificate({.cn = "gateway", .keyName = "p256", .keyIndex = 5});

    Gateway() {
        for (const auto* name : {"trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl", "rejected", "own/certs"}) {
            fs::create_directories(pki / name);
        }
        drop(pki / "trusted/certs/line 4.der", device("plc-7"));
        drop(pki / "trusted/certs" / certificateFileName(device("plc-8")), device("plc-8"));
        writeFile(pki / "issuers/certs/plant.pem", std::string_view{plantCa().pem()});
        writeFile(pki / "issuers/crl/plant.crl", plantCrl().der());
        drop(pki / "rejected" / certificateFileName(device("stranger")), device("stranger"));
        drop(pki / "own/certs/uagateway.der", parsed(own));
        putKey(pki / "own/private/uagateway.pem", own.key.pem());
    }

    [[nodiscard]] LayoutConversion plan(LayoutId id, PassphraseSource passphrase = {}) const {
        return valueOf(LayoutConversion::plan(
            pki, to,
            {.from = &layoutPreset(LayoutId::UnifiedAutomation), .to = &layoutPreset(id), .keyPassphrase = std::move(passphrase)}));
    }
};

const ConversionItem& itemWith(const LayoutConversion& conversion, std::string_view sourceEnding) {
    for (const auto& item : conversion.items()) {
        if (std::string_view{item.source}.ends_with(sourceEnding)) return item;
    }
    throw std::runtime_error{"no item of " + std::string{sourceEnding}};
}

std::vector<std::string> targetsOf(const LayoutConversion& conversion) {
    std::vector<std::string> targets;
    for (const auto& item : conversion.items()) {
        if (!item.target.empty()) targets.push_back(item.target);
    }
    return targets;
}

}  // namespace

TEST_CASE("A folder of a gateway becomes one of open62541 and of node-opcua, with the operator's names and the products' own") {
    const Gateway gateway;
    const auto source = treeOf(gateway.pki);
    struct Row {
        LayoutId id;
        std::vector<std::string> files;
    };
    const auto own = parsed(gateway.own);
    const Row rows[] = {
        {LayoutId::Open62541,
         {"issuer/crl/plant.crl", "issuer/certs/plant.pem", "trusted/certs/line 4.der",
          "trusted/certs/plc-8[" + upper(device("plc-8")) + "]", "rejected/certs/stranger[" + upper(device("stranger")) + "]",
          "own/private/gateway[" + upper(own) + "].key", "own/certs/gateway[" + upper(own) + "].der"}},
        {LayoutId::NodeOpcua,
         {"issuers/crl/plant.crl", "issuers/certs/plant.pem", "trusted/certs/line 4.der",
          "trusted/certs/plc-8[" + lower(device("plc-8")) + "].pem", "rejected/stranger[" + lower(device("stranger")) + "].pem",
          "own/private/private_key.pem", "own/certs/certificate.pem"}},
    };
    for (const auto& row : rows) {
        CAPTURE(layoutPreset(row.id).key);
        fs::remove_all(gateway.to);
        auto conversion = gateway.plan(row.id);
        CHECK_FALSE(fs::exists(gateway.to));
        auto targets = targetsOf(conversion);
        auto expected = row.files;
        CHECK(targets.front() == expected.front());
        std::sort(targets.begin(), targets.end());
        std::sort(expected.begin(), expected.end());
        CHECK(targets == expected);
        CHECK(conversion.complete());
        CHECK(conversion.carryOut());
        CHECK(conversion.complete());
        CHECK(treeOf(gateway.pki) == source);

        DirectoryStore store{gateway.to, storeOptions(layoutPreset(row.id))};
        for (const auto* name : {"plc-7", "plc-8"}) CHECK(holds(store, StoreList::Trusted, device(name)));
        CHECK(holds(store, StoreList::Issuers, parsed(plantCa())));
        CHECK(holds(store, StoreList::Rejected, device("stranger")));
        CHECK(store.snapshot()->crls(StoreList::Issuers).size() == 1);
        CHECK(store.snapshot()->problems().empty());
        const auto material = valueOf(store.loadOwn());
        REQUIRE(material.chains.size() == 1);
        CHECK(material.chains[0].preferred);
        CHECK(material.chains[0].chain.front() == own);
        REQUIRE(material.keys.size() == 1);
        CHECK(material.keys[0].key.publicKey() == own.publicKey());
        CHECK(material.problems.empty());
#ifndef _WIN32
        const auto key = fs::path{material.keys[0].source};
        CHECK((fs::status(key).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
        CHECK((fs::status(key.parent_path()).permissions() & fs::perms::all) == fs::perms::owner_all);
#endif
        CHECK(valueOf(detectLayouts(gateway.to)).matches.at(0).preset->id ==
              (row.id == LayoutId::Open62541 ? LayoutId::Open62541 : LayoutId::NodeOpcua));

        // Once more: nothing is left to do.
        const auto before = treeOf(gateway.to);
        auto again = gateway.plan(row.id);
        for (const auto& item : again.items()) CHECK(item.outcome == ConversionOutcome::AlreadyThere);
        CHECK(again.items().size() == row.files.size());
        CHECK(again.carryOut());
        CHECK(treeOf(gateway.to) == before);
    }
}

TEST_CASE("Where a product finds files by name or ending, an operator's name is kept only if the product takes it") {
    const Gateway gateway;
    drop(gateway.pki / "trusted/certs/line 5.cer", device("plc-5"));
    auto net = gateway.plan(LayoutId::UaNetStandard);
    CHECK(itemWith(net, "line 4.der").target == "trusted/certs/line 4.der");
    CHECK(itemWith(net, "line 5.cer").target == "trusted/certs/" + certificateFileName(device("plc-5")));
    auto milo = gateway.plan(LayoutId::Milo);
    CHECK(itemWith(milo, "line 4.der").target == "trusted/certs/" + lower(device("plc-7")) + ".der");
    CHECK(itemWith(milo, "plant.pem").target == "issuer/certs/" + lower(parsed(plantCa())) + ".der");
}

TEST_CASE("What has no place in the target is named, and the rest is copied") {
    const Gateway gateway;
    auto conversion = gateway.plan(LayoutId::AsyncOpcua);
    CHECK_FALSE(conversion.complete());
    CHECK(itemWith(conversion, "plant.crl").outcome == ConversionOutcome::LeftOut);
    CHECK(contains(itemWith(conversion, "plant.pem").reason, "async-opcua has no folder for certificates of the issuers list"));
    CHECK(conversion.carryOut());
    CHECK(namesIn(gateway.to / "trusted").size() == 2);
    CHECK(fs::exists(gateway.to / "own/cert.der"));
    CHECK(fs::exists(gateway.to / "private/private.pem"));

    const auto milo = gateway.plan(LayoutId::Milo);
    CHECK(contains(itemWith(milo, "uagateway.pem").reason, "PKCS#12"));
}

TEST_CASE("Nothing in the target is replaced") {
    const Gateway gateway;
    const auto other = forgeCertificate({.cn = "other", .keyName = "p256", .keyIndex = 6});
    drop(gateway.to / "own/certs/certificate.pem", parsed(other));
    putKey(gateway.to / "own/private/private_key.pem", other.key.pem());
    drop(gateway.to / "trusted/certs/line 4.der", device("another plc"));
    const auto before = treeOf(gateway.to);
    auto conversion = gateway.plan(LayoutId::NodeOpcua);
    CHECK(contains(itemWith(conversion, "uagateway.der").reason, "not replaced"));
    CHECK(itemWith(conversion, "uagateway.pem").outcome == ConversionOutcome::LeftOut);
    CHECK(itemWith(conversion, "line 4.der").target == "trusted/certs/line 4 (2).der");
    CHECK(conversion.carryOut());
    const auto after = treeOf(gateway.to);
    for (const auto& [name, content] : before) CHECK(after.at(name) == content);
}

TEST_CASE("A file that comes between the plan and its execution is not replaced, and without a CRL nobody becomes trusted") {
    const Gateway gateway;
    auto conversion = gateway.plan(LayoutId::NodeOpcua);
    writeFile(gateway.to / "issuers/crl/plant.crl", std::string_view{"somebody's"});
    const auto done = conversion.carryOut();
    CHECK(done.status() == StatusCode::BadInvalidState);
    CHECK(itemWith(conversion, "plant.crl").outcome == ConversionOutcome::Failed);
    CHECK(itemWith(conversion, "line 4.der").outcome == ConversionOutcome::Failed);
    CHECK_FALSE(itemWith(conversion, "line 4.der").reason.empty());
    CHECK(readFile(gateway.to / "issuers/crl/plant.crl") == "somebody's");
    CHECK(namesIn(gateway.to / "trusted/certs").empty());
    CHECK_FALSE(conversion.complete());
}

TEST_CASE("Trusted and rejected at once: a product that refuses it then gets the trusted one, and what it refused stays refused") {
    const Gateway gateway;
    drop(gateway.pki / "rejected/old.der", device("plc-7"));
    auto conversion = gateway.plan(LayoutId::NodeOpcua);
    CHECK(itemWith(conversion, "line 4.der").outcome == ConversionOutcome::Copy);
    CHECK(contains(itemWith(conversion, "rejected/old.der").reason, "It is trusted"));

    const TempFolder node;
    drop(node / "pki/trusted/certs/a.der", device("a"));
    drop(node / "pki/rejected/a.der", device("a"));
    auto back = valueOf(LayoutConversion::plan(node / "pki", node / "to",
                                               {.from = &layoutPreset(LayoutId::NodeOpcua), .to = &layoutPreset(LayoutId::Part12)}));
    CHECK_FALSE(back.complete());
    CHECK(contains(problemIn(back.problems(), "trusted/certs/a.der").message, "refuses it"));
    CHECK(back.carryOut());
    CHECK(namesIn(node / "to/trusted/certs").empty());
    CHECK(namesIn(node / "to/rejected/certs").size() == 1);
}

TEST_CASE("An encrypted key is opened by the passphrase and written encrypted; without one it is a problem and nothing is made up") {
    const Gateway gateway;
    putKey(gateway.pki / "own/private/uagateway.pem", gateway.own.key.pem("secret"));
    const auto without = gateway.plan(LayoutId::NodeOpcua);
    CHECK_FALSE(without.complete());
    CHECK(contains(problemIn(without.problems(), "uagateway.pem").message, "no passphrase"));

    const PassphraseSource secret = []() -> Result<SecretBytes> { return SecretBytes{Bytes{'s', 'e', 'c', 'r', 'e', 't'}}; };
    auto conversion = gateway.plan(LayoutId::NodeOpcua, secret);
    CHECK(conversion.complete());
    CHECK(conversion.carryOut());
    CHECK(contains(readFile(gateway.to / "own/private/private_key.pem"), "BEGIN ENCRYPTED PRIVATE KEY"));
    fs::remove_all(gateway.to);
    CHECK(contains(itemWith(gateway.plan(LayoutId::AsyncOpcua, secret), "uagateway.pem").reason, "no encrypted keys"));
}

TEST_CASE("Of several own pairs a product with one gets the preferred one, a product with thumbprints in the names all") {
    const Gateway gateway;
    const auto second = forgeCertificate({.cn = "gateway", .keyName = "rsa2048"});
    drop(gateway.pki / "own/certs/second.der", parsed(second));
    putKey(gateway.pki / "own/private/second.pem", second.key.pem());
    putKey(gateway.pki / "own/private/lonely.pem", forgeKey("p256", 9).pem());
    auto node = gateway.plan(LayoutId::NodeOpcua);
    std::size_t own = 0;
    for (const auto& target : targetsOf(node)) own += target.starts_with("own/") ? 1U : 0U;
    CHECK(own == 2);
    CHECK(contains(itemWith(node, "lonely.pem").reason, "no certificate"));
    own = 0;
    for (const auto& target : targetsOf(gateway.plan(LayoutId::UaNetStandard))) own += target.starts_with("own/") ? 1U : 0U;
    CHECK(own == 4);
}

TEST_CASE("A certificate without a key is copied all the same: the key may live in a device") {
    const Gateway gateway;
    fs::remove(gateway.pki / "own/private/uagateway.pem");
    auto conversion = gateway.plan(LayoutId::TwinCatServer);
    CHECK(itemWith(conversion, "uagateway.der").target == "own/certs/Beckhoff_OpcUaServer.der");
    CHECK(gateway.plan(LayoutId::UnifiedAutomation).items().back().target == "own/certs/uagateway.der");
}

TEST_CASE("A source that is not there, one folder in the other, or no presets is an error, and nothing is created") {
    const Gateway gateway;
    const auto& ua = layoutPreset(LayoutId::UnifiedAutomation);
    const ConversionOptions both{.from = &ua, .to = &ua};
    CHECK(LayoutConversion::plan(gateway.folder / "nowhere", gateway.to, both).status() == StatusCode::BadNotFound);
    CHECK(LayoutConversion::plan(gateway.pki, gateway.pki, both).status() == StatusCode::BadInvalidArgument);
    CHECK(LayoutConversion::plan(gateway.pki, gateway.pki / "new/pki", both).status() == StatusCode::BadInvalidArgument);
    CHECK(LayoutConversion::plan(gateway.pki, gateway.folder.path(), both).status() == StatusCode::BadInvalidArgument);
    CHECK(LayoutConversion::plan(gateway.pki, gateway.to, {}).status() == StatusCode::BadInvalidArgument);
    CHECK(LayoutConversion::plan(gateway.pki, gateway.folder / "pkiserver2", both).ok());
    CHECK(namesIn(gateway.folder.path()) == std::vector<std::string>{"pkiserver"});
}

TEST_CASE("open62541 1.4 has one folder of CRLs and looks at endings: a CRL of both lists is written once, and names get endings") {
    const Gateway gateway;
    writeFile(gateway.pki / "trusted/crl/plant", plantCrl().der());
    auto conversion = gateway.plan(LayoutId::Open62541Folders);
    CHECK(conversion.complete());
    CHECK(conversion.carryOut());
    CHECK(namesIn(gateway.to / "crl") == std::vector<std::string>{"Plant CA [" + plantCrl().thumbprint().text() + "].crl"});
    CHECK(namesIn(gateway.to / "issuer/certs") == std::vector<std::string>{"plant.pem"});
    const auto again = gateway.plan(LayoutId::Open62541Folders);
    for (const auto& item : again.items()) CHECK(item.outcome == ConversionOutcome::AlreadyThere);
}

TEST_CASE("What is blocked does not become trusted by a product that has no such list") {
    const Gateway gateway;
    drop(gateway.pki / "blocked/certs/stolen.der", device("plc-7"));
    auto conversion = gateway.plan(LayoutId::Open62541);
    CHECK(contains(itemWith(conversion, "line 4.der").reason, "It is blocked"));
    CHECK_FALSE(conversion.complete());
    CHECK(contains(itemWith(conversion, "stolen.der").reason, "does not know this list"));
    CHECK(conversion.carryOut());
    DirectoryStore store{gateway.to, storeOptions(layoutPreset(LayoutId::Open62541))};
    CHECK(holds(store, StoreList::Blocked, device("plc-7")));
    CHECK_FALSE(holds(store, StoreList::Trusted, device("plc-7")));
    CHECK(holds(store, StoreList::Trusted, device("plc-8")));

    fs::remove_all(gateway.pki / "blocked/certs");
    fs::remove_all(gateway.to);
    writeFile(gateway.pki / "blocked/certs", std::string_view{"not a folder"});
    CHECK(contains(itemWith(gateway.plan(LayoutId::NodeOpcua), certificateFileName(device("plc-8"))).reason, "cannot be said"));
}
