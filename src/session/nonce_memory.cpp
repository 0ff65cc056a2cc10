#include "session/nonce_memory.hpp"

namespace uatrust::detail {

bool NonceMemory::remember(ByteView nonce) {
    if (capacity_ == 0) return true;
    const Digest digest = sha256(nonce);
    const std::lock_guard lock{mutex_};
    if (known_.contains(digest)) return false;
    order_.push_back(digest);
    known_.insert(digest);
    if (order_.size() > capacity_) {
        known_.erase(order_.front());
        order_.pop_front();
    }
    return true;
}

}  // namespace uatrust::detail
