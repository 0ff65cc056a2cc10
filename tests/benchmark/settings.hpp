#pragma once

#include <cstddef>
#include <vector>

namespace uatrust::test {

/// Settings say how much is measured.
struct Settings {
    std::vector<std::size_t> listSizes{10, 1'000, 10'000};   ///< certificates in the trusted list, ascending
    std::vector<std::size_t> crlSizes{10, 10'000, 100'000};  ///< entries of the CRL that the leaf is looked up in, ascending
    std::vector<std::size_t> floods{1'000};                  ///< unknown certificates in a row, ascending
    int repetitions = 5;
    double seconds = 0.1;  ///< the least that one repetition of a quick measurement takes
    bool smoke = false;    ///< everything once, as small as it gets: does it still work?

    /// Lists of this size and longer are measured where only long ones tell something.
    [[nodiscard]] std::size_t longList() const noexcept { return smoke ? listSizes.front() : 10'000; }
};

[[nodiscard]] inline Settings fullSettings() {
    Settings settings;
    settings.listSizes.push_back(100'000);
    settings.floods.push_back(10'000);
    return settings;
}

[[nodiscard]] inline Settings smokeSettings() {
    return {.listSizes = {10, 11}, .crlSizes = {10, 11}, .floods = {3, 4}, .repetitions = 1, .seconds = 0.001, .smoke = true};
}

}  // namespace uatrust::test
