#include <uatrust/x509/certificate_builder.hpp>

#include <chrono>

#include "x509/application_profile.hpp"
#include "x509/issuing.hpp"

namespace uatrust {
namespace {

using namespace detail;

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
    const auto validity = checkedValidity({notBefore_.value_or(now - kBackDating), notAfter_.value_or(yearsLater(now, lifeTime))});
    if (!validity) return validity.error();
    const auto name = subject_.subject.der();
    auto extensions = requestedExtensions(subject_, key.publicKey(), true);
    extensions.push_back(basicConstraintsExtension(false));
    extensions.push_back(subjectKeyExtension(key.publicKey()));
    extensions.push_back(authorityKeyExtension(keyIdentifier(key.publicKey())));
    return signCertificate({name, name, *validity, std::move(extensions)}, key.publicKey(), key);
}

}  // namespace uatrust
