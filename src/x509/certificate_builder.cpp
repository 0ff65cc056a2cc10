#include <uatrust/x509/certificate_builder.hpp>

#include <chrono>

#include <fmt/format.h>

#include <uatrust/crypto/digest.hpp>

#include "x509/application_profile.hpp"
#include "x509/der_writer.hpp"

namespace uatrust {
namespace {

using namespace detail;

// A peer whose clock is a little behind should not find the new certificate not yet valid.
constexpr std::chrono::hours backDating{1};
constexpr std::chrono::years lifeTime{5};

// The same day of a later year; the 28th for the 29th of February.
Instant yearsLater(Instant at, std::chrono::years years) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    year_month_day date{day};
    date += years;
    if (!date.ok()) date = date.year() / date.month() / last;
    return sys_days{date} + (at - day);
}

struct Validity {
    Instant notBefore;
    Instant notAfter;
};

Result<Validity> checked(const Validity& validity) {
    using namespace std::chrono;
    constexpr Instant earliest = sys_days{year{1950} / 1 / 1};
    constexpr Instant latest = sys_days{year{9999} / 12 / 31} + hours{23} + minutes{59} + seconds{59};
    if (validity.notBefore < validity.notAfter && validity.notBefore >= earliest && validity.notAfter <= latest) return validity;
    return Error{
        StatusCode::BadInvalidArgument,
        fmt::format("No certificate can be valid from {} to {}", formatInstant(validity.notBefore), formatInstant(validity.notAfter)),
        "let it begin in 1950 or later, end by 9999, and begin before it ends"};
}

// Sixteen random octets. The highest bit is clear because serial numbers are positive, the next is set so that all
// have the same length and none is zero (RFC 5280, 4.1.2.2).
Result<Bytes> randomSerial() {
    auto serial = randomBytes(16);
    if (!serial) return serial;
    serial->front() = static_cast<std::uint8_t>((serial->front() & 0x3FU) | 0x40U);
    return serial;
}

std::vector<Bytes> extensionsOf(const ApplicationSubject& subject, const PublicKey& key) {
    auto all = requestedExtensions(subject, key, true);
    for (auto& extension : identifyingExtensions(key)) all.push_back(std::move(extension));
    return all;
}

// TBSCertificate (RFC 5280, 4.1)
Bytes contentsOf(const ApplicationSubject& subject, const PublicKey& key, const Validity& validity, ByteView serial, ByteView algorithm) {
    constexpr std::uint8_t version3 = 2;
    const auto version = derElement(derExplicit(0), {derPositive(Bytes{version3})});
    const auto dates = derElement(derSequence, {derTime(validity.notBefore), derTime(validity.notAfter)});
    const auto extensions = derElement(derExplicit(3), {derElement(derSequence, extensionsOf(subject, key))});
    const auto name = subject.subject.der();
    return derElement(derSequence, {version, derPositive(serial), algorithm, name, dates, name, key.der(), extensions});
}

// What comes back is what everybody else will read, signed by a key that may be on a device: it is not taken on trust.
Result<Certificate> readBack(ByteView der, const PublicKey& key) {
    auto certificate = Certificate::fromDer(der);
    if (!certificate || certificate->isSignedBy(key)) return certificate;
    return Error{StatusCode::BadSecurityChecksFailed, "The private key made a signature that its own public key does not verify",
                 "check that the key and the device behind it belong together"};
}

}  // namespace

CertificateBuilder::CertificateBuilder(ApplicationSubject subject) : subject_{std::move(subject)}, clock_{&systemClock()} {}

CertificateBuilder& CertificateBuilder::validity(Instant notBefore, Instant notAfter) noexcept {
    notBefore_ = notBefore;
    notAfter_ = notAfter;
    return *this;
}

CertificateBuilder& CertificateBuilder::clock(const Clock& clock) noexcept {
    clock_ = &clock;
    return *this;
}

Result<Certificate> CertificateBuilder::selfSigned(const PrivateKey& key) const {
    if (const auto fine = checkSubject(subject_); !fine) return fine.error();
    const auto now = clock_->now();
    const auto validity = checked({notBefore_.value_or(now - backDating), notAfter_.value_or(yearsLater(now, lifeTime))});
    if (!validity) return validity.error();
    const auto signature = profileSignature(key.publicKey());
    if (!signature) return signature.error();
    const auto serial = randomSerial();
    if (!serial) return serial.error();
    const auto contents = contentsOf(subject_, key.publicKey(), *validity, *serial, signature->algorithmIdentifier);
    const auto der = signObject(key, *signature, contents);
    if (!der) return der.error();
    return readBack(*der, key.publicKey());
}

}  // namespace uatrust
