#pragma once

#include "benchmark/stores.hpp"
#include "benchmark/table.hpp"

namespace uatrust::test {

/// Ground is what rows are made from; it outlives the measurements.
struct Ground {
    const Settings& settings;
    const Material& material;
    BenchKeeper& benches;
};

/// "10 listed": what rows say of a list.
[[nodiscard]] std::string listed(const TrustList& list);

/// Opening a store, and the first validation in it.
void addOpenRows(Table& table, const Ground& ground);
/// Validations of self-signed certificates against a trust list.
void addListRows(Table& table, const Ground& ground);
/// What follows a change in a long trust list.
void addChangeRows(Table& table, const Ground& ground);
/// Validations of a chain of three with CRLs.
void addChainRows(Table& table, const Ground& ground);
/// Unknown certificates without end, each of them different, filed under rejected.
void addFloodRows(Table& table, const Ground& ground);
/// What a listed certificate takes of the memory.
void addMemoryRows(Table& table, const Ground& ground);

}  // namespace uatrust::test
