#include "detail/platform_windows.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include <bcrypt.h>

#include <fmt/format.h>

#ifdef _MSC_VER
#pragma comment(lib, "bcrypt.lib")
#endif

namespace uatrust::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTempName = 143;

Error alreadyThere(const fs::path& file) {
    return {StatusCode::BadInvalidState, fmt::format("Cannot write {}: there is a file of that name.", pathText(file)),
            "Use another name, or remove the file if it is not needed."};
}

// FILETIME counts tenths of microseconds since 1601.
std::int64_t nanoseconds(std::int64_t fileTime) noexcept { return (fileTime - 116'444'736'000'000'000) * 100; }

std::int64_t joined(std::uint32_t high, std::uint32_t low) noexcept {
    return static_cast<std::int64_t>((std::uint64_t{high} << 32U) | low);
}

struct OpenFile {
    DWORD attributes = 0;
    FileStamp stamp{};
};

std::optional<OpenFile> inspect(const Handle& file) {
    BY_HANDLE_FILE_INFORMATION info{};
    FILE_BASIC_INFO basic{};
    if (!::GetFileInformationByHandle(file.get(), &info)) return {};
    if (!::GetFileInformationByHandleEx(file.get(), FileBasicInfo, &basic, sizeof(basic))) return {};
    return OpenFile{info.dwFileAttributes,
                    {info.dwVolumeSerialNumber, static_cast<std::uint64_t>(joined(info.nFileIndexHigh, info.nFileIndexLow)),
                     static_cast<std::uint64_t>(joined(info.nFileSizeHigh, info.nFileSizeLow)), nanoseconds(basic.LastWriteTime.QuadPart),
                     nanoseconds(basic.ChangeTime.QuadPart)}};
}

// Cloud storage and deduplication mark ordinary files as reparse points too: a link is one that stands for another name.
bool isNameSurrogate(const Handle& opened) {
    FILE_ATTRIBUTE_TAG_INFO tag{};
    return ::GetFileInformationByHandleEx(opened.get(), FileAttributeTagInfo, &tag, sizeof(tag)) &&
           (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && IsReparseTagNameSurrogate(tag.ReparseTag);
}

FileKind kindOf(const FILE_ID_BOTH_DIR_INFO& row) noexcept {
    // For a reparse point the field of the extended attributes holds the tag.
    if ((row.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && IsReparseTagNameSurrogate(row.EaSize)) return FileKind::SymbolicLink;
    if ((row.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return FileKind::Directory;
    return (row.FileAttributes & FILE_ATTRIBUTE_DEVICE) != 0 ? FileKind::Other : FileKind::Regular;
}

std::optional<DirectoryEntry> entryOf(const FILE_ID_BOTH_DIR_INFO& row, std::uint64_t volume) {
    const std::wstring name{row.FileName, row.FileNameLength / sizeof(WCHAR)};
    if (name == L"." || name == L"..") return {};
    return DirectoryEntry{
        .name = name,
        .kind = kindOf(row),
        .hidden = name.front() == L'.' || (row.FileAttributes & FILE_ATTRIBUTE_HIDDEN) != 0,
        .stamp = {volume, static_cast<std::uint64_t>(row.FileId.QuadPart), static_cast<std::uint64_t>(row.EndOfFile.QuadPart),
                  nanoseconds(row.LastWriteTime.QuadPart), nanoseconds(row.ChangeTime.QuadPart)}};
}

// Reads one buffer full of names; the error code, ERROR_NO_MORE_FILES at the end.
DWORD readRows(const Handle& folder, bool first, std::uint64_t volume, std::vector<DirectoryEntry>& entries) {
    struct alignas(8) Buffer {
        std::array<std::uint8_t, 65536> octets;
    };
    const auto buffer = std::make_unique<Buffer>();
    const auto what = first ? FileIdBothDirectoryRestartInfo : FileIdBothDirectoryInfo;
    if (!::GetFileInformationByHandleEx(folder.get(), what, buffer->octets.data(), static_cast<DWORD>(buffer->octets.size()))) {
        return ::GetLastError();
    }
    const auto* at = buffer->octets.data();
    for (;;) {
        const void* raw = at;
        const auto* row = static_cast<const FILE_ID_BOTH_DIR_INFO*>(raw);
        if (auto entry = entryOf(*row, volume)) entries.push_back(std::move(*entry));
        if (row->NextEntryOffset == 0) return ERROR_SUCCESS;
        at += row->NextEntryOffset;
    }
}

Error tooLarge(const fs::path& file, std::size_t maxSize) {
    return {StatusCode::BadEncodingLimitsExceeded,
            fmt::format("Cannot read {}: it is larger than the {} KiB allowed here.", pathText(file), maxSize / 1024),
            "Check whether this is the right file."};
}

Error notReadable(const fs::path& file, std::string_view what) {
    return {StatusCode::BadConfigurationError, fmt::format("Cannot read {}: it is {}.", pathText(file), what),
            "Put an ordinary file in its place, or remove it."};
}

// Reads until the end or until `buffer` is full; false with GetLastError().
bool readAll(const Handle& file, SecretBytes& buffer, std::size_t& done) {
    constexpr std::size_t step = 1U << 20U;
    for (done = 0; done < buffer.size();) {
        DWORD count = 0;
        const auto wanted = static_cast<DWORD>(std::min(step, buffer.size() - done));
        if (!::ReadFile(file.get(), buffer.data() + done, wanted, &count, nullptr)) return false;
        if (count == 0) break;
        done += count;
    }
    return true;
}

Result<FileContent> readOpened(const Handle& opened, const fs::path& file, const FileStamp& stamp) {
    const auto size = static_cast<std::size_t>(stamp.size);
    FileContent content{SecretBytes{size + 1}, stamp};
    std::size_t count = 0;
    if (!readAll(opened, content.bytes, count)) return failure("read", file, ::GetLastError());
    if (count > size) {
        return Error{StatusCode::BadResourceUnavailable, fmt::format("Cannot read {}: it is growing at this moment.", pathText(file)),
                     "Nothing, if it is being copied: it is read again. Replace files by renaming a finished copy."};
    }
    content.bytes.truncate(count);
    return content;
}

std::string randomDigits() {
    std::array<std::uint8_t, 8> octets{};
    const auto status = ::BCryptGenRandom(nullptr, octets.data(), static_cast<ULONG>(octets.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG);
    return status == 0 ? toHex(octets) : fmt::format("{:016x}", ::GetTickCount64());
}

// A virus scanner or an indexer may hold either file open for a moment.
DWORD move(const fs::path& from, const fs::path& to, bool replace) {
    constexpr int attempts = 20;
    const DWORD flags = MOVEFILE_WRITE_THROUGH | (replace ? DWORD{MOVEFILE_REPLACE_EXISTING} : DWORD{0});
    DWORD code = ERROR_SUCCESS;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (::MoveFileExW(nativeName(from).c_str(), nativeName(to).c_str(), flags)) return ERROR_SUCCESS;
        code = ::GetLastError();
        if (code != ERROR_SHARING_VIOLATION && code != ERROR_ACCESS_DENIED) return code;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return code;
}

// TempFile is a file that vanishes unless it is renamed.
class TempFile {
public:
    explicit TempFile(const fs::path& file) {
        const auto ending = utf16(fmt::format(".{}.{}.tmp", ::GetCurrentProcessId(), randomDigits()));
        const auto name = file.filename().native().substr(0, kMaxTempName - 1 - ending.size());
        path_ = file.parent_path() / (L"." + name + ending);
    }
    ~TempFile() {
        if (created_) ::DeleteFileW(nativeName(path_).c_str());
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;

    // ERROR_SUCCESS or what went wrong. Who may open the file is settled before the first octet.
    DWORD fill(ByteView content, FileAccess access) {
        CreationAccess creation{access};
        if (!creation.ok()) return ERROR_ACCESS_DENIED;
        HANDLE raw = ::CreateFileW(nativeName(path_).c_str(), GENERIC_WRITE, 0, creation.get(), CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
        if (raw == INVALID_HANDLE_VALUE) return ::GetLastError();
        const Handle file{raw};
        created_ = true;
        constexpr std::size_t step = 1U << 20U;
        while (!content.empty()) {
            DWORD count = 0;
            if (!::WriteFile(file.get(), content.data(), static_cast<DWORD>(std::min(step, content.size())), &count, nullptr)) {
                return ::GetLastError();
            }
            content = content.subspan(count);
        }
        return ::FlushFileBuffers(file.get()) ? ERROR_SUCCESS : ::GetLastError();
    }

    DWORD moveTo(const fs::path& file, bool replace) {
        const DWORD code = move(path_, file, replace);
        created_ = code != ERROR_SUCCESS;
        return code;
    }

private:
    fs::path path_;
    bool created_ = false;
};

bool isFolder(const fs::path& path) {
    const DWORD attributes = ::GetFileAttributesW(nativeName(path).c_str());
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool isTaken(const fs::path& path) { return ::GetFileAttributesW(nativeName(path).c_str()) != INVALID_FILE_ATTRIBUTES; }

bool isBelow(const std::wstring& name, std::wstring root) {
    if (!root.ends_with(L'\\')) root += L'\\';
    if (name.size() < root.size()) return false;
    const int size = static_cast<int>(root.size());
    return ::CompareStringOrdinal(name.data(), size, root.data(), size, TRUE) == CSTR_EQUAL;
}

Error badLink(StatusCode status, const fs::path& link, std::string_view what) {
    return {status, fmt::format("Cannot read {}: it is a link {}.", pathText(link), what), "Replace the link by a copy of the file."};
}

}  // namespace

Result<std::vector<DirectoryEntry>> listDirectory(const fs::path& folder, std::size_t maxEntries) {
    const auto opened = openExisting(folder, FILE_LIST_DIRECTORY, 0);
    if (!opened) return failure("list the folder", folder, ::GetLastError());
    const auto info = inspect(opened);
    if (!info) return failure("list the folder", folder, ::GetLastError());
    if ((info->attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return failure("list the folder", folder, ERROR_DIRECTORY);
    std::vector<DirectoryEntry> entries;
    DWORD code = ERROR_SUCCESS;
    for (bool first = true; code == ERROR_SUCCESS; first = false) {
        code = readRows(opened, first, info->stamp.device, entries);
        if (entries.size() <= maxEntries) continue;
        return Error{StatusCode::BadEncodingLimitsExceeded,
                     fmt::format("Cannot list the folder {}: it holds more than {} entries.", pathText(folder), maxEntries),
                     "Remove what does not belong there."};
    }
    if (code != ERROR_NO_MORE_FILES) return failure("list the folder", folder, code);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name.native() < b.name.native(); });
    return entries;
}

Result<FileStamp> folderStamp(const fs::path& folder) {
    const auto opened = openExisting(folder, FILE_READ_ATTRIBUTES, 0);
    const auto there = opened ? inspect(opened) : std::nullopt;
    if (!there) return failure("look at the folder", folder, ::GetLastError());
    return there->stamp;
}

Result<FileContent> readFile(const fs::path& file, std::size_t maxSize) {
    auto opened = openExisting(file, GENERIC_READ, FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_SEQUENTIAL_SCAN);
    if (!opened) return failure("read", file, ::GetLastError());
    if (::GetFileType(opened.get()) != FILE_TYPE_DISK) return notReadable(file, "no ordinary file");
    if (isNameSurrogate(opened)) return notReadable(file, "a link");
    auto info = inspect(opened);
    if (info && (info->attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        opened = openExisting(file, GENERIC_READ, FILE_FLAG_SEQUENTIAL_SCAN);
        info = opened ? inspect(opened) : std::nullopt;
    }
    if (!info) return failure("read", file, ::GetLastError());
    if ((info->attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return notReadable(file, "a folder");
    if (info->stamp.size > maxSize) return tooLarge(file, maxSize);
    return readOpened(opened, file, info->stamp);
}

bool isLink(const fs::path& path) {
    const auto opened = openExisting(path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT);
    return opened && isNameSurrogate(opened);
}

Result<LinkTarget> followLink(const fs::path& link, const fs::path& root) {
    const auto opened = openExisting(link, FILE_READ_ATTRIBUTES, 0);
    if (!opened) {
        const auto error = failure("follow the link", link, ::GetLastError());
        return error.status == StatusCode::BadNotFound ? badLink(error.status, link, "to a file that does not exist") : error;
    }
    const auto top = openExisting(root, FILE_READ_ATTRIBUTES, 0);
    const auto target = finalName(opened);
    const auto rootName = top ? finalName(top) : std::nullopt;
    if (!target || !rootName) return failure("follow the link", link, ::GetLastError());
    if (!isBelow(*target, *rootName)) return badLink(StatusCode::BadConfigurationError, link, "that leads out of the store");
    const auto info = inspect(opened);
    if (!info) return failure("read", *target, ::GetLastError());
    if ((info->attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) != 0) {
        return badLink(StatusCode::BadConfigurationError, link, "to something that is no ordinary file");
    }
    return LinkTarget{*target, info->stamp};
}

Result<void> createDirectories(const fs::path& folder, FileAccess access) {
    if (folder.empty()) {
        return Error{StatusCode::BadConfigurationError, "Cannot create the folders of the store: its path is empty.",
                     "Configure the folder that the store is to use."};
    }
    if (isFolder(folder)) return {};
    if (!folder.has_filename() && folder.has_parent_path() && folder.parent_path() != folder) {
        return createDirectories(folder.parent_path(), access);
    }
    const auto parent = folder.parent_path();
    if (!parent.empty() && parent != folder) {
        if (auto made = createDirectories(parent, FileAccess::Shared); !made) return made;
    }
    CreationAccess creation{access};
    if (!creation.ok()) return failure("protect", folder, ERROR_ACCESS_DENIED);
    if (::CreateDirectoryW(nativeName(folder).c_str(), creation.get())) return {};
    const DWORD code = ::GetLastError();
    if (code != ERROR_ALREADY_EXISTS) return failure("create the folder", folder, code);
    return isFolder(folder) ? Result<void>{} : failure("create the folder", folder, ERROR_DIRECTORY);
}

Result<void> writeFile(const fs::path& file, ByteView content, FileAccess access, bool replace) {
    if (!replace && isTaken(file)) return alreadyThere(file);
    TempFile temp{file};
    if (const DWORD code = temp.fill(content, access); code != ERROR_SUCCESS) return failure("write", file, code);
    const DWORD code = temp.moveTo(file, replace);
    if (code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS) return alreadyThere(file);
    return code == ERROR_SUCCESS ? Result<void>{} : failure("write", file, code);
}

Result<void> renameFile(const fs::path& file, const fs::path& name) {
    const auto renamed = file.parent_path() / name;
    const DWORD code = move(file, renamed, false);
    if (code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS) return alreadyThere(renamed);
    return code == ERROR_SUCCESS ? Result<void>{} : failure("rename", file, code);
}

Result<void> removeFile(const fs::path& file) {
    return ::DeleteFileW(nativeName(file).c_str()) ? Result<void>{} : failure("remove", file, ::GetLastError());
}

std::int64_t fileClockNowNs() noexcept {
    FILETIME now{};
    ::GetSystemTimePreciseAsFileTime(&now);
    return nanoseconds(joined(now.dwHighDateTime, now.dwLowDateTime));
}

}  // namespace uatrust::detail
