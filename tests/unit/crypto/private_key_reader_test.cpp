#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <uatrust/crypto/key.hpp>

#include "support/catch.hpp"

#include "unit/crypto/test_keys.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string textOf(const Bio& bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

Bio memory() { return {BIO_new(BIO_s_mem()), &BIO_free}; }

/// PKCS#1 or SEC 1, in PEM, encrypted the old way when there is a passphrase.
std::string traditionalPem(const ForgeKey& key, std::string passphrase = "", const EVP_CIPHER* cipher = EVP_aes_256_cbc()) {
    const auto bio = memory();
    const bool isEncrypted = !passphrase.empty();
    REQUIRE(PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), isEncrypted ? cipher : nullptr,
                                                 reinterpret_cast<std::uint8_t*>(passphrase.data()), static_cast<int>(passphrase.size()),
                                                 nullptr, nullptr) == 1);
    return textOf(bio);
}

Bytes traditionalDer(const ForgeKey& key) {
    Bytes encoded(8192);
    std::uint8_t* at = encoded.data();
    const int size = i2d_PrivateKey(key.get(), &at);
    REQUIRE(size > 0);
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

Bytes encryptedPkcs8Der(const ForgeKey& key, std::string passphrase) {
    const auto bio = memory();
    REQUIRE(i2d_PKCS8PrivateKey_bio(bio.get(), key.get(), EVP_aes_128_cbc(), passphrase.data(), static_cast<int>(passphrase.size()),
                                    nullptr, nullptr) == 1);
    return bytesOf(std::string_view{textOf(bio)});
}

std::string replaceAll(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
    return text;
}

/// A source that counts how often it is asked.
struct Source {
    std::string passphrase;
    int asked = 0;
    PassphraseSource function() {
        return [this]() -> Result<SecretBytes> {
            ++asked;
            return SecretBytes{bytesOf(std::string_view{passphrase})};
        };
    }
};

void checkIsKey(const Result<PrivateKey>& key, const char* name) {
    if (!key) FAIL(key.error().text());
    CHECK(key->publicKey() == publicKey(name));
}

void checkFails(const Result<PrivateKey>& key, StatusCode status, std::string_view part) {
    REQUIRE_FALSE(key.ok());
    INFO(key.error().text());
    CHECK(key.status() == status);
    CHECK(key.error().message.find(part) != std::string::npos);
    CHECK_FALSE(key.error().remedy.empty());
}

constexpr std::string_view missing = "no passphrase";
constexpr std::string_view wrong = "does not open";

}  // namespace

TEST_CASE("PKCS#8 is read in PEM and in DER") {
    const char* const name = GENERATE("rsa2048", "p256", "p384", "bp256", "bp384", "ed25519", "ed448");
    INFO(name);
    Source source{"unused"};
    checkIsKey(PrivateKey::read(asBytes(forgeKey(name).pem()), source.function()), name);
    checkIsKey(PrivateKey::read(forgeKey(name).der(), source.function()), name);
    checkIsKey(PrivateKey::read(asBytes(forgeKey(name).pem())), name);
    CHECK(source.asked == 0);
}

TEST_CASE("PKCS#1 and SEC 1 are read in PEM and in DER") {
    const char* const name = GENERATE("rsa2048", "p256", "bp384");
    INFO(name);
    const std::string pem = traditionalPem(forgeKey(name));
    CHECK(pem.find(name[0] == 'r' ? "RSA PRIVATE KEY" : "EC PRIVATE KEY") != std::string::npos);
    checkIsKey(PrivateKey::read(asBytes(pem)), name);
    checkIsKey(PrivateKey::read(traditionalDer(forgeKey(name))), name);
}

TEST_CASE("PEM is read with the line ends of any system") {
    for (const std::string& pem : {forgeKey("rsa2048").pem(), traditionalPem(forgeKey("rsa2048"))}) {
        for (const std::string_view lineEnd : {"\n", "\r\n", "\r"}) {
            INFO(toHex(asBytes(lineEnd)));
            checkIsKey(PrivateKey::read(asBytes(replaceAll(pem, "\n", lineEnd))), "rsa2048");
        }
        checkIsKey(PrivateKey::read(asBytes("\xEF\xBB\xBF" + replaceAll(pem, "\n", "\r\n"))), "rsa2048");
        checkIsKey(PrivateKey::read(asBytes(pem.substr(0, pem.size() - 1))), "rsa2048");
    }
    const std::string encrypted = traditionalPem(forgeKey("rsa2048"), "secret");
    for (const std::string_view lineEnd : {"\n", "\r\n", "\r"}) {
        Source source{"secret"};
        checkIsKey(PrivateKey::read(asBytes(replaceAll(encrypted, "\n", lineEnd)), source.function()), "rsa2048");
    }
}

TEST_CASE("PEM is read with text and other blocks around it") {
    const std::string key = forgeKey("p256").pem();
    checkIsKey(PrivateKey::read(asBytes("Bag Attributes\n    friendlyName: plc-7\n" + key + "\nthe end\n")), "p256");
    checkIsKey(PrivateKey::read(asBytes(forgeCertificate().pem() + key)), "p256");
    checkIsKey(PrivateKey::read(asBytes(key + forgeCertificate().pem())), "p256");
    // As `openssl ecparam -genkey` writes it.
    checkIsKey(PrivateKey::read(asBytes("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" +
                                        traditionalPem(forgeKey("p256")))),
               "p256");
}

TEST_CASE("the first of two keys counts") {
    checkIsKey(PrivateKey::read(asBytes(forgeKey("p256").pem() + forgeKey("p384").pem())), "p256");
}

TEST_CASE("an encrypted key is opened by its passphrase, which is asked for once") {
    Source source{"correct horse"};
    SECTION("PKCS#8 in PEM") { checkIsKey(PrivateKey::read(asBytes(forgeKey("p256").pem("correct horse")), source.function()), "p256"); }
    SECTION("PKCS#8 in DER") {
        checkIsKey(PrivateKey::read(encryptedPkcs8Der(forgeKey("p256"), "correct horse"), source.function()), "p256");
    }
    SECTION("PKCS#1") {
        checkIsKey(PrivateKey::read(asBytes(traditionalPem(forgeKey("rsa2048"), "correct horse")), source.function()), "rsa2048");
    }
    SECTION("PKCS#1 with triple DES") {
        const std::string pem = traditionalPem(forgeKey("rsa2048"), "correct horse", EVP_des_ede3_cbc());
        checkIsKey(PrivateKey::read(asBytes(pem), source.function()), "rsa2048");
    }
    SECTION("SEC 1") {
        checkIsKey(PrivateKey::read(asBytes(traditionalPem(forgeKey("p256"), "correct horse")), source.function()), "p256");
    }
    CHECK(source.asked == 1);
}

TEST_CASE("a wrong passphrase and a missing one are told apart") {
    const std::vector<Bytes> encrypted{bytesOf(std::string_view{forgeKey("p256").pem("right")}),
                                       encryptedPkcs8Der(forgeKey("p256"), "right"),
                                       bytesOf(std::string_view{traditionalPem(forgeKey("rsa2048"), "right")}),
                                       bytesOf(std::string_view{traditionalPem(forgeKey("p256"), "right")})};
    for (const auto& content : encrypted) {
        Source source{"left"};
        checkFails(PrivateKey::read(content, source.function()), StatusCode::BadSecurityChecksFailed, wrong);
        CHECK(source.asked == 1);
        checkFails(PrivateKey::read(content), StatusCode::BadSecurityChecksFailed, missing);
        Source empty{""};
        checkFails(PrivateKey::read(content, empty.function()), StatusCode::BadSecurityChecksFailed, missing);
    }
}

TEST_CASE("an encryption that would keep the application busy for minutes is refused, and not tried") {
    const auto key = forgeKey("p256");
    std::string passphrase = "right";
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> plain{EVP_PKEY2PKCS8(key.get()),
                                                                                          &PKCS8_PRIV_KEY_INFO_free};
    const std::unique_ptr<X509_SIG, decltype(&X509_SIG_free)> encrypted{
        PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase.data(), static_cast<int>(passphrase.size()), nullptr, 0, 70'000, plain.get()),
        &X509_SIG_free};
    std::uint8_t* octets = nullptr;
    const int size = i2d_X509_SIG(encrypted.get(), &octets);
    REQUIRE(size > 0);
    std::string der{octets, octets + size};
    OPENSSL_free(octets);
    Source source{passphrase};
    checkIsKey(PrivateKey::read(asBytes(der), source.function()), "p256");

    const std::string rounds{"\x02\x03\x01\x11\x70", 5};  // INTEGER 70 000
    REQUIRE(der.find(rounds) != std::string::npos);
    const auto costly = replaceAll(der, rounds, "\x02\x03\x7F\xFF\xFF");
    const auto refused = PrivateKey::read(asBytes(costly), source.function());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status() == StatusCode::BadEncodingLimitsExceeded);
    CHECK(refused.error().message.find("rounds of key derivation") != std::string::npos);
    CHECK_FALSE(refused.error().remedy.empty());
}

TEST_CASE("none of many wrong passphrases opens a key or is taken for damage") {
    // One in 256 leaves well-formed padding.
    const Bytes content = encryptedPkcs8Der(forgeKey("p256"), "right");
    for (int i = 0; i < 600; ++i) {
        Source source{std::to_string(i)};
        const auto key = PrivateKey::read(content, source.function());
        if (key.ok() || key.error().message.find(wrong) == std::string::npos) FAIL_CHECK(i);
    }
}

TEST_CASE("a passphrase longer than any reader takes is a wrong one") {
    Source source{std::string(100'000, 'x')};
    checkFails(PrivateKey::read(asBytes(traditionalPem(forgeKey("p256"), "right")), source.function()), StatusCode::BadSecurityChecksFailed,
               wrong);
    checkFails(PrivateKey::read(asBytes(forgeKey("p256").pem("right")), source.function()), StatusCode::BadSecurityChecksFailed, wrong);
}

TEST_CASE("an error of the passphrase source is handed on") {
    const PassphraseSource source = []() -> Result<SecretBytes> {
        return Error{StatusCode::BadResourceUnavailable, "The vault is locked.", "unlock it"};
    };
    for (const std::string& pem : {forgeKey("p256").pem("right"), traditionalPem(forgeKey("p256"), "right")}) {
        const auto key = PrivateKey::read(asBytes(pem), source);
        REQUIRE_FALSE(key.ok());
        CHECK(key.error().text() == "The vault is locked. (unlock it) [BadResourceUnavailable]");
    }
}

TEST_CASE("content without a key is refused and says what it is") {
    checkFails(PrivateKey::read({}), StatusCode::BadInvalidArgument, "neither");
    checkFails(PrivateKey::read(asBytes("hello")), StatusCode::BadInvalidArgument, "neither");
    checkFails(PrivateKey::read(forgeCertificate().der), StatusCode::BadInvalidArgument, "neither");
    checkFails(PrivateKey::read(forgeKey("p256").publicDer()), StatusCode::BadInvalidArgument, "neither");
    checkFails(PrivateKey::read(asBytes(forgeCertificate().pem())), StatusCode::BadInvalidArgument, "only: CERTIFICATE.");
    checkFails(PrivateKey::read(asBytes(forgePem("PUBLIC KEY", forgeKey("p256").publicDer()))), StatusCode::BadInvalidArgument,
               "only: PUBLIC KEY.");
    checkFails(PrivateKey::read(asBytes("-----BEGIN PRIVATE KEY-----\nMIIE")), StatusCode::BadInvalidArgument, "no complete block");
    checkFails(PrivateKey::read(asBytes("-----BEGIN ")), StatusCode::BadInvalidArgument, "no complete block");
}

TEST_CASE("a damaged key is refused") {
    const auto damage = "damaged";
    checkFails(PrivateKey::read(asBytes(forgePem("PRIVATE KEY", Bytes{0x30, 0x00}))), StatusCode::BadInvalidArgument, damage);
    checkFails(PrivateKey::read(asBytes(forgePem("RSA PRIVATE KEY", Bytes{0x30, 0x00}))), StatusCode::BadInvalidArgument, damage);
    checkFails(PrivateKey::read(asBytes(forgePem("EC PRIVATE KEY", Bytes{1, 2, 3}))), StatusCode::BadInvalidArgument, damage);
    checkFails(PrivateKey::read(asBytes(forgePem("ENCRYPTED PRIVATE KEY", Bytes{0x30, 0x00}))), StatusCode::BadInvalidArgument, damage);
    checkFails(PrivateKey::read(asBytes(forgePem("EC PRIVATE KEY", traditionalDer(forgeKey("rsa2048"))))), StatusCode::BadInvalidArgument,
               damage);
}

TEST_CASE("an encryption of PEM that nobody knows is refused") {
    const std::string pem = replaceAll(traditionalPem(forgeKey("p256"), "right"), "AES-256-CBC", "ROT-13-CBC");
    Source source{"right"};
    checkFails(PrivateKey::read(asBytes(pem), source.function()), StatusCode::BadSecurityChecksFailed, wrong);
    CHECK(source.asked == 0);
}

TEST_CASE("a key of a kind that no policy uses is refused") {
    checkFails(PrivateKey::read(asBytes(forgeKey("p521").pem())), StatusCode::BadNotSupported, "secp521r1");
    const ForgeKey x25519{EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")};
    checkFails(PrivateKey::read(asBytes(x25519.pem())), StatusCode::BadNotSupported, "X25519");
}

TEST_CASE("content that is too large is refused without reading it") {
    const std::string key = forgeKey("p256").pem();
    checkIsKey(PrivateKey::read(asBytes(std::string(1024 * 1024 - key.size() - 1, 'x') + "\n" + key)), "p256");
    checkFails(PrivateKey::read(asBytes(std::string(1024 * 1024, 'x') + "\n" + key)), StatusCode::BadInvalidArgument, "larger");
}

TEST_CASE("no part of a key file is taken for a key") {
    const Bytes pem = bytesOf(std::string_view{traditionalPem(forgeKey("p256"))});
    const Bytes encoded = forgeKey("p256").der();
    ERR_clear_error();
    // Without its last characters ("-----" and the line end) the last line is still recognised by some readers.
    for (std::size_t size = 0; size + 8 < pem.size(); ++size) {
        if (PrivateKey::read(ByteView{pem}.first(size)).ok()) FAIL_CHECK("PEM, first " << size << " octets");
    }
    for (std::size_t size = 0; size < encoded.size(); ++size) {
        if (PrivateKey::read(ByteView{encoded}.first(size)).ok()) FAIL_CHECK("DER, first " << size << " octets");
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a key file with any octet changed is read or refused, never worse") {
    const char* const name = GENERATE("p256", "ed25519");
    Bytes encoded = forgeKey(name).der();
    int refused = 0;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        encoded[i] ^= 0xFFU;
        const auto key = PrivateKey::read(encoded);
        refused += key.ok() ? 0 : 1;
        if (!key.ok() && key.error().message.empty()) FAIL_CHECK(i);
        encoded[i] ^= 0xFFU;
    }
    CHECK(refused > 10);
}

TEST_CASE("an exported key is PKCS#8 that OpenSSL and uatrust read") {
    const char* const name = GENERATE("rsa2048", "p256", "ed448");
    INFO(name);
    const auto pem = privateKey(name).exportPem();
    REQUIRE(pem.ok());
    CHECK(asText(pem->view()).starts_with("-----BEGIN PRIVATE KEY-----\n"));
    checkIsKey(PrivateKey::read(pem->view()), name);

    const Bio bio{BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())), &BIO_free};
    const ForgeKey read{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
    REQUIRE(read);
    CHECK(read.publicDer() == forgeKey(name).publicDer());
}

TEST_CASE("a key that is exported with a passphrase is encrypted") {
    const auto pem = privateKey("p256").exportPem("correct horse");
    REQUIRE(pem.ok());
    CHECK(asText(pem->view()).starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    Source right{"correct horse"};
    checkIsKey(PrivateKey::read(pem->view(), right.function()), "p256");
    Source left{"correct horsE"};
    checkFails(PrivateKey::read(pem->view(), left.function()), StatusCode::BadSecurityChecksFailed, wrong);

    const Bio bio{BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())), &BIO_free};
    std::string passphrase = "correct horse";
    const ForgeKey read{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, passphrase.data())};
    REQUIRE(read);
    CHECK(read.publicDer() == forgeKey("p256").publicDer());
}
