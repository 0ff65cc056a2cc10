#include <uatrust/crypto/key_pair_generator.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/key_data.hpp"
#include "crypto/key_table.hpp"

namespace uatrust {
namespace {

using namespace detail;

struct KeyTypeRow {
    KeyType type;
    KeyAlgorithm algorithm;
    std::size_t rsaBits;
    std::string_view name;
    std::array<std::string_view, 2> shortNames;
};

// clang-format off
constexpr std::array rows{
    KeyTypeRow{KeyType::Rsa2048,         KeyAlgorithm::Rsa,             2048, "RSA 2048",        {"rsa2048", "rsa-2048"}},
    KeyTypeRow{KeyType::Rsa3072,         KeyAlgorithm::Rsa,             3072, "RSA 3072",        {"rsa3072", "rsa-3072"}},
    KeyTypeRow{KeyType::Rsa4096,         KeyAlgorithm::Rsa,             4096, "RSA 4096",        {"rsa4096", "rsa-4096"}},
    KeyTypeRow{KeyType::NistP256,        KeyAlgorithm::NistP256,        0,    "NIST P-256",      {"p256", "nistp256"}},
    KeyTypeRow{KeyType::NistP384,        KeyAlgorithm::NistP384,        0,    "NIST P-384",      {"p384", "nistp384"}},
    KeyTypeRow{KeyType::BrainpoolP256r1, KeyAlgorithm::BrainpoolP256r1, 0,    "brainpoolP256r1", {"bp256", "bp256r1"}},
    KeyTypeRow{KeyType::BrainpoolP384r1, KeyAlgorithm::BrainpoolP384r1, 0,    "brainpoolP384r1", {"bp384", "bp384r1"}},
    KeyTypeRow{KeyType::Ed25519,         KeyAlgorithm::Ed25519,         0,    "Ed25519",         {"ed25519", "curve25519"}},
    KeyTypeRow{KeyType::Ed448,           KeyAlgorithm::Ed448,           0,    "Ed448",           {"ed448", "curve448"}},
};
// clang-format on

const KeyTypeRow* find(KeyType type) noexcept {
    const auto row = std::find_if(rows.begin(), rows.end(), [type](const KeyTypeRow& r) { return r.type == type; });
    return row != rows.end() ? &*row : nullptr;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool sameInAnyCase(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool isCalled(const KeyTypeRow& row, std::string_view name) noexcept {
    return sameInAnyCase(name, row.name) ||
           std::any_of(row.shortNames.begin(), row.shortNames.end(), [name](std::string_view known) { return sameInAnyCase(name, known); });
}

EvpPkeyPtr generateWithOpenSsl(const KeyTypeRow& row) {
    const auto& algorithm = rowOf(row.algorithm);
    if (algorithm.family == KeyFamily::Rsa) return EvpPkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", row.rsaBits)};
    if (algorithm.family == KeyFamily::Ec) return EvpPkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", algorithm.openSslName)};
    return EvpPkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, algorithm.openSslName)};
}

}  // namespace

std::string_view keyTypeName(KeyType type) noexcept {
    const auto* row = find(type);
    return row != nullptr ? row->name : "unknown key type";
}

std::optional<KeyType> keyTypeFromName(std::string_view name) noexcept {
    const auto row = std::find_if(rows.begin(), rows.end(), [name](const KeyTypeRow& r) { return isCalled(r, name); });
    return row != rows.end() ? std::optional{row->type} : std::nullopt;
}

Result<PrivateKey> OpenSslKeyPairGenerator::generate(KeyType type) const {
    const auto* row = find(type);
    if (row == nullptr) {
        return Error{StatusCode::BadNotSupported, "This key type is not known.", "use one of the key types of OPC 10000-12, 7.8.4"};
    }
    auto key = generateWithOpenSsl(*row);
    if (!key) {
        return opensslError(StatusCode::BadNotSupported, fmt::format("OpenSSL could not make a key pair {}", row->name),
                            "check that OpenSSL's default provider is active: a FIPS provider lacks some curves");
    }
    return OpenSslPrivateKey::make(std::move(key));
}

}  // namespace uatrust
