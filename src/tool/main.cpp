#include <algorithm>
#include <iostream>

#include "tool/command_line.hpp"
#include "tool/platform.hpp"
#include "tool/platform_input.hpp"

namespace {

using namespace uatrust::tool;

// As wide as is read with ease, where there is room for it.
constexpr std::size_t kWidest = 100;
constexpr std::size_t kHelpElsewhere = 80;

}  // namespace

int main(int argc, char** argv) {
    prepareStreams();
    const auto output = terminalWidth(Stream::Output);
    Console console{std::cout, std::cerr, {.output = output, .error = terminalWidth(Stream::Error)}};
    if (inputIsTerminal() && isTerminal(Stream::Error)) console.listenTo(std::cin);
    CommandLine commandLine{output == 0 ? kHelpElsewhere : std::min(output, kWidest)};
    return static_cast<int>(commandLine.run(arguments(argc, argv), console));
}
