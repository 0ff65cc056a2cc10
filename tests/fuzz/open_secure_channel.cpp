// Any octets as an OpenSecureChannel chunk. As such they would never get past the signature, so the target also signs
// and encrypts them as a hostile sender would: everything behind the headers, padding included, is of his making.

#include "fuzz.hpp"
#include "known_keys.hpp"

#include <algorithm>

#include <uatrust/crypto/message_protection.hpp>

using namespace uatrust;
using namespace uatrust::fuzz;

namespace {

constexpr std::size_t headerSize = 16;

PrivateKey newKey(EVP_PKEY* made) {
    const KeyPtr key{made};
    return privateKeyFromEvp(key.get()).value();
}

/// RSA 2048 has one padding field, RSA 3072 two.
const PrivateKey& keyFor(const SecurityPolicy& policy, bool large) {
    static const PrivateKey edwards = privateKeyFromEvp(knownKey(1)).value();
    static const PrivateKey small = newKey(EVP_RSA_gen(2048U));
    static const PrivateKey big = newKey(EVP_RSA_gen(3072U));
    if (policy.id == SecurityPolicyId::ECC_curve25519) return edwards;
    return large ? big : small;
}

Bytes joined(ByteView first, ByteView second) {
    Bytes all(first.begin(), first.end());
    all.insert(all.end(), second.begin(), second.end());
    return all;
}

void setSize(Bytes& chunk) {
    for (std::size_t i = 0; i < 4; ++i) chunk[4 + i] = static_cast<std::uint8_t>(chunk.size() >> (8 * i));
}

// The chunk that a sender with a good key makes of headers and content, whatever they are.
std::optional<Bytes> forged(const SecurityPolicy& policy, const PrivateKey& key, ByteView headers, ByteView content) {
    const bool encrypts = policy.asymmetricEncryption != EncryptionScheme::None;
    const auto signatureSize = key.publicKey().signatureSize(policy.asymmetricSignature);
    const auto block = key.publicKey().maxPlainBlock(policy.asymmetricEncryption);
    const auto plain = content.size() + signatureSize;
    Bytes chunk(headers.begin(), headers.end());
    chunk.resize(headerSize + (encrypts ? (plain + block - 1) / block * key.publicKey().cipherBlock() : plain));
    setSize(chunk);
    const auto signature = sign(policy, key, joined(ByteView{chunk}.first(headerSize), content));
    if (!signature) return std::nullopt;
    const auto clear = joined(content, *signature);
    const auto body = encrypts ? encrypt(policy, key.publicKey(), clear) : Result<Bytes>{clear};
    if (!body || body->size() != chunk.size() - headerSize) return std::nullopt;
    std::copy(body->begin(), body->end(), chunk.begin() + headerSize);
    return chunk;
}

void checkAnswer(const Result<SecretBytes>& answer, ByteView content) {
    if (!answer) {
        require(answer.error().status == StatusCode::BadSecurityChecksFailed, "a peer learns nothing but that it failed");
        static const std::string text = answer.error().text();
        require(answer.error().text() == text, "whatever it is that failed");
        return;
    }
    require(answer->size() <= content.size(), "the payload is what was sent without the padding");
    require(equalBytes(answer->view(), content.first(answer->size())), "the payload is what was sent");
}

void checkRoundTrip(const SecurityPolicy& policy, const PrivateKey& key, ByteView headers, ByteView payload) {
    const auto chunk = protectOpenSecureChannel(policy, key, key.publicKey(), headers, payload);
    require(chunk.ok(), "any payload can be protected");
    const auto back = unprotectOpenSecureChannel(policy, key, key.publicKey(), *chunk, headers.size());
    require(back.ok() && equalBytes(back->view(), payload), "a payload comes back as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 + headerSize || size > 4096) return 0;
    constexpr std::array ids{SecurityPolicyId::ECC_curve25519, SecurityPolicyId::Basic256Sha256, SecurityPolicyId::Aes128_Sha256_RsaOaep,
                             SecurityPolicyId::Aes256_Sha256_RsaPss};
    const auto& policy = securityPolicy(ids[data[0] % ids.size()]);
    const auto& key = keyFor(policy, (data[0] & 0x80U) != 0);
    const ByteView headers{data + 2, headerSize};
    const ByteView content{data + 2 + headerSize, size - 2 - headerSize};

    if ((data[0] & 0x40U) != 0) {
        Bytes chunk(data + 2, data + size);
        setSize(chunk);
        checkAnswer(unprotectOpenSecureChannel(policy, key, key.publicKey(), chunk, data[1]), content);
    } else if ((data[0] & 0x20U) != 0) {
        checkRoundTrip(policy, key, headers, content);
    } else if (const auto chunk = forged(policy, key, headers, content)) {
        checkAnswer(unprotectOpenSecureChannel(policy, key, key.publicKey(), *chunk, headerSize), content);
    }
    return 0;
}
