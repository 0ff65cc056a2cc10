#pragma once

#include <uatrust/x509/certificate_builder.hpp>

// What an application certificate of our own and the request for one have in common (OPC 10000-6, 6.2.2).

namespace uatrust::detail {

/// checkSubject() refuses what could not stand in a conforming certificate, with the reasons of
/// CertificateBuilder::selfSigned().
[[nodiscard]] Result<void> checkSubject(const ApplicationSubject& subject);

/// isUri() says whether a text has the form of a URL or a URN, as an ApplicationUri has to.
[[nodiscard]] bool isUri(std::string_view text) noexcept;

/// profileKeyUsage() are the bits of keyUsage that the profile asks for, by the kind of key.
[[nodiscard]] std::uint16_t profileKeyUsage(const PublicKey& key, bool selfSigned) noexcept;

/// requestedExtensions() are the DER extensions that certificate and request share: subjectAltName, keyUsage and
/// extendedKeyUsage. A self-signed certificate's key has signed a certificate, and its keyUsage says so.
[[nodiscard]] std::vector<Bytes> requestedExtensions(const ApplicationSubject& subject, const PublicKey& key, bool selfSigned);

/// ProfileSignature is how a key signs for itself: the algorithm for PrivateKey::sign() and the DER AlgorithmIdentifier.
struct ProfileSignature {
    SignatureScheme scheme;
    Bytes algorithmIdentifier;
};
/// profileSignature() is BadNotSupported for a key that no SecurityPolicy uses.
[[nodiscard]] Result<ProfileSignature> profileSignature(const PublicKey& key);

/// signObject() signs `toBeSigned` and puts contents, algorithm and signature together.
[[nodiscard]] Result<Bytes> signObject(const PrivateKey& key, const ProfileSignature& signature, ByteView toBeSigned);

}  // namespace uatrust::detail
