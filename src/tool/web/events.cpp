#include "tool/web/events.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace uatrust::tool::web {

std::shared_ptr<EventHub::Listener> EventHub::listen() {
    const std::lock_guard guard{mutex_};
    std::erase_if(listeners_, [](const auto& each) { return each.expired(); });
    if (stopped_ || listeners_.size() >= kMaxListeners) return {};
    auto listener = std::make_shared<Listener>();
    listeners_.push_back(listener);
    return listener;
}

void EventHub::publish(std::string_view event, const Json& data) {
    // JSON in one line has no line end, which would end the event.
    const auto text = fmt::format("event: {}\ndata: {}\n\n", event, jsonText(data));
    const std::lock_guard guard{mutex_};
    for (const auto& each : listeners_) {
        const auto listener = each.lock();
        if (!listener) continue;
        if (listener->waiting_.size() >= kMaxWaiting) {
            listener->lost_ = true;
        } else {
            listener->waiting_.push_back(text);
        }
    }
    changed_.notify_all();
}

void EventHub::stop() {
    const std::lock_guard guard{mutex_};
    stopped_ = true;
    changed_.notify_all();
}

std::optional<std::string> EventHub::next(Listener& listener, std::chrono::milliseconds timeout) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, timeout, [&] { return stopped_ || listener.lost_ || !listener.waiting_.empty(); });
    if (stopped_ || listener.lost_) return {};
    if (listener.waiting_.empty()) return std::string{};
    auto text = std::move(listener.waiting_.front());
    listener.waiting_.pop_front();
    return text;
}

}  // namespace uatrust::tool::web
