#include "identity/adoption.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "identity/own_pair.hpp"
#include "store/own_candidate.hpp"

namespace uatrust::detail {
namespace {

Error noKeyFits(const std::vector<Certificate>& chain, std::string_view keys) {
    return {StatusCode::BadInvalidArgument, fmt::format("The certificate {} was not issued for {}", chain.front().describe(), keys),
            "supply the private key together with the certificate, or have a certificate issued for a request of this application"};
}

Result<Adoptee> matchSupplied(const std::vector<Certificate>& chain, const PrivateKey& key) {
    const auto leaf = findByKey(chain, key.publicKey());
    if (!leaf) return noKeyFits(chain, "the private key that was supplied with it");
    return Adoptee{orderChain(chain, *leaf), key};
}

Result<Adoptee> matchStored(IdentityStore& store, const std::vector<Certificate>& chain) {
    const auto material = store.loadOwn();
    if (!material) return material.error();
    std::optional<Adoptee> found;
    std::size_t best = chain.size();
    for (const auto& stored : material->keys) {
        const auto leaf = findByKey(chain, stored.key.publicKey());
        if (!leaf || *leaf >= best) continue;
        best = *leaf;
        found = Adoptee{orderChain(chain, *leaf), stored.key};
    }
    if (!found) return noKeyFits(chain, fmt::format("any private key in {}{}", store.ownLocation(), unreadable(material->problems)));
    return *found;
}

Result<void> checkLeaf(const Certificate& leaf, const IdentityOptions& options) {
    if (auto fits = checkOwnLeaf(leaf); !fits) return fits;
    const auto& uris = leaf.uris();
    if (std::find(uris.begin(), uris.end(), options.applicationUri) == uris.end()) {
        return Error{StatusCode::BadCertificateUriInvalid,
                     fmt::format("The certificate {} names the ApplicationUri '{}', this application is '{}'", leaf.describe(),
                                 printable(leaf.applicationUri()), printable(options.applicationUri)),
                     "have a certificate issued for the URI of this application, or configure the URI of the certificate"};
    }
    return {};
}

}  // namespace

Result<Adoptee> prepareAdoption(IdentityStore& store, const IdentityOptions& options, const std::vector<Certificate>& chain,
                                const std::optional<PrivateKey>& key) {
    if (chain.empty()) {
        return Error{StatusCode::BadInvalidArgument, "No certificate was given to be made the own one",
                     "supply the certificate with its issuers"};
    }
    auto adoptee = key ? matchSupplied(chain, *key) : matchStored(store, chain);
    if (!adoptee) return adoptee;
    if (const auto fits = checkLeaf(adoptee->chain.front(), options); !fits) return fits.error();
    return adoptee;
}

}  // namespace uatrust::detail
