#include "identity/notices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <uatrust/core/endpoint_url.hpp>

namespace uatrust::detail {
namespace {

struct Subject {
    const OwnPair& pair;
    const IdentityOptions& options;
    const HostNames& hostNames;
    Instant now;
    std::vector<IdentityNotice>& notices;

    [[nodiscard]] const Certificate& own() const noexcept { return pair.certificate.chain.front(); }
    /// "The own certificate CN=gateway [1A2B3C4D] (/pki/own/certs/application.der)"
    [[nodiscard]] std::string named(std::size_t position = 0) const {
        return fmt::format("The {} {} ({})", position == 0 ? "own certificate" : "issuer of the own certificate,",
                           pair.certificate.chain[position].describe(), pair.certificate.source);
    }
    void note(IdentityNoticeKind kind, std::string message, std::string remedy) const {
        notices.push_back({kind, std::move(message), std::move(remedy)});
    }
};

bool isServer(ApplicationRole role) noexcept { return role != ApplicationRole::Client; }
bool isClient(ApplicationRole role) noexcept { return role != ApplicationRole::Server; }

// --- dates ------------------------------------------------------------------------------------------------------------

constexpr std::string_view kRenew =
    "have a new certificate issued and install it, or move certificate and key away to have a new pair made, which every peer then "
    "has to trust; check the clock of this machine";

void checkDates(const Subject& subject, std::size_t position) {
    const auto& certificate = subject.pair.certificate.chain[position];
    const auto now = subject.now;
    if (now > certificate.notAfter()) {
        subject.note(IdentityNoticeKind::Expired,
                     fmt::format("{} expired {} ago, on {}: peers refuse it", subject.named(position),
                                 formatDuration(now - certificate.notAfter()), formatInstant(certificate.notAfter())),
                     std::string{kRenew});
    } else if (now < certificate.notBefore()) {
        subject.note(IdentityNoticeKind::NotYetValid,
                     fmt::format("{} becomes valid only in {}, on {}, and this machine's clock says {}", subject.named(position),
                                 formatDuration(certificate.notBefore() - now), formatInstant(certificate.notBefore()), formatInstant(now)),
                     "check the clock and the time zone of this machine; when they are right, wait or have another certificate issued");
    } else if (certificate.notAfter() - now <= subject.options.warnBeforeExpiry) {
        subject.note(IdentityNoticeKind::ExpiresSoon,
                     fmt::format("{} expires in {}, on {}", subject.named(position), formatDuration(certificate.notAfter() - now),
                                 formatInstant(certificate.notAfter())),
                     "have a new certificate issued and installed before that day, and let the peers trust it if it is self-signed");
    }
}

void checkAllDates(const Subject& subject) {
    for (std::size_t position = 0; position < subject.pair.certificate.chain.size(); ++position) checkDates(subject, position);
}

// --- names ------------------------------------------------------------------------------------------------------------

void checkUri(const Subject& subject) {
    const auto& uris = subject.own().uris();
    if (std::find(uris.begin(), uris.end(), subject.options.applicationUri) != uris.end()) return;
    subject.note(IdentityNoticeKind::UriMismatch,
                 fmt::format("{} names the ApplicationUri '{}' and not '{}' of the configuration: peers refuse whichever is announced and "
                             "not in the certificate",
                             subject.named(), printable(subject.own().applicationUri()), printable(subject.options.applicationUri)),
                 "configure the URI of the certificate, or have a certificate issued for the configured one");
}

bool namesHost(const Certificate& certificate, std::string_view name) {
    const auto& names = certificate.dnsNames();
    return std::any_of(names.begin(), names.end(), [&](const std::string& known) { return sameDnsName(known, name); });
}

bool namesAddress(const Certificate& certificate, const std::vector<std::uint8_t>& octets) {
    const auto& known = certificate.ipAddresses();
    return std::find(known.begin(), known.end(), octets) != known.end();
}

// The builder sorts names and addresses by what they are, whichever list they were given in; so does this.
bool reachableAs(const Certificate& certificate, const std::string& host) {
    const auto octets = parseIpAddress(host);
    return octets ? namesAddress(certificate, *octets) : namesHost(certificate, host);
}

// Nobody connects to a client: its host names are compared with nothing.
void checkHostNames(const Subject& subject) {
    if (!isServer(subject.options.role)) return;
    std::vector<std::string> missing;
    for (const auto* list : {&subject.hostNames.dnsNames, &subject.hostNames.ipAddresses}) {
        for (const auto& host : *list) {
            if (!reachableAs(subject.own(), host)) missing.push_back(printable(host));
        }
    }
    if (missing.empty()) return;
    subject.note(IdentityNoticeKind::HostNameMismatch,
                 fmt::format("{} does not name {}: a client that connects by it refuses the certificate", subject.named(), listed(missing)),
                 "connect by a name that is in the certificate, have a certificate issued with the missing ones, or configure the host "
                 "names when they are not meant to be used");
}

// --- key and profile --------------------------------------------------------------------------------------------------

struct KeyTypeRow {
    KeyType type;
    KeyAlgorithm algorithm;
    unsigned rsaBits;
};

constexpr KeyTypeRow kKeyTypes[] = {
    {KeyType::Rsa2048, KeyAlgorithm::Rsa, 2048},
    {KeyType::Rsa3072, KeyAlgorithm::Rsa, 3072},
    {KeyType::Rsa4096, KeyAlgorithm::Rsa, 4096},
    {KeyType::NistP256, KeyAlgorithm::NistP256, 0},
    {KeyType::NistP384, KeyAlgorithm::NistP384, 0},
    {KeyType::BrainpoolP256r1, KeyAlgorithm::BrainpoolP256r1, 0},
    {KeyType::BrainpoolP384r1, KeyAlgorithm::BrainpoolP384r1, 0},
    {KeyType::Ed25519, KeyAlgorithm::Ed25519, 0},
    {KeyType::Ed448, KeyAlgorithm::Ed448, 0},
};

bool isOfType(const PublicKey& key, KeyType type) {
    return std::any_of(std::begin(kKeyTypes), std::end(kKeyTypes), [&](const KeyTypeRow& row) {
        return row.type == type && row.algorithm == key.algorithm() && (row.rsaBits == 0 || row.rsaBits == key.bits());
    });
}

void checkKeyType(const Subject& subject) {
    const auto& key = subject.own().publicKey();
    if (isOfType(key, subject.options.keyType)) return;
    subject.note(IdentityNoticeKind::KeyTypeMismatch,
                 fmt::format("{} has a key of type {}, the configuration asks for {}", subject.named(), key.describe(),
                             keyTypeName(subject.options.keyType)),
                 "configure the type of the key that is there, or have a certificate for a new key made");
}

bool lacksKeyUsage(const Certificate& certificate, std::initializer_list<KeyUsage> wanted) {
    const auto& usage = certificate.keyUsage();
    return !usage || std::any_of(wanted.begin(), wanted.end(), [&](KeyUsage bit) { return !usage->has(bit); });
}

bool lacksExtendedKeyUsage(const Certificate& certificate, std::string_view oid) {
    const auto& usage = certificate.extendedKeyUsage();
    // OPC 10000-6, 6.2.2: optional for ECC, but what is there has to fit.
    if (!usage) return certificate.publicKey().algorithm() == KeyAlgorithm::Rsa;
    return !usage->has(oid);
}

bool isRsa(const Certificate& certificate) { return certificate.publicKey().algorithm() == KeyAlgorithm::Rsa; }

/// One row for each demand of OPC 10000-6, 6.2.2 on a certificate of our own.
struct ProfileRow {
    bool (*departs)(const Certificate&, ApplicationRole);
    std::string_view what;
};

constexpr ProfileRow kProfile[] = {
    {[](const Certificate& c, ApplicationRole) { return c.version() != 3; }, "it is no X.509 version 3 certificate"},
    {[](const Certificate& c, ApplicationRole) { return c.subject().commonName().empty(); }, "its subject has no common name"},
    {[](const Certificate& c, ApplicationRole) { return c.subject().organization().empty(); }, "its subject has no organization"},
    {[](const Certificate& c, ApplicationRole) { return c.uris().empty(); }, "it names no ApplicationUri"},
    {[](const Certificate& c, ApplicationRole) { return c.uris().size() > 1; },
     "it names several URIs and peers may compare with one only"},
    {[](const Certificate& c, ApplicationRole role) { return isServer(role) && c.dnsNames().empty() && c.ipAddresses().empty(); },
     "it is for a server and names neither host nor address"},
    {[](const Certificate& c, ApplicationRole) { return !c.keyUsage(); }, "it has no keyUsage"},
    {[](const Certificate& c, ApplicationRole) { return c.keyUsage() && lacksKeyUsage(c, {KeyUsage::DigitalSignature}); },
     "its keyUsage lacks digitalSignature"},
    {[](const Certificate& c, ApplicationRole) {
         return c.keyUsage() && isRsa(c) &&
                lacksKeyUsage(c, {KeyUsage::NonRepudiation, KeyUsage::KeyEncipherment, KeyUsage::DataEncipherment});
     },
     "its keyUsage lacks one of nonRepudiation, keyEncipherment and dataEncipherment"},
    {[](const Certificate& c, ApplicationRole) { return c.keyUsage() && c.isSelfIssued() && lacksKeyUsage(c, {KeyUsage::KeyCertSign}); },
     "it is self-signed and its keyUsage lacks keyCertSign"},
    {[](const Certificate& c, ApplicationRole role) { return isServer(role) && lacksExtendedKeyUsage(c, kServerAuth); },
     "its extendedKeyUsage lacks serverAuth"},
    {[](const Certificate& c, ApplicationRole role) { return isClient(role) && lacksExtendedKeyUsage(c, kClientAuth); },
     "its extendedKeyUsage lacks clientAuth"},
    {[](const Certificate& c, ApplicationRole) { return c.isCa(); }, "it is a CA certificate"},
    {[](const Certificate& c, ApplicationRole) { return !c.isSelfIssued() && c.authorityKeyIdentifier().empty(); },
     "it has no authorityKeyIdentifier"},
    {[](const Certificate& c, ApplicationRole) {
         const auto hash = c.signatureAlgorithm().hash;
         return hash == HashAlgorithm::Md5 || hash == HashAlgorithm::Sha1;
     },
     "it is signed with an outdated hash"},
    {[](const Certificate& c, ApplicationRole) { return isRsa(c) && c.publicKey().bits() < 2048; }, "its RSA key has less than 2048 bits"},
    {[](const Certificate& c, ApplicationRole) { return !c.unknownCriticalExtensions().empty(); },
     "it has critical extensions that peers do not know"},
};

void checkProfile(const Subject& subject) {
    for (const auto& row : kProfile) {
        if (!row.departs(subject.own(), subject.options.role)) continue;
        subject.note(IdentityNoticeKind::ProfileDeparture, fmt::format("{} departs from OPC 10000-6, 6.2.2: {}", subject.named(), row.what),
                     "peers may refuse it: have a certificate issued that follows the profile");
    }
}

constexpr void (*kChecks[])(const Subject&) = {checkAllDates, checkUri, checkProfile, checkHostNames, checkKeyType};

}  // namespace

std::vector<IdentityNotice> judgeOwn(const OwnPair& pair, const IdentityOptions& options, const HostNames& hostNames, Instant now) {
    std::vector<IdentityNotice> notices = pair.notices;
    const Subject subject{pair, options, hostNames, now, notices};
    for (const auto check : kChecks) check(subject);
    std::stable_sort(notices.begin(), notices.end(), [](const IdentityNotice& a, const IdentityNotice& b) { return a.kind < b.kind; });
    return notices;
}

}  // namespace uatrust::detail
