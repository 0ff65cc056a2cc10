#include "store/load_meter.hpp"

namespace uatrust::detail {

void LoadMeter::begin() {
    progress_ = {};
    told_ = false;
    if (tell_) next_ = Clock::now() + after_;
}

void LoadMeter::step() {
    ++progress_.done;
    if (!tell_) return;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + every_;
    tell();
}

void LoadMeter::finish() {
    if (!told_) return;
    progress_.done = progress_.total;
    tell();
}

// A store is read in whatever way somebody shows it.
void LoadMeter::tell() noexcept {
    told_ = true;
    try {
        tell_(progress_);
    } catch (...) {  // NOLINT(bugprone-empty-catch): nothing depends on it
    }
}

}  // namespace uatrust::detail
