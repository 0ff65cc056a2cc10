#include "tool/platform_files.hpp"

#include <array>
#include <cerrno>
#include <random>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 16;

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_{number} {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_;
};

template <class Call>
auto retrying(Call call) {
    decltype(call()) result{};
    do {
        result = call();
    } while (result < 0 && errno == EINTR);
    return result;
}

Error failure(std::string_view action, const fs::path& file, int code) {
    const bool rights = code == EACCES || code == EPERM || code == EROFS;
    return {rights ? StatusCode::BadUserAccessDenied : StatusCode::BadResourceUnavailable,
            fmt::format("Cannot {} {}: {}.", action, printable(textOf(file), 4096), std::generic_category().message(code)),
            rights ? "Run the program as the account that the folder belongs to, or give this one the right to write there."
                   : "Check the path, its permissions and the room on the disk."};
}

Result<void> makeFoldersAbove(const fs::path& file) {
    const auto folder = file.parent_path();
    std::error_code error;
    if (folder.empty() || fs::is_directory(folder, error)) return {};
    fs::create_directories(folder, error);
    return error ? Result<void>{failure("make the folder", folder, error.value())} : Result<void>{};
}

fs::path temporaryName(const fs::path& file) {
    std::random_device random;
    auto name = "." + file.filename().native();
    name += fmt::format(".{:08x}{:08x}.tmp", random(), random());
    return file.parent_path() / name;
}

int writeAll(const Descriptor& to, ByteView content) {
    while (!content.empty()) {
        const auto count = retrying([&] { return ::write(to.get(), content.data(), content.size()); });
        if (count < 0) return errno;
        content = content.subspan(static_cast<std::size_t>(count));
    }
    return retrying([&] { return ::fsync(to.get()); }) == 0 ? 0 : errno;
}

int synchroniseFolder(const fs::path& folder) {
    const auto name = folder.empty() ? fs::path{"."} : folder;
    const Descriptor opened{retrying([&] { return ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })};
    if (!opened) return errno;
    const int code = retrying([&] { return ::fsync(opened.get()); }) == 0 ? 0 : errno;
    return code == EINVAL || code == EROFS ? 0 : code;  // a file system that does so by itself
}

bool knowsNoLocks(int code) { return code == EBADF || code == EINVAL || code == ENOLCK || code == ENOSYS || code == EOPNOTSUPP; }

}  // namespace

Result<void> makeFolder(const fs::path& folder, Readers readers) {
    if (auto made = makeFoldersAbove(folder); !made) return made;
    const mode_t mode = readers == Readers::OwnerOnly ? 0700 : 0777;
    if (::mkdir(folder.c_str(), mode) == 0 || errno == EEXIST) return {};
    return failure("make the folder", folder, errno);
}

bool isThere(const fs::path& path) noexcept {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

Result<void> replaceFile(const fs::path& file, ByteView content, Readers readers) {
    if (auto made = makeFoldersAbove(file); !made) return made;
    const mode_t mode = readers == Readers::OwnerOnly ? 0600 : 0666;
    for (int i = 0; i < kTries; ++i) {
        const auto temporary = temporaryName(file);
        const Descriptor opened{
            retrying([&] { return ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode); })};
        if (!opened && errno == EEXIST) continue;
        if (!opened) return failure("write", file, errno);
        int code = writeAll(opened, content);
        if (code == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) code = errno;
        if (code != 0) {
            ::unlink(temporary.c_str());
            return failure("write", file, code);
        }
        const int unsafe = synchroniseFolder(file.parent_path());
        return unsafe == 0 ? Result<void>{} : failure("write", file, unsafe);
    }
    return failure("write", file, EEXIST);
}

Result<std::optional<std::string>> readOwnFile(const fs::path& file, std::size_t maxSize) {
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    const Descriptor opened{retrying([&] { return ::open(file.c_str(), flags); })};
    if (!opened && errno == ENOENT) return std::optional<std::string>{};
    struct stat status {};
    if (!opened || ::fstat(opened.get(), &status) != 0) return failure("read", file, errno);
    if (!S_ISREG(status.st_mode)) return failure("read", file, EINVAL);
    std::string content;
    std::array<char, 4096> chunk{};
    for (;;) {
        const auto count = retrying([&] { return ::read(opened.get(), chunk.data(), chunk.size()); });
        if (count < 0) return failure("read", file, errno);
        if (count == 0) return std::optional{std::move(content)};
        content.append(chunk.data(), static_cast<std::size_t>(count));
        if (content.size() > maxSize) return failure("read", file, EFBIG);
    }
}

Result<void> removeOwnFile(const fs::path& file) {
    if (::unlink(file.c_str()) != 0) return errno == ENOENT ? Result<void>{} : failure("remove", file, errno);
    const int code = synchroniseFolder(file.parent_path());
    return code == 0 ? Result<void>{} : failure("remove", file, code);
}

Result<std::optional<HeldFile>> HeldFile::tryHold(const fs::path& file) {
    if (const auto made = makeFoldersAbove(file); !made) return made.error();
    constexpr int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    int number = retrying([&] { return ::open(file.c_str(), O_RDWR | O_CREAT | flags, 0644); });
    // Whoever may not write here can still see whether somebody has it.
    if (number < 0 && (errno == EACCES || errno == EROFS)) number = retrying([&] { return ::open(file.c_str(), O_RDONLY | flags); });
    auto opened = std::make_shared<Descriptor>(number);
    if (!*opened) return failure("lock", file, errno);
    if (retrying([&] { return ::flock(opened->get(), LOCK_EX | LOCK_NB); }) == 0) {
        return std::optional{HeldFile{std::move(opened)}};
    }
    if (errno == EWOULDBLOCK) return std::optional<HeldFile>{};
    if (!knowsNoLocks(errno)) return failure("lock", file, errno);
    return Error{StatusCode::BadNotSupported, fmt::format("Cannot lock {}: the file system knows no locks.", printable(textOf(file), 4096)),
                 "Do this where the folder is on a disk of its own machine."};
}

unsigned long processId() noexcept { return static_cast<unsigned long>(::getpid()); }

}  // namespace uatrust::tool
