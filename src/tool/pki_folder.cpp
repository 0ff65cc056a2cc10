#include "tool/pki_folder.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include <uatrust/x509/distinguished_name.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool {
namespace {

namespace fs = std::filesystem;

constexpr auto kVariable = "UATRUST_PKI";
constexpr std::size_t kMaxNamed = 10;

bool isFolder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

Result<fs::path> existing(const std::string& given, std::string_view from) {
    auto folder = pathOf(given);
    if (isFolder(folder)) return folder;
    std::error_code error;
    const bool there = fs::exists(folder, error);
    return Error{StatusCode::BadNotFound,
                 fmt::format("The PKI folder {} ({}) {}.", printable(given, 4096), from, there ? "is no folder" : "does not exist"),
                 "Give the folder that holds trusted, issuers and rejected."};
}

std::vector<fs::path> pkisBelow(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (auto it = fs::directory_iterator{folder, error}; !error && it != fs::directory_iterator{}; it.increment(error)) {
        if (looksLikePki(it->path())) found.push_back(it->path());
    }
    std::sort(found.begin(), found.end());
    if (found.size() > kMaxNamed) found.resize(kMaxNamed);
    return found;
}

// "pki/server/" and "." have a name of their own and a folder above them, too.
fs::path plain(const fs::path& folder) {
    std::error_code error;
    auto absolute = fs::weakly_canonical(folder, error);
    return error ? folder : absolute;
}

}  // namespace

bool looksLikePki(const fs::path& folder) {
    return isFolder(folder / "trusted" / "certs") || isFolder(folder / "issuers" / "certs") || isFolder(folder / "own" / "certs");
}

Result<fs::path> choosePki(const std::string& given) {
    if (!given.empty()) return existing(given, "--pki");
    if (const char* variable = std::getenv(kVariable); variable != nullptr && *variable != '\0') {
        return existing(variable, fmt::format("${}", kVariable));
    }
    if (looksLikePki(".")) return fs::path{"."};
    return Error{
        StatusCode::BadConfigurationError, "Which PKI folder is meant is not known: the current folder is none.",
        fmt::format("Give it with --pki DIR, set {}, or change into it. It is the folder that holds trusted, issuers and rejected.",
                    kVariable)};
}

Result<std::vector<fs::path>> otherPkis(const fs::path& folder, const std::vector<std::string>& given) {
    std::vector<fs::path> others;
    for (const auto& each : given) {
        auto other = existing(each, "--other-pki");
        if (!other) return other.error();
        others.push_back(std::move(*other));
    }
    if (!given.empty()) return others;
    const auto own = plain(folder);
    others = pkisBelow(own.parent_path());
    std::erase_if(others, [&](const fs::path& other) { return plain(other) == own; });
    return others;
}

std::string noticeAboutPki(const fs::path& folder) {
    if (looksLikePki(folder)) return {};
    std::vector<std::string> below;
    for (const auto& each : pkisBelow(folder)) below.push_back(printable(textOf(each), 4096));
    auto text =
        fmt::format("{} has none of trusted/certs, issuers/certs and own/certs: nobody is trusted there.", printable(textOf(folder), 4096));
    if (!below.empty()) text += fmt::format(" Did you mean {}?", fmt::join(below, " or "));
    return text;
}

}  // namespace uatrust::tool
