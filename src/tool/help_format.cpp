#include "tool/help_format.hpp"

#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kColumn = 28;

}  // namespace

std::string HelpFormat::make_usage(const CLI::App* app, std::string name) const {
    std::string line = "Usage: " + name;
    const auto options = app->get_options([](const CLI::Option* option) { return option->nonpositional(); });
    if (!options.empty()) line += " [OPTION]...";
    for (const auto* option : app->get_options([](const CLI::Option* each) { return each->get_positional(); })) {
        line += ' ' + option->get_name(true) + (option->get_items_expected_max() > 1 ? "..." : "");
    }
    if (!app->get_subcommands({}).empty()) line += " COMMAND [OPTION]...";
    return wrap(line, width_) + '\n';
}

std::string HelpFormat::make_description(const CLI::App* app) const { return wrap(app->get_description(), width_, 0) + "\n\n"; }

std::string HelpFormat::make_option(const CLI::Option* option, bool isPositional) const {
    const auto label = "  " + make_option_name(option, isPositional) + (isPositional ? "" : make_option_opts(option));
    return besides(label, make_option_desc(option), kColumn, width_);
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
    const auto type = option->get_type_size() != 0 ? option->get_type_name() : std::string{};
    return type.empty() ? type : ' ' + type;
}

std::string HelpFormat::make_subcommand(const CLI::App* command) const {
    const auto& about = command->get_description();
    return besides("  " + command->get_name(), about.substr(0, about.find('\n')), kColumn, width_);
}

std::string HelpFormat::make_footer(const CLI::App* app) const {
    const auto& footer = app->get_footer();
    return footer.empty() ? footer : '\n' + footer;
}

}  // namespace uatrust::tool
