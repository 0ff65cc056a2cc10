#pragma once

#include <CLI/CLI.hpp>

namespace uatrust::tool {

/// HelpFormat lays out --help so that it fits the terminal.
class HelpFormat final : public CLI::Formatter {
public:
    explicit HelpFormat(std::size_t width) : width_{width} {}
    std::string make_usage(const CLI::App* app, std::string name) const override;
    std::string make_description(const CLI::App* app) const override;
    std::string make_option(const CLI::Option* option, bool isPositional) const override;
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_subcommand(const CLI::App* command) const override;
    std::string make_footer(const CLI::App* app) const override;

private:
    std::size_t width_;
};

}  // namespace uatrust::tool
