#pragma once

// What the POSIX twins of the platform share. Included by them only.

#include "detail/platform.hpp"

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace uatrust::detail {

class Descriptor {
public:
    explicit Descriptor(int handle) noexcept : handle_{handle} {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : handle_{std::exchange(other.handle_, -1)} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    explicit operator bool() const noexcept { return handle_ >= 0; }
    [[nodiscard]] int get() const noexcept { return handle_; }
    // Network file systems report a failed write here. One that is interrupted has closed the descriptor all the same.
    int close() noexcept {
        const int result = handle_ < 0 ? 0 : ::close(std::exchange(handle_, -1));
        return result != 0 && errno == EINTR ? 0 : result;
    }

private:
    int handle_;
};

template <class Call>
auto retrying(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

/// failure() makes an error of an errno: "Cannot <action> <path>: <what it means>."
[[nodiscard]] Error failure(std::string_view action, const std::filesystem::path& path, int code);

/// The descriptor of a folder, negative with errno.
[[nodiscard]] int openFolder(const std::filesystem::path& folder);

/// lookAt() is what listDirectory() says of one name, below the opened folder `at`, or by its whole path with AT_FDCWD. Nothing
/// when it is not there.
[[nodiscard]] std::optional<DirectoryEntry> lookAt(int at, const std::filesystem::path& path);

}  // namespace uatrust::detail
