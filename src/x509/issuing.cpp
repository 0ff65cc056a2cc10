#include "x509/issuing.hpp"

#include <fmt/format.h>

#include <uatrust/crypto/digest.hpp>

#include "x509/application_profile.hpp"
#include "x509/der_writer.hpp"

namespace uatrust::detail {
namespace {

// Sixteen random octets. The highest bit is clear because serial numbers are positive, the next is set so that all
// have the same length and none is zero (RFC 5280, 4.1.2.2).
Result<Bytes> randomSerial() {
    auto serial = randomBytes(16);
    if (!serial) return serial;
    serial->front() = static_cast<std::uint8_t>((serial->front() & 0x3FU) | 0x40U);
    return serial;
}

// TBSCertificate (RFC 5280, 4.1)
Bytes contentsOf(const CertificateForm& form, const PublicKey& key, ByteView serial, ByteView algorithm) {
    constexpr std::uint8_t version3 = 2;
    const auto version = derElement(derExplicit(0), {derPositive(Bytes{version3})});
    const auto dates = derElement(derSequence, {derTime(form.validity.notBefore), derTime(form.validity.notAfter)});
    const auto extensions = derElement(derExplicit(3), {derElement(derSequence, form.extensions)});
    return derElement(derSequence, {version, derPositive(serial), algorithm, form.issuer, dates, form.subject, key.der(), extensions});
}

}  // namespace

Result<Validity> checkedValidity(const Validity& validity) {
    using namespace std::chrono;
    constexpr Instant earliest = sys_days{year{1950} / 1 / 1};
    constexpr Instant latest = sys_days{year{9999} / 12 / 31} + hours{23} + minutes{59} + seconds{59};
    if (validity.notBefore < validity.notAfter && validity.notBefore >= earliest && validity.notAfter <= latest) return validity;
    return Error{
        StatusCode::BadInvalidArgument,
        fmt::format("No certificate can be valid from {} to {}", formatInstant(validity.notBefore), formatInstant(validity.notAfter)),
        "let it begin in 1950 or later, end by 9999, and begin before it ends"};
}

Bytes derExtension(std::string_view oid, bool critical, ByteView value) {
    const Bytes flag{derBoolean, 1, 0xFF};
    return derElement(derSequence, {derOid(oid), critical ? ByteView{flag} : ByteView{}, derElement(derOctetString, {value})});
}

Bytes keyIdentifier(const PublicKey& key) {
    DerReader outer{key.der()};
    const auto info = outer.next(derSequence);
    DerReader reader{info ? info->content : ByteView{}};
    static_cast<void>(reader.next(derSequence));
    const auto bits = reader.next(derBitString);
    const auto digest = sha1(bits && !bits->content.empty() ? bits->content.subspan(1) : key.der());
    return {digest.begin(), digest.end()};
}

// Only with cA TRUE is anything written: FALSE is the default, and DER leaves defaults out.
Bytes basicConstraintsExtension(bool ca, std::uint8_t pathLength) {
    const Bytes flag{derBoolean, 1, 0xFF};
    const auto content = ca ? derElement(derSequence, {flag, derPositive(Bytes{pathLength})}) : derElement(derSequence, {});
    return derExtension("2.5.29.19", true, content);
}

Bytes subjectKeyExtension(const PublicKey& key) {
    return derExtension("2.5.29.14", false, derElement(derOctetString, {keyIdentifier(key)}));
}

Bytes authorityKeyExtension(ByteView identifier) {
    return derExtension("2.5.29.35", false, derElement(derSequence, {derElement(derImplicit(0), {identifier})}));
}

Bytes keyUsageExtension(std::uint16_t bits) { return derExtension("2.5.29.15", true, derNamedBits(bits)); }

Error notVerified() {
    return {StatusCode::BadSecurityChecksFailed, "The private key made a signature that its own public key does not verify",
            "check that the key and the device behind it belong together"};
}

Result<Certificate> signCertificate(const CertificateForm& form, const PublicKey& key, const PrivateKey& signer) {
    const auto signature = profileSignature(signer.publicKey());
    if (!signature) return signature.error();
    const auto serial = randomSerial();
    if (!serial) return serial.error();
    const auto der = signObject(signer, *signature, contentsOf(form, key, *serial, signature->algorithmIdentifier));
    if (!der) return der.error();
    auto certificate = Certificate::fromDer(*der);
    if (!certificate || certificate->isSignedBy(signer.publicKey())) return certificate;
    return notVerified();
}

}  // namespace uatrust::detail
