#include "detail/platform_windows.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongPath = 240;
constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

struct Trouble {
    DWORD code;
    StatusCode status;
    std::string_view what;
    std::string_view cure;
};

constexpr Trouble kTroubles[] = {
    {ERROR_FILE_NOT_FOUND, StatusCode::BadNotFound, "it does not exist", "Check the path."},
    {ERROR_PATH_NOT_FOUND, StatusCode::BadNotFound, "it does not exist", "Check the path."},
    {ERROR_ACCESS_DENIED, StatusCode::BadConfigurationError, "this account has no permission for it, or it is write-protected",
     "Give the account that the application runs under access to it, and clear the read-only mark."},
    {ERROR_PRIVILEGE_NOT_HELD, StatusCode::BadConfigurationError, "this account lacks a privilege for it",
     "Run the application under an account that may do it."},
    {ERROR_DIRECTORY, StatusCode::BadConfigurationError, "a part of its path is a file where a folder should be",
     "Remove or rename the file that is in the way."},
    {ERROR_CANT_RESOLVE_FILENAME, StatusCode::BadConfigurationError, "links lead in a circle", "Replace the link by the file itself."},
    {ERROR_FILENAME_EXCED_RANGE, StatusCode::BadConfigurationError, "its name is longer than the file system takes",
     "Use a shorter name or path."},
    {ERROR_INVALID_NAME, StatusCode::BadConfigurationError, "the file system does not take that name", "Use another name."},
    {ERROR_WRITE_PROTECT, StatusCode::BadNotWritable, "the file system is read-only",
     "Make it writable, or move the store to a file system that is."},
    {ERROR_DISK_FULL, StatusCode::BadResourceUnavailable, "the disk is full", "Make room on the disk."},
    {ERROR_HANDLE_DISK_FULL, StatusCode::BadResourceUnavailable, "the disk is full", "Make room on the disk."},
    {1295 /* ERROR_DISK_QUOTA_EXCEEDED */, StatusCode::BadResourceUnavailable, "the disk quota of this account is used up",
     "Make room or raise the quota."},
    {ERROR_FILE_TOO_LARGE, StatusCode::BadResourceUnavailable, "the file would be larger than the file system takes",
     "Use another file system."},
    {ERROR_CRC, StatusCode::BadResourceUnavailable, "the disk reports an error", "Check the disk and the event log."},
    {ERROR_IO_DEVICE, StatusCode::BadResourceUnavailable, "the disk reports an error", "Check the disk and the event log."},
    {ERROR_NOT_READY, StatusCode::BadResourceUnavailable, "the drive is not ready", "Check the drive."},
    {ERROR_TOO_MANY_OPEN_FILES, StatusCode::BadResourceUnavailable, "the application has too many files open", "Close connections."},
    {ERROR_NOT_ENOUGH_MEMORY, StatusCode::BadOutOfMemory, "there is not enough memory", "Close programs or add memory."},
    {ERROR_SHARING_VIOLATION, StatusCode::BadResourceUnavailable, "another program is using it",
     "Try again; close the program that has it open, such as a virus scanner or an editor."},
    {ERROR_LOCK_VIOLATION, StatusCode::BadResourceUnavailable, "another program has locked it",
     "Try again; close the program that has it open."},
    {ERROR_BAD_NETPATH, StatusCode::BadResourceUnavailable, "the network folder it is in cannot be reached", "Check the network."},
    {ERROR_NETNAME_DELETED, StatusCode::BadResourceUnavailable, "the network folder it is in has gone", "Check the network."},
};

}  // namespace

std::string utf8(std::wstring_view text) {
    if (text.empty()) return {};
    const int length = static_cast<int>(text.size());
    const int size = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
    std::string result(static_cast<std::size_t>(std::max(size, 0)), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, result.data(), size, nullptr, nullptr);
    return result;
}

std::wstring utf16(std::string_view text) {
    if (text.empty()) return {};
    const int length = static_cast<int>(text.size());
    const int size = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), length, nullptr, 0);
    std::wstring result(static_cast<std::size_t>(std::max(size, 0)), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), length, result.data(), size);
    return result;
}

Error failure(std::string_view action, const fs::path& path, DWORD code) {
    const auto* row = std::find_if(std::begin(kTroubles), std::end(kTroubles), [&](const Trouble& t) { return t.code == code; });
    if (row != std::end(kTroubles)) {
        return {row->status, fmt::format("Cannot {} {}: {}.", action, pathText(path), row->what), std::string{row->cure}};
    }
    return {StatusCode::BadUnexpectedError,
            fmt::format("Cannot {} {}: the operating system says \"{}\".", action, pathText(path),
                        std::system_category().message(static_cast<int>(code))),
            "Check the path, its permissions and the disk."};
}

// Beyond 260 characters only the form with the prefix reaches a file.
std::wstring nativeName(const fs::path& path) {
    auto text = absolutePath(path).make_preferred().native();
    if (text.size() < kLongPath || text.starts_with(LR"(\\?\)")) return text;
    return text.starts_with(LR"(\\)") ? LR"(\\?\UNC\)" + text.substr(2) : LR"(\\?\)" + text;
}

Handle openExisting(const fs::path& path, DWORD access, DWORD flags) {
    const auto name = nativeName(path);
    HANDLE handle = ::CreateFileW(name.c_str(), access, kShareAll, nullptr, OPEN_EXISTING, flags | FILE_FLAG_BACKUP_SEMANTICS, nullptr);
    return Handle{handle == INVALID_HANDLE_VALUE ? nullptr : handle};
}

std::optional<std::wstring> finalName(const Handle& opened) {
    std::wstring name(32768, L'\0');
    const DWORD size = ::GetFinalPathNameByHandleW(opened.get(), name.data(), static_cast<DWORD>(name.size()), FILE_NAME_NORMALIZED);
    if (size == 0 || size >= name.size()) return {};
    name.resize(size);
    return name;
}

fs::path absolutePath(const fs::path& path) {
    std::error_code error;
    auto absolute = fs::absolute(path, error);
    return error ? path : absolute;
}

std::string pathText(const fs::path& path) { return utf8(path.native()); }

fs::path pathFromText(std::string_view text) { return fs::path{utf16(text)}; }

}  // namespace uatrust::detail
