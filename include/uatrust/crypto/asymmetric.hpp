#pragma once

#include <uatrust/crypto/security_policy.hpp>

namespace uatrust {

// The four operations of a SecurityPolicy. One's own private key must fit the policy in kind and length. A peer's public
// key must fit in kind; whether it is long enough is a question about its certificate, which validation asks
// (BadCertificatePolicyCheckFailed) and an operator may have decided to overlook.

/// sign() signs `data` as `policy` prescribes. BadNotSupported when the key does not fit the policy.
[[nodiscard]] UATRUST_API Result<Bytes> sign(const SecurityPolicy& policy, const PrivateKey& key, ByteView data);

/// verify() checks a signature as `policy` prescribes: BadSecurityChecksFailed for every kind of failure.
[[nodiscard]] UATRUST_API Result<void> verify(const SecurityPolicy& policy, const PublicKey& key, ByteView data, ByteView signature);

/// encrypt() encrypts with the receiver's public key, block by block; the result is a multiple of the key's
/// length, at least one block. BadNotSupported when the policy does not encrypt or the key does not fit it.
[[nodiscard]] UATRUST_API Result<Bytes> encrypt(const SecurityPolicy& policy, const PublicKey& receiver, ByteView plain);

/// decrypt() is the inverse with the receiver's private key. Every kind of bad input gives the same
/// BadSecurityChecksFailed, and so does more than 64 KiB: each block costs a private-key operation for a sender who is
/// not known yet. BadNotSupported when the policy does not encrypt or the key does not fit it.
[[nodiscard]] UATRUST_API Result<SecretBytes> decrypt(const SecurityPolicy& policy, const PrivateKey& receiver, ByteView cipher);

/// keyFits() says whether a key may be used under a policy: its algorithm and its length. None demands nothing.
[[nodiscard]] UATRUST_API bool keyFits(const SecurityPolicy& policy, const PublicKey& key) noexcept;

}  // namespace uatrust
