#include "identity/first_start.hpp"

#include <mutex>
#include <optional>

#include <uatrust/store/directory_store.hpp>

#include "detail/folder_lock.hpp"

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
        // What cannot be made is told where it is needed: that a trust list is missing is no obstacle here.
        const auto created = directory->create();
        auto folder = lockStore(*directory);
        if (!folder) return created ? folder.error() : created.error();
        held->folder = std::move(*folder);
    }
    return FirstStartTurn{std::move(held)};
}

Result<bool> FirstStartTurn::finishInterrupted(IdentityStore& store) {
    auto* directory = dynamic_cast<DirectoryStore*>(&store);
    return directory == nullptr ? Result<bool>{false} : finishFirstSave(*directory);
}

}  // namespace uatrust::detail
