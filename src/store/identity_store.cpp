#include <uatrust/store/identity_store.hpp>

#include <algorithm>

namespace uatrust {

const PendingRequest* PendingRequests::find(const PublicKey& key) const noexcept {
    const auto at =
        std::find_if(requests.begin(), requests.end(), [&](const PendingRequest& each) { return each.request.publicKey() == key; });
    return at == requests.end() ? nullptr : &*at;
}

Result<void> IdentityStore::savePending(const CertificateRequest&, const std::optional<PrivateKey>&) {
    return Error{StatusCode::BadNotSupported, "This store keeps no requests for certificates: there is no place for the key to wait in.",
                 "Use a store that keeps them, such as DirectoryStore."};
}

Result<void> IdentityStore::dropPending(const PublicKey&) { return {}; }

}  // namespace uatrust
