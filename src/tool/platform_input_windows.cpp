#include "tool/platform_input.hpp"

#define WIN32_LEAN_AND_MEAN
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <thread>

namespace uatrust::tool {
namespace {

constexpr std::chrono::milliseconds kSlice{100};

std::atomic<bool> stopRequested{false};

BOOL WINAPI requestStop(DWORD) {
    stopRequested = true;
    return TRUE;
}

// Shared with the thread that reads, which nothing wakes when nobody waits for lines any more.
struct Lines {
    std::mutex mutex{};
    std::condition_variable come{};
    std::deque<std::string> waiting{};
    bool ended = false;
};

void readLines(const std::shared_ptr<Lines>& lines) {
    constexpr std::size_t most = 1000;
    for (std::string line; std::getline(std::cin, line) && line.size() <= LineInput::kMaxLine;) {
        if (line.ends_with('\r')) line.pop_back();
        const std::lock_guard lock{lines->mutex};
        if (lines->waiting.size() == most) break;
        lines->waiting.push_back(line);
        lines->come.notify_one();
    }
    const std::lock_guard lock{lines->mutex};
    lines->ended = true;
    lines->come.notify_one();
}

}  // namespace

struct StopRequest::State {};

StopRequest::StopRequest(Pausing) : state_{std::make_unique<State>()} {
    stopRequested = false;
    SetConsoleCtrlHandler(requestStop, TRUE);
}

StopRequest::~StopRequest() { SetConsoleCtrlHandler(requestStop, FALSE); }

bool StopRequest::made() noexcept { return stopRequested; }

struct LineInput::State {
    std::shared_ptr<Lines> lines = std::make_shared<Lines>();
};

// A console cannot be asked whether a whole line is there.
LineInput::LineInput() : state_{std::make_unique<State>()} {
    std::thread{[lines = state_->lines] { readLines(lines); }}.detach();
}
LineInput::~LineInput() = default;

LineInput::Got LineInput::wait(std::string& line, std::chrono::milliseconds timeout) {
    auto& lines = *state_->lines;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::unique_lock lock{lines.mutex};
    while (lines.waiting.empty() && !lines.ended && !StopRequest::made() && std::chrono::steady_clock::now() < deadline) {
        lines.come.wait_until(lock, std::min(deadline, std::chrono::steady_clock::now() + kSlice));
    }
    if (!lines.waiting.empty()) {
        line = std::move(lines.waiting.front());
        lines.waiting.pop_front();
        return Got::Line;
    }
    return lines.ended ? Got::End : Got::Nothing;
}

void sleepUnlessStopped(std::chrono::milliseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (!StopRequest::made() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(std::min(time, kSlice));
}

bool inputIsTerminal() noexcept {
    DWORD mode = 0;
    return GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) != 0;
}

}  // namespace uatrust::tool
