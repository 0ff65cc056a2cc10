#include "tool/command_line.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/help_format.hpp"

namespace uatrust::tool {
namespace {

constexpr auto kAbout =
    "Who is trusted in an OPC UA application, and why: looks into certificates and PKI folders, and judges certificates as the "
    "application would.";

constexpr auto kEpilogue =
    "uatrust COMMAND --help says more and has an example. Ends with 0 when done or\n"
    "trusted, with 1 when refused, with 2 when it could not be done.";

bool isOption(const std::string& argument) { return argument.size() > 1 && argument.front() == '-'; }

// Examples are one to a line and stay whole, so that they can be copied.
std::string exampleText(std::string_view examples) {
    std::string text = "Examples:\n  ";
    for (const char c : examples) text += c == '\n' ? std::string{"\n  "} : std::string(1, c);
    return text + '\n';
}

std::string asSentence(std::string_view text) {
    auto sentence = printable(text, 1000);
    if (!sentence.ends_with('.')) sentence += '.';
    return sentence;
}

}  // namespace

CommandLine::CommandLine(std::size_t width) : app_{std::make_unique<CLI::App>(kAbout, "uatrust")} {
    auto format = std::make_shared<HelpFormat>(width);
    format->label("Positionals", "Arguments");
    app_->formatter(std::move(format));
    app_->set_help_flag("-h,--help", "Say what it does and which options there are");
    app_->set_version_flag("--version", fmt::format("uatrust {}", UATRUST_VERSION), "Say which version this is");
    app_->footer(kEpilogue);
    app_->require_subcommand(0, 1);
    for (const auto& command : commands()) add(command);
}

CommandLine::~CommandLine() = default;

void CommandLine::add(const Command& command) {
    auto description = std::string{command.about};
    if (!command.details.empty()) description += "\n\n" + std::string{command.details};
    auto* app = app_->add_subcommand(std::string{command.name}, description);
    app->group("Commands");
    app->footer(exampleText(command.examples));
    actions_.emplace_back(app, command.options(*app));
    app->add_flag("--json", json_, "Write the result as JSON");
}

// CLI11's versions differ in the number of empty lines.
std::string CommandLine::helpText() const {
    auto text = app_->help();
    for (auto at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n")) text.erase(at, 1);
    return text;
}

// CLI11 says "The following argument was not expected"; a user who has mistyped a command wants to know the commands.
Error CommandLine::usageError(std::string_view why, const std::vector<std::string>& arguments) const {
    const auto chosen = app_->get_subcommands();
    if (!chosen.empty()) {
        return {StatusCode::BadInvalidArgument, asSentence(why), fmt::format("See uatrust {} --help.", chosen.front()->get_name())};
    }
    std::vector<std::string_view> names;
    for (const auto& command : commands()) names.push_back(command.name);
    const auto remedy = fmt::format("Give one of the commands {}; uatrust --help says what they do.", fmt::join(names, ", "));
    if (arguments.empty()) return {StatusCode::BadInvalidArgument, "No command is given.", remedy};
    const auto& first = arguments.front();
    return {StatusCode::BadInvalidArgument,
            isOption(first) ? fmt::format("The option {} is not known.", printable(first))
                            : fmt::format("There is no command \"{}\".", printable(first)),
            remedy};
}

ExitCode CommandLine::parseAndAct(const std::vector<std::string>& arguments, Console& console) {
    try {
        app_->parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
    } catch (const CLI::CallForHelp&) {
        console.print(helpText());
        return ExitCode::Done;
    } catch (const CLI::CallForVersion& version) {
        console.print(std::string_view{version.what()});
        return ExitCode::Done;
    } catch (const CLI::ParseError& error) {
        return console.fail(usageError(error.what(), arguments));
    }
    for (const auto& [app, action] : actions_) {
        if (app->parsed()) return action(console);
    }
    return console.fail(usageError({}, arguments));
}

ExitCode CommandLine::run(const std::vector<std::string>& arguments, Console& console) noexcept try {
    // Known beforehand, so that a mistake on the command line is told as JSON as well.
    if (std::find(arguments.begin(), arguments.end(), "--json") != arguments.end()) console.useJson();
    return console.finish(parseAndAct(arguments, console));
} catch (const std::exception& error) {
    try {
        return console.fail({StatusCode::BadInternalError, fmt::format("Something went wrong inside: {}", error.what()),
                             "Report it together with the command line."});
    } catch (...) {
        return ExitCode::Failed;
    }
}

}  // namespace uatrust::tool
