#include <fstream>
#include <iostream>
#include <string_view>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "benchmark/machine.hpp"
#include "benchmark/rows.hpp"

// What validations cost beside the least that they could cost. Nothing here passes or fails by time: the numbers of two
// machines, or of one machine on two days, are not comparable. What counts is the ratio of the two numbers of one row.
namespace {

using namespace uatrust::test;

constexpr std::string_view kHelp =
    "uatrust_benchmark [--full | --smoke] [--json=FILE] [--markdown=FILE] [--benchmark_...]\n"
    "  --full            a list of 100 000 certificates as well and a flood of 10 000: some minutes and some gigabytes more\n"
    "  --smoke           everything once, as small as it gets: does it still work?\n"
    "  --json=FILE       the table with every repetition\n"
    "  --markdown=FILE   the rows that have a target, for a document\n"
    "  Options of Google Benchmark work too; --benchmark_filter=REGEX leaves out rows of which it leaves out a side.\n";

struct Wish {
    Settings settings{};
    std::string json{};
    std::string markdown{};
    bool understood = true;
    bool filtered = false;
};

Wish wishOf(int& argc, char** argv) {
    Wish wish;
    for (int i = 1; i < argc; ++i) wish.filtered = wish.filtered || std::string_view{argv[i]}.starts_with("--benchmark_filter");
    benchmark::Initialize(&argc, argv);
    for (int i = 1; i < argc; ++i) {
        const std::string_view text{argv[i]};
        if (text == "--full") {
            wish.settings = fullSettings();
        } else if (text == "--smoke") {
            wish.settings = smokeSettings();
        } else if (text.starts_with("--json=")) {
            wish.json = text.substr(7);
        } else if (text.starts_with("--markdown=")) {
            wish.markdown = text.substr(11);
        } else {
            wish.understood = false;
        }
    }
    return wish;
}

template <class Write>
void writeTo(const std::string& file, Write write) {
    if (file.empty()) return;
    std::ofstream out{file};
    write(out);
    out.close();
    if (!out) throw std::runtime_error{"cannot write " + file};
}

int run(const Wish& wish) {
    const Material material{wish.settings};
    BenchKeeper benches;
    Table table{wish.settings};
    const Ground ground{wish.settings, material, benches};
    addMemoryRows(table, ground);
    addOpenRows(table, ground);
    addListRows(table, ground);
    addChangeRows(table, ground);
    addChainRows(table, ground);
    addFloodRows(table, ground);
    const auto machine = describeMachine(material.folder());
    benchmark::RunSpecifiedBenchmarks(&table);

    std::cout << "measured on " << machine << "\n\n";
    table.print(std::cout);
    writeTo(wish.json, [&](auto& out) {
        auto all = table.json();
        all["machine"] = machine;
        out << all.dump(2) << '\n';
    });
    writeTo(wish.markdown, [&](auto& out) { table.printMarkdown(out, machine); });
    return table.failed() || (!wish.filtered && !table.complete()) ? 1 : 0;
}

}  // namespace

int main(int argc, char* argv[]) try {
    const auto wish = wishOf(argc, argv);
    if (!wish.understood) {
        std::cerr << kHelp;
        return 2;
    }
    return run(wish);
} catch (const std::exception& error) {
    std::cerr << "the benchmark cannot go on: " << error.what() << '\n';
    return 1;
}
