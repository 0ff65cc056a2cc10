#include "detail/platform_watch.hpp"

#ifndef __linux__

namespace uatrust::detail {

std::unique_ptr<FolderWatch> watchFolders(const std::filesystem::path& /*root*/) { return {}; }

}  // namespace uatrust::detail

#else

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <boost/filesystem.hpp>

#include "detail/platform_posix.hpp"

namespace uatrust::detail {
namespace {

namespace fs = std::filesystem;
namespace bfs = boost::filesystem;

constexpr std::uint32_t kEvents =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
// What was listened to is not there any more.
constexpr std::uint32_t kLosses = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED | IN_Q_OVERFLOW;

// File systems in which nothing changes but through this kernel and by the names that it knows. Not among them: all network
// and virtual machine folders (NFS, SMB, 9p, FUSE, ...), overlays, whose lower layers may change unseen, and FAT, where a file
// has several names.
constexpr std::uint32_t kLocalFileSystems[] = {
    0xEF53,      // ext2, ext3, ext4
    0x58465342,  // XFS
    0x9123683E,  // btrfs
    0x01021994,  // tmpfs
    0xF2F52010,  // F2FS
    0x24051905,  // UBIFS
    0x72B6,      // JFFS2
    0x2FC12FC1,  // ZFS
};

// ForkMark knows the process that made it. A fork shares the queue of events with its parent and must leave it alone.
class ForkMark {
public:
    ForkMark() {
#ifdef MADV_WIPEONFORK
        void* page = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) return;
        if (::madvise(page, kSize, MADV_WIPEONFORK) != 0) {
            ::munmap(page, kSize);
            return;
        }
        mark_ = static_cast<volatile char*>(page);
        *mark_ = 1;
#endif
    }
    ~ForkMark() {
        if (mark_ != nullptr) ::munmap(const_cast<char*>(mark_), kSize);
    }
    ForkMark(const ForkMark&) = delete;
    ForkMark& operator=(const ForkMark&) = delete;
    // Asked before each validation: a system call less counts.
    [[nodiscard]] bool isOurs() const noexcept { return mark_ != nullptr ? *mark_ == 1 : ::getpid() == process_; }

private:
    static constexpr std::size_t kSize = 1;  // a page, in the end
    volatile char* mark_ = nullptr;
    pid_t process_ = ::getpid();
};

struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
};

std::optional<Identity> identityOf(const fs::path& path) noexcept {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    return Identity{static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

bool isLocal(const fs::path& folder) noexcept {
    struct statfs status {};
    if (::statfs(folder.c_str(), &status) != 0) return false;
    const auto kind = static_cast<std::uint32_t>(status.f_type);
    return std::find(std::begin(kLocalFileSystems), std::end(kLocalFileSystems), kind) != std::end(kLocalFileSystems);
}

// "\040" and the like in the table of mounts.
std::string unescaped(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 3 >= text.size()) {
            result += text[at];
            continue;
        }
        result += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0'));
        at += 3;
    }
    return result;
}

std::optional<std::string> readFromStart(const Descriptor& file) {
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return {};
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return {};
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

bool isBelow(const fs::path& path, const fs::path& top) {
    return std::mismatch(top.begin(), top.end(), path.begin(), path.end()).first == top.end();
}

// The rows of a table of mounts that are about folders above or below a place, by what they are mounted over.
using Mounts = std::multimap<fs::path, std::string>;
Mounts mountsAbout(const fs::path& place, const std::string& table) {
    Mounts mounts;
    std::istringstream lines{table};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string word;
        for (int count = 0; count < 5; ++count) words >> word;
        fs::path over{unescaped(word)};
        if (isBelow(over, place) || isBelow(place, over)) mounts.emplace(std::move(over), line);
    }
    return mounts;
}

class Inotify final : public FolderWatch {
public:
    explicit Inotify(fs::path root) : root_{std::move(root)} {}

    [[nodiscard]] bool begin() {
        if (!queue_ || !mounts_) return false;
        const auto before = identityOf(root_);
        const auto watch = listenTo(root_);
        boost::system::error_code error;
        const auto place = bfs::canonical(root_.native(), error);
        if (!before || !watch || error) return false;
        place_ = place.native();
        const auto table = readFromStart(mounts_);
        if (!table) return false;
        relevant_ = mountsAbout(place_, *table);
        identity_ = *before;
        top_ = *watch;
        return isInPlace();
    }

    // Each folder on the way down is listened to before the next one is looked for: whatever is exchanged meanwhile is told.
    Hears add(const fs::path& folder) override {
        folders_.push_back(folder);
        const auto below = folder.lexically_relative(root_);
        if (below.empty()) return Hears::Nothing;
        auto watch = top_;
        auto path = root_;
        auto place = place_;
        for (const auto& part : below) {
            if (part == "..") return Hears::Nothing;
            if (part == "." || part.empty()) continue;
            nodes_[watch].waysDown.insert(part.native());
            path /= part;
            place /= part;
            const auto next = listenTo(path);
            if (!next) return errno == ENOENT ? Hears::Absence : Hears::Nothing;
            watch = *next;
        }
        const auto isInside = [&](const auto& mount) { return mount.first.parent_path() == place; };
        if (std::any_of(relevant_.begin(), relevant_.end(), isInside)) return Hears::Nothing;
        nodes_[watch].numbers.push_back(folders_.size() - 1);
        return Hears::Everything;
    }

    std::optional<std::vector<Change>> take() override {
        std::vector<Change> changes;
        if (!isSilent() && !lost_) drain(changes);
        if (lost_ || !isInPlace()) return {};
        return changes;
    }

    // Asking whether something was mounted is answered with yes only once.
    bool isSilent() override {
        if (!mark_.isOurs()) lost_ = true;
        if (lost_) return false;
        std::array<pollfd, 2> asked{{{queue_.get(), POLLIN, 0}, {mounts_.get(), POLLPRI, 0}}};
        const int count = ::poll(asked.data(), asked.size(), 0);
        if (count < 0 && errno != EINTR) lost_ = true;
        if (count > 0 && asked[1].revents != 0) {
            const auto table = readFromStart(mounts_);
            lost_ = lost_ || !table || mountsAbout(place_, *table) != relevant_;
        }
        return !lost_ && count >= 0 && asked[0].revents == 0;
    }

    bool isInPlace() const override { return identityOf(root_) == identity_; }

    std::optional<DirectoryEntry> look(std::size_t folder, const fs::path& name) const override {
        return lookAt(AT_FDCWD, folders_.at(folder) / name);
    }

private:
    struct Node {
        std::vector<std::size_t> numbers{};  ///< of the folders that it is
        std::set<std::string> waysDown{};    ///< names that lead on to folders
    };

    // Nothing with the errno.
    std::optional<int> listenTo(const fs::path& folder) {
        const auto flags = IN_ONLYDIR | (folder == root_ ? 0U : std::uint32_t{IN_DONT_FOLLOW});
        const int watch = ::inotify_add_watch(queue_.get(), folder.c_str(), kEvents | flags);
        if (watch < 0) return {};
        if (!isLocal(folder)) {
            errno = ENOTSUP;
            return {};
        }
        return watch;
    }

    void drain(std::vector<Change>& changes) {
        alignas(inotify_event) std::array<char, 16384> buffer;
        while (!lost_) {
            const auto count = ::read(queue_.get(), buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && errno == EAGAIN) return;
            if (count <= 0) lost_ = true;
            for (std::size_t at = 0; !lost_ && at < static_cast<std::size_t>(count);) {
                inotify_event event{};
                std::memcpy(&event, buffer.data() + at, sizeof(event));
                hear(event, buffer.data() + at + sizeof(event), changes);
                at += sizeof(event) + event.len;
            }
        }
    }

    void hear(const inotify_event& event, const char* padded, std::vector<Change>& changes) {
        const auto node = nodes_.find(event.wd);
        const bool unnamed = event.len == 0;  // it is the folder itself
        if ((event.mask & kLosses) != 0 || unnamed) {
            // A folder of a file system that is not listened to may go.
            lost_ = lost_ || event.wd < 0 || event.wd == top_ || node != nodes_.end();
            return;
        }
        if (node == nodes_.end()) return;
        const std::string name{padded};
        if (node->second.waysDown.count(name) != 0) lost_ = true;
        for (const auto number : node->second.numbers) changes.push_back({number, name});
    }

    const fs::path root_;
    const ForkMark mark_{};
    const Descriptor queue_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    const Descriptor mounts_{::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)};
    fs::path place_{};  ///< the root without links
    Mounts relevant_{};
    Identity identity_{};
    int top_ = -1;
    std::map<int, Node> nodes_{};
    std::vector<fs::path> folders_{};
    bool lost_ = false;
};

}  // namespace

std::unique_ptr<FolderWatch> watchFolders(const fs::path& root) {
    auto watch = std::make_unique<Inotify>(root);
    return watch->begin() ? std::move(watch) : nullptr;
}

}  // namespace uatrust::detail

#endif
