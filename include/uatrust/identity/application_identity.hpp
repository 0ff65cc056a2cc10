#pragma once

#include <uatrust/identity/host_names.hpp>
#include <uatrust/store/identity_store.hpp>
#include <uatrust/x509/certificate_builder.hpp>

#include <chrono>

namespace uatrust {

/// IdentityOptions is who this application is and what its own certificate should be like. Everything but the first
/// two has a default for a server or gateway in a plant.
struct IdentityOptions {
    std::string applicationName{};  ///< becomes the common name
    std::string applicationUri{};   ///< unique for this instance, e.g. "urn:plc-4:acme:gateway"
    std::string organization{};     ///< who operates the instance; the application's name when empty
    ApplicationRole role = ApplicationRole::ClientAndServer;
    KeyType keyType = KeyType::Rsa2048;
    std::chrono::days validity{5 * 365};
    std::optional<HostNames> hostNames{};  ///< of this machine when absent
    std::chrono::days warnBeforeExpiry{30};
    const KeyPairGenerator* generator = nullptr;  ///< OpenSslKeyPairGenerator when null; borrowed for the call
    const Clock* clock = nullptr;                 ///< the system's when null; borrowed for the call
};

/// What an identity has to tell the operator, most urgent first. None of it stops the application.
enum class IdentityNoticeKind : std::uint8_t {
    Expired,
    NotYetValid,
    UriMismatch,  ///< the certificate names another ApplicationUri than the options
    ExpiresSoon,
    StoreProblem,         ///< something where own certificates are kept could not be read, or is too open
    ProfileDeparture,     ///< the certificate departs from OPC 10000-6, 6.2.2
    HostNameMismatch,     ///< a host name or address of this machine is not in the certificate
    SeveralCertificates,  ///< more than one usable pair was found; which one is used and why
    Unpaired,             ///< a certificate whose key is missing lies beside the pair in use
    KeyTypeMismatch,      ///< the key is of another type than the options ask for
    Created               ///< first start: a new key pair and certificate were made
};

/// IdentityNotice is one such remark.
struct IdentityNotice {
    IdentityNoticeKind kind;
    std::string message;
    std::string remedy;
};

/// ApplicationIdentity is the application's own certificate with its key: made at the first start, loaded at every
/// later one, never replaced without being told to. Immutable, cheap to copy, safe to use from several threads.
class UATRUST_API ApplicationIdentity {
public:
    /// Loads the own certificate and its key; makes both when the store has neither. Nothing that is there is
    /// ever replaced: a key without its certificate, a certificate without its key, or a pair that does not match is an
    /// error (BadConfigurationError) that names both files and the ways out. Drift (dates, URI, host names) is no error
    /// but a notice. BadInvalidArgument when name or URI is missing.
    ///
    /// A certificate that this store wrote (StoredChain::preferred) is used even when others lie beside it. Among equals
    /// it is one that is valid now, then the newest, then the one with the lowest thumbprint.
    ///
    /// Threads, and processes over one DirectoryStore, that start at once for the first time end with the same pair.
    /// A first start whose process was ended half-way is completed by the next one. Any other key without a certificate is left to the
    /// operator: a CA may be issuing one for it.
    /// Nothing is made, and BadConfigurationError returned, while something there cannot be read or while the clock stands
    /// before 2020: it would be wrong for as long as the certificate lives.
    [[nodiscard]] static Result<ApplicationIdentity> loadOrCreate(IdentityStore& store, const IdentityOptions& options);

    /// Loads only; BadNotFound when the store has neither key nor certificate.
    [[nodiscard]] static Result<ApplicationIdentity> load(IdentityStore& store, const IdentityOptions& options);

    /// Makes a certificate that a CA has issued the own one: for the key the store holds, or for `key` when one is
    /// supplied. `chain` is the certificate with its issuers in any order: the own one is found by the key and the issuers
    /// are put behind it in the order of the chain. The former certificate is kept as a backup. BadInvalidArgument when no
    /// key fits, BadCertificateInvalid when the leaf is a CA or has no URI, BadCertificateUriInvalid when its URI is not
    /// that of the options. Nothing is changed when it fails.
    [[nodiscard]] static Result<ApplicationIdentity> adopt(IdentityStore& store, const IdentityOptions& options,
                                                           std::vector<Certificate> chain, std::optional<PrivateKey> key = {});

    [[nodiscard]] const Certificate& certificate() const noexcept;
    /// The certificate with its issuers, leaf first, as peers are sent it.
    [[nodiscard]] const std::vector<Certificate>& chain() const noexcept;
    /// joinChain(chain()).
    [[nodiscard]] const Bytes& chainBlob() const noexcept;
    [[nodiscard]] const PrivateKey& key() const noexcept;
    /// What the application has to announce itself as: the URI of the options when the certificate has it, else the
    /// certificate's own (there is a notice then), because that is what peers compare with.
    [[nodiscard]] const std::string& applicationUri() const noexcept;
    [[nodiscard]] const std::string& certificateSource() const noexcept;
    [[nodiscard]] const std::string& keySource() const noexcept;
    /// What the operator should know, most urgent first.
    [[nodiscard]] const std::vector<IdentityNotice>& notices() const noexcept;

private:
    struct Data;
    struct Start;
    explicit ApplicationIdentity(std::shared_ptr<const Data> data) noexcept : data_{std::move(data)} {}
    [[nodiscard]] ApplicationIdentity withNotice(IdentityNotice notice) const;
    std::shared_ptr<const Data> data_;
};

}  // namespace uatrust
