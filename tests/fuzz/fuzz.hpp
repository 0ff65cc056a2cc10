#pragma once

// What the fuzz targets share: a promise that is broken ends the process, which is what a fuzzer looks for.

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

/// isPlain() says whether nothing in a text would do anything to a terminal, lines apart.
inline bool isPlain(std::string_view text) {
    for (; !text.empty(); text.remove_prefix(1)) {
        const auto line = text.substr(0, text.find('\n'));
        if (printable(line, line.size()) != line) return false;
        text.remove_prefix(line.size());
        if (text.empty()) break;
    }
    return true;
}

/// isOneLine() is the same for a text that goes into a log.
inline bool isOneLine(std::string_view text) { return printable(text, text.size()) == text; }

}  // namespace uatrust::fuzz
