#include <openssl/err.h>

#include <uatrust/interop/openssl_keys.hpp>

#include "support/catch.hpp"

#include "unit/crypto/test_keys.hpp"

using namespace uatrust;
using namespace uatrust::test;

TEST_CASE("an OpenSSL key becomes a private key with a reference of its own") {
    const char* const name = GENERATE("rsa2048", "p256", "ed25519");
    EVP_PKEY* pair = forgeKey(name).get();
    REQUIRE(EVP_PKEY_up_ref(pair) == 1);
    const auto key = privateKeyFromEvp(pair);
    EVP_PKEY_free(pair);
    REQUIRE(key.ok());
    CHECK(key->publicKey() == publicKey(name));
    const auto scheme = name[0] == 'r'   ? SignatureScheme::RsaPkcs1Sha256
                        : name[0] == 'p' ? SignatureScheme::EcdsaSha256
                                         : SignatureScheme::Ed25519;
    CHECK(publicKey(name).verify(scheme, asBytes("data"), key->sign(scheme, asBytes("data")).value()));
}

TEST_CASE("a key outlives the OpenSSL key it was made from") {
    EVP_PKEY* pair = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    REQUIRE(pair != nullptr);
    const auto key = privateKeyFromEvp(pair);
    EVP_PKEY_free(pair);
    REQUIRE(key.ok());
    CHECK(key->sign(SignatureScheme::Ed25519, asBytes("data")).ok());
}

TEST_CASE("an OpenSSL key becomes a public key, and back") {
    const char* const name = GENERATE("rsa2048", "p384", "bp256", "ed448");
    const auto key = publicKeyFromEvp(forgeKey(name).get());
    REQUIRE(key.ok());
    CHECK(*key == publicKey(name));
    const ForgeKey back{toEvp(*key)};
    REQUIRE(back);
    CHECK(EVP_PKEY_eq(back.get(), forgeKey(name).get()) == 1);
    CHECK(back.publicDer() == forgeKey(name).publicDer());
}

TEST_CASE("a key without its private half signs nothing") {
    const ForgeKey half = forgePublicKey(forgeKey("rsa2048").publicDer());
    const auto key = privateKeyFromEvp(half.get());
    if (key) {
        const auto signature = key->sign(SignatureScheme::RsaPkcs1Sha256, asBytes("data"));
        CHECK(signature.status() == StatusCode::BadInternalError);
        CHECK(key->decryptBlock(EncryptionScheme::RsaOaepSha1, Bytes(256, 1)).status() == StatusCode::BadSecurityChecksFailed);
    } else {
        CHECK(key.status() == StatusCode::BadNotSupported);
    }
}

TEST_CASE("no key and unusable keys are refused") {
    CHECK(privateKeyFromEvp(nullptr).status() == StatusCode::BadInvalidArgument);
    CHECK(publicKeyFromEvp(nullptr).status() == StatusCode::BadInvalidArgument);
    CHECK(privateKeyFromEvp(forgeKey("p521").get()).status() == StatusCode::BadNotSupported);
    const auto other = publicKeyFromEvp(forgeKey("p521").get());
    REQUIRE(other.ok());
    CHECK(other->algorithm() == KeyAlgorithm::Other);
    EVP_PKEY* const empty = EVP_PKEY_new();
    ERR_clear_error();
    CHECK(privateKeyFromEvp(empty).status() == StatusCode::BadNotSupported);
    CHECK(publicKeyFromEvp(empty).status() == StatusCode::BadNotSupported);
    CHECK(ERR_peek_error() == 0);
    EVP_PKEY_free(empty);
}

TEST_CASE("a key that OpenSSL does not know has no OpenSSL key") {
    const auto unknown = PublicKey::fromDer(subjectPublicKeyInfo("2a030405", {}, {1, 2, 3}));
    REQUIRE(unknown.ok());
    CHECK(toEvp(*unknown) == nullptr);
}
