#include <uatrust/store/folder_layouts.hpp>

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "store/file_names.hpp"
#include "store/folder_view.hpp"

// detectLayouts(): every preset gets points for what a folder has of it, and loses some for what contradicts it.

namespace uatrust {
namespace {

using detail::FolderView;

constexpr std::size_t kMaxFolders = 64;

// For the trusted certificates, without which nothing fits: enough for a folder whose other lists nobody has made yet.
constexpr int kTrusted = 7;
constexpr int kTrustedFlat = 2;
constexpr int kHasFolder = 2;
constexpr int kLacksFolder = -1;
constexpr int kOtherSpelling = -3;
constexpr int kForeignFolder = -2;
constexpr int kOwnNaming = 4;
constexpr int kAnnexNaming = 1;
constexpr int kForeignNaming = -2;
constexpr int kFolderName = 6;

// What a product calls the folder of a certificate group.
struct GroupFolder {
    LayoutId id;
    std::string_view name;
    LayoutGroup group;
    int points;
};
constexpr GroupFolder kGroupFolders[] = {
    {LayoutId::UnifiedAutomation, "pkiserver", LayoutGroup::Clients, kFolderName},
    {LayoutId::UnifiedAutomation, "pkiclient", LayoutGroup::Servers, kFolderName},
    {LayoutId::UnifiedAutomation, "pkiuser", LayoutGroup::Users, kFolderName},
    {LayoutId::UnifiedAutomationFlat, "CA", LayoutGroup::Unknown, kFolderName},
    {LayoutId::TwinCatServer, "CA", LayoutGroup::Clients, kFolderName},
    {LayoutId::Open62541, "ApplCerts", LayoutGroup::Applications, kFolderName},
    {LayoutId::Open62541, "UserTokenCerts", LayoutGroup::Users, kFolderName},
    {LayoutId::Open62541, "HttpCerts", LayoutGroup::Https, kFolderName},
    {LayoutId::NodeOpcua, "PKI", LayoutGroup::Applications, 0},
    {LayoutId::NodeOpcua, "UserPKI", LayoutGroup::Users, kFolderName},
};

// Files and folders that only one product makes.
struct Mark {
    LayoutId id;
    std::string_view below;
    bool folder;
    int points;
};
constexpr Mark kMarks[] = {
    {LayoutId::UaNetStandard, "trustedUser", true, 3},
    {LayoutId::UaNetStandard, "trustedHttps", true, 3},
    {LayoutId::UaNetStandardUsers, "trustedUser", true, 3},
    {LayoutId::UaNetStandardHttps, "trustedHttps", true, 3},
    {LayoutId::UnifiedAutomation, "own/certs/uagateway.der", false, 3},
    {LayoutId::UnifiedAutomationFlat, "private", true, 2},
    {LayoutId::TwinCatServer, "own/certs/Beckhoff_OpcUaServer.der", false, 3},
    {LayoutId::NodeOpcua, "own/openssl.cnf", false, 5},
    {LayoutId::NodeOpcua, "own/private/private_key.pem", false, 3},
    {LayoutId::S2OpcUpdated, "updatedTrustList", true, 3},
    {LayoutId::AsyncOpcua, "own/cert.der", false, 4},
    {LayoutId::AsyncOpcua, "private/private.pem", false, 4},
};

// Without the name of the folder or that of a file in it, these cannot be told from other layouts.
bool needsItsName(LayoutId id) {
    return id == LayoutId::UnifiedAutomationFlat || id == LayoutId::TwinCatServer || id == LayoutId::Open62541;
}

std::string_view patternOf(FileNaming naming) {
    switch (naming) {
        case FileNaming::WithoutEnding:
            return "\"name[THUMBPRINT]\" without an ending";
        case FileNaming::LowerCasePem:
            return "\"name[thumbprint].pem\"";
        case FileNaming::LowerCaseThumbprint:
            return "\"thumbprint.der\"";
        default:
            return "\"name [THUMBPRINT].der\"";
    }
}

bool isAnnexLike(FileNaming naming) { return naming == FileNaming::CommonNameThumbprint || naming == FileNaming::ExactCommonName; }

std::optional<FileNaming> namingOf(const std::filesystem::path& name) {
    for (const auto naming : {FileNaming::WithoutEnding, FileNaming::LowerCasePem, FileNaming::CommonNameThumbprint}) {
        if (detail::hasGeneratedName(name, naming)) return naming;
    }
    if (!detail::hasGeneratedName(name, FileNaming::LowerCaseThumbprint)) return {};
    const auto text = detail::pathText(name);
    const bool upper = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; });
    return upper ? FileNaming::ExactCommonName : FileNaming::LowerCaseThumbprint;
}

std::set<FileNaming> namingsIn(FolderView& view, const DirectoryLayout& layout) {
    std::set<FileNaming> found;
    for (const auto& folder : {layout.trustedCertificates, layout.issuerCertificates, layout.rejected}) {
        if (folder.empty()) continue;
        for (const auto& entry : view.entries(folder)) {
            if (entry.kind != detail::FileKind::Regular) continue;
            if (const auto naming = namingOf(entry.name)) found.insert(*naming);
        }
    }
    return found;
}

// Eclipse Milo 0.6: "<SHA-1> [<first part of the subject>].der", with both as no other product has them.
bool isNamedByMilo06(const detail::DirectoryEntry& entry) {
    constexpr std::size_t digits = 40;
    const auto name = detail::pathText(entry.name);
    const bool hash = name.size() > digits && name.find_first_not_of("0123456789abcdef") == digits;
    return entry.kind == detail::FileKind::Regular && hash && name.substr(digits).starts_with(" [") && name.ends_with("].der");
}

std::string joined(const std::vector<std::string>& all) { return fmt::format("{}", fmt::join(all, ", ")); }

// One preset against one folder.
class Fit {
public:
    Fit(const LayoutPreset& preset, FolderView& view) : preset_{&preset}, view_{&view} {}

    [[nodiscard]] std::optional<LayoutMatch> measure() {
        const auto& layout = preset_->layout;
        if (preset_->id == LayoutId::Open62541Folders || !view_->hasFolder(layout.trustedCertificates)) return {};
        const bool flat = preset_->id == LayoutId::AsyncOpcua;
        if (flat && (view_->hasFolder("trusted/certs") || view_->hasFolder("trusted/crl"))) return {};
        has_.push_back(layout.trustedCertificates);
        points_ = flat ? kTrustedFlat : kTrusted;
        for (const auto* folder : {&layout.trustedCrls, &layout.issuerCertificates, &layout.issuerCrls, &layout.rejected,
                                   &layout.ownCertificates, &layout.ownPrivateKeys}) {
            count(*folder);
        }
        const bool sharesOwn = preset_->group == LayoutGroup::Users || preset_->group == LayoutGroup::Https;
        if (layout.ownCertificates.empty() && !sharesOwn) foreign("own/certs");
        // Of several groups in one folder that of the applications comes first.
        if (sharesOwn) points_ += 2 * kLacksFolder;
        // What others have as well is no reason to think of these.
        if ((flat || preset_->id == LayoutId::Asneg) && has_.size() < 2) return {};
        countNamings();
        countMilo06();
        countMarks();
        countName();
        if (points_ <= 0 || (needsItsName(preset_->id) && !named_)) return {};
        return LayoutMatch{.preset = preset_, .root = view_->root(), .group = group_, .points = points_, .reason = reason()};
    }

private:
    void count(const std::string& folder) {
        if (folder.empty()) return;
        if (view_->hasFolder(folder)) {
            has_.push_back(folder);
            points_ += kHasFolder;
            // A flat folder has no "certs" in it where certificates are meant to lie.
            if (folder == "rejected" && view_->hasFolder("rejected/certs")) other("rejected/certs", folder);
            return;
        }
        lacks_.push_back(folder);
        points_ += kLacksFolder;
        if (folder == "rejected/certs" && view_->hasFolder("rejected")) other("rejected", folder);
        if (folder.starts_with("issuer/") && view_->hasFolder("issuers")) other("issuers", folder);
        if (folder.starts_with("issuers/") && view_->hasFolder("issuer")) other("issuer", folder);
    }

    void other(std::string_view there, std::string_view usual) {
        points_ += kOtherSpelling;
        against_.push_back(fmt::format("{} is there where {} is usual", there, usual));
    }

    void foreign(std::string_view folder) {
        if (!view_->hasFolder(folder)) return;
        points_ += kForeignFolder;
        against_.push_back(fmt::format("{} is no part of it", folder));
    }

    void countNamings() {
        for (const auto naming : namingsIn(*view_, preset_->layout)) {
            const bool own = naming == preset_->naming || (isAnnexLike(naming) && isAnnexLike(preset_->naming));
            const auto files = fmt::format("files are named like {}", patternOf(naming));
            if (own) {
                points_ += isAnnexLike(naming) ? kAnnexNaming : kOwnNaming;
                for_.push_back(files);
                named_ = named_ || naming == FileNaming::WithoutEnding;
            } else if (!isAnnexLike(naming)) {
                points_ += kForeignNaming;
                against_.push_back(files);
            }
        }
    }

    void countMilo06() {
        if (preset_->id != LayoutId::Milo06) return;
        const auto& layout = preset_->layout;
        for (const auto* folder : {&layout.trustedCertificates, &layout.issuerCertificates, &layout.rejected}) {
            const auto& entries = view_->entries(*folder);
            if (std::none_of(entries.begin(), entries.end(), isNamedByMilo06)) continue;
            points_ += kOwnNaming;
            for_.emplace_back("files are named like \"hash [subject].der\"");
            return;
        }
    }

    void countMarks() {
        for (const auto& mark : kMarks) {
            if (mark.id != preset_->id || !(mark.folder ? view_->hasFolder(mark.below) : view_->hasFile(mark.below))) continue;
            points_ += mark.points;
            for_.push_back(fmt::format("{} is there", mark.below));
            named_ = named_ || preset_->id == LayoutId::TwinCatServer;
        }
    }

    void countName() {
        group_ = preset_->group;
        const auto name = view_->name();
        for (const auto& row : kGroupFolders) {
            if (row.id != preset_->id || row.name != name) continue;
            points_ += row.points;
            group_ = row.group;
            named_ = true;
            for_.push_back(fmt::format("it is named {}", name));
        }
    }

    [[nodiscard]] std::string reason() const {
        auto text = "has " + joined(has_);
        for (const auto& each : for_) text += "; " + each;
        if (!lacks_.empty()) text += "; has no " + joined(lacks_);
        for (const auto& each : against_) text += "; but " + each;
        return text;
    }

    const LayoutPreset* preset_;
    FolderView* view_;
    int points_ = 0;
    LayoutGroup group_ = LayoutGroup::Unknown;
    bool named_ = false;
    std::vector<std::string> has_{};
    std::vector<std::string> lacks_{};
    std::vector<std::string> for_{};
    std::vector<std::string> against_{};
};

void appendMatches(FolderView& view, LayoutSearch& search) {
    std::vector<LayoutMatch> matches;
    for (const auto& preset : layoutPresets()) {
        if (auto match = Fit{preset, view}.measure()) matches.push_back(std::move(*match));
    }
    std::stable_sort(matches.begin(), matches.end(), [](const LayoutMatch& a, const LayoutMatch& b) { return a.points > b.points; });
    // What fits half as well as the best at most is no help for anybody.
    const auto best = matches.empty() ? 0 : matches.front().points;
    std::erase_if(matches, [&](const LayoutMatch& match) { return match.points * 2 < best; });
    std::move(matches.begin(), matches.end(), std::back_inserter(search.matches));
}

// "trusted" in a PKI is no PKI of its own.
std::set<std::string, std::less<>> partsOfLayouts() {
    std::set<std::string, std::less<>> parts;
    for (const auto& preset : layoutPresets()) {
        const auto& layout = preset.layout;
        for (const auto* folder : {&layout.ownCertificates, &layout.ownPrivateKeys, &layout.trustedCertificates, &layout.trustedCrls,
                                   &layout.issuerCertificates, &layout.issuerCrls, &layout.rejected}) {
            if (!folder->empty()) parts.insert(folder->substr(0, folder->find('/')));
        }
    }
    return parts;
}

// PKI/CA and USERS_PKI/CA are one folder for those who speak of them.
bool holdsCa(FolderView& view) {
    auto name = view.name();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return (name == "PKI" || name == "USERS_PKI") && view.hasFolder("CA");
}

void lookInto(const std::filesystem::path& folder, LayoutSearch& search) {
    FolderView view{folder, search.problems};
    if (const auto opened = view.open(); !opened) {
        search.problems.push_back(detail::problemOf(folder, opened.error()));
        return;
    }
    appendMatches(view, search);
    if (!holdsCa(view)) return;
    FolderView below{folder / "CA", search.problems};
    if (const auto opened = below.open(); !opened) {
        search.problems.push_back(detail::problemOf(below.root(), opened.error()));
        return;
    }
    appendMatches(below, search);
}

}  // namespace

Result<LayoutSearch> detectLayouts(const std::filesystem::path& root) {
    LayoutSearch search;
    FolderView view{root, search.problems};
    if (auto opened = view.open(); !opened) return opened.error();
    appendMatches(view, search);

    const auto parts = partsOfLayouts();
    std::size_t looked = 0;
    for (const auto& entry : view.entries({})) {
        if (entry.hidden || parts.contains(detail::pathText(entry.name))) continue;
        if (entry.kind == detail::FileKind::SymbolicLink || entry.kind == detail::FileKind::Unreadable) {
            (void)view.hasFolder(detail::pathText(entry.name));  // for the problem that it makes
        }
        if (entry.kind != detail::FileKind::Directory) continue;
        if (++looked > kMaxFolders) {
            search.problems.push_back({detail::sourceText(root),
                                       fmt::format("It has more than {} folders: the others were not looked at.", kMaxFolders),
                                       "Give the folder that holds the lists themselves."});
            break;
        }
        lookInto(root / entry.name, search);
    }
    return search;
}

}  // namespace uatrust
