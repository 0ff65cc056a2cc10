#include "benchmark/rows.hpp"

#include <chrono>
#include <fstream>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "benchmark/memory.hpp"
#include "benchmark/raw.hpp"

namespace uatrust::test {
namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

/// What a flood of certificates that nobody knows has cost, each of them different.
struct Toll {
    double seconds = 0;  ///< for all of them
    double memory = 0;   ///< octets that were kept
    double files = 0;    ///< that are left in the rejected list
    double written = 0;  ///< octets handed to the system for writing
    double writes = 0;   ///< calls that did so
};

// Linux counts them for the process; elsewhere nobody does.
std::optional<double> countedSoFar(std::string_view counter) {
    std::ifstream counters{"/proc/self/io"};
    std::string name;
    for (double value = 0; counters >> name >> value;) {
        if (name == counter) return value;
    }
    return {};
}
constexpr std::string_view kOctetsWritten = "wchar:";
constexpr std::string_view kWriteCalls = "syscw:";

double filesBelow(const std::filesystem::path& folder) {
    double count = 0;
    for (const auto& each : std::filesystem::recursive_directory_iterator{folder}) count += each.is_regular_file() ? 1 : 0;
    return count;
}

std::vector<Bytes> strangers(std::size_t count) {
    std::vector<Bytes> all;
    for (std::size_t i = 0; i < count; ++i) {
        const auto name = fmt::format("flood-{}", i);
        all.push_back(
            forgeCertificate({.cn = name, .keyName = "p256", .keyIndex = static_cast<int>(i % 4), .uris = {"urn:plant:" + name}}).der);
    }
    return all;
}

/// The flood, which is let loose once for all rows.
class Flood {
public:
    explicit Flood(std::size_t count) : count_{count} {}

    const Toll& toll(benchmark::State& state) {
        if (!toll_) toll_ = letLoose(state);
        return *toll_;
    }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

private:
    Toll letLoose(benchmark::State& state) const {
        const TempFolder folder;
        const auto peers = strangers(count_);
        // Whatever is made once and stays is not the flood's.
        const Bench bench{std::make_unique<DirectoryStore>(folder.path())};
        expect(state, bench.judgeAndFile(strangers(1).front()), StatusCode::BadCertificateUntrusted);
        const auto memory = allocatedOctets().value_or(0);
        const auto written = countedSoFar(kOctetsWritten).value_or(0);
        const auto writes = countedSoFar(kWriteCalls).value_or(0);
        const auto start = steady_clock::now();
        for (const auto& each : peers) expect(state, bench.judgeAndFile(each), StatusCode::BadCertificateUntrusted);
        return {.seconds = Seconds{steady_clock::now() - start}.count(),
                .memory = allocatedOctets().value_or(0) - memory,
                .files = filesBelow(folder.path() / "rejected"),
                .written = countedSoFar(kOctetsWritten).value_or(0) - written,
                .writes = countedSoFar(kWriteCalls).value_or(0) - writes};
    }

    std::size_t count_;
    std::optional<Toll> toll_{};
};

std::string title(const Flood& flood, std::string_view what) { return fmt::format("flood of {} unknown, {}", flood.count(), what); }

Measurement counted(std::string name, const char* unit, std::function<double(benchmark::State&)> number) {
    return {.name = std::move(name),
            .run =
                [unit, number = std::move(number)](benchmark::State& state) {
                    for (auto _ : state) {}
                    state.counters[unit] = number(state);
                },
            .iterations = 1,
            .repetitions = 1};
}

Measurement timed(const std::shared_ptr<Flood>& flood) {
    return {.name = title(*flood, "time for each"),
            .run =
                [flood](benchmark::State& state) {
                    for (auto _ : state) state.SetIterationTime(flood->toll(state).seconds / static_cast<double>(flood->count()));
                },
            .iterations = 1,
            .repetitions = 1,
            .timesItself = true};
}

constexpr std::string_view kMemory = "memory kept";

void addFlood(Table& table, const std::shared_ptr<Flood>& flood) {
    using Journal = JournalOptions;
    const auto bound = static_cast<double>(DirectoryStoreOptions{}.maxRejected);
    table.row(timed(flood), {.name = "create + fsync + rename of a file", .run = raw::createFile, .iterations = 50});
    table.row(counted(title(*flood, "files in rejected"), kFiles, [flood](benchmark::State& state) { return flood->toll(state).files; }),
              counted("the bound of the rejected list", kFiles, [bound](auto&) { return bound; }), timesRaw(1));
    if (allocatedOctets()) {
        table.row(counted(title(*flood, kMemory), kOctets, [flood](benchmark::State& state) { return flood->toll(state).memory; }),
                  counted("DER of as many as rejected may hold", kOctets,
                          [bound](auto&) { return bound * static_cast<double>(strangers(1).front().size()); }));
    }
    if (countedSoFar(kOctetsWritten)) {
        table.row(counted(title(*flood, "written for each"), kOctets,
                          [flood](benchmark::State& state) { return flood->toll(state).written / static_cast<double>(flood->count()); }),
                  counted("DER of one of them", kOctets, [](auto&) { return static_cast<double>(strangers(1).front().size()); }));
    }
    if (countedSoFar(kWriteCalls)) {
        // A file, and beside it who has the lock meanwhile.
        table.row(counted(title(*flood, "write calls"), kWrites, [flood](benchmark::State& state) { return flood->toll(state).writes; }),
                  counted(fmt::format("{} files and {} a second while {} come", Journal{}.burst, Journal{}.writesPerSecond, flood->count()),
                          kWrites,
                          [flood](benchmark::State& state) {
                              return static_cast<double>(Journal{}.burst) +
                                     static_cast<double>(Journal{}.writesPerSecond) * flood->toll(state).seconds;
                          }),
                  timesRaw(2));
    }
}

}  // namespace

void addFloodRows(Table& table, const Ground& ground) {
    const auto& floods = ground.settings.floods;
    for (const auto count : floods) addFlood(table, std::make_shared<Flood>(count));
    if (floods.size() < 2 || !allocatedOctets()) return;
    const Flood least{floods.front()};
    const Flood most{floods.back()};
    table.compare(fmt::format("flood of {} unknown against {}, memory kept", most.count(), least.count()), title(most, kMemory),
                  title(least, kMemory), timesRaw(1.3));
}

}  // namespace uatrust::test
