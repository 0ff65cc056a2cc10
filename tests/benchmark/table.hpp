#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <nlohmann/json_fwd.hpp>

#include "benchmark/settings.hpp"

namespace uatrust::test {

/// The counter that a measurement in something else than time sets, named like its unit.
inline constexpr const char* kOctets = "octets";
inline constexpr const char* kFiles = "files";
inline constexpr const char* kWrites = "writes";

/// Measurement is one thing to measure. Two of the same name are the same one, measured once.
struct Measurement {
    std::string name;
    std::function<void(benchmark::State&)> run;
    benchmark::IterationCount iterations = 0;  ///< of each repetition; 0: as many as take Settings::seconds
    int repetitions = 0;                       ///< 0: as Settings has it
    int threads = 1;
    bool timesItself = false;  ///< by SetIterationTime()
};

/// Target is what a row is to reach. A ratio holds for any machine.
struct Target {
    enum class Of : std::uint8_t { Nothing, Ratio, Ours };
    Of of = Of::Nothing;
    double most = 0;  ///< of ours/raw, or of ours in the unit of the row
};
[[nodiscard]] inline Target timesRaw(double most) { return {Target::Of::Ratio, most}; }
[[nodiscard]] inline Target atMost(double most) { return {Target::Of::Ours, most}; }

/// Table is a list of rows: what an operation of uatrust costs, and the least that it could cost, measured beside it.
/// The numbers are medians of the repetitions; with several threads it is the time by the clock for each operation.
class Table final : public benchmark::BenchmarkReporter {
public:
    explicit Table(const Settings& settings) : settings_{settings} {}

    void row(const Measurement& ours, const Measurement& raw, Target target = {});
    /// A row whose other side is measured as another row's.
    void row(const Measurement& ours, const std::string& raw, Target target = {});
    /// Measures without a row, for compare().
    void measure(const Measurement& what);
    /// A row whose sides are measured for others, or by measure().
    void compare(std::string title, std::string ours, std::string raw, Target target = {});

    /// Whether a measurement found something else than it expected.
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    /// Whether both sides of every row were measured.
    [[nodiscard]] bool complete() const;
    void print(std::ostream& out) const;
    /// The rows that have a target, below a sentence that says where they were measured.
    void printMarkdown(std::ostream& out, const std::string& machine) const;
    [[nodiscard]] nlohmann::json json() const;

    bool ReportContext(const Context& context) override;
    void ReportRuns(const std::vector<Run>& runs) override;

private:
    struct Row {
        std::string title;
        std::string ours;
        std::string raw;
        Target target;
    };
    struct Values {
        std::vector<double> all{};
        std::string unit{};
    };
    struct Cells {
        std::string ours, raw, ratio, target, met;
    };
    [[nodiscard]] bool measured(const Row& row) const { return values_.contains(row.ours) && values_.contains(row.raw); }
    [[nodiscard]] double median(const std::string& name) const;
    [[nodiscard]] bool isMet(const Row& row) const;
    [[nodiscard]] Cells cells(const Row& row) const;

    const Settings& settings_;
    std::vector<Row> rows_{};
    std::set<std::string> registered_{};
    std::map<std::string, Values> values_{};
    bool failed_ = false;
};

}  // namespace uatrust::test
