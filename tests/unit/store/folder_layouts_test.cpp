#include <uatrust/store/folder_layouts.hpp>

#include <set>

#include <uatrust/crypto/digest.hpp>
#include <uatrust/x509/pem.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace fs = std::filesystem;

// Trees as the products make them, recognised, opened in place and changed.
namespace {

const Certificate& trusted() {
    static const auto made = device("trusted plc");
    return made;
}
const Certificate& refused() {
    static const auto made = device("refused plc");
    return made;
}
const Certificate& newcomer() {
    static const auto made = device("v1.2 newcomer");
    return made;
}

std::string upper(const Certificate& certificate) { return certificate.thumbprint().text(); }
std::string lower(const Certificate& certificate) { return toHex(certificate.thumbprint().sha1); }

void folders(const fs::path& root, std::initializer_list<const char*> below) {
    for (const auto* folder : below) fs::create_directories(root / folder);
}

LayoutSearch found(const fs::path& root) { return valueOf(detectLayouts(root)); }

const LayoutMatch& best(const LayoutSearch& search) {
    REQUIRE(!search.matches.empty());
    return search.matches.front();
}

// Product is a tree, and where what is done to it has to end.
struct Product {
    LayoutId id;
    std::string root;  ///< the folder of the group, below what is searched
    LayoutGroup group;
    std::vector<std::string> tree;     ///< folders that the product makes
    std::string refusedFile;           ///< where the product has put refused()
    std::string trustedFile;           ///< where that has to lie once it is trusted
    std::string newcomerFile;          ///< where newcomer() has to be filed as rejected
    std::string addedFile;             ///< where newcomer() has to lie when it is added to the trusted list
    std::string crlFile;               ///< where a CRL of the trusted list has to lie; empty: there is none
    std::vector<std::string> marks{};  ///< other files that the product makes
    bool pem = false;
};

std::string crlUpper() { return plantCrl().thumbprint().text(); }
std::string crlLower() { return toHex(plantCrl().thumbprint().sha1); }

// SHA-1 of the signature: the last element of a certificate, a BIT STRING. An ECDSA signature and its header take less than 128
// octets, so that the length is one octet.
std::string signatureHash(const Certificate& certificate) {
    const auto der = certificate.der();
    for (std::size_t content = 60; content < 80; ++content) {
        const auto at = der.size() - content - 2;
        if (der[at] == 0x03 && der[at + 1] == content && der[at + 2] == 0x00 && der[at + 3] == 0x30)
            return toHex(sha1(der.subspan(at + 3)));
    }
    throw std::runtime_error{"no signature found"};
}

std::vector<Product> products() {
    const auto annex = [](const Certificate& c) { return certificateFileName(c); };
    const auto bare = [](const Certificate& c) { return c.subject().commonName() + "[" + upper(c) + "]"; };
    const auto pem = [](const Certificate& c) { return c.subject().commonName() + "[" + lower(c) + "].pem"; };
    const std::vector<std::string> annexTree{"own/certs",    "own/private", "trusted/certs", "trusted/crl",
                                             "issuer/certs", "issuer/crl",  "rejected/certs"};
    auto netTree = annexTree;
    for (const auto* group : {"User", "Https"}) {
        for (const auto* list : {"trusted", "issuer"}) {
            for (const auto* folder : {"/certs", "/crl"}) netTree.push_back(std::string{list} + group + folder);
        }
    }
    const std::vector<std::string> lists{"trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl", "rejected"};
    auto withOwn = lists;
    withOwn.insert(withOwn.end(), {"own/certs", "own/private"});
    const std::vector<std::string> miloTree{"trusted/certs", "trusted/crl", "issuer/certs", "issuer/crl", "rejected/certs"};
    const auto annexCrl = "Plant CA [" + crlUpper() + "].crl";

    const auto row = [&](LayoutId id, std::string root, LayoutGroup group, std::vector<std::string> tree, const std::string& trustedFolder,
                         const std::string& rejectedFolder, auto name, const std::string& crlFile) {
        return Product{.id = id,
                       .root = std::move(root),
                       .group = group,
                       .tree = std::move(tree),
                       .refusedFile = rejectedFolder + "/" + name(refused()),
                       .trustedFile = trustedFolder + "/" + name(refused()),
                       .newcomerFile = rejectedFolder + "/" + name(newcomer()),
                       .addedFile = trustedFolder + "/" + name(newcomer()),
                       .crlFile = crlFile};
    };
    std::vector<Product> all{
        row(LayoutId::Part12, "", LayoutGroup::Unknown, annexTree, "trusted/certs", "rejected/certs", annex, "trusted/crl/" + annexCrl),
        row(LayoutId::UaNetStandard, "", LayoutGroup::Applications, netTree, "trusted/certs", "rejected/certs", annex,
            "trusted/crl/" + annexCrl),
        row(LayoutId::UnifiedAutomation, "pkiserver", LayoutGroup::Clients, withOwn, "trusted/certs", "rejected", annex,
            "trusted/crl/" + annexCrl),
        row(LayoutId::UnifiedAutomation, "pkiclient", LayoutGroup::Servers, withOwn, "trusted/certs", "rejected", annex,
            "trusted/crl/" + annexCrl),
        row(LayoutId::UnifiedAutomation, "pkiuser", LayoutGroup::Users, lists, "trusted/certs", "rejected", annex,
            "trusted/crl/" + annexCrl),
        row(LayoutId::UnifiedAutomationFlat, "PKI/CA", LayoutGroup::Unknown, {"certs", "crl", "private", "rejected"}, "certs", "rejected",
            annex, "crl/" + annexCrl),
        row(LayoutId::TwinCatServer, "PKI/CA", LayoutGroup::Clients, {"trusted/certs", "rejected/certs", "own/certs", "own/private"},
            "trusted/certs", "rejected/certs", annex, "trusted/crl/" + annexCrl),
        row(LayoutId::Open62541, "ApplCerts", LayoutGroup::Applications, annexTree, "trusted/certs", "rejected/certs", bare,
            "trusted/crl/Plant CA[" + crlUpper() + "]"),
        row(LayoutId::Open62541, "UserTokenCerts", LayoutGroup::Users, annexTree, "trusted/certs", "rejected/certs", bare,
            "trusted/crl/Plant CA[" + crlUpper() + "]"),
        row(LayoutId::NodeOpcua, "PKI", LayoutGroup::Applications, withOwn, "trusted/certs", "rejected", pem,
            "trusted/crl/crl_Plant CA[" + crlLower() + "].pem"),
        row(
            LayoutId::Milo, "security", LayoutGroup::Unknown, miloTree, "trusted/certs", "rejected/certs",
            [](const Certificate& c) { return signatureHash(c) + ".der"; }, "trusted/crl/" + crlLower() + ".crl"),
        row(LayoutId::S2Opc, "", LayoutGroup::Unknown, lists, "trusted/certs", "rejected", annex, "trusted/crl/" + annexCrl),
        row(LayoutId::S2OpcUpdated, "", LayoutGroup::Unknown,
            {"trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl", "rejected", "updatedTrustList/trusted/certs",
             "updatedTrustList/trusted/crl", "updatedTrustList/issuers/certs", "updatedTrustList/issuers/crl"},
            "updatedTrustList/trusted/certs", "rejected", annex, "updatedTrustList/trusted/crl/" + annexCrl),
        row(LayoutId::AsyncOpcua, "pki", LayoutGroup::Applications, {"own", "private", "trusted", "rejected"}, "trusted", "rejected", annex,
            ""),
        row(LayoutId::FactoryTalkOptix, "PKI", LayoutGroup::Unknown,
            {"Own/Certs", "Trusted/Certs", "Trusted/Crl", "Issuers/Certs", "Issuers/Crl", "Rejected"}, "Trusted/Certs", "Rejected", annex,
            "Trusted/Crl/" + annexCrl),
        row(LayoutId::Asneg, "pki", LayoutGroup::Unknown, {"trusted/certs", "reject/certs"}, "trusted/certs", "reject/certs", annex, ""),
    };
    for (auto& product : all) {
        if (product.id == LayoutId::NodeOpcua) {
            product.pem = true;
            product.marks = {"own/openssl.cnf", "own/private/private_key.pem"};
        }
        if (product.id == LayoutId::AsyncOpcua) product.marks = {"own/cert.der", "private/private.pem"};
        if (product.id == LayoutId::Milo) {
            product.trustedFile = "trusted/certs/" + lower(refused()) + ".der";
            product.addedFile = "trusted/certs/" + lower(newcomer()) + ".der";
        }
    }
    return all;
}

void put(const fs::path& file, const Certificate& certificate, bool pem) {
    if (pem) {
        writeFile(file, std::string_view{encodePem("CERTIFICATE", certificate.der())});
    } else {
        drop(file, certificate);
    }
}

void make(const fs::path& group, const Product& product) {
    for (const auto& folder : product.tree) fs::create_directories(group / folder);
    for (const auto& mark : product.marks) writeFile(group / mark, std::string_view{"x"});
    put(group / product.refusedFile, refused(), product.pem);
}

bool isCertificateFile(const fs::path& file, const Certificate& certificate, bool pem) {
    if (!fs::is_regular_file(file)) return false;
    const auto text = readFile(file);
    return pem ? text == encodePem("CERTIFICATE", certificate.der()) : equalBytes(asBytes(text), certificate.der());
}

}  // namespace

TEST_CASE("Every layout has one preset, with a key, a name and a folder for the trusted certificates") {
    std::set<std::string_view> keys;
    for (const auto& preset : layoutPresets()) {
        CAPTURE(preset.key);
        CHECK(&layoutPreset(preset.id) == &preset);
        CHECK(keys.insert(preset.key).second);
        CHECK_FALSE(preset.name.empty());
        CHECK_FALSE(preset.products.empty());
        CHECK_FALSE(preset.layout.trustedCertificates.empty());
        CHECK_FALSE(preset.layout.rejected.empty());
    }
    CHECK(layoutPreset(LayoutId::AsyncOpcua).key == "async-opcua");
}

TEST_CASE("The tree of every product is recognised, opened in place and changed where and as the product expects it") {
    for (const auto& product : products()) {
        const TempFolder folder;
        const auto root = product.root.empty() ? folder.path() : folder / product.root;
        CAPTURE(layoutPreset(product.id).key, product.root);
        make(root, product);

        const auto search = found(folder.path());
        CHECK(search.problems.empty());
        const auto& match = best(search);
        CHECK(match.preset->key == layoutPreset(product.id).key);
        CHECK(match.root == root);
        CHECK(layoutGroupName(match.group) == layoutGroupName(product.group));
        CHECK(contains(match.reason, "has " + match.preset->layout.trustedCertificates));

        DirectoryStore store{match.root, storeOptions(*match.preset)};
        REQUIRE(holds(store, StoreList::Rejected, refused()));
        CHECK(store.snapshot()->problems().empty());
        CHECK(store.moveCertificate(refused().id(), StoreList::Rejected, StoreList::Trusted));
        CHECK(isCertificateFile(root / product.trustedFile, refused(), product.pem));
        CHECK_FALSE(fs::exists(root / product.refusedFile));

        CHECK(valueOf(store.fileRejected(newcomer())));
        CHECK(isCertificateFile(root / product.newcomerFile, newcomer(), product.pem));
        CHECK(store.addCertificate(StoreList::Trusted, newcomer()));
        CHECK(isCertificateFile(root / product.addedFile, newcomer(), product.pem));
        CHECK(holds(store, StoreList::Trusted, newcomer()));
        // To some products the rejected list is more than a record.
        CHECK(fs::exists(root / product.newcomerFile) == !match.preset->rejectedDenies);

        const auto added = store.addCrl(StoreList::Trusted, plantCrl());
        if (product.crlFile.empty()) {
            CHECK(added.status() == StatusCode::BadNotSupported);
        } else {
            CHECK(added);
            const auto text = readFile(root / product.crlFile);
            CHECK((product.pem ? text == encodePem("X509 CRL", plantCrl().der()) : equalBytes(asBytes(text), plantCrl().der())));
        }
        CHECK(holds(store, StoreList::Trusted, refused()));
        // What was written does not make the folder look like another product's.
        CHECK(best(found(folder.path())).preset->key == match.preset->key);
    }
}

TEST_CASE("Folders beside each other are found one level down, each with its group") {
    const TempFolder folder;
    for (const auto* side : {"pkiserver", "pkiclient", "pkiuser"}) {
        folders(folder / side, {"trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl", "rejected"});
    }
    folders(folder.path(), {"logs/old"});
    std::vector<std::string> groups;
    for (const auto& match : found(folder.path()).matches) {
        if (match.preset->id != LayoutId::UnifiedAutomation) continue;
        groups.push_back(match.root.filename().string() + "=" + std::string{layoutGroupName(match.group)});
    }
    CHECK(groups == std::vector<std::string>{"pkiclient=servers", "pkiserver=clients", "pkiuser=users"});
}

TEST_CASE("The groups of UA-.NETStandard in one folder are told apart, and each is opened where it is") {
    const TempFolder folder;
    folders(folder.path(), {"own/certs", "own/private", "trusted/certs", "issuer/certs", "rejected/certs", "trustedUser/certs",
                            "trustedUser/crl", "issuerUser/certs", "issuerUser/crl"});
    std::set<std::string_view> keys;
    for (const auto& match : found(folder.path()).matches) keys.insert(match.preset->key);
    CHECK(keys.contains("ua-netstandard"));
    CHECK(keys.contains("ua-netstandard-users"));
    CHECK_FALSE(keys.contains("ua-netstandard-https"));
    DirectoryStore users{folder.path(), storeOptions(layoutPreset(LayoutId::UaNetStandardUsers))};
    CHECK(users.addCertificate(StoreList::Trusted, trusted()));
    CHECK(fs::exists(folder / "trustedUser/certs" / certificateFileName(trusted())));
    CHECK(valueOf(users.loadOwn()).chains.empty());
}

TEST_CASE("Eclipse Milo 0.6 is recognised when its folder says so, and any name in it is read") {
    const TempFolder folder;
    folders(folder.path(), {"trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl", "rejected"});
    const auto name = signatureHash(refused()) + " [CN%3Drefused+plc].der";
    drop(folder / "rejected" / name, refused());
    CHECK(best(found(folder.path())).preset->id == LayoutId::Milo06);
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::Milo06))};
    CHECK(store.moveCertificate(refused().id(), StoreList::Rejected, StoreList::Trusted));
    CHECK(namesIn(folder / "trusted/certs") == std::vector<std::string>{name});
}

TEST_CASE("A store of this library in its default layout is recognised") {
    const TempFolder folder;
    CHECK(DirectoryStore{folder / "mine"}.create());
    const auto search = found(folder / "mine");
    CHECK(best(search).preset->id == LayoutId::UnifiedAutomation);
    CHECK(contains(best(search).reason, "issuers/crl"));
}

TEST_CASE("The reason names what is there and what is missing or spelled otherwise") {
    const TempFolder folder;
    folders(folder.path(), {"trusted/certs", "issuer/crl", "rejected"});
    const auto search = found(folder.path());
    for (const auto& match : search.matches) {
        if (match.preset->id != LayoutId::Part12) continue;
        CHECK(contains(match.reason, "has trusted/certs, issuer/crl"));
        CHECK(contains(match.reason, "has no trusted/crl, issuer/certs, rejected/certs"));
        CHECK(contains(match.reason, "but rejected is there where rejected/certs is usual"));
    }
    for (const auto& match : search.matches) CHECK(match.preset->id != LayoutId::AsyncOpcua);
    REQUIRE(!search.matches.empty());
}

TEST_CASE("Looked and found none is something else than could not look") {
    const TempFolder folder;
    folders(folder.path(), {"docs", "trusted"});
    CHECK(found(folder.path()).matches.empty());
    CHECK(found(folder.path()).problems.empty());
    CHECK(detectLayouts(folder / "nowhere").status() == StatusCode::BadNotFound);
    writeFile(folder / "file", std::string_view{"x"});
    CHECK_FALSE(detectLayouts(folder / "file"));
}

#ifndef _WIN32
TEST_CASE("Links are not followed, and are told") {
    const TempFolder elsewhere;
    folders(elsewhere.path(), {"pki/trusted/certs", "pki/trusted/crl", "pki/issuers/certs", "pki/rejected"});
    const TempFolder folder;
    fs::create_directory_symlink(elsewhere / "pki", folder / "pkiserver");
    folders(folder / "mine", {"issuers/certs"});
    fs::create_directory_symlink(elsewhere / "pki/trusted", folder / "mine/trusted");
    const auto search = found(folder.path());
    CHECK(search.matches.empty());
    CHECK(contains(problemIn(search.problems, "/pkiserver").message, "is a link"));
    CHECK(contains(problemIn(search.problems, "/mine/trusted").message, "is a link"));
    // Who names the link means what it leads to.
    CHECK(best(found(folder / "pkiserver")).preset->id == LayoutId::UnifiedAutomation);
}
#endif

TEST_CASE("Of very many folders the first are looked at, and that there are more is a problem") {
    const TempFolder folder;
    for (int i = 0; i < 70; ++i) fs::create_directory(folder / ("d" + std::to_string(i)));
    CHECK(contains(found(folder.path()).problems.at(0).message, "more than 64 folders"));
}

TEST_CASE("Looking changes nothing") {
    const TempFolder folder;
    folders(folder.path(), {"trusted/certs", "rejected"});
    (void)found(folder.path());
    CHECK(namesIn(folder.path()) == std::vector<std::string>{"rejected", "trusted"});
    CHECK(namesIn(folder / "trusted") == std::vector<std::string>{"certs"});
}

TEST_CASE("With readVariants issuers, CRLs and rejected ones count in folders of other usual names, the trusted ones do not") {
    const TempFolder folder;
    const auto root = parsed(plantCa());
    drop(folder / "issuer/ca.der", root);
    writeFile(folder / "issuer/crls/ca.crl", plantCrl().der());
    drop(folder / "rejected/a.der", refused());
    drop(folder / "trusted/stray.der", trusted());
    DirectoryStore tolerant{folder.path(), storeOptions(layoutPreset(LayoutId::UnifiedAutomation))};
    CHECK(holds(tolerant, StoreList::Issuers, root));
    CHECK(tolerant.snapshot()->crls(StoreList::Issuers).size() == 1);
    CHECK(tolerant.snapshot()->allCrlsRead());
    CHECK_FALSE(holds(tolerant, StoreList::Trusted, trusted()));
    CHECK(tolerant.removeCertificate(StoreList::Issuers, root.id()));
    CHECK_FALSE(fs::exists(folder / "issuer/ca.der"));

    DirectoryStore annex{folder.path(), storeOptions(layoutPreset(LayoutId::Part12))};
    CHECK(holds(annex, StoreList::Rejected, refused()));
    CHECK_FALSE(holds(annex, StoreList::Trusted, trusted()));
    drop(folder / "issuer/ca.der", root);
    CHECK_FALSE(holds(*std::make_unique<DirectoryStore>(folder.path()), StoreList::Issuers, root));
}

TEST_CASE("A list without a folder is empty, and writing to it says that the product has none") {
    const TempFolder folder;
    folders(folder.path(), {"own", "private", "trusted", "rejected"});
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::AsyncOpcua))};
    const auto added = store.addCertificate(StoreList::Issuers, parsed(plantCa()));
    CHECK(added.status() == StatusCode::BadNotSupported);
    CHECK(contains(added.error().message, "no folder for certificates of the issuers list"));
    CHECK(store.addCertificate(StoreList::Trusted, trusted()));
    CHECK(store.moveCertificate(trusted().id(), StoreList::Trusted, StoreList::Issuers).status() == StatusCode::BadNotSupported);
    CHECK(holds(store, StoreList::Trusted, trusted()));
    CHECK(store.snapshot()->certificates(StoreList::Issuers).empty());
    CHECK(store.snapshot()->allCrlsRead());
    CHECK(namesIn(folder.path()) == std::vector<std::string>{".uatrust.lock", "own", "private", "rejected", "trusted"});
}

TEST_CASE("A layout without folders for the own certificate has none and takes none") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::S2Opc))};
    CHECK(store.create());
    CHECK(namesIn(folder.path()) == std::vector<std::string>{"issuers", "rejected", "trusted"});
    const auto own = forgeCertificate({.keyName = "p256"});
    CHECK(store.saveOwn({parsed(own)}, privateKeyOf(own.key)).status() == StatusCode::BadNotSupported);
    CHECK(valueOf(store.loadOwn()).keys.empty());
}

TEST_CASE("The own certificate of node-opcua and async-opcua is read where they keep it") {
    const auto own = forgeCertificate({.keyName = "p256"});
    struct Row {
        LayoutId id;
        std::string certificate;
        std::string key;
    };
    for (const auto& row : {Row{LayoutId::NodeOpcua, "own/certs/certificate.pem", "own/private/private_key.pem"},
                            Row{LayoutId::AsyncOpcua, "own/cert.der", "private/private.pem"}}) {
        const TempFolder folder;
        writeFile(folder / row.certificate, own.der);
        writeFile(folder / row.key, std::string_view{own.key.pem()});
        DirectoryStore store{folder.path(), storeOptions(layoutPreset(row.id))};
        const auto loaded = valueOf(store.loadOwn());
        REQUIRE(loaded.chains.size() == 1);
        CHECK(loaded.chains[0].preferred);
        CHECK(loaded.keys.size() == 1);
    }
}

TEST_CASE("In every naming the records that a store has filed make room, and no name leads out of the folder") {
    for (const auto naming : {FileNaming::CommonNameThumbprint, FileNaming::WithoutEnding, FileNaming::LowerCasePem,
                              FileNaming::LowerCaseThumbprint, FileNaming::ExactCommonName}) {
        CAPTURE(static_cast<int>(naming));
        const TempFolder folder;
        DirectoryStore store{folder.path(), {.maxRejected = 3, .naming = naming}};
        for (const auto* name : {"../../x", "a/b", "..\\x", ".profile", "CON", "v1.2", ""}) {
            CHECK(valueOf(store.fileRejected(device(name))));
            CHECK(holds(store, StoreList::Rejected, device(name)));
        }
        CHECK(namesIn(folder / "rejected").size() == 3);
        CHECK(namesIn(folder.path()) == std::vector<std::string>{".uatrust.lock", "issuers", "own", "rejected", "trusted"});
    }
}

TEST_CASE("async-opcua finds a name exactly: nothing but a slash is taken out of it") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::AsyncOpcua))};
    for (const auto* name : {"a/b [x] #1", "S\xC3\xBC\x64; 50%"}) CHECK(store.addCertificate(StoreList::Trusted, device(name)));
    const auto nameless = parsed(forgeCertificate({.cn = "", .keyName = "p256"}));
    CHECK(store.addCertificate(StoreList::Trusted, nameless));
    CHECK(fs::exists(folder / "trusted" / ("ab [x] #1 [" + upper(device("a/b [x] #1")) + "].der")));
#ifndef _WIN32  // where a path of char is not UTF-8
    CHECK(fs::exists(folder / "trusted" / fs::path{"S\xC3\xBC\x64; 50% [" + upper(device("S\xC3\xBC\x64; 50%")) + "].der"}));
#endif
    CHECK(fs::exists(folder / "trusted" / (upper(nameless) + ".der")));
}

TEST_CASE("A name without an ending that is taken gets its number behind the thumbprint") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), storeOptions(layoutPreset(LayoutId::Open62541))};
    const auto name = "v1.2 newcomer[" + upper(newcomer()) + "]";
    writeFile(folder / "trusted/certs" / name, std::string_view{"something else"});
    CHECK(store.addCertificate(StoreList::Trusted, newcomer()));
    CHECK(namesIn(folder / "trusted/certs") == std::vector<std::string>{name, name + " (2)"});
}
