#include "tool/platform.hpp"

#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

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

std::filesystem::path pathOf(std::string_view text) { return text; }

std::string textOf(const std::filesystem::path& path) { return path.native(); }

std::optional<std::filesystem::path> accountData() {
    // A relative one is to be ignored (XDG Base Directory Specification).
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') return data;
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return std::filesystem::path{home} / ".local" / "share";
    return {};
}

std::vector<std::string> arguments(int argc, char** argv) { return {argv + (argc > 0 ? 1 : 0), argv + argc}; }

void prepareStreams() noexcept {}

}  // namespace uatrust::tool
