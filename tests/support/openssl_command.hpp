#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/temp_folder.hpp"

namespace uatrust::test {

struct CommandOutput {
    int exitCode = -1;
    std::string text{};  ///< standard output and standard error
    [[nodiscard]] bool contains(std::string_view part) const { return text.find(part) != std::string::npos; }
};

/// opensslCommand() runs "openssl <arguments>" inside a folder, with OpenSSL's own configuration file.
[[nodiscard]] inline CommandOutput opensslCommand(const TempFolder& folder, const std::string& arguments) {
#ifdef _WIN32
    const std::string inside = "cd /d \"" + folder.path().string() + "\" && set OPENSSL_CONF=&& ";
#else
    const std::string inside = "cd '" + folder.path().string() + "' && unset OPENSSL_CONF && ";
#endif
    const int code = std::system((inside + "openssl " + arguments + " > openssl-output.txt 2>&1").c_str());
    return {code, readFile(folder / "openssl-output.txt")};
}

}  // namespace uatrust::test
