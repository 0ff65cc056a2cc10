#include "tool/commands.hpp"

#include <memory>

#include "tool/command_line.hpp"
#include "tool/completion_scripts.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kWidth = 80;

using Script = std::string (*)(const CLI::App&);

Action completionOptions(CLI::App& app) {
    auto script = std::make_shared<Script>(nullptr);
    addChoice<Script>(app, "SHELL", *script, {{"bash", bashCompletion}, {"zsh", zshCompletion}, {"fish", fishCompletion}}, "Which shell")
        ->required();
    return [script](Console& console) {
        const CommandLine line{kWidth};
        const auto text = (*script)(line.app());
        if (console.json()) {
            console.printJson(Json{{"script", text}});
        } else {
            console.printAsIs(text);
        }
        return ExitCode::Done;
    };
}

}  // namespace

const Command kCompletion{
    .name = "completion",
    .about = "Print the completions of commands and options for a shell",
    .details = "An installation has them in place already; this is for a shell that looks elsewhere.",
    .examples = "uatrust completion bash >~/.local/share/bash-completion/completions/uatrust",
    .options = completionOptions,
};

}  // namespace uatrust::tool
