#include "narrator.hpp"

#include <uatrust/core/clock.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cstdio>

namespace uatrust::examples {

namespace {

constexpr std::chrono::seconds kFirstSilence{2};
constexpr std::chrono::seconds kLongestSilence{60};
constexpr std::size_t kMaxSilences = 200;

}  // namespace

void Narrator::write(std::string_view line) {
    const auto text = fmt::format("{} {}: {}\n", formatInstant(systemClock().now()), who_, line);
    // A full disk or a closed pipe is no reason to refuse a peer or to end, so nothing is made of a failure.
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

void Narrator::writeNew(std::string_view line) {
    for (auto& [text, silence] : silences_) {
        if (silence.heldBack != 0) write(fmt::format("{} ({} more)", text, silence.heldBack));
        silence.heldBack = 0;
    }
    write(line);
}

void Narrator::say(std::string_view line) {
    const std::lock_guard lock{mutex_};
    writeNew(line);
    silences_.clear();
}

void Narrator::sayThrottled(std::string_view line, bool good) {
    const std::lock_guard lock{mutex_};
    const auto now = std::chrono::steady_clock::now();
    endSilences(now);
    if (const auto found = silences_.find(line); found != silences_.end()) {
        ++found->second.heldBack;
        return;
    }
    writeNew(line);
    if (good) silences_.clear();
    if (silences_.size() < kMaxSilences) silences_.emplace(line, Silence{.until = now + kFirstSilence, .length = kFirstSilence});
}

void Narrator::flush() {
    const std::lock_guard lock{mutex_};
    endSilences(std::chrono::steady_clock::now());
}

void Narrator::endSilences(Time now) {
    for (auto at = silences_.begin(); at != silences_.end();) {
        auto& [line, silence] = *at;
        if (now < silence.until) {
            ++at;
            continue;
        }
        if (silence.heldBack == 0) {
            at = silences_.erase(at);
            continue;
        }
        write(fmt::format("{} ({} more)", line, silence.heldBack));
        silence.heldBack = 0;
        silence.length = std::min(silence.length * 2, kLongestSilence);
        silence.until = now + silence.length;
        ++at;
    }
}

}  // namespace uatrust::examples
