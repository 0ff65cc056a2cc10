#include "tool/platform.hpp"

#define WIN32_LEAN_AND_MEAN
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <array>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <stdio.h>

namespace uatrust::tool {
namespace {

std::string utf8Of(const wchar_t* wide) {
    const int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, nullptr, 0, nullptr, nullptr);
    std::string text(size > 0 ? static_cast<std::size_t>(size) : 1, '\0');
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, text.data(), size, nullptr, nullptr);
    text.pop_back();
    return text;
}

}  // namespace

std::filesystem::path pathOf(std::string_view text) { return std::u8string{text.begin(), text.end()}; }

std::string textOf(const std::filesystem::path& path) {
    const auto text = path.u8string();
    return {text.begin(), text.end()};
}

bool mayWriteTo(const std::filesystem::path& folder) noexcept { return _waccess(folder.c_str(), 2) == 0; }

Result<void> openInBrowser(const std::string& url) {
    const auto shown = ShellExecuteW(nullptr, L"open", pathOf(url).c_str(), nullptr, nullptr, SW_SHOWNORMAL);
    if (reinterpret_cast<INT_PTR>(shown) > 32) return {};
    return Error{StatusCode::BadResourceUnavailable, "No browser could be opened.", "Open the printed address by hand."};
}

std::size_t terminalWidth(Stream stream) noexcept {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    const HANDLE handle = GetStdHandle(stream == Stream::Output ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
    if (!GetConsoleScreenBufferInfo(handle, &info)) return 0;
    return static_cast<std::size_t>(info.srWindow.Right - info.srWindow.Left + 1);
}

std::optional<std::filesystem::path> accountData() {
    const wchar_t* data = _wgetenv(L"LOCALAPPDATA");
    if (data == nullptr || *data == L'\0') return {};
    return std::filesystem::path{data};
}

bool isTerminal(Stream stream) noexcept { return terminalWidth(stream) != 0; }

std::string accountName() {
    std::array<wchar_t, 257> name{};
    auto size = static_cast<DWORD>(name.size());
    return GetUserNameW(name.data(), &size) ? utf8Of(name.data()) : std::string{};
}

std::vector<std::string> arguments(int argc, char** argv) {
    int count = 0;
    wchar_t** wide = CommandLineToArgvW(GetCommandLineW(), &count);
    if (wide == nullptr) return {argv + (argc > 0 ? 1 : 0), argv + argc};
    std::vector<std::string> all;
    for (int i = 1; i < count; ++i) all.push_back(utf8Of(wide[i]));
    LocalFree(wide);
    return all;
}

void prepareStreams() noexcept {
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    SetConsoleOutputCP(CP_UTF8);
}

}  // namespace uatrust::tool
