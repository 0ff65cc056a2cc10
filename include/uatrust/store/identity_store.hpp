#pragma once

#include <uatrust/store/trust_snapshot.hpp>

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

/// OwnMaterial is everything found where own certificates and keys are kept; which belong together is decided by
/// their public keys, never by file names (uatrust/identity/application_identity.hpp).
struct OwnMaterial {
    std::vector<StoredChain> chains{};
    std::vector<StoredKey> keys{};
    std::vector<StoreProblem> problems{};
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

    /// Where own certificates are kept, for messages.
    [[nodiscard]] virtual std::string ownLocation() const = 0;
};

}  // namespace uatrust
