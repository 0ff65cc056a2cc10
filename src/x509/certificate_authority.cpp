#include <uatrust/x509/certificate_authority.hpp>

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include <uatrust/core/ip_address.hpp>
#include <uatrust/x509/departures.hpp>

#include "x509/application_profile.hpp"
#include "x509/crl_reader.hpp"
#include "x509/der_writer.hpp"
#include "x509/issuing.hpp"

namespace uatrust {
namespace {

using namespace detail;

std::string textOf(const DistinguishedName& name) { return name.empty() ? "nobody" : fmt::format("\"{}\"", name.text()); }

Error refused(std::string why, std::string remedy) {
    return {StatusCode::BadRequestNotAllowed, "No certificate is issued: " + std::move(why), std::move(remedy)};
}

// Letter case of a name and the many spellings of an address make no difference.
std::set<std::string> normalised(const std::vector<std::string>& hosts) {
    std::set<std::string> all;
    for (const auto& host : hosts) {
        const auto address = parseIpAddress(host);
        auto text = address ? formatIpAddress(*address) : host;
        std::transform(text.begin(), text.end(), text.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
        all.insert(std::move(text));
    }
    return all;
}

std::string listOf(const std::set<std::string>& names) {
    return names.empty() ? "none" : printable(fmt::format("{}", fmt::join(names, ", ")), 1000);
}

Result<void> compare(const ApplicationSubject& requested, const ApplicationSubject& confirmed) {
    constexpr auto remedy = "Ask whoever has sent the request; have it made anew, or confirm what it says.";
    if (!(requested.subject == confirmed.subject)) {
        return refused(fmt::format("the request is for {}, and {} was confirmed.", textOf(requested.subject), textOf(confirmed.subject)),
                       remedy);
    }
    if (requested.applicationUri != confirmed.applicationUri) {
        return refused(fmt::format("the request is for the ApplicationUri \"{}\", and \"{}\" was confirmed.",
                                   printable(requested.applicationUri), printable(confirmed.applicationUri)),
                       remedy);
    }
    const auto asked = normalised(requested.hostNames);
    const auto known = normalised(confirmed.hostNames);
    if (asked == known) return {};
    return refused(fmt::format("the request is for the host names and addresses {}, and {} were confirmed.", listOf(asked), listOf(known)),
                   remedy);
}

// OPC 10000-6, 6.1. Lengths of different algorithms say nothing about each other.
Result<void> checkKey(const PublicKey& key, const Certificate& ca) {
    if (key == ca.publicKey())
        return refused("the request is for the key of the CA itself.", "Have it made with a key of the application's own.");
    if (key.algorithm() != ca.publicKey().algorithm() || key.bits() <= ca.publicKey().bits()) return {};
    return Error{StatusCode::BadCertificatePolicyCheckFailed,
                 fmt::format("No certificate is issued: the key of the request ({}) is longer than that of the CA ({}).", key.describe(),
                             ca.publicKey().describe()),
                 "Have the request made with a shorter key, or issue it by a CA with a longer one."};
}

Result<void> checkDates(const IssueTerms& terms, const Certificate& ca) {
    if (terms.at <= ca.notAfter() && terms.notAfter <= ca.notAfter()) return {};
    if (terms.at > ca.notAfter()) {
        return Error{StatusCode::BadOutOfRange, fmt::format("The CA {} has expired on {}.", ca.describe(), formatInstant(ca.notAfter())),
                     "Set up a new CA, and bring its certificate to all that trust this one."};
    }
    return Error{StatusCode::BadOutOfRange,
                 fmt::format("A certificate until {} would outlive its CA, which ends on {}.", formatInstant(terms.notAfter),
                             formatInstant(ca.notAfter())),
                 "Give a shorter validity."};
}

Result<Certificate> checkProduct(Certificate certificate, const IssueTerms& terms) {
    if (fittingPolicies(certificate).empty()) {
        return Error{
            StatusCode::BadCertificatePolicyCheckFailed,
            fmt::format("No certificate is issued: no SecurityPolicy takes {} signed with {}.", certificate.publicKey().describe(),
                        printable(certificate.signatureAlgorithm().name)),
            "Keys of applications and of their CA are both RSA, or both of the same kind of curve: have the request made with such a key."};
    }
    for (const auto& each : applicationDepartures(certificate, terms.confirmed.role)) {
        if (each.severity != DepartureSeverity::Refused || terms.takeDepartures) continue;
        return Error{StatusCode::BadCertificateInvalid, fmt::format("No certificate is issued: {} ({}).", each.text, each.clause),
                     "Have the request made anew, or issue it in spite of departures from the profile."};
    }
    return certificate;
}

// ---- CRL

Result<Bytes> entryOf(const Revocation& revocation) {
    const auto serial = integerContent(revocation.serialNumber);
    if (!serial || (serial->front() & 0x80U) != 0) {
        return Error{StatusCode::BadInvalidArgument,
                     fmt::format("\"{}\" is no serial number of a certificate.", printable(revocation.serialNumber)),
                     "Give it in hexadecimal digits, as it stands in the certificate."};
    }
    const auto date = derTime(revocation.at);
    const auto number = derElement(derInteger, {*serial});
    // RFC 5280, 5.3.1: "unspecified" is said by saying nothing.
    if (revocation.reason == RevocationReason::Unspecified) return derElement(derSequence, {number, date});
    const Bytes code{static_cast<std::uint8_t>(revocation.reason)};
    const auto reason = derExtension("2.5.29.21", false, derElement(derEnumerated, {code}));
    return derElement(derSequence, {number, date, derElement(derSequence, {reason})});
}

Result<std::vector<Bytes>> entriesOf(std::span<const Revocation> revoked) {
    std::set<Bytes> seen;
    std::vector<Bytes> entries;
    for (const auto& each : revoked) {
        auto entry = entryOf(each);
        if (!entry) return entry.error();
        if (!seen.insert(*integerContent(each.serialNumber)).second) {
            return Error{StatusCode::BadInvalidArgument,
                         fmt::format("The serial number {} is revoked twice.", printable(each.serialNumber)),
                         "List each certificate once."};
        }
        entries.push_back(std::move(*entry));
    }
    return entries;
}

constexpr std::array reasons{RevocationReason::Unspecified,        RevocationReason::KeyCompromise, RevocationReason::CaCompromise,
                             RevocationReason::AffiliationChanged, RevocationReason::Superseded,    RevocationReason::CessationOfOperation,
                             RevocationReason::PrivilegeWithdrawn, RevocationReason::AaCompromise};

Bytes numberOctets(std::uint64_t number) {
    Bytes octets;
    for (unsigned i = 8; i > 0; --i) octets.push_back(static_cast<std::uint8_t>(number >> (8U * (i - 1U))));
    return octets;
}

}  // namespace

std::string_view revocationReasonName(RevocationReason reason) noexcept { return crlReasonName(static_cast<std::uint8_t>(reason)); }

std::optional<RevocationReason> revocationReasonFromName(std::string_view name) noexcept {
    const auto* found =
        std::find_if(reasons.begin(), reasons.end(), [&](RevocationReason each) { return revocationReasonName(each) == name; });
    return found == reasons.end() ? std::nullopt : std::optional{*found};
}

Result<ApplicationSubject> requestedSubject(const CertificateRequest& request) {
    const auto& uris = request.uris();
    if (uris.size() != 1) {
        return Error{
            StatusCode::BadCertificateUriInvalid,
            uris.empty()
                ? fmt::format("The request of {} has no ApplicationUri: there is no URI in its subjectAltName.", textOf(request.subject()))
                : fmt::format("The request of {} has {} URIs where there is one ApplicationUri.", textOf(request.subject()), uris.size()),
            "Have it made anew with the ApplicationUri as the one URI (OPC 10000-6, 6.2.2)."};
    }
    ApplicationSubject subject{.subject = request.subject(), .applicationUri = uris.front(), .hostNames = request.dnsNames()};
    for (const auto& address : request.ipAddresses()) subject.hostNames.push_back(formatIpAddress(address));
    if (request.extendedKeyUsage()) {
        subject.role = applicationRoleOf(request.extendedKeyUsage());
    } else {
        subject.role = subject.hostNames.empty() ? ApplicationRole::Client : ApplicationRole::ClientAndServer;
    }
    return subject;
}

Result<CertificateAuthority> CertificateAuthority::create(const AuthorityTerms& terms, PrivateKey key) {
    if (terms.name.commonName().empty()) {
        return Error{StatusCode::BadInvalidArgument, "No CA can be made: its name has no common name (OPC 10000-6, 6.2.4).",
                     "Name it, like CN=Plant CA/O=Acme."};
    }
    const auto validity = checkedValidity({terms.at - kBackDating, terms.notAfter});
    if (!validity) return validity.error();
    constexpr auto usage =
        static_cast<std::uint16_t>(static_cast<std::uint16_t>(KeyUsage::KeyCertSign) | static_cast<std::uint16_t>(KeyUsage::CrlSign));
    const auto& publicKey = key.publicKey();
    const auto name = terms.name.der();
    auto certificate = signCertificate({name,
                                        name,
                                        *validity,
                                        {basicConstraintsExtension(true, terms.pathLength), keyUsageExtension(usage),
                                         subjectKeyExtension(publicKey), authorityKeyExtension(keyIdentifier(publicKey))}},
                                       publicKey, key);
    if (!certificate) return certificate.error();
    return CertificateAuthority{std::move(*certificate), std::move(key)};
}

Result<CertificateAuthority> CertificateAuthority::open(Certificate certificate, PrivateKey key) {
    const auto& usage = certificate.keyUsage();
    if (!certificate.isCa() || !usage || !usage->has(KeyUsage::KeyCertSign) || !usage->has(KeyUsage::CrlSign)) {
        return Error{StatusCode::BadCertificateIssuerUseNotAllowed,
                     fmt::format("{} may not issue certificates and CRLs (OPC 10000-6, 6.2.4).", certificate.describe()),
                     "Give the certificate of a CA: cA TRUE, keyCertSign and cRLSign."};
    }
    if (!(certificate.publicKey() == key.publicKey())) {
        return Error{StatusCode::BadSecurityChecksFailed, fmt::format("The private key is not that of {}.", certificate.describe()),
                     "Put the key and the certificate that belong together side by side."};
    }
    return CertificateAuthority{std::move(certificate), std::move(key)};
}

Bytes CertificateAuthority::ownIdentifier() const {
    const auto given = certificate_.subjectKeyIdentifier();
    return given.empty() ? keyIdentifier(certificate_.publicKey()) : Bytes(given.begin(), given.end());
}

Result<void> CertificateAuthority::mayIssue(const CertificateRequest& request, const IssueTerms& terms) const {
    const auto requested = requestedSubject(request);
    if (!requested) return requested.error();
    if (auto same = compare(*requested, terms.confirmed); !same) return same;
    if (auto fine = checkSubject(terms.confirmed); !fine) return fine;
    if (request.subject() == certificate_.subject()) {
        return refused(fmt::format("the request is for {}, which is the name of the CA itself.", textOf(request.subject())),
                       "Have it made with a name of the application's own.");
    }
    if (auto fine = checkKey(request.publicKey(), certificate_); !fine) return fine;
    return checkDates(terms, certificate_);
}

Result<Certificate> CertificateAuthority::issue(const CertificateRequest& request, const IssueTerms& terms) const {
    if (const auto may = mayIssue(request, terms); !may) return may.error();
    const auto validity = checkedValidity({std::max(terms.at - kBackDating, certificate_.notBefore()), terms.notAfter});
    if (!validity) return validity.error();
    auto extensions = requestedExtensions(terms.confirmed, request.publicKey(), false);
    extensions.push_back(basicConstraintsExtension(false));
    extensions.push_back(subjectKeyExtension(request.publicKey()));
    extensions.push_back(authorityKeyExtension(ownIdentifier()));
    auto issued = signCertificate({certificate_.subject().der(), request.subject().der(), *validity, std::move(extensions)},
                                  request.publicKey(), key_);
    if (!issued) return issued;
    return checkProduct(std::move(*issued), terms);
}

Result<Crl> CertificateAuthority::makeCrl(std::span<const Revocation> revoked, const CrlTerms& terms) const {
    using namespace std::chrono_literals;
    if (terms.number == 0) return Error{StatusCode::BadInvalidArgument, "A CRL needs a number.", "Count them from 1."};
    auto thisUpdate = terms.at - kBackDating;
    if (terms.before) thisUpdate = std::max(thisUpdate, *terms.before + 1s);
    const auto validity = checkedValidity({thisUpdate, terms.nextUpdate});
    if (!validity) return validity.error();
    const auto entries = entriesOf(revoked);
    if (!entries) return entries.error();
    const auto signature = profileSignature(key_.publicKey());
    if (!signature) return signature.error();

    // TBSCertList (RFC 5280, 5.1); an empty list of entries is left out.
    const auto version = derPositive(Bytes{1});
    const auto list = entries->empty() ? Bytes{} : derElement(derSequence, *entries);
    const std::vector<Bytes> extensions{authorityKeyExtension(ownIdentifier()),
                                        derExtension("2.5.29.20", false, derPositive(numberOctets(terms.number)))};
    const auto contents =
        derElement(derSequence, {version, signature->algorithmIdentifier, certificate_.subject().der(), derTime(thisUpdate),
                                 derTime(terms.nextUpdate), list, derElement(derExplicit(0), {derElement(derSequence, extensions)})});
    const auto der = signObject(key_, *signature, contents);
    if (!der) return der.error();
    if (der->size() > Crl::kMaxSize) {
        return Error{StatusCode::BadEncodingLimitsExceeded,
                     fmt::format("The CRL would have {} octets, more than anybody takes.", der->size()),
                     "Set up a new CA: this one has revoked too much."};
    }
    auto crl = Crl::fromDer(*der);
    if (!crl || crl->isSignedBy(key_.publicKey())) return crl;
    return notVerified();
}

}  // namespace uatrust
