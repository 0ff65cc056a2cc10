#include <uatrust/crypto/message_protection.hpp>

#include <algorithm>
#include <set>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "support/catch.hpp"

#include "unit/crypto/test_keys.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Id = SecurityPolicyId;

constexpr std::size_t headerSize = 12 + 59 + 4 + 900 + 4 + 20;

/// Message header and asymmetric security header; what is in them beside the size does not matter here.
Bytes headers(std::size_t size = headerSize) {
    Bytes octets(size);
    for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<std::uint8_t>(i * 7 + 3);
    std::copy_n("OPNF", 4, octets.begin());
    return octets;
}

Bytes payload(std::size_t size) {
    Bytes octets(size);
    for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<std::uint8_t>(i * 13 + 1);
    return octets;
}

// ---- the rules of OPC 10000-6, 6.7.2 to 6.7.4, once more, with OpenSSL alone -----------------------------------

struct Rules {
    Id policy;
    std::size_t overhead;  // octets that the encryption padding takes from each block
    int padding;
    const EVP_MD* (*oaepHash)();
    const EVP_MD* (*signatureHash)();
    bool pss;
};

const Rules rsaRules[] = {{Id::Basic128Rsa15, 11, RSA_PKCS1_PADDING, nullptr, &EVP_sha1, false},
                          {Id::Basic256, 42, RSA_PKCS1_OAEP_PADDING, &EVP_sha1, &EVP_sha1, false},
                          {Id::Basic256Sha256, 42, RSA_PKCS1_OAEP_PADDING, &EVP_sha1, &EVP_sha256, false},
                          {Id::Aes128_Sha256_RsaOaep, 42, RSA_PKCS1_OAEP_PADDING, &EVP_sha1, &EVP_sha256, false},
                          {Id::Aes256_Sha256_RsaPss, 66, RSA_PKCS1_OAEP_PADDING, &EVP_sha256, &EVP_sha256, true}};

const Rules& rulesOf(Id policy) {
    return *std::find_if(std::begin(rsaRules), std::end(rsaRules), [policy](const Rules& rules) { return rules.policy == policy; });
}

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using MdContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

void setEncryption(EVP_PKEY_CTX* context, const Rules& rules) {
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context, rules.padding) == 1);
    if (rules.oaepHash == nullptr) return;
    REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md(context, rules.oaepHash()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(context, rules.oaepHash()) == 1);
}

void setSignature(EVP_PKEY_CTX* context, const Rules& rules) {
    if (!rules.pss) return;
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1);
}

std::size_t bytesOfKey(const ForgeKey& key) { return static_cast<std::size_t>(EVP_PKEY_get_size(key.get())); }

Bytes opensslDecrypt(const Rules& rules, const ForgeKey& key, ByteView cipher) {
    const std::size_t block = bytesOfKey(key);
    REQUIRE(cipher.size() % block == 0);
    Bytes plain;
    for (; !cipher.empty(); cipher = cipher.subspan(block)) {
        const KeyContext context{EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free};
        REQUIRE(EVP_PKEY_decrypt_init(context.get()) == 1);
        setEncryption(context.get(), rules);
        Bytes out(block);
        std::size_t size = block;
        REQUIRE(EVP_PKEY_decrypt(context.get(), out.data(), &size, cipher.data(), block) == 1);
        CHECK(size == block - rules.overhead);  // every block is full
        plain.insert(plain.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
    }
    return plain;
}

Bytes opensslEncrypt(const Rules& rules, const ForgeKey& key, ByteView plain) {
    const std::size_t block = bytesOfKey(key);
    Bytes cipher;
    while (!plain.empty()) {
        const ByteView part = plain.first(std::min(block - rules.overhead, plain.size()));
        const KeyContext context{EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free};
        REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
        setEncryption(context.get(), rules);
        Bytes out(block);
        std::size_t size = block;
        REQUIRE(EVP_PKEY_encrypt(context.get(), out.data(), &size, part.data(), part.size()) == 1);
        cipher.insert(cipher.end(), out.begin(), out.end());
        plain = plain.subspan(part.size());
    }
    return cipher;
}

bool opensslVerify(const Rules& rules, const ForgeKey& key, ByteView data, ByteView signature) {
    const MdContext context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_PKEY_CTX* parameters = nullptr;
    REQUIRE(EVP_DigestVerifyInit(context.get(), &parameters, rules.signatureHash(), nullptr, key.get()) == 1);
    setSignature(parameters, rules);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) == 1;
}

Bytes opensslSign(const Rules& rules, const ForgeKey& key, ByteView data) {
    const MdContext context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_PKEY_CTX* parameters = nullptr;
    REQUIRE(EVP_DigestSignInit(context.get(), &parameters, rules.signatureHash(), nullptr, key.get()) == 1);
    setSignature(parameters, rules);
    std::size_t size = bytesOfKey(key);
    Bytes signature(size);
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1);
    return signature;
}

std::uint32_t messageSize(ByteView chunk) {
    return std::uint32_t{chunk[4]} | std::uint32_t{chunk[5]} << 8U | std::uint32_t{chunk[6]} << 16U | std::uint32_t{chunk[7]} << 24U;
}

void setMessageSize(Bytes& chunk, std::size_t size) {
    for (std::size_t i = 0; i < 4; ++i) chunk[4 + i] = static_cast<std::uint8_t>(size >> (8 * i));
}

/// Makes a chunk by hand: `padding` is all between payload and signature, exactly as given.
Bytes handmade(const Rules& rules, const ForgeKey& sender, const ForgeKey& receiver, const Bytes& body, const Bytes& padding) {
    const std::size_t block = bytesOfKey(receiver);
    const std::size_t plainSize = body.size() + padding.size() + bytesOfKey(sender);
    const std::size_t blocks = (plainSize + block - rules.overhead - 1) / (block - rules.overhead);
    Bytes clear = headers();
    setMessageSize(clear, clear.size() + blocks * block);
    clear = joined({clear, body, padding});
    const Bytes signature = opensslSign(rules, sender, clear);
    const Bytes toEncrypt = joined({Bytes(clear.begin() + headerSize, clear.end()), signature});
    return joined({Bytes(clear.begin(), clear.begin() + headerSize), opensslEncrypt(rules, receiver, toEncrypt)});
}

/// Where the padding of a body of this size ends on a block.
std::size_t alignedPadding(const Rules& rules, const ForgeKey& sender, const ForgeKey& receiver, std::size_t body) {
    const std::size_t plainBlock = bytesOfKey(receiver) - rules.overhead;
    const std::size_t fields = bytesOfKey(receiver) > 256 ? 2 : 1;
    const std::size_t rest = (body + fields + bytesOfKey(sender)) % plainBlock;
    return rest == 0 ? 0 : plainBlock - rest;
}

Bytes paddingOf(std::size_t length, bool hasExtra) {
    Bytes padding(length + 1, static_cast<std::uint8_t>(length & 0xFFU));
    if (hasExtra) padding.push_back(static_cast<std::uint8_t>(length >> 8U));
    return padding;
}

struct Mix {
    Id policy;
    const char* sender;
    int senderIndex;
    const char* receiver;
    int receiverIndex;
};

std::vector<Mix> rsaMixes() {
    std::vector<Mix> mixes;
    for (const Id policy : {Id::Basic128Rsa15, Id::Basic256}) {
        for (const char* sender : {"rsa1024", "rsa2048"}) {
            for (const char* receiver : {"rsa1024", "rsa2048"}) mixes.push_back({policy, sender, 0, receiver, 1});
        }
    }
    for (const Id policy : {Id::Basic256Sha256, Id::Aes128_Sha256_RsaOaep, Id::Aes256_Sha256_RsaPss}) {
        for (const char* sender : {"rsa2048", "rsa3072", "rsa4096"}) {
            for (const char* receiver : {"rsa2048", "rsa3072", "rsa4096"}) mixes.push_back({policy, sender, 0, receiver, 0});
        }
        mixes.push_back({policy, "rsa2048", 1, "rsa2048", 2});
    }
    return mixes;
}

const std::vector<Mix> eccMixes{{Id::ECC_nistP256, "p256", 0, "p256", 1},          {Id::ECC_nistP256, "p384", 0, "p256", 0},
                                {Id::ECC_nistP256, "p256", 0, "p384", 0},          {Id::ECC_nistP384, "p384", 0, "p384", 1},
                                {Id::ECC_brainpoolP256r1, "bp256", 0, "bp256", 1}, {Id::ECC_brainpoolP384r1, "bp384", 0, "bp384", 1},
                                {Id::ECC_curve25519, "ed25519", 0, "ed25519", 1},  {Id::ECC_curve448, "ed448", 0, "ed448", 1}};

struct Parties {
    explicit Parties(const Mix& mix)
        : policy{securityPolicy(mix.policy)},
          sender{privateKey(mix.sender, mix.senderIndex)},
          receiver{privateKey(mix.receiver, mix.receiverIndex)} {}
    [[nodiscard]] Bytes protect(ByteView body) const {
        return protectOpenSecureChannel(policy, sender, receiver.publicKey(), headers(), body).value();
    }
    [[nodiscard]] Result<SecretBytes> unprotect(ByteView chunk, std::size_t size = headerSize) const {
        return unprotectOpenSecureChannel(policy, receiver, sender.publicKey(), chunk, size);
    }
    const SecurityPolicy& policy;
    PrivateKey sender;
    PrivateKey receiver;
};

constexpr std::string_view refusal =
    "The message failed its security checks. (check that both sides use the certificates and the SecurityPolicy that the other side "
    "expects) "
    "[BadSecurityChecksFailed]";

bool isRefused(const Result<SecretBytes>& result) { return !result.ok() && result.error().text() == refusal; }

const Mix basic{Id::Basic256Sha256, "rsa2048", 0, "rsa2048", 1};
const Mix large{Id::Aes256_Sha256_RsaPss, "rsa2048", 0, "rsa3072", 0};

}  // namespace

TEST_CASE("a chunk of an RSA policy has the layout of the specification, read with OpenSSL alone") {
    const Mix mix = GENERATE(from_range(rsaMixes()));
    const Parties parties{mix};
    const Rules& rules = rulesOf(mix.policy);
    const ForgeKey sender = forgeKey(mix.sender, mix.senderIndex);
    const ForgeKey receiver = forgeKey(mix.receiver, mix.receiverIndex);
    const std::size_t block = bytesOfKey(receiver);
    const std::size_t plainBlock = block - rules.overhead;
    const std::size_t signatureSize = bytesOfKey(sender);
    const bool hasExtra = block > 256;
    // A typical body, and the two sizes at which the padding is nothing and the most there is.
    const std::size_t aligned = 2 * plainBlock - (signatureSize + (hasExtra ? 2 : 1)) % plainBlock;
    for (const std::size_t size : {std::size_t{132}, aligned, aligned + 1}) {
        INFO(parties.policy.name << " " << mix.sender << " to " << mix.receiver << ", payload " << size);
        const Bytes chunk = parties.protect(payload(size));

        const std::size_t padding = alignedPadding(rules, sender, receiver, size);
        const std::size_t plainSize = size + 1 + padding + (hasExtra ? 1 : 0) + signatureSize;
        REQUIRE(plainSize % plainBlock == 0);
        CHECK(chunk.size() == headerSize + plainSize / plainBlock * block);
        CHECK(messageSize(chunk) == chunk.size());
        Bytes sentHeaders = headers();
        setMessageSize(sentHeaders, chunk.size());
        REQUIRE(equalBytes(ByteView{chunk}.first(headerSize), sentHeaders));

        const Bytes plain = opensslDecrypt(rules, receiver, ByteView{chunk}.subspan(headerSize));
        REQUIRE(plain.size() == plainSize);
        const Bytes content(plain.begin(), plain.end() - static_cast<std::ptrdiff_t>(signatureSize));
        CHECK(content == joined({payload(size), paddingOf(padding, hasExtra)}));
        CHECK(opensslVerify(rules, sender, joined({sentHeaders, content}), ByteView{plain}.last(signatureSize)));

        const auto received = parties.unprotect(chunk);
        REQUIRE(received.ok());
        CHECK(equalBytes(received->view(), payload(size)));
    }
}

TEST_CASE("every size of payload comes back") {
    const Mix mix = GENERATE(values<Mix>({basic, large}));
    const Parties parties{mix};
    const std::size_t plainBlock = parties.receiver.publicKey().maxPlainBlock(parties.policy.asymmetricEncryption);
    for (std::size_t size = 0; size <= 2 * plainBlock; size += size < plainBlock ? 17 : 41) {
        const auto received = parties.unprotect(parties.protect(payload(size)));
        if (!received.ok() || !equalBytes(received->view(), payload(size))) FAIL_CHECK(size);
    }
}

TEST_CASE("a chunk that was made with OpenSSL alone is accepted") {
    const Mix mix = GENERATE(from_range(rsaMixes()));
    const Parties parties{mix};
    const Rules& rules = rulesOf(mix.policy);
    const ForgeKey sender = forgeKey(mix.sender, mix.senderIndex);
    const ForgeKey receiver = forgeKey(mix.receiver, mix.receiverIndex);
    const std::size_t padding = alignedPadding(rules, sender, receiver, 132);
    const auto received =
        parties.unprotect(handmade(rules, sender, receiver, payload(132), paddingOf(padding, bytesOfKey(receiver) > 256)));
    REQUIRE(received.ok());
    CHECK(equalBytes(received->view(), payload(132)));
}

TEST_CASE("a whole block of padding where none was needed is accepted, two blocks are not") {
    const Mix mix = GENERATE(values<Mix>(
        {basic, large, Mix{Id::Basic128Rsa15, "rsa2048", 0, "rsa2048", 1}, Mix{Id::Basic256Sha256, "rsa4096", 0, "rsa4096", 0}}));
    const Parties parties{mix};
    const Rules& rules = rulesOf(mix.policy);
    const ForgeKey sender = forgeKey(mix.sender, mix.senderIndex);
    const ForgeKey receiver = forgeKey(mix.receiver, mix.receiverIndex);
    const std::size_t plainBlock = bytesOfKey(receiver) - rules.overhead;
    const bool hasExtra = bytesOfKey(receiver) > 256;
    const std::size_t aligned = 132 + alignedPadding(rules, sender, receiver, 132);
    REQUIRE(alignedPadding(rules, sender, receiver, aligned) == 0);

    const auto received = parties.unprotect(handmade(rules, sender, receiver, payload(aligned), paddingOf(plainBlock, hasExtra)));
    REQUIRE(received.ok());
    CHECK(equalBytes(received->view(), payload(aligned)));
    // More than 255 octets of padding cannot even be written without the second length octet.
    if (hasExtra)
        CHECK(isRefused(parties.unprotect(handmade(rules, sender, receiver, payload(aligned), paddingOf(2 * plainBlock, hasExtra)))));
}

TEST_CASE("padding that nobody writes is refused although the signature is good") {
    const Mix mix = GENERATE(values<Mix>({basic, large}));
    const Parties parties{mix};
    const Rules& rules = rulesOf(mix.policy);
    const ForgeKey sender = forgeKey(mix.sender, mix.senderIndex);
    const ForgeKey receiver = forgeKey(mix.receiver, mix.receiverIndex);
    const bool hasExtra = bytesOfKey(receiver) > 256;
    const std::size_t length = alignedPadding(rules, sender, receiver, 132);
    REQUIRE(length > 4);
    const Bytes good = paddingOf(length, hasExtra);
    REQUIRE(parties.unprotect(handmade(rules, sender, receiver, payload(132), good)).ok());

    std::vector<Bytes> bad;
    for (const std::size_t octet : {std::size_t{0}, std::size_t{1}, length / 2, length}) {
        bad.push_back(good);
        bad.back()[octet] ^= 1U;  // PaddingSize, or one octet of the padding, or its last one
    }
    if (hasExtra) {
        bad.push_back(good);
        bad.back().back() = 0xFF;  // ExtraPaddingSize: 65 kB of padding
        bad.push_back(good);
        bad.back().back() = 1;
    }
    for (std::size_t i = 0; i < bad.size(); ++i) {
        INFO(i);
        CHECK(isRefused(parties.unprotect(handmade(rules, sender, receiver, payload(132), bad[i]))));
    }
    // More padding than there is content, and no content at all.
    const std::size_t fields = hasExtra ? 2 : 1;
    CHECK(isRefused(parties.unprotect(handmade(rules, sender, receiver, {}, Bytes(fields, 9)))));
    CHECK(isRefused(parties.unprotect(handmade(rules, sender, receiver, {}, Bytes(fields - 1, 0)))));
    CHECK(isRefused(parties.unprotect(handmade(rules, sender, receiver, {}, {}))));
}

TEST_CASE("a chunk whose signed MessageSize is not its size is refused") {
    const Parties parties{basic};
    const Rules& rules = rulesOf(basic.policy);
    const ForgeKey sender = forgeKey(basic.sender, basic.senderIndex);
    const ForgeKey receiver = forgeKey(basic.receiver, basic.receiverIndex);
    const Bytes padding = paddingOf(alignedPadding(rules, sender, receiver, 132), false);
    for (const std::size_t size : {std::size_t{0}, headerSize + 256, headerSize + 511, headerSize + 513}) {
        Bytes clear = headers();
        setMessageSize(clear, size);
        clear = joined({clear, payload(132), padding});
        const Bytes signature = opensslSign(rules, sender, clear);
        const Bytes cipher = opensslEncrypt(rules, receiver, joined({Bytes(clear.begin() + headerSize, clear.end()), signature}));
        REQUIRE(cipher.size() == 512);
        CHECK(isRefused(parties.unprotect(joined({Bytes(clear.begin(), clear.begin() + headerSize), cipher}))));
    }
}

TEST_CASE("the extra length octet follows the receiver's key, not the sender's") {
    for (const auto& [sender, receiver, octets] : {std::tuple{"rsa4096", "rsa2048", 1}, std::tuple{"rsa2048", "rsa4096", 2}}) {
        const Mix mix{Id::Basic256Sha256, sender, 0, receiver, 0};
        const ForgeKey to = forgeKey(receiver);
        const Bytes chunk = Parties{mix}.protect(payload(132));
        const Bytes plain = opensslDecrypt(rulesOf(mix.policy), to, ByteView{chunk}.subspan(headerSize));
        const std::size_t signatureSize = bytesOfKey(forgeKey(sender));
        const std::size_t padding = alignedPadding(rulesOf(mix.policy), forgeKey(sender), to, 132);
        CHECK(plain.size() == 132 + padding + static_cast<std::size_t>(octets) + signatureSize);
    }
}

TEST_CASE("a chunk of an ECC policy is signed, not encrypted and not padded") {
    const Mix mix = GENERATE(from_range(eccMixes));
    const Parties parties{mix};
    INFO(parties.policy.name << " " << mix.sender);
    const Bytes chunk = parties.protect(payload(132));
    const std::size_t signatureSize = parties.sender.publicKey().signatureSize(parties.policy.asymmetricSignature);
    CHECK(chunk.size() == headerSize + 132 + signatureSize);
    CHECK(messageSize(chunk) == chunk.size());
    Bytes clear = joined({headers(), payload(132)});
    setMessageSize(clear, chunk.size());
    CHECK(equalBytes(ByteView{chunk}.first(clear.size()), clear));
    CHECK(parties.sender.publicKey().verify(parties.policy.asymmetricSignature, clear, ByteView{chunk}.last(signatureSize)));

    const auto received = parties.unprotect(chunk);
    REQUIRE(received.ok());
    CHECK(equalBytes(received->view(), payload(132)));
    CHECK(parties.unprotect(parties.protect({})).value().empty());
}

TEST_CASE("any octet of a chunk that is changed gives the same error") {
    const Mix mix =
        GENERATE(values<Mix>({basic, large, Mix{Id::Basic256, "rsa1024", 0, "rsa1024", 1}, Mix{Id::ECC_nistP256, "p256", 0, "p256", 1},
                              Mix{Id::ECC_curve25519, "ed25519", 0, "ed25519", 1}}));
    const Parties parties{mix};
    INFO(parties.policy.name);
    constexpr std::size_t shortHeaders = 60;
    Bytes chunk =
        protectOpenSecureChannel(parties.policy, parties.sender, parties.receiver.publicKey(), headers(shortHeaders), payload(60)).value();
    REQUIRE(parties.unprotect(chunk, shortHeaders).ok());
    for (std::size_t i = 0; i < chunk.size(); ++i) {
        chunk[i] ^= 0x04U;
        if (!isRefused(parties.unprotect(chunk, shortHeaders))) FAIL_CHECK("octet " << i);
        chunk[i] ^= 0x04U;
    }
    CHECK(parties.unprotect(chunk, shortHeaders).ok());
}

TEST_CASE("a chunk that is cut, extended or wrongly divided gives the same error") {
    const Mix mix = GENERATE(values<Mix>({basic, Mix{Id::ECC_nistP256, "p256", 0, "p256", 1}}));
    const Parties parties{mix};
    const Bytes chunk = parties.protect(payload(60));
    for (std::size_t size = 0; size < chunk.size(); size += size < 40 ? 1 : 13) {
        // With the right MessageSize for its length too: the size alone must not be what saves us.
        Bytes cut{chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(size)};
        if (!isRefused(parties.unprotect(cut))) FAIL_CHECK("cut to " << size);
        if (size < 8) continue;
        setMessageSize(cut, size);
        if (!isRefused(parties.unprotect(cut))) FAIL_CHECK("cut to " << size << " with its size");
    }
    for (const std::size_t more : {1U, 64U, 256U}) {
        Bytes extended = joined({chunk, Bytes(more, 0)});
        CHECK(isRefused(parties.unprotect(extended)));
        setMessageSize(extended, extended.size());
        CHECK(isRefused(parties.unprotect(extended)));
    }
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{11}, std::size_t{12}, headerSize - 1, headerSize + 1, chunk.size(), chunk.size() + 1, SIZE_MAX}) {
        INFO(size);
        // For ECC the border between headers and payload is in the clear: the signature covers both alike.
        if (parties.policy.isEcc() && size >= 12 && size <= headerSize + 1) continue;
        CHECK(isRefused(parties.unprotect(chunk, size)));
    }
    CHECK(isRefused(parties.unprotect({}, 0)));
    CHECK(isRefused(parties.unprotect(chunk, 0)));
}

TEST_CASE("a chunk for another receiver, of another sender or under another policy gives the same error") {
    const Parties parties{basic};
    const Bytes chunk = parties.protect(payload(60));
    const SecurityPolicy& pss = securityPolicy(Id::Aes256_Sha256_RsaPss);
    const PublicKey& sender = parties.sender.publicKey();
    CHECK(isRefused(unprotectOpenSecureChannel(parties.policy, privateKey("rsa2048", 2), sender, chunk, headerSize)));
    CHECK(isRefused(unprotectOpenSecureChannel(parties.policy, privateKey("rsa3072"), sender, chunk, headerSize)));
    CHECK(isRefused(unprotectOpenSecureChannel(parties.policy, parties.receiver, publicKey("rsa2048", 2), chunk, headerSize)));
    CHECK(isRefused(unprotectOpenSecureChannel(parties.policy, parties.receiver, publicKey("rsa4096"), chunk, headerSize)));
    CHECK(isRefused(unprotectOpenSecureChannel(pss, parties.receiver, sender, chunk, headerSize)));
    // A peer chooses the key in its certificate.
    for (const char* name : {"p256", "ed25519", "p521"}) {
        CHECK(isRefused(unprotectOpenSecureChannel(parties.policy, parties.receiver, publicKey(name), chunk, headerSize)));
    }
}

TEST_CASE("a payload of zeros, an all-zero chunk and random octets give the same error") {
    const Parties parties{basic};
    Bytes chunk(headerSize + 512, 0);
    setMessageSize(chunk, chunk.size());
    CHECK(isRefused(parties.unprotect(chunk)));
    std::fill(chunk.begin() + headerSize, chunk.end(), std::uint8_t{0x5A});
    CHECK(isRefused(parties.unprotect(chunk)));
    chunk.resize(headerSize);
    setMessageSize(chunk, chunk.size());
    CHECK(isRefused(parties.unprotect(chunk)));
    chunk.resize(headerSize + 65536 + 256);
    setMessageSize(chunk, chunk.size());
    CHECK(isRefused(parties.unprotect(chunk)));
}

TEST_CASE("one's own unfitting key is not the peer's fault") {
    const Parties parties{basic};
    const Bytes chunk = parties.protect(payload(60));
    const PublicKey& sender = parties.sender.publicKey();
    CHECK(unprotectOpenSecureChannel(parties.policy, privateKey("p256"), sender, chunk, headerSize).status() ==
          StatusCode::BadNotSupported);
    CHECK(unprotectOpenSecureChannel(parties.policy, privateKey("rsa1024"), sender, chunk, headerSize).status() ==
          StatusCode::BadNotSupported);
    CHECK(unprotectOpenSecureChannel(securityPolicy(Id::None), parties.receiver, sender, chunk, headerSize).status() ==
          StatusCode::BadNotSupported);
    CHECK(unprotectOpenSecureChannel(securityPolicy(Id::ECC_nistP256), parties.receiver, sender, chunk, headerSize).status() ==
          StatusCode::BadNotSupported);
}

TEST_CASE("a message is not protected with a key that does not fit the policy") {
    const SecurityPolicy& policy = securityPolicy(Id::Basic256Sha256);
    const auto status = [](const SecurityPolicy& p, const char* sender, const char* receiver) {
        const auto chunk = protectOpenSecureChannel(p, privateKey(sender), publicKey(receiver), headers(), payload(60));
        CHECK((chunk.ok() || !chunk.error().message.empty()));
        return chunk.status();
    };
    CHECK(status(policy, "p256", "rsa2048") == StatusCode::BadNotSupported);
    CHECK(status(policy, "rsa2048", "p256") == StatusCode::BadNotSupported);
    CHECK(status(policy, "rsa2048", "p521") == StatusCode::BadNotSupported);
    CHECK(status(policy, "rsa1024", "rsa2048") == StatusCode::BadNotSupported);
    CHECK(status(securityPolicy(Id::None), "rsa2048", "rsa2048") == StatusCode::BadNotSupported);
    CHECK(status(securityPolicy(Id::ECC_nistP256), "bp256", "p256") == StatusCode::BadNotSupported);
    CHECK(status(securityPolicy(Id::ECC_nistP256), "rsa2048", "p256") == StatusCode::BadNotSupported);
}

TEST_CASE("headers that are no headers are refused") {
    const Parties parties{basic};
    for (const std::size_t size : {std::size_t{0}, std::size_t{8}, std::size_t{11}}) {
        const auto chunk = protectOpenSecureChannel(parties.policy, parties.sender, parties.receiver.publicKey(), Bytes(size), payload(60));
        CHECK(chunk.status() == StatusCode::BadInvalidArgument);
    }
    CHECK(protectOpenSecureChannel(parties.policy, parties.sender, parties.receiver.publicKey(), Bytes(12), payload(60)).ok());
}

TEST_CASE("a private key that signs in a wrong length is caught") {
    class Broken final : public PrivateKeyBackend {
    public:
        explicit Broken(std::size_t size) : size_{size} {}
        PublicKey publicKey() const override { return test::publicKey("rsa2048"); }
        Result<Bytes> sign(SignatureScheme, ByteView) const override { return Bytes(size_, 1); }
        Result<SecretBytes> decryptBlock(EncryptionScheme, ByteView) const override { return SecretBytes{size_}; }

    private:
        std::size_t size_;
    };
    for (const std::size_t size : {std::size_t{0}, std::size_t{255}, std::size_t{257}, std::size_t{100'000}}) {
        const PrivateKey broken{std::make_shared<Broken>(size)};
        const SecurityPolicy& policy = securityPolicy(Id::Basic256Sha256);
        CHECK(protectOpenSecureChannel(policy, broken, publicKey("rsa2048", 1), headers(), payload(60)).status() ==
              StatusCode::BadInternalError);
        const Bytes chunk =
            protectOpenSecureChannel(policy, privateKey("rsa2048", 1), publicKey("rsa2048"), headers(), payload(60)).value();
        CHECK(isRefused(unprotectOpenSecureChannel(policy, broken, publicKey("rsa2048", 1), chunk, headerSize)));
    }
}
