#include <sstream>

#include <CLI/CLI.hpp>

#include "support/catch.hpp"
#include "support/tool_command.hpp"
#include "tool/command_line.hpp"
#include "tool/text.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

bool fits(const std::string& text, std::size_t width) {
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
        if (tool::columns(line) > width) return false;
    }
    return true;
}

ToolOutput run(const std::string& arguments) {
    const TempFolder folder;
    return toolCommand(folder.path(), arguments);
}

}  // namespace

TEST_CASE("The help of the program names every command and fits 80 columns") {
    const auto help = run("--help");
    CHECK(help.exitCode == 0);
    CHECK(help.err.empty());
    CHECK(fits(help.out, 80));
    for (const auto& command : tool::commands()) CHECK(help.says("\n  " + std::string{command.name} + " "));
    CHECK(run("-h").out == help.out);
}

TEST_CASE("The help of every command has a sentence, all options and an example, and fits 80 columns") {
    const tool::CommandLine line{80};
    for (const auto& command : tool::commands()) {
        CAPTURE(command.name);
        const auto help = run(std::string{command.name} + " --help");
        CHECK(help.exitCode == 0);
        CHECK(help.says(command.about.substr(0, 20)));
        CHECK(help.says("Usage: uatrust " + std::string{command.name}));
        CHECK(help.says("Examples:\n  "));
        CHECK(help.says("uatrust " + std::string{command.name} + " "));
        CHECK(fits(help.out, 80));
        for (const auto* option : line.app().get_subcommand(std::string{command.name})->get_options()) {
            CAPTURE(option->get_name());
            CHECK(help.says(option->get_name()));
            CHECK_FALSE(option->get_description().empty());
        }
        CHECK(help.says("--json"));
    }
}

TEST_CASE("The version is that of the build") {
    const auto version = run("--version");
    CHECK(version.exitCode == 0);
    CHECK(version.out == "uatrust " UATRUST_VERSION "\n");
}

TEST_CASE("A wrong command line ends with 2 and says what to do, on standard error") {
    struct Row {
        std::string arguments;
        std::string says;
    };
    const std::vector<Row> rows{{"", "No command is given."},
                                {"frobnicate", "There is no command \"frobnicate\"."},
                                {"--frobnicate", "The option --frobnicate is not known."},
                                {"verify", "FILE is required."},
                                {"verify a --frobnicate", "--frobnicate"},
                                {"verify a b", "b"},
                                {"verify a --role both", "--role is one of server, client, not \"both\"."},
                                {"verify a --profile x", "--profile is one of application, user, path"},
                                {"verify a --revocation x", "--revocation is one of required, if-present, off"},
                                {"verify a --pki", "--pki"},
                                {"show", "FILE is required."},
                                {"layouts", "ACTION is required."},
                                {"layouts detect", "DIR is required."},
                                {"layouts guess .", "ACTION is one of detect, convert, not \"guess\"."},
                                {"layouts convert --from .", "--to is required."},
                                {"show a --role x", "--role is one of server, client, both"}};
    for (const auto& row : rows) {
        CAPTURE(row.arguments);
        const auto result = run(row.arguments);
        CAPTURE(result.err);
        CHECK(result.exitCode == 2);
        CHECK(result.out.empty());
        CHECK(result.complains(row.says));
        CHECK(result.complains("\nWhat to do: "));
        CHECK(result.complains("--help"));
    }
}

TEST_CASE("With --json a wrong command line is told as JSON too") {
    const auto result = run("verify --json");
    CHECK(result.exitCode == 2);
    CHECK(result.json()["error"]["status"] == "BadInvalidArgument");
    CHECK(result.json()["error"]["message"] == "FILE is required.");
    CHECK(result.complains("FILE is required."));
}

#ifdef __linux__
TEST_CASE("A result that cannot be written is no success") {
    const TempFolder folder;
    const auto full = toolCommand(folder.path(), "--version >/dev/full 2>/dev/null; code=$?; (exit $code)");
    CHECK(full.exitCode == 2);
}
#endif

TEST_CASE("Text fits the width of the terminal, and is not broken elsewhere") {
    std::ostringstream out;
    std::ostringstream err;
    tool::Console narrow{out, err, {.output = 40, .error = 40}};
    CHECK(tool::CommandLine{40}.run({"verify", "--help"}, narrow) == tool::ExitCode::Done);
    CHECK(tool::CommandLine{40}.run({"verify", "none", "--pki", "/nowhere"}, narrow) == tool::ExitCode::Failed);
    CHECK(fits(err.str(), 40));
    CHECK(out.str().find("\n  --role server|client\n             Who judges:") != std::string::npos);
}
