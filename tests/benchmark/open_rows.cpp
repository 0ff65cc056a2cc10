#include "benchmark/rows.hpp"

#include <chrono>

#include <fmt/format.h>

#include "benchmark/raw.hpp"

namespace uatrust::test {
namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

// From nothing to the first verdict. All that is measured here is done anew each time, but for what the system keeps of the files.
Measurement opening(const Ground& ground, std::string name, std::function<std::unique_ptr<CertificateStore>()> open, const Peer& peer,
                    int iterations) {
    return {.name = std::move(name),
            .run =
                [ground, open = std::move(open), &peer](auto& state) {
                    ground.benches.drop();
                    for (auto _ : state) {
                        const auto start = steady_clock::now();
                        const Bench bench{open()};
                        expect(state, bench.judge(peer), StatusCode::Good);
                        state.SetIterationTime(Seconds{steady_clock::now() - start}.count());
                    }
                },
            .iterations = iterations,
            .repetitions = 3,
            .timesItself = true};
}

void addList(Table& table, const Ground& ground, const TrustList& list) {
    const auto ours = opening(
        ground, fmt::format("open and first validation, {}, DirectoryStore", listed(list)),
        [ground, &list] { return openList(StoreKind::Directory, ground.material, list); }, ground.material.trusted.front(),
        list.size >= 10'000 ? 1 : 5);
    const Measurement read{.name = "read + SHA-256 of all files, " + listed(list),
                           .run = [&list](auto& state) { raw::readAndHash(state, list.trusted()); }};
    const Measurement look{.name = "readdir + fstatat, " + listed(list),
                           .run = [&list](auto& state) { raw::listAndStat(state, list.trusted()); }};
    const bool isLong = list.size >= ground.settings.longList();
    table.row(ours, read, isLong ? timesRaw(2) : Target{});
    // A store keeps nothing beside the files that it could begin with: a second start is like the first one.
    table.measure(look);
    table.compare(fmt::format("second start with nothing changed, {}, DirectoryStore", listed(list)), ours.name, look.name,
                  isLong ? timesRaw(1.5) : Target{});
}

void addPlant(Table& table, const Ground& ground, const CrlPlant& plant) {
    table.row(opening(
                  ground, fmt::format("open and first validation, chain of 3, CRL of {}, DirectoryStore", plant.entries),
                  [ground, &plant] { return openPlant(StoreKind::Directory, ground.material, plant); }, ground.material.issued.front(), 3),
              {.name = fmt::format("d2i_X509_CRL of all CRLs + X509_verify_cert of the chain, CRL of {}", plant.entries),
               .run = [ground, &plant](auto& state) { raw::openChain(state, ground.material, plant); }});
}

}  // namespace

void addOpenRows(Table& table, const Ground& ground) {
    for (const auto& list : ground.material.lists) addList(table, ground, list);
    for (const auto& plant : ground.material.plants) addPlant(table, ground, plant);
}

}  // namespace uatrust::test
