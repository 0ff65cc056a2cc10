#pragma once

#include <uatrust/store/trust_snapshot.hpp>
#include <uatrust/x509/certificate_chain.hpp>

#include "validation/seen_certificates.hpp"

namespace uatrust::detail {

/// PeerChain is what could be read of a certificate field of a message.
struct PeerChain {
    std::optional<Certificate> leaf{};   ///< the peer's own certificate; absent when it cannot be read
    std::vector<Certificate> issuers{};  ///< the other readable elements, in any order, related or not
    std::string problem{};               ///< what is wrong with the field; empty when every octet of it was understood
};

/// readPeerChain() reads the certificate field of a message (OPC 10000-6, 6.2.6). A certificate that lies in one of
/// the lists, or was seen before, is not parsed again: the same octets are the same certificate.
[[nodiscard]] PeerChain readPeerChain(ByteView blob, const TrustSnapshot& lists, SeenCertificates& seen, const ChainLimits& limits);

}  // namespace uatrust::detail
