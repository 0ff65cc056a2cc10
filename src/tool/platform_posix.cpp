#include "tool/platform.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace uatrust::tool {

std::size_t terminalWidth(Stream stream) noexcept {
    const int descriptor = stream == Stream::Output ? STDOUT_FILENO : STDERR_FILENO;
    winsize size{};
    if (isatty(descriptor) == 0 || ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

std::filesystem::path pathOf(std::string_view text) { return text; }

std::string textOf(const std::filesystem::path& path) { return path.native(); }

std::vector<std::string> arguments(int argc, char** argv) { return {argv + (argc > 0 ? 1 : 0), argv + argc}; }

void prepareStreams() noexcept {}

}  // namespace uatrust::tool
