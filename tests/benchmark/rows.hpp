#pragma once

#include "benchmark/stores.hpp"
#include "benchmark/table.hpp"

namespace uatrust::test {

/// What the rows are made from; it outlives the measurements.
struct Ground {
    const Settings& settings;
    const Material& material;
    BenchKeeper& benches;
};

/// Opening a trust list, and validations of self-signed certificates against it.
void addListRows(Table& table, const Ground& ground);
/// Validations of a chain of three with CRLs.
void addChainRows(Table& table, const Ground& ground);
/// Unknown certificates without end, each of them different, filed under rejected.
void addFloodRows(Table& table, const Ground& ground);
/// What a listed certificate takes of the memory.
void addMemoryRows(Table& table, const Ground& ground);

}  // namespace uatrust::test
