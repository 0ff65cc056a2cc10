#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace uatrust::examples {

/// Narrator writes the log of a process that runs for long: one line with the time for everything an operator should know,
/// on the standard error stream. Safe to use from several threads.
class Narrator {
public:
    explicit Narrator(std::string_view who) : who_{who} {}

    /// Writes the line, always.
    void say(std::string_view line);

    /// Writes the line unless the same one was written a moment ago: a peer that tries again every second must not fill the
    /// disk. What was held back is counted, and told by flush(). Silence about a line grows from two seconds to a minute; it
    /// ends when say() says something, or a line that is `good` news: what is refused after that is news again.
    void sayThrottled(std::string_view line, bool good = false);

    /// Tells what was held back for long enough; to be called now and then.
    void flush();

private:
    using Time = std::chrono::steady_clock::time_point;
    struct Silence {
        Time until{};
        std::chrono::seconds length{};
        unsigned heldBack = 0;
    };
    void write(std::string_view line);
    /// Tells all that was held back first, so that the order is right.
    void writeNew(std::string_view line);
    void endSilences(Time now);

    std::mutex mutex_{};
    std::string who_;
    std::map<std::string, Silence, std::less<>> silences_{};
};

}  // namespace uatrust::examples
