#pragma once

#include <uatrust/x509/certificate.hpp>

#include <span>

namespace uatrust {

/// ChainLimits bounds what a peer can make us parse. Running over one is BadCertificateInvalid.
struct ChainLimits {
    std::size_t maxBytes = 65536;       ///< OPC 10000-6, 6.7.2.3 lets a receiver bound the SenderCertificate
    std::size_t maxCertificates = 100;  ///< what fits into maxBytes anyway at the size of a small certificate
};

/// splitChain() takes a certificate field of a message apart: DER certificates side by side, the application's own
/// first (OPC 10000-6, 6.2.6). The views point into `blob`. BadCertificateInvalid when it is empty, over a limit, or
/// does not end exactly with the last element. The elements are found by their lengths, not yet parsed.
[[nodiscard]] UATRUST_API Result<std::vector<ByteView>> splitChain(ByteView blob, const ChainLimits& limits = {});

/// parseChain() splits and parses every element; an element that is no certificate fails the whole blob.
[[nodiscard]] UATRUST_API Result<std::vector<Certificate>> parseChain(ByteView blob, const ChainLimits& limits = {});

/// leafOf() is the first element of a blob without looking at the rest: what nonce signatures and comparisons of
/// application certificates are made over (OPC 10000-4, 5.7.2). The view points into `blob`.
[[nodiscard]] UATRUST_API Result<ByteView> leafOf(ByteView blob);

/// joinChain() puts certificates side by side in the order given: the inverse of parseChain().
[[nodiscard]] UATRUST_API Bytes joinChain(std::span<const Certificate> chain);

}  // namespace uatrust
