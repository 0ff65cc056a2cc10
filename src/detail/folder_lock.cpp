#include "detail/folder_lock.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include <uatrust/core/clock.hpp>

#include "detail/platform.hpp"

namespace uatrust::detail {
namespace {

using Timer = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{1};
constexpr milliseconds kLongestPause{20};

struct Held;

// Turn is what the threads of this process wait for, before they wait for other processes: a lock of the system is not told
// between threads everywhere, and those it is told between would ask again and again.
struct Turn {
    std::mutex mutex{};
    std::condition_variable freed{};
    bool taken = false;
    std::thread::id owner{};
    std::weak_ptr<Held> held{};
};

struct Held {
    std::shared_ptr<Turn> turn;
    std::optional<LockFile> file{};
    explicit Held(std::shared_ptr<Turn> given) noexcept : turn{std::move(given)} {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        file.reset();
        if (!turn) return;
        {
            const std::lock_guard lock{turn->mutex};
            turn->taken = false;
            turn->owner = {};
        }
        turn->freed.notify_one();
    }
};

std::shared_ptr<Turn> turnOf(const FolderId& id) {
    static std::mutex mutex;
    static std::map<FolderId, std::weak_ptr<Turn>> turns;
    const std::lock_guard lock{mutex};
    std::erase_if(turns, [](const auto& entry) { return entry.second.expired(); });
    auto turn = turns[id].lock();
    if (!turn) turns[id] = turn = std::make_shared<Turn>();
    return turn;
}

std::string ownerText() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return fmt::format("{}, since {}", thisProcess(), formatInstant(now));
}

Error stillTaken(const std::filesystem::path& folder, std::string_view owner, milliseconds timeout) {
    return {StatusCode::BadResourceUnavailable,
            fmt::format("The folder {} was still being changed by {} after {} ms: nothing was changed here.", pathText(folder), owner,
                        timeout.count()),
            "Try again. If it stays so, see what that process is doing, or end it: its lock ends with it."};
}

// The lock of another process: nothing tells when it ends, so it is asked for again.
Result<std::optional<LockFile>> waitForFile(const std::filesystem::path& folder, Timer::time_point deadline) {
    const auto owner = ownerText();
    for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
        auto taken = LockFile::tryTake(folder, owner);
        if (!taken || *taken || Timer::now() >= deadline) return taken;
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& folder, milliseconds timeout) {
    const auto deadline = Timer::now() + timeout;
    const auto id = folderId(folder);
    if (!id) return id.error();
    const auto turn = turnOf(*id);
    auto held = std::make_shared<Held>(nullptr);
    {
        std::unique_lock lock{turn->mutex};
        if (turn->taken && turn->owner == std::this_thread::get_id()) {
            if (auto mine = turn->held.lock()) return FolderLock{std::move(mine)};
        }
        if (!turn->freed.wait_until(lock, deadline, [&] { return !turn->taken; })) {
            return stillTaken(folder, "another thread of this process", timeout);
        }
        turn->taken = true;
        turn->owner = std::this_thread::get_id();
        turn->held = held;
        held->turn = turn;
    }
    auto file = waitForFile(folder, deadline);
    if (!file) return file.error();
    if (!*file) {
        const auto owner = LockFile::owner(folder);
        return stillTaken(folder, owner.empty() ? "another process" : owner, timeout);
    }
    held->file = std::move(*file);
    return FolderLock{std::move(held)};
}

}  // namespace uatrust::detail
