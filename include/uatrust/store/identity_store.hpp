#pragma once

#include <uatrust/store/trust_snapshot.hpp>
#include <uatrust/x509/certificate_request.hpp>

namespace uatrust {

/// StoredKey is a private key with the place it was found in.
struct StoredKey {
    PrivateKey key;
    std::string source{};
};

/// StoredChain is one own certificate, leaf first, with the issuers that lay in the same file behind it.
struct StoredChain {
    std::vector<Certificate> chain;
    std::string source{};
    bool preferred = false;  ///< lies under the name that this store writes the own certificate to
};

/// PendingRequest is a request that was made for a CA and waits for the certificate.
struct PendingRequest {
    CertificateRequest request;
    /// The new key that it is for and that waits with it; nothing when it is for one of the own keys, or cannot be read.
    std::optional<PrivateKey> key{};
    std::string source{};
};

/// PendingRequests are those of an application, in a fixed order, and what of them could not be read.
struct PendingRequests {
    std::vector<PendingRequest> requests{};
    std::vector<StoreProblem> problems{};
    /// Null when none of them is for this key.
    [[nodiscard]] UATRUST_API const PendingRequest* find(const PublicKey& key) const noexcept;
};

/// OwnMaterial is everything found where own certificates and keys are kept; which belong together is decided by
/// their public keys, never by file names (uatrust/identity/application_identity.hpp).
struct OwnMaterial {
    std::vector<StoredChain> chains{};
    std::vector<StoredKey> keys{};
    std::vector<StoreProblem> problems{};
    PendingRequests pending{};  ///< a key that waits here is no own key yet
    std::size_t backups = 0;    ///< files with former own certificates
};

/// IdentityStore keeps the application's own key pairs and certificates. A product implements it when they live in a
/// database or a key vault. Calls may come from any thread, one at a time.
class UATRUST_API IdentityStore {
public:
    virtual ~IdentityStore() = default;

    /// Everything that is there. An empty result means looked and found none; what could not be looked at is an
    /// entry in `problems` or, when nothing could, an error.
    [[nodiscard]] virtual Result<OwnMaterial> loadOwn() = 0;

    /// Makes `chain` (leaf first) the own certificate and keeps its key beside it. The key is stored before the
    /// certificate, which is the moment the change counts; a former certificate is kept as a backup, never deleted.
    /// BadInvalidArgument when the key is not the leaf's.
    virtual Result<void> saveOwn(const std::vector<Certificate>& chain, const PrivateKey& key) = 0;

    /// Keeps a request, with the new key that it is for, until the certificate comes: saveOwn() and dropPending() then. `newKey` is
    /// nothing for a key that is an own one already. Another request for the same key gives way. BadInvalidArgument when the request
    /// is not for `newKey`, BadInvalidState when too many are waiting, BadNotSupported when this store keeps none: the default.
    virtual Result<void> savePending(const CertificateRequest& request, const std::optional<PrivateKey>& newKey);
    /// Forgets the request for a key, and the key when it waits with it. Nothing happens when there is none.
    virtual Result<void> dropPending(const PublicKey& key);

    /// Where own certificates are kept, for messages.
    [[nodiscard]] virtual std::string ownLocation() const = 0;
};

}  // namespace uatrust
