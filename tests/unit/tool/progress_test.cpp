#include "tool/progress.hpp"

#include <sstream>

#include "support/catch.hpp"

using namespace uatrust::tool;

namespace {

// What a terminal of that width shows in its line when the text has come.
std::string shownBy(const std::string& text) {
    std::string line;
    std::size_t at = 0;
    for (const char c : text) {
        if (c == '\r') {
            at = 0;
            continue;
        }
        if (line.size() <= at) line.resize(at + 1, ' ');
        line[at++] = c;
    }
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

struct Bench {
    std::ostringstream out{};
    std::ostringstream err{};
    Console console;
    explicit Bench(std::size_t width) : console{out, err, {.output = width, .error = width}} {}
};

}  // namespace

TEST_CASE("Progress is a line on a terminal that grows and is gone in the end") {
    Bench bench{80};
    const auto tell = loadProgress(bench.console);
    tell({.done = 25'000, .total = 100'000});
    CHECK(shownBy(bench.err.str()) == "Reading the PKI folder [#####...............] 25000 of 100000 files");
    tell({.done = 9, .total = 90});
    CHECK(shownBy(bench.err.str()) == "Reading the PKI folder [##..................] 9 of 90 files");
    tell({.done = 90, .total = 90});
    CHECK(shownBy(bench.err.str()).empty());
    CHECK(bench.out.str().empty());
}

TEST_CASE("Progress stays within its line") {
    Bench bench{20};
    loadProgress(bench.console)({.done = 1, .total = 2});
    CHECK(shownBy(bench.err.str()) == "Reading the PKI fol");
}

TEST_CASE("No progress goes where no terminal is, or beside a result for a program") {
    Bench piped{0};
    loadProgress(piped.console)({.done = 1, .total = 2});
    CHECK(piped.err.str().empty());
    Bench json{80};
    json.console.useJson();
    loadProgress(json.console)({.done = 1, .total = 2});
    CHECK(json.err.str().empty());
}
