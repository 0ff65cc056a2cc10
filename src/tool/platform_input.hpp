#pragma once

// How a command that runs for a while hears of the user: lines of standard input, and the wish that it ends. One twin for each
// platform: platform_input_posix.cpp and platform_input_windows.cpp.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace uatrust::tool {

/// StopRequest keeps the wish that the program ends (SIGINT, SIGTERM, SIGHUP; Ctrl+C, the closed console) from ending it at once, as
/// long as the object is there: the command ends by itself, and in order. A reader of standard output that has gone is
/// a failed write then, not the end. One at a time.
class StopRequest {
public:
    enum class Pausing : std::uint8_t {
        Allowed,
        Ignored  ///< Ctrl+Z does nothing: what has to end at its time must not be stopped
    };
    explicit StopRequest(Pausing pausing = Pausing::Allowed);
    ~StopRequest();
    StopRequest(const StopRequest&) = delete;
    StopRequest& operator=(const StopRequest&) = delete;

    [[nodiscard]] static bool made() noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// LineInput reads standard input line by line. Nothing else may read it meanwhile. A line of more than kMaxLine octets is the end.
class LineInput {
public:
    static constexpr std::size_t kMaxLine = 4096;
    enum class Got : std::uint8_t { Line, Nothing, End };

    LineInput();
    ~LineInput();
    LineInput(const LineInput&) = delete;
    LineInput& operator=(const LineInput&) = delete;

    /// Waits for a line at most so long, less when a stop is requested. `line` comes without its line end.
    [[nodiscard]] Got wait(std::string& line, std::chrono::milliseconds timeout);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// sleepUnlessStopped() waits so long, less when a stop is requested.
void sleepUnlessStopped(std::chrono::milliseconds time);

/// Whether standard input is a terminal: a person who can be asked.
[[nodiscard]] bool inputIsTerminal() noexcept;

}  // namespace uatrust::tool
