#include <algorithm>

#include <fmt/format.h>

#include <uatrust/crypto/key.hpp>

#include "crypto/key_data.hpp"
#include "crypto/key_table.hpp"
#include "crypto/rsa_padding.hpp"

namespace uatrust::detail {
namespace {

constexpr int pbkdf2Iterations = 600'000;  // OWASP's figure for PBKDF2 with HMAC-SHA-256

Error doesNotFit(const PublicKey& key, std::string_view scheme) {
    return {StatusCode::BadNotSupported, fmt::format("A private key {} cannot be used with {}.", key.describe(), scheme),
            "use a certificate whose key fits the SecurityPolicy"};
}

Error signingFailed(const PublicKey& key) {
    return opensslError(StatusCode::BadInternalError, fmt::format("OpenSSL could not sign with the private key {}", key.describe()),
                        "check that the key's device or provider is available");
}

/// r and s side by side in fixed width, from an ECDSA-Sig-Value (RFC 3279, 2.2.3).
std::optional<Bytes> ecdsaFromDer(ByteView der, std::size_t size) {
    const std::uint8_t* at = der.data();
    const EcdsaSigPtr pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
    if (!pair) return std::nullopt;
    const auto half = static_cast<int>(size / 2);
    Bytes signature(size);
    if (BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), signature.data(), half) != half) return std::nullopt;
    if (BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), signature.data() + half, half) != half) return std::nullopt;
    return signature;
}

std::optional<Bytes> signWithOpenSsl(const SignatureSchemeRow& row, EVP_PKEY* key, ByteView data) {
    const EvpMdCtxPtr context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* keyContext = nullptr;
    if (!context || EVP_DigestSignInit(context.get(), &keyContext, evpDigest(row.hash), nullptr, key) != 1) return std::nullopt;
    if (row.pss && !setPssPadding(keyContext, row.hash)) return std::nullopt;
    std::size_t size = 0;
    if (EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) != 1) return std::nullopt;
    Bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) != 1) return std::nullopt;
    signature.resize(size);
    return signature;
}

bool writePkcs8(BIO* out, PKCS8_PRIV_KEY_INFO* plain, std::string_view passphrase) {
    if (passphrase.empty()) return PEM_write_bio_PKCS8_PRIV_KEY_INFO(out, plain) == 1;
    const X509SigPtr encrypted{
        PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase.data(), static_cast<int>(passphrase.size()), nullptr, 0, pbkdf2Iterations, plain)};
    return encrypted && PEM_write_bio_PKCS8(out, encrypted.get()) == 1;
}

}  // namespace

Result<PrivateKey> OpenSslPrivateKey::make(EvpPkeyPtr key) {
    const Bytes spki = toDer(&i2d_PUBKEY, key.get());
    if (spki.empty()) {
        return opensslError(StatusCode::BadNotSupported, "OpenSSL does not give away the public half of the private key",
                            "use a key whose public half can be read");
    }
    auto publicKey = PublicKey::fromDer(spki);
    if (!publicKey) return publicKey.error();
    if (publicKey->algorithm() == KeyAlgorithm::Other) {
        return Error{StatusCode::BadNotSupported,
                     fmt::format("The private key is {}, which no SecurityPolicy uses.", publicKey->describe()),
                     "use an RSA key, or one on NIST P-256 or P-384, brainpoolP256r1 or P384r1, Ed25519 or Ed448"};
    }
    return PrivateKey{std::make_shared<const OpenSslPrivateKey>(std::move(key), *std::move(publicKey))};
}

Result<Bytes> OpenSslPrivateKey::sign(SignatureScheme scheme, ByteView data) const {
    const std::size_t size = publicKey_.signatureSize(scheme);
    const auto& row = rowOf(scheme);
    if (size == 0) return doesNotFit(publicKey_, row.name);
    auto signature = signWithOpenSsl(row, key_.get(), data);
    if (signature && row.family == KeyFamily::Ec) signature = ecdsaFromDer(*signature, size);
    if (!signature || signature->size() != size) return signingFailed(publicKey_);
    return *std::move(signature);
}

// One error for everything that can be wrong with the cipher text: a difference would tell a peer how far it got, and
// for PKCS#1 v1.5 that is enough to decrypt messages without the key (Bleichenbacher). OpenSSL from 3.2 on answers bad
// PKCS#1 padding with random octets instead of an error; 3.0 does not, so the time it takes may still tell. This is
// why Basic128Rsa15 is deprecated and stays off unless it is enabled by name.
Result<SecretBytes> OpenSslPrivateKey::decryptBlock(EncryptionScheme scheme, ByteView cipher) const {
    if (publicKey_.maxPlainBlock(scheme) == 0) return doesNotFit(publicKey_, rowOf(scheme).name);
    const ErrorQueueGuard guard;
    const EvpPkeyCtxPtr context{EVP_PKEY_CTX_new(key_.get(), nullptr)};
    SecretBytes plain{publicKey_.cipherBlock()};
    std::size_t size = plain.size();
    if (cipher.size() != publicKey_.cipherBlock() || !context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
        !setEncryptionPadding(context.get(), scheme) ||
        EVP_PKEY_decrypt(context.get(), plain.data(), &size, cipher.data(), cipher.size()) != 1 || size > plain.size()) {
        return Error{StatusCode::BadSecurityChecksFailed, "The message could not be decrypted.", {}};
    }
    plain.truncate(size);
    return plain;
}

Result<SecretBytes> OpenSslPrivateKey::exportPem(std::string_view passphrase) const {
    const Pkcs8Ptr plain{EVP_PKEY2PKCS8(key_.get())};
    if (!plain) {
        return opensslError(StatusCode::BadNotSupported, fmt::format("OpenSSL does not export the private key {}", publicKey_.describe()),
                            "a key behind an engine or a provider stays there");
    }
    // BadNotSupported would say that the key is safe elsewhere.
    const BioPtr out{BIO_new(BIO_s_mem())};
    if (!out || !writePkcs8(out.get(), plain.get(), passphrase)) {
        return opensslError(StatusCode::BadInternalError, fmt::format("OpenSSL cannot write the private key {}", publicKey_.describe()),
                            passphrase.empty() ? "check that there is enough memory"
                                               : "check that OpenSSL offers AES-256-CBC and PBKDF2 and takes the passphrase");
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    SecretBytes pem{static_cast<std::size_t>(size)};
    std::copy_n(text, pem.size(), pem.data());
    return pem;
}

}  // namespace uatrust::detail
