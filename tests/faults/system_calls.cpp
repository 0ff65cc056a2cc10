// The functions of the C library by which the store, and Boost.Filesystem for it, reach the file system. The dynamic linker takes
// those of the program before those of the C library. They have other names here, so that they need not match the declarations.

#include "faults/system_calls.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <ctime>
#include <string_view>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace uatrust::test {
namespace {

thread_local Script* active = nullptr;

// Open: takes a descriptor and changes nothing. Look: asks about a name. Read: takes what is in an open file or folder.
enum class Effect { Open, Look, Read, Change };

// No disk is full for somebody who reads, and only who opens something needs one more descriptor.
bool canFailWith(int code, const char* name, Effect effect) {
    const std::string_view call{name};
    if (call == "flock") return code == EIO || code == EINTR;
    switch (code) {
        case ENOSPC:
        case EROFS:
            return effect == Effect::Change;
        case EMFILE:
            return call.starts_with("open");
        case EACCES:
            return effect != Effect::Read;
        case EINTR:
            return effect != Effect::Look;
        default:
            return true;
    }
}

// Hundreds of calls only look and read: each of them fails with EIO, and every eighth in each of the other ways.
bool isChosen(Script& script, Effect effect) { return effect == Effect::Change || script.code == EIO || script.looks++ % 8 == 0; }

// True when the call is to fail; errno says why.
bool fails(const char* name, Effect effect) {
    auto* script = active;
    if (script == nullptr) return false;
    active = nullptr;
    if (script->before) script->before();
    if (canFailWith(script->code, name, effect) && isChosen(*script, effect)) ++script->calls;
    if (effect == Effect::Change && ++script->changes == script->killAt) ::kill(::getpid(), SIGKILL);
    const bool failing = script->failed == nullptr && script->failAt != 0 && script->calls == script->failAt;
    if (failing) script->failed = name;
    active = script;
    if (failing) errno = script->code;
    return failing;
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

template <class Result, class... Arguments>
Result through(const char* name, Effect effect, Result failure, Arguments... arguments) {
    if (fails(name, effect)) return failure;
    return next<Result(Arguments...)>(name)(arguments...);
}

// What is written by half before the process dies or the disk is full.
ssize_t throughWrite(int file, const void* data, std::size_t size) {
    const auto write = next<ssize_t(int, const void*, std::size_t)>("write");
    auto* script = active;
    if (script == nullptr) return write(file, data, size);
    if (script->failNextWrite) {
        script->failNextWrite = false;
        errno = script->code;
        return -1;
    }
    if (script->changes + 1 == script->killAt) (void)!write(file, data, size / 2);
    if (!fails("write", Effect::Change)) return write(file, data, size);
    if (!script->halfBefore) return -1;
    script->failNextWrite = true;
    return write(file, data, size / 2);
}

mode_t modeOf(int flags, std::va_list arguments) { return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0; }

Effect effectOf(int flags) { return (flags & O_CREAT) != 0 ? Effect::Change : Effect::Open; }

}  // namespace

Injection::Injection(Script& script) noexcept { active = &script; }
Injection::~Injection() { active = nullptr; }

extern "C" {

#define UATRUST_STANDS_FOR(name) __asm__(name)

int openThrough(const char* path, int flags, ...) UATRUST_STANDS_FOR("open");
int open64Through(const char* path, int flags, ...) UATRUST_STANDS_FOR("open64");
int openatThrough(int folder, const char* path, int flags, ...) UATRUST_STANDS_FOR("openat");
int closeThrough(int file) UATRUST_STANDS_FOR("close");
ssize_t readThrough(int file, void* data, std::size_t size) UATRUST_STANDS_FOR("read");
ssize_t writeThrough(int file, const void* data, std::size_t size) UATRUST_STANDS_FOR("write");
ssize_t pwriteThrough(int file, const void* data, std::size_t size, off_t offset) UATRUST_STANDS_FOR("pwrite");
int ftruncateThrough(int file, off_t size) UATRUST_STANDS_FOR("ftruncate");
int fsyncThrough(int file) UATRUST_STANDS_FOR("fsync");
int flockThrough(int file, int operation) UATRUST_STANDS_FOR("flock");
int fchmodThrough(int file, mode_t mode) UATRUST_STANDS_FOR("fchmod");
int chmodThrough(const char* path, mode_t mode) UATRUST_STANDS_FOR("chmod");
int mkdirThrough(const char* path, mode_t mode) UATRUST_STANDS_FOR("mkdir");
int unlinkatThrough(int folder, const char* path, int flags) UATRUST_STANDS_FOR("unlinkat");
int renameatThrough(int from, const char* before, int to, const char* after) UATRUST_STANDS_FOR("renameat");
int renameat2Through(int from, const char* before, int to, const char* after, unsigned flags) UATRUST_STANDS_FOR("renameat2");
int linkatThrough(int from, const char* before, int to, const char* after, int flags) UATRUST_STANDS_FOR("linkat");
int statThrough(const char* path, struct stat* status) UATRUST_STANDS_FOR("stat");
int stat64Through(const char* path, struct stat64* status) UATRUST_STANDS_FOR("stat64");
int lstatThrough(const char* path, struct stat* status) UATRUST_STANDS_FOR("lstat");
int lstat64Through(const char* path, struct stat64* status) UATRUST_STANDS_FOR("lstat64");
int fstatThrough(int file, struct stat* status) UATRUST_STANDS_FOR("fstat");
int fstat64Through(int file, struct stat64* status) UATRUST_STANDS_FOR("fstat64");
int fstatatThrough(int folder, const char* path, struct stat* status, int flags) UATRUST_STANDS_FOR("fstatat");
ssize_t readlinkThrough(const char* path, char* target, std::size_t size) UATRUST_STANDS_FOR("readlink");
DIR* opendirThrough(const char* path) UATRUST_STANDS_FOR("opendir");
struct dirent64* readdir64Through(DIR* folder) UATRUST_STANDS_FOR("readdir64");
int nanosleepThrough(const timespec* time, timespec* rest) UATRUST_STANDS_FOR("nanosleep");

int openThrough(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return fails("open", effectOf(flags)) ? -1 : next<int(const char*, int, ...)>("open")(path, flags, mode);
}
int open64Through(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return fails("open64", effectOf(flags)) ? -1 : next<int(const char*, int, ...)>("open64")(path, flags, mode);
}
int openatThrough(int folder, const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return fails("openat", effectOf(flags)) ? -1 : next<int(int, const char*, int, ...)>("openat")(folder, path, flags, mode);
}
// The descriptor is closed even when that fails.
int closeThrough(int file) {
    const bool failing = fails("close", Effect::Read);
    const int code = errno;
    const int result = next<int(int)>("close")(file);
    if (!failing) return result;
    errno = code;
    return -1;
}
ssize_t readThrough(int file, void* data, std::size_t size) { return through("read", Effect::Read, ssize_t{-1}, file, data, size); }
ssize_t writeThrough(int file, const void* data, std::size_t size) { return throughWrite(file, data, size); }
ssize_t pwriteThrough(int file, const void* data, std::size_t size, off_t offset) {
    return through("pwrite", Effect::Change, ssize_t{-1}, file, data, size, offset);
}
int ftruncateThrough(int file, off_t size) { return through("ftruncate", Effect::Change, -1, file, size); }
int fsyncThrough(int file) {
    if (active != nullptr) return fails("fsync", Effect::Change) ? -1 : 0;
    return next<int(int)>("fsync")(file);
}
int flockThrough(int file, int operation) { return through("flock", Effect::Change, -1, file, operation); }
int fchmodThrough(int file, mode_t mode) { return through("fchmod", Effect::Change, -1, file, mode); }
int chmodThrough(const char* path, mode_t mode) { return through("chmod", Effect::Change, -1, path, mode); }
int mkdirThrough(const char* path, mode_t mode) { return through("mkdir", Effect::Change, -1, path, mode); }
int unlinkatThrough(int folder, const char* path, int flags) { return through("unlinkat", Effect::Change, -1, folder, path, flags); }
int renameatThrough(int from, const char* before, int to, const char* after) {
    return through("renameat", Effect::Change, -1, from, before, to, after);
}
int renameat2Through(int from, const char* before, int to, const char* after, unsigned flags) {
    return through("renameat2", Effect::Change, -1, from, before, to, after, flags);
}
int linkatThrough(int from, const char* before, int to, const char* after, int flags) {
    return through("linkat", Effect::Change, -1, from, before, to, after, flags);
}
int statThrough(const char* path, struct stat* status) { return through("stat", Effect::Look, -1, path, status); }
int stat64Through(const char* path, struct stat64* status) { return through("stat64", Effect::Look, -1, path, status); }
int lstatThrough(const char* path, struct stat* status) { return through("lstat", Effect::Look, -1, path, status); }
int lstat64Through(const char* path, struct stat64* status) { return through("lstat64", Effect::Look, -1, path, status); }
int fstatThrough(int file, struct stat* status) { return through("fstat", Effect::Look, -1, file, status); }
int fstat64Through(int file, struct stat64* status) { return through("fstat64", Effect::Look, -1, file, status); }
int fstatatThrough(int folder, const char* path, struct stat* status, int flags) {
    return through("fstatat", Effect::Look, -1, folder, path, status, flags);
}
ssize_t readlinkThrough(const char* path, char* target, std::size_t size) {
    return through("readlink", Effect::Look, ssize_t{-1}, path, target, size);
}
DIR* opendirThrough(const char* path) { return through("opendir", Effect::Open, static_cast<DIR*>(nullptr), path); }
struct dirent64* readdir64Through(DIR* folder) {
    return through("readdir64", Effect::Read, static_cast<struct dirent64*>(nullptr), folder);
}
int nanosleepThrough(const timespec* time, timespec* rest) {
    return active != nullptr ? 0 : next<int(const timespec*, timespec*)>("nanosleep")(time, rest);
}

}  // extern "C"

}  // namespace uatrust::test
