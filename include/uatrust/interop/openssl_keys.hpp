#pragma once

#include <uatrust/crypto/key.hpp>

#include <openssl/evp.h>

namespace uatrust {

/// privateKeyFromEvp() makes a PrivateKey of an OpenSSL key, also of one that lives behind an engine or a provider: all
/// that is asked of it later goes through EVP. It takes a reference of its own; the caller keeps his. The caller vouches
/// that the key has its private half: OpenSSL cannot tell for a key on a device, and signing then fails.
/// BadInvalidArgument when `key` is null, BadNotSupported for a kind of key that no SecurityPolicy uses.
[[nodiscard]] UATRUST_API Result<PrivateKey> privateKeyFromEvp(EVP_PKEY* key);

/// publicKeyFromEvp() copies the public half of `key`. BadInvalidArgument when it is null.
[[nodiscard]] UATRUST_API Result<PublicKey> publicKeyFromEvp(EVP_PKEY* key);

/// toEvp() hands out the OpenSSL key behind `key` with a new reference, which the caller frees with EVP_PKEY_free().
/// Only for reading: it is shared with all copies of `key`. Null for a key that uatrust did not hand to OpenSSL,
/// which can be so for KeyAlgorithm::Other only.
[[nodiscard]] UATRUST_API EVP_PKEY* toEvp(const PublicKey& key) noexcept;

}  // namespace uatrust
