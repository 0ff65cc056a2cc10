#include "benchmark/rows.hpp"

#include <chrono>

#include <fmt/format.h>

#include "benchmark/raw.hpp"

namespace uatrust::test {
namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

// The rows of one list in one kind of store.
class ChangeRows {
public:
    ChangeRows(Table& table, const Ground& ground, StoreKind kind, const TrustList& list)
        : table_{table}, ground_{ground}, kind_{kind}, list_{list} {}

    void add() {
        const bool watched = kind_ == StoreKind::Directory;
        const Measurement look{.name = "readdir + fstatat, " + listed(list_),
                               .run = [self = *this](auto& state) { raw::listAndStat(state, self.list_.trusted()); }};
        const Measurement create{.name = "create + fsync + rename of a file", .run = raw::createFile, .iterations = 50};
        table_.row(afterFileAdded("next validation after a file was added", ground_.material.trusted, StatusCode::Good), look,
                   watched ? atMost(kWatchedMicroseconds) : timesRaw(1.5));
        if (!watched) return;
        table_.row(afterFileAdded("first refusal after a file was added", ground_.material.unknown, StatusCode::BadCertificateUntrusted),
                   look, atMost(kWatchedMicroseconds));
        table_.row(changed("certificate added to and removed from the list by the store", {}), create);
        table_.row(changed("the same where rejected denies", {.rejectedDenies = true}), create);
    }

private:
    static constexpr double kWatchedMicroseconds = 2'000;

    [[nodiscard]] std::string title(std::string_view what) const { return fmt::format("{}, {}, {}", what, listed(list_), nameOf(kind_)); }
    [[nodiscard]] std::unique_ptr<CertificateStore> open() const { return openList(kind_, ground_.material, list_); }
    [[nodiscard]] std::size_t size(const Bench& bench) const { return bench.store().snapshot()->certificates(StoreList::Trusted).size(); }

    // The time of the first verdict that knows the new file; what takes the file away again is not measured.
    [[nodiscard]] Measurement afterFileAdded(std::string_view what, const std::vector<Peer>& peers, StatusCode expected) const {
        return {.name = title(what),
                .run =
                    [self = *this, &peers, expected](auto& state) {
                        const auto same = self.ground_.benches.keep(self.title("bench"), [&] { return self.open(); });
                        const auto path = self.list_.trusted() / "late.der";
                        const auto& late = self.ground_.material.late;
                        std::size_t i = 0;
                        for (auto _ : state) {
                            expect(state, same->judge(peers.front()), expected);
                            writeFile(path, late[i++ % late.size()]);
                            const auto start = steady_clock::now();
                            expect(state, same->judge(peers.front()), expected);
                            state.SetIterationTime(Seconds{steady_clock::now() - start}.count());
                            if (self.size(*same) != self.list_.size + 1) state.SkipWithError("the new file is not seen");
                            std::filesystem::remove(path);
                        }
                    },
                .iterations = 5,
                .timesItself = true};
    }

    [[nodiscard]] Measurement changed(std::string_view what, const DirectoryStoreOptions& options) const {
        return {.name = title(what),
                .run =
                    [self = *this, options, bench = title(what) + ", bench"](auto& state) {
                        const auto same = self.ground_.benches.keep(bench, [&] { return openFolder(self.list_.folder, options); });
                        const auto late = Certificate::fromDer(self.ground_.material.late.front()).value();
                        for (auto _ : state) {
                            same->store().addCertificate(StoreList::Trusted, late).value();
                            same->store().removeCertificate(StoreList::Trusted, late.id()).value();
                        }
                        if (self.size(*same) != self.list_.size) state.SkipWithError("the list is not what it was");
                    },
                .iterations = 10};
    }

    Table& table_;
    Ground ground_;
    StoreKind kind_;
    const TrustList& list_;
};

}  // namespace

void addChangeRows(Table& table, const Ground& ground) {
    for (const auto& list : ground.material.lists) {
        if (list.size < ground.settings.longList()) continue;
        for (const auto kind : {StoreKind::Directory, StoreKind::Unwatched}) ChangeRows{table, ground, kind, list}.add();
    }
}

}  // namespace uatrust::test
