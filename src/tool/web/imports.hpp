#pragma once

#include <uatrust/store/import_plan.hpp>

#include <list>
#include <mutex>
#include <optional>
#include <string>

#include "tool/web/sessions.hpp"

namespace uatrust::tool::web {

/// WaitingImport is a plan that somebody was shown, and has not agreed to yet. It may hold a private key.
struct WaitingImport {
    std::string id{};
    std::string group{};
    std::string session{};  ///< the cookie of whom it was shown to: nobody else may carry it out
    std::string name{};     ///< of the file
    ImportPlan plan{};
    Timer::time_point until{};
};

/// WaitingImports keeps a few of them for a few minutes, in memory. Thread-safe.
class WaitingImports {
public:
    static constexpr std::size_t kMaxPlans = 32;  ///< the oldest one makes room
    static constexpr std::chrono::minutes kKept{10};

    /// Keeps a plan, and names it.
    [[nodiscard]] Result<std::string> keep(WaitingImport import);
    /// Hands it over, once. Nothing when it is not there, or not for this session and group.
    [[nodiscard]] std::optional<WaitingImport> take(std::string_view id, std::string_view group, std::string_view session);

private:
    std::mutex mutex_{};
    std::list<WaitingImport> plans_{};
};

}  // namespace uatrust::tool::web
