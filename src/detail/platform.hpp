#pragma once

// The only door to the file system and to what the operating system knows of this machine, with one twin for each platform:
// platform_posix.cpp and platform_windows.cpp. Paths are the standard library's; a name keeps every octet it has on disk.
// Nothing here throws but for lack of memory. Errors name the file or folder, what is wrong in words, and the cure.

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/result.hpp>
#include <uatrust/core/secret.hpp>

#include <compare>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace uatrust::detail {

/// FileStamp is everything cheap that changes when a file's content may have changed.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modifiedNs = 0;  ///< content change, nanoseconds since 1970
    std::int64_t changedNs = 0;   ///< change of content or of the file's entry; no ordinary program can set it back
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

enum class FileKind : std::uint8_t {
    Regular,
    Directory,
    SymbolicLink,
    Other,      ///< a FIFO, a socket, a device
    Unreadable  ///< the name is there, but the system does not say what it is
};

/// DirectoryEntry is one name in a folder, not followed if it is a link.
struct DirectoryEntry {
    std::filesystem::path name;
    FileKind kind = FileKind::Unreadable;
    bool hidden = false;  ///< starts with a dot or carries the platform's mark
    FileStamp stamp{};
    bool aliased = false;  ///< the file has other names somewhere, by which it may change unseen here; not told by every platform
};

enum class FileAccess : std::uint8_t {
    Shared,    ///< written by the owner only, readable by whom the umask lets
    OwnerOnly  ///< 0600 and 0700 whatever the umask; on Windows also SYSTEM and Administrators, who could take it anyway
};

/// The names in a folder, sorted by octets. At most `maxEntries`, BadEncodingLimitsExceeded beyond.
/// BadNotFound when there is no such folder.
[[nodiscard]] Result<std::vector<DirectoryEntry>> listDirectory(const std::filesystem::path& folder, std::size_t maxEntries);

/// The stamp of a folder, links followed: it changes when a name in it comes, goes or is given to another file.
[[nodiscard]] Result<FileStamp> folderStamp(const std::filesystem::path& folder);

/// FileContent is what was read together with the stamp that exactly this file had before it was read.
struct FileContent {
    SecretBytes bytes{};
    FileStamp stamp{};
};

/// Reads a regular file of at most `maxSize` octets, BadEncodingLimitsExceeded beyond. Never follows a link in the last
/// part of the path, never waits for a FIFO or device. BadNotFound when it does not exist.
[[nodiscard]] Result<FileContent> readFile(const std::filesystem::path& file, std::size_t maxSize);

/// Says whether a name is a symbolic link, wherever it leads.
[[nodiscard]] bool isLink(const std::filesystem::path& path);

/// LinkTarget is where a symbolic link ends.
struct LinkTarget {
    std::filesystem::path path;
    FileStamp stamp{};
};

/// Follows a link to the regular file it ends at, which has to lie below `root`: BadNotFound when it leads nowhere,
/// BadConfigurationError when it leads elsewhere or to something else.
[[nodiscard]] Result<LinkTarget> followLink(const std::filesystem::path& link, const std::filesystem::path& root);

/// Creates a folder and its parents; an existing one is left as it is. `access` is that of the folder itself, parents are
/// Shared.
[[nodiscard]] Result<void> createDirectories(const std::filesystem::path& folder, FileAccess access);

/// Puts `content` under the name in one step: temporary file in the same folder, synchronised, renamed, folder
/// synchronised. The temporary one is ".<name>.<process>.<16 hexadecimal digits>.tmp" and stays when the process dies. With `replace` false
/// an existing file is left and BadInvalidState returned, also when another process was faster.
[[nodiscard]] Result<void> writeFile(const std::filesystem::path& file, ByteView content, FileAccess access, bool replace);

/// Gives a file of a folder another name there, in one step that survives a crash. BadInvalidState when that name is taken,
/// BadNotFound when the file does not exist.
[[nodiscard]] Result<void> renameFile(const std::filesystem::path& file, const std::filesystem::path& name);

/// Removes one file or link. BadNotFound when it does not exist.
[[nodiscard]] Result<void> removeFile(const std::filesystem::path& file);

/// Who else than its owner may open a file or folder: "0644" and so on, on Windows the name of a group. Nothing when it is
/// private, or when the system does not say.
[[nodiscard]] std::optional<std::string> widerThanOwner(const std::filesystem::path& file);

/// LockFile is the system's lock on a hidden file in a folder, which ends with the object or with the process, however that
/// ends. The file stays. See FolderLock for what it is good for.
class LockFile {
public:
    static constexpr std::string_view kName = ".uatrust.lock";

    /// Takes the lock and writes `owner` into the file; nothing when somebody else has it. An account that may not write to the
    /// folder locks all the same. A file system that knows no locks gives one that locks nothing.
    [[nodiscard]] static Result<std::optional<LockFile>> tryTake(const std::filesystem::path& folder, std::string_view owner);

    /// What the present owner has written; empty when that is not known.
    [[nodiscard]] static std::string owner(const std::filesystem::path& folder);

private:
    explicit LockFile(std::shared_ptr<void> held) noexcept : held_{std::move(held)} {}
    std::shared_ptr<void> held_;
};

/// FolderId tells folders apart, whatever links and spellings lead to them.
struct FolderId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend auto operator<=>(const FolderId&, const FolderId&) = default;
};

/// folderId() is the id of an existing folder. BadNotFound when there is none.
[[nodiscard]] Result<FolderId> folderId(const std::filesystem::path& folder);

/// thisProcess() is "uatrust-gateway (process 4711 on plc-host)", for other processes to show.
[[nodiscard]] std::string thisProcess();

/// absolutePath() makes a path independent of the working directory; one that cannot be made so is returned as it is.
[[nodiscard]] std::filesystem::path absolutePath(const std::filesystem::path& path);

/// pathText() and pathFromText() convert between a path and UTF-8; on POSIX a path is its octets, UTF-8 or not.
[[nodiscard]] std::string pathText(const std::filesystem::path& path);
[[nodiscard]] std::filesystem::path pathFromText(std::string_view text);

/// Host name of this machine, then its fully qualified name if the machine knows it without asking the network.
[[nodiscard]] std::vector<std::string> localHostNames();

/// Addresses of this machine's interfaces in text form; loopback and link-local ones left out.
[[nodiscard]] std::vector<std::string> localIpAddresses();

/// Nanoseconds since 1970 by the clock that file stamps are taken from, for judging whether a stamp is too recent to be
/// relied on.
[[nodiscard]] std::int64_t fileClockNowNs() noexcept;

}  // namespace uatrust::detail
