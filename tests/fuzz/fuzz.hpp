#pragma once

// What the fuzz targets share: a promise that is broken ends the process, which is what a fuzzer looks for.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <uatrust/core/bytes.hpp>
#include <uatrust/x509/distinguished_name.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace uatrust::fuzz {

[[noreturn]] inline void fail(std::string_view promise) {
    std::fprintf(stderr, "BROKEN PROMISE: %.*s\n", static_cast<int>(promise.size()), promise.data());
    std::abort();
}

inline void require(bool holds, std::string_view promise) {
    if (!holds) fail(promise);
}

/// isOneLine() says whether nothing in a text would do anything to a terminal or a log: as printable() leaves it.
inline bool isOneLine(std::string_view text) {
    const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return ascii || printable(text, text.size()) == text;
}

/// isPlain() is the same for a text of several lines.
inline bool isPlain(std::string_view text) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        if (!isOneLine(line)) return false;
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return true;
}

}  // namespace uatrust::fuzz
