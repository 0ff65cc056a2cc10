// Runs a target over files and the files of folders: what builds without libFuzzer do with the corpus, and how a crash
// is looked at in a debugger. Fails when there is nothing to run.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> filesOf(const fs::path& place) {
    if (!fs::is_directory(place)) return {place};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{place}) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool run(const fs::path& file) {
    std::printf("%s\n", file.string().c_str());
    std::fflush(stdout);
    std::ifstream in{file, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{in}, {}};
    if (!in) return false;
    const uatrust::Bytes octets(content.begin(), content.end());
    LLVMFuzzerTestOneInput(octets.data(), octets.size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& file : filesOf(argv[i])) {
            if (!run(file)) {
                std::fprintf(stderr, "cannot read %s\n", file.string().c_str());
                return 1;
            }
            ++count;
        }
    }
    if (count == 0) {
        std::fprintf(stderr, "nothing to run: name files, or folders with files in them\n");
        return 1;
    }
    std::printf("%zu inputs\n", count);
    return 0;
}
