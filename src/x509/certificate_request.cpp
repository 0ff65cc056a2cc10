#include <uatrust/x509/certificate_request.hpp>

#include "x509/application_profile.hpp"
#include "x509/der_writer.hpp"
#include "x509/extensions.hpp"
#include "x509/signed_object.hpp"

namespace uatrust {

struct CertificateRequest::Data {
    Bytes der;
    DistinguishedName subject;
    PublicKey publicKey;
    detail::CertificateExtensions extensions;
};

namespace {

using namespace detail;

constexpr std::string_view kind = "certificate request";
constexpr std::string_view extensionRequest = "1.2.840.113549.1.9.14";

/// CertificationRequestInfo (RFC 2986, 4.1), taken apart in place.
struct Contents {
    ByteView subject{};
    ByteView publicKey{};
    ByteView attributes{};
};

std::optional<Contents> readContents(ByteView content) {
    DerReader reader{content};
    const auto version = reader.next(derInteger);
    const auto subject = reader.next(derSequence);
    const auto publicKey = reader.next(derSequence);
    const auto attributes = reader.next(derExplicit(0));
    const bool isVersion1 = version && version->content.size() == 1 && version->content[0] == 0;
    if (!isVersion1 || !subject || !publicKey || !reader.atEnd()) return std::nullopt;
    return Contents{subject->whole, publicKey->whole, attributes ? attributes->content : ByteView{}};
}

struct Attribute {
    std::string type;
    ByteView values;
};

std::optional<Attribute> readAttribute(DerReader& list) {
    const auto whole = list.next(derSequence);
    if (!whole) return std::nullopt;
    DerReader reader{whole->content};
    const auto type = reader.next(derObjectIdentifier);
    const auto values = reader.next(derSet);
    if (!type || !values || !reader.atEnd()) return std::nullopt;
    const auto oid = oidText(type->content);
    return oid ? std::optional{Attribute{*oid, values->content}} : std::nullopt;
}

// The list of extensions that are asked for: the content of its SEQUENCE, empty when the request asks for none.
Result<ByteView> findExtensions(ByteView attributes) {
    std::optional<ByteView> found;
    for (DerReader list{attributes}; !list.atEnd();) {
        const auto attribute = readAttribute(list);
        if (!attribute) return malformed(kind, "one of its attributes does not decode");
        if (attribute->type != extensionRequest) continue;
        DerReader values{attribute->values};
        const auto extensions = values.next(derSequence);
        if (found || !extensions || !values.atEnd()) return malformed(kind, "it does not ask for extensions exactly once");
        found = extensions->content;
    }
    return found.value_or(ByteView{});
}

Bytes attributesOf(const ApplicationSubject& subject, const PublicKey& key) {
    const auto extensions = derElement(derSequence, requestedExtensions(subject, key, false));
    return derElement(derExplicit(0), {derElement(derSequence, {derOid(extensionRequest), derElement(derSet, {extensions})})});
}

}  // namespace

Result<CertificateRequest> CertificateRequest::make(const ApplicationSubject& subject, const PrivateKey& key) {
    if (const auto fine = checkSubject(subject); !fine) return fine.error();
    const auto signature = profileSignature(key.publicKey());
    if (!signature) return signature.error();
    const auto version1 = derPositive(Bytes{0});
    const auto contents =
        derElement(derSequence, {version1, subject.subject.der(), key.publicKey().der(), attributesOf(subject, key.publicKey())});
    const auto der = signObject(key, *signature, contents);
    if (!der) return der.error();
    return fromDer(*der);
}

Result<CertificateRequest> CertificateRequest::fromDer(ByteView der) {
    const auto parts = readSignedObject(der, kind, Certificate::kMaxSize);
    if (!parts) return parts.error();
    const auto contents = readContents(parts->toBeSignedContent);
    if (!contents) return malformed(kind, "version, subject, public key and attributes do not follow each other");
    auto subject = DistinguishedName::fromDer(contents->subject);
    if (!subject) return malformed(kind, subject.error().message);
    auto publicKey = PublicKey::fromDer(contents->publicKey);
    if (!publicKey) return malformed(kind, publicKey.error().message);
    const auto list = findExtensions(contents->attributes);
    if (!list) return list.error();
    auto extensions = readCertificateExtensions(*list, kind);
    if (!extensions) return extensions.error();
    // RFC 2986, 3: who asks shows that he has the private key.
    if (!verifySignedObject(*parts, *publicKey)) return malformed(kind, "it is not signed by the key that it is for");
    return CertificateRequest{std::make_shared<const Data>(
        Data{Bytes(der.begin(), der.end()), std::move(*subject), std::move(*publicKey), std::move(*extensions)})};
}

ByteView CertificateRequest::der() const noexcept { return data_->der; }
const DistinguishedName& CertificateRequest::subject() const noexcept { return data_->subject; }
const PublicKey& CertificateRequest::publicKey() const noexcept { return data_->publicKey; }
const std::vector<std::string>& CertificateRequest::uris() const noexcept { return data_->extensions.uris; }
const std::vector<std::string>& CertificateRequest::dnsNames() const noexcept { return data_->extensions.dnsNames; }
const std::vector<std::vector<std::uint8_t>>& CertificateRequest::ipAddresses() const noexcept { return data_->extensions.ipAddresses; }
const std::optional<KeyUsageSet>& CertificateRequest::keyUsage() const noexcept { return data_->extensions.keyUsage; }
const std::optional<ExtendedKeyUsageSet>& CertificateRequest::extendedKeyUsage() const noexcept {
    return data_->extensions.extendedKeyUsage;
}

}  // namespace uatrust
