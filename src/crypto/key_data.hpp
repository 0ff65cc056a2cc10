#pragma once

#include <uatrust/crypto/key.hpp>

#include "detail/openssl.hpp"

namespace uatrust {

/// What a PublicKey shares among its copies. Written once, then only read.
struct PublicKey::Data {
    /// Null only for algorithm `Other`: a kind that OpenSSL does not know, or numbers so unusual that using them
    /// would be unbounded work. OpenSSL takes its keys as non-const, but neither verifying nor encrypting changes one.
    detail::EvpPkeyPtr handle{};
    KeyAlgorithm algorithm = KeyAlgorithm::Other;
    unsigned bits = 0;
    Bytes der{};
    std::string otherKind{};  ///< for people, what it is when the algorithm is `Other`
};

namespace detail {

/// OpenSslPrivateKey is a private key that OpenSSL holds: in memory, or behind an engine or a provider.
class OpenSslPrivateKey final : public PrivateKeyBackend {
public:
    /// BadNotSupported when the key is of a kind that no SecurityPolicy uses. Precondition: key is not null.
    [[nodiscard]] static Result<PrivateKey> make(EvpPkeyPtr key);

    OpenSslPrivateKey(EvpPkeyPtr key, PublicKey publicKey) noexcept : key_{std::move(key)}, publicKey_{std::move(publicKey)} {}

    [[nodiscard]] PublicKey publicKey() const override { return publicKey_; }
    [[nodiscard]] Result<Bytes> sign(SignatureScheme scheme, ByteView data) const override;
    [[nodiscard]] Result<SecretBytes> decryptBlock(EncryptionScheme scheme, ByteView cipher) const override;
    [[nodiscard]] Result<SecretBytes> exportPem(std::string_view passphrase) const override;

private:
    EvpPkeyPtr key_;
    PublicKey publicKey_;
};

}  // namespace detail
}  // namespace uatrust
