#include "store/store_errors.hpp"

#include <fmt/format.h>

namespace uatrust::detail {

Error notInList(std::string_view what, StoreList list) {
    return {StatusCode::BadNotFound, fmt::format("The {} is not in the {} list.", what, storeListName(list)),
            "Look at the list again: somebody else may have moved or removed it."};
}

Error noCrlsBeside(StoreList list) {
    return {StatusCode::BadInvalidArgument, fmt::format("There are no revocation lists beside the {} list.", storeListName(list)),
            "Add it to the list in which its CA is: trusted or issuers."};
}

Error tooManyPending(std::string_view place) {
    return {StatusCode::BadInvalidState, fmt::format("{} requests for certificates are waiting already in {}.", kMaxPending, place),
            "Install the certificates that have come, and drop the requests that nobody will answer."};
}

Result<void> checkPending(const CertificateRequest& request, const std::optional<PrivateKey>& newKey) {
    if (!newKey || newKey->publicKey() == request.publicKey()) return {};
    return Error{StatusCode::BadInvalidArgument,
                 fmt::format("The certificate request for \"{}\" is not for the private key that is to be kept with it.",
                             printable(request.subject().text())),
                 "Keep the request with the key that it was made for."};
}

Result<void> checkPair(const std::vector<Certificate>& chain, const PrivateKey& key) {
    if (chain.empty()) {
        return Error{StatusCode::BadInvalidArgument, "There is no own certificate to be stored: the chain is empty.",
                     "Store at least the application's own certificate."};
    }
    if (chain.front().publicKey() == key.publicKey()) return {};
    return Error{StatusCode::BadInvalidArgument,
                 fmt::format("The private key does not belong to the own certificate {}.", chain.front().describe()),
                 "Store the certificate together with the key that it was made for."};
}

}  // namespace uatrust::detail
