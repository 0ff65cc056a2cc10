#include "x509/application_profile.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/core/endpoint_url.hpp>

#include "x509/der_writer.hpp"
#include "x509/issuing.hpp"

namespace uatrust::detail {
namespace {

Error badSubject(std::string message, std::string remedy) {
    return {StatusCode::BadInvalidArgument, "No application certificate can be made: " + std::move(message), std::move(remedy)};
}

bool isVisibleAscii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

bool isLetterOrDigit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// RFC 1123, 2.1, and the underscore that names of machines have in practice.
bool isDnsLabel(std::string_view label) noexcept {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return isLetterOrDigit(c) || c == '-' || c == '_'; });
}

bool isDnsName(std::string_view name) noexcept {
    if (name.empty() || name.size() > 253) return false;
    for (;;) {
        const auto dot = name.find('.');
        if (!isDnsLabel(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

Result<void> checkUri(const std::string& uri) {
    if (uri.empty())
        return badSubject("it has no ApplicationUri", "set one that is unique for this instance, like urn:<host>:<company>:<product>");
    if (!isVisibleAscii(uri)) {
        return badSubject(fmt::format("the ApplicationUri '{}' has characters that no URI has", printable(uri)),
                          "use visible ASCII without spaces, and write everything else as %XX");
    }
    return {};
}

Result<void> checkHostNames(const ApplicationSubject& subject) {
    for (const auto& name : subject.hostNames) {
        if (!isDnsName(name) && !parseIpAddress(name)) {
            return badSubject(fmt::format("'{}' is neither a host name nor an IP address", printable(name)),
                              "write names like plc-4.example.com, without port, scheme or wildcard, and addresses as numbers");
        }
    }
    if (subject.role != ApplicationRole::Client && subject.hostNames.empty()) {
        return badSubject("a server needs at least one host name or address (OPC 10000-6, 6.2.2)",
                          "give the names under which clients reach it");
    }
    return {};
}

// ---- extensions

bool contains(const std::vector<Bytes>& list, const Bytes& element) { return std::find(list.begin(), list.end(), element) != list.end(); }

// The URI first: there are readers that look at the first name only.
Bytes subjectAltName(const ApplicationSubject& subject) {
    std::vector<Bytes> names{derElement(derImplicit(6), {asBytes(subject.applicationUri)})};
    for (const auto& host : subject.hostNames) {
        const auto address = parseIpAddress(host);
        auto name = address ? derElement(derImplicit(7), {*address}) : derElement(derImplicit(2), {asBytes(host)});
        if (!contains(names, name)) names.push_back(std::move(name));
    }
    return derElement(derSequence, names);
}

constexpr std::uint16_t bitsOf(std::initializer_list<KeyUsage> usages) noexcept {
    std::uint16_t bits = 0;
    for (const auto usage : usages) bits = static_cast<std::uint16_t>(bits | static_cast<std::uint16_t>(usage));
    return bits;
}

Bytes extendedKeyUsage(ApplicationRole role) {
    std::vector<Bytes> purposes;
    if (role != ApplicationRole::Client) purposes.push_back(derOid(kServerAuth));
    if (role != ApplicationRole::Server) purposes.push_back(derOid(kClientAuth));
    return derElement(derSequence, purposes);
}

// ---- signatures

struct SignatureRow {
    KeyAlgorithm key;
    SignatureScheme scheme;
    std::string_view oid;
    bool nullParameters;  ///< RFC 4055, 5: RSA has NULL; RFC 5758, 3.2 and RFC 8410, 3: the others have nothing
};
constexpr std::array signatureRows{SignatureRow{KeyAlgorithm::Rsa, SignatureScheme::RsaPkcs1Sha256, "1.2.840.113549.1.1.11", true},
                                   SignatureRow{KeyAlgorithm::NistP256, SignatureScheme::EcdsaSha256, "1.2.840.10045.4.3.2", false},
                                   SignatureRow{KeyAlgorithm::NistP384, SignatureScheme::EcdsaSha384, "1.2.840.10045.4.3.3", false},
                                   SignatureRow{KeyAlgorithm::BrainpoolP256r1, SignatureScheme::EcdsaSha256, "1.2.840.10045.4.3.2", false},
                                   SignatureRow{KeyAlgorithm::BrainpoolP384r1, SignatureScheme::EcdsaSha384, "1.2.840.10045.4.3.3", false},
                                   SignatureRow{KeyAlgorithm::Ed25519, SignatureScheme::Ed25519, "1.3.101.112", false},
                                   SignatureRow{KeyAlgorithm::Ed448, SignatureScheme::Ed448, "1.3.101.113", false}};

bool isEcdsa(SignatureScheme scheme) noexcept { return scheme == SignatureScheme::EcdsaSha256 || scheme == SignatureScheme::EcdsaSha384; }

// OPC UA has r and s side by side, X.509 a SEQUENCE of two INTEGERs (RFC 3279, 2.2.3).
Bytes x509Signature(SignatureScheme scheme, ByteView signature) {
    if (!isEcdsa(scheme)) return {signature.begin(), signature.end()};
    const auto half = signature.size() / 2;
    return derElement(derSequence, {derPositive(signature.first(half)), derPositive(signature.subspan(half))});
}

}  // namespace

// RFC 3986, 3.1, and what RFC 8141, 2 adds: "urn:<namespace>:<something>".
bool isUri(std::string_view text) noexcept {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() || !isVisibleAscii(text)) return false;
    const auto scheme = text.substr(0, colon);
    const auto inScheme = [](char c) { return isLetterOrDigit(c) || c == '+' || c == '-' || c == '.'; };
    if (!isLetterOrDigit(scheme.front()) || !std::all_of(scheme.begin(), scheme.end(), inScheme)) return false;
    const bool urn = scheme == "urn" || scheme == "URN";
    const auto rest = text.substr(colon + 1);
    const auto second = rest.find(':');
    return !urn || (second != 0 && second != std::string_view::npos && second + 1 < rest.size());
}

Result<void> checkSubject(const ApplicationSubject& subject) {
    if (subject.subject.commonName().empty()) {
        return badSubject("its name has no common name (OPC 10000-6, 6.2.2)", "name the application, like CN=Line 4 gateway/O=Acme");
    }
    if (auto checked = checkUri(subject.applicationUri); !checked) return checked;
    return checkHostNames(subject);
}

std::uint16_t profileKeyUsage(const PublicKey& key, bool selfSigned) noexcept {
    constexpr auto rsa =
        bitsOf({KeyUsage::DigitalSignature, KeyUsage::NonRepudiation, KeyUsage::KeyEncipherment, KeyUsage::DataEncipherment});
    constexpr auto ecc = bitsOf({KeyUsage::DigitalSignature});
    constexpr auto own = bitsOf({KeyUsage::KeyCertSign});
    const auto bits = key.algorithm() == KeyAlgorithm::Rsa ? rsa : ecc;
    return selfSigned ? static_cast<std::uint16_t>(bits | own) : bits;
}

std::vector<Bytes> requestedExtensions(const ApplicationSubject& subject, const PublicKey& key, bool selfSigned) {
    return {derExtension("2.5.29.17", false, subjectAltName(subject)), keyUsageExtension(profileKeyUsage(key, selfSigned)),
            derExtension("2.5.29.37", false, extendedKeyUsage(subject.role))};
}

Result<ProfileSignature> profileSignature(const PublicKey& key) {
    const auto* row =
        std::find_if(signatureRows.begin(), signatureRows.end(), [&](const SignatureRow& r) { return r.key == key.algorithm(); });
    if (row == signatureRows.end()) {
        return Error{StatusCode::BadNotSupported, fmt::format("No SecurityPolicy uses a key of the kind {}", key.describe()),
                     "make an RSA, NIST, brainpool or Edwards key pair"};
    }
    const Bytes null{derNull, 0};
    return ProfileSignature{row->scheme, derElement(derSequence, {derOid(row->oid), row->nullParameters ? ByteView{null} : ByteView{}})};
}

Result<Bytes> signObject(const PrivateKey& key, const ProfileSignature& signature, ByteView toBeSigned) {
    const auto signedBits = key.sign(signature.scheme, toBeSigned);
    if (!signedBits) return signedBits.error();
    return derElement(derSequence,
                      {toBeSigned, signature.algorithmIdentifier, derBitStringOf(x509Signature(signature.scheme, *signedBits))});
}

}  // namespace uatrust::detail
