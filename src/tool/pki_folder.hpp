#pragma once

#include <uatrust/core/result.hpp>

#include <filesystem>

namespace uatrust::tool {

/// looksLikePki() says whether a folder has the lists of DirectoryLayout, or one of them.
[[nodiscard]] bool looksLikePki(const std::filesystem::path& folder);

/// choosePki() is the folder that a command works on: the one that is given, else $UATRUST_PKI, else the current one if it
/// looks like a PKI folder. The error says what to give.
[[nodiscard]] Result<std::filesystem::path> choosePki(const std::string& given);

/// noticeAboutPki() is what to tell about a folder that is there and has no list in it; empty when there is nothing to tell.
[[nodiscard]] std::string noticeAboutPki(const std::filesystem::path& folder);

}  // namespace uatrust::tool
