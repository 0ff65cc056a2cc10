#pragma once

// The program "uatrust" as it runs, for commands that do so for a while. Only where there are processes to fork.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "support/temp_folder.hpp"

namespace uatrust::test {

/// ToolProcess runs "uatrust <arguments>" inside a folder, with pipes or a terminal for standard input and output. What it says on
/// standard error goes to a file; with a terminal it goes there. It is killed with the object.
class ToolProcess {
public:
    enum class On : std::uint8_t { Pipes, Terminal };
    static constexpr std::chrono::seconds kPatience{30};

    ToolProcess(const std::filesystem::path& folder, const std::vector<std::string>& arguments, On on = On::Pipes) {
        if (on == On::Pipes) startWithPipes(folder, arguments);
        if (on == On::Terminal) startOnTerminal(folder, arguments);
    }
    ~ToolProcess() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            (void)exitCode();
        }
        closeInput();
        if (output_ >= 0) ::close(output_);
    }
    ToolProcess(const ToolProcess&) = delete;
    ToolProcess& operator=(const ToolProcess&) = delete;

    /// Reads on until the output has `part` behind what was waited for before; returns all up to its end.
    std::string waitFor(std::string_view part) {
        const auto deadline = Timer::now() + kPatience;
        for (;;) {
            if (const auto at = text_.find(part, read_); at != std::string::npos) {
                const auto from = read_;
                read_ = at + part.size();
                return text_.substr(from, read_ - from);
            }
            if (!readMore(deadline))
                throw std::runtime_error{"the program has not said \"" + std::string{part} + "\" but: " + text_ + said()};
        }
    }

    /// The next line of JSON whose member "event" is this; others are passed over.
    nlohmann::json waitForEvent(std::string_view event) {
        for (;;) {
            auto json = nlohmann::json::parse(waitFor("\n"));
            if (json.value("event", "") == event) return json;
        }
    }

    void waitUntilSaid(std::string_view part) const {
        const auto deadline = Timer::now() + kPatience;
        while (said().find(part) == std::string::npos) {
            if (Timer::now() >= deadline) throw std::runtime_error{"the program has not said it, but: " + said()};
            (void)::poll(nullptr, 0, 10);
        }
    }

    void write(std::string_view text) const {
        if (::write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw std::runtime_error{"nobody listens"};
    }
    void closeInput() {
        if (input_ >= 0 && input_ != output_) ::close(input_);
        input_ = -1;
    }
    void closeOutput() {
        ::close(output_);
        output_ = -1;
    }
    void signal(int number) const { ::kill(child_, number); }

    /// Waits for the end: the exit code, or minus the signal that has ended it.
    int exitCode() {
        const auto deadline = Timer::now() + kPatience;
        while (output_ >= 0 && readMore(deadline)) {}
        int status = 0;
        pid_t ended = 0;
        while (child_ > 0 && (ended = ::waitpid(child_, &status, WNOHANG)) == 0) {
            if (Timer::now() >= deadline) ::kill(child_, SIGKILL);
            (void)::poll(nullptr, 0, 10);
        }
        if (ended <= 0) throw std::runtime_error{"the program is gone"};
        child_ = -1;
        return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }

    [[nodiscard]] const std::string& output() const { return text_; }
    /// What was said on standard error so far.
    [[nodiscard]] std::string said() const {
        std::error_code ignored;
        return std::filesystem::exists(results_ / "err", ignored) ? readFile(results_ / "err") : std::string{};
    }

private:
    using Timer = std::chrono::steady_clock;

    void startWithPipes(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
        int in[2];
        int out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
        const auto err = results_ / "err";
        child_ = ::fork();
        if (child_ == 0) {
            const int errors = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            ::dup2(errors, STDERR_FILENO);
            become(folder, arguments);
        }
        ::close(in[0]);
        ::close(out[1]);
        input_ = in[1];
        output_ = out[0];
    }

    void startOnTerminal(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
        const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) throw std::runtime_error{"no terminal"};
        const std::string name = ::ptsname(terminal);
        winsize size{};
        size.ws_col = 100;
        size.ws_row = 40;
        child_ = ::fork();
        if (child_ == 0) {
            ::setsid();
            const int side = ::open(name.c_str(), O_RDWR);
            ::ioctl(side, TIOCSCTTY, 0);
            ::ioctl(side, TIOCSWINSZ, &size);
            for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(side, each);
            become(folder, arguments);
        }
        input_ = output_ = terminal;
    }

    [[noreturn]] static void become(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
        std::vector<char*> words{const_cast<char*>("uatrust")};
        for (const auto& each : arguments) words.push_back(const_cast<char*>(each.c_str()));
        words.push_back(nullptr);
        ::unsetenv("UATRUST_PKI");
        if (::chdir(folder.c_str()) == 0) ::execv(UATRUST_TOOL, words.data());
        ::_exit(127);
    }

    // False at the end of the output, which on a terminal is an error, and when the deadline has passed.
    bool readMore(Timer::time_point deadline) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Timer::now()).count();
        pollfd waiting{.fd = output_, .events = POLLIN, .revents = 0};
        if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return false;
        char buffer[4096];
        const auto count = ::read(output_, buffer, sizeof(buffer));
        if (count <= 0) return count < 0 && errno == EINTR;
        text_.append(buffer, static_cast<std::size_t>(count));
        return true;
    }

    TempFolder results_{};
    pid_t child_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string text_{};
    std::size_t read_ = 0;
};

}  // namespace uatrust::test
