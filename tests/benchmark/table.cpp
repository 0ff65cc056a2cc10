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

}  // namespace

void Table::row(const Measurement& ours, const Measurement& raw) {
    measure(raw);
    row(ours, raw.name);
}

void Table::row(const Measurement& ours, const std::string& raw) {
    measure(ours);
    rows_.push_back({ours.name, raw});
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

void Table::print(std::ostream& out) const {
    const auto line = [&](auto&&... cells) { out << fmt::format("{:<66} {:>12} {:>12} {:>9}   {}\n", cells...); };
    line("row", "ours", "raw", "ours/raw", "raw is");
    for (const auto& row : rows_) {
        if (!measured(row)) continue;
        const auto ours = median(row.ours);
        const auto raw = median(row.raw);
        const auto unit = shortUnit(values_.at(row.ours).unit);
        line(row.ours, fmt::format("{:.1f} {}", ours, unit), fmt::format("{:.1f} {}", raw, unit), fmt::format("{:.2f}", ours / raw),
             row.raw);
    }
}

nlohmann::json Table::json() const {
    auto rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        if (!measured(row)) continue;
        const auto& values = values_.at(row.ours);
        rows.push_back({{"row", row.ours},
                        {"rawIs", row.raw},
                        {"unit", values.unit},
                        {"ours", median(row.ours)},
                        {"raw", median(row.raw)},
                        {"ratio", median(row.ours) / median(row.raw)},
                        {"oursAll", values.all},
                        {"rawAll", values_.at(row.raw).all}});
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
