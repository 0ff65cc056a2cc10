#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <openssl/evp.h>

#include <uatrust/core/bytes.hpp>
#include <uatrust/core/clock.hpp>

// The chain forge makes keys, certificates, CRLs and requests for tests, good and bad ones, with OpenSSL alone: a test
// that judged uatrust's certificates by uatrust's own builder would repeat its mistakes.
//
//     const auto root = forgeRoot("Plant CA");
//     const auto line = forgeIntermediate(root, "Line CA");
//     const auto plc  = forgeLeaf(line, {.cn = "plc-7", .notAfter = forgeDate(2026, 3, 1)});
//     const auto crl  = forgeCrl({.issuer = &line, .revoked = {revoked(plc)}});
//     const auto blob = joinDer({plc, line, root});
//
// Every function fails by exception: a test that cannot forge is a broken test.
namespace uatrust::test {

/// forgeDate() is midnight UTC of a day, or a moment of it.
[[nodiscard]] Instant forgeDate(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0);

/// The days that forged certificates are valid for unless told otherwise, and a moment between them to judge them at.
inline constexpr Instant kForgeNotBefore{std::chrono::seconds{1767225600}};  // 2026-01-01T00:00:00Z
inline constexpr Instant kForgeNow{std::chrono::seconds{1781524800}};        // 2026-06-15T12:00:00Z
inline constexpr Instant kForgeNotAfter{std::chrono::seconds{2082758400}};   // 2036-01-01T00:00:00Z

/// ForgeKey is a shared handle on a key pair.
class ForgeKey {
public:
    ForgeKey() = default;
    explicit ForgeKey(EVP_PKEY* owned) : handle_{owned, &EVP_PKEY_free} {}
    [[nodiscard]] EVP_PKEY* get() const { return handle_.get(); }
    explicit operator bool() const { return handle_ != nullptr; }
    [[nodiscard]] std::string pem() const;                               ///< PKCS#8, not encrypted
    [[nodiscard]] std::string pem(const std::string& passphrase) const;  ///< PKCS#8, AES-256-CBC
    [[nodiscard]] Bytes der() const;                                     ///< PKCS#8
    [[nodiscard]] Bytes publicDer() const;                               ///< SubjectPublicKeyInfo

private:
    std::shared_ptr<EVP_PKEY> handle_;
};

/// forgeKey() is the key pair of a name and an index, always the same one within a process: "rsa2048" (0 to 5 cost
/// nothing), "rsa1024" (0, 1), "rsa3072" (0), "rsa4096" (0), other indices and sizes "rsaNNNN" are searched at first
/// use; "p256", "p384", "p521", "bp256", "bp384", "ed25519", "ed448" of any index.
[[nodiscard]] ForgeKey forgeKey(const std::string& name = "rsa2048", int index = 0);
/// The public half alone, for issuing a certificate to somebody else's key.
[[nodiscard]] ForgeKey forgePublicKey(ByteView subjectPublicKeyInfo);

/// The bits of keyUsage, numbered as in RFC 5280, 4.2.1.3.
struct Ku {
    enum : unsigned {
        DigitalSignature = 1,
        NonRepudiation = 2,
        KeyEncipherment = 4,
        DataEncipherment = 8,
        KeyAgreement = 16,
        KeyCertSign = 32,
        CrlSign = 64,
        EncipherOnly = 128,
        DecipherOnly = 256
    };
};
/// For CertSpec::keyUsage: no such extension.
inline constexpr unsigned kOmit = ~0U;

/// RawExtension is an extension to the octet; `value` is what stands inside the OCTET STRING.
struct RawExtension {
    std::string oid;
    bool critical = false;
    Bytes value{};
};

struct ForgedCert {
    Bytes der;
    ForgeKey key;
    std::string serial;  ///< upper-case hexadecimal digits, '-' in front when negative
    [[nodiscard]] std::string pem() const;
};

/// CertSpec says what to forge. The defaults make the self-signed application certificate of OPC 10000-6, 6.2.2.
struct CertSpec {
    std::string cn = "plc-7";            ///< any octets; empty: no common name
    std::string org = "Test";            ///< empty: no organisation
    int stringType = 12;                 ///< ASN.1 type of both: 12 UTF8String, 19 PrintableString, 22 IA5String, 30 BMPString
    const ForgedCert* issuer = nullptr;  ///< null: self-signed
    std::string keyName = "rsa2048";
    int keyIndex = -1;   ///< -1: 0 for an application, 1 for a root, 2 for an intermediate CA
    ForgeKey keyPair{};  ///< used instead of keyName and keyIndex when set
    Instant notBefore = kForgeNotBefore;
    Instant notAfter = kForgeNotAfter;
    std::vector<std::string> uris{"urn:test:plc-7"};
    std::vector<std::string> dns{"localhost"};
    std::vector<std::string> ips{};  ///< "10.0.0.7", "::1"; a text that is no address is taken as raw octets
    std::optional<bool> ca = false;  ///< nothing: no basicConstraints
    std::optional<long> pathLen{};
    std::optional<unsigned> keyUsage{};             ///< nothing: as Part 6 has it for the key and for ca; kOmit: no extension
    std::optional<std::vector<std::string>> eku{};  ///< nothing: both for an application, none for a CA; empty: no extension
    bool basicConstraintsCritical = true;
    bool keyUsageCritical = true;
    bool ekuCritical = false;
    bool sanCritical = false;
    bool ski = true;
    bool aki = true;
    std::optional<Bytes> skiValue{};         ///< instead of SHA-1 of the key
    std::optional<Bytes> akiValue{};         ///< instead of the issuer's identifier
    std::vector<RawExtension> extensions{};  ///< behind the others, duplicates included
    std::string serial{};                    ///< hexadecimal, "-05" is negative; empty: a new one of 16 octets
    long version = 3;                        ///< as people count: 1, 2, 3, also nonsense
    std::string hash = "sha256";             ///< any that OpenSSL knows; EdDSA ignores it
    bool pss = false;                        ///< RSASSA-PSS instead of PKCS#1 v1.5
    ForgeKey signWith{};                     ///< another key than the issuer's: a signature that does not verify
    std::string issuerCn{};                  ///< another issuer name than the issuer's subject
    bool emptyIssuer = false;
};

[[nodiscard]] ForgedCert forgeCertificate(const CertSpec& spec = {});

/// forgeRoot() makes a self-signed CA: cA TRUE, keyCertSign and cRLSign, no SAN; `spec` supplies everything else.
[[nodiscard]] ForgedCert forgeRoot(const std::string& cn = "Plant CA", CertSpec spec = {});
/// forgeIntermediate() makes a CA below `issuer`. Two of them in one chain want different keyIndex.
[[nodiscard]] ForgedCert forgeIntermediate(const ForgedCert& issuer, const std::string& cn = "Line CA", CertSpec spec = {});
/// forgeLeaf() makes an application certificate issued by `issuer`.
[[nodiscard]] ForgedCert forgeLeaf(const ForgedCert& issuer, CertSpec spec = {});
/// forgeFromRequest() answers a PKCS#10 request as a CA does: subject, key and requested extensions of the request.
[[nodiscard]] ForgedCert forgeFromRequest(const ForgedCert& issuer, ByteView requestDer, CertSpec spec = {});

struct RevokedSpec {
    std::string serial;  ///< hexadecimal
    Instant at = kForgeNotBefore;
    std::optional<int> reason{};  ///< the number of RFC 5280, 5.3.1
    std::vector<RawExtension> extensions{};
};
[[nodiscard]] RevokedSpec revoked(const ForgedCert& certificate, std::optional<int> reason = {});

/// CrlSpec says which CRL to forge. The defaults make the complete, empty CRL of `issuer`.
struct CrlSpec {
    const ForgedCert* issuer;
    std::vector<RevokedSpec> revoked{};
    Instant thisUpdate = kForgeNotBefore;
    std::optional<Instant> nextUpdate = kForgeNotAfter;
    std::optional<long> number = 1;  ///< nothing: no cRLNumber
    bool aki = true;
    std::vector<RawExtension> extensions{};
    long version = 2;  ///< as people count
    std::string hash = "sha256";
    ForgeKey signWith{};     ///< another key than the issuer's
    std::string issuerCn{};  ///< another issuer name than the issuer's subject
};
[[nodiscard]] Bytes forgeCrl(const CrlSpec& spec);

/// joinDer() puts certificates side by side, as a message carries a chain.
[[nodiscard]] Bytes joinDer(const std::vector<ForgedCert>& chain);

/// tamperSignature() changes the last octet: of a certificate, CRL or request that is its signature.
[[nodiscard]] Bytes tamperSignature(Bytes der);

/// replaceOctets() replaces octets by as many others where they occur first (`fromLast`: last). Throws when they do not.
[[nodiscard]] Bytes replaceOctets(Bytes der, ByteView what, ByteView by, bool fromLast = false);

/// forgePem() writes one PEM block with OpenSSL.
[[nodiscard]] std::string forgePem(const std::string& label, ByteView content);

}  // namespace uatrust::test
