#pragma once

#include <cstdlib>
#include <string>

#ifndef _WIN32
#include <sys/wait.h>
#endif

#include <nlohmann/json.hpp>

#include "support/temp_folder.hpp"

namespace uatrust::test {

struct ToolOutput {
    int exitCode = -1;
    std::string out{};
    std::string err{};
    [[nodiscard]] bool says(std::string_view part) const { return out.find(part) != std::string::npos; }
    [[nodiscard]] bool complains(std::string_view part) const { return err.find(part) != std::string::npos; }
    /// The result as JSON; throws when it is none.
    [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// toolCommand() runs the program "uatrust <arguments>" inside a folder, as a shell would: `arguments` may redirect standard
/// input. $UATRUST_PKI is `pkiVariable`, not set when that is empty. Data of the account is in `data`, or nowhere: never that of whoever
/// runs the tests.
[[nodiscard]] inline ToolOutput toolCommand(const std::filesystem::path& folder, const std::string& arguments,
                                            const std::string& pkiVariable = {}, const std::string& data = {}) {
    const TempFolder results;
    const auto account = data.empty() ? (results / "nowhere").string() : data;
    const auto out = results / "out";
    const auto err = results / "err";
#ifdef _WIN32
    const auto inside = "cd /d \"" + folder.string() + "\" && set UATRUST_PKI=" + pkiVariable + "&& set LOCALAPPDATA=" + account + "&& ";
    const auto command = inside + "\"" UATRUST_TOOL "\" " + arguments + " >\"" + out.string() + "\" 2>\"" + err.string() + "\"";
    const int code = std::system(command.c_str());
#else
    const auto variable = pkiVariable.empty() ? std::string{"unset UATRUST_PKI"} : "export UATRUST_PKI='" + pkiVariable + "'";
    const auto inside = "cd '" + folder.string() + "' && " + variable + " && export XDG_DATA_HOME='" + account + "' && ";
    const auto command = inside + "'" UATRUST_TOOL "' " + arguments + " >'" + out.string() + "' 2>'" + err.string() + "'";
    const int status = std::system(command.c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
#endif
    return {code, readFile(out), readFile(err)};
}

}  // namespace uatrust::test
