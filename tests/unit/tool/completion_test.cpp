#include <CLI/CLI.hpp>

#include "support/catch.hpp"
#include "support/tool_command.hpp"
#include "tool/command_line.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string script(const std::string& shell) {
    const TempFolder folder;
    const auto result = toolCommand(folder.path(), "completion " + shell);
    REQUIRE(result.exitCode == 0);
    return result.out;
}

// Calls `visit` with the name of every command and of each of its options.
template <class Visit>
void eachOption(Visit visit) {
    const tool::CommandLine line{80};
    for (const auto* command : line.app().get_subcommands(std::function<bool(const CLI::App*)>{})) {
        for (const auto* option : command->get_options([](const CLI::Option* each) { return each->nonpositional(); })) {
            for (const auto& name : option->get_lnames()) visit(command->get_name(), name);
        }
    }
}

#ifndef _WIN32
// What bash offers for the last of the words of a command line.
std::string offeredByBash(const std::string& words) {
    const TempFolder folder;
    writeFile(folder / "completion", script("bash"));
    writeFile(folder / "some file.der", std::string{"x"});
    std::filesystem::create_directory(folder / "some folder");
    writeFile(folder / "ask", "source ./completion\nCOMP_WORDS=(" + words +
                                  ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_uatrust\nprintf '%s|' \"${COMPREPLY[@]}\"\n");
    const auto command = "cd '" + folder.path().string() + "' && bash ./ask >offered 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
    return readFile(folder / "offered");
}
#endif

}  // namespace

TEST_CASE("The completions of every shell have every command and every option") {
    const auto bash = script("bash");
    const auto zsh = script("zsh");
    const auto fish = script("fish");
    std::size_t count = 0;
    eachOption([&](const std::string& command, const std::string& option) {
        CAPTURE(command);
        CAPTURE(option);
        CHECK(contains(bash, "--" + option));
        CHECK(contains(zsh, "--" + option + "["));
        CHECK(contains(fish, "__fish_seen_subcommand_from " + command + "' -l " + option));
        CHECK(contains(fish, "-f -a " + command + " -d"));
        CHECK(contains(zsh, "'" + command + ":"));
        ++count;
    });
    CHECK(count > 15);
}

#ifndef _WIN32
TEST_CASE("bash offers commands, options, the words of a choice, folders and files") {
    CHECK(offeredByBash("uatrust ver") == "verify|");
    CHECK(contains(offeredByBash("uatrust ''"), "show|"));
    CHECK(offeredByBash("uatrust verify --pk") == "--pki|");
    CHECK(offeredByBash("uatrust verify --role ''") == "server|client|");
    CHECK(offeredByBash("uatrust show --role b") == "both|");
    CHECK(offeredByBash("uatrust verify --revocation if") == "if-present|");
    CHECK(offeredByBash("uatrust verify --pki some") == "some folder|");
    CHECK(offeredByBash("uatrust verify 'some fi'") == "some file.der|");
    CHECK(offeredByBash("uatrust verify --at ''") == "|");
    CHECK(offeredByBash("uatrust completion f") == "fish|");
    CHECK(offeredByBash("uatrust layouts ''") == "detect|convert|");
    CHECK(offeredByBash("uatrust layouts detect some") == "some folder|");
    CHECK(offeredByBash("uatrust layouts convert --from some") == "some folder|");
}
#endif

TEST_CASE("A shell that is not known is refused, and JSON has the script as text") {
    const TempFolder folder;
    const auto unknown = toolCommand(folder.path(), "completion tcsh");
    CHECK(unknown.exitCode == 2);
    CHECK(unknown.complains("SHELL is one of bash, zsh, fish, not \"tcsh\"."));
    CHECK(toolCommand(folder.path(), "completion --json bash").json()["script"] == script("bash"));
}

TEST_CASE("The manual page has every command and every option, and what the ends mean") {
    auto page = readFile(std::filesystem::path{UATRUST_TOOL_SOURCE} / "uatrust.1");
    for (auto at = page.find('\\'); at != std::string::npos; at = page.find('\\', at)) page.erase(at, 1);
    for (const auto& command : tool::commands()) CHECK(contains(page, ".SS \"uatrust " + std::string{command.name} + " "));
    eachOption([&](const std::string& command, const std::string& option) {
        CAPTURE(command);
        CAPTURE(option);
        CHECK(contains(page, "--" + option));
    });
    CHECK(contains(page, ".SH EXIT STATUS"));
    CHECK(contains(page, "UATRUST_PKI"));
}
