#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <uatrust/crypto/key.hpp>

#include "support/catch.hpp"

#include "unit/crypto/test_keys.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

Bytes rsaKey(const Bytes& modulus, const Bytes& exponent) {
    return subjectPublicKeyInfo(kRsaOid, {0x05, 0x00}, der(0x30, joined({der(0x02, modulus), der(0x02, exponent)})));
}

/// An odd number with so many bits, as the content of an INTEGER.
Bytes oddNumber(std::size_t bits) {
    const bool needsSign = bits % 8 == 0;
    return joined(
        {needsSign ? Bytes{0} : Bytes{}, {static_cast<std::uint8_t>(1U << ((bits - 1) % 8))}, Bytes((bits + 7) / 8 - 2, 0xA5), {0xA5}});
}

const Bytes f4{0x01, 0x00, 0x01};

void checkIsUseless(const PublicKey& key) {
    CHECK(key.algorithm() == KeyAlgorithm::Other);
    CHECK(key.cipherBlock() == 0);
    CHECK_FALSE(key.describe().empty());
    for (const auto scheme : kSignatureSchemes) {
        CHECK(key.signatureSize(scheme) == 0);
        CHECK_FALSE(key.verify(scheme, asBytes("data"), Bytes(256, 1)));
        CHECK_FALSE(key.verify(scheme, asBytes("data"), {}));
    }
    for (const auto scheme : kEncryptionSchemes) {
        CHECK(key.maxPlainBlock(scheme) == 0);
        CHECK(key.encryptBlock(scheme, asBytes("x")).status() == StatusCode::BadNotSupported);
    }
}

void checkIsDamaged(const Bytes& spki) {
    INFO(toHex(spki));
    const auto key = PublicKey::fromDer(spki);
    REQUIRE_FALSE(key.ok());
    CHECK(key.status() == StatusCode::BadCertificateInvalid);
    CHECK_FALSE(key.error().remedy.empty());
}

Bytes pointOf(const std::string& name, const char* format) {
    const auto key = forgeKey(name);
    REQUIRE(EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, format) == 1);
    Bytes spki = key.publicDer();
    REQUIRE(EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") == 1);
    return spki;
}

}  // namespace

TEST_CASE("keys of the SecurityPolicies are recognised") {
    struct Expected {
        const char* name;
        KeyAlgorithm algorithm;
        unsigned bits;
        const char* description;
    };
    const auto expected = GENERATE(values<Expected>({{"rsa1024", KeyAlgorithm::Rsa, 1024, "RSA 1024"},
                                                     {"rsa2048", KeyAlgorithm::Rsa, 2048, "RSA 2048"},
                                                     {"rsa3072", KeyAlgorithm::Rsa, 3072, "RSA 3072"},
                                                     {"rsa4096", KeyAlgorithm::Rsa, 4096, "RSA 4096"},
                                                     {"p256", KeyAlgorithm::NistP256, 256, "NIST P-256"},
                                                     {"p384", KeyAlgorithm::NistP384, 384, "NIST P-384"},
                                                     {"bp256", KeyAlgorithm::BrainpoolP256r1, 256, "brainpoolP256r1"},
                                                     {"bp384", KeyAlgorithm::BrainpoolP384r1, 384, "brainpoolP384r1"},
                                                     {"ed25519", KeyAlgorithm::Ed25519, 256, "Ed25519"},
                                                     {"ed448", KeyAlgorithm::Ed448, 456, "Ed448"}}));
    INFO(expected.name);
    const Bytes spki = forgeKey(expected.name).publicDer();
    const auto key = PublicKey::fromDer(spki);
    REQUIRE(key.ok());
    CHECK(key->algorithm() == expected.algorithm);
    CHECK(key->bits() == expected.bits);
    CHECK(key->describe() == expected.description);
    CHECK(equalBytes(key->der(), spki));
}

TEST_CASE("a key of a kind that no policy uses is a key that verifies nothing") {
    SECTION("NIST P-521") {
        const auto key = publicKey("p521");
        checkIsUseless(key);
        CHECK(key.bits() == 521);
        CHECK(key.describe() == "secp521r1");
    }
    SECTION("X25519") {
        const ForgeKey pair{EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")};
        const auto key = PublicKey::fromDer(pair.publicDer());
        REQUIRE(key.ok());
        checkIsUseless(*key);
        CHECK(key->describe() == "X25519");
    }
    SECTION("an algorithm that nobody knows") {
        const auto key = PublicKey::fromDer(subjectPublicKeyInfo("2a030405", {}, {1, 2, 3}));
        REQUIRE(key.ok());
        checkIsUseless(*key);
        CHECK(key->describe() == "1.2.3.4.5");
        CHECK(key->bits() == 0);
    }
    SECTION("a named curve that nobody knows") {
        const auto key = PublicKey::fromDer(subjectPublicKeyInfo(kEcOid, der(0x06, {0x2A, 0x03, 0x04}), Bytes(65, 4)));
        REQUIRE(key.ok());
        checkIsUseless(*key);
    }
    SECTION("a curve with parameters of its own, even those of P-256") {
        const ForgeKey pair{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")};
        REQUIRE(EVP_PKEY_set_utf8_string_param(pair.get(), OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1);
        const Bytes spki = pair.publicDer();
        REQUIRE(spki.size() > 200);
        const auto key = PublicKey::fromDer(spki);
        REQUIRE(key.ok());
        checkIsUseless(*key);
    }
    SECTION("a P-256 OID where the algorithm belongs") {
        const auto key = PublicKey::fromDer(subjectPublicKeyInfo("2a8648ce3d030107", {}, Bytes(65, 4)));
        REQUIRE(key.ok());
        checkIsUseless(*key);
    }
    SECTION("an RSA key that is bound to PSS") {
        const ForgeKey pair{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA-PSS")};
        const auto key = PublicKey::fromDer(pair ? pair.publicDer() : subjectPublicKeyInfo("2a864886f70d01010a", {}, {1}));
        REQUIRE(key.ok());
        checkIsUseless(*key);
    }
}

TEST_CASE("an RSA key with numbers out of bounds is a key that verifies nothing") {
    struct Case {
        const char* what;
        Bytes spki;
    };
    const auto silly =
        GENERATE(values<Case>({{"modulus of 16385 bits", rsaKey(oddNumber(16385), f4)},
                               {"modulus of 100000 bits", rsaKey(oddNumber(100'000), f4)},
                               {"modulus of 511 bits", rsaKey(oddNumber(511), f4)},
                               {"modulus 0", rsaKey({0}, f4)},
                               {"even modulus", rsaKey(joined({oddNumber(2048), {0}}), f4)},
                               {"modulus behind ten thousand zeros", rsaKey(joined({Bytes(10'000, 0), oddNumber(2048)}), f4)},
                               {"exponent 0", rsaKey(oddNumber(2048), {0})},
                               {"exponent 1", rsaKey(oddNumber(2048), {1})},
                               {"exponent 2", rsaKey(oddNumber(2048), {2})},
                               {"even exponent", rsaKey(oddNumber(2048), {1, 0, 0})},
                               {"exponent of 65 bits", rsaKey(oddNumber(2048), oddNumber(65))},
                               {"exponent as long as the modulus", rsaKey(oddNumber(4096), oddNumber(4096))}}));
    INFO(silly.what);
    const auto key = PublicKey::fromDer(silly.spki);
    REQUIRE(key.ok());
    checkIsUseless(*key);
    CHECK(key->describe().find("RSA") == 0);
    CHECK(equalBytes(key->der(), silly.spki));
}

TEST_CASE("an RSA key at the bounds is a key") {
    for (const std::size_t bits : {std::size_t{512}, std::size_t{16384}}) {
        const auto key = PublicKey::fromDer(rsaKey(oddNumber(bits), oddNumber(64)));
        REQUIRE(key.ok());
        CHECK(key->algorithm() == KeyAlgorithm::Rsa);
        CHECK(key->bits() == bits);
    }
    CHECK(PublicKey::fromDer(rsaKey(oddNumber(2048), {3})).value().algorithm() == KeyAlgorithm::Rsa);
}

TEST_CASE("an RSA key may leave out its NULL parameters") {
    const auto key = PublicKey::fromDer(subjectPublicKeyInfo(kRsaOid, {}, der(0x30, joined({der(0x02, oddNumber(2048)), der(0x02, f4)}))));
    REQUIRE(key.ok());
    CHECK(key->algorithm() == KeyAlgorithm::Rsa);
    CHECK(key->bits() == 2048);
}

TEST_CASE("a compressed point is the same key") {
    const auto signature = privateKey("p256").sign(SignatureScheme::EcdsaSha256, asBytes("data")).value();
    const auto key = PublicKey::fromDer(pointOf("p256", "compressed"));
    REQUIRE(key.ok());
    CHECK(key->algorithm() == KeyAlgorithm::NistP256);
    CHECK(key->verify(SignatureScheme::EcdsaSha256, asBytes("data"), signature));
}

TEST_CASE("an algorithm identifier without end is refused at once") {
    checkIsDamaged(subjectPublicKeyInfo("2a" + toHex(Bytes(500'000, 0xFF)) + "01", {}, {1, 2, 3}));
    checkIsDamaged(subjectPublicKeyInfo(kEcOid, der(0x06, joined({{0x2A}, Bytes(500'000, 0xFF), {0x01}})), Bytes(65, 4)));
}

TEST_CASE("a point in the hybrid form is refused") { checkIsDamaged(pointOf("p256", "hybrid")); }

TEST_CASE("contents that are not what the algorithm says are refused") {
    const Bytes rsa = der(0x30, joined({der(0x02, oddNumber(2048)), der(0x02, f4)}));
    const Bytes p256 = der(0x06, fromHex("2a8648ce3d030107").value());

    checkIsDamaged(subjectPublicKeyInfo(kRsaOid, {0x05, 0x00}, {}));
    checkIsDamaged(subjectPublicKeyInfo(kRsaOid, {0x05, 0x00}, {0x30, 0x00}));
    checkIsDamaged(subjectPublicKeyInfo(kRsaOid, {0x05, 0x00}, joined({rsa, {0}})));
    checkIsDamaged(subjectPublicKeyInfo(kRsaOid, p256, rsa));
    checkIsDamaged(
        subjectPublicKeyInfo(kRsaOid, {0x05, 0x00}, der(0x30, joined({der(0x02, oddNumber(2048)), der(0x02, f4), der(0x02, f4)}))));

    checkIsDamaged(subjectPublicKeyInfo(kEcOid, {}, Bytes(65, 4)));
    checkIsDamaged(subjectPublicKeyInfo(kEcOid, p256, {}));
    checkIsDamaged(subjectPublicKeyInfo(kEcOid, p256, Bytes(100'000, 4)));
    checkIsDamaged(subjectPublicKeyInfo(kEcOid, p256, {0}));                             // the point at infinity
    checkIsDamaged(subjectPublicKeyInfo(kEcOid, p256, Bytes(65, 4)));                    // not on the curve
    checkIsDamaged(subjectPublicKeyInfo(kEcOid, p256, joined({{4}, Bytes(64, 0xFF)})));  // coordinates beyond the field

    checkIsDamaged(subjectPublicKeyInfo(kEd25519Oid, {}, Bytes(31, 1)));
    checkIsDamaged(subjectPublicKeyInfo(kEd25519Oid, {}, Bytes(33, 1)));
    checkIsDamaged(subjectPublicKeyInfo(kEd25519Oid, {0x05, 0x00}, Bytes(32, 1)));
    checkIsDamaged(subjectPublicKeyInfo(kEd448Oid, {}, Bytes(56, 1)));
}

TEST_CASE("what is no SubjectPublicKeyInfo is refused") {
    const Bytes good = forgeKey("p256").publicDer();
    checkIsDamaged({});
    checkIsDamaged({0x30});
    checkIsDamaged({0x30, 0x00});
    checkIsDamaged({0x30, 0x80, 0x00, 0x00});
    checkIsDamaged({0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF});
    checkIsDamaged({0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF});
    checkIsDamaged(joined({good, {0}}));
    checkIsDamaged(bytesOf(forgeKey("p256").pem()));
    for (std::size_t size = 0; size < good.size(); ++size) {
        if (PublicKey::fromDer(ByteView{good}.first(size)).ok()) FAIL_CHECK("read from its first " << size << " octets");
    }
}

TEST_CASE("lengths in another form than DER's are refused") {
    const Bytes content = fromHex("302a300506032b6570032100").value();
    const Bytes good = joined({content, Bytes(32, 0x11)});
    REQUIRE(PublicKey::fromDer(good).ok());
    checkIsDamaged(joined({{0x30, 0x81, 0x2A}, bytesOf(ByteView{good}.subspan(2))}));
    checkIsDamaged(joined({{0x30, 0x82, 0x00, 0x2A}, bytesOf(ByteView{good}.subspan(2))}));
}

TEST_CASE("no octet of a key can be changed so that reading it goes wrong") {
    const char* const name = GENERATE("rsa1024", "p256", "ed25519", "p521");
    const Bytes good = forgeKey(name).publicDer();
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
            Bytes changed = good;
            changed[i] = static_cast<std::uint8_t>(changed[i] ^ change);
            const auto key = PublicKey::fromDer(changed);
            if (!key) continue;
            if (!equalBytes(key->der(), changed)) FAIL_CHECK("octet " << i);
            if (*key == publicKey(name)) FAIL_CHECK("octet " << i);
        }
    }
}

TEST_CASE("reading bad keys leaves nothing in OpenSSL's error queue") {
    ERR_clear_error();
    checkIsDamaged(subjectPublicKeyInfo(kEd25519Oid, {}, Bytes(31, 1)));
    checkIsDamaged(subjectPublicKeyInfo(kEcOid, der(0x06, fromHex("2a8648ce3d030107").value()), Bytes(65, 4)));
    CHECK(PublicKey::fromDer(subjectPublicKeyInfo("2a030405", {}, {1, 2, 3})).ok());
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("keys are equal when their encodings are") {
    CHECK(publicKey("rsa2048", 0) == publicKey("rsa2048", 0));
    CHECK_FALSE(publicKey("rsa2048", 0) == publicKey("rsa2048", 1));
    CHECK_FALSE(publicKey("rsa2048", 0) == publicKey("p256", 0));
    const PublicKey copy = publicKey("p256");
    CHECK(copy == privateKey("p256").publicKey());
}
