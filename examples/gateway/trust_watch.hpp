#pragma once

#include <uatrust/store/trust_changes.hpp>

#include <chrono>
#include <initializer_list>
#include <list>

namespace uatrust::examples {

/// TrustWatch says when those who are connected have to be judged again: when something has changed in one of the stores, and once
/// a minute, because a certificate that expires and a CRL that becomes outdated change nothing in a folder. Has no thread.
/// Borrows the stores. One thread at a time.
class TrustWatch {
public:
    explicit TrustWatch(std::initializer_list<CertificateStore*> stores);

    /// To be asked as often as one likes: it looks some times a second only.
    [[nodiscard]] bool timeToJudgeAgain();

private:
    using Time = std::chrono::steady_clock::time_point;
    std::list<TrustChangeFeed> feeds_{};
    Time nextLook_{};
    Time nextRound_{};
};

}  // namespace uatrust::examples
