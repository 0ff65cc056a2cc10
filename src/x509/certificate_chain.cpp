#include <uatrust/x509/certificate_chain.hpp>

#include <fmt/format.h>

#include "crypto/der_reader.hpp"

namespace uatrust {
namespace {

using namespace detail;

Error noChain(std::string why) {
    return {StatusCode::BadCertificateInvalid, "The certificate field of the message is no chain of certificates: " + std::move(why),
            "have the sender put complete DER certificates side by side, its own first"};
}

Error overLimit(std::string_view what, std::size_t limit) {
    return {StatusCode::BadCertificateInvalid, fmt::format("The certificate field of the message has more than {} {}", limit, what),
            "have the sender leave out what does not lead to its root, or raise the ChainLimits"};
}

std::string endsBadly(std::size_t index) {
    return fmt::format("element {} does not end within the field, or is no DER SEQUENCE", index + 1);
}

}  // namespace

Result<std::vector<ByteView>> splitChain(ByteView blob, const ChainLimits& limits) {
    if (blob.empty()) return noChain("it is empty");
    if (blob.size() > limits.maxBytes) return overLimit("octets", limits.maxBytes);
    std::vector<ByteView> elements;
    for (DerReader reader{blob}; !reader.atEnd();) {
        if (elements.size() == limits.maxCertificates) return overLimit("certificates", limits.maxCertificates);
        const auto element = reader.next(derSequence);
        if (!element) return noChain(endsBadly(elements.size()));
        elements.push_back(element->whole);
    }
    return elements;
}

Result<std::vector<Certificate>> parseChain(ByteView blob, const ChainLimits& limits) {
    const auto elements = splitChain(blob, limits);
    if (!elements) return elements.error();
    std::vector<Certificate> chain;
    chain.reserve(elements->size());
    for (const auto element : *elements) {
        auto certificate = Certificate::fromDer(element);
        if (!certificate) return noChain(fmt::format("element {}: {}", chain.size() + 1, certificate.error().message));
        chain.push_back(std::move(*certificate));
    }
    return chain;
}

Result<ByteView> leafOf(ByteView blob) {
    if (blob.empty()) return noChain("it is empty");
    const auto element = DerReader{blob}.next(derSequence);
    if (!element) return noChain(endsBadly(0));
    return element->whole;
}

Bytes joinChain(std::span<const Certificate> chain) {
    Bytes blob;
    for (const auto& certificate : chain) blob.insert(blob.end(), certificate.der().begin(), certificate.der().end());
    return blob;
}

}  // namespace uatrust
