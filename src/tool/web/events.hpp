#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tool/web/answer.hpp"
#include "tool/web/sessions.hpp"

namespace uatrust::tool::web {

/// EventHub tells every page that listens what happens, as server-sent events. Thread-safe. A page that does not keep up is let go:
/// its browser comes back by itself, and it reads everything anew.
class EventHub {
public:
    static constexpr std::size_t kMaxListeners = 16;
    static constexpr std::size_t kMaxWaiting = 256;  ///< events for one listener

    class Listener;

    /// A new listener, null when there are too many. It ends when the last copy of the pointer does.
    [[nodiscard]] std::shared_ptr<Listener> listen();
    void publish(std::string_view event, const Json& data);
    /// Lets all listeners go, and no new ones in.
    void stop();

    /// next() waits for an event, at most so long: its text, empty when none has come; nothing when the listener is let go.
    [[nodiscard]] std::optional<std::string> next(Listener& listener, std::chrono::milliseconds timeout);

private:
    std::mutex mutex_{};
    std::condition_variable changed_{};
    std::vector<std::weak_ptr<Listener>> listeners_{};
    bool stopped_ = false;
};

class EventHub::Listener {
    friend class EventHub;
    std::deque<std::string> waiting_{};
    bool lost_ = false;
};

}  // namespace uatrust::tool::web
