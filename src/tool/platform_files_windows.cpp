#include "tool/platform_files.hpp"

#define WIN32_LEAN_AND_MEAN
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <array>
#include <random>
#include <system_error>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 16;
constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

class Handle {
public:
    explicit Handle(HANDLE handle) noexcept : handle_{handle} {}
    ~Handle() { close(); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    [[nodiscard]] HANDLE get() const noexcept { return handle_; }
    explicit operator bool() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }
    void close() noexcept {
        if (handle_ != INVALID_HANDLE_VALUE) ::CloseHandle(handle_);
        handle_ = INVALID_HANDLE_VALUE;
    }

private:
    HANDLE handle_;
};

Error failure(std::string_view action, const fs::path& file, DWORD code) {
    const bool rights = code == ERROR_ACCESS_DENIED || code == ERROR_WRITE_PROTECT;
    return {rights ? StatusCode::BadUserAccessDenied : StatusCode::BadResourceUnavailable,
            fmt::format("Cannot {} {}: {}.", action, printable(textOf(file), 4096),
                        printable(std::system_category().message(static_cast<int>(code)))),
            rights ? "Run the program as the account that the folder belongs to, or give this one the right to write there."
                   : "Check the path, its permissions and the room on the disk."};
}

Result<void> makeFoldersAbove(const fs::path& file) {
    const auto folder = file.parent_path();
    std::error_code error;
    if (folder.empty() || fs::is_directory(folder, error)) return {};
    fs::create_directories(folder, error);
    return error ? Result<void>{failure("make the folder", folder, static_cast<DWORD>(error.value()))} : Result<void>{};
}

fs::path temporaryName(const fs::path& file) {
    std::random_device random;
    auto name = fs::path{"."};
    name += file.filename();
    name += fmt::format(".{:08x}{:08x}.tmp", random(), random());
    return file.parent_path() / name;
}

bool writeAll(const Handle& to, ByteView content) {
    DWORD count = 0;
    return ::WriteFile(to.get(), content.data(), static_cast<DWORD>(content.size()), &count, nullptr) != 0 && count == content.size() &&
           ::FlushFileBuffers(to.get()) != 0;
}

}  // namespace

Result<void> makeFolder(const fs::path& folder, Readers) {
    if (auto made = makeFoldersAbove(folder); !made) return made;
    if (::CreateDirectoryW(folder.c_str(), nullptr) || ::GetLastError() == ERROR_ALREADY_EXISTS) return {};
    return failure("make the folder", folder, ::GetLastError());
}

bool isThere(const fs::path& path) noexcept {
    if (::GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES) return true;
    const DWORD code = ::GetLastError();
    return code != ERROR_FILE_NOT_FOUND && code != ERROR_PATH_NOT_FOUND;
}

// The folder hands its access down: what is for its owner only lies in a folder that is.
Result<void> replaceFile(const fs::path& file, ByteView content, Readers) {
    if (auto made = makeFoldersAbove(file); !made) return made;
    for (int i = 0; i < kTries; ++i) {
        const auto temporary = temporaryName(file);
        Handle opened{::CreateFileW(temporary.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr)};
        if (!opened && ::GetLastError() == ERROR_FILE_EXISTS) continue;
        if (!opened) return failure("write", file, ::GetLastError());
        DWORD code = writeAll(opened, content) ? ERROR_SUCCESS : ::GetLastError();
        opened.close();
        if (code == ERROR_SUCCESS && !::MoveFileExW(temporary.c_str(), file.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
            code = ::GetLastError();
        }
        if (code == ERROR_SUCCESS) return {};
        ::DeleteFileW(temporary.c_str());
        return failure("write", file, code);
    }
    return failure("write", file, ERROR_FILE_EXISTS);
}

Result<std::optional<std::string>> readOwnFile(const fs::path& file, std::size_t maxSize) {
    const Handle opened{
        ::CreateFileW(file.c_str(), GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr)};
    if (!opened) {
        const DWORD code = ::GetLastError();
        if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND) return std::optional<std::string>{};
        return failure("read", file, code);
    }
    if (::GetFileType(opened.get()) != FILE_TYPE_DISK) return failure("read", file, ERROR_INVALID_FUNCTION);
    std::string content;
    std::array<char, 4096> chunk{};
    for (;;) {
        DWORD count = 0;
        if (!::ReadFile(opened.get(), chunk.data(), static_cast<DWORD>(chunk.size()), &count, nullptr)) {
            return failure("read", file, ::GetLastError());
        }
        if (count == 0) return std::optional{std::move(content)};
        content.append(chunk.data(), count);
        if (content.size() > maxSize) return failure("read", file, ERROR_FILE_TOO_LARGE);
    }
}

Result<void> removeOwnFile(const fs::path& file) {
    if (::DeleteFileW(file.c_str())) return {};
    const DWORD code = ::GetLastError();
    if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND) return {};
    return failure("remove", file, code);
}

// Nobody else can open it meanwhile: that is the lock.
Result<std::optional<HeldFile>> HeldFile::tryHold(const fs::path& file) {
    if (const auto made = makeFoldersAbove(file); !made) return made.error();
    auto opened = std::make_shared<Handle>(
        ::CreateFileW(file.c_str(), GENERIC_READ, 0, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (*opened) return std::optional{HeldFile{std::move(opened)}};
    const DWORD code = ::GetLastError();
    if (code == ERROR_SHARING_VIOLATION) return std::optional<HeldFile>{};
    return failure("lock", file, code);
}

unsigned long processId() noexcept { return ::GetCurrentProcessId(); }

}  // namespace uatrust::tool
