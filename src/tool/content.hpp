#pragma once

#include <uatrust/x509/bundle.hpp>

#include <string>
#include <variant>
#include <vector>

namespace uatrust::tool {

/// KeyFacts is what may be told of a private key: never its bits.
struct KeyFacts {
    bool encrypted = false;
    std::optional<PublicKey> publicKey{};  ///< its public half; nothing when it is encrypted, or no key of OPC UA
    std::string kind{};                    ///< "RSA 2048"; empty when that cannot be seen without the passphrase
};

/// Element is one thing in a file, told by its content: the name of the file says nothing.
struct Element {
    using Content = std::variant<Certificate, Crl, CertificateRequest, KeyFacts, PublicKey, Error>;
    std::string form{};  ///< "DER" or "PEM", or "PKCS#7", "PKCS#12" around it
    Content content;
};

/// takeApart() finds what a file holds: PEM blocks with any text around them, DER side by side, and what is in PKCS#7 and PKCS#12.
/// Each stands for itself; one that is damaged or not known is an Error with the reason and what to do. At least one element.
/// `passphrase` opens what is encrypted; a private key that does not open is told as that.
[[nodiscard]] std::vector<Element> takeApart(ByteView content, const PassphraseSource& passphrase);

}  // namespace uatrust::tool
