#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/crypto/key.hpp>

#include "crypto/key_data.hpp"
#include "crypto/password_encryption.hpp"
#include "crypto/pem_text.hpp"
#include "crypto/shown_text.hpp"

// PEM is taken apart here and not by PEM_read_bio_PrivateKey, for three reasons: the passphrase is asked for once and
// only when it is needed, OpenSSL has no occasion to prompt on the terminal, and a missing passphrase, a wrong one and
// a damaged key can be told apart.

namespace uatrust {
namespace {

using namespace detail;

// An RSA key of 16384 bits is 13 kB in PEM; the rest is room for certificates and text around it.
constexpr std::size_t maxKeyFileSize = 1U << 20U;

Error noKey(std::string message) {
    return {StatusCode::BadInvalidArgument, std::move(message), "hand in a PKCS#8, PKCS#1 or SEC 1 private key in PEM or DER"};
}

Error damaged() {
    return opensslError(StatusCode::BadInvalidArgument, "The private key is damaged", "restore the key file from its backup");
}

Error passphraseMissing() {
    return {StatusCode::BadSecurityChecksFailed, "The private key is encrypted and there is no passphrase for it.",
            "configure the passphrase of the key file"};
}

Error passphraseWrong() {
    return opensslError(
        StatusCode::BadSecurityChecksFailed,
        "The passphrase does not open the private key: it is wrong, or the encryption is one that this OpenSSL does not offer",
        "correct the passphrase, or encrypt the key again with AES-256");
}

Result<SecretBytes> askPassphrase(const PassphraseSource& source) {
    if (!source) return passphraseMissing();
    auto passphrase = source();
    if (passphrase && passphrase->empty()) return passphraseMissing();
    return passphrase;
}

// ---- one key in DER --------------------------------------------------------------------------------------------

EvpPkeyPtr fromPkcs8(ByteView der) {
    const std::uint8_t* at = der.data();
    const Pkcs8Ptr info{d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size()))};
    return info ? EvpPkeyPtr{EVP_PKCS82PKEY(info.get())} : EvpPkeyPtr{};
}

EvpPkeyPtr fromTraditional(int type, ByteView der) {
    const std::uint8_t* at = der.data();
    return EvpPkeyPtr{d2i_PrivateKey(type, nullptr, &at, static_cast<long>(der.size()))};
}

EvpPkeyPtr fromPkcs1(ByteView der) { return fromTraditional(EVP_PKEY_RSA, der); }
EvpPkeyPtr fromSec1(ByteView der) { return fromTraditional(EVP_PKEY_EC, der); }

X509SigPtr readEncryptedPkcs8(ByteView der) {
    const std::uint8_t* at = der.data();
    return X509SigPtr{d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size()))};
}

// Who hands in a key says what it costs to open it: minutes or years, if nobody looks.
Result<void> checkCost(const X509_SIG& encrypted) {
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(&encrypted, &algorithm, nullptr);
    const auto cost = derivationCost(*algorithm);
    if (!cost)
        return Error{cost.status(), "The private key is encrypted. " + cost.error().message, "encrypt it again with AES-256 and PBKDF2"};
    if (*cost <= kMaxDerivationCost) return {};
    return Error{
        StatusCode::BadEncodingLimitsExceeded,
        fmt::format("The encryption of the private key asks for {} rounds of key derivation, {} are allowed.", *cost, kMaxDerivationCost),
        "encrypt it again with the usual number of rounds, such as 100 000"};
}

Result<PrivateKey> makeKey(EvpPkeyPtr key) { return key ? OpenSslPrivateKey::make(std::move(key)) : damaged(); }

Result<PrivateKey> decryptPkcs8(const X509_SIG& encrypted, const PassphraseSource& source) {
    const auto passphrase = askPassphrase(source);
    if (!passphrase) return passphrase.error();
    if (const auto allowed = checkCost(encrypted); !allowed) return allowed.error();
    const Pkcs8Ptr info{
        PKCS8_decrypt(&encrypted, asText(passphrase->view()).data(), static_cast<int>(std::min(passphrase->size(), maxKeyFileSize)))};
    // One wrong passphrase in 256 leaves padding that looks right, and then octets that are no key.
    EvpPkeyPtr key{info ? EVP_PKCS82PKEY(info.get()) : nullptr};
    if (!key) return passphraseWrong();
    return OpenSslPrivateKey::make(std::move(key));
}

Result<PrivateKey> readDer(ByteView der, const PassphraseSource& source) {
    if (const auto encrypted = readEncryptedPkcs8(der)) return decryptPkcs8(*encrypted, source);
    for (const auto read : {&fromPkcs8, &fromPkcs1, &fromSec1}) {
        if (auto key = read(der)) return OpenSslPrivateKey::make(std::move(key));
    }
    return noKey("The content is neither a private key in DER nor PEM text.");
}

// ---- PEM -------------------------------------------------------------------------------------------------------

/// One PEM block as OpenSSL hands it out. The data may be a key, so it is wiped.
struct PemBlock {
    std::string label;
    std::string header;
    SecretBytes data;
};

std::optional<PemBlock> nextBlock(BIO* text) {
    char* label = nullptr;
    char* header = nullptr;
    std::uint8_t* data = nullptr;
    long size = 0;
    if (PEM_read_bio(text, &label, &header, &data, &size) != 1) return std::nullopt;
    const std::unique_ptr<char, Release<&freeOpenSsl>> ownedLabel{label};
    const std::unique_ptr<char, Release<&freeOpenSsl>> ownedHeader{header};
    const OpenSslBuffer ownedData{data};
    PemBlock block{label, header, SecretBytes{static_cast<std::size_t>(size)}};
    std::copy_n(data, block.data.size(), block.data.data());
    wipe({data, block.data.size()});
    return block;
}

int copyPassphrase(char* buffer, int capacity, int /*forWriting*/, void* passphrase) {
    const ByteView octets = static_cast<const SecretBytes*>(passphrase)->view();
    if (octets.size() > static_cast<std::size_t>(capacity)) return -1;
    std::copy(octets.begin(), octets.end(), buffer);
    return static_cast<int>(octets.size());
}

/// Undoes the encryption of PEM itself (RFC 1421, "Proc-Type: 4,ENCRYPTED"), which PKCS#1 and SEC 1 files use.
Result<void> decryptPem(PemBlock& block, const PassphraseSource& source) {
    EVP_CIPHER_INFO cipher{};
    if (PEM_get_EVP_CIPHER_INFO(block.header.data(), &cipher) != 1) return passphraseWrong();
    if (cipher.cipher == nullptr) return {};
    auto passphrase = askPassphrase(source);
    if (!passphrase) return passphrase.error();
    auto size = static_cast<long>(block.data.size());
    if (PEM_do_header(&cipher, block.data.data(), &size, &copyPassphrase, &*passphrase) != 1) return passphraseWrong();
    block.data.truncate(static_cast<std::size_t>(size));
    return {};
}

Result<PrivateKey> readPlainBlock(PemBlock& block, EvpPkeyPtr (*read)(ByteView), const PassphraseSource& source) {
    if (block.header.empty()) return makeKey(read(block.data.view()));
    if (auto decrypted = decryptPem(block, source); !decrypted) return decrypted.error();
    auto key = read(block.data.view());
    if (!key) return passphraseWrong();
    return OpenSslPrivateKey::make(std::move(key));
}

struct KeyLabel {
    std::string_view label;
    EvpPkeyPtr (*read)(ByteView);
};

constexpr std::string_view encryptedLabel = PEM_STRING_PKCS8;
constexpr std::array plainLabels{KeyLabel{PEM_STRING_PKCS8INF, &fromPkcs8}, KeyLabel{PEM_STRING_RSA, &fromPkcs1},
                                 KeyLabel{PEM_STRING_ECPRIVATEKEY, &fromSec1}};

std::optional<Result<PrivateKey>> readBlock(PemBlock& block, const PassphraseSource& source) {
    if (block.label == encryptedLabel) {
        const auto encrypted = readEncryptedPkcs8(block.data.view());
        return encrypted ? decryptPkcs8(*encrypted, source) : Result<PrivateKey>{damaged()};
    }
    for (const auto& known : plainLabels) {
        if (block.label == known.label) return readPlainBlock(block, known.read, source);
    }
    return std::nullopt;
}

Result<PrivateKey> readPem(ByteView content, const PassphraseSource& source) {
    const SecretBytes text = withLineFeeds(content);
    const BioPtr bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    std::string found;
    while (auto block = bio ? nextBlock(bio.get()) : std::nullopt) {
        if (auto key = readBlock(*block, source)) return *std::move(key);
        found += fmt::format("{}{}", found.empty() ? "" : ", ", block->label);
    }
    if (found.empty()) return noKey("The PEM text holds no complete block.");
    return noKey(fmt::format("The PEM text holds no private key of a known form, only: {}.", shownText(found)));
}

}  // namespace

Result<PrivateKey> PrivateKey::read(ByteView content, const PassphraseSource& passphrase) {
    if (content.size() > maxKeyFileSize) return noKey("The content is larger than any private key file.");
    const ErrorQueueGuard guard;
    return looksLikePem(content) ? readPem(content, passphrase) : readDer(content, passphrase);
}

}  // namespace uatrust
