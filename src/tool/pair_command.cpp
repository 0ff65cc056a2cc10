#include "tool/commands.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/desk.hpp"
#include "tool/pair_face.hpp"
#include "tool/platform.hpp"
#include "tool/platform_input.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

constexpr std::chrono::milliseconds kStep{200};
// How long it is tried to take back what is not confirmed, before the next command has to do so.
constexpr std::chrono::seconds kClosingTime{5};

struct PairOptions {
    DeskOptions desk{};
    std::string time{};
    std::string endpoint{};
    std::size_t max = PairingOptions{}.max;
};

Instant now() { return systemClock().now(); }

Result<PairingOptions> pairingOptions(const PairOptions& given) {
    const auto time = parseSpan(given.time);
    if (!time) return time.error();
    PairingOptions options{.duration = *time, .endpointUrl = given.endpoint, .max = given.max, .who = operatorName(given.desk)};
    const auto checked = Pairing::check(options);
    return checked ? Result<PairingOptions>{std::move(options)} : checked.error();
}

void tellAll(const std::vector<PairingEvent>& events, const Pairing& pairing, PairFace& face) {
    for (const auto& each : events) face.tell(each, pairing);
}

// "confirm DIGITS", "drop DIGITS", "close"
void obey(const std::string& command, Pairing& pairing, PairFace& face) {
    if (command.empty()) return;
    if (command == "close") return tellAll(pairing.close("It was closed by hand."), pairing, face);
    const auto space = command.find(' ');
    const auto verb = command.substr(0, space);
    if (space == std::string::npos || (verb != "confirm" && verb != "drop")) {
        return face.complain({StatusCode::BadInvalidArgument, fmt::format("\"{}\" is not understood.", printable(command)),
                              "Say confirm or drop with the thumbprint, or close."});
    }
    const auto id = pairing.named(std::string_view{command}.substr(space + 1));
    if (!id) return face.complain(id.error());
    const auto done = verb == "confirm" ? pairing.confirm(*id, now()) : pairing.drop(*id, now());
    if (!done) return face.complain(done.error());
    face.tell(*done, pairing);
}

void listen(LineInput& input, Pairing& pairing, PairFace& face) {
    std::string line;
    switch (input.wait(line, kStep)) {
        case LineInput::Got::Line:
            return obey(face.commandFor(line, pairing), pairing, face);
        case LineInput::Got::End:
            return tellAll(pairing.close("Standard input has ended: nobody could confirm any more."), pairing, face);
        case LineInput::Got::Nothing:
            break;
    }
}

// True when nothing that was let in and not confirmed is left.
bool finish(Pairing& pairing, PairFace& face) {
    const auto deadline = std::chrono::steady_clock::now() + kClosingTime;
    while (pairing.isOpen() && std::chrono::steady_clock::now() < deadline) {
        sleepUnlessStopped(kStep);
        tellAll(pairing.step(now()), pairing, face);
    }
    return !pairing.isOpen();
}

ExitCode run(Pairing& pairing, PairFace& face, Console& console) {
    const StopRequest stop{StopRequest::Pausing::Ignored};
    LineInput input;
    face.begin(pairing);
    while (pairing.isOpen() && !pairing.isClosing()) {
        tellAll(pairing.step(now()), pairing, face);
        if (!pairing.isOpen() || pairing.isClosing()) break;
        face.idle(pairing);
        if (StopRequest::made()) {
            tellAll(pairing.close("The program was asked to end."), pairing, face);
        } else if (!console.isHeard()) {
            tellAll(pairing.close("Nobody reads what it says any more."), pairing, face);
        } else {
            listen(input, pairing, face);
        }
    }
    if (!finish(pairing, face)) {
        return console.fail({StatusCode::BadResourceUnavailable,
                             "What was let in and not confirmed could not be rejected again: it is still trusted.",
                             "Do what is said above; the next uatrust command on this folder rejects it, or do so by hand."});
    }
    face.end(pairing);
    const auto& entries = pairing.entries();
    const bool any =
        std::any_of(entries.begin(), entries.end(), [](const PairingEntry& each) { return each.state == PairingState::Confirmed; });
    return any ? ExitCode::Done : ExitCode::Refused;
}

ExitCode pair(const PairOptions& given, Console& console) {
    const auto options = pairingOptions(given);
    if (!options) return console.fail(options.error());
    const auto desk = openDesk(given.desk, given.desk.dryRun, console);
    if (!desk) return console.fail(desk.error());
    const bool person = !console.json() && inputIsTerminal() && isTerminal(Stream::Output);
    if (given.desk.dryRun) {
        Json json{{"action", "pair"}, {"seconds", options->duration.count()}, {"max", options->max}};
        json["endpoint"] = options->endpointUrl.empty() ? Json() : Json(options->endpointUrl);
        if (console.json()) console.printJson(json);
        if (!console.json()) {
            console.print(fmt::format("pair  at most {} for {}, {}", options->max, formatDuration(options->duration),
                                      options->endpointUrl.empty() ? "at any endpoint" : "at " + printable(options->endpointUrl)));
        }
        return ExitCode::Done;
    }
    const auto pairing = Pairing::open(*desk->store, *desk->manager, *options, now());
    if (!pairing) return console.fail(pairing.error());
    const auto face = person ? pairFaceForPeople(console) : pairFaceForPrograms(console);
    return run(**pairing, *face, console);
}

Action pairOptions(CLI::App& app) {
    auto options = std::make_shared<PairOptions>();
    auto& o = *options;
    app.add_option("--for", o.time, "How long, like 90s, 10m or 2h")->type_name("TIME")->required();
    app.add_option("--endpoint", o.endpoint, "Only who tries to connect to this endpoint of the application")->type_name("URL");
    app.add_option("--max", o.max, "At most so many certificates (default: 5)")->type_name("N");
    addPki(app, o.desk);
    addOperator(app, o.desk);
    return [options](Console& console) { return pair(*options, console); };
}

}  // namespace

const Command kPair{
    .name = "pair",
    .about = "For a while, let in whom nobody trusts yet, to be confirmed or dropped one by one",
    .details =
        "Who is refused while it is open, for no other reason than trust, is trusted at once, and shown with its thumbprint: compare it "
        "with the device, then confirm or drop it. What is not confirmed when the time is over, or when the program ends, is rejected "
        "again; after a crash by the next command on the folder. CAs, what they have issued, what is blocked, and what was rejected "
        "before and does not try again are not let in. When not at a terminal, or with --json, it writes a line of JSON for each event "
        "and reads lines: confirm THUMBPRINT, drop THUMBPRINT, close; the end of standard input closes it, too. Ends with 0 when "
        "something was confirmed, with 1 when nothing was.",
    .examples = "uatrust pair --pki pkiserver --for 10m\nuatrust pair --pki pkiserver --for 5m --max 1 --endpoint opc.tcp://plc-4:4840",
    .options = pairOptions};

}  // namespace uatrust::tool
