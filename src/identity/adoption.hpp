#pragma once

#include <uatrust/identity/application_identity.hpp>

namespace uatrust::detail {

/// Adoptee is a certificate chain, own certificate first, and the key it was issued for.
struct Adoptee {
    std::vector<Certificate> chain;
    PrivateKey key;
};

/// prepareAdoption() finds the own certificate in `chain` by `key` or, without one, by the keys of the store, and checks
/// that this application may own it. Changes nothing. Errors as ApplicationIdentity::adopt().
[[nodiscard]] Result<Adoptee> prepareAdoption(IdentityStore& store, const IdentityOptions& options, const std::vector<Certificate>& chain,
                                              const std::optional<PrivateKey>& key);

}  // namespace uatrust::detail
