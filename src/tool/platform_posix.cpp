#include "tool/platform.hpp"

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <unistd.h>

extern char** environ;

namespace uatrust::tool {

namespace {

int descriptorOf(Stream stream) noexcept { return stream == Stream::Output ? STDOUT_FILENO : STDERR_FILENO; }

}  // namespace

bool isTerminal(Stream stream) noexcept { return isatty(descriptorOf(stream)) != 0; }

std::size_t terminalWidth(Stream stream) noexcept {
    winsize size{};
    if (!isTerminal(stream) || ioctl(descriptorOf(stream), TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

bool mayWriteTo(const std::filesystem::path& folder) noexcept { return ::access(folder.c_str(), W_OK | X_OK) == 0; }

Result<void> openInBrowser(const std::string& url) {
#ifdef __APPLE__
    std::string program = "open";
#else
    std::string program = "xdg-open";
#endif
    auto address = url;
    char* const command[] = {program.data(), address.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    // It may be chatty, and it must not read what is meant for this program.
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        ::posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
    }
    pid_t child = 0;
    const int failure = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, command, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure == 0) return {};
    return Error{StatusCode::BadResourceUnavailable, "No browser could be opened: " + program + " cannot be started.",
                 "Open the printed address by hand."};
}

std::filesystem::path pathOf(std::string_view text) { return text; }

std::string textOf(const std::filesystem::path& path) { return path.native(); }

std::optional<std::filesystem::path> accountData() {
    // A relative one is to be ignored (XDG Base Directory Specification).
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') return data;
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return std::filesystem::path{home} / ".local" / "share";
    return {};
}

std::string accountName() {
    const auto account = ::geteuid();
    // A superuser can say anything here and could write anything into the history: it is for those who want to remember who it was.
    if (const char* asked = account == 0 ? std::getenv("SUDO_USER") : nullptr; asked != nullptr && *asked != '\0') {
        return std::string{asked} + " (sudo)";
    }
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 16384> texts{};
    const bool known = ::getpwuid_r(account, &entry, texts.data(), texts.size(), &found) == 0 && found != nullptr;
    return known ? std::string{found->pw_name} : "uid " + std::to_string(account);
}

std::vector<std::string> arguments(int argc, char** argv) { return {argv + (argc > 0 ? 1 : 0), argv + argc}; }

void prepareStreams() noexcept {}

}  // namespace uatrust::tool
