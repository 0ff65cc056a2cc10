#include "tool/peer_input.hpp"

#include <fmt/format.h>

#include <uatrust/x509/certificate_chain.hpp>
#include <uatrust/x509/pem.hpp>

namespace uatrust::tool {
namespace {

bool isCertificate(const PemBlock& block) {
    return block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE" || block.label == "TRUSTED CERTIFICATE";
}

// OpenSSL puts trust settings of its own behind the certificate of a "TRUSTED CERTIFICATE".
ByteView certificateOf(const PemBlock& block) {
    if (block.label != "TRUSTED CERTIFICATE") return block.content;
    const auto first = leafOf(block.content);
    return first ? *first : ByteView{block.content};
}

}  // namespace

Result<Bytes> peerBytes(ByteView content, const std::string& name) {
    const Bytes asItIs{content.begin(), content.end()};
    // DER first: a certificate may well hold a text that looks like PEM, but no PEM file is a row of SEQUENCEs.
    if (splitChain(content)) return asItIs;
    const auto blocks = decodePem(asText(content));
    if (!blocks || blocks->empty()) return asItIs;
    Bytes chain;
    for (const auto& block : *blocks) {
        if (!isCertificate(block)) continue;
        const auto der = certificateOf(block);
        chain.insert(chain.end(), der.begin(), der.end());
    }
    if (!chain.empty()) return chain;
    return Error{StatusCode::BadNotFound,
                 fmt::format("{} holds no certificate, but a block \"{}\".", printable(name, 4096), printable(blocks->front().label)),
                 fmt::format("Give a file with a certificate; uatrust show {} tells what is in this one.", printable(name, 4096))};
}

}  // namespace uatrust::tool
