#include <uatrust/crypto/key.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "support/catch.hpp"

#include "unit/crypto/test_keys.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

struct Pair {
    const char* key;
    SignatureScheme scheme;
    std::size_t signatureSize;
};

const std::vector<Pair> pairs{{"rsa1024", SignatureScheme::RsaPkcs1Sha1, 128},
                              {"rsa2048", SignatureScheme::RsaPkcs1Sha1, 256},
                              {"rsa2048", SignatureScheme::RsaPkcs1Sha256, 256},
                              {"rsa2048", SignatureScheme::RsaPssSha256, 256},
                              {"rsa3072", SignatureScheme::RsaPssSha256, 384},
                              {"rsa4096", SignatureScheme::RsaPkcs1Sha256, 512},
                              {"p256", SignatureScheme::EcdsaSha256, 64},
                              {"p384", SignatureScheme::EcdsaSha384, 96},
                              {"p384", SignatureScheme::EcdsaSha256, 96},
                              {"bp256", SignatureScheme::EcdsaSha256, 64},
                              {"bp384", SignatureScheme::EcdsaSha384, 96},
                              {"ed25519", SignatureScheme::Ed25519, 64},
                              {"ed448", SignatureScheme::Ed448, 114}};

const EVP_MD* digestOf(SignatureScheme scheme) {
    switch (scheme) {
        case SignatureScheme::RsaPkcs1Sha1:
            return EVP_sha1();
        case SignatureScheme::RsaPkcs1Sha256:
        case SignatureScheme::RsaPssSha256:
        case SignatureScheme::EcdsaSha256:
            return EVP_sha256();
        case SignatureScheme::EcdsaSha384:
            return EVP_sha384();
        default:
            return nullptr;
    }
}

// ---- the same with OpenSSL alone ------------------------------------------------------------------------------

using MdContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

Bytes opensslSign(const ForgeKey& key, SignatureScheme scheme, ByteView data, int saltLength = 32) {
    const MdContext context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_PKEY_CTX* parameters = nullptr;
    REQUIRE(EVP_DigestSignInit(context.get(), &parameters, digestOf(scheme), nullptr, key.get()) == 1);
    if (scheme == SignatureScheme::RsaPssSha256) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, saltLength) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, EVP_sha256()) == 1);
    }
    std::size_t size = 1024;
    Bytes signature(size);
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1);
    signature.resize(size);
    return signature;
}

bool opensslVerify(const ForgeKey& key, SignatureScheme scheme, ByteView data, ByteView signature) {
    const MdContext context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_PKEY_CTX* parameters = nullptr;
    REQUIRE(EVP_DigestVerifyInit(context.get(), &parameters, digestOf(scheme), nullptr, key.get()) == 1);
    if (scheme == SignatureScheme::RsaPssSha256) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 32) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, EVP_sha256()) == 1);
    }
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) == 1;
}

Bytes derOfRaw(ByteView raw) {
    const auto half = static_cast<int>(raw.size() / 2);
    ECDSA_SIG* pair = ECDSA_SIG_new();
    ECDSA_SIG_set0(pair, BN_bin2bn(raw.data(), half, nullptr), BN_bin2bn(raw.data() + half, half, nullptr));
    Bytes encoded(256);
    std::uint8_t* at = encoded.data();
    encoded.resize(static_cast<std::size_t>(i2d_ECDSA_SIG(pair, &at)));
    ECDSA_SIG_free(pair);
    return encoded;
}

Bytes rawOfDer(ByteView encoded, std::size_t size) {
    const std::uint8_t* at = encoded.data();
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(encoded.size()));
    REQUIRE(pair != nullptr);
    Bytes raw(size);
    const auto half = static_cast<int>(size / 2);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw.data(), half);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw.data() + half, half);
    ECDSA_SIG_free(pair);
    return raw;
}

bool isEcdsa(SignatureScheme scheme) { return scheme == SignatureScheme::EcdsaSha256 || scheme == SignatureScheme::EcdsaSha384; }

void setPadding(EVP_PKEY_CTX* context, EncryptionScheme scheme) {
    if (scheme == EncryptionScheme::RsaPkcs1) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1);
        return;
    }
    const EVP_MD* digest = scheme == EncryptionScheme::RsaOaepSha1 ? EVP_sha1() : EVP_sha256();
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1);
}

Bytes opensslEncrypt(const ForgeKey& key, EncryptionScheme scheme, ByteView plain) {
    const KeyContext context{EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free};
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    setPadding(context.get(), scheme);
    std::size_t size = 1024;
    Bytes cipher(size);
    REQUIRE(EVP_PKEY_encrypt(context.get(), cipher.data(), &size, plain.data(), plain.size()) == 1);
    cipher.resize(size);
    return cipher;
}

Bytes opensslDecrypt(const ForgeKey& key, EncryptionScheme scheme, ByteView cipher) {
    const KeyContext context{EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free};
    REQUIRE(EVP_PKEY_decrypt_init(context.get()) == 1);
    setPadding(context.get(), scheme);
    std::size_t size = 1024;
    Bytes plain(size);
    REQUIRE(EVP_PKEY_decrypt(context.get(), plain.data(), &size, cipher.data(), cipher.size()) == 1);
    plain.resize(size);
    return plain;
}

/// A key that never leaves its device: it can do nothing, and says so.
class DeviceKey : public PrivateKeyBackend {
public:
    PublicKey publicKey() const override { return test::publicKey("p256"); }
    Result<Bytes> sign(SignatureScheme, ByteView data) const override { return Bytes(data.size(), 0x42); }
    Result<SecretBytes> decryptBlock(EncryptionScheme, ByteView) const override {
        return Error{StatusCode::BadNotSupported, "This device does not decrypt.", ""};
    }
};

}  // namespace

TEST_CASE("what a key signs its public half verifies, and so does OpenSSL") {
    const Pair pair = GENERATE(from_range(pairs));
    INFO(pair.key << " scheme " << static_cast<int>(pair.scheme));
    const PrivateKey key = privateKey(pair.key);
    for (const Bytes& data : {Bytes{}, Bytes{0}, Bytes(10'000, 0x5A)}) {
        const auto signature = key.sign(pair.scheme, data);
        REQUIRE(signature.ok());
        CHECK(signature->size() == pair.signatureSize);
        CHECK(publicKey(pair.key).verify(pair.scheme, data, *signature));
        CHECK(opensslVerify(forgeKey(pair.key), pair.scheme, data, isEcdsa(pair.scheme) ? derOfRaw(*signature) : *signature));
    }
    CHECK(key.publicKey().signatureSize(pair.scheme) == pair.signatureSize);
}

TEST_CASE("what OpenSSL signs a key verifies") {
    const Pair pair = GENERATE(from_range(pairs));
    INFO(pair.key << " scheme " << static_cast<int>(pair.scheme));
    const Bytes data = bytesOf("signed by OpenSSL");
    Bytes signature = opensslSign(forgeKey(pair.key), pair.scheme, data);
    if (isEcdsa(pair.scheme)) {
        CHECK_FALSE(publicKey(pair.key).verify(pair.scheme, data, signature));  // DER is not the form of OPC UA
        signature = rawOfDer(signature, pair.signatureSize);
    }
    CHECK(publicKey(pair.key).verify(pair.scheme, data, signature));
}

TEST_CASE("a signature does not verify over other data, by another key, changed, or in another length") {
    const Pair pair = GENERATE(from_range(pairs));
    INFO(pair.key << " scheme " << static_cast<int>(pair.scheme));
    const Bytes data = bytesOf("data");
    const Bytes good = privateKey(pair.key).sign(pair.scheme, data).value();
    const PublicKey key = publicKey(pair.key);
    REQUIRE(key.verify(pair.scheme, data, good));

    CHECK_FALSE(key.verify(pair.scheme, bytesOf("Data"), good));
    CHECK_FALSE(key.verify(pair.scheme, {}, good));
    CHECK_FALSE(key.verify(pair.scheme, data, {}));
    CHECK_FALSE(key.verify(pair.scheme, data, Bytes(good.size(), 0)));
    CHECK_FALSE(key.verify(pair.scheme, data, Bytes(good.size(), 0xFF)));
    CHECK_FALSE(key.verify(pair.scheme, data, ByteView{good}.first(good.size() - 1)));
    CHECK_FALSE(key.verify(pair.scheme, data, joined({good, {0}})));
    CHECK_FALSE(key.verify(pair.scheme, data, joined({{0}, good})));
    for (std::size_t i = 0; i < good.size(); i += 7) {
        Bytes changed = good;
        changed[i] ^= 1U;
        if (key.verify(pair.scheme, data, changed)) FAIL_CHECK("octet " << i);
    }
    if (std::string{pair.key} == "rsa2048" || std::string{pair.key} == "p256" || std::string{pair.key} == "ed25519") {
        CHECK_FALSE(publicKey(pair.key, 1).verify(pair.scheme, data, good));
    }
}

TEST_CASE("a scheme that does not fit the key signs nothing and verifies nothing") {
    for (const char* name : {"rsa2048", "p256", "p384", "ed25519", "ed448"}) {
        const PrivateKey key = privateKey(name);
        for (const auto scheme : kSignatureSchemes) {
            INFO(name << " scheme " << static_cast<int>(scheme));
            const auto signature = key.sign(scheme, asBytes("data"));
            const bool fits = key.publicKey().signatureSize(scheme) != 0;
            CHECK(signature.ok() == fits);
            if (fits) continue;
            CHECK(signature.status() == StatusCode::BadNotSupported);
            CHECK(signature.error().message.find(key.publicKey().describe()) != std::string::npos);
            for (const std::size_t size : {0U, 64U, 96U, 114U, 256U})
                CHECK_FALSE(key.publicKey().verify(scheme, asBytes("data"), Bytes(size, 1)));
        }
        CHECK(key.publicKey().signatureSize(static_cast<SignatureScheme>(200)) == 0);
        CHECK_FALSE(key.publicKey().verify(static_cast<SignatureScheme>(200), asBytes("data"), Bytes(64, 1)));
    }
}

TEST_CASE("a PSS signature needs a salt of 32 octets") {
    const Bytes data = bytesOf("data");
    const auto scheme = SignatureScheme::RsaPssSha256;
    CHECK(publicKey("rsa2048").verify(scheme, data, opensslSign(forgeKey("rsa2048"), scheme, data, 32)));
    CHECK_FALSE(publicKey("rsa2048").verify(scheme, data, opensslSign(forgeKey("rsa2048"), scheme, data, 20)));
    CHECK_FALSE(publicKey("rsa2048").verify(scheme, data, opensslSign(forgeKey("rsa2048"), scheme, data, 0)));
    CHECK_FALSE(publicKey("rsa2048").verify(scheme, data, opensslSign(forgeKey("rsa2048"), SignatureScheme::RsaPkcs1Sha256, data)));
}

TEST_CASE("Ed25519 has the values of RFC 8032") {
    const auto point = fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").value();
    const auto key = PublicKey::fromDer(subjectPublicKeyInfo(kEd25519Oid, {}, point)).value();
    const auto signature = fromHex(
                               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb43"
                               "02aeeb00d291612bb0c00")
                               .value();
    CHECK(key.verify(SignatureScheme::Ed25519, Bytes{0x72}, signature));
    CHECK_FALSE(key.verify(SignatureScheme::Ed25519, Bytes{0x73}, signature));
}

TEST_CASE("ECDSA with SHA-256 on P-256 has the values of RFC 6979") {
    const auto point = fromHex(
                           "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9"
                           "f5177a3c294d4462299")
                           .value();
    const auto key = PublicKey::fromDer(subjectPublicKeyInfo(kEcOid, der(0x06, fromHex("2a8648ce3d030107").value()), point)).value();
    const auto signature = fromHex(
                               "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9a"
                               "ff4064dc4ab2f843acda8")
                               .value();
    CHECK(key.verify(SignatureScheme::EcdsaSha256, asBytes("sample"), signature));
    CHECK_FALSE(key.verify(SignatureScheme::EcdsaSha256, asBytes("test"), signature));
}

TEST_CASE("an ECDSA signature keeps its width when r or s begin with zeros") {
    // One in 128 signatures has such a number: without padding the test would see a shorter one soon.
    const PrivateKey key = privateKey("p256");
    bool sawLeadingZero = false;
    for (int i = 0; i < 5000 && !sawLeadingZero; ++i) {
        const Bytes signature = key.sign(SignatureScheme::EcdsaSha256, asBytes("data")).value();
        REQUIRE(signature.size() == 64);
        sawLeadingZero = signature[0] == 0 || signature[32] == 0;
        if (sawLeadingZero) CHECK(key.publicKey().verify(SignatureScheme::EcdsaSha256, asBytes("data"), signature));
    }
    CHECK(sawLeadingZero);
}

TEST_CASE("a block holds the modulus less the overhead of its padding") {
    struct Sizes {
        const char* key;
        std::size_t block, pkcs1, oaepSha1, oaepSha256;
    };
    for (const auto& sizes :
         {Sizes{"rsa1024", 128, 117, 86, 62}, Sizes{"rsa2048", 256, 245, 214, 190}, Sizes{"rsa3072", 384, 373, 342, 318},
          Sizes{"rsa4096", 512, 501, 470, 446}, Sizes{"p256", 0, 0, 0, 0}, Sizes{"ed25519", 0, 0, 0, 0}}) {
        INFO(sizes.key);
        const PublicKey key = publicKey(sizes.key);
        CHECK(key.cipherBlock() == sizes.block);
        CHECK(key.maxPlainBlock(EncryptionScheme::RsaPkcs1) == sizes.pkcs1);
        CHECK(key.maxPlainBlock(EncryptionScheme::RsaOaepSha1) == sizes.oaepSha1);
        CHECK(key.maxPlainBlock(EncryptionScheme::RsaOaepSha256) == sizes.oaepSha256);
        CHECK(key.maxPlainBlock(EncryptionScheme::None) == 0);
        CHECK(key.maxPlainBlock(static_cast<EncryptionScheme>(77)) == 0);
    }
}

TEST_CASE("what is encrypted for a key the key decrypts, and OpenSSL agrees in both directions") {
    const char* const name = GENERATE("rsa1024", "rsa2048", "rsa4096");
    const auto scheme = GENERATE(EncryptionScheme::RsaPkcs1, EncryptionScheme::RsaOaepSha1, EncryptionScheme::RsaOaepSha256);
    const PrivateKey key = privateKey(name);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, key.publicKey().maxPlainBlock(scheme)}) {
        INFO(name << " scheme " << static_cast<int>(scheme) << " size " << size);
        const Bytes plain(size, 0x3C);
        const auto cipher = publicKey(name).encryptBlock(scheme, plain);
        REQUIRE(cipher.ok());
        CHECK(cipher->size() == key.publicKey().cipherBlock());
        CHECK(equalBytes(key.decryptBlock(scheme, *cipher).value().view(), plain));
        CHECK(opensslDecrypt(forgeKey(name), scheme, *cipher) == plain);
        CHECK(equalBytes(key.decryptBlock(scheme, opensslEncrypt(forgeKey(name), scheme, plain)).value().view(), plain));
    }
    const auto tooLong = publicKey(name).encryptBlock(scheme, Bytes(key.publicKey().maxPlainBlock(scheme) + 1, 0));
    CHECK(tooLong.status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("every kind of bad cipher block is answered with the same error") {
    const auto scheme = GENERATE(EncryptionScheme::RsaOaepSha1, EncryptionScheme::RsaOaepSha256);
    const PrivateKey key = privateKey("rsa2048");
    const Bytes good = publicKey("rsa2048").encryptBlock(scheme, asBytes("secret")).value();
    Bytes changed = good;
    changed[100] ^= 1U;
    const auto other = scheme == EncryptionScheme::RsaOaepSha1 ? EncryptionScheme::RsaOaepSha256 : EncryptionScheme::RsaOaepSha1;
    const std::vector<Bytes> bad{{},
                                 {1},
                                 changed,
                                 Bytes(256, 0),
                                 Bytes(256, 0xFF),
                                 Bytes(good.begin(), good.end() - 1),
                                 joined({good, {0}}),
                                 joined({good, good}),
                                 publicKey("rsa2048").encryptBlock(other, asBytes("secret")).value(),
                                 publicKey("rsa2048", 1).encryptBlock(scheme, asBytes("secret")).value()};
    ERR_clear_error();
    for (std::size_t i = 0; i < bad.size(); ++i) {
        INFO(i);
        const auto plain = key.decryptBlock(scheme, bad[i]);
        REQUIRE_FALSE(plain.ok());
        CHECK(plain.error().text() == "The message could not be decrypted. [BadSecurityChecksFailed]");
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("bad PKCS#1 padding is answered like any other bad cipher text, or not at all") {
    // OpenSSL 3.2 and later answer it with octets that have nothing to do with the secret.
    Bytes changed = publicKey("rsa2048").encryptBlock(EncryptionScheme::RsaPkcs1, asBytes("secret")).value();
    changed[100] ^= 1U;
    const auto plain = privateKey("rsa2048").decryptBlock(EncryptionScheme::RsaPkcs1, changed);
    if (plain) {
        CHECK_FALSE(equalBytes(plain->view(), asBytes("secret")));
    } else {
        CHECK(plain.error().text() == "The message could not be decrypted. [BadSecurityChecksFailed]");
    }
    CHECK(privateKey("rsa2048").decryptBlock(EncryptionScheme::RsaPkcs1, Bytes(10, 1)).status() == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("a key that cannot encrypt says so") {
    CHECK(publicKey("p256").encryptBlock(EncryptionScheme::RsaOaepSha1, asBytes("x")).status() == StatusCode::BadNotSupported);
    CHECK(publicKey("rsa2048").encryptBlock(EncryptionScheme::None, asBytes("x")).status() == StatusCode::BadNotSupported);
    CHECK(privateKey("ed25519").decryptBlock(EncryptionScheme::RsaOaepSha1, Bytes(256, 1)).status() == StatusCode::BadNotSupported);
    CHECK(privateKey("rsa2048").decryptBlock(EncryptionScheme::None, Bytes(256, 1)).status() == StatusCode::BadNotSupported);
}

TEST_CASE("failing verifications leave nothing in OpenSSL's error queue") {
    ERR_clear_error();
    CHECK_FALSE(publicKey("rsa2048").verify(SignatureScheme::RsaPkcs1Sha256, asBytes("data"), Bytes(256, 1)));
    CHECK_FALSE(publicKey("rsa2048").verify(SignatureScheme::RsaPssSha256, asBytes("data"), Bytes(256, 1)));
    CHECK_FALSE(publicKey("p256").verify(SignatureScheme::EcdsaSha256, asBytes("data"), Bytes(64, 0)));
    CHECK_FALSE(publicKey("ed25519").verify(SignatureScheme::Ed25519, asBytes("data"), Bytes(64, 1)));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("key algorithms have names for people") {
    CHECK(keyAlgorithmName(KeyAlgorithm::Rsa) == "RSA");
    CHECK(keyAlgorithmName(KeyAlgorithm::NistP256) == "NIST P-256");
    CHECK(keyAlgorithmName(KeyAlgorithm::NistP384) == "NIST P-384");
    CHECK(keyAlgorithmName(KeyAlgorithm::BrainpoolP256r1) == "brainpoolP256r1");
    CHECK(keyAlgorithmName(KeyAlgorithm::BrainpoolP384r1) == "brainpoolP384r1");
    CHECK(keyAlgorithmName(KeyAlgorithm::Ed25519) == "Ed25519");
    CHECK(keyAlgorithmName(KeyAlgorithm::Ed448) == "Ed448");
    CHECK(keyAlgorithmName(KeyAlgorithm::Other) == "another key kind");
    CHECK(keyAlgorithmName(static_cast<KeyAlgorithm>(99)) == "another key kind");
}

TEST_CASE("a product's own backend stands behind a private key") {
    const PrivateKey key{std::make_shared<DeviceKey>()};
    CHECK(key.publicKey() == publicKey("p256"));
    CHECK(key.sign(SignatureScheme::EcdsaSha256, asBytes("abc")).value() == Bytes(3, 0x42));
    CHECK(key.decryptBlock(EncryptionScheme::RsaPkcs1, {}).status() == StatusCode::BadNotSupported);
    CHECK(key.exportPem().status() == StatusCode::BadNotSupported);
    const PrivateKey copy = key;
    CHECK(copy.sign(SignatureScheme::EcdsaSha256, asBytes("a")).ok());
    CHECK_THROWS_AS(PrivateKey{std::shared_ptr<const PrivateKeyBackend>{}}, std::invalid_argument);
}

TEST_CASE("several threads sign, verify, encrypt and decrypt with one key", "[threads]") {
    const char* const name = GENERATE("rsa2048", "p256", "ed25519");
    const PrivateKey key = privateKey(name);
    // Read by itself: its first use, which prepares the key inside OpenSSL, happens in all threads at once.
    const PublicKey reader = publicKey(name);
    const auto scheme = name[0] == 'r'   ? SignatureScheme::RsaPssSha256
                        : name[0] == 'p' ? SignatureScheme::EcdsaSha256
                                         : SignatureScheme::Ed25519;
    const Bytes known = key.sign(scheme, asBytes("known")).value();
    std::atomic<int> failures{0};
    const auto work = [&](std::uint8_t seed) {
        for (std::uint8_t i = 0; i < 20; ++i) {
            const Bytes data{seed, i};
            const auto signature = key.sign(scheme, data);
            if (!signature || !reader.verify(scheme, data, *signature)) ++failures;
            if (!reader.verify(scheme, asBytes("known"), known)) ++failures;
            if (reader.verify(scheme, data, known)) ++failures;
            if (reader.cipherBlock() == 0) continue;
            const auto cipher = reader.encryptBlock(EncryptionScheme::RsaOaepSha1, data);
            const auto plain = cipher ? key.decryptBlock(EncryptionScheme::RsaOaepSha1, *cipher) : Result<SecretBytes>{cipher.error()};
            if (!plain || !equalBytes(plain->view(), data)) ++failures;
        }
    };
    std::vector<std::thread> threads;
    for (std::uint8_t seed = 0; seed < 4; ++seed) threads.emplace_back(work, seed);
    for (auto& thread : threads) thread.join();
    CHECK(failures == 0);
}
