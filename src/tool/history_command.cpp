#include "tool/commands.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "tool/desk.hpp"
#include "tool/problems.hpp"

namespace uatrust::tool {
namespace {

ExitCode history(const DeskOptions& options, Console& console) {
    const auto desk = openDesk(options, true, console);
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

Action historyOptions(CLI::App& app) {
    auto options = std::make_shared<DeskOptions>();
    addPki(app, *options);
    return [options](Console& console) { return history(*options, console); };
}

}  // namespace

const Command kHistory{
    .name = "history",
    .about = "Show who has changed the lists of a PKI folder, and when",
    .details =
        "Shows what was done with this program and with others that use the library; what was done with a file manager is "
        "not in it.",
    .examples = "uatrust history --pki pkiserver",
    .options = historyOptions};

}  // namespace uatrust::tool
