#pragma once

#include <uatrust/core/result.hpp>

#include <filesystem>
#include <vector>

namespace uatrust::tool {

/// looksLikePki() says whether a folder has the lists of DirectoryLayout, or one of them.
[[nodiscard]] bool looksLikePki(const std::filesystem::path& folder);

/// choosePki() is the folder that a command works on: the one that is given, else $UATRUST_PKI, else the current one if it
/// looks like a PKI folder. The error says what to give.
[[nodiscard]] Result<std::filesystem::path> choosePki(const std::string& given);

/// otherPkis() are the folders of other certificate groups of the same application: those that are given, else the ones beside
/// `folder` that look like PKI folders, at most ten.
[[nodiscard]] Result<std::vector<std::filesystem::path>> otherPkis(const std::filesystem::path& folder,
                                                                   const std::vector<std::string>& given);

/// noticeAboutPki() is what to tell about a folder that is there and has no list in it; empty when there is nothing to tell.
[[nodiscard]] std::string noticeAboutPki(const std::filesystem::path& folder);

}  // namespace uatrust::tool
