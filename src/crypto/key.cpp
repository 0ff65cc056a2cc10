#include <uatrust/crypto/key.hpp>

#include <stdexcept>

#include <fmt/format.h>

#include "crypto/key_data.hpp"
#include "crypto/key_table.hpp"
#include "crypto/rsa_padding.hpp"

namespace uatrust {
namespace {

using namespace detail;

KeyFamily familyOf(const PublicKey::Data& data) noexcept { return rowOf(data.algorithm).family; }

bool fits(SignatureScheme scheme, const PublicKey::Data& data) noexcept {
    return scheme != SignatureScheme::None && rowOf(scheme).family == familyOf(data) && data.handle != nullptr;
}

/// ECDSA-Sig-Value (RFC 3279, 2.2.3) from r and s side by side.
Bytes ecdsaToDer(ByteView signature) {
    const auto half = static_cast<int>(signature.size() / 2);
    BignumPtr r{BN_bin2bn(signature.data(), half, nullptr)};
    BignumPtr s{BN_bin2bn(signature.data() + half, half, nullptr)};
    const EcdsaSigPtr pair{ECDSA_SIG_new()};
    if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
    // ECDSA_SIG_set0 has taken both over.
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    return toDer(&i2d_ECDSA_SIG, pair.get());
}

bool verifyWithOpenSsl(const SignatureSchemeRow& row, EVP_PKEY* key, ByteView data, ByteView signature) {
    const EvpMdCtxPtr context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* keyContext = nullptr;
    if (!context || EVP_DigestVerifyInit(context.get(), &keyContext, evpDigest(row.hash), nullptr, key) != 1) return false;
    if (row.pss && !setPssPadding(keyContext, row.hash)) return false;
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) == 1;
}

Error tooLong(const PublicKey& key, EncryptionScheme scheme, std::size_t size) {
    return {StatusCode::BadInvalidArgument,
            fmt::format("{} octets do not fit one block of {} under a key {}: it holds {}.", size, rowOf(scheme).name, key.describe(),
                        key.maxPlainBlock(scheme)),
            "split the text into blocks first"};
}

}  // namespace

std::string_view keyAlgorithmName(KeyAlgorithm algorithm) noexcept { return rowOf(algorithm).name; }

KeyAlgorithm PublicKey::algorithm() const noexcept { return data_->algorithm; }
unsigned PublicKey::bits() const noexcept { return data_->bits; }
ByteView PublicKey::der() const noexcept { return data_->der; }

std::string PublicKey::describe() const {
    if (data_->algorithm == KeyAlgorithm::Other) return data_->otherKind;
    const auto& row = rowOf(data_->algorithm);
    return row.bits == 0 ? fmt::format("{} {}", row.name, data_->bits) : std::string{row.name};
}

std::size_t PublicKey::signatureSize(SignatureScheme scheme) const noexcept {
    if (!fits(scheme, *data_)) return 0;
    const std::size_t fieldSize = (data_->bits + 7) / 8;
    switch (rowOf(scheme).family) {
        case KeyFamily::Rsa:
            return fieldSize;
        case KeyFamily::Ec:
            return 2 * fieldSize;
        case KeyFamily::Ed25519:
            return 64;
        case KeyFamily::Ed448:
            return 114;
        case KeyFamily::Other:
            break;
    }
    return 0;
}

bool PublicKey::verify(SignatureScheme scheme, ByteView data, ByteView signature) const {
    if (signature.empty() || signature.size() != signatureSize(scheme)) return false;
    const ErrorQueueGuard guard;
    const auto& row = rowOf(scheme);
    if (row.family != KeyFamily::Ec) return verifyWithOpenSsl(row, data_->handle.get(), data, signature);
    return verifyWithOpenSsl(row, data_->handle.get(), data, ecdsaToDer(signature));
}

std::size_t PublicKey::cipherBlock() const noexcept { return data_->algorithm == KeyAlgorithm::Rsa ? (data_->bits + 7) / 8 : 0; }

std::size_t PublicKey::maxPlainBlock(EncryptionScheme scheme) const noexcept {
    const std::size_t overhead = rowOf(scheme).overhead;
    return overhead == 0 || cipherBlock() <= overhead ? 0 : cipherBlock() - overhead;
}

Result<Bytes> PublicKey::encryptBlock(EncryptionScheme scheme, ByteView plain) const {
    if (maxPlainBlock(scheme) == 0) {
        return Error{StatusCode::BadNotSupported, fmt::format("A key {} cannot be used with {}.", describe(), rowOf(scheme).name),
                     "use a certificate with an RSA key that fits the SecurityPolicy"};
    }
    if (plain.size() > maxPlainBlock(scheme)) return tooLong(*this, scheme, plain.size());
    const EvpPkeyCtxPtr context{EVP_PKEY_CTX_new(data_->handle.get(), nullptr)};
    Bytes cipher(cipherBlock());
    std::size_t size = cipher.size();
    if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 || !setEncryptionPadding(context.get(), scheme) ||
        EVP_PKEY_encrypt(context.get(), cipher.data(), &size, plain.data(), plain.size()) != 1 || size != cipher.size()) {
        return opensslError(StatusCode::BadInternalError, fmt::format("OpenSSL could not encrypt with a key {}", describe()));
    }
    return cipher;
}

Result<SecretBytes> PrivateKeyBackend::exportPem(std::string_view) const {
    return Error{StatusCode::BadNotSupported, "The private key cannot leave the device that holds it.",
                 "back it up with the tools of the device, or create a new key pair"};
}

namespace {

const PrivateKeyBackend& require(const std::shared_ptr<const PrivateKeyBackend>& backend) {
    if (!backend) throw std::invalid_argument{"a PrivateKey needs a backend"};
    return *backend;
}

}  // namespace

PrivateKey::PrivateKey(std::shared_ptr<const PrivateKeyBackend> backend)
    : backend_{std::move(backend)}, publicKey_{require(backend_).publicKey()} {}

}  // namespace uatrust
