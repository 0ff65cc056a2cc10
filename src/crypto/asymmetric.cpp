#include <uatrust/crypto/asymmetric.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace uatrust {
namespace {

// The usual size of a message buffer (OPC 10000-6, 7.1.2.3). Each block of it costs a private-key operation, and the
// sender is not known yet when a message is decrypted.
constexpr std::size_t maxCipherSize = 65536;

bool algorithmFits(const SecurityPolicy& policy, const PublicKey& key) noexcept {
    return std::find(policy.keyAlgorithms.begin(), policy.keyAlgorithms.end(), key.algorithm()) != policy.keyAlgorithms.end();
}

std::string limitsOf(const SecurityPolicy& policy) {
    std::string names;
    for (const KeyAlgorithm algorithm : policy.keyAlgorithms) {
        names += fmt::format("{}{}", names.empty() ? "" : " or ", keyAlgorithmName(algorithm));
    }
    return policy.isEcc() ? names : fmt::format("{} with {} to {} bits", names, policy.minKeyBits, policy.maxKeyBits);
}

Error keyDoesNotFit(const SecurityPolicy& policy, const PublicKey& key) {
    if (policy.keyAlgorithms.empty()) {
        return {StatusCode::BadNotSupported, fmt::format("The SecurityPolicy {} neither signs nor encrypts.", policy.name),
                "use a secured endpoint"};
    }
    return {StatusCode::BadNotSupported, fmt::format("A key {} cannot be used with the SecurityPolicy {}.", key.describe(), policy.name),
            fmt::format("use a certificate with a key {}", limitsOf(policy))};
}

Error doesNotEncrypt(const SecurityPolicy& policy) {
    return {StatusCode::BadNotSupported, fmt::format("The SecurityPolicy {} does not encrypt with the certificate's key.", policy.name),
            "use an RSA policy, or the ephemeral keys of the ECC policies"};
}

Error cannotDecrypt() { return {StatusCode::BadSecurityChecksFailed, "The message could not be decrypted.", {}}; }

}  // namespace

bool keyFits(const SecurityPolicy& policy, const PublicKey& key) noexcept {
    if (policy.id == SecurityPolicyId::None) return true;
    return algorithmFits(policy, key) && key.bits() >= policy.minKeyBits && key.bits() <= policy.maxKeyBits;
}

Result<Bytes> sign(const SecurityPolicy& policy, const PrivateKey& key, ByteView data) {
    if (!algorithmFits(policy, key.publicKey()) || !keyFits(policy, key.publicKey())) return keyDoesNotFit(policy, key.publicKey());
    return key.sign(policy.asymmetricSignature, data);
}

Result<void> verify(const SecurityPolicy& policy, const PublicKey& key, ByteView data, ByteView signature) {
    if (algorithmFits(policy, key) && key.verify(policy.asymmetricSignature, data, signature)) return {};
    return Error{StatusCode::BadSecurityChecksFailed, fmt::format("The {} signature is missing or wrong.", policy.name),
                 "the data were changed on their way, or signed with another key than that of the certificate"};
}

Result<Bytes> encrypt(const SecurityPolicy& policy, const PublicKey& receiver, ByteView plain) {
    if (policy.asymmetricEncryption == EncryptionScheme::None) return doesNotEncrypt(policy);
    const std::size_t blockSize = receiver.maxPlainBlock(policy.asymmetricEncryption);
    if (!algorithmFits(policy, receiver) || blockSize == 0) return keyDoesNotFit(policy, receiver);
    Bytes cipher;
    cipher.reserve((plain.size() / blockSize + 1) * receiver.cipherBlock());
    // At least one block, so that an empty text comes back as an empty text.
    do {
        const ByteView block = plain.first(std::min(blockSize, plain.size()));
        const auto encrypted = receiver.encryptBlock(policy.asymmetricEncryption, block);
        if (!encrypted) return encrypted.error();
        cipher.insert(cipher.end(), encrypted->begin(), encrypted->end());
        plain = plain.subspan(block.size());
    } while (!plain.empty());
    return cipher;
}

Result<SecretBytes> decrypt(const SecurityPolicy& policy, const PrivateKey& receiver, ByteView cipher) {
    const PublicKey& key = receiver.publicKey();
    if (policy.asymmetricEncryption == EncryptionScheme::None) return doesNotEncrypt(policy);
    if (!keyFits(policy, key)) return keyDoesNotFit(policy, key);
    const std::size_t blockSize = key.cipherBlock();
    if (cipher.empty() || cipher.size() > maxCipherSize || cipher.size() % blockSize != 0) return cannotDecrypt();
    SecretBytes plain{cipher.size()};
    std::size_t size = 0;
    for (; !cipher.empty(); cipher = cipher.subspan(blockSize)) {
        const auto block = receiver.decryptBlock(policy.asymmetricEncryption, cipher.first(blockSize));
        if (!block || block->size() > blockSize) return cannotDecrypt();
        std::copy_n(block->data(), block->size(), plain.data() + size);
        size += block->size();
    }
    plain.truncate(size);
    return plain;
}

}  // namespace uatrust
