#pragma once

// What the program asks of the operating system. The core library keeps its own door (src/detail/platform.hpp) to itself: a
// shared library does not show it.

#include <uatrust/core/result.hpp>
#include <uatrust/core/secret.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace uatrust::tool {

/// readInput() reads a file, a pipe or, for "-", standard input, of at most `maxSize` octets: BadEncodingLimitsExceeded
/// beyond. The content may be a private key, so it is wiped after use. Links are followed: the user has named the file.
[[nodiscard]] Result<SecretBytes> readInput(const std::string& name, std::size_t maxSize);

/// pathOf() and textOf() convert between a path and UTF-8; on POSIX a path is its octets, UTF-8 or not.
[[nodiscard]] std::filesystem::path pathOf(std::string_view text);
[[nodiscard]] std::string textOf(const std::filesystem::path& path);

/// mayWriteTo() says whether this user may make and replace files in a folder, as far as the system tells without trying.
[[nodiscard]] bool mayWriteTo(const std::filesystem::path& folder) noexcept;

/// openInBrowser() shows an address in the user's browser and does not wait for it. BadResourceUnavailable when there is none.
[[nodiscard]] Result<void> openInBrowser(const std::string& url);

/// terminalWidth() is the number of columns of the terminal that standard output or standard error goes to, 0 when it goes
/// elsewhere.
enum class Stream : std::uint8_t { Output, Error };
[[nodiscard]] std::size_t terminalWidth(Stream stream) noexcept;
/// Whether it goes to a terminal, of known width or not.
[[nodiscard]] bool isTerminal(Stream stream) noexcept;

/// accountData() is where programs keep what belongs to this account: $XDG_DATA_HOME, else .local/share in its home, %LOCALAPPDATA% on
/// Windows; nothing when the environment does not say.
[[nodiscard]] std::optional<std::filesystem::path> accountData();

/// accountName() is the account that this program runs as, whatever the environment says: "ada", "uid 1000" when the system has no name
/// for it, with sudo "ada (sudo)". Empty when the system does not say.
[[nodiscard]] std::string accountName();

/// arguments() are those of the command line in UTF-8, without the name of the program.
[[nodiscard]] std::vector<std::string> arguments(int argc, char** argv);

/// prepareStreams() makes standard input and output carry octets, and lets the terminal take UTF-8.
void prepareStreams() noexcept;

}  // namespace uatrust::tool
