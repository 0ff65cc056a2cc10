#include "tool/completion_scripts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace uatrust::tool {
namespace {

enum class Value : std::uint8_t { None, Text, File, Folder, Word };

struct Described {
    std::string name;  ///< "--role", or "FILE"
    std::string about;
    Value value = Value::None;
    std::vector<std::string> words{};  ///< for Value::Word
    bool repeated = false;
};

bool isLower(const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Described describe(const CLI::Option& option) {
    Described described{.name = option.get_name(option.get_positional()), .about = option.get_description()};
    described.name = described.name.substr(described.name.rfind(',') + 1);
    described.repeated = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll && option.get_items_expected_max() > 1;
    const auto type = option.get_type_size() == 0 ? std::string{} : option.get_type_name();
    if (!type.empty() && isLower(type)) {
        described.value = Value::Word;
        described.words = CLI::detail::split(type, '|');
    } else if (!type.empty()) {
        const bool file = type == "FILE" || (option.get_positional() && described.name == "FILE");
        described.value = type == "DIR" ? Value::Folder : file ? Value::File : Value::Text;
    }
    return described;
}

std::vector<Described> describeAll(const CLI::App& app, bool positional) {
    std::vector<Described> all;
    for (const auto* option : app.get_options([&](const CLI::Option* each) { return each->get_positional() == positional; })) {
        all.push_back(describe(*option));
    }
    return all;
}

std::vector<const CLI::App*> commandsOf(const CLI::App& program) { return program.get_subcommands(std::function<bool(const CLI::App*)>{}); }

std::string aboutOf(const CLI::App& command) {
    const auto text = command.get_description();
    return text.substr(0, text.find('\n'));
}

std::string namesOf(const std::vector<Described>& all) {
    std::vector<std::string> names;
    for (const auto& each : all) names.push_back(each.name);
    return fmt::format("{}", fmt::join(names, " "));
}

std::string escaped(std::string_view text, std::string_view special) {
    std::string out;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

// Within single quotes of a POSIX shell.
std::string quotable(std::string text) {
    for (auto at = text.find('\''); at != std::string::npos; at = text.find('\'', at + 4)) text.replace(at, 1, "'\\''");
    return text;
}

// ---- bash

std::string bashReply(const Described& described) {
    switch (described.value) {
        case Value::Word:
            return fmt::format("compgen -W '{}' -- \"$cur\"", fmt::join(described.words, " "));
        case Value::Folder:
            return "compgen -d -- \"$cur\"";
        case Value::File:
            return "compgen -f -- \"$cur\"";
        default:
            return ":";
    }
}

std::string bashCommand(const CLI::App& command) {
    std::string text = fmt::format("        {})\n            case $prev in\n", command.get_name());
    const auto options = describeAll(command, false);
    for (const auto& each : options) {
        if (each.value != Value::None) text += fmt::format("                {}) reply=$({}) ;;\n", each.name, bashReply(each));
    }
    const auto positionals = describeAll(command, true);
    const auto rest = positionals.empty() ? std::string{":"} : bashReply(positionals.front());
    // The second argument follows one of the words that the first one takes.
    if (positionals.size() > 1 && positionals.front().value == Value::Word) {
        text += fmt::format("                {}) reply=$({}) ;;\n", fmt::join(positionals.front().words, "|"), bashReply(positionals[1]));
    }
    text += fmt::format(
        "                *) if [[ $cur == -* ]]; then reply=$(compgen -W '{}' -- \"$cur\"); else reply=$({}); fi ;;\n"
        "            esac ;;\n",
        namesOf(options), rest);
    return text;
}

// ---- zsh

std::string zshValue(const Described& described) {
    switch (described.value) {
        case Value::Word:
            return fmt::format("({})", fmt::join(described.words, " "));
        case Value::Folder:
            return "_files -/";
        case Value::File:
            return "_files";
        default:
            return " ";
    }
}

// `position` counts arguments from 1; 0 is an option.
std::string zshArgument(const Described& described, std::size_t position) {
    const auto about = quotable(escaped(described.about, "[]:\\"));
    if (position != 0) {
        return fmt::format(" \\\n                '{}:{}:{}'", described.repeated ? "*" : std::to_string(position), about,
                           zshValue(described));
    }
    const auto value = described.value == Value::None ? std::string{} : ":value:" + zshValue(described);
    return fmt::format(" \\\n                '{}{}[{}]{}'", described.repeated ? "*" : "", described.name, about, value);
}

// ---- fish

// Within single quotes fish knows two escapes.
std::string fishText(std::string_view text) { return escaped(text, "'\\"); }

std::string fishValue(const Described& described) {
    switch (described.value) {
        case Value::None:
            return {};
        case Value::Word:
            return fmt::format(" -x -a '{}'", fmt::join(described.words, " "));
        case Value::Folder:
            return " -x -a '(__fish_complete_directories)'";
        case Value::File:
            return " -r -F";
        default:
            return " -x";
    }
}

std::string fishOption(std::string_view condition, const Described& described) {
    return fmt::format("complete -c uatrust -n '{}' -l {}{} -d '{}'\n", condition, described.name.substr(2), fishValue(described),
                       fishText(described.about));
}

std::string fishCommand(const CLI::App& command) {
    auto text =
        fmt::format("complete -c uatrust -n __fish_use_subcommand -f -a {} -d '{}'\n", command.get_name(), fishText(aboutOf(command)));
    const auto condition = fmt::format("__fish_seen_subcommand_from {}", command.get_name());
    for (const auto& each : describeAll(command, false)) text += fishOption(condition, each);
    for (const auto& each : describeAll(command, true)) {
        if (each.value == Value::Word) {
            text += fmt::format("complete -c uatrust -n '{}' -f -a '{}'\n", condition, fmt::join(each.words, " "));
        }
    }
    return text;
}

}  // namespace

std::string bashCompletion(const CLI::App& program) {
    std::vector<std::string> names;
    std::string cases;
    for (const auto* command : commandsOf(program)) {
        names.push_back(command->get_name());
        cases += bashCommand(*command);
    }
    return fmt::format(
        "# bash completion for uatrust\n"
        "_uatrust() {{\n"
        "    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} reply=\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD == 1)); then\n"
        "        mapfile -t COMPREPLY < <(compgen -W '{} {}' -- \"$cur\")\n"
        "        return\n"
        "    fi\n"
        "    case ${{COMP_WORDS[1]}} in\n"
        "{}"
        "    esac\n"
        "    [[ -z $reply ]] || mapfile -t COMPREPLY <<<\"$reply\"\n"
        "}}\n"
        "complete -o filenames -F _uatrust uatrust\n",
        fmt::join(names, " "), namesOf(describeAll(program, false)), cases);
}

std::string zshCompletion(const CLI::App& program) {
    std::string list;
    std::string cases;
    for (const auto* command : commandsOf(program)) {
        list += fmt::format("        '{}:{}'\n", command->get_name(), quotable(escaped(aboutOf(*command), ":\\")));
        cases += fmt::format("        {})\n            _arguments", command->get_name());
        for (const auto& each : describeAll(*command, false)) cases += zshArgument(each, 0);
        std::size_t position = 0;
        for (const auto& each : describeAll(*command, true)) cases += zshArgument(each, ++position);
        cases += " ;;\n";
    }
    std::string options;
    for (const auto& each : describeAll(program, false)) options += zshArgument(each, 0);
    return fmt::format(
        "#compdef uatrust\n"
        "_uatrust() {{\n"
        "    local -a commands=(\n{}    )\n"
        "    if ((CURRENT == 2)); then\n"
        "        _describe command commands\n"
        "        _arguments{}\n"
        "        return\n"
        "    fi\n"
        "    shift words\n"
        "    ((CURRENT--))\n"
        "    case $words[1] in\n"
        "{}"
        "    esac\n"
        "}}\n"
        "_uatrust \"$@\"\n",
        list, options, cases);
}

std::string fishCompletion(const CLI::App& program) {
    std::string text = "# fish completion for uatrust\n";
    for (const auto& each : describeAll(program, false)) text += fishOption("__fish_use_subcommand", each);
    for (const auto* command : commandsOf(program)) text += fishCommand(*command);
    return text;
}

}  // namespace uatrust::tool
