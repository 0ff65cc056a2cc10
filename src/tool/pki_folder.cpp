#include "tool/pki_folder.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

namespace fs = std::filesystem;

constexpr auto kVariable = "UATRUST_PKI";
constexpr std::size_t kMaxNamed = 10;

bool isFolder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

Result<fs::path> existing(const std::string& given, std::string_view from, Absent absent = Absent::Refused) {
    auto folder = pathOf(given);
    if (isFolder(folder)) return folder;
    std::error_code error;
    const bool there = fs::exists(folder, error);
    if (!there && absent == Absent::Accepted) return folder;
    return Error{StatusCode::BadNotFound,
                 fmt::format("The PKI folder {} ({}) {}.", printable(given, 4096), from, there ? "is no folder" : "does not exist"),
                 "Give the folder that holds trusted, issuers and rejected."};
}

std::string shown(const fs::path& path) { return printable(textOf(path), 4096); }

// The lists of this library's own layout, or one of them.
bool hasOwnLists(const fs::path& folder) {
    return isFolder(folder / "trusted" / "certs") || isFolder(folder / "issuers" / "certs") || isFolder(folder / "own" / "certs");
}

std::vector<LayoutMatch> matchesIn(const fs::path& folder) {
    auto search = detectLayouts(folder);
    return search ? std::move(search->matches) : std::vector<LayoutMatch>{};
}

std::array<const std::string*, 4> listsOf(const DirectoryLayout& layout) {
    return {&layout.trustedCertificates, &layout.trustedCrls, &layout.issuerCertificates, &layout.issuerCrls};
}

// Whether reading a folder by a layout finds anything that reading it by this library's own does not.
bool makesADifference(const LayoutPreset& preset, const fs::path& folder) {
    if (preset.rejectedDenies) return true;
    const DirectoryLayout usual;
    const auto theirs = listsOf(preset.layout);
    const auto ours = listsOf(usual);
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        const bool same = *theirs[i] == *ours[i];
        if (!same && ((!theirs[i]->empty() && isFolder(folder / *theirs[i])) || isFolder(folder / *ours[i]))) return true;
    }
    return false;
}

const LayoutPreset* bestOf(const fs::path& folder) {
    const auto matches = matchesIn(folder);
    const auto best = std::find_if(matches.begin(), matches.end(), [&](const LayoutMatch& match) { return match.root == folder; });
    return best == matches.end() ? nullptr : best->preset;
}

const LayoutPreset* detected(const fs::path& folder) {
    const auto* best = bestOf(folder);
    return best == nullptr || makesADifference(*best, folder) ? best : &layoutPreset(LayoutId::UnifiedAutomation);
}

PkiFolder opened(fs::path folder) {
    const auto* layout = detected(folder);
    return {std::move(folder), layout, true};
}

bool isPki(const PkiFolder& folder) { return folder.layout != nullptr || hasOwnLists(folder.root); }

// A link is followed here: the user has named the folder above it.
std::vector<fs::path> pkisBelow(const fs::path& folder) {
    std::vector<fs::path> found;
    for (const auto& match : matchesIn(folder)) {
        if (match.root != folder) found.push_back(match.root);
    }
    std::error_code error;
    for (auto it = fs::directory_iterator{folder, error}; !error && it != fs::directory_iterator{}; it.increment(error)) {
        if (hasOwnLists(it->path())) found.push_back(it->path());
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    if (found.size() > kMaxNamed) found.resize(kMaxNamed);
    return found;
}

// UA-.NETStandard has the lists of all its groups in one folder.
std::vector<PkiFolder> groupsBeside(const PkiFolder& folder) {
    constexpr std::string_view family = "ua-netstandard";
    std::vector<PkiFolder> groups;
    if (folder.layout == nullptr || !folder.layout->key.starts_with(family)) return groups;
    for (const auto& match : matchesIn(folder.root)) {
        if (match.root != folder.root || match.preset == folder.layout || !match.preset->key.starts_with(family)) continue;
        groups.push_back({folder.root, match.preset, true});
    }
    return groups;
}

// "pki/server/" and "." have a name of their own and a folder above them, too.
fs::path plain(const fs::path& folder) {
    std::error_code error;
    auto absolute = fs::weakly_canonical(folder, error);
    return error ? folder : absolute;
}

}  // namespace

DirectoryStoreOptions PkiFolder::options() const {
    auto options = layout == nullptr ? DirectoryStoreOptions{} : storeOptions(*layout);
    options.readVariants = false;
    options.readOnly = true;
    return options;
}

std::string PkiFolder::name() const {
    const bool shared = layout != nullptr && (layout->group == LayoutGroup::Users || layout->group == LayoutGroup::Https);
    return shared ? fmt::format("{} ({})", shown(root), layoutGroupName(layout->group)) : shown(root);
}

void addLayout(CLI::App& app, std::string& target) {
    app.add_option("--layout", target, "Whose layout the PKI folder has (default: the one that \"uatrust layouts detect\" finds first)")
        ->type_name("NAME");
}

Result<const LayoutPreset*> presetNamed(const std::string& key) {
    std::vector<std::string_view> keys;
    for (const auto& preset : layoutPresets()) {
        if (preset.key == key) return &preset;
        keys.push_back(preset.key);
    }
    return Error{StatusCode::BadInvalidArgument, fmt::format("There is no layout \"{}\".", printable(key)),
                 fmt::format("Give one of {}.", fmt::join(keys, ", "))};
}

Result<PkiFolder> openPki(const std::string& given, std::string_view from, const std::string& layout) {
    auto folder = existing(given, from);
    if (!folder) return folder.error();
    if (!layout.empty()) {
        const auto preset = presetNamed(layout);
        if (!preset) return preset.error();
        return PkiFolder{std::move(*folder), *preset, false};
    }
    const auto* best = bestOf(*folder);
    return PkiFolder{std::move(*folder), best, true};
}

Result<PkiFolder> choosePki(const std::string& given, const std::string& layout, Absent absent) {
    const LayoutPreset* named = nullptr;
    if (!layout.empty()) {
        const auto preset = presetNamed(layout);
        if (!preset) return preset.error();
        named = *preset;
    }
    const auto open = [&](Result<fs::path> folder) -> Result<PkiFolder> {
        if (!folder) return folder.error();
        return named == nullptr ? opened(std::move(*folder)) : PkiFolder{std::move(*folder), named, false};
    };
    if (!given.empty()) return open(existing(given, "--pki", absent));
    if (const char* variable = std::getenv(kVariable); variable != nullptr && *variable != '\0') {
        return open(existing(variable, fmt::format("${}", kVariable), absent));
    }
    if (auto here = *open(fs::path{"."}); isPki(here)) return here;
    const auto ours = accountPki();
    if (ours && (isFolder(*ours) || absent == Absent::Accepted)) return open(*ours);
    return Error{
        StatusCode::BadConfigurationError,
        fmt::format("Which PKI folder is meant is not known: the current folder is none{}.",
                    ours ? fmt::format(", and there is no {}", shown(*ours)) : ""),
        fmt::format("Give it with --pki DIR, set {}, or change into it. It is the folder that holds trusted, issuers and rejected; "
                    "\"uatrust init\" makes one.",
                    kVariable)};
}

std::optional<fs::path> accountPki() {
    const auto data = accountData();
    return data ? std::optional{*data / "uatrust" / "pki"} : std::nullopt;
}

Result<std::vector<PkiFolder>> otherPkis(const PkiFolder& folder, const std::vector<std::string>& given) {
    std::vector<PkiFolder> others;
    for (const auto& each : given) {
        auto other = existing(each, "--other-pki");
        if (!other) return other.error();
        others.push_back(opened(std::move(*other)));
    }
    if (!given.empty()) return others;
    others = groupsBeside(folder);
    const auto own = plain(folder.root);
    for (auto& other : pkisBelow(own.parent_path())) {
        if (plain(other) != own) others.push_back(opened(std::move(other)));
    }
    return others;
}

std::string noticeAboutPki(const PkiFolder& folder) {
    if (folder.layout != nullptr) {
        if (!folder.detected || folder.layout->id == LayoutId::UnifiedAutomation) return {};
        return fmt::format("{} is read as a folder of {}; --layout says otherwise.", shown(folder.root), folder.layout->name);
    }
    if (isPki(folder)) return {};
    std::vector<std::string> below;
    for (const auto& each : pkisBelow(folder.root)) below.push_back(shown(each));
    auto text = fmt::format("{} has none of trusted/certs, issuers/certs and own/certs: nobody is trusted there.", shown(folder.root));
    if (!below.empty()) text += fmt::format(" Did you mean {}?", fmt::join(below, " or "));
    return text;
}

}  // namespace uatrust::tool
