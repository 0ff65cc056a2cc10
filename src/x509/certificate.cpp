#include <uatrust/x509/certificate.hpp>

#include <algorithm>
#include <array>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <uatrust/crypto/digest.hpp>

#include "x509/asn1.hpp"
#include "x509/certificate_data.hpp"
#include "x509/distinguished_name_data.hpp"

namespace uatrust {
namespace {

using namespace detail;

constexpr std::string_view kind = "certificate";

constexpr std::array<std::string_view, 9> usageNames{"digitalSignature", "nonRepudiation", "keyEncipherment",
                                                     "dataEncipherment", "keyAgreement",   "keyCertSign",
                                                     "cRLSign",          "encipherOnly",   "decipherOnly"};

struct PurposeRow {
    std::string_view oid;
    std::string_view name;
};
constexpr std::array purposeRows{PurposeRow{kServerAuth, "serverAuth"},           PurposeRow{kClientAuth, "clientAuth"},
                                 PurposeRow{"1.3.6.1.5.5.7.3.3", "codeSigning"},  PurposeRow{"1.3.6.1.5.5.7.3.4", "emailProtection"},
                                 PurposeRow{"1.3.6.1.5.5.7.3.8", "timeStamping"}, PurposeRow{"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
                                 PurposeRow{"2.5.29.37.0", "anyExtendedKeyUsage"}};

std::string_view purposeName(std::string_view oid) noexcept {
    const auto* row = std::find_if(purposeRows.begin(), purposeRows.end(), [=](const PurposeRow& r) { return r.oid == oid; });
    return row != purposeRows.end() ? row->name : oid;
}

/// TBSCertificate (RFC 5280, 4.1.2), taken apart in place.
struct Contents {
    unsigned version = 1;
    ByteView serialNumber{};
    ByteView signature{};
    ByteView issuer{};
    Instant notBefore{};
    Instant notAfter{};
    ByteView subject{};
    ByteView publicKey{};
    bool hasUniqueIds = false;
    std::optional<ByteView> extensions{};
};

/// ContentsReader reads one field after the other. Each step says what is wrong, or nothing.
class ContentsReader {
public:
    using Complaint = std::optional<std::string_view>;

    explicit ContentsReader(ByteView content) noexcept : reader_{content} {}

    Complaint read(Contents& out) {
        using Step = Complaint (ContentsReader::*)(Contents&);
        constexpr std::array<Step, 6> steps{&ContentsReader::version,   &ContentsReader::serialNumber, &ContentsReader::namesAndAlgorithm,
                                            &ContentsReader::uniqueIds, &ContentsReader::extensions,   &ContentsReader::end};
        for (const Step step : steps) {
            if (const auto complaint = (this->*step)(out)) return complaint;
        }
        return std::nullopt;
    }

private:
    Complaint version(Contents& out) {
        const auto field = reader_.next(derExplicit(0));
        if (!field) return std::nullopt;
        DerReader inner{field->content};
        const auto number = inner.next(derInteger);
        if (!number || !inner.atEnd() || number->content.size() != 1 || number->content[0] > 2) return "its version is none of 1, 2 and 3";
        out.version = number->content[0] + 1U;
        return std::nullopt;
    }

    // Negative, zero and over-long serial numbers are out there, and mean only what they are compared with.
    Complaint serialNumber(Contents& out) {
        const auto field = reader_.next(derInteger);
        if (!field || !integerIsMinimal(field->content)) return "its serial number is no DER INTEGER";
        out.serialNumber = field->content;
        return std::nullopt;
    }

    Complaint namesAndAlgorithm(Contents& out) {
        const auto signature = reader_.next(derSequence);
        const auto issuer = reader_.next(derSequence);
        const auto validity = reader_.next(derSequence);
        const auto subject = reader_.next(derSequence);
        const auto publicKey = reader_.next(derSequence);
        if (!signature || !issuer || !validity || !subject || !publicKey) {
            return "signature algorithm, issuer, validity, subject and public key do not follow each other";
        }
        out.signature = signature->whole;
        out.issuer = issuer->whole;
        out.subject = subject->whole;
        out.publicKey = publicKey->whole;
        return dates(validity->content, out);
    }

    static Complaint dates(ByteView validity, Contents& out) {
        DerReader inner{validity};
        const auto from = inner.next();
        const auto to = inner.next();
        const auto notBefore = from ? readTime(*from) : std::nullopt;
        const auto notAfter = to ? readTime(*to) : std::nullopt;
        if (!notBefore || !notAfter || !inner.atEnd()) return "its validity is not two dates of RFC 5280, 4.1.2.5";
        out.notBefore = *notBefore;
        out.notAfter = *notAfter;
        return std::nullopt;
    }

    // RFC 5280, 4.1.2.8: nobody writes them any more, nobody evaluates them.
    Complaint uniqueIds(Contents& out) {
        for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
            const auto field = reader_.next(derImplicit(number));
            if (!field) continue;
            out.hasUniqueIds = true;
            if (field->content.empty() || field->content[0] > 7) return "a unique identifier in it is no BIT STRING";
        }
        return out.hasUniqueIds && out.version < 2 ? Complaint{"it has a unique identifier although its version is 1"} : std::nullopt;
    }

    Complaint extensions(Contents& out) {
        const auto field = reader_.next(derExplicit(3));
        if (!field) return std::nullopt;
        if (out.version != 3) return "it has extensions although its version is not 3";
        DerReader inner{field->content};
        const auto list = inner.next(derSequence);
        if (!list || !inner.atEnd()) return "its extensions are no SEQUENCE";
        out.extensions = list->content;
        return std::nullopt;
    }

    Complaint end(Contents&) { return reader_.atEnd() ? Complaint{} : "it has a field that no certificate has"; }

    DerReader reader_;
};

Result<Contents> readContents(const SignedObject& parts) {
    Contents contents;
    if (const auto complaint = ContentsReader{parts.toBeSignedContent}.read(contents)) return malformed(kind, *complaint);
    // RFC 5280, 4.1.1.2: else the algorithm that is covered by the signature would not be the one that is used.
    if (!equalBytes(contents.signature, parts.algorithm)) return malformed(kind, "the signature algorithms inside and outside differ");
    return contents;
}

// A certificate that signs itself names one party twice: the name is decoded once.
Result<DistinguishedName> readSubject(const Contents& contents, const DistinguishedName& issuer) {
    if (equalBytes(contents.subject, contents.issuer)) return issuer;
    return DistinguishedName::fromDer(contents.subject);
}

Result<CertificateExtensions> readExtensions(const Contents& contents) {
    if (!contents.extensions) return CertificateExtensions{};
    return readCertificateExtensions(*contents.extensions, kind);
}

Error withReason(const Error& error) { return malformed(kind, error.message); }

// A key of a kind that nobody knows is read, but its AlgorithmIdentifier has to be one for everybody.
Result<PublicKey> readPublicKey(ByteView subjectPublicKeyInfo) {
    DerReader outer{subjectPublicKeyInfo};
    const auto sequence = outer.next(derSequence);
    DerReader reader{sequence ? sequence->content : ByteView{}};
    const auto algorithm = reader.next(derSequence);
    const ErrorQueueGuard guard;
    if (!algorithm || !decodeItem<X509_ALGOR>(algorithm->whole, ASN1_ITEM_rptr(X509_ALGOR))) {
        return malformed(kind, "the algorithm of its public key does not decode");
    }
    auto key = PublicKey::fromDer(subjectPublicKeyInfo);
    return key.ok() ? key : Result<PublicKey>{withReason(key.error())};
}

using DetailsPtr = std::unique_ptr<const CertificateDetails>;

// The octets have to outlive what is made of them.
Result<DetailsPtr> decode(ByteView der) {
    const auto parts = readSignedObject(der, kind, Certificate::kMaxSize);
    if (!parts) return parts.error();
    const auto contents = readContents(*parts);
    if (!contents) return contents.error();
    auto algorithm = readSignatureAlgorithm(parts->algorithm);
    if (!algorithm) return malformed(kind, "its signature algorithm does not decode");
    auto issuer = DistinguishedName::fromDer(contents->issuer);
    if (!issuer) return withReason(issuer.error());
    if (issuer->empty()) return malformed(kind, "it names no issuer (RFC 5280, 4.1.2.4)");
    auto subject = readSubject(*contents, *issuer);
    if (!subject) return withReason(subject.error());
    auto publicKey = readPublicKey(contents->publicKey);
    if (!publicKey) return publicKey.error();
    auto extensions = readExtensions(*contents);
    if (!extensions) return extensions.error();
    const bool selfIssued = *subject == *issuer;
    return DetailsPtr{new CertificateDetails{der, *parts, contents->version, integerText(contents->serialNumber), std::move(*issuer),
                                             std::move(*subject), contents->notBefore, contents->notAfter, std::move(*publicKey),
                                             std::move(*algorithm), std::move(*extensions), selfIssued}};
}

LookUpHashes hashesOf(const CertificateDetails& details) {
    const auto& extensions = details.extensions;
    return {.subject = details.subject.hash(),
            .applicationUri = shortHash(asBytes(extensions.uris.empty() ? std::string_view{} : std::string_view{extensions.uris.front()})),
            .publicKey = shortHash(details.publicKey.der()),
            .keyIdentifier = shortHash(extensions.subjectKeyIdentifier),
            .commonName = shortHash(asBytes(details.subject.data().makeCommonName()))};
}

}  // namespace

std::string KeyUsageSet::text() const {
    std::vector<std::string_view> names;
    for (std::size_t bit = 0; bit < usageNames.size(); ++bit) {
        if ((unsigned{bits} >> bit & 1U) != 0) names.push_back(usageNames[bit]);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

bool ExtendedKeyUsageSet::has(std::string_view oid) const noexcept { return std::find(oids.begin(), oids.end(), oid) != oids.end(); }

std::string ExtendedKeyUsageSet::text() const {
    std::vector<std::string_view> names;
    for (const auto& oid : oids) names.push_back(purposeName(oid));
    return fmt::format("{}", fmt::join(names, ", "));
}

std::uint32_t detail::shortHash(ByteView octets) noexcept {
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (const auto octet : octets) hash = (hash ^ octet) * 16777619U;
    return hash;
}

bool CertificateDetails::isSelfSigned() const { return selfIssued && lazy.signature.verifies(parts, publicKey); }

X509* CertificateDetails::x509() const {
    std::call_once(lazy.x509Once, [this] {
        const ErrorQueueGuard guard;
        const std::uint8_t* at = der.data();
        lazy.x509.reset(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    });
    return lazy.x509.get();
}

const CertificateDetails& Certificate::Data::decodeAgain() const {
    auto decoded = decode(der);
    if (!decoded) throw std::bad_alloc{};  // it has been decoded before
    const CertificateDetails* known = nullptr;
    // Of several threads that decode at the same time one is believed.
    if (!details_.compare_exchange_strong(known, decoded->get(), std::memory_order_acq_rel)) return *known;
    return *decoded->release();
}

Certificate detail::compacted(const Certificate& certificate) {
    const auto& data = certificate.data();
    return Certificate{std::make_shared<const Certificate::Data>(data.der, data.id, data.thumbprint, data.hashes, nullptr)};
}

Result<Certificate> Certificate::fromDer(ByteView der) {
    if (der.size() > kMaxSize) return readSignedObject(der, kind, kMaxSize).error();
    // Moving a vector keeps its octets where they are, so the views of the details stay good.
    Bytes owned(der.begin(), der.end());
    auto details = decode(owned);
    if (!details) return details.error();
    const auto hashes = hashesOf(**details);
    const CertificateId id{sha256(owned)};
    const Thumbprint thumbprint{sha1(owned)};
    return Certificate{std::make_shared<const Data>(std::move(owned), id, thumbprint, hashes, std::move(*details))};
}

ByteView Certificate::der() const noexcept { return data_->der; }
const CertificateId& Certificate::id() const noexcept { return data_->id; }
const Thumbprint& Certificate::thumbprint() const noexcept { return data_->thumbprint; }

unsigned Certificate::version() const { return data_->details().version; }
const DistinguishedName& Certificate::subject() const { return data_->details().subject; }
const DistinguishedName& Certificate::issuer() const { return data_->details().issuer; }
const std::string& Certificate::serialNumber() const { return data_->details().serialNumber; }
Instant Certificate::notBefore() const { return data_->details().notBefore; }
Instant Certificate::notAfter() const { return data_->details().notAfter; }
const PublicKey& Certificate::publicKey() const { return data_->details().publicKey; }
const CertificateSignatureAlgorithm& Certificate::signatureAlgorithm() const { return data_->details().signatureAlgorithm; }

const std::optional<KeyUsageSet>& Certificate::keyUsage() const { return data_->details().extensions.keyUsage; }
const std::optional<ExtendedKeyUsageSet>& Certificate::extendedKeyUsage() const { return data_->details().extensions.extendedKeyUsage; }
const std::optional<BasicConstraints>& Certificate::basicConstraints() const { return data_->details().extensions.basicConstraints; }
ByteView Certificate::subjectKeyIdentifier() const { return data_->details().extensions.subjectKeyIdentifier; }
ByteView Certificate::authorityKeyIdentifier() const { return data_->details().extensions.authorityKeyIdentifier; }
const std::vector<std::string>& Certificate::unknownCriticalExtensions() const { return data_->details().extensions.unknownCritical; }

const std::vector<std::string>& Certificate::uris() const { return data_->details().extensions.uris; }
std::string_view Certificate::applicationUri() const { return uris().empty() ? std::string_view{} : std::string_view{uris().front()}; }
const std::vector<std::string>& Certificate::dnsNames() const { return data_->details().extensions.dnsNames; }
const std::vector<std::vector<std::uint8_t>>& Certificate::ipAddresses() const { return data_->details().extensions.ipAddresses; }

bool Certificate::isSelfIssued() const { return data_->details().selfIssued; }
bool Certificate::isSelfSigned() const { return data_->details().isSelfSigned(); }
bool Certificate::isCa() const { return basicConstraints() && basicConstraints()->ca; }

bool Certificate::isSignedBy(const PublicKey& issuerKey) const {
    const auto& details = data_->details();
    return details.lazy.signature.verifies(details.parts, issuerKey);
}

std::string Certificate::describe() const {
    const auto& subject = data_->details().subject;
    auto text = subject.empty() ? std::string{"(no subject)"} : printable(subject.text());
    return text.append(" [").append(toHex(ByteView{thumbprint().sha1}.first(4), HexCase::Upper)).append("...]");
}

}  // namespace uatrust
