#pragma once

#include <deque>
#include <mutex>
#include <set>

#include <uatrust/crypto/digest.hpp>

namespace uatrust::detail {

/// NonceMemory knows the last nonces that clients have used, by their digests: a bounded amount of memory whatever comes.
/// Safe to use from several threads.
class NonceMemory {
public:
    explicit NonceMemory(std::size_t capacity) noexcept : capacity_{capacity} {}

    /// remember() is false when the nonce is known already; else it is kept, and the oldest one makes room.
    [[nodiscard]] bool remember(ByteView nonce);

private:
    using Digest = std::array<std::uint8_t, 32>;

    std::size_t capacity_;
    std::mutex mutex_{};
    std::set<Digest> known_{};
    std::deque<Digest> order_{};
};

}  // namespace uatrust::detail
