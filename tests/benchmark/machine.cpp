#include "benchmark/machine.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

namespace uatrust::test {
namespace {

const std::string kUnknown = "unknown";

// What stands behind the first `mark` of the first line that begins with `key`.
std::string valueIn(const char* file, std::string_view key, char mark) {
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        const auto at = line.find(mark);
        if (!line.starts_with(key) || at == std::string::npos) continue;
        const auto first = line.find_first_not_of(" \t\"", at + 1);
        const auto last = line.find_last_not_of(" \t\"");
        return first == std::string::npos || last < first ? kUnknown : line.substr(first, last - first + 1);
    }
    return kUnknown;
}

std::string kernel() {
    utsname names{};
    return uname(&names) == 0 ? fmt::format("{} {} {}", names.sysname, names.release, names.machine) : kUnknown;
}

// A line of the table of mounts: "... <major>:<minor> ... - <file system> ...".
std::string fileSystemOf(const std::filesystem::path& folder) {
    struct stat status {};
    if (stat(folder.c_str(), &status) != 0) return kUnknown;
    const auto device = fmt::format("{}:{}", major(status.st_dev), minor(status.st_dev));
    std::ifstream mounts{"/proc/self/mountinfo"};
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words{line};
        std::string id, parent, number, word, kind;
        words >> id >> parent >> number;
        while (words >> word && word != "-") {}
        if (number == device && words >> kind) return kind;
    }
    return kUnknown;
}

std::string load() {
    std::array<double, 1> averages{};
    return getloadavg(averages.data(), 1) == 1 ? fmt::format("{:.1f}", averages[0]) : kUnknown;
}

}  // namespace

std::string describeMachine(const std::filesystem::path& folder) {
    return fmt::format("{} ({} threads), {} ({}), {}, files on {}, load of the machine before {}, {:%Y-%m-%d}",
                       valueIn("/proc/cpuinfo", "model name", ':'), std::thread::hardware_concurrency(),
                       valueIn("/etc/os-release", "PRETTY_NAME", '='), kernel(), OpenSSL_version(OPENSSL_VERSION), fileSystemOf(folder),
                       load(), fmt::gmtime(std::time(nullptr)));
}

}  // namespace uatrust::test
