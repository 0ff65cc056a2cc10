#pragma once

#include <uatrust/core/result.hpp>

#include <chrono>
#include <filesystem>
#include <memory>

namespace uatrust::detail {

/// FolderLock keeps other threads and other processes from changing a folder at the same time: for work that reads, decides and
/// writes. It ends with the object or, however that ends, with the process. A thread that has it already takes it again without
/// waiting. Readers need none.
class FolderLock {
public:
    /// Waits at most so long, then BadResourceUnavailable with the name of the one that has it. BadNotFound when there is no such
    /// folder. On a file system without locks it is between the threads of this process only.
    [[nodiscard]] static Result<FolderLock> acquire(const std::filesystem::path& folder, std::chrono::milliseconds timeout);

private:
    explicit FolderLock(std::shared_ptr<void> held) noexcept : held_{std::move(held)} {}
    std::shared_ptr<void> held_;
};

}  // namespace uatrust::detail
