#include "tool/platform.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = 65536;

std::string nameOf(const std::string& name) { return name == "-" ? "Standard input" : printable(name, 4096); }

Error notReadable(const std::string& name, std::string_view why, std::string remedy) {
    return {StatusCode::BadNotReadable, fmt::format("{} cannot be read: {}.", nameOf(name), why), std::move(remedy)};
}

Error tooLarge(const std::string& name, std::size_t maxSize) {
    return {StatusCode::BadEncodingLimitsExceeded, fmt::format("{} has more than {} octets.", nameOf(name), maxSize),
            "Give a file with a certificate, a chain, a revocation list or a key; none of them is that large."};
}

// A private key may be among what is read: what is outgrown is wiped.
Result<SecretBytes> readAll(std::istream& in, const std::string& name, std::size_t maxSize) {
    SecretBytes content{kChunk};
    std::size_t size = 0;
    for (;;) {
        in.read(reinterpret_cast<char*>(content.data()) + size, static_cast<std::streamsize>(content.size() - size));
        size += static_cast<std::size_t>(in.gcount());
        if (size > maxSize) return tooLarge(name, maxSize);
        if (in.bad()) return notReadable(name, "reading failed half-way", "Try again, or copy the file to another place first.");
        if (!in) break;
        SecretBytes larger{content.size() * 2};
        std::copy_n(content.data(), size, larger.data());
        content = std::move(larger);
    }
    content.truncate(size);
    return content;
}

}  // namespace

Result<SecretBytes> readInput(const std::string& name, std::size_t maxSize) {
    if (name == "-") return readAll(std::cin, name, maxSize);
    const auto path = pathOf(name);
    std::error_code error;
    if (fs::is_directory(path, error)) return notReadable(name, "it is a folder", "Give a file in it.");
    errno = 0;
    std::ifstream in{path, std::ios::binary};
    if (in) return readAll(in, name, maxSize);
    const int code = errno;
    return notReadable(name, code == 0 ? "it cannot be opened" : std::generic_category().message(code),
                       "Check the path and the permissions; '-' is standard input.");
}

}  // namespace uatrust::tool
