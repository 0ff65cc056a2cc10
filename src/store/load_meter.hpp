#pragma once

#include <uatrust/store/directory_store.hpp>

namespace uatrust::detail {

/// LoadMeter tells an application how far the reading of files has come, when that takes long. Not thread-safe.
class LoadMeter {
public:
    using Clock = std::chrono::steady_clock;

    explicit LoadMeter(const DirectoryStoreOptions& options)
        : tell_{options.onProgress}, after_{options.progressAfter}, every_{options.progressEvery} {}

    void begin();
    /// So many files more are to be looked at.
    void expect(std::size_t files) noexcept { progress_.total += files; }
    /// One of them has been.
    void step();
    /// All have been.
    void finish();

private:
    void tell() noexcept;

    std::function<void(const LoadProgress&)> tell_;
    Clock::duration after_;
    Clock::duration every_;
    Clock::time_point next_{};
    LoadProgress progress_{};
    bool told_ = false;
};

}  // namespace uatrust::detail
