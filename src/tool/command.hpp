#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tool/console.hpp"

namespace CLI {
class App;
}

namespace uatrust::tool {

/// Action does what a command line asks for, once it has been read.
using Action = std::function<ExitCode(Console&)>;

/// Command is one subcommand of the program. Each has a file of its own, and a row in commands().
struct Command {
    std::string_view name;
    std::string_view about;        ///< what it does, one sentence: its line in the list of commands
    std::string_view details;      ///< what else a user has to know: shown below that by --help; may be empty
    std::string_view examples;     ///< command lines, one per line
    Action (*options)(CLI::App&);  ///< adds the options; --help and --json are there already
};

/// commands() lists all of them in the order of the help text.
[[nodiscard]] std::span<const Command> commands() noexcept;

}  // namespace uatrust::tool
