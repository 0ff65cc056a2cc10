#include "tool/commands.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/desk.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

enum class Which : std::uint8_t { All, Trusted, Issuers, Rejected, Blocked };

struct ListOptions {
    DeskOptions desk{};
    Which which = Which::All;
};

std::vector<StoreList> listsOf(Which which) {
    if (which != Which::All) return {static_cast<StoreList>(static_cast<std::uint8_t>(which) - 1)};
    return {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked};
}

Json refusalsJson(const RefusalRecord& record) {
    Json last = Json::array();
    for (const auto& each : record.refusals) {
        last.push_back({{"at", formatInstant(each.at)},
                        {"status", statusName(each.status)},
                        {"reason", each.reason},
                        {"peerAddress", each.peerAddress},
                        {"endpointUrl", each.endpointUrl},
                        {"applicationUri", each.applicationUri}});
    }
    return {{"count", record.count},
            {"first", formatInstant(record.first)},
            {"last", formatInstant(record.last)},
            {"reasons", std::move(last)}};
}

Json entryJson(const TrustListEntry& entry) {
    const auto& certificate = entry.stored.certificate;
    return {{"list", storeListName(entry.list)},
            {"subject", certificate.subject().text()},
            {"issuer", certificate.issuer().text()},
            {"thumbprint", certificate.thumbprint().text()},
            {"sha256", certificate.id().text()},
            {"notBefore", formatInstant(certificate.notBefore())},
            {"notAfter", formatInstant(certificate.notAfter())},
            {"ca", certificate.isCa()},
            {"source", entry.stored.source},
            {"pinned", entry.pinned},
            {"refusals", entry.refusals ? refusalsJson(*entry.refusals) : Json()}};
}

std::string orElse(const std::string& text, std::string_view otherwise) { return text.empty() ? std::string{otherwise} : text; }

std::string entryText(const TrustListEntry& entry) {
    const auto& certificate = entry.stored.certificate;
    auto text =
        fmt::format("  {}  {}{}\n    valid until {}, {}\n", certificate.thumbprint().text(), printable(certificate.subject().text(), 1000),
                    entry.pinned ? ", pinned" : "", formatInstant(certificate.notAfter()), printable(entry.stored.source, 4096));
    if (!entry.refusals) return text;
    text += fmt::format("    refused {} times from {} to {}\n", entry.refusals->count, formatInstant(entry.refusals->first),
                        formatInstant(entry.refusals->last));
    for (const auto& each : entry.refusals->refusals) {
        text += fmt::format("    {}: {} (from {}, at {})\n", statusName(each.status), each.reason,
                            orElse(each.peerAddress, "an unknown address"), orElse(each.endpointUrl, "an unknown endpoint"));
    }
    return text;
}

void complainAbout(std::span<const StoreProblem> problems, Console& console) {
    for (const auto& each : problems) {
        console.complain(
            {StatusCode::BadConfigurationError, fmt::format("{}: {}", printable(each.source, 4096), each.message), each.remedy});
    }
}

Json problemsJson(std::span<const StoreProblem> problems) {
    Json json = Json::array();
    for (const auto& each : problems) json.push_back({{"source", each.source}, {"message", each.message}, {"remedy", each.remedy}});
    return json;
}

ExitCode list(const ListOptions& options, Console& console) {
    const auto desk = openDesk(options.desk, true, console);
    if (!desk) return console.fail(desk.error());
    Json entries = Json::array();
    std::string text;
    for (const auto which : listsOf(options.which)) {
        const auto all = desk->manager->list(which);
        text += fmt::format("{}: {}\n", storeListName(which), all.size());
        for (const auto& each : all) {
            text += entryText(each);
            entries.push_back(entryJson(each));
        }
    }
    const auto snapshot = desk->store->snapshot();
    auto problems = desk->store->refusals().problems;
    problems.insert(problems.begin(), snapshot->problems().begin(), snapshot->problems().end());
    if (console.json()) {
        console.printJson({{"entries", std::move(entries)}, {"problems", problemsJson(problems)}});
    } else {
        if (text.ends_with('\n')) text.pop_back();
        console.print(text);
    }
    complainAbout(problems, console);
    return problems.empty() ? ExitCode::Done : ExitCode::Refused;
}

ExitCode history(const ListOptions& options, Console& console) {
    const auto desk = openDesk(options.desk, true, console);
    if (!desk) return console.fail(desk.error());
    const auto history = desk->manager->history();
    if (console.json()) {
        Json changes = Json::array();
        for (const auto& each : history.records) changes.push_back(changeJson(each));
        console.printJson({{"changes", std::move(changes)}, {"problems", problemsJson(history.problems)}});
    } else {
        std::string text;
        for (const auto& each : history.records) text += (text.empty() ? "" : "\n") + changeText(each);
        console.print(text.empty() ? "Nothing was changed so far." : text);
    }
    complainAbout(history.problems, console);
    return history.problems.empty() ? ExitCode::Done : ExitCode::Failed;
}

Action listOptions(CLI::App& app) {
    auto options = std::make_shared<ListOptions>();
    auto& o = *options;
    addChoice<Which>(app, "LIST", o.which,
                     {{"all", Which::All},
                      {"trusted", Which::Trusted},
                      {"issuers", Which::Issuers},
                      {"rejected", Which::Rejected},
                      {"blocked", Which::Blocked}},
                     "Which list (default: all)");
    addPki(app, o.desk);
    return [options](Console& console) { return list(*options, console); };
}

Action historyOptions(CLI::App& app) {
    auto options = std::make_shared<ListOptions>();
    addPki(app, options->desk);
    return [options](Console& console) { return history(*options, console); };
}

}  // namespace

const Command kList{.name = "list",
                    .about = "Show the certificates of a PKI folder, and who was refused, why, how often and from where",
                    .details =
                        "Only looks: nothing in the folder is created or changed. The most recently refused come first. Ends with 1 when "
                        "something in the folder could not be read.",
                    .examples = "uatrust list --pki pkiserver\nuatrust list --pki pkiserver rejected --json",
                    .options = listOptions};

const Command kHistory{
    .name = "history",
    .about = "Show who has changed the lists of a PKI folder, and when",
    .details =
        "Shows what was done with this program and with others that use the library; what was done with a file manager is "
        "not in it.",
    .examples = "uatrust history --pki pkiserver",
    .options = historyOptions};

}  // namespace uatrust::tool
