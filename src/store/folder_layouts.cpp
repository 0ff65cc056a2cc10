#include <uatrust/store/folder_layouts.hpp>

#include <algorithm>
#include <array>

namespace uatrust {
namespace {

constexpr auto kNone = "";

// With "issuer" in the singular, as Part 12 has it, and "certs" below rejected.
DirectoryLayout annexLayout() { return {.issuerCertificates = "issuer/certs", .issuerCrls = "issuer/crl", .rejected = "rejected/certs"}; }

constexpr auto kMiloOwn =
    "Eclipse Milo keeps them in a PKCS#12 file that its application names: export the pair with \"openssl pkcs12 -export\" and hand it "
    "to the application.";
constexpr auto kS2OpcOwn = "S2OPC keeps them in files that its server's configuration names: put them there, as PEM or DER.";

DirectoryLayout withoutOwn(DirectoryLayout layout, const char* elsewhere) {
    layout.ownCertificates = kNone;
    layout.ownPrivateKeys = kNone;
    layout.ownReplaced = kNone;
    layout.ownElsewhere = elsewhere;
    return layout;
}

// All groups share the rejected folder.
DirectoryLayout netLayout(const std::string& group) {
    auto layout = withoutOwn(annexLayout(), "They are those of the application: use the layout ua-netstandard.");
    layout.trustedCertificates = "trusted" + group + "/certs";
    layout.trustedCrls = "trusted" + group + "/crl";
    layout.issuerCertificates = "issuer" + group + "/certs";
    layout.issuerCrls = "issuer" + group + "/crl";
    return layout;
}

// Where the files of the own certificate are in the flat folders is not documented: only that "private" holds the keys.
DirectoryLayout flatLayout() {
    auto layout = withoutOwn({.trustedCertificates = "certs", .trustedCrls = "crl"},
                             "The product's configuration names the files: put them there (keys lie in the folder private).");
    layout.issuerCertificates = kNone;
    layout.issuerCrls = kNone;
    return layout;
}

// Documented are trusted/certs, rejected/certs and own. That issuers and CRLs are where the Unified Automation SDK has them is an
// assumption, not certain.
DirectoryLayout twinCatServerLayout() { return {.rejected = "rejected/certs"}; }

// It takes one folder of CRLs.
DirectoryLayout foldersLayout() {
    auto layout = annexLayout();
    layout.trustedCrls = "crl";
    layout.issuerCrls = "crl";
    return layout;
}

DirectoryLayout updatedLayout() {
    auto layout = withoutOwn({}, kS2OpcOwn);
    for (auto* folder : {&layout.trustedCertificates, &layout.trustedCrls, &layout.issuerCertificates, &layout.issuerCrls}) {
        *folder = "updatedTrustList/" + *folder;
    }
    return layout;
}

DirectoryLayout asyncLayout() {
    return {.ownCertificates = "own",
            .ownPrivateKeys = "private",
            .trustedCertificates = "trusted",
            .trustedCrls = kNone,
            .issuerCertificates = kNone,
            .issuerCrls = kNone};
}

constexpr auto kUnknownOwn = "The product's configuration says where they are: put them there.";

DirectoryLayout optixLayout() {
    return withoutOwn({.trustedCertificates = "Trusted/Certs",
                       .trustedCrls = "Trusted/Crl",
                       .issuerCertificates = "Issuers/Certs",
                       .issuerCrls = "Issuers/Crl",
                       .rejected = "Rejected"},
                      kUnknownOwn);
}

DirectoryLayout asnegLayout() {
    return withoutOwn({.trustedCrls = kNone, .issuerCertificates = kNone, .issuerCrls = kNone, .rejected = "reject/certs"}, kUnknownOwn);
}

using Presets = std::array<LayoutPreset, 17>;

Presets makePresets() {
    return {{
        {.id = LayoutId::Part12,
         .key = "part12",
         .name = "OPC 10000-12, Annex F.1",
         .products = "Local Discovery Server and other products that keep to the annex",
         .layout = annexLayout(),
         .ownNaming = OwnNaming::CommonNameThumbprint},
        // File names: "<common name> [<thumbprint>].der"; .der and .pem alone are looked at, CRLs are .crl in DER. Beside the own
        // certificate it takes a key as .pfx or .pem of the same name: what is written is .pem, .pfx is read.
        {.id = LayoutId::UaNetStandard,
         .key = "ua-netstandard",
         .name = "UA-.NETStandard",
         .products = "OPC Foundation UA-.NETStandard",
         .layout = annexLayout(),
         .ownNaming = OwnNaming::CommonNameThumbprint,
         .group = LayoutGroup::Applications},
        {.id = LayoutId::UaNetStandardUsers,
         .key = "ua-netstandard-users",
         .name = "UA-.NETStandard, users",
         .products = "OPC Foundation UA-.NETStandard",
         .layout = netLayout("User"),
         .group = LayoutGroup::Users},
        {.id = LayoutId::UaNetStandardHttps,
         .key = "ua-netstandard-https",
         .name = "UA-.NETStandard, HTTPS",
         .products = "OPC Foundation UA-.NETStandard",
         .layout = netLayout("Https"),
         .group = LayoutGroup::Https},
        // The rejected folder is flat. How the products name a file there is not documented; any name is read.
        {.id = LayoutId::UnifiedAutomation,
         .key = "unified-automation",
         .name = "Unified Automation",
         .products = "Unified Automation SDK and UaGateway, TwinCAT OPC UA Gateway",
         .layout = {},
         .ownNaming = OwnNaming::ConfiguredFixed},
        {.id = LayoutId::UnifiedAutomationFlat,
         .key = "unified-automation-flat",
         .name = "PKI/CA without sub-folders",
         .products = "older Unified Automation SDKs, Prosys",
         .caution = "Certificates of issuers have no folder of their own: what is in certs is trusted.",
         .layout = flatLayout()},
        {.id = LayoutId::TwinCatServer,
         .key = "twincat-server",
         .name = "TwinCAT OPC UA Server",
         .products = "TwinCAT OPC UA Server (PKI/CA)",
         .layout = twinCatServerLayout(),
         .ownNaming = OwnNaming::ConfiguredFixed,
         .ownName = "Beckhoff_OpcUaServer",
         .group = LayoutGroup::Clients},
        {.id = LayoutId::Open62541,
         .key = "open62541",
         .name = "open62541",
         .products = "open62541 with its file store (since 1.5)",
         .caution = "It reads every file in its folders, and one that is no certificate makes it refuse everybody. When it changes a list "
                    "itself, it gives all files names of its own.",
         .layout = annexLayout(),
         .naming = FileNaming::WithoutEnding,
         .ownNaming = OwnNaming::WithoutSpace},
        // The OpenSSL variant looks at .der, .pem and, for CRLs, .crl alone: names as the file store has them are passed over.
        {.id = LayoutId::Open62541Folders,
         .key = "open62541-1.4",
         .name = "open62541 1.4, CertFolders",
         .products = "open62541 up to 1.4 with UA_CertificateVerification_CertFolders()",
         .caution = "It looks at files that end in .der, .pem or .crl alone. Hand it trusted/certs, issuer/certs and crl.",
         .layout = foldersLayout(),
         .ownNaming = OwnNaming::ConfiguredFixed},
        // Names in rejected are documented; those of trusted certificates and CRLs follow its sources, any name is read.
        {.id = LayoutId::NodeOpcua,
         .key = "node-opcua",
         .name = "node-opcua",
         .products = "node-opcua, node-opcua-pki",
         .caution = "A certificate that is in rejected is refused even when it is trusted as well: move it, do not copy it.",
         .layout = {},
         .naming = FileNaming::LowerCasePem,
         .ownNaming = OwnNaming::PemPrivateKey,
         .ownName = "certificate",
         .rejectedDenies = true},
        // The application says where rejected is; rejected/certs is what the examples have. The own certificate is in a PKCS#12 file.
        {.id = LayoutId::Milo,
         .key = "milo",
         .name = "Eclipse Milo 1.x",
         .products = "Eclipse Milo since 1.0",
         .layout = withoutOwn(annexLayout(), kMiloOwn),
         .naming = FileNaming::LowerCaseThumbprint},
        {.id = LayoutId::S2Opc,
         .key = "s2opc",
         .name = "S2OPC",
         .products = "S2OPC",
         .caution = "One file that cannot be read makes it refuse to start, and it takes 50 certificates and CRLs at most.",
         .layout = withoutOwn({}, kS2OpcOwn)},
        {.id = LayoutId::S2OpcUpdated,
         .key = "s2opc-updated",
         .name = "S2OPC, lists updated at run time",
         .products = "S2OPC",
         .caution = "S2OPC reads these lists first, and those beside updatedTrustList when these cannot be read.",
         .layout = updatedLayout()},
        // It reads any name and has one of its own: "<SHA-1 of the signature> [<first part of the subject>].der". What is written
        // here is not named so, because that part is not certain for every subject.
        {.id = LayoutId::Milo06,
         .key = "milo-0.6",
         .name = "Eclipse Milo 0.6",
         .products = "Eclipse Milo 0.6",
         .layout = withoutOwn({}, kMiloOwn)},
        {.id = LayoutId::AsyncOpcua,
         .key = "async-opcua",
         .name = "async-opcua",
         .products = "async-opcua (Rust)",
         .caution =
             "It finds a certificate by the exact name of its file, has no issuers and no CRLs, and refuses what is in rejected even "
             "when it is trusted as well: move it, do not copy it.",
         .layout = asyncLayout(),
         .naming = FileNaming::ExactCommonName,
         .ownNaming = OwnNaming::Private,
         .ownName = "cert",
         .group = LayoutGroup::Applications,
         .rejectedDenies = true},
        // Where it keeps the application's own key, and the lists of clients and of users apart, is not documented.
        {.id = LayoutId::FactoryTalkOptix,
         .key = "factorytalk-optix",
         .name = "FactoryTalk Optix",
         .products = "FactoryTalk Optix (ProjectFiles/PKI, ApplicationFiles/PKI)",
         .caution = "Certificates of ProjectFiles are copied to ApplicationFiles when the application starts.",
         .layout = optixLayout()},
        // Issuers and CRLs: whether it has them is not documented.
        {.id = LayoutId::Asneg, .key = "asneg", .name = "ASNeG OpcUaStack", .products = "ASNeG OpcUaStack", .layout = asnegLayout()},
    }};
}

const Presets& presets() {
    static const Presets all = makePresets();
    return all;
}

}  // namespace

std::string_view layoutGroupName(LayoutGroup group) noexcept {
    switch (group) {
        case LayoutGroup::Applications:
            return "applications";
        case LayoutGroup::Clients:
            return "clients";
        case LayoutGroup::Servers:
            return "servers";
        case LayoutGroup::Users:
            return "users";
        case LayoutGroup::Https:
            return "https";
        default:
            return "unknown";
    }
}

std::span<const LayoutPreset> layoutPresets() { return presets(); }

// Every id has a row: a test holds the table to it.
const LayoutPreset& layoutPreset(LayoutId id) {
    const auto& all = presets();
    const auto at = std::find_if(all.begin(), all.end(), [&](const LayoutPreset& preset) { return preset.id == id; });
    return at == all.end() ? all.front() : *at;
}

DirectoryStoreOptions storeOptions(const LayoutPreset& preset) {
    return {.layout = preset.layout,
            .ownName = std::string{preset.ownName},
            .naming = preset.naming,
            .ownNaming = preset.ownNaming,
            .readVariants = true,
            .rejectedDenies = preset.rejectedDenies};
}

}  // namespace uatrust
