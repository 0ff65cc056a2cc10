#include "benchmark/table.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace uatrust::test {
namespace {

constexpr std::string_view kMicroseconds = "microseconds";

std::string shortUnit(const std::string& unit) {
    if (unit == kMicroseconds) return "µs";
    return unit == kOctets ? "B" : unit;
}

// Three digits that count, without an exponent.
std::string number(double value) {
    if (value >= 100) return fmt::format("{:.0f}", value);
    return value >= 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

std::string textOf(const Target& target, const std::string& unit) {
    if (target.of == Target::Of::Nothing) return {};
    return target.of == Target::Of::Ratio ? fmt::format("<= {} x", target.most) : fmt::format("<= {} {}", target.most, unit);
}

}  // namespace

void Table::row(const Measurement& ours, const Measurement& raw, Target target) {
    measure(raw);
    row(ours, raw.name, target);
}

void Table::row(const Measurement& ours, const std::string& raw, Target target) {
    measure(ours);
    compare(ours.name, ours.name, raw, target);
}

void Table::compare(std::string title, std::string ours, std::string raw, Target target) {
    rows_.push_back({std::move(title), std::move(ours), std::move(raw), target});
}

void Table::measure(const Measurement& what) {
    if (!registered_.insert(what.name).second) return;
    auto* made = benchmark::RegisterBenchmark(what.name.c_str(), what.run);
    made->Unit(benchmark::kMicrosecond)->Threads(what.threads);
    made->Repetitions(settings_.smoke || what.repetitions == 0 ? settings_.repetitions : what.repetitions);
    if (what.iterations != 0) {
        made->Iterations(what.iterations);
    } else {
        made->MinTime(settings_.seconds);
    }
    if (what.timesItself) {
        made->UseManualTime();
    } else {
        made->UseRealTime();
    }
}

bool Table::complete() const {
    return std::all_of(rows_.begin(), rows_.end(), [&](const Row& row) { return measured(row); });
}

double Table::median(const std::string& name) const {
    auto sorted = values_.at(name).all;
    std::sort(sorted.begin(), sorted.end());
    const auto middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

bool Table::isMet(const Row& row) const {
    const auto ours = median(row.ours);
    return row.target.of == Target::Of::Ours ? ours <= row.target.most : ours <= row.target.most * median(row.raw);
}

Table::Cells Table::cells(const Row& row) const {
    const auto ours = median(row.ours);
    const auto raw = median(row.raw);
    const auto unit = shortUnit(values_.at(row.ours).unit);
    return {.ours = fmt::format("{} {}", number(ours), unit),
            .raw = fmt::format("{} {}", number(raw), unit),
            .ratio = number(ours / raw),
            .target = textOf(row.target, unit),
            .met = row.target.of == Target::Of::Nothing ? ""
                   : isMet(row)                         ? "yes"
                                                        : "no"};
}

void Table::print(std::ostream& out) const {
    const auto line = [&](auto&&... texts) { out << fmt::format("{:<84} {:>14} {:>14} {:>9}  {:>10}  {:<3}  {}\n", texts...); };
    line("row", "ours", "raw", "ours/raw", "target", "met", "raw is");
    for (const auto& row : rows_) {
        if (!measured(row)) continue;
        const auto [ours, raw, ratio, target, met] = cells(row);
        line(row.title, ours, raw, ratio, target, met, row.raw);
    }
}

void Table::printMarkdown(std::ostream& out, const std::string& machine) const {
    out << fmt::format(
        "Measured on {}. What counts is ours/raw: the raw cost is that of the OpenSSL or system calls named beside it, in the same run.\n\n"
        "| what | ours | raw | ours/raw | target | met | raw is |\n|---|--:|--:|--:|--:|---|---|\n",
        machine);
    for (const auto& row : rows_) {
        if (!measured(row) || row.target.of == Target::Of::Nothing) continue;
        const auto [ours, raw, ratio, target, met] = cells(row);
        out << fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.title, ours, raw, ratio, target, met, row.raw);
    }
}

nlohmann::json Table::json() const {
    auto rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        if (!measured(row)) continue;
        const auto& values = values_.at(row.ours);
        rows.push_back({{"row", row.title},
                        {"rawIs", row.raw},
                        {"unit", values.unit},
                        {"ours", median(row.ours)},
                        {"raw", median(row.raw)},
                        {"ratio", median(row.ours) / median(row.raw)},
                        {"oursAll", values.all},
                        {"rawAll", values_.at(row.raw).all}});
        if (row.target.of == Target::Of::Nothing) continue;
        rows.back()["target"] = {{row.target.of == Target::Of::Ratio ? "ratioAtMost" : "oursAtMost", row.target.most}, {"met", isMet(row)}};
    }
    return {{"rows", std::move(rows)}};
}

bool Table::ReportContext(const Context&) { return true; }

void Table::ReportRuns(const std::vector<Run>& runs) {
    for (const auto& run : runs) {
        const auto& name = run.run_name.function_name;
        if (run.error_occurred) {
            std::cerr << name << ": " << run.error_message << '\n';
            failed_ = true;
        } else if (run.run_type == Run::RT_Iteration) {
            auto& values = values_[name];
            const auto* counter = run.counters.empty() ? nullptr : &*run.counters.begin();
            values.unit = counter != nullptr ? std::string_view{counter->first} : kMicroseconds;
            values.all.push_back(counter != nullptr ? counter->second.value : run.GetAdjustedRealTime());
        }
    }
    if (!runs.empty()) std::cerr << "measured: " << runs.front().run_name.function_name << '\n';
}

}  // namespace uatrust::test
