#include <uatrust/interop/openssl_keys.hpp>

#include "crypto/key_data.hpp"

namespace uatrust {
namespace {

detail::EvpPkeyPtr shared(EVP_PKEY* key) noexcept {
    return detail::EvpPkeyPtr{key != nullptr && EVP_PKEY_up_ref(key) == 1 ? key : nullptr};
}

Error noKey() { return {StatusCode::BadInvalidArgument, "There is no EVP_PKEY to take over.", "hand in a key that is not null"}; }

}  // namespace

Result<PrivateKey> privateKeyFromEvp(EVP_PKEY* key) {
    auto owned = shared(key);
    if (!owned) return noKey();
    const detail::ErrorQueueGuard guard;
    return detail::OpenSslPrivateKey::make(std::move(owned));
}

Result<PublicKey> publicKeyFromEvp(EVP_PKEY* key) {
    if (key == nullptr) return noKey();
    const detail::ErrorQueueGuard guard;
    const Bytes spki = detail::toDer(&i2d_PUBKEY, key);
    if (spki.empty()) {
        return detail::opensslError(StatusCode::BadNotSupported, "OpenSSL does not give away the public key",
                                    "use a key whose public half can be read");
    }
    return PublicKey::fromDer(spki);
}

EVP_PKEY* toEvp(const PublicKey& key) noexcept { return shared(key.data().handle.get()).release(); }

}  // namespace uatrust
