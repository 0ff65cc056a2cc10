#include "tool/commands.hpp"

#include <algorithm>
#include <memory>

#include <uatrust/store/layout_conversion.hpp>

#include "tool/passphrase.hpp"
#include "tool/pki_folder.hpp"
#include "tool/platform.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kMaxPath = 4096;

enum class Work : std::uint8_t { Detect, Convert };

struct LayoutsOptions {
    Work work = Work::Detect;
    std::string folder{};
    std::string from{};
    std::string fromLayout{};
    std::string to{};
    std::string layout{};
    std::string ownName{};
    bool dryRun = false;
    bool yes = false;
    PassphraseOptions passphrase{};
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
    add("blocked", layout.blocked);
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

Json problemsJson(std::span<const StoreProblem> problems) {
    Json json = Json::array();
    for (const auto& each : problems) json.push_back({{"source", each.source}, {"message", each.message}, {"remedy", each.remedy}});
    return json;
}

void complainAbout(std::span<const StoreProblem> problems, Console& console) {
    for (const auto& each : problems) {
        console.complain({StatusCode::BadConfigurationError, fmt::format("{}: {}", each.source, each.message), each.remedy});
    }
}

Json searchJson(const std::string& folder, const LayoutSearch& search) {
    Json matches = Json::array();
    for (const auto& match : search.matches) matches.push_back(matchJson(match));
    return {{"folder", printable(folder, kMaxPath)}, {"matches", std::move(matches)}, {"problems", problemsJson(search.problems)}};
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
    complainAbout(search->problems, console);
    return exitCodeOf(*search);
}

// ---- convert

std::string_view kindName(ConversionKind kind) {
    switch (kind) {
        case ConversionKind::Crl:
            return "CRL";
        case ConversionKind::OwnKey:
            return "key";
        default:
            return "certificate";
    }
}

std::string_view listName(const ConversionItem& item) {
    const bool own = item.kind == ConversionKind::OwnCertificate || item.kind == ConversionKind::OwnKey;
    return own ? "own" : storeListName(item.list);
}

Json itemJson(const ConversionItem& item) {
    return {{"kind", kindName(item.kind)},
            {"list", listName(item)},
            {"subject", item.subject},
            {"source", item.source},
            {"target", item.target.empty() ? Json() : Json(printable(item.target, kMaxPath))},
            {"outcome", conversionOutcomeName(item.outcome)},
            {"reason", item.reason}};
}

std::string itemText(const ConversionItem& item) {
    auto text = fmt::format("{}: {} {} {}\n    {}", conversionOutcomeName(item.outcome), listName(item), kindName(item.kind), item.subject,
                            item.source);
    if (!item.target.empty()) text += fmt::format("\n    to {}", printable(item.target, kMaxPath));
    if (!item.reason.empty()) text += fmt::format("\n    {}", item.reason);
    return text;
}

std::string summaryOf(const LayoutConversion& conversion) {
    std::string text;
    for (const auto outcome : {ConversionOutcome::Copy, ConversionOutcome::Copied, ConversionOutcome::AlreadyThere,
                               ConversionOutcome::LeftOut, ConversionOutcome::Failed}) {
        const auto items = conversion.items();
        const auto count = std::count_if(items.begin(), items.end(), [&](const ConversionItem& item) { return item.outcome == outcome; });
        if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, conversionOutcomeName(outcome));
    }
    return text.empty() ? "There is nothing to copy." : text + ".";
}

std::string headOf(const PkiFolder& source, const std::string& to, const LayoutPreset& preset) {
    auto text = fmt::format("From {}: {} ({})\nTo {}: {} ({})\n", shown(source.root), source.layout->name, source.layout->key,
                            printable(to, kMaxPath), preset.name, preset.key);
    if (!preset.caution.empty()) text += fmt::format("Beware: {}\n", preset.caution);
    return text;
}

Error missing(std::string_view what) {
    return {StatusCode::BadInvalidArgument, fmt::format("{} is required.", what), "uatrust layouts --help says what there is."};
}

Result<PkiFolder> sourceOf(const LayoutsOptions& options) {
    auto source = openPki(options.from, "--from", options.fromLayout);
    if (!source || source->layout != nullptr) return source;
    return Error{StatusCode::BadNotFound, fmt::format("{} has no layout that is known.", shown(source->root)),
                 "Give the folder that holds the lists themselves (uatrust layouts detect), or say whose it is with --from-layout."};
}

ExitCode report(const LayoutConversion& conversion, const std::string& head, const LayoutsOptions& options, Console& console) {
    if (console.json()) {
        Json items = Json::array();
        for (const auto& item : conversion.items()) items.push_back(itemJson(item));
        console.printJson({{"from", printable(options.from, kMaxPath)},
                           {"to", printable(options.to, kMaxPath)},
                           {"layout", options.layout},
                           {"items", std::move(items)},
                           {"complete", conversion.complete()},
                           {"problems", problemsJson(conversion.problems())}});
    } else {
        std::string text = head;
        for (const auto& item : conversion.items()) text += itemText(item) + '\n';
        console.print(text + summaryOf(conversion));
    }
    complainAbout(conversion.problems(), console);
    return conversion.complete() ? ExitCode::Done : ExitCode::Refused;
}

ExitCode convert(const LayoutsOptions& options, Console& console) {
    for (const auto& [value, name] : {std::pair{&options.from, "--from"}, {&options.to, "--to"}, {&options.layout, "--layout"}}) {
        if (value->empty()) return console.fail(missing(name));
    }
    const auto preset = presetNamed(options.layout);
    if (!preset) return console.fail(preset.error());
    const auto source = sourceOf(options);
    if (!source) return console.fail(source.error());
    auto conversion = LayoutConversion::plan(
        source->root, pathOf(options.to),
        {.from = source->layout, .to = *preset, .keyPassphrase = passphraseSource(options.passphrase), .ownName = options.ownName});
    if (!conversion) return console.fail(conversion.error());
    const auto head = headOf(*source, options.to, **preset);
    if (options.dryRun) return report(*conversion, head, options, console);
    if (!options.yes) {
        (void)report(*conversion, head, options, console);
        console.complain(
            {StatusCode::BadInvalidState, "Nothing was copied.", "Give --yes to do what is shown, or --dry-run to look only."});
        return ExitCode::Failed;
    }
    const auto done = conversion->carryOut();
    const auto code = report(*conversion, head, options, console);
    if (done) return code;
    console.complain(done.error());
    return ExitCode::Failed;
}

ExitCode run(const LayoutsOptions& options, Console& console) {
    if (options.work == Work::Convert) return convert(options, console);
    return options.folder.empty() ? console.fail(missing("DIR")) : detect(options, console);
}

Action layoutsOptions(CLI::App& app) {
    auto options = std::make_shared<LayoutsOptions>();
    auto& o = *options;
    addChoice<Work>(app, "ACTION", o.work, {{"detect", Work::Detect}, {"convert", Work::Convert}},
                    "What to do: say which layouts a folder has, or copy one into another layout")
        ->required();
    app.add_option("DIR", o.folder, "For detect: the folder of a product, or the one that its PKI folders are in")->type_name("DIR");
    app.add_option("--from", o.from, "For convert: the PKI folder to copy; it is never changed")->type_name("DIR");
    app.add_option("--from-layout", o.fromLayout, "Whose layout that has (default: the one that detect finds first)")->type_name("NAME");
    app.add_option("--to", o.to, "For convert: the folder to copy to; created if missing, nothing in it is replaced")->type_name("DIR");
    app.add_option("--layout", o.layout, "For convert: whose layout to make, like open62541")->type_name("NAME");
    app.add_option("--own-name", o.ownName, "Name of the own certificate's file, where the product's configuration says it")
        ->type_name("NAME");
    app.add_flag("--dry-run", o.dryRun, "Show what would be copied, and copy nothing");
    app.add_flag("--yes", o.yes, "Copy; without it the plan is shown");
    addPassphrase(app, o.passphrase);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

const Command kLayouts{
    .name = "layouts",
    .about = "Say whose PKI folder it is, or copy it into the layout of another product",
    .details =
        "detect goes by the names of folders and files in DIR and in the folders below it: nothing is opened, created or changed, and no "
        "link is followed. For each folder, the product whose layout fits best comes first. Ends with 0 when one fits, with 1 when "
        "there is none, and with 2 when it could not be looked at. convert copies certificates, CRLs and the own certificate with its key. "
        "What operators have named keeps its name where the other product takes it. What has no place there is named, and ends with 1.",
    .examples =
        "uatrust layouts detect /var/lib/gateway\n"
        "uatrust layouts detect --json ~/.config/node-opcua-default-nodejs\n"
        "uatrust layouts convert --from pkiserver --to new --layout open62541",
    .options = layoutsOptions,
};

}  // namespace uatrust::tool
