#pragma once

// What the Windows twins of the platform share. Included by them only.

#include "detail/platform.hpp"

#include <memory>
#include <type_traits>

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0602  // Windows 8, Server 2012
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

namespace uatrust::detail {

struct CloseHandle {
    void operator()(HANDLE handle) const noexcept { ::CloseHandle(handle); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<HANDLE>, CloseHandle>;

struct FreeLocal {
    void operator()(void* memory) const noexcept { ::LocalFree(memory); }
};
using LocalMemory = std::unique_ptr<void, FreeLocal>;

/// UTF-8 and UTF-16; what is neither becomes the replacement character.
[[nodiscard]] std::string utf8(std::wstring_view text);
[[nodiscard]] std::wstring utf16(std::string_view text);

/// failure() makes an error of a code of GetLastError(): "Cannot <action> <path>: <what it means>."
[[nodiscard]] Error failure(std::string_view action, const std::filesystem::path& path, DWORD code);

/// nativeName() is what the system's functions take, also beyond 260 characters.
[[nodiscard]] std::wstring nativeName(const std::filesystem::path& path);

/// openExisting() opens a file or folder without hindering others; null with GetLastError().
[[nodiscard]] Handle openExisting(const std::filesystem::path& path, DWORD access, DWORD flags);

/// finalName() is the one name that a file or folder has, whatever links and spellings it was opened by.
[[nodiscard]] std::optional<std::wstring> finalName(const Handle& opened);

/// CreationAccess holds the attributes that something is created with: the ordinary ones, or those of the owner alone.
class CreationAccess {
public:
    explicit CreationAccess(FileAccess access);
    /// False when the system does not tell who we are: then nothing secret may be created.
    [[nodiscard]] bool ok() const noexcept { return !restricted_ || descriptor_ != nullptr; }
    [[nodiscard]] SECURITY_ATTRIBUTES* get() noexcept { return restricted_ ? &attributes_ : nullptr; }

private:
    bool restricted_;
    LocalMemory descriptor_{};
    SECURITY_ATTRIBUTES attributes_{};
};

}  // namespace uatrust::detail
