#include "tool/web/imports.hpp"

#include <algorithm>

namespace uatrust::tool::web {

Result<std::string> WaitingImports::keep(WaitingImport import) {
    auto id = randomSecret();
    if (!id) return id;
    import.id = *id;
    import.until = Timer::now() + kKept;
    const std::lock_guard guard{mutex_};
    const auto now = Timer::now();
    plans_.remove_if([&](const WaitingImport& each) { return each.until <= now; });
    if (plans_.size() >= kMaxPlans) plans_.pop_front();
    plans_.push_back(std::move(import));
    return id;
}

std::optional<WaitingImport> WaitingImports::take(std::string_view id, std::string_view group, std::string_view session) {
    const std::lock_guard guard{mutex_};
    const auto now = Timer::now();
    plans_.remove_if([&](const WaitingImport& each) { return each.until <= now; });
    const auto at = std::find_if(plans_.begin(), plans_.end(), [&](const WaitingImport& each) {
        return each.id == id && each.group == group && each.session == session;
    });
    if (at == plans_.end()) return {};
    std::optional taken{std::move(*at)};
    plans_.erase(at);
    return taken;
}

}  // namespace uatrust::tool::web
