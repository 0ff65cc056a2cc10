#include "tool/platform_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include <poll.h>
#include <unistd.h>

namespace uatrust::tool {
namespace {

using Timer = std::chrono::steady_clock;

// A signal that comes between the look at this and the wait is seen after so long.
constexpr std::chrono::milliseconds kSlice{100};

volatile std::sig_atomic_t stopRequested = 0;

void requestStop(int) { stopRequested = 1; }

struct Former {
    int signal;
    struct sigaction action;
};

int timeoutUntil(Timer::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Timer::now());
    return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, kSlice).count());
}

}  // namespace

struct StopRequest::State {
    std::vector<Former> former{};

    void set(int signal, void (*handler)(int)) {
        struct sigaction action {};
        action.sa_handler = handler;
        ::sigemptyset(&action.sa_mask);
        Former each{.signal = signal, .action = {}};
        if (::sigaction(signal, &action, &each.action) != 0) return;
        former.push_back(each);
        // As nohup wants it, and a shell for what runs in the background.
        if (each.action.sa_handler == SIG_IGN) (void)::sigaction(signal, &each.action, nullptr);
    }
};

StopRequest::StopRequest(Pausing pausing) : state_{std::make_unique<State>()} {
    stopRequested = 0;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) state_->set(signal, requestStop);
    state_->set(SIGPIPE, SIG_IGN);
    if (pausing == Pausing::Allowed) return;
    for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU}) state_->set(signal, SIG_IGN);
}

StopRequest::~StopRequest() {
    for (const auto& each : state_->former) (void)::sigaction(each.signal, &each.action, nullptr);
}

bool StopRequest::made() noexcept { return stopRequested != 0; }

struct LineInput::State {
    std::string waiting{};
    bool ended = false;

    bool take(std::string& line) {
        const auto end = waiting.find('\n');
        if (end == std::string::npos && !(ended && !waiting.empty())) return false;
        line = waiting.substr(0, end);
        if (line.ends_with('\r')) line.pop_back();
        waiting.erase(0, end == std::string::npos ? end : end + 1);
        return true;
    }

    void read() {
        std::array<char, 1024> chunk{};
        const auto count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (count <= 0 || waiting.size() > kMaxLine) {
            ended = true;
            return;
        }
        waiting.append(chunk.data(), static_cast<std::size_t>(count));
    }
};

LineInput::LineInput() : state_{std::make_unique<State>()} {}
LineInput::~LineInput() = default;

LineInput::Got LineInput::wait(std::string& line, std::chrono::milliseconds timeout) {
    const auto deadline = Timer::now() + timeout;
    for (;;) {
        if (state_->take(line)) return Got::Line;
        if (state_->ended) return Got::End;
        if (StopRequest::made()) return Got::Nothing;
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        if (::poll(&input, 1, timeoutUntil(deadline)) > 0) {
            state_->read();
        } else if (Timer::now() >= deadline) {
            return Got::Nothing;
        }
    }
}

void sleepUnlessStopped(std::chrono::milliseconds time) {
    const auto deadline = Timer::now() + time;
    while (!StopRequest::made() && Timer::now() < deadline) (void)::poll(nullptr, 0, timeoutUntil(deadline));
}

bool inputIsTerminal() noexcept { return ::isatty(STDIN_FILENO) != 0; }

}  // namespace uatrust::tool
