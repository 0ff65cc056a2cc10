#include <uatrust/x509/crl.hpp>

#include <uatrust/crypto/digest.hpp>

#include "x509/asn1.hpp"
#include "x509/crl_reader.hpp"
#include "x509/signature_memory.hpp"

namespace uatrust {

/// What a Crl shares among its copies. Written once, then only read, but for what is remembered of its signature.
struct Crl::Data {
    Bytes der;
    detail::SignedObject parts;    ///< views into `der`
    detail::CrlContents contents;  ///< the same
    CertificateId id;
    Thumbprint thumbprint;
    DistinguishedName issuer;
    CertificateSignatureAlgorithm signatureAlgorithm;
    mutable detail::SignatureMemory signature{};
};

namespace {

constexpr std::string_view kind = "certificate revocation list";

}  // namespace

Result<Crl> Crl::fromDer(ByteView der) {
    using namespace detail;
    if (der.size() > kMaxSize) return readSignedObject(der, kind, kMaxSize).error();
    // Moving a vector keeps its octets where they are, so the views below stay good.
    Bytes owned(der.begin(), der.end());
    const auto parts = readSignedObject(owned, kind, kMaxSize);
    if (!parts) return parts.error();
    auto contents = readCrlContents(parts->toBeSignedContent);
    if (!contents) return contents.error();
    // RFC 5280, 5.1.1.2: else the algorithm that is covered by the signature would not be the one that is used.
    if (!equalBytes(contents->signature, parts->algorithm)) return malformed(kind, "the signature algorithms inside and outside differ");
    auto algorithm = readSignatureAlgorithm(parts->algorithm);
    if (!algorithm) return malformed(kind, "its signature algorithm does not decode");
    auto issuer = DistinguishedName::fromDer(contents->issuer);
    if (!issuer) return malformed(kind, issuer.error().message);
    if (issuer->empty()) return malformed(kind, "it names no issuer (RFC 5280, 5.1.2.3)");

    const CertificateId id{sha256(owned)};
    const Thumbprint thumbprint{sha1(owned)};
    return Crl{std::shared_ptr<const Data>{
        new Data{std::move(owned), *parts, std::move(*contents), id, thumbprint, std::move(*issuer), std::move(*algorithm)}}};
}

ByteView Crl::der() const noexcept { return data_->der; }
const CertificateId& Crl::id() const noexcept { return data_->id; }
const Thumbprint& Crl::thumbprint() const noexcept { return data_->thumbprint; }
const DistinguishedName& Crl::issuer() const noexcept { return data_->issuer; }
Instant Crl::thisUpdate() const noexcept { return data_->contents.thisUpdate; }
std::optional<Instant> Crl::nextUpdate() const noexcept { return data_->contents.nextUpdate; }
const std::string& Crl::number() const noexcept { return data_->contents.number; }
ByteView Crl::authorityKeyIdentifier() const noexcept { return data_->contents.authorityKeyIdentifier; }
const CertificateSignatureAlgorithm& Crl::signatureAlgorithm() const noexcept { return data_->signatureAlgorithm; }
std::size_t Crl::size() const noexcept { return data_->contents.entries.size(); }
const std::string& Crl::incompleteBecause() const noexcept { return data_->contents.incompleteBecause; }

std::optional<RevokedEntry> Crl::find(std::string_view serialNumber) const {
    const auto content = detail::integerContent(serialNumber);
    const auto* entry = content ? detail::findCrlEntry(data_->contents.entries, *content) : nullptr;
    return entry != nullptr ? std::optional{detail::readRevokedEntry(*entry)} : std::nullopt;
}

bool Crl::isSignedBy(const PublicKey& issuerKey) const { return data_->signature.verifies(data_->parts, issuerKey); }

}  // namespace uatrust
