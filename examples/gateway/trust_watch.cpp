#include "trust_watch.hpp"

namespace uatrust::examples {

namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 200ms;
constexpr auto kRound = 1min;

}  // namespace

TrustWatch::TrustWatch(std::initializer_list<CertificateStore*> stores) : nextRound_{std::chrono::steady_clock::now() + kRound} {
    for (auto* store : stores) feeds_.emplace_back(*store);
}

bool TrustWatch::timeToJudgeAgain() {
    const auto now = std::chrono::steady_clock::now();
    if (now < nextLook_) return false;
    nextLook_ = now + kBetweenLooks;
    bool again = now >= nextRound_;
    for (auto& feed : feeds_) {
        const auto news = feed.poll();
        // A list that cannot be read any more trusts nobody; a refusal changes nothing for those who are in.
        again |= !news.changes.empty() || !news.problems.empty() || !news.solved.empty();
    }
    if (again) nextRound_ = now + kRound;
    return again;
}

}  // namespace uatrust::examples
