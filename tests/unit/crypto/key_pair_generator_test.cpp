#include <uatrust/crypto/key_pair_generator.hpp>

#include <openssl/err.h>

#include "support/catch.hpp"

using namespace uatrust;

namespace {

struct Expected {
    KeyType type;
    std::string_view name;
    std::string_view shortName;
    KeyAlgorithm algorithm;
    unsigned bits;
    SignatureScheme scheme;
};

const std::vector<Expected> types{
    {KeyType::Rsa2048, "RSA 2048", "rsa2048", KeyAlgorithm::Rsa, 2048, SignatureScheme::RsaPkcs1Sha256},
    {KeyType::Rsa3072, "RSA 3072", "rsa3072", KeyAlgorithm::Rsa, 3072, SignatureScheme::RsaPkcs1Sha256},
    {KeyType::Rsa4096, "RSA 4096", "rsa4096", KeyAlgorithm::Rsa, 4096, SignatureScheme::RsaPssSha256},
    {KeyType::NistP256, "NIST P-256", "p256", KeyAlgorithm::NistP256, 256, SignatureScheme::EcdsaSha256},
    {KeyType::NistP384, "NIST P-384", "p384", KeyAlgorithm::NistP384, 384, SignatureScheme::EcdsaSha384},
    {KeyType::BrainpoolP256r1, "brainpoolP256r1", "bp256", KeyAlgorithm::BrainpoolP256r1, 256, SignatureScheme::EcdsaSha256},
    {KeyType::BrainpoolP384r1, "brainpoolP384r1", "bp384", KeyAlgorithm::BrainpoolP384r1, 384, SignatureScheme::EcdsaSha384},
    {KeyType::Ed25519, "Ed25519", "ed25519", KeyAlgorithm::Ed25519, 256, SignatureScheme::Ed25519},
    {KeyType::Ed448, "Ed448", "ed448", KeyAlgorithm::Ed448, 456, SignatureScheme::Ed448},
};

}  // namespace

TEST_CASE("a key pair of every type is made, fits its type and works") {
    const Expected expected = GENERATE(from_range(types));
    INFO(expected.name);
    ERR_clear_error();
    const auto key = OpenSslKeyPairGenerator{}.generate(expected.type);
    REQUIRE(key.ok());
    CHECK(key->publicKey().algorithm() == expected.algorithm);
    CHECK(key->publicKey().bits() == expected.bits);
    const auto signature = key->sign(expected.scheme, asBytes("data"));
    REQUIRE(signature.ok());
    CHECK(key->publicKey().verify(expected.scheme, asBytes("data"), *signature));
    const auto readAgain = PrivateKey::read(key->exportPem().value().view());
    REQUIRE(readAgain.ok());
    CHECK(readAgain->publicKey() == key->publicKey());
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("no two key pairs are the same") {
    const OpenSslKeyPairGenerator generator;
    for (const auto type : {KeyType::NistP256, KeyType::Ed25519}) {
        CHECK_FALSE(generator.generate(type).value().publicKey() == generator.generate(type).value().publicKey());
    }
}

TEST_CASE("a type that does not exist is not made") {
    const auto key = OpenSslKeyPairGenerator{}.generate(static_cast<KeyType>(99));
    CHECK(key.status() == StatusCode::BadNotSupported);
    CHECK(keyTypeName(static_cast<KeyType>(99)) == "unknown key type");
}

TEST_CASE("types are found by their names and short names in any case") {
    for (const auto& expected : types) {
        INFO(expected.name);
        CHECK(keyTypeName(expected.type) == expected.name);
        CHECK(keyTypeFromName(expected.name) == expected.type);
        CHECK(keyTypeFromName(expected.shortName) == expected.type);
        std::string upper{expected.shortName};
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        CHECK(keyTypeFromName(upper) == expected.type);
    }
    CHECK(keyTypeFromName("nist p-256") == KeyType::NistP256);
}

TEST_CASE("other names are no types") {
    for (const std::string_view name :
         {"", "rsa", "rsa1024", "RSA 2048 ", " rsa2048", "rsa20480", "p-521", "P", "ed", "rsa@048", "unknown key type"}) {
        INFO(name);
        CHECK_FALSE(keyTypeFromName(name).has_value());
    }
}
