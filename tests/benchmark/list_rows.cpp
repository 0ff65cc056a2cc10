#include "benchmark/rows.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "benchmark/raw.hpp"

namespace uatrust::test {
namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

std::string listed(const TrustList& list) { return fmt::format("{} listed", list.size); }

// The rows of one list in one kind of store.
class ListRows {
public:
    ListRows(Table& table, const Ground& ground, StoreKind kind, const TrustList& list)
        : table_{table}, ground_{ground}, kind_{kind}, list_{list} {}

    void add() {
        const Measurement verify{.name = "X509_verify, parsed, RSA-2048, for " + listed(list_),
                                 .run = [self = *this](auto& state) { raw::verifyParsed(state, self.peers()); }};
        const Measurement parse{.name = "d2i_X509 + extensions + X509_verify, for " + listed(list_),
                                .run = [self = *this](auto& state) { raw::parseAndVerify(state, self.peers()); }};
        table_.row(firstSight(), parse);
        table_.row(unknown(), parse);
        table_.row(seenBefore(1), verify);
        if (list_.size == 1'000 || ground_.settings.smoke) {
            // What two threads gain where nothing is shared says what the machine has to give just now.
            auto twice = verify;
            twice.name += ", two threads";
            twice.threads = 2;
            if (kind_ == StoreKind::Memory) table_.row(twice, verify.name);
            table_.row(seenBefore(2), seenBefore(1).name);
        }
        if (kind_ == StoreKind::Directory && (list_.size >= 10'000 || ground_.settings.smoke)) {
            table_.row(fileAdded(), {.name = "readdir + fstatat, " + listed(list_),
                                     .run = [self = *this](auto& state) { raw::listAndStat(state, self.list_.trusted()); }});
        }
    }

private:
    [[nodiscard]] std::string title(std::string_view what) const { return fmt::format("{}, {}, {}", what, listed(list_), nameOf(kind_)); }
    [[nodiscard]] const std::vector<Peer>& peers() const { return ground_.material.trusted; }
    [[nodiscard]] std::unique_ptr<CertificateStore> open() const { return openList(kind_, ground_.material, list_); }
    [[nodiscard]] std::shared_ptr<const Bench> bench() const {
        return ground_.benches.keep(title("bench"), [this] { return open(); });
    }

    // Nobody is seen twice, so there are only so many. A large folder is slow to look at and needs fewer for a steady mean.
    [[nodiscard]] std::int64_t strangers(std::size_t present) const {
        const std::size_t most = kind_ == StoreKind::Directory && list_.size >= 10'000 ? 20 : kTrustedPeers;
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

    // The time of the first validation that knows the new file; what takes the file away again is not measured.
    [[nodiscard]] Measurement fileAdded() const {
        return {.name = title("next validation after a file was added"),
                .run =
                    [self = *this](auto& state) {
                        const auto same = self.bench();
                        const auto path = self.list_.trusted() / "late.der";
                        const auto& late = self.ground_.material.late;
                        std::size_t i = 0;
                        for (auto _ : state) {
                            expect(state, same->judge(self.peers().front()), StatusCode::Good);
                            writeFile(path, late[i++ % late.size()]);
                            const auto start = steady_clock::now();
                            expect(state, same->judge(self.peers().front()), StatusCode::Good);
                            state.SetIterationTime(Seconds{steady_clock::now() - start}.count());
                            if (same->store().snapshot()->certificates(StoreList::Trusted).size() != self.list_.size + 1) {
                                state.SkipWithError("the new file is not seen");
                            }
                            std::filesystem::remove(path);
                        }
                    },
                .iterations = 5,
                .timesItself = true};
    }

    Table& table_;
    Ground ground_;
    StoreKind kind_;
    const TrustList& list_;
};

Measurement opening(const Ground& ground, const TrustList& list) {
    return {.name = fmt::format("open and first look, {}, DirectoryStore", listed(list)),
            .run =
                [ground, &list](auto& state) {
                    ground.benches.drop();
                    for (auto _ : state) {
                        const auto start = steady_clock::now();
                        const auto store = openList(StoreKind::Directory, ground.material, list);
                        state.SetIterationTime(Seconds{steady_clock::now() - start}.count());
                        if (store->snapshot()->certificates(StoreList::Trusted).size() != list.size)
                            state.SkipWithError("not all is there");
                    }
                },
            .iterations = list.size >= 10'000 ? 1 : 5,
            .repetitions = 3,
            .timesItself = true};
}

}  // namespace

void addListRows(Table& table, const Ground& ground) {
    for (const auto& list : ground.material.lists) {
        table.row(opening(ground, list), {.name = "read + SHA-256 of all files, " + listed(list),
                                          .run = [&list](auto& state) { raw::readAndHash(state, list.trusted()); }});
    }
    for (const auto& list : ground.material.lists) {
        for (const auto kind : kStoreKinds) ListRows{table, ground, kind, list}.add();
    }
}

}  // namespace uatrust::test
