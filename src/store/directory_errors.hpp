#pragma once

#include <uatrust/store/certificate_store.hpp>

#include <filesystem>

namespace uatrust::detail {

/// What a DirectoryStore answers when a change cannot be made. `what` is "certificate" or "revocation list".
[[nodiscard]] Error notWritable(const std::filesystem::path& root);
[[nodiscard]] Error noSuchFolder(std::string_view what, StoreList list);
[[nodiscard]] Error comesBack(std::string_view what, StoreList list, const std::filesystem::path& file);
/// Moved half way: `error` is why the rest could not be done.
[[nodiscard]] Error stillThere(const Error& error, StoreList from, StoreList to);
[[nodiscard]] Error noRoomForRejected(const std::filesystem::path& folder, std::size_t bound);

}  // namespace uatrust::detail
