#pragma once

#include <uatrust/crypto/key.hpp>

#include <optional>
#include <span>

namespace uatrust {

/// The SecurityPolicies that uatrust knows (OPC 10000-7).
enum class SecurityPolicyId : std::uint8_t {
    None,
    Basic128Rsa15,
    Basic256,
    Basic256Sha256,
    Aes128_Sha256_RsaOaep,
    Aes256_Sha256_RsaPss,
    ECC_nistP256,
    ECC_nistP384,
    ECC_brainpoolP256r1,
    ECC_brainpoolP384r1,
    ECC_curve25519,
    ECC_curve448
};

/// A way in which a certificate may be signed under a policy. ECDSA does not name the curve: keyAlgorithms does.
struct CertificateSignature {
    SignatureFamily family;
    HashAlgorithm hash;
    friend bool operator==(const CertificateSignature&, const CertificateSignature&) = default;
};

/// SecurityPolicy is one row of the table: what a policy demands of keys, certificates, nonces and messages.
/// Rows are constants that live as long as the process; pass them by reference.
struct SecurityPolicy {
    SecurityPolicyId id;
    std::string_view name;  ///< "Basic256Sha256"
    std::string_view uri;   ///< "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"
    bool deprecated;        ///< refused unless enabled by name in a SecurityPolicySet

    SignatureScheme asymmetricSignature;
    EncryptionScheme asymmetricEncryption;    ///< None: OpenSecureChannel is signed only (ECC)
    std::string_view asymmetricSignatureUri;  ///< SignatureData.algorithm; empty for ECC, where receivers ignore it
    std::string_view asymmetricEncryptionUri;

    std::string_view symmetricSignature;   ///< "HMAC-SHA256"; a description, uatrust does not do MSG chunks
    std::string_view symmetricEncryption;  ///< "AES-256-CBC"
    std::string_view keyDerivation;        ///< "P-SHA256"
    unsigned symmetricSignatureBytes;
    unsigned derivedSignatureKeyBits;
    unsigned symmetricEncryptionKeyBits;
    unsigned initializationVectorBytes;

    std::span<const KeyAlgorithm> keyAlgorithms;  ///< which keys an application certificate may hold; empty for None
    unsigned minKeyBits;                          ///< for every certificate of the chain (OPC 10000-6, 6.1)
    unsigned maxKeyBits;
    std::span<const CertificateSignature> certificateSignatures;  ///< how every certificate of the chain may be signed
    unsigned secureChannelNonceBytes;                             ///< ECC: the length of the ephemeral public key

    [[nodiscard]] bool isEcc() const noexcept { return id >= SecurityPolicyId::ECC_nistP256; }
};

/// securityPolicies() lists all rows, weakest first within each family.
[[nodiscard]] UATRUST_API std::span<const SecurityPolicy> securityPolicies() noexcept;

/// securityPolicy() is the row of an id.
[[nodiscard]] UATRUST_API const SecurityPolicy& securityPolicy(SecurityPolicyId id) noexcept;

/// findSecurityPolicy() looks a policy up by its URI or its name, exactly as the specification spells them;
/// deprecated ones too: whether one may be used is the business of a SecurityPolicySet. Null when unknown.
[[nodiscard]] UATRUST_API const SecurityPolicy* findSecurityPolicy(std::string_view uriOrName) noexcept;

/// SecurityPolicySet says which policies an application uses. It starts with all current ones except None;
/// deprecated ones and None come in only by name. A value; reading it from several threads is safe.
class UATRUST_API SecurityPolicySet {
public:
    SecurityPolicySet();

    /// Adds a policy by name or URI, the only way for a deprecated one. BadSecurityPolicyRejected when unknown.
    Result<void> enable(std::string_view uriOrName);
    void disable(SecurityPolicyId id) noexcept;

    /// The row for what a peer asked for; BadSecurityPolicyRejected, with the reason, when it is unknown,
    /// deprecated or disabled.
    [[nodiscard]] Result<const SecurityPolicy*> find(std::string_view uriOrName) const;
    [[nodiscard]] bool contains(SecurityPolicyId id) const noexcept;

private:
    std::uint32_t enabled_;
};

}  // namespace uatrust
