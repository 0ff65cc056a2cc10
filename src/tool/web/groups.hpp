#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "tool/web/events.hpp"
#include "tool/web/group.hpp"

namespace uatrust::tool::web {

/// Groups are all PKI folders that are served, and the thread that looks after them, from the first look on: what changes in one of them
/// is told to the pages within a second.
class Groups {
public:
    static constexpr std::size_t kMaxGroups = 64;

    /// The folders that are given, else the one that the command line chooses by itself and the groups beside it. `events` has to live
    /// longer.
    [[nodiscard]] static Result<std::vector<PkiFolder>> choose(const std::vector<std::string>& given, const std::string& layout);
    Groups(std::vector<PkiFolder> folders, const PassphraseSource& keyPassphrase, const std::string& who, EventHub& events);
    ~Groups();
    Groups(const Groups&) = delete;
    Groups& operator=(const Groups&) = delete;

    /// By its id; null when there is none. A path is never made of it.
    [[nodiscard]] Group* find(std::string_view id) noexcept;
    [[nodiscard]] Json json() const;
    [[nodiscard]] std::span<const std::unique_ptr<Group>> all() const noexcept { return groups_; }

    /// stop() ends that, but for a look that has begun. Nobody waits for a first look any more.
    void stop();

    /// Looks at a group at once, after something was changed in it.
    void refresh(Group& group);

private:
    void watch();

    std::vector<std::unique_ptr<Group>> groups_{};
    EventHub* events_;
    std::atomic<bool> stopping_{false};
    std::thread watcher_{};
};

}  // namespace uatrust::tool::web
