#include "benchmark/rows.hpp"

#include <fmt/format.h>

#include "benchmark/memory.hpp"
#include "benchmark/raw.hpp"

namespace uatrust::test {
namespace {

// Its DER included.
constexpr double kOctetsEach = 1'500;

Measurement memory(const Ground& ground, StoreKind kind, const TrustList& list) {
    return {.name = fmt::format("memory per certificate, DER included, {} listed, {}", list.size, nameOf(kind)),
            .run =
                [ground, kind, &list](benchmark::State& state) {
                    ground.benches.drop();
                    const auto before = allocatedOctets().value_or(0);
                    std::unique_ptr<CertificateStore> store;
                    for (auto _ : state) store = openList(kind, ground.material, list);
                    state.counters[kOctets] = (allocatedOctets().value_or(0) - before) / static_cast<double>(list.size);
                },
            .iterations = 1,
            .repetitions = 1};
}

}  // namespace

void addMemoryRows(Table& table, const Ground& ground) {
    if (!allocatedOctets()) return;
    for (const auto& list : ground.material.lists) {
        for (const auto kind : {StoreKind::Memory, StoreKind::Directory}) {
            table.row(memory(ground, kind, list),
                      {.name = fmt::format("DER of a certificate, {} listed", list.size),
                       .run = [ground, &list](auto& state) { raw::encodedSize(state, ground.material, list.size); },
                       .iterations = 1,
                       .repetitions = 1},
                      list.size >= ground.settings.longList() ? atMost(kOctetsEach) : Target{});
        }
    }
}

}  // namespace uatrust::test
