#pragma once

#include <uatrust/store/directory_store.hpp>

#include <functional>

#include "tool/console.hpp"

namespace uatrust::tool {

/// loadProgress() shows how far the reading of a large PKI folder has come, in a line that is gone when it is done: for
/// DirectoryStoreOptions::onProgress. Nothing is shown where nobody would see it (Console::showProgress()).
[[nodiscard]] std::function<void(const LoadProgress&)> loadProgress(Console& console);

}  // namespace uatrust::tool
