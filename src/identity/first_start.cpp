#include "identity/first_start.hpp"

#include <mutex>

#include <uatrust/store/directory_store.hpp>

#include "detail/platform.hpp"

namespace uatrust::detail {
namespace {

// The lock of the process is let go after that of the folder: members go in reverse order.
struct Held {
    std::unique_lock<std::mutex> process;
    std::optional<FolderLock> folder{};
};

std::mutex& processMutex() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace

Result<FirstStartTurn> FirstStartTurn::wait(IdentityStore& store) {
    auto held = std::make_shared<Held>(Held{std::unique_lock{processMutex()}});
    if (auto* directory = dynamic_cast<DirectoryStore*>(&store)) {
        if (const auto created = directory->create(); !created) return created.error();
        auto folder = FolderLock::acquire(directory->root());
        if (!folder) return folder.error();
        held->folder = std::move(*folder);
    }
    return FirstStartTurn{std::move(held)};
}

}  // namespace uatrust::detail
