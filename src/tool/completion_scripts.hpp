#pragma once

#include <string>

namespace CLI {
class App;
}

namespace uatrust::tool {

// Completions for shells, made of the description of the program, so that they cannot fall behind it. What a value is, is told
// by the name of its type: "DIR" a folder, "FILE" a file, "a|b" in lower case one of these words.

[[nodiscard]] std::string bashCompletion(const CLI::App& program);
[[nodiscard]] std::string zshCompletion(const CLI::App& program);
[[nodiscard]] std::string fishCompletion(const CLI::App& program);

}  // namespace uatrust::tool
