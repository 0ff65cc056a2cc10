#include "tool/commands.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/desk.hpp"
#include "tool/folder_watcher.hpp"
#include "tool/platform_input.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

constexpr std::chrono::milliseconds kStep{200};

struct WatchOptions {
    DeskOptions desk{};
    std::vector<std::string> folders{};
    std::string within = "30d";
    std::string time{};
    std::size_t count = 0;
};

/// Watch is what a command line asks for, understood.
struct Watch {
    std::vector<FolderWatcher> folders{};
    std::optional<std::chrono::steady_clock::time_point> until{};
    std::size_t count = 0;  ///< 0: no end
};

Instant now() { return systemClock().now(); }

Result<Watch> watchOf(const WatchOptions& options) {
    const auto within = parseSpan(options.within);
    if (!within) return within.error();
    Watch watch{.count = options.count};
    if (!options.time.empty()) {
        const auto time = parseSpan(options.time);
        if (!time) return time.error();
        watch.until = std::chrono::steady_clock::now() + *time;
    }
    for (const auto& each : options.folders) {
        auto folder = openPki(each, "DIR", options.desk.layout);
        if (!folder) return folder.error();
        watch.folders.emplace_back(std::move(*folder), *within);
    }
    if (!options.folders.empty()) return watch;
    auto folder = choosePki(options.desk.pki, options.desk.layout);
    if (!folder) return folder.error();
    watch.folders.emplace_back(std::move(*folder), *within);
    return watch;
}

void begin(const FolderWatcher& watcher, Console& console) {
    const auto& lists = watcher.lists();
    if (!console.json()) return console.note(fmt::format("Watching {}; Ctrl+C ends it.", watcher.folder().name()));
    Json json{{"event", "watching"}, {"at", formatInstant(now())}, {"folder", watcher.folder().name()}};
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked}) {
        json[std::string{storeListName(list)}] = lists.certificates(list).size();
    }
    console.printJsonLine(json);
}

void tell(const WatchEvent& event, const PkiFolder& folder, bool several, Console& console) {
    if (console.json()) return console.printJsonLine(watchJson(event, now(), folder));
    console.printNow(watchText(event, now(), several ? folder.name() : std::string{}) + '\n');
}

// True when as many have been told as are wanted.
bool round(Watch& watch, std::size_t& told, Console& console) {
    for (auto& each : watch.folders) {
        for (const auto& event : each.poll(now())) {
            tell(event, each.folder(), watch.folders.size() > 1, console);
            if (watch.count != 0 && ++told == watch.count) return true;
        }
    }
    return false;
}

ExitCode watchFolders(const WatchOptions& options, Console& console) {
    auto watch = watchOf(options);
    if (!watch) return console.fail(watch.error());
    const StopRequest stop;
    for (const auto& each : watch->folders) begin(each, console);
    std::size_t told = 0;
    while (!StopRequest::made() && console.isHeard()) {
        if (round(*watch, told, console)) return ExitCode::Done;
        if (watch->until && std::chrono::steady_clock::now() >= *watch->until) {
            return watch->count == 0 ? ExitCode::Done : ExitCode::Refused;
        }
        sleepUnlessStopped(kStep);
    }
    return ExitCode::Done;
}

Action watchOptions(CLI::App& app) {
    auto options = std::make_shared<WatchOptions>();
    auto& o = *options;
    app.add_option("DIR", o.folders, "PKI folders; without one that of --pki");
    addPki(app, o.desk);
    app.add_option("--within", o.within, "Tell what expires within this time, like 30d (default)")->type_name("TIME");
    app.add_option("--for", o.time, "End after this time, like 90s, 10m or 2h")->type_name("TIME");
    app.add_option("--count", o.count, "End after so many events")->type_name("N");
    return [options](Console& console) { return watchFolders(*options, console); };
}

}  // namespace

const Command kWatch{
    .name = "watch",
    .about = "Tell what happens in PKI folders, a line for each event",
    .details =
        "Who is refused and why, what is trusted, distrusted and blocked, CRLs and own certificates that are replaced, what expires "
        "soon, and what cannot be looked at; whoever does it. Only looks. With --json each line is an object, and a first one says that "
        "watching has begun. Ends with 0; with 1 when --for was over before there were as many events as --count asks for.",
    .examples = "uatrust watch --pki pkiserver\nuatrust watch --json --count 1 --for 10m pkiserver pkiclient",
    .options = watchOptions};

}  // namespace uatrust::tool
