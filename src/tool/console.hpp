#pragma once

#include <uatrust/core/result.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace uatrust::tool {

/// Json keeps its members in the order they are given.
using Json = nlohmann::ordered_json;

/// errorJson() is {"status", "message", "remedy"}.
[[nodiscard]] Json errorJson(const Error& error);

/// ExitCode is what a script learns of a command.
enum class ExitCode : std::uint8_t {
    Done = 0,     ///< done; for a question: yes, trusted
    Refused = 1,  ///< looked, and the answer is no: a certificate is refused, something is not in order
    Failed = 2    ///< could not do it: wrong usage, a file that cannot be read
};

/// Console is where a command says what it has to say: results on standard output, everything else on standard error.
class Console {
public:
    struct Widths {
        std::size_t output = 0;  ///< columns, 0 for no bounds
        std::size_t error = 0;
    };
    Console(std::ostream& output, std::ostream& error, Widths widths) : output_{&output}, error_{&error}, widths_{widths} {}

    /// Whether the result is to be JSON. Commands ask before they print.
    [[nodiscard]] bool json() const noexcept { return json_; }
    void useJson() noexcept { json_ = true; }
    [[nodiscard]] const Widths& widths() const noexcept { return widths_; }

    /// print() writes a result, with a line end behind it.
    void print(std::string_view text);
    /// The same for what is to be read by a program: no line is broken.
    void printAsIs(std::string_view text);
    void printJson(const Json& json);
    /// printNow() writes at once what a program that runs on has to say: as it is.
    void printNow(std::string_view text);
    /// The same as JSON in one line.
    void printJsonLine(const Json& json);
    /// Whether all of it could be written: false when nobody reads any more.
    [[nodiscard]] bool isHeard() const;
    /// note() tells what the user should know beside the result.
    void note(std::string_view text);
    /// listenTo() says that a person is at the terminal and types answers.
    void listenTo(std::istream& person) noexcept { person_ = &person; }
    /// ask() puts a question that is answered with yes or no: whatever is not y or yes is a no. Nothing when nobody is there, or when the
    /// result is for a program.
    [[nodiscard]] std::optional<bool> ask(std::string_view question);
    [[nodiscard]] bool hasAsked() const noexcept { return asked_; }
    /// complain() tells what went wrong, and what to do.
    void complain(const Error& error);
    /// showProgress() shows what is just being done, in one line of ASCII that the next call replaces, and an empty one takes away.
    /// Only on a terminal, and not when the result is for a program.
    void showProgress(std::string_view text);
    /// fail() tells why there is no result, and what to do; with JSON also as an object with the member "error".
    ExitCode fail(const Error& error);

    /// finish() is `code` unless what was printed could not be written.
    [[nodiscard]] ExitCode finish(ExitCode code);

private:
    void say(std::string_view text);

    std::ostream* output_;
    std::ostream* error_;
    std::istream* person_ = nullptr;
    bool asked_ = false;
    Widths widths_;
    bool json_ = false;
    std::size_t shown_ = 0;  ///< columns of the progress that is shown
};

}  // namespace uatrust::tool
