#include "benchmark/rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "benchmark/raw.hpp"

namespace uatrust::test {
namespace {

// The rows of one list in one kind of store.
class ListRows {
public:
    ListRows(Table& table, const Ground& ground, StoreKind kind, const TrustList& list)
        : table_{table}, ground_{ground}, kind_{kind}, list_{list} {}

    void add() {
        const auto parse = parsed();
        const bool looks = kind_ == StoreKind::Unwatched;
        table_.row(firstSight(), parse, looks ? Target{} : timesRaw(0.5));
        table_.row(unknown(), parse, looks ? Target{} : timesRaw(0.6));
        if (!looks) {
            table_.row(seenBefore(1), verified(), kind_ == StoreKind::Memory ? timesRaw(0.5) : timesRaw(0.2));
        } else {
            // What is looked at are all folders, of which a short list is the smallest part.
            table_.row(seenBefore(1),
                       {.name = "readdir + fstatat, " + listed(list_),
                        .run = [self = *this](auto& state) { raw::listAndStat(state, self.list_.trusted()); }},
                       list_.size >= ground_.settings.longList() ? timesRaw(1.5) : Target{});
        }
    }

    void addTwoThreads() {
        // What two threads gain where nothing is shared says what the machine has to give just now.
        const auto alone = verified();
        auto twice = alone;
        twice.name += ", two threads";
        twice.threads = 2;
        if (kind_ == StoreKind::Memory) table_.row(twice, alone.name);
        table_.row(seenBefore(2), seenBefore(1).name, timesRaw(kTwiceAsFast));
    }

    void addFlatness(const TrustList& least) {
        const ListRows other{table_, ground_, kind_, least};
        table_.compare(fmt::format("trusted, seen before, {} against {}, {}", list_.size, listed(least), nameOf(kind_)), seenBefore(1).name,
                       other.seenBefore(1).name, timesRaw(1.3));
    }

private:
    // 1.8 times as many in the same time.
    static constexpr double kTwiceAsFast = 0.56;

    [[nodiscard]] std::string title(std::string_view what) const { return fmt::format("{}, {}, {}", what, listed(list_), nameOf(kind_)); }
    [[nodiscard]] const std::vector<Peer>& peers() const { return ground_.material.trusted; }
    [[nodiscard]] std::unique_ptr<CertificateStore> open() const { return openList(kind_, ground_.material, list_); }

    [[nodiscard]] Measurement verified() const {
        return {.name = "X509_verify, parsed, RSA-2048, for " + listed(list_),
                .run = [self = *this](auto& state) { raw::verifyParsed(state, self.peers()); }};
    }
    [[nodiscard]] Measurement parsed() const {
        return {.name = "d2i_X509 + extensions + X509_verify, for " + listed(list_),
                .run = [self = *this](auto& state) { raw::parseAndVerify(state, self.peers()); }};
    }

    // Nobody is seen twice, so there are only so many. A large folder is slow to look at and needs fewer for a steady mean.
    [[nodiscard]] std::int64_t strangers(std::size_t present) const {
        const std::size_t most = kind_ == StoreKind::Unwatched && list_.size >= 10'000 ? 10 : kTrustedPeers;
        return static_cast<std::int64_t>(std::min({present, most, list_.size}));
    }

    // First seen by the validator, that is: the store has read its own copy when it was opened, and what is paid there is
    // in the row for opening. A certificate that has to be read when it comes is the unknown one.
    [[nodiscard]] Measurement firstSight() const {
        return {.name = title("trusted, first sight"),
                .run =
                    [self = *this](auto& state) {
                        const auto fresh = self.ground_.benches.renew(self.title("bench"), [&] { return self.open(); });
                        std::size_t i = 0;
                        for (auto _ : state) expect(state, fresh->judge(self.peers()[i++]), StatusCode::Good);
                    },
                .iterations = strangers(peers().size()),
                .repetitions = list_.size <= 10 ? 25 : 3};
    }

    [[nodiscard]] Measurement unknown() const {
        const auto each = strangers(ground_.material.unknown.size() / 5);
        return {.name = title("unknown, first sight"),
                .run =
                    [self = *this, next = std::make_shared<std::size_t>(0)](auto& state) {
                        const auto same = self.bench();
                        const auto& all = self.ground_.material.unknown;
                        for (auto _ : state) {
                            expect(state, same->judge(all[(*next)++ % all.size()]), StatusCode::BadCertificateUntrusted);
                        }
                    },
                .iterations = std::max<std::int64_t>(each, 1)};
    }

    [[nodiscard]] Measurement seenBefore(int threads) const {
        return {.name = title(threads == 1 ? "trusted, seen before" : "trusted, seen before, two threads"),
                .run =
                    [self = *this](auto& state) {
                        const auto same = self.bench();
                        expect(state, same->judge(self.peers().front()), StatusCode::Good);
                        for (auto _ : state) expect(state, same->judge(self.peers().front()), StatusCode::Good);
                    },
                .threads = threads};
    }

    [[nodiscard]] std::shared_ptr<const Bench> bench() const {
        return ground_.benches.keep(title("bench"), [this] { return open(); });
    }

    Table& table_;
    Ground ground_;
    StoreKind kind_;
    const TrustList& list_;
};

}  // namespace

std::string listed(const TrustList& list) { return fmt::format("{} listed", list.size); }

void addListRows(Table& table, const Ground& ground) {
    const auto& lists = ground.material.lists;
    for (const auto kind : kStoreKinds) {
        for (const auto& list : lists) {
            ListRows rows{table, ground, kind, list};
            rows.add();
            const bool shared = list.size == (ground.settings.smoke ? lists.front().size : 1'000);
            if (shared && kind != StoreKind::Unwatched) rows.addTwoThreads();
        }
        if (kind != StoreKind::Unwatched) ListRows{table, ground, kind, lists.back()}.addFlatness(lists.front());
    }
}

}  // namespace uatrust::test
