#include "validation/peer_chain.hpp"

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

Result<Certificate> readCertificate(ByteView der, const TrustSnapshot& lists, SeenCertificates& seen) {
    if (der.size() > Certificate::kMaxSize) return Certificate::fromDer(der);
    const CertificateId id{sha256(der)};
    for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked}) {
        if (const auto* known = lists.find(list, id)) return known->certificate;
    }
    if (auto known = seen.find(id)) return *known;
    return Certificate::fromDer(der);
}

// Says who it is from even when the field as a whole is malformed: the operator wants to know.
PeerChain leafOnly(ByteView blob, const TrustSnapshot& lists, SeenCertificates& seen, std::string problem) {
    PeerChain chain{.problem = std::move(problem)};
    const auto leaf = leafOf(blob);
    if (!leaf) return chain;
    if (auto certificate = readCertificate(*leaf, lists, seen)) chain.leaf = std::move(*certificate);
    return chain;
}

}  // namespace

PeerChain readPeerChain(ByteView blob, const TrustSnapshot& lists, SeenCertificates& seen, const ChainLimits& limits) {
    if (blob.empty()) return {.problem = "The peer sent no certificate."};
    const auto elements = splitChain(blob, limits);
    if (!elements) return leafOnly(blob, lists, seen, elements.error().message);

    PeerChain chain;
    for (std::size_t i = 0; i < elements->size(); ++i) {
        auto certificate = readCertificate((*elements)[i], lists, seen);
        if (!certificate && chain.problem.empty()) {
            chain.problem = i == 0 ? certificate.error().message
                                   : fmt::format("Element {} of the chain is no certificate: {}", i + 1, certificate.error().message);
        }
        if (!certificate) continue;
        if (i == 0) {
            chain.leaf = std::move(*certificate);
        } else {
            chain.issuers.push_back(std::move(*certificate));
        }
    }
    return chain;
}

}  // namespace uatrust::detail
