#include "detail/platform_posix.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kLockFile = 0644;
constexpr mode_t kWritersOfFolder = 022;
constexpr std::size_t kMaxOwner = 512;

// What ends with the lock. A child process that was forked meanwhile has the descriptor too: closing ours would not be enough.
struct Held {
    Descriptor file;
    bool named = false;
    explicit Held(Descriptor descriptor) noexcept : file{std::move(descriptor)} {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        if (named && ::ftruncate(file.get(), 0) != 0) named = false;
        ::flock(file.get(), LOCK_UN);
    }
};

// These keep the file from being made or written, and others do not need it to be: the folder itself is locked instead.
bool isRefusal(int code) { return code == EACCES || code == EPERM || code == EROFS || code == ENOSPC || code == EDQUOT || code == ENOENT; }

// A file system without locks, and one that would lock only what may be written (NFS).
bool knowsNoLocks(int code) { return code == EBADF || code == EINVAL || code == ENOLCK || code == ENOSYS || code == EOPNOTSUPP; }

int openIn(const Descriptor& folder, int flags, mode_t mode = 0) {
    const std::string name{LockFile::kName};
    return retrying([&] { return ::openat(folder.get(), name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, mode); });
}

// Whoever may change the folder may write who holds the lock; whoever may read it can lock, and be refused later with the reason.
int makeIn(const Descriptor& folder) {
    const int made = openIn(folder, O_RDWR | O_CREAT | O_EXCL, kLockFile);
    if (made < 0) return made;
    struct stat status {};
    const mode_t writers = ::fstat(folder.get(), &status) == 0 ? status.st_mode & kWritersOfFolder : 0;
    (void)::fchmod(made, kLockFile | writers);  // the umask may have taken away that others can lock
    return made;
}

int openLock(const Descriptor& folder) {
    int opened = openIn(folder, O_RDWR);
    if (opened < 0 && errno == ENOENT) opened = makeIn(folder);
    if (opened < 0 && errno == EEXIST) opened = openIn(folder, O_RDWR);
    if (opened < 0 && isRefusal(errno)) opened = openIn(folder, O_RDONLY);
    return opened;
}

// False when the file was removed, or replaced, while it was waited for: then others lock another one.
bool isStillThere(const Descriptor& folder, const struct stat& locked) {
    struct stat status {};
    const std::string name{LockFile::kName};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
    return status.st_dev == locked.st_dev && status.st_ino == locked.st_ino;
}

void writeOwner(Held& held, std::string_view owner) {
    const auto line = fmt::format("{}\n", owner);
    const auto written = retrying([&] { return ::pwrite(held.file.get(), line.data(), line.size(), 0); });
    held.named = written > 0 && ::ftruncate(held.file.get(), written) == 0;
}

Error inTheWay(const fs::path& file) {
    return {StatusCode::BadConfigurationError, fmt::format("Cannot lock {}: it is no ordinary file.", pathText(file)),
            "Remove it: the lock file is made again."};
}

std::string programName() {
#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__OpenBSD__)
    const char* name = ::getprogname();
#else
    const char* name = program_invocation_short_name;
#endif
    return name == nullptr || *name == '\0' ? "a program" : name;
}

}  // namespace

Result<std::optional<LockFile>> LockFile::tryTake(const fs::path& folder, std::string_view owner) {
    Descriptor opened{openFolder(folder)};
    if (!opened) return failure("lock the folder", folder, errno);
    Descriptor file{openLock(opened)};
    const bool own = static_cast<bool>(file);
    if (!own && !isRefusal(errno)) return failure("lock", folder / kName, errno);
    auto held = std::make_shared<Held>(own ? std::move(file) : std::move(opened));

    struct stat status {};
    if (::fstat(held->file.get(), &status) != 0) return failure("lock", folder / kName, errno);
    if (own && !S_ISREG(status.st_mode)) return inTheWay(folder / kName);
    if (retrying([&] { return ::flock(held->file.get(), LOCK_EX | LOCK_NB); }) != 0) {
        if (errno == EWOULDBLOCK) return std::optional<LockFile>{};
        if (!knowsNoLocks(errno)) return failure("lock", folder / kName, errno);
    }
    if (own && !isStillThere(opened, status)) return std::optional<LockFile>{};
    if (own) writeOwner(*held, owner);
    return std::optional{LockFile{std::move(held)}};
}

std::string LockFile::owner(const fs::path& folder) {
    const auto read = readFile(folder / kName, kMaxOwner);
    if (!read) return {};
    std::string text{asText(read->bytes.view())};
    text.resize(std::min(text.find('\n'), text.size()));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
    return text;
}

Result<FolderId> folderId(const fs::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return failure("lock the folder", folder, errno);
    return FolderId{static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

std::string thisProcess() {
    std::array<char, 256> host{};
    const bool known = ::gethostname(host.data(), host.size() - 1) == 0 && host.front() != '\0';
    return fmt::format("{} (process {} on {})", programName(), ::getpid(), known ? host.data() : "this machine");
}

}  // namespace uatrust::detail
