#include "detail/platform_posix.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/filesystem.hpp>

namespace uatrust::detail {
namespace {

namespace fs = std::filesystem;
namespace bfs = boost::filesystem;

constexpr mode_t kSharedFile = 0644;
constexpr mode_t kSharedFolder = 0755;
constexpr mode_t kOwnerFile = 0600;
constexpr mode_t kOwnerFolder = 0700;
constexpr mode_t kOthers = 077;
constexpr mode_t kAllModeBits = 07777;

// A name as long as eCryptfs takes, the narrowest of the common file systems.
constexpr std::size_t kMaxTempName = 143;

struct Trouble {
    int code;
    StatusCode status;
    std::string_view what;
    std::string_view cure;
};

constexpr Trouble kTroubles[] = {
    {ENOENT, StatusCode::BadNotFound, "it does not exist", "Check the path."},
    {EACCES, StatusCode::BadConfigurationError, "this account has no permission for it",
     "Give the account that the application runs under access to it and to the folders above it."},
    {EPERM, StatusCode::BadConfigurationError, "the operating system does not allow it",
     "Check its owner, its permissions and whether it is marked as unchangeable."},
    {ENOTDIR, StatusCode::BadConfigurationError, "a part of its path is a file where a folder should be",
     "Remove or rename the file that is in the way."},
    {EISDIR, StatusCode::BadConfigurationError, "a folder of that name is in the way", "Remove or rename the folder."},
    {ELOOP, StatusCode::BadConfigurationError, "it is a link, or links lead in a circle", "Replace the link by the file itself."},
    {ENAMETOOLONG, StatusCode::BadConfigurationError, "its name is longer than the file system takes", "Use a shorter name or path."},
    {EROFS, StatusCode::BadNotWritable, "the file system is read-only", "Mount it writable, or move the store to a file system that is."},
    {ENOSPC, StatusCode::BadResourceUnavailable, "the disk is full", "Make room on the disk."},
    {EDQUOT, StatusCode::BadResourceUnavailable, "the disk quota of this account is used up", "Make room or raise the quota."},
    {EFBIG, StatusCode::BadResourceUnavailable, "the file would be larger than this account or file system may write",
     "Raise the limit for the size of files (ulimit -f)."},
    {EIO, StatusCode::BadResourceUnavailable, "the disk reports an error", "Check the disk and the system log."},
    {EMFILE, StatusCode::BadResourceUnavailable, "the application has too many files and connections open",
     "Raise its limit for open files (ulimit -n), or close connections."},
    {ENFILE, StatusCode::BadResourceUnavailable, "the machine has too many files open", "Close programs or raise the system's limit."},
    {ENOMEM, StatusCode::BadOutOfMemory, "there is not enough memory", "Close programs or add memory."},
    {EBUSY, StatusCode::BadResourceUnavailable, "something else is using it", "Try again; find out which program uses it."},
    {ESTALE, StatusCode::BadResourceUnavailable, "the network folder it is in has gone", "Mount the network folder again."},
    {ENXIO, StatusCode::BadConfigurationError, "it is no ordinary file", "Remove it from this folder."},
};

// Names come from operators, but a line of a log must stay a line.
std::string shown(const fs::path& path) {
    std::string text = path.native();
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text;
}

Error alreadyThere(const fs::path& file) {
    return {StatusCode::BadInvalidState, fmt::format("Cannot write {}: there is a file of that name.", shown(file)),
            "Use another name, or remove the file if it is not needed."};
}

fs::path folderOf(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path{"."}; }

std::int64_t nanoseconds(const timespec& time) noexcept { return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_nsec}; }

FileStamp stampOf(const struct stat& status) noexcept {
#ifdef __APPLE__
    const auto& modified = status.st_mtimespec;
    const auto& changed = status.st_ctimespec;
#else
    const auto& modified = status.st_mtim;
    const auto& changed = status.st_ctim;
#endif
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
            static_cast<std::uint64_t>(status.st_size), nanoseconds(modified), nanoseconds(changed)};
}

FileKind kindOf(mode_t mode) noexcept {
    if (S_ISREG(mode)) return FileKind::Regular;
    if (S_ISDIR(mode)) return FileKind::Directory;
    return S_ISLNK(mode) ? FileKind::SymbolicLink : FileKind::Other;
}

Error noOrdinaryFile(const fs::path& file, mode_t mode) {
    return {StatusCode::BadConfigurationError,
            fmt::format("Cannot read {}: it is {}.", shown(file), S_ISDIR(mode) ? "a folder" : "no ordinary file"),
            "Put an ordinary file in its place, or remove it."};
}

Error tooLarge(const fs::path& file, std::size_t maxSize) {
    return {StatusCode::BadEncodingLimitsExceeded,
            fmt::format("Cannot read {}: it is larger than the {} KiB allowed here.", shown(file), maxSize / 1024),
            "Check whether this is the right file."};
}

// Reads until the end or until `buffer` is full; the count, or -1 with errno. That there is no more than `size` octets, which is what
// the system has said and less than the buffer takes, need not be asked once more: that costs as much as to read a certificate.
ssize_t readAll(const Descriptor& file, std::size_t size, SecretBytes& buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const auto count = retrying([&] { return ::read(file.get(), buffer.data() + done, buffer.size() - done); });
        if (count < 0) return -1;
        done += static_cast<std::size_t>(count);
        if (count == 0 || done == size) break;
    }
    return static_cast<ssize_t>(done);
}

Result<FileContent> readOpened(const Descriptor& opened, const fs::path& file, const struct stat& status) {
    const auto size = static_cast<std::size_t>(status.st_size);
    FileContent content{SecretBytes{size + 1}, stampOf(status)};
    const auto count = readAll(opened, size, content.bytes);
    if (count < 0) return failure("read", file, errno);
    if (static_cast<std::size_t>(count) > size) {
        return Error{StatusCode::BadResourceUnavailable, fmt::format("Cannot read {}: it is growing at this moment.", shown(file)),
                     "Nothing, if it is being copied: it is read again. Replace files by renaming a finished copy."};
    }
    content.bytes.truncate(static_cast<std::size_t>(count));
    return content;
}

int synchronise(const Descriptor& file) {
#ifdef F_FULLFSYNC
    if (::fcntl(file.get(), F_FULLFSYNC) == 0) return 0;
#endif
    return retrying([&] { return ::fsync(file.get()); }) == 0 ? 0 : errno;
}

// Some file systems cannot synchronise a folder: they do it on their own.
int synchroniseFolder(const Descriptor& folder) {
    const int code = synchronise(folder);
    return code == EINVAL || code == ENOTSUP || code == EBADF ? 0 : code;
}

// As much of a name as fits, without cutting a UTF-8 character.
std::string shortened(const std::string& name, std::size_t size) {
    if (name.size() <= size) return name;
    while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80U) --size;
    return name.substr(0, size);
}

// EEXIST when the name is taken. File systems without renameat2 have hard links.
int renameBeside(const Descriptor& folder, const std::string& from, const std::string& to) {
#ifdef RENAME_NOREPLACE
    if (::renameat2(folder.get(), from.c_str(), folder.get(), to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
#endif
    if (::linkat(folder.get(), from.c_str(), folder.get(), to.c_str(), 0) != 0) return errno;
    // The name that is left over is hidden, and nobody goes by it.
    (void)::unlinkat(folder.get(), from.c_str(), 0);
    return 0;
}

// TempFile is a file that vanishes unless it is renamed.
class TempFile {
public:
    TempFile(const Descriptor& folder, const std::string& name) : folder_{folder} {
        boost::system::error_code ignored;  // the name is unlikely to be there even so, and an error if it is
        const auto random = bfs::unique_path("%%%%%%%%%%%%%%%%", ignored).native();
        const auto ending = fmt::format(".{}.{}.tmp", ::getpid(), random);
        name_ = "." + shortened(name, kMaxTempName - 1 - ending.size()) + ending;
    }
    ~TempFile() {
        if (created_) ::unlinkat(folder_.get(), name_.c_str(), 0);
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;

    // Zero or the errno. The mode is there from the first octet; the umask can only narrow it.
    int fill(ByteView content, FileAccess access) {
        const mode_t mode = access == FileAccess::OwnerOnly ? kOwnerFile : kSharedFile;
        Descriptor file{
            retrying([&] { return ::openat(folder_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode); })};
        if (!file) return errno;
        created_ = true;
        if (access == FileAccess::OwnerOnly && ::fchmod(file.get(), mode) != 0) return errno;
        while (!content.empty()) {
            const auto count = retrying([&] { return ::write(file.get(), content.data(), content.size()); });
            if (count < 0) return errno;
            content = content.subspan(static_cast<std::size_t>(count));
        }
        if (const int code = synchronise(file)) return code;
        return file.close() == 0 ? 0 : errno;
    }

    int moveOver(const std::string& name) {
        if (::renameat(folder_.get(), name_.c_str(), folder_.get(), name.c_str()) != 0) return errno;
        created_ = false;
        return 0;
    }

    int moveBeside(const std::string& name) {
        const int code = renameBeside(folder_, name_, name);
        created_ = code != 0;
        return code;
    }

private:
    const Descriptor& folder_;
    std::string name_;
    bool created_ = false;
};

bool isTaken(const Descriptor& folder, const std::string& name) {
    struct stat status {};
    return ::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

bool isFolder(const fs::path& path) {
    boost::system::error_code ignored;
    return bfs::is_directory(path.native(), ignored);
}

Result<void> makeFolder(const fs::path& folder, FileAccess access) {
    const mode_t mode = access == FileAccess::OwnerOnly ? kOwnerFolder : kSharedFolder;
    const bool made = ::mkdir(folder.c_str(), mode) == 0;
    if (!made && errno != EEXIST) return failure("create the folder", folder, errno);
    if (!made && !isFolder(folder)) return failure("create the folder", folder, ENOTDIR);
    if (made && access == FileAccess::OwnerOnly && ::chmod(folder.c_str(), mode) != 0) return failure("protect", folder, errno);
    const Descriptor parent{openFolder(folderOf(folder))};
    const int code = made && parent ? synchroniseFolder(parent) : 0;
    return code == 0 ? Result<void>{} : failure("create the folder", folder, code);
}

bool isBelow(const bfs::path& path, const bfs::path& root) {
    return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

Error badLink(StatusCode status, const fs::path& link, std::string_view what) {
    return {status, fmt::format("Cannot read {}: it is a link {}.", shown(link), what), "Replace the link by a copy of the file."};
}

}  // namespace

std::optional<DirectoryEntry> lookAt(int at, const fs::path& path) {
    DirectoryEntry entry{.name = path.filename()};
    entry.hidden = entry.name.native().front() == '.';
    struct stat status {};
    if (::fstatat(at, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        entry.kind = kindOf(status.st_mode);
        entry.stamp = stampOf(status);
        entry.aliased = S_ISREG(status.st_mode) && status.st_nlink != 1;
    } else if (errno == ENOENT) {
        return {};
    }
    return entry;
}

Error failure(std::string_view action, const fs::path& path, int code) {
    const auto* row = std::find_if(std::begin(kTroubles), std::end(kTroubles), [&](const Trouble& t) { return t.code == code; });
    if (row != std::end(kTroubles)) {
        return {row->status, fmt::format("Cannot {} {}: {}.", action, shown(path), row->what), std::string{row->cure}};
    }
    return {StatusCode::BadUnexpectedError,
            fmt::format("Cannot {} {}: the operating system says \"{}\".", action, shown(path), std::generic_category().message(code)),
            "Check the path, its permissions and the disk."};
}

int openFolder(const fs::path& folder) {
    return retrying([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
}

Result<std::vector<DirectoryEntry>> listDirectory(const fs::path& folder, std::size_t maxEntries) {
    const Descriptor opened{openFolder(folder)};
    if (!opened) return failure("list the folder", folder, errno);
    std::vector<DirectoryEntry> entries;
    boost::system::error_code error;
    for (bfs::directory_iterator it{folder.native(), error}, end; !error && it != end; it.increment(error)) {
        if (entries.size() == maxEntries) {
            return Error{StatusCode::BadEncodingLimitsExceeded,
                         fmt::format("Cannot list the folder {}: it holds more than {} entries.", shown(folder), maxEntries),
                         "Remove what does not belong there."};
        }
        if (auto entry = lookAt(opened.get(), it->path().filename().native())) entries.push_back(std::move(*entry));
    }
    if (error) return failure("list the folder", folder, error.value());
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name.native() < b.name.native(); });
    return entries;
}

Result<FileStamp> folderStamp(const fs::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return failure("look at the folder", folder, errno);
    return stampOf(status);
}

Result<FileContent> readFile(const fs::path& file, std::size_t maxSize) {
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    const Descriptor opened{retrying([&] { return ::open(file.c_str(), flags); })};
    struct stat status {};
    if (!opened || ::fstat(opened.get(), &status) != 0) return failure("read", file, errno);
    if (!S_ISREG(status.st_mode)) return noOrdinaryFile(file, status.st_mode);
    if (static_cast<std::uintmax_t>(status.st_size) > maxSize) return tooLarge(file, maxSize);
    return readOpened(opened, file, status);
}

bool isLink(const fs::path& path) {
    boost::system::error_code ignored;
    return bfs::symlink_status(path.native(), ignored).type() == bfs::symlink_file;
}

Result<LinkTarget> followLink(const fs::path& link, const fs::path& root) {
    boost::system::error_code error;
    const auto target = bfs::canonical(link.native(), error);
    if (error.value() == ENOENT) return badLink(StatusCode::BadNotFound, link, "to a file that does not exist");
    if (error) return failure("follow the link", link, error.value());
    const auto top = bfs::canonical(root.native(), error);
    if (error) return failure("read", root, error.value());
    if (!isBelow(target, top)) return badLink(StatusCode::BadConfigurationError, link, "that leads out of the store");
    struct stat status {};
    if (::lstat(target.c_str(), &status) != 0) return failure("read", target.native(), errno);
    if (!S_ISREG(status.st_mode)) return badLink(StatusCode::BadConfigurationError, link, "to something that is no ordinary file");
    return LinkTarget{target.native(), stampOf(status)};
}

Result<void> createDirectories(const fs::path& folder, FileAccess access) {
    if (folder.empty()) {
        return Error{StatusCode::BadConfigurationError, "Cannot create the folders of the store: its path is empty.",
                     "Configure the folder that the store is to use."};
    }
    if (isFolder(folder)) return {};
    if (!folder.has_filename()) return createDirectories(folder.parent_path(), access);
    const auto parent = folder.parent_path();
    if (!parent.empty() && parent != folder) {
        if (auto made = createDirectories(parent, FileAccess::Shared); !made) return made;
    }
    return makeFolder(folder, access);
}

Result<void> writeFile(const fs::path& file, ByteView content, FileAccess access, bool replace) {
    const Descriptor folder{openFolder(folderOf(file))};
    if (!folder) return failure("write", file, errno);
    const auto name = file.filename().native();
    if (!replace && isTaken(folder, name)) return alreadyThere(file);
    TempFile temp{folder, name};
    if (const int code = temp.fill(content, access)) return failure("write", file, code);
    const int code = replace ? temp.moveOver(name) : temp.moveBeside(name);
    if (code == EEXIST && !replace) return alreadyThere(file);
    if (code != 0) return failure("write", file, code);
    const int unsafe = synchroniseFolder(folder);
    return unsafe == 0 ? Result<void>{} : failure("write", file, unsafe);
}

Result<void> renameFile(const fs::path& file, const fs::path& name) {
    const Descriptor folder{openFolder(folderOf(file))};
    if (!folder) return failure("rename", file, errno);
    const int code = renameBeside(folder, file.filename().native(), name.native());
    if (code == EEXIST) return alreadyThere(folderOf(file) / name);
    if (code != 0) return failure("rename", file, code);
    const int unsafe = synchroniseFolder(folder);
    return unsafe == 0 ? Result<void>{} : failure("rename", file, unsafe);
}

Result<void> removeFile(const fs::path& file) {
    const Descriptor folder{openFolder(folderOf(file))};
    if (!folder) return failure("remove", file, errno);
    if (::unlinkat(folder.get(), file.filename().c_str(), 0) != 0) return failure("remove", file, errno);
    const int code = synchroniseFolder(folder);
    return code == 0 ? Result<void>{} : failure("remove", file, code);
}

std::optional<std::string> widerThanOwner(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0 || (status.st_mode & kOthers) == 0) return {};
    return fmt::format("{:04o}", status.st_mode & kAllModeBits);
}

fs::path absolutePath(const fs::path& path) {
    std::error_code error;
    auto absolute = fs::absolute(path, error);
    return error ? path : absolute;
}

std::string pathText(const fs::path& path) { return path.native(); }

fs::path pathFromText(std::string_view text) { return fs::path{text}; }

std::int64_t fileClockNowNs() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return nanoseconds(now);
}

}  // namespace uatrust::detail
