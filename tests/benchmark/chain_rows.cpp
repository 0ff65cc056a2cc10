#include "benchmark/rows.hpp"

#include <fmt/format.h>

#include "benchmark/raw.hpp"

namespace uatrust::test {
namespace {

// The rows of one CRL size in one kind of store.
class ChainRows {
public:
    ChainRows(Table& table, const Ground& ground, StoreKind kind, const CrlPlant& plant)
        : table_{table}, ground_{ground}, kind_{kind}, plant_{plant} {}

    void add() {
        table_.row(firstSight(), openssl("X509_verify_cert of the chain + d2i_X509 of the leaf", raw::Leaf::Fresh), timesRaw(1.2));
        table_.row(seenBefore(), openssl("X509_verify_cert of the chain, parsed", raw::Leaf::Parsed), timesRaw(kSeenBefore));
    }

    void addFlatness(const CrlPlant& least) {
        const ChainRows other{table_, ground_, kind_, least};
        table_.compare(fmt::format("chain of 3, seen before, CRL of {} against {}, {}", plant_.entries, least.entries, nameOf(kind_)),
                       seenBefore().name, other.seenBefore().name, timesRaw(1.3));
    }

private:
    // 15 microseconds where OpenSSL takes 119 for short CRLs.
    static constexpr double kSeenBefore = 0.13;

    [[nodiscard]] std::string title(std::string_view what) const {
        return fmt::format("{}, CRL of {}, {}", what, plant_.entries, nameOf(kind_));
    }
    [[nodiscard]] std::unique_ptr<CertificateStore> open() const { return openPlant(kind_, ground_.material, plant_); }
    [[nodiscard]] const std::vector<Peer>& peers() const { return ground_.material.issued; }

    [[nodiscard]] Measurement openssl(std::string_view what, raw::Leaf leaf) const {
        return {.name = fmt::format("{}, CRL of {}", what, plant_.entries),
                .run = [ground = ground_, &plant = plant_, leaf](auto& state) { raw::verifyChain(state, ground.material, plant, leaf); }};
    }

    // The store and its CRLs are known, the leaf is not: another one of the same CA came before it.
    [[nodiscard]] Measurement firstSight() const {
        return {.name = title("chain of 3, first sight of the leaf"),
                .run =
                    [self = *this](auto& state) {
                        const auto fresh = self.ground_.benches.renew(self.title("bench"), [&] { return self.open(); });
                        std::size_t i = 0;
                        expect(state, fresh->judge(self.peers()[i++]), StatusCode::Good);
                        for (auto _ : state) expect(state, fresh->judge(self.peers()[i++]), StatusCode::Good);
                    },
                .iterations = static_cast<benchmark::IterationCount>(peers().size() - 1)};
    }

    [[nodiscard]] Measurement seenBefore() const {
        return {.name = title("chain of 3, seen before"), .run = [self = *this](auto& state) {
                    const auto same = self.ground_.benches.keep(self.title("bench"), [&] { return self.open(); });
                    expect(state, same->judge(self.peers().front()), StatusCode::Good);
                    for (auto _ : state) expect(state, same->judge(self.peers().front()), StatusCode::Good);
                }};
    }

    Table& table_;
    Ground ground_;
    StoreKind kind_;
    const CrlPlant& plant_;
};

}  // namespace

void addChainRows(Table& table, const Ground& ground) {
    const auto& plants = ground.material.plants;
    for (const auto kind : {StoreKind::Memory, StoreKind::Directory}) {
        for (const auto& plant : plants) ChainRows{table, ground, kind, plant}.add();
        ChainRows{table, ground, kind, plants.back()}.addFlatness(plants.front());
    }
}

}  // namespace uatrust::test
