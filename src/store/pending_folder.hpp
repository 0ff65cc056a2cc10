#pragma once

#include <uatrust/store/identity_store.hpp>

#include <filesystem>

namespace uatrust::detail {

/// PendingFolder keeps requests that a CA has not answered, each in one file with its key, so that there is never one without the
/// other. No own key lies here: a product that looks into a store's folders for keys does not find what is not in use yet.
class PendingFolder {
public:
    /// `folder` is empty for a store without a place.
    PendingFolder(std::filesystem::path folder, PassphraseSource passphrase)
        : folder_{std::move(folder)}, passphrase_{std::move(passphrase)} {}

    [[nodiscard]] PendingRequests load() const;
    /// Only under the lock of the store, both.
    [[nodiscard]] Result<void> save(const CertificateRequest& request, const std::optional<PrivateKey>& newKey) const;
    [[nodiscard]] Result<void> drop(const PublicKey& key) const;

private:
    void loadFile(const std::filesystem::path& file, PendingRequests& all) const;
    [[nodiscard]] std::filesystem::path fileOf(const PublicKey& key) const;

    std::filesystem::path folder_;
    PassphraseSource passphrase_;
};

}  // namespace uatrust::detail
