#include "tool/progress.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace uatrust::tool {

std::function<void(const LoadProgress&)> loadProgress(Console& console) {
    return [&console](const LoadProgress& at) {
        if (at.done >= at.total) return console.showProgress({});
        constexpr std::size_t width = 20;
        const auto filled = at.done * width / at.total;
        console.showProgress(fmt::format("Reading the PKI folder [{}{}] {} of {} files", std::string(filled, '#'),
                                         std::string(width - filled, '.'), at.done, at.total));
    };
}

}  // namespace uatrust::tool
