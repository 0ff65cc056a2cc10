#pragma once

#include <uatrust/crypto/key.hpp>

#include <optional>

namespace uatrust {

/// The key pairs that an OPC UA application may own (OPC 10000-12, 7.8.4: one for each certificate type).
enum class KeyType : std::uint8_t { Rsa2048, Rsa3072, Rsa4096, NistP256, NistP384, BrainpoolP256r1, BrainpoolP384r1, Ed25519, Ed448 };

/// keyTypeName() is "RSA 2048", "NIST P-256" and so on; keyTypeFromName() finds it again, also from the short
/// forms "rsa2048", "p256", "bp256", "ed25519", in any case.
[[nodiscard]] UATRUST_API std::string_view keyTypeName(KeyType type) noexcept;
[[nodiscard]] UATRUST_API std::optional<KeyType> keyTypeFromName(std::string_view name) noexcept;

/// KeyPairGenerator makes key pairs. A product replaces it to have them made in an HSM.
/// generate() is called from any thread, also from several at once; an RSA key takes from a tenth of a second to
/// some seconds, so a caller that must not wait runs it in a thread of its own.
class UATRUST_API KeyPairGenerator {
public:
    virtual ~KeyPairGenerator() = default;
    /// A new pair; BadNotSupported when this generator cannot make the type.
    [[nodiscard]] virtual Result<PrivateKey> generate(KeyType type) const = 0;
};

/// OpenSslKeyPairGenerator makes every KeyType in memory with OpenSSL's default provider and its random generator.
class UATRUST_API OpenSslKeyPairGenerator final : public KeyPairGenerator {
public:
    [[nodiscard]] Result<PrivateKey> generate(KeyType type) const override;
};

}  // namespace uatrust
