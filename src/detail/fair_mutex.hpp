#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace uatrust::detail {

/// FairMutex serves those who wait in the order in which they came: nobody waits forever while others come and go.
class FairMutex {
public:
    void lock() {
        std::unique_lock lock{mutex_};
        const auto number = next_++;
        called_.wait(lock, [&] { return number == serving_; });
    }
    void unlock() {
        {
            const std::lock_guard lock{mutex_};
            ++serving_;
        }
        called_.notify_all();
    }

private:
    std::mutex mutex_{};
    std::condition_variable called_{};
    std::uint64_t next_ = 0;
    std::uint64_t serving_ = 0;
};

}  // namespace uatrust::detail
