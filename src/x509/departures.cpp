#include <uatrust/x509/departures.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/crypto/asymmetric.hpp>

#include "x509/application_profile.hpp"

namespace uatrust {
namespace {

constexpr std::string_view application = "OPC 10000-6, 6.2.2";
constexpr std::string_view authority = "OPC 10000-6, 6.2.4";
constexpr std::string_view revocationList = "OPC 10000-6, 6.2.5";
constexpr std::size_t maxSerialDigits = 40;  // 20 octets

constexpr std::uint16_t bit(KeyUsage usage) { return static_cast<std::uint16_t>(usage); }

std::string namesOf(unsigned keyUsageBits) { return KeyUsageSet{.bits = static_cast<std::uint16_t>(keyUsageBits)}.text(); }

class Departures {
public:
    explicit Departures(std::string_view clause) : clause_{clause} {}
    void refused(std::string text, std::string_view clause = {}) { add(DepartureSeverity::Refused, std::move(text), clause); }
    void discouraged(std::string text, std::string_view clause = {}) { add(DepartureSeverity::Discouraged, std::move(text), clause); }
    [[nodiscard]] std::vector<Departure> take() {
        std::stable_sort(all_.begin(), all_.end(), [](const Departure& a, const Departure& b) { return a.severity < b.severity; });
        return std::move(all_);
    }

private:
    void add(DepartureSeverity severity, std::string text, std::string_view clause) {
        all_.push_back({severity, std::string{clause.empty() ? clause_ : clause}, std::move(text)});
    }
    std::string_view clause_;
    std::vector<Departure> all_{};
};

bool wantsServer(ApplicationRole role) noexcept { return role != ApplicationRole::Client; }
bool wantsClient(ApplicationRole role) noexcept { return role != ApplicationRole::Server; }

// ---- what every certificate has

void checkForm(const Certificate& certificate, Departures& out) {
    if (certificate.version() != 3) out.refused(fmt::format("it has version {} instead of 3", certificate.version()));
    const auto& serial = certificate.serialNumber();
    if (serial.starts_with('-') || serial.find_first_not_of('0') == std::string::npos) {
        out.refused("its serial number is not positive", "RFC 5280, 4.1.2.2");
    } else if (serial.size() > maxSerialDigits) {
        out.refused("its serial number has more than 20 octets", "RFC 5280, 4.1.2.2");
    }
    if (certificate.notBefore() > certificate.notAfter()) out.refused("it ends before it begins", "RFC 5280, 4.1.2.5");
    for (const auto& oid : certificate.unknownCriticalExtensions()) {
        out.refused(fmt::format("it has the critical extension {}, which nobody in OPC UA evaluates", printable(oid)), "RFC 5280, 4.2");
    }
}

void checkIdentifiers(const Certificate& certificate, Departures& out) {
    const bool ca = certificate.isCa();
    if (certificate.authorityKeyIdentifier().empty()) {
        constexpr auto text = "it has no authorityKeyIdentifier";
        certificate.isSelfIssued() ? out.discouraged(text) : out.refused(text);
    }
    if (certificate.subjectKeyIdentifier().empty()) {
        constexpr auto text = "it has no subjectKeyIdentifier";
        ca ? out.refused(text, "RFC 5280, 4.2.1.2") : out.discouraged(text, "RFC 5280, 4.2.1.2");
    }
    if (certificate.keyUsage() && !certificate.keyUsage()->critical) out.discouraged("its keyUsage is not critical", "RFC 5280, 4.2.1.3");
}

void checkPolicies(const Certificate& certificate, Departures& out) {
    const auto fitting = fittingPolicies(certificate);
    if (std::any_of(fitting.begin(), fitting.end(), [](const SecurityPolicy* each) { return !each->deprecated; })) return;
    const auto what =
        fmt::format("{} signed with {}", certificate.publicKey().describe(), printable(certificate.signatureAlgorithm().name));
    out.refused(fmt::format("{} SecurityPolicy takes it: {}", fitting.empty() ? "no" : "only a deprecated", what), "OPC 10000-7");
}

// ---- what applications state of themselves, in a certificate and in a request for one

struct Statement {
    const DistinguishedName& subject;
    const std::vector<std::string>& uris;
    const std::vector<std::string>& dnsNames;
    bool hasAddress;
};

void checkStatement(const Statement& statement, ApplicationRole role, Departures& out) {
    if (statement.subject.commonName().empty()) out.refused("its subject has no common name (CN)");
    if (statement.subject.organization().empty()) out.refused("its subject has no organisation (O)");
    if (statement.uris.empty()) out.refused("it has no ApplicationUri: there is no URI in its subjectAltName");
    if (statement.uris.size() > 1) {
        out.discouraged(fmt::format("it has {} URIs where there is one ApplicationUri: some applications look at the first only",
                                    statement.uris.size()));
    }
    for (const auto& uri : statement.uris) {
        if (!detail::isUri(uri)) out.refused(fmt::format("its ApplicationUri \"{}\" is neither a URL nor a URN", printable(uri)));
    }
    if (wantsServer(role) && statement.dnsNames.empty() && !statement.hasAddress) {
        out.refused("it has no host name and no IP address, and it is for a server");
    }
    for (const auto& name : statement.dnsNames) {
        if (name.find('*') != std::string::npos) {
            out.discouraged(fmt::format("its host name \"{}\" has a wildcard, which most applications do not follow", printable(name)));
        }
    }
}

// nonRepudiation and the two for encryption are for RSA only; others may stand there, "not recommended".
void checkKeyUsage(const KeyUsageSet& usage, const PublicKey& key, bool selfSigned, Departures& out) {
    const auto wanted = detail::profileKeyUsage(key, selfSigned);
    const unsigned missing = wanted & ~unsigned{usage.bits};
    unsigned extra = usage.bits & ~unsigned{wanted};
    if (missing != 0) out.refused(fmt::format("its keyUsage lacks {}", namesOf(missing)));
    if (!selfSigned && (extra & bit(KeyUsage::KeyCertSign)) != 0) {
        out.refused("its keyUsage has keyCertSign, and it is no CA", "RFC 5280, 4.2.1.9");
        extra &= ~unsigned{bit(KeyUsage::KeyCertSign)};
    }
    if (extra != 0) out.discouraged(fmt::format("its keyUsage has {}, which is not asked for", namesOf(extra)));
}

void checkPurposes(const ExtendedKeyUsageSet& purposes, ApplicationRole role, Departures& out) {
    if (wantsServer(role) && !purposes.has(kServerAuth)) out.refused("its extendedKeyUsage lacks serverAuth, and it is for a server");
    if (wantsClient(role) && !purposes.has(kClientAuth)) out.refused("its extendedKeyUsage lacks clientAuth, and it is for a client");
}

void checkCaFlag(const Certificate& certificate, bool selfSigned, Departures& out) {
    if (!certificate.isCa()) return;
    if (!selfSigned) {
        out.refused("its basicConstraints say that it is a CA");
        return;
    }
    out.discouraged("it is self-signed and its basicConstraints say that it is a CA: whoever has its key could issue certificates");
    if (certificate.basicConstraints()->pathLength != 0U) out.discouraged("its basicConstraints have no pathLenConstraint of 0");
}

}  // namespace

std::string_view departureSeverityName(DepartureSeverity severity) noexcept {
    return severity == DepartureSeverity::Refused ? "refused by a strict validator" : "discouraged";
}

std::vector<Departure> applicationDepartures(const Certificate& certificate, ApplicationRole role) {
    Departures out{application};
    const bool selfSigned = certificate.isSelfSigned();
    checkForm(certificate, out);
    checkStatement({certificate.subject(), certificate.uris(), certificate.dnsNames(), !certificate.ipAddresses().empty()}, role, out);
    checkPolicies(certificate, out);
    if (const auto& usage = certificate.keyUsage()) {
        checkKeyUsage(*usage, certificate.publicKey(), selfSigned, out);
    } else {
        out.refused("it has no keyUsage");
    }
    if (const auto& purposes = certificate.extendedKeyUsage()) {
        checkPurposes(*purposes, role, out);
    } else if (certificate.publicKey().algorithm() == KeyAlgorithm::Rsa) {
        out.refused("it has no extendedKeyUsage");
    }
    checkIdentifiers(certificate, out);
    checkCaFlag(certificate, selfSigned, out);
    return out.take();
}

std::vector<Departure> caDepartures(const Certificate& certificate) {
    Departures out{authority};
    checkForm(certificate, out);
    if (certificate.subject().commonName().empty()) out.refused("its subject has no common name (CN)");
    if (certificate.subject().organization().empty()) out.discouraged("its subject has no organisation (O)");
    checkPolicies(certificate, out);
    const auto& constraints = certificate.basicConstraints();
    if (!certificate.isCa()) {
        out.refused(constraints ? "its basicConstraints say that it is no CA" : "it has no basicConstraints and so is no CA");
    } else if (!constraints->critical) {
        out.refused("its basicConstraints are not critical", "RFC 5280, 4.2.1.9");
    }
    if (const auto& usage = certificate.keyUsage()) {
        const unsigned missing = unsigned{bit(KeyUsage::KeyCertSign)} | bit(KeyUsage::CrlSign);
        if ((missing & ~unsigned{usage->bits}) != 0) {
            out.refused(fmt::format("its keyUsage lacks {}", namesOf(missing & ~unsigned{usage->bits})));
        }
    } else {
        out.discouraged("it has no keyUsage, which older editions do not ask for");
    }
    checkIdentifiers(certificate, out);
    return out.take();
}

std::vector<Departure> requestDepartures(const CertificateRequest& request, ApplicationRole role) {
    Departures out{application};
    checkStatement({request.subject(), request.uris(), request.dnsNames(), !request.ipAddresses().empty()}, role, out);
    const auto takes = [&](const SecurityPolicy& each) {
        return each.id != SecurityPolicyId::None && !each.deprecated && keyFits(each, request.publicKey());
    };
    if (std::none_of(securityPolicies().begin(), securityPolicies().end(), takes)) {
        out.refused(fmt::format("no current SecurityPolicy takes its key ({})", request.publicKey().describe()), "OPC 10000-7");
    }
    constexpr std::string_view content = "OPC 10000-12, 7.10.10";
    if (const auto& usage = request.keyUsage()) {
        checkKeyUsage(*usage, request.publicKey(), usage->has(KeyUsage::KeyCertSign), out);
    } else {
        out.discouraged("it asks for no keyUsage: the CA has to add it", content);
    }
    if (const auto& purposes = request.extendedKeyUsage()) {
        checkPurposes(*purposes, role, out);
    } else if (request.publicKey().algorithm() == KeyAlgorithm::Rsa) {
        out.discouraged("it asks for no extendedKeyUsage: the CA has to add it", content);
    }
    return out.take();
}

std::vector<Departure> crlDepartures(const Crl& crl) {
    Departures out{revocationList};
    if (!crl.incompleteBecause().empty()) {
        out.refused(fmt::format("it does not speak for every certificate of its issuer: it {}", printable(crl.incompleteBecause(), 1000)));
    }
    if (crl.authorityKeyIdentifier().empty()) out.refused("it has no authorityKeyIdentifier");
    if (crl.number().empty()) out.discouraged("it has no cRLNumber, so that an old list cannot be told from a new one", "RFC 5280, 5.2.3");
    if (!crl.nextUpdate()) out.discouraged("it has no nextUpdate, so that nobody can tell when it is out of date", "RFC 5280, 5.1.2.5");
    return out.take();
}

ApplicationRole applicationRoleOf(const std::optional<ExtendedKeyUsageSet>& purposes) noexcept {
    const bool server = purposes && purposes->has(kServerAuth);
    const bool client = purposes && purposes->has(kClientAuth);
    return server && client ? ApplicationRole::ClientAndServer : server ? ApplicationRole::Server : ApplicationRole::Client;
}

std::vector<const SecurityPolicy*> fittingPolicies(const Certificate& certificate) {
    const auto& algorithm = certificate.signatureAlgorithm();
    const CertificateSignature used{algorithm.family, algorithm.hash};
    std::vector<const SecurityPolicy*> fitting;
    for (const auto& policy : securityPolicies()) {
        const auto& signatures = policy.certificateSignatures;
        const bool fits = policy.id != SecurityPolicyId::None && keyFits(policy, certificate.publicKey()) &&
                          std::find(signatures.begin(), signatures.end(), used) != signatures.end();
        if (fits) fitting.push_back(&policy);
    }
    return fitting;
}

}  // namespace uatrust
