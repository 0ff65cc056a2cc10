#pragma once

#include <uatrust/store/directory_store.hpp>

namespace uatrust {

/// LayoutId names the ways in which OPC UA products lay out their PKI folders, as documented or found in their sources.
/// opcua-asyncio is not among them: its application names every folder itself, there is nothing to recognise.
enum class LayoutId : std::uint8_t {
    Part12,                 ///< OPC 10000-12, Annex F.1; also the Local Discovery Server
    UaNetStandard,          ///< applications; in the same folder as the next two
    UaNetStandardUsers,     ///< trustedUser, issuerUser
    UaNetStandardHttps,     ///< trustedHttps, issuerHttps
    UnifiedAutomation,      ///< pkiserver, pkiclient, pkiuser; also the TwinCAT gateway
    UnifiedAutomationFlat,  ///< older: PKI/CA with certs, crl, private, rejected; also Prosys
    TwinCatServer,          ///< PKI/CA with trusted/certs, rejected/certs
    Open62541,              ///< ApplCerts, UserTokenCerts, HttpCerts of the file store (since 1.5)
    Open62541Folders,       ///< CertFolders of open62541 1.4: its application names the folders, so that it is never detected
    NodeOpcua,              ///< PKI, UserPKI
    Milo,                   ///< Eclipse Milo 1.x
    Milo06,                 ///< Eclipse Milo 0.6
    S2Opc,                  ///< as installed
    S2OpcUpdated,           ///< updatedTrustList, which S2OPC reads instead once something was changed while it ran
    AsyncOpcua,             ///< async-opcua (Rust): no sub-folders, no issuers, no CRLs
    FactoryTalkOptix,       ///< Trusted/Certs, with capital letters
    Asneg                   ///< ASNeG OpcUaStack: trusted/certs, reject/certs
};

/// LayoutGroup is the certificate group that a folder is for: whose certificates are in it.
enum class LayoutGroup : std::uint8_t {
    Unknown,       ///< the folder does not say
    Applications,  ///< all OPC UA applications, whoever connects
    Clients,       ///< of the clients that connect to the server side: "pkiserver"
    Servers,       ///< of the servers that the client side connects to: "pkiclient"
    Users,
    Https
};

/// layoutGroupName() is "unknown", "applications", "clients", "servers", "users" or "https".
[[nodiscard]] UATRUST_API std::string_view layoutGroupName(LayoutGroup group) noexcept;

/// LayoutPreset is what a DirectoryStore has to know to work in a product's folder.
struct LayoutPreset {
    LayoutId id{};
    std::string_view key{};       ///< one word for command lines and JSON, never changes: "open62541"
    std::string_view name{};      ///< for people
    std::string_view products{};  ///< which ones lay out their folders so
    std::string_view caution{};   ///< what an operator has to know before something is changed there; may be empty
    DirectoryLayout layout{};     ///< below the folder of one certificate group
    FileNaming naming = FileNaming::CommonNameThumbprint;
    OwnNaming ownNaming = OwnNaming::Configured;
    std::string_view ownName = "application";  ///< DirectoryStoreOptions::ownName, where the product has a fixed one
    LayoutGroup group = LayoutGroup::Unknown;  ///< Unknown: the folder's name decides
    bool rejectedDenies = false;               ///< the product refuses what is in rejected even when it is trusted as well
};

/// layoutPresets() lists all of them. They live as long as the process; safe from several threads.
[[nodiscard]] UATRUST_API std::span<const LayoutPreset> layoutPresets();

/// layoutPreset() is one of them.
[[nodiscard]] UATRUST_API const LayoutPreset& layoutPreset(LayoutId id);

/// storeOptions() opens a folder of a product in place: its lists are read with tolerance (readVariants), what is written goes
/// where the product looks for it, under a name that it takes; so is the own certificate. Where ownName is "application", the
/// product's configuration names that file: set ownName to it before saveOwn().
///
///     DirectoryStore store{match.root, storeOptions(*match.preset)};
[[nodiscard]] UATRUST_API DirectoryStoreOptions storeOptions(const LayoutPreset& preset);

/// LayoutMatch is a preset that fits a folder.
struct LayoutMatch {
    const LayoutPreset* preset = nullptr;
    std::filesystem::path root{};  ///< the folder to open: the one that was given, or one below it
    LayoutGroup group = LayoutGroup::Unknown;
    int points = 0;        ///< compares presets that fit the same folder; means nothing by itself
    std::string reason{};  ///< for people: what there is that speaks for it, and what against it
};

/// LayoutSearch is what detectLayouts() has found. No matches and no problems: looked everywhere, and there is none. No
/// matches but problems: what could not be looked at may be one.
struct LayoutSearch {
    std::vector<LayoutMatch> matches{};  ///< the best preset of a folder first; the given folder before those below it
    std::vector<StoreProblem> problems{};
};

/// detectLayouts() looks which presets fit a folder or the folders in it, by the names of folders and files alone: no file is
/// opened, nothing is created, no link below `root` is followed. Bounded: 64 folders below `root`, 100000 names in each folder; what
/// is beyond is a problem. The error is why `root` itself could not be looked at (BadNotFound: there is no such folder).
[[nodiscard]] UATRUST_API Result<LayoutSearch> detectLayouts(const std::filesystem::path& root);

}  // namespace uatrust
