#include "tool/web/secrets.hpp"

#include <uatrust/crypto/digest.hpp>

namespace uatrust::tool::web {

Result<std::string> randomSecret() {
    const auto octets = randomBytes(32);
    if (!octets) return octets.error();
    return toHex(*octets);
}

SecretDigest secretDigest(std::string_view secret) { return sha256(asBytes(secret)); }

bool sameSecret(std::string_view given, std::string_view expected) {
    const auto a = secretDigest(given);
    const auto b = secretDigest(expected);
    volatile std::uint8_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

}  // namespace uatrust::tool::web
