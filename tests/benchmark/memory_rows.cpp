#include "benchmark/rows.hpp"

#include <fmt/format.h>

#include "benchmark/raw.hpp"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace uatrust::test {

// Asks the allocator: the resident size of the process counts what earlier measurements left behind as well.
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
namespace {

double allocated() {
    const auto now = mallinfo2();
    return static_cast<double>(now.uordblks) + static_cast<double>(now.hblkhd);
}

Measurement memory(const Ground& ground, StoreKind kind, const TrustList& list) {
    return {.name = fmt::format("memory per certificate, {} listed, {}", list.size, nameOf(kind)),
            .run =
                [ground, kind, &list](auto& state) {
                    ground.benches.drop();
                    const auto before = allocated();
                    std::unique_ptr<CertificateStore> store;
                    for (auto _ : state) store = openList(kind, ground.material, list);
                    state.counters[kOctets] = (allocated() - before) / static_cast<double>(list.size);
                },
            .iterations = 1,
            .repetitions = 1};
}

}  // namespace

void addMemoryRows(Table& table, const Ground& ground) {
    for (const auto& list : ground.material.lists) {
        for (const auto kind : kStoreKinds) {
            table.row(memory(ground, kind, list),
                      {.name = fmt::format("DER of a certificate, {} listed", list.size),
                       .run = [ground, &list](auto& state) { raw::encodedSize(state, ground.material, list.size); },
                       .iterations = 1,
                       .repetitions = 1});
        }
    }
}
#else
void addMemoryRows(Table&, const Ground&) {}  // no allocator to ask
#endif

}  // namespace uatrust::test
