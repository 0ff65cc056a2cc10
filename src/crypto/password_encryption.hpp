#pragma once

#include <uatrust/core/result.hpp>

#include "detail/openssl.hpp"

namespace uatrust::detail {

/// What opening one private key may cost: a few seconds. Programs that write keys ask for 2 048 to some 600 000 rounds.
constexpr std::uint64_t kMaxDerivationCost = 10'000'000;

/// derivationCost() is how many rounds of a hash it takes to get from a passphrase to the key of a password based encryption
/// (PKCS#5, PKCS#12) or of a PBMAC1. BadNotSupported for one that is not known: what it costs is not known either.
[[nodiscard]] Result<std::uint64_t> derivationCost(const X509_ALGOR& algorithm);

/// needsLegacy() says whether only OpenSSL's legacy provider has the cipher.
[[nodiscard]] bool needsLegacy(const X509_ALGOR& algorithm);

/// LegacyLibrary is OpenSSL with its legacy provider, apart from the one that the application has: a host application
/// does not get RC2 because somebody has handed in an old file.
class LegacyLibrary {
public:
    /// The library, loaded when it is needed for the first time. BadNotSupported when this OpenSSL comes without the provider.
    [[nodiscard]] Result<OSSL_LIB_CTX*> get();

private:
    static void unload(OSSL_PROVIDER* provider) noexcept { OSSL_PROVIDER_unload(provider); }

    std::unique_ptr<OSSL_LIB_CTX, Release<&OSSL_LIB_CTX_free>> library_{};
    std::unique_ptr<OSSL_PROVIDER, Release<&unload>> default_{};
    std::unique_ptr<OSSL_PROVIDER, Release<&unload>> legacy_{};
};

}  // namespace uatrust::detail
