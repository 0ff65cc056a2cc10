#pragma once

#include <filesystem>
#include <string>

namespace uatrust::test {

/// describeMachine() says, in half a sentence, where and when is measured: processor, system, OpenSSL, the file system that `folder` is
/// on, the load that there is already, and the day. What the system does not tell is "unknown".
[[nodiscard]] std::string describeMachine(const std::filesystem::path& folder);

}  // namespace uatrust::test
