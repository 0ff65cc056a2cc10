#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tool/command.hpp"

namespace uatrust::tool {

/// CommandLine is the description of all that the program understands, and what of it was asked for.
class CommandLine {
public:
    /// `width` is that of the help text.
    explicit CommandLine(std::size_t width);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// run() reads a command line and does what it says. Nothing gets out of it, exceptions included.
    [[nodiscard]] ExitCode run(const std::vector<std::string>& arguments, Console& console) noexcept;

    /// The description, for completions.
    [[nodiscard]] const CLI::App& app() const noexcept { return *app_; }

private:
    void add(const Command& command);
    [[nodiscard]] ExitCode parseAndAct(const std::vector<std::string>& arguments, Console& console);
    [[nodiscard]] std::string helpText() const;
    [[nodiscard]] Error usageError(std::string_view why, const std::vector<std::string>& arguments) const;

    std::unique_ptr<CLI::App> app_;
    std::vector<std::pair<CLI::App*, Action>> actions_{};
    bool json_ = false;
};

}  // namespace uatrust::tool
