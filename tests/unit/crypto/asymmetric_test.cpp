#include <uatrust/crypto/asymmetric.hpp>

#include <set>

#include "support/catch.hpp"

#include "unit/crypto/test_keys.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Id = SecurityPolicyId;

struct Use {
    Id policy;
    const char* key;
};

const std::vector<Use> uses{{Id::Basic128Rsa15, "rsa1024"},
                            {Id::Basic128Rsa15, "rsa2048"},
                            {Id::Basic256, "rsa1024"},
                            {Id::Basic256, "rsa2048"},
                            {Id::Basic256Sha256, "rsa2048"},
                            {Id::Basic256Sha256, "rsa3072"},
                            {Id::Aes128_Sha256_RsaOaep, "rsa2048"},
                            {Id::Aes128_Sha256_RsaOaep, "rsa4096"},
                            {Id::Aes256_Sha256_RsaPss, "rsa2048"},
                            {Id::Aes256_Sha256_RsaPss, "rsa4096"},
                            {Id::ECC_nistP256, "p256"},
                            {Id::ECC_nistP256, "p384"},
                            {Id::ECC_nistP384, "p384"},
                            {Id::ECC_brainpoolP256r1, "bp256"},
                            {Id::ECC_brainpoolP256r1, "bp384"},
                            {Id::ECC_brainpoolP384r1, "bp384"},
                            {Id::ECC_curve25519, "ed25519"},
                            {Id::ECC_curve448, "ed448"}};

const std::vector<const char*> keyNames{"rsa1024", "rsa2048", "rsa3072", "rsa4096", "p256", "p384",
                                        "p521",    "bp256",   "bp384",   "ed25519", "ed448"};

bool isUse(Id policy, std::string_view key) {
    for (const auto& use : uses) {
        if (use.policy == policy && use.key == key) return true;
    }
    // The list above leaves out some RSA lengths to stay short.
    return !securityPolicy(policy).deprecated && !securityPolicy(policy).isEcc() && policy != Id::None &&
           (key == "rsa2048" || key == "rsa3072" || key == "rsa4096");
}

}  // namespace

TEST_CASE("a policy signs and verifies with the keys that it allows") {
    const Use use = GENERATE(from_range(uses));
    const SecurityPolicy& policy = securityPolicy(use.policy);
    INFO(policy.name << " " << use.key);
    const Bytes data = bytesOf("client certificate and nonce");
    const auto signature = sign(policy, privateKey(use.key), data);
    REQUIRE(signature.ok());
    CHECK(verify(policy, publicKey(use.key), data, *signature).ok());
    // The policy's own scheme and no other one.
    CHECK(publicKey(use.key).verify(policy.asymmetricSignature, data, *signature));

    Bytes changed = *signature;
    changed.back() ^= 1U;
    std::set<std::string> texts;
    for (const auto& bad :
         {verify(policy, publicKey(use.key), bytesOf("other data"), *signature), verify(policy, publicKey(use.key), data, changed),
          verify(policy, publicKey(use.key), data, {}), verify(policy, publicKey("p521"), data, *signature)}) {
        REQUIRE_FALSE(bad.ok());
        CHECK(bad.status() == StatusCode::BadSecurityChecksFailed);
        texts.insert(bad.error().text());
    }
    CHECK(texts.size() == 1);
}

TEST_CASE("RSA policies differ in what they make of the same key") {
    const PrivateKey key = privateKey("rsa2048");
    const Bytes data = bytesOf("data");
    const auto basic = sign(securityPolicy(Id::Basic256Sha256), key, data).value();
    CHECK(verify(securityPolicy(Id::Aes128_Sha256_RsaOaep), key.publicKey(), data, basic).ok());
    CHECK_FALSE(verify(securityPolicy(Id::Aes256_Sha256_RsaPss), key.publicKey(), data, basic).ok());
    CHECK_FALSE(verify(securityPolicy(Id::Basic256), key.publicKey(), data, basic).ok());
}

TEST_CASE("keys fit the policies that the specification names") {
    for (const auto& policy : securityPolicies()) {
        if (policy.id == Id::None) continue;
        for (const char* name : keyNames) {
            INFO(policy.name << " " << name);
            CHECK(keyFits(policy, publicKey(name)) == isUse(policy.id, name));
        }
    }
    CHECK(keyFits(securityPolicy(Id::None), publicKey("p521")));
}

TEST_CASE("one's own key must fit the policy") {
    for (const auto& policy : securityPolicies()) {
        for (const char* name : keyNames) {
            if (name == std::string{"p521"} || isUse(policy.id, name)) continue;
            INFO(policy.name << " " << name);
            const auto signature = sign(policy, privateKey(name), asBytes("data"));
            REQUIRE_FALSE(signature.ok());
            CHECK(signature.status() == StatusCode::BadNotSupported);
            CHECK(signature.error().message.find(policy.name) != std::string::npos);
            CHECK_FALSE(signature.error().remedy.empty());
            CHECK(decrypt(policy, privateKey(name), Bytes(publicKey(name).cipherBlock(), 1)).status() == StatusCode::BadNotSupported);
        }
    }
    const auto tooShort = sign(securityPolicy(Id::Basic256Sha256), privateKey("rsa1024"), asBytes("data"));
    CHECK(tooShort.error().message.find("RSA 1024") != std::string::npos);
    CHECK(tooShort.error().remedy.find("2048 to 4096") != std::string::npos);
}

TEST_CASE("the length of a peer's key is left to validation, its kind is not") {
    const SecurityPolicy& policy = securityPolicy(Id::Basic256Sha256);
    const Bytes signature = privateKey("rsa1024").sign(SignatureScheme::RsaPkcs1Sha256, asBytes("data")).value();
    CHECK(verify(policy, publicKey("rsa1024"), asBytes("data"), signature).ok());
    CHECK(encrypt(policy, publicKey("rsa1024"), asBytes("data")).ok());

    const Bytes p256 = privateKey("p256").sign(SignatureScheme::EcdsaSha256, asBytes("data")).value();
    CHECK(verify(securityPolicy(Id::ECC_nistP256), publicKey("p256"), asBytes("data"), p256).ok());
    CHECK_FALSE(verify(securityPolicy(Id::ECC_brainpoolP256r1), publicKey("p256"), asBytes("data"), p256).ok());
    const Bytes p384 = privateKey("p384").sign(SignatureScheme::EcdsaSha384, asBytes("data")).value();
    CHECK_FALSE(verify(securityPolicy(Id::ECC_nistP256), publicKey("p384"), asBytes("data"), p384).ok());
    CHECK(encrypt(policy, publicKey("p256"), asBytes("data")).status() == StatusCode::BadNotSupported);
}

TEST_CASE("text of any length is encrypted block by block") {
    const Use use = GENERATE(from_range(std::vector<Use>(uses.begin(), uses.begin() + 10)));
    const SecurityPolicy& policy = securityPolicy(use.policy);
    const PrivateKey key = privateKey(use.key);
    const std::size_t block = key.publicKey().maxPlainBlock(policy.asymmetricEncryption);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, block - 1, block, block + 1, 3 * block, 3 * block + 7}) {
        INFO(policy.name << " " << use.key << " " << size);
        Bytes plain(size);
        for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<std::uint8_t>(i * 31);
        const auto cipher = encrypt(policy, publicKey(use.key), plain);
        REQUIRE(cipher.ok());
        CHECK(cipher->size() == (size == 0 ? 1 : (size + block - 1) / block) * key.publicKey().cipherBlock());
        CHECK(equalBytes(decrypt(policy, key, *cipher).value().view(), plain));
    }
}

TEST_CASE("every kind of bad cipher text is answered with the same error") {
    const SecurityPolicy& policy = securityPolicy(Id::Basic256Sha256);
    const PrivateKey key = privateKey("rsa2048");
    const Bytes good = encrypt(policy, publicKey("rsa2048"), Bytes(500, 7)).value();
    REQUIRE(good.size() == 768);
    std::vector<Bytes> bad{
        {}, {1}, Bytes(256, 0), Bytes(768, 0xFF), Bytes(good.begin(), good.end() - 1), joined({good, {0}}), Bytes(65536 + 256, 1)};
    for (const std::size_t octet : {0U, 255U, 256U, 600U, 767U}) {
        bad.push_back(good);
        bad.back()[octet] ^= 0x10U;
    }
    bad.push_back(encrypt(policy, publicKey("rsa2048", 1), Bytes(500, 7)).value());
    bad.push_back(encrypt(securityPolicy(Id::Aes256_Sha256_RsaPss), publicKey("rsa2048"), Bytes(500, 7)).value());
    std::set<std::string> texts;
    for (const auto& cipher : bad) {
        const auto plain = decrypt(policy, key, cipher);
        REQUIRE_FALSE(plain.ok());
        CHECK(plain.status() == StatusCode::BadSecurityChecksFailed);
        texts.insert(plain.error().text());
    }
    CHECK(texts.size() == 1);
}

TEST_CASE("64 KiB are decrypted and not an octet more") {
    const SecurityPolicy& policy = securityPolicy(Id::Basic256);
    const PrivateKey key = privateKey("rsa1024");
    const Bytes plain(512 * 86, 0x11);
    const Bytes cipher = encrypt(policy, key.publicKey(), plain).value();
    REQUIRE(cipher.size() == 65536);
    CHECK(decrypt(policy, key, cipher).value().size() == plain.size());
    const Bytes block = encrypt(policy, key.publicKey(), Bytes{1}).value();
    CHECK(decrypt(policy, key, joined({cipher, block})).status() == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("policies that do not encrypt say so") {
    for (const auto& [policy, key] : uses) {
        if (!securityPolicy(policy).isEcc()) continue;
        INFO(securityPolicy(policy).name);
        CHECK(encrypt(securityPolicy(policy), publicKey(key), asBytes("x")).status() == StatusCode::BadNotSupported);
        CHECK(decrypt(securityPolicy(policy), privateKey(key), Bytes(256, 1)).status() == StatusCode::BadNotSupported);
    }
    const SecurityPolicy& none = securityPolicy(Id::None);
    CHECK(encrypt(none, publicKey("rsa2048"), asBytes("x")).status() == StatusCode::BadNotSupported);
    CHECK(decrypt(none, privateKey("rsa2048"), Bytes(256, 1)).status() == StatusCode::BadNotSupported);
    CHECK(verify(none, publicKey("rsa2048"), asBytes("x"), {}).status() == StatusCode::BadSecurityChecksFailed);
}
