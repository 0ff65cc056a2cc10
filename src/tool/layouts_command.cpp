#include "tool/commands.hpp"

#include <memory>

#include <uatrust/store/folder_layouts.hpp>

#include "tool/platform.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kMaxPath = 4096;

enum class Work : std::uint8_t { Detect };

struct LayoutsOptions {
    Work work = Work::Detect;
    std::string folder{};
};

std::string shown(const std::filesystem::path& path) { return printable(textOf(path), kMaxPath); }

Json foldersJson(const DirectoryLayout& layout) {
    Json json = Json::object();
    const auto add = [&](const char* name, const std::string& folder) {
        // Not with braces: those would make an array.
        json[name] = folder.empty() ? Json() : Json(folder);
    };
    add("trustedCertificates", layout.trustedCertificates);
    add("trustedCrls", layout.trustedCrls);
    add("issuerCertificates", layout.issuerCertificates);
    add("issuerCrls", layout.issuerCrls);
    add("rejected", layout.rejected);
    add("ownCertificates", layout.ownCertificates);
    add("ownPrivateKeys", layout.ownPrivateKeys);
    return json;
}

Json matchJson(const LayoutMatch& match) {
    return {{"layout", match.preset->key},           {"name", match.preset->name},
            {"products", match.preset->products},    {"folder", shown(match.root)},
            {"group", layoutGroupName(match.group)}, {"reason", match.reason},
            {"caution", match.preset->caution},      {"folders", foldersJson(match.preset->layout)}};
}

Json searchJson(const std::string& folder, const LayoutSearch& search) {
    Json matches = Json::array();
    for (const auto& match : search.matches) matches.push_back(matchJson(match));
    Json problems = Json::array();
    for (const auto& each : search.problems) {
        problems.push_back({{"source", each.source}, {"message", each.message}, {"remedy", each.remedy}});
    }
    return {{"folder", printable(folder, kMaxPath)}, {"matches", std::move(matches)}, {"problems", std::move(problems)}};
}

// The folder, then its layouts, the best first.
std::string matchText(const LayoutMatch& match, bool newFolder) {
    std::string text;
    if (newFolder) text += shown(match.root) + '\n';
    text += fmt::format("  {} ({})", match.preset->name, match.preset->key);
    if (match.group != LayoutGroup::Unknown) text += fmt::format(", group: {}", layoutGroupName(match.group));
    text += fmt::format("\n    {}\n", match.reason);
    if (!match.preset->caution.empty()) text += fmt::format("    Beware: {}\n", match.preset->caution);
    return text;
}

// "None" may be said only when everything could be looked at.
ExitCode exitCodeOf(const LayoutSearch& search) {
    if (!search.matches.empty()) return ExitCode::Done;
    return search.problems.empty() ? ExitCode::Refused : ExitCode::Failed;
}

ExitCode detect(const LayoutsOptions& options, Console& console) {
    const auto search = detectLayouts(pathOf(options.folder));
    if (!search) return console.fail(search.error());
    if (console.json()) {
        console.printJson(searchJson(options.folder, *search));
    } else {
        const LayoutMatch* before = nullptr;
        for (const auto& match : search->matches) {
            console.print(matchText(match, before == nullptr || before->root != match.root));
            before = &match;
        }
        const auto name = printable(options.folder, kMaxPath);
        if (exitCodeOf(*search) == ExitCode::Refused) console.print(fmt::format("No PKI folder that is known is in {}.", name));
    }
    for (const auto& each : search->problems) {
        console.complain({StatusCode::BadConfigurationError, fmt::format("{}: {}", each.source, each.message), each.remedy});
    }
    return exitCodeOf(*search);
}

Action layoutsOptions(CLI::App& app) {
    auto options = std::make_shared<LayoutsOptions>();
    addChoice<Work>(app, "ACTION", options->work, {{"detect", Work::Detect}}, "What to do: say which layouts a folder has")->required();
    app.add_option("DIR", options->folder, "The folder of a product, or the one that its PKI folders are in")->required()->type_name("DIR");
    return [options](Console& console) { return detect(*options, console); };
}

}  // namespace

const Command kLayouts{
    .name = "layouts",
    .about = "Say whose PKI folder it is, and where its lists are",
    .details =
        "detect goes by the names of folders and files in DIR and in the folders below it: nothing is opened, created or changed, and no "
        "link is followed. For each folder, the product whose layout fits best comes first. Ends with 0 when one fits, with 1 when "
        "there is none, and with 2 when it could not be looked at.",
    .examples =
        "uatrust layouts detect /var/lib/gateway\n"
        "uatrust layouts detect --json ~/.config/node-opcua-default-nodejs",
    .options = layoutsOptions,
};

}  // namespace uatrust::tool
