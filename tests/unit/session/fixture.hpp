#pragma once

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include <uatrust/session/client_handshake.hpp>
#include <uatrust/session/server_handshake.hpp>
#include <uatrust/store/memory_store.hpp>

#include "unit/identity/fixture.hpp"

// Both sides of a handshake with forged certificates, and the signatures of the other side made and checked with OpenSSL
// alone, so that uatrust is never its own witness.
namespace uatrust::test {

inline constexpr std::string_view kUrl = "opc.tcp://localhost:4840";
inline constexpr std::string_view kTransport = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";

/// PolicyCase is a SecurityPolicy with a kind of key that fits it and the hash that certificates for it are signed with.
struct PolicyCase {
    SecurityPolicyId id;
    const char* keyName;
    const char* hash;
};
inline constexpr PolicyCase kPolicyCases[] = {
    {SecurityPolicyId::Basic256Sha256, "rsa2048", "sha256"},
    {SecurityPolicyId::Aes128_Sha256_RsaOaep, "rsa2048", "sha256"},
    {SecurityPolicyId::Aes256_Sha256_RsaPss, "rsa2048", "sha256"},
    {SecurityPolicyId::ECC_nistP256, "p256", "sha256"},
    {SecurityPolicyId::ECC_nistP384, "p384", "sha384"},
    {SecurityPolicyId::ECC_brainpoolP256r1, "bp256", "sha256"},
    {SecurityPolicyId::ECC_brainpoolP384r1, "bp384", "sha384"},
    {SecurityPolicyId::ECC_curve25519, "ed25519", "sha256"},
    {SecurityPolicyId::ECC_curve448, "ed448", "sha256"},
};
inline constexpr PolicyCase kRsaCase = kPolicyCases[0];

// --- signatures by OpenSSL ------------------------------------------------------------------------------------------------

struct RawScheme {
    const EVP_MD* hash;  // null: the signature's own
    bool pss = false;
    int ecdsaOctets = 0;  // of r and of s; 0: no ECDSA
};
inline RawScheme rawScheme(SecurityPolicyId id) {
    switch (id) {
        case SecurityPolicyId::Aes256_Sha256_RsaPss:
            return {EVP_sha256(), true};
        case SecurityPolicyId::ECC_nistP256:
        case SecurityPolicyId::ECC_brainpoolP256r1:
            return {EVP_sha256(), false, 32};
        case SecurityPolicyId::ECC_nistP384:
        case SecurityPolicyId::ECC_brainpoolP384r1:
            return {EVP_sha384(), false, 48};
        case SecurityPolicyId::ECC_curve25519:
        case SecurityPolicyId::ECC_curve448:
            return {nullptr};
        default:
            return {EVP_sha256()};
    }
}

inline void require(bool done, const char* what) {
    if (!done) throw std::runtime_error{what};
}

using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using EcdsaPtr = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

inline void setPss(EVP_PKEY_CTX* context) {
    require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0, "PSS");
    require(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0, "salt length");
}

inline Bytes concatenated(ByteView a, ByteView b) {
    Bytes both{a.begin(), a.end()};
    both.insert(both.end(), b.begin(), b.end());
    return both;
}

/// rawSign() signs as a foreign stack does under a policy.
inline Bytes rawSign(SecurityPolicyId policy, const ForgeKey& key, ByteView data) {
    const auto scheme = rawScheme(policy);
    const MdCtxPtr context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_PKEY_CTX* keyContext = nullptr;
    require(EVP_DigestSignInit(context.get(), &keyContext, scheme.hash, nullptr, key.get()) > 0, "sign init");
    if (scheme.pss) setPss(keyContext);
    std::size_t size = 0;
    require(EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) > 0, "signature size");
    Bytes signature(size);
    require(EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) > 0, "sign");
    signature.resize(size);
    if (scheme.ecdsaOctets == 0) return signature;

    const std::uint8_t* at = signature.data();
    const EcdsaPtr pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size())), &ECDSA_SIG_free};
    Bytes flat(static_cast<std::size_t>(scheme.ecdsaOctets) * 2);
    require(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), flat.data(), scheme.ecdsaOctets) > 0, "r");
    require(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), flat.data() + scheme.ecdsaOctets, scheme.ecdsaOctets) > 0, "s");
    return flat;
}

/// rawVerify() verifies as a foreign stack does under a policy.
inline bool rawVerify(SecurityPolicyId policy, const ForgeKey& key, ByteView data, ByteView signature) {
    const auto scheme = rawScheme(policy);
    Bytes encoded{signature.begin(), signature.end()};
    if (scheme.ecdsaOctets != 0) {
        if (signature.size() != static_cast<std::size_t>(scheme.ecdsaOctets) * 2) return false;
        const EcdsaPtr pair{ECDSA_SIG_new(), &ECDSA_SIG_free};
        require(ECDSA_SIG_set0(pair.get(), BN_bin2bn(signature.data(), scheme.ecdsaOctets, nullptr),
                               BN_bin2bn(signature.data() + scheme.ecdsaOctets, scheme.ecdsaOctets, nullptr)) > 0,
                "r and s");
        encoded.resize(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
        std::uint8_t* at = encoded.data();
        i2d_ECDSA_SIG(pair.get(), &at);
    }
    const MdCtxPtr context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_PKEY_CTX* keyContext = nullptr;
    require(EVP_DigestVerifyInit(context.get(), &keyContext, scheme.hash, nullptr, key.get()) > 0, "verify init");
    if (scheme.pss) setPss(keyContext);
    return EVP_DigestVerify(context.get(), encoded.data(), encoded.size(), data.data(), data.size()) == 1;
}

// --- parties ----------------------------------------------------------------------------------------------------------------

inline ApplicationIdentity identityOf(const std::vector<ForgedCert>& chain, std::optional<PrivateKey> key = {}) {
    static const FixedClock clock{kForgeNow};
    FakeIdentityStore store;
    store.lay(chain, "own.der", true);
    store.material.keys.push_back({key ? *key : keyOf(chain.front()), "fake/own.pem"});
    return ApplicationIdentity::load(store, {.applicationName = "Party",
                                             .applicationUri = std::string{certificateOf(chain.front()).applicationUri()},
                                             .hostNames = HostNames{.dnsNames = {"localhost"}},
                                             .clock = &clock})
        .value();
}

inline CertSpec serverSpec(const PolicyCase& c = kRsaCase) {
    return {.cn = "server", .keyName = c.keyName, .keyIndex = 0, .uris = {"urn:test:server"}, .hash = c.hash};
}
inline CertSpec clientSpec(const PolicyCase& c = kRsaCase) {
    return {.cn = "client", .keyName = c.keyName, .keyIndex = 3, .uris = {"urn:test:client"}, .dns = {}, .hash = c.hash};
}
inline CertSpec userSpec(const PolicyCase& c = kRsaCase) {
    return {.cn = "operator", .keyName = c.keyName, .keyIndex = 4, .uris = {}, .dns = {}, .hash = c.hash};
}

inline Bytes nonceOf(std::size_t size, std::uint8_t fill = 0x5A) { return Bytes(size, fill); }

inline SecurityPolicySet withNone() {
    SecurityPolicySet set;
    set.enable("None").value();
    return set;
}

/// Judge is a validator with a store of its own and the forge's time.
struct Judge {
    explicit Judge(const TrustPolicy& policy) : validator{store, policy, clock} {}
    Judge() : Judge{strict()} {}
    static const TrustPolicy& strict() {
        static const StrictPolicy policy;
        return policy;
    }
    void trust(const ForgedCert& forged) { store.addCertificate(StoreList::Trusted, certificateOf(forged)).value(); }
    void distrust(const ForgedCert& forged) { store.removeCertificate(StoreList::Trusted, certificateOf(forged).id()).value(); }
    /// A CA with its empty CRL.
    void trustCa(const ForgedCert& ca) {
        trust(ca);
        store.addCrl(StoreList::Trusted, Crl::fromDer(forgeCrl({.issuer = &ca})).value()).value();
    }

    MemoryStore store{};
    FixedClock clock{kForgeNow};
    CertificateValidator validator;
};

inline const HandshakeFinding* findCheck(const HandshakeReport& report, HandshakeCheck check) {
    for (const auto& finding : report.findings) {
        if (finding.check == check) return &finding;
    }
    return nullptr;
}

/// The check that decided, and its status: what most tests ask of a refusal.
struct Decision {
    HandshakeCheck check;
    StatusCode status;
    friend bool operator==(const Decision&, const Decision&) = default;
};
inline std::ostream& operator<<(std::ostream& out, const Decision& d) {
    return out << handshakeCheckName(d.check) << ' ' << statusName(d.status);
}

inline std::optional<Decision> decisionOf(const HandshakeVerdict& verdict) {
    const auto* decisive = verdict.report().decisive();
    if (decisive == nullptr || verdict.accepted()) return std::nullopt;
    require(decisive->status == verdict.status(), "the verdict has the status of the decisive finding");
    require(!decisive->message.empty() && !decisive->remedy.empty(), "a refusal says why and what to do");
    return Decision{decisive->check, decisive->status};
}

// --- hostile collaborators ----------------------------------------------------------------------------------------------------

/// ThrowingStore breaks its contract in every function.
class ThrowingStore final : public CertificateStore {
public:
    [[nodiscard]] std::shared_ptr<const TrustSnapshot> snapshot() override { throw std::runtime_error{"the database is gone"}; }
    Result<void> addCertificate(StoreList, const Certificate&) override { throw std::runtime_error{"gone"}; }
    Result<void> removeCertificate(StoreList, const CertificateId&) override { throw std::runtime_error{"gone"}; }
    Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { throw std::runtime_error{"gone"}; }
    Result<void> addCrl(StoreList, const Crl&) override { throw std::runtime_error{"gone"}; }
    Result<void> removeCrl(StoreList, const CertificateId&) override { throw std::runtime_error{"gone"}; }
    Result<bool> fileRejected(const Certificate&) override { throw std::runtime_error{"gone"}; }
};

/// BrokenKey is a device that holds the key of a certificate and fails to sign, by an error or by throwing.
class BrokenKey final : public PrivateKeyBackend {
public:
    enum class Fault : std::uint8_t { Error, Exception, Other };
    BrokenKey(const ForgedCert& of, Fault fault) : publicKey_{certificateOf(of).publicKey()}, fault_{fault} {}
    [[nodiscard]] PublicKey publicKey() const override { return publicKey_; }
    [[nodiscard]] Result<Bytes> sign(SignatureScheme, ByteView) const override {
        if (fault_ == Fault::Exception) throw std::runtime_error{"the HSM has been unplugged"};
        if (fault_ == Fault::Other) throw 42;  // NOLINT: what some drivers do
        return Error{StatusCode::BadResourceUnavailable, "The HSM is busy", "try again"};
    }
    [[nodiscard]] Result<SecretBytes> decryptBlock(EncryptionScheme, ByteView) const override { return Error{}; }

private:
    PublicKey publicKey_;
    Fault fault_;
};

}  // namespace uatrust::test
