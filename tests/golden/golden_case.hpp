#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <uatrust/validation/validator.hpp>

// A golden case is a file that says what is judged and, below the line "=== expected", what comes of it. README.md has the
// form of the file. Whatever is wrong with a case file is an exception that names the file: no case is passed over.
namespace uatrust::test {

/// The folders below tests/golden in the source tree.
[[nodiscard]] std::filesystem::path goldenCases();
[[nodiscard]] std::filesystem::path goldenPki();

/// The names of the case files, without ".txt", in order.
[[nodiscard]] std::vector<std::string> goldenNames();

/// GoldenFile is a case file, taken apart.
struct GoldenFile {
    std::string input;     ///< to the octet, the line before the expectation included
    std::string expected;  ///< empty when the file has none
};
[[nodiscard]] GoldenFile readGolden(const std::string& name);
/// Takes the text of a case file apart.
[[nodiscard]] GoldenFile splitGolden(const std::string& text);

/// Judges what the input of a case describes. `name` is for messages.
[[nodiscard]] Verdict judgeGolden(const std::string& name, const std::string& input);

/// What stands below the line "=== expected" for a verdict.
[[nodiscard]] std::string goldenText(const Verdict& verdict);

/// Puts a new expectation below the input of a case, which stays as it is to the octet.
void rewriteGolden(const std::string& name, const std::string& expected);

}  // namespace uatrust::test
