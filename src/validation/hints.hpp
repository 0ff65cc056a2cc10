#pragma once

#include <string>
#include <vector>

namespace uatrust::detail {

/// Hints collects the near misses of one finding: few, bounded, safe to print, each once. What comes first is kept.
class Hints {
public:
    static constexpr std::size_t kMaxCount = 5;
    static constexpr std::size_t kMaxLength = 4096;  // a hint may hold the path of a file

    explicit Hints(std::vector<std::string>& into) noexcept : into_{&into} {}

    [[nodiscard]] bool full() const noexcept { return into_->size() >= kMaxCount; }
    void add(const std::string& sentence);

private:
    std::vector<std::string>* into_;
};

}  // namespace uatrust::detail
