#include "store/postponed_certificates.hpp"

#include <algorithm>

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxPostponed = 100;  // certificates of at most Certificate::kMaxSize octets

}  // namespace

void PostponedCertificates::add(const Certificate& leaf, std::size_t most) {
    const auto bound = std::min(most, kMaxPostponed);
    const std::lock_guard lock{mutex_};
    if (bound == 0 || std::find(waiting_.begin(), waiting_.end(), leaf) != waiting_.end()) return;
    if (waiting_.size() >= bound) waiting_.erase(waiting_.begin(), waiting_.end() - static_cast<std::ptrdiff_t>(bound) + 1);
    waiting_.push_back(leaf);
}

std::optional<Certificate> PostponedCertificates::take() {
    const std::lock_guard lock{mutex_};
    if (waiting_.empty()) return {};
    auto oldest = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    return oldest;
}

bool PostponedCertificates::empty() const {
    const std::lock_guard lock{mutex_};
    return waiting_.empty();
}

}  // namespace uatrust::detail
