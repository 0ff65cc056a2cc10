#include "detail/platform_windows.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

namespace fs = std::filesystem;

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
constexpr std::size_t kMaxOwner = 512;

// What is locked lies behind the text: a locked range cannot be read by others.
OVERLAPPED lockedRange() {
    OVERLAPPED range{};
    range.Offset = 0x40000000;
    return range;
}

struct Held {
    Handle file;
    bool named = false;
    explicit Held(Handle handle) noexcept : file{std::move(handle)} {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        if (named && ::SetFilePointer(file.get(), 0, nullptr, FILE_BEGIN) == 0) ::SetEndOfFile(file.get());
        OVERLAPPED range = lockedRange();
        ::UnlockFileEx(file.get(), 0, 1, 0, &range);
    }
};

Handle openLock(const std::wstring& name, DWORD access, DWORD disposition) {
    HANDLE raw =
        ::CreateFileW(name.c_str(), access, kShareAll, nullptr, disposition, FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_OPEN_REPARSE_POINT, nullptr);
    return Handle{raw == INVALID_HANDLE_VALUE ? nullptr : raw};
}

// These keep the file from being made: who meets them can change nothing in the folder either, and is told so there.
bool isRefusal(DWORD code) {
    return code == ERROR_ACCESS_DENIED || code == ERROR_WRITE_PROTECT || code == ERROR_DISK_FULL || code == ERROR_HANDLE_DISK_FULL ||
           code == ERROR_FILE_NOT_FOUND;
}

bool knowsNoLocks(DWORD code) { return code == ERROR_INVALID_FUNCTION || code == ERROR_NOT_SUPPORTED; }

bool isTaken(DWORD code) { return code == ERROR_LOCK_VIOLATION || code == ERROR_IO_PENDING || code == ERROR_SHARING_VIOLATION; }

void writeOwner(Held& held, std::string_view owner) {
    const auto line = fmt::format("{}\r\n", owner);
    DWORD count = 0;
    held.named =
        ::WriteFile(held.file.get(), line.data(), static_cast<DWORD>(line.size()), &count, nullptr) && ::SetEndOfFile(held.file.get());
}

std::string programName() {
    std::wstring name(32768, L'\0');
    name.resize(::GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size())));
    return name.empty() ? "a program" : utf8(fs::path{name}.stem().native());
}

}  // namespace

Result<std::optional<LockFile>> LockFile::tryTake(const fs::path& folder, std::string_view owner) {
    const auto path = folder / utf16(kName);
    const auto name = nativeName(path);
    auto file = openLock(name, GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS);
    const bool writable = static_cast<bool>(file);
    if (!file && isRefusal(::GetLastError())) file = openLock(name, GENERIC_READ, OPEN_EXISTING);
    if (!file) {
        const DWORD code = ::GetLastError();
        if (isTaken(code)) return std::optional<LockFile>{};
        if (isRefusal(code)) return std::optional{LockFile{nullptr}};
        return failure("lock", path, code);
    }
    auto held = std::make_shared<Held>(std::move(file));
    OVERLAPPED range = lockedRange();
    if (!::LockFileEx(held->file.get(), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &range)) {
        const DWORD code = ::GetLastError();
        if (isTaken(code)) return std::optional<LockFile>{};
        if (!knowsNoLocks(code)) return failure("lock", path, code);
    }
    if (writable) writeOwner(*held, owner);
    return std::optional{LockFile{std::move(held)}};
}

std::string LockFile::owner(const fs::path& folder) {
    const auto read = readFile(folder / utf16(kName), kMaxOwner);
    if (!read) return {};
    std::string text{asText(read->bytes.view())};
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
    return text;
}

Result<FolderId> folderId(const fs::path& folder) {
    const auto opened = openExisting(folder, FILE_READ_ATTRIBUTES, 0);
    BY_HANDLE_FILE_INFORMATION info{};
    if (!opened || !::GetFileInformationByHandle(opened.get(), &info)) return failure("lock the folder", folder, ::GetLastError());
    return FolderId{info.dwVolumeSerialNumber, (std::uint64_t{info.nFileIndexHigh} << 32U) | info.nFileIndexLow};
}

std::string thisProcess() {
    std::array<WCHAR, 256> host{};
    auto size = static_cast<DWORD>(host.size());
    const bool known = ::GetComputerNameExW(ComputerNameDnsHostname, host.data(), &size) != 0;
    return fmt::format("{} (process {} on {})", programName(), ::GetCurrentProcessId(), known ? utf8(host.data()) : "this machine");
}

}  // namespace uatrust::detail
