#pragma once

// Certificates, CRLs and requests are the same at the outermost level: something to be signed, how, and the signature.

#include <uatrust/x509/certificate.hpp>

namespace uatrust::detail {

/// SignedObject is that level, taken apart in place. It lives as long as the octets it was read from.
struct SignedObject {
    ByteView toBeSigned{};         ///< what the signature covers: the element with its header
    ByteView toBeSignedContent{};  ///< the same without the header
    ByteView algorithm{};          ///< the DER AlgorithmIdentifier
    ByteView signature{};
};

/// readSignedObject() reads exactly one of them; `what` names it in the error. The signature is not verified.
[[nodiscard]] Result<SignedObject> readSignedObject(ByteView der, std::string_view what, std::size_t maxSize);

/// readSignatureAlgorithm() explains a DER AlgorithmIdentifier; nothing when it is none. An algorithm that is not
/// known is well-formed: its family is Other.
[[nodiscard]] std::optional<CertificateSignatureAlgorithm> readSignatureAlgorithm(ByteView algorithmIdentifier);

/// verifySignedObject() says whether the signature was made with the private half of `key`.
[[nodiscard]] bool verifySignedObject(const SignedObject& object, const PublicKey& key);

}  // namespace uatrust::detail
