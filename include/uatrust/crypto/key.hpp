#pragma once

#include <uatrust/core/result.hpp>
#include <uatrust/core/secret.hpp>
#include <uatrust/crypto/digest.hpp>

#include <functional>
#include <memory>

namespace uatrust {

/// What kind of key it is; for RSA the length is a separate number. `Other` is every key that no SecurityPolicy uses.
enum class KeyAlgorithm : std::uint8_t { Rsa, NistP256, NistP384, BrainpoolP256r1, BrainpoolP384r1, Ed25519, Ed448, Other };

/// keyAlgorithmName() is "RSA", "NIST P-256" and so on, for people.
[[nodiscard]] UATRUST_API std::string_view keyAlgorithmName(KeyAlgorithm algorithm) noexcept;

/// Signature schemes of the SecurityPolicies (OPC 10000-7). ECDSA signatures are r and s side by side in fixed
/// width, as OPC UA has them on the wire; never the ASN.1 form of X.509.
enum class SignatureScheme : std::uint8_t { None, RsaPkcs1Sha1, RsaPkcs1Sha256, RsaPssSha256, EcdsaSha256, EcdsaSha384, Ed25519, Ed448 };

/// The families of signature algorithms that certificates and CRLs are signed with.
enum class SignatureFamily : std::uint8_t { RsaPkcs1, RsaPss, Ecdsa, EdDsa, Other };

/// Encryption schemes of the RSA SecurityPolicies.
enum class EncryptionScheme : std::uint8_t { None, RsaPkcs1, RsaOaepSha1, RsaOaepSha256 };

/// PublicKey is an immutable public key: cheap to copy, safe to use from several threads at once.
class UATRUST_API PublicKey {
public:
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). BadCertificateInvalid when it is none, or when the key is
    /// not what its algorithm says. A key of a kind that no SecurityPolicy uses, and an RSA key with numbers out of
    /// bounds (modulus, exponent), is a PublicKey too: of algorithm `Other`, which verifies and encrypts nothing.
    [[nodiscard]] static Result<PublicKey> fromDer(ByteView subjectPublicKeyInfo);

    [[nodiscard]] KeyAlgorithm algorithm() const noexcept;
    /// Length in bits: of the RSA modulus, or of the curve's field (Ed25519: 256, Ed448: 456).
    /// For `Other` what OpenSSL says, 0 when it does not know the key.
    [[nodiscard]] unsigned bits() const noexcept;
    /// "RSA 2048", "NIST P-256", for people; for `Other` what it is as far as it is known ("secp521r1").
    [[nodiscard]] std::string describe() const;
    /// The DER SubjectPublicKeyInfo. The view lives as long as any copy of this key.
    [[nodiscard]] ByteView der() const noexcept;

    /// verify() says whether `signature` over `data` was made with the private half. False for every kind of
    /// failure, also for a scheme that does not fit the key.
    [[nodiscard]] bool verify(SignatureScheme scheme, ByteView data, ByteView signature) const;

    /// encryptBlock() encrypts one block; `plain` holds at most maxPlainBlock(scheme) octets, else BadInvalidArgument.
    /// BadNotSupported when the scheme does not fit the key.
    [[nodiscard]] Result<Bytes> encryptBlock(EncryptionScheme scheme, ByteView plain) const;

    /// Octets of one signature under `scheme`, 0 when the scheme does not fit the key.
    [[nodiscard]] std::size_t signatureSize(SignatureScheme scheme) const noexcept;
    /// Octets of one cipher text block: the length of the RSA modulus, 0 for other keys.
    [[nodiscard]] std::size_t cipherBlock() const noexcept;
    /// Octets of plain text that fit one block: the modulus less the padding's overhead, 0 when nothing fits.
    [[nodiscard]] std::size_t maxPlainBlock(EncryptionScheme scheme) const noexcept;

    /// Two keys are equal when their SubjectPublicKeyInfo is.
    friend bool operator==(const PublicKey& a, const PublicKey& b) noexcept { return equalBytes(a.der(), b.der()); }

    struct Data;
    /// For the library itself and for uatrust/interop/openssl.hpp.
    explicit PublicKey(std::shared_ptr<const Data> data) noexcept : data_{std::move(data)} {}
    [[nodiscard]] const Data& data() const noexcept { return *data_; }

private:
    std::shared_ptr<const Data> data_;
};

/// PrivateKeyBackend is what a private key can do wherever its bits are: in this process, in an HSM, in a TPM.
/// A product implements it to let a PrivateKey stand for a key that never leaves its device. Every function is
/// called from several threads at once and must not throw; errors are values.
class UATRUST_API PrivateKeyBackend {
public:
    virtual ~PrivateKeyBackend() = default;
    [[nodiscard]] virtual PublicKey publicKey() const = 0;
    /// sign() hashes and signs `data`; ECDSA as r and s in fixed width. BadNotSupported when the scheme does not fit
    /// the key.
    [[nodiscard]] virtual Result<Bytes> sign(SignatureScheme scheme, ByteView data) const = 0;
    /// decryptBlock() decrypts one block of publicKey().cipherBlock() octets. BadSecurityChecksFailed, always with the
    /// same text, for everything that is wrong with `cipher`; BadNotSupported when the scheme does not fit the key.
    [[nodiscard]] virtual Result<SecretBytes> decryptBlock(EncryptionScheme scheme, ByteView cipher) const = 0;
    /// exportPem() writes PKCS#8 in PEM, encrypted when a passphrase is given. BadNotSupported when the key
    /// cannot leave its device: the default.
    [[nodiscard]] virtual Result<SecretBytes> exportPem(std::string_view passphrase) const;
};

/// PassphraseSource is asked only when a key turns out to be encrypted.
using PassphraseSource = std::function<Result<SecretBytes>()>;

/// PrivateKey signs and decrypts without giving its bits away. It is an immutable handle: cheap to copy, safe to
/// use from several threads at once.
class UATRUST_API PrivateKey {
public:
    /// Reads a private key: PKCS#8, PKCS#1 or SEC 1, PEM or DER, PEM with any line ends and with text around it.
    /// BadInvalidArgument when it holds no key, BadSecurityChecksFailed when the passphrase is wrong or missing (with
    /// different texts), BadNotSupported for a key of a kind that no SecurityPolicy uses or an encryption that is not known,
    /// BadEncodingLimitsExceeded when its encryption asks for more than 10 000 000 rounds of key derivation, and the error of `passphrase`
    /// when that fails. The source is asked at most once; nothing ever asks on the terminal.
    [[nodiscard]] static Result<PrivateKey> read(ByteView content, const PassphraseSource& passphrase = {});

    /// Stands for a key behind `backend`, which is shared by all copies. Throws std::invalid_argument when it is null.
    explicit PrivateKey(std::shared_ptr<const PrivateKeyBackend> backend);

    [[nodiscard]] const PublicKey& publicKey() const noexcept { return publicKey_; }
    [[nodiscard]] Result<Bytes> sign(SignatureScheme scheme, ByteView data) const { return backend_->sign(scheme, data); }
    [[nodiscard]] Result<SecretBytes> decryptBlock(EncryptionScheme scheme, ByteView cipher) const {
        return backend_->decryptBlock(scheme, cipher);
    }
    /// PKCS#8 PEM for the key store, encrypted when `passphrase` is not empty; BadNotSupported for a device key.
    [[nodiscard]] Result<SecretBytes> exportPem(std::string_view passphrase = {}) const { return backend_->exportPem(passphrase); }

private:
    std::shared_ptr<const PrivateKeyBackend> backend_;
    PublicKey publicKey_;
};

}  // namespace uatrust
