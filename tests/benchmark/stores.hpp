#pragma once

#include <memory>
#include <mutex>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/store/memory_store.hpp>
#include <uatrust/validation/validator.hpp>

#include "benchmark/material.hpp"

namespace uatrust::test {

/// A MemoryStore shows what the engine costs, a DirectoryStore what it costs to be told of changes in the folders as well, and one
/// without a watch, as on a network folder, what it costs to look at all files each time.
enum class StoreKind { Memory, Directory, Unwatched };
inline constexpr StoreKind kStoreKinds[] = {StoreKind::Memory, StoreKind::Directory, StoreKind::Unwatched};
[[nodiscard]] std::string nameOf(StoreKind kind);

/// openFolder() fails when there is something wrong in the folder.
[[nodiscard]] std::unique_ptr<DirectoryStore> openFolder(const std::filesystem::path& folder, DirectoryStoreOptions options = {});

/// openList() and openPlant() are stores that have been looked into once. Everything in them is read anew.
[[nodiscard]] std::unique_ptr<CertificateStore> openList(StoreKind kind, const Material& material, const TrustList& list);
[[nodiscard]] std::unique_ptr<CertificateStore> openPlant(StoreKind kind, const Material& material, const CrlPlant& plant);

/// Bench is a store and a validator that stay from one measurement to the next; one at a time, since some are large.
class Bench {
public:
    explicit Bench(std::unique_ptr<CertificateStore> store) : store_{std::move(store)} {}

    /// Judges what a peer sends, as a server does. Nothing is filed: that is the disk, not the verdict.
    [[nodiscard]] StatusCode judge(const Peer& peer) const {
        return validator_.validate({.certificate = peer.sent, .applicationUri = peer.uri, .fileRejected = false}).status();
    }
    /// The same, and files it for the operator when it is unknown.
    [[nodiscard]] StatusCode judgeAndFile(const Bytes& sent) const { return validator_.validate({.certificate = sent}).status(); }
    [[nodiscard]] CertificateStore& store() const { return *store_; }

private:
    std::unique_ptr<CertificateStore> store_;
    StrictPolicy policy_{};
    FixedClock clock_{kForgeNow};
    CertificateValidator validator_{*store_, policy_, clock_};
};

/// BenchKeeper keeps the Bench of one name. Safe to use from several threads at once.
class BenchKeeper {
public:
    /// The same Bench as before when the name is the same, else one made by `open`.
    template <class Open>
    std::shared_ptr<const Bench> keep(const std::string& name, Open open) {
        const std::lock_guard lock{mutex_};
        if (name != name_ || !kept_) replace(name, open);
        return kept_;
    }
    /// A new Bench in any case: it has seen nobody yet.
    template <class Open>
    std::shared_ptr<const Bench> renew(const std::string& name, Open open) {
        const std::lock_guard lock{mutex_};
        replace(name, open);
        return kept_;
    }
    void drop() {
        const std::lock_guard lock{mutex_};
        kept_.reset();
    }

private:
    template <class Open>
    void replace(const std::string& name, Open open) {
        kept_.reset();
        kept_ = std::make_shared<const Bench>(open());
        name_ = name;
    }
    std::mutex mutex_{};
    std::string name_{};
    std::shared_ptr<const Bench> kept_{};
};

/// A verdict that is not the expected one spoils the measurement: it would be the time of something else.
inline void expect(benchmark::State& state, StatusCode found, StatusCode expected) {
    if (found != expected) state.SkipWithError(std::string{statusName(found)}.c_str());
}

}  // namespace uatrust::test
