#include "tool/own_work.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/core/endpoint_url.hpp>
#include <uatrust/x509/departures.hpp>

namespace uatrust::tool {
namespace {

using namespace std::chrono;

constexpr seconds kBackDating = hours{1};  // peers whose clock is a little behind
// Until the certificate itself has said what it is.
constexpr auto kAnyName = "application";
constexpr auto kAnyUri = "urn:application";

Instant nowOf(const Clock* clock) { return (clock != nullptr ? *clock : systemClock()).now(); }

bool sameHost(const std::string& a, const std::string& b) {
    const auto address = parseIpAddress(a);
    return address ? address == parseIpAddress(b) : sameDnsName(a, b);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& each) { return sameHost(each, name); });
}

std::vector<std::string> namesOf(const Certificate& certificate) {
    auto names = certificate.dnsNames();
    for (const auto& address : certificate.ipAddresses()) names.push_back(formatIpAddress(address));
    return names;
}

std::vector<std::string> namesOf(const HostNames& machine) {
    auto names = machine.dnsNames;
    names.insert(names.end(), machine.ipAddresses.begin(), machine.ipAddresses.end());
    return names;
}

std::vector<std::string> joined(std::vector<std::string> names, const std::vector<std::string>& more) {
    for (const auto& each : more) {
        if (!contains(names, each)) names.push_back(each);
    }
    return names;
}

std::vector<OwnName> compared(const Certificate& certificate, const HostNames& machine) {
    const auto inCertificate = namesOf(certificate);
    const auto onMachine = namesOf(machine);
    std::vector<OwnName> names;
    for (const auto& each : joined(inCertificate, onMachine)) {
        names.push_back({printable(each), contains(inCertificate, each), contains(onMachine, each)});
    }
    return names;
}

std::optional<KeyType> typeOf(const PublicKey& key) { return keyTypeFromName(key.describe()); }

// What the certificate says of its application, so that it is not compared with anything else.
IdentityOptions completed(IdentityOptions options, const OwnExpectation& expected, const Certificate& certificate) {
    if (!expected.applicationUri && !certificate.uris().empty()) options.applicationUri = certificate.uris().front();
    if (!expected.role && certificate.extendedKeyUsage()) options.role = applicationRoleOf(certificate.extendedKeyUsage());
    options.keyType = typeOf(certificate.publicKey()).value_or(options.keyType);
    return options;
}

Error noneThere(const Desk& desk) {
    return {StatusCode::BadNotFound, fmt::format("There is no own certificate in {}.", desk.store->ownLocation()),
            "\"uatrust init\" makes a self-signed one, \"uatrust request\" asks a CA for one."};
}

Error alreadyThere(const Certificate& present) {
    return {StatusCode::BadInvalidState,
            fmt::format("There is an own certificate already, {}, and it is not replaced.", present.describe()),
            "\"uatrust renew\" makes a new one in its place and keeps it as a backup."};
}

Result<void> checkClock(Instant now, const std::optional<Certificate>& former) {
    if (now >= kEarliestClock && (!former || now >= former->notBefore())) return {};
    return Error{
        StatusCode::BadConfigurationError,
        fmt::format("The clock of this machine says {}, {}: no certificate is made, it would carry wrong dates.", formatInstant(now),
                    now < kEarliestClock ? "which is long ago" : "which is before the present certificate was made"),
        "Set the clock and try again."};
}

Result<DistinguishedName> subjectOf(const OwnWish& wish, const std::optional<Certificate>& former) {
    if (former && wish.name.empty() && wish.organization.empty()) return former->subject();
    const auto name = wish.name.empty() && former ? former->subject().commonName() : wish.name;
    if (name.empty()) {
        return Error{StatusCode::BadInvalidArgument, "The application has no name.", "Give it with --name; it becomes the common name."};
    }
    auto organization = wish.organization;
    if (organization.empty() && former) organization = former->subject().organization();
    return DistinguishedName::make({{"CN", name}, {"O", organization.empty() ? name : organization}});
}

// Nobody connects to a client: what this machine is called by now does not matter to it.
std::vector<std::string> hostsOf(const OwnWish& wish, const std::optional<Certificate>& former, ApplicationRole role) {
    if (!wish.hosts.empty()) return joined({}, wish.hosts);
    auto hosts = former ? namesOf(*former) : std::vector<std::string>{};
    return role == ApplicationRole::Client && former ? hosts : joined(std::move(hosts), namesOf(wish.machine));
}

Result<OwnPlan> planFor(const OwnWish& wish, const std::optional<ApplicationIdentity>& present) {
    std::optional<Certificate> former;
    if (present) former = present->certificate();
    const auto now = nowOf(wish.clock);
    if (const auto clock = checkClock(now, former); !clock) return clock.error();
    if (wish.validity <= days{0} || wish.validity > days{100 * 366}) {
        return Error{StatusCode::BadInvalidArgument, "A certificate is valid for a day at least and a hundred years at most.",
                     "Give --validity as a number of days, such as 1825."};
    }
    const auto subject = subjectOf(wish, former);
    if (!subject) return subject.error();
    OwnPlan plan{.subject = {.subject = *subject}, .former = former, .newKey = wish.newKey || !former};
    const auto from = former ? completed({}, {.machine = {}}, *former) : IdentityOptions{};
    plan.subject.role = wish.role.value_or(from.role);
    plan.subject.applicationUri = !wish.uri.empty() ? wish.uri : former ? std::string{former->applicationUri()} : std::string{};
    if (plan.subject.applicationUri.empty()) {
        return Error{StatusCode::BadInvalidArgument, "The application has no ApplicationUri.",
                     "Give it with --uri: one that no other instance uses, like urn:plc-4:acme:gateway."};
    }
    plan.subject.hostNames = hostsOf(wish, former, plan.subject.role);
    plan.keyType = wish.keyType.value_or(from.keyType);
    plan.name = wish.name;
    plan.organization = wish.organization;
    plan.validity = wish.validity;
    plan.notBefore = now - kBackDating;
    plan.notAfter = now + wish.validity;
    for (const auto& each : plan.subject.hostNames) {
        if (former && !contains(namesOf(*former), each)) plan.added.push_back(each);
    }
    return plan;
}

struct Keyed {
    PrivateKey key;
    std::optional<PrivateKey> fresh{};  ///< the same, when it is a new one
};

Error changedMeanwhile() {
    return {StatusCode::BadInvalidState, "The own certificate is not the one any more that the plan was made for: nothing was changed.",
            "Look at it again; somebody else has changed it."};
}

// The plan has been shown and agreed to; the present certificate is still the one that was shown.
Result<Keyed> keyFor(const Desk& desk, const OwnPlan& plan) {
    const auto present = describeOwn(desk, HostNames{});
    const bool same = present.identity ? plan.former && present.identity->certificate() == *plan.former : !plan.former;
    if (!same) return changedMeanwhile();
    if (!plan.newKey) return Keyed{present.identity->key()};
    const auto key = OpenSslKeyPairGenerator{}.generate(plan.keyType);
    if (!key) return key.error();
    return Keyed{*key, *key};
}

std::string withKey(const OwnPlan& plan) {
    return plan.newKey ? fmt::format("with a new key {}", keyTypeName(plan.keyType)) : std::string{"with the same key"};
}

}  // namespace

// Which one it is does not depend on what it is compared with: the first time tells, the second time compares.
Result<OwnLoaded> loadOwn(IdentityStore& store, const OwnExpectation& expected) {
    IdentityOptions options{.applicationName = kAnyName,
                            .applicationUri = expected.applicationUri.value_or(kAnyUri),
                            .hostNames = expected.machine,
                            .warnBeforeExpiry = expected.warnBeforeExpiry,
                            .clock = expected.clock};
    options.role = expected.role.value_or(options.role);
    auto identity = ApplicationIdentity::load(store, options);
    if (!identity) return identity.error();
    options = completed(std::move(options), expected, identity->certificate());
    identity = ApplicationIdentity::load(store, options);
    if (!identity) return identity.error();
    auto notices = identity->notices();
    if (!expected.applicationUri)
        std::erase_if(notices, [](const IdentityNotice& each) { return each.kind == IdentityNoticeKind::UriMismatch; });
    return OwnLoaded{std::move(*identity), options.role, std::move(notices)};
}

OwnDescription describeOwn(const Desk& desk, const HostNames& machine) {
    OwnDescription own;
    auto loaded = loadOwn(*desk.store, {.machine = machine});
    if (loaded) {
        own.role = loaded->role;
        own.names = compared(loaded->identity.certificate(), machine);
        own.identity = std::move(loaded->identity);
        own.notices = std::move(loaded->notices);
    } else if (loaded.status() != StatusCode::BadNotFound) {
        own.trouble = loaded.error();
    }
    if (auto material = desk.store->loadOwn()) {
        own.pending = std::move(material->pending);
        own.backups = material->backups;
    }
    return own;
}

Result<OwnPlan> planRenewal(const Desk& desk, const OwnWish& wish) {
    const auto present = describeOwn(desk, wish.machine);
    if (present.trouble) return *present.trouble;
    if (!present.identity) return noneThere(desk);
    if (const auto& certificate = present.identity->certificate(); !certificate.isSelfIssued()) {
        return Error{
            StatusCode::BadInvalidState,
            fmt::format("{} was issued by a CA, {}: a self-signed one in its place would not be trusted by those who trust the CA.",
                        certificate.describe(), printable(certificate.issuer().text())),
            "Ask the CA for a new one: \"uatrust request\", and \"uatrust install\" when it has come."};
    }
    return planFor(wish, present.identity);
}

Result<OwnPlan> planRequest(const Desk& desk, const OwnWish& wish) {
    const auto present = describeOwn(desk, wish.machine);
    const bool complete = !wish.name.empty() && !wish.uri.empty();
    if (present.trouble && !complete) return *present.trouble;
    if (!present.identity && !complete) {
        auto error = noneThere(desk);
        error.remedy = "Say who the application is, with --name and --uri, to ask for a first one.";
        return error;
    }
    return planFor(wish, present.identity);
}

Result<OwnPlan> planFirst(const Desk& desk, const OwnWish& wish) {
    const auto present = describeOwn(desk, wish.machine);
    if (present.identity) return alreadyThere(present.identity->certificate());
    if (present.trouble) return *present.trouble;
    return planFor(wish, {});
}

Result<ChangeRecord> renewOwn(const Desk& desk, const OwnPlan& plan, std::string_view who) {
    const auto keyed = keyFor(desk, plan);
    if (!keyed) return keyed.error();
    const auto certificate = CertificateBuilder{plan.subject}.validity(plan.notBefore, plan.notAfter).selfSigned(keyed->key);
    if (!certificate) return certificate.error();
    const auto& uri = plan.subject.applicationUri;
    const auto adopted = ApplicationIdentity::adopt(
        *desk.store, {.applicationName = kAnyName, .applicationUri = uri, .role = plan.subject.role}, {*certificate}, keyed->fresh);
    if (!adopted) return adopted.error();
    auto change = desk.manager->note(TrustAction::Own,
                                     fmt::format("renewed {}: {}, valid until {}, {}", plan.former ? plan.former->describe() : "it",
                                                 certificate->describe(), formatInstant(certificate->notAfter()), withKey(plan)),
                                     who);
    if (change) change->note = "It is self-signed: whoever trusts the former one has to trust this one, too, before it is used.";
    return change;
}

Result<CertificateRequest> requestOwn(const Desk& desk, const OwnPlan& plan, std::string_view who) {
    const auto keyed = keyFor(desk, plan);
    if (!keyed) return keyed.error();
    auto request = CertificateRequest::make(plan.subject, keyed->key);
    if (!request) return request;
    if (const auto kept = desk.store->savePending(*request, keyed->fresh); !kept) return kept.error();
    const auto noted =
        desk.manager->note(TrustAction::Own, fmt::format("requested {}, {}", printable(request->subject().text()), withKey(plan)), who);
    if (!noted) return noted.error();
    return request;
}

Result<ChangeRecord> createOwn(const Desk& desk, const OwnPlan& plan, std::string_view who) {
    IdentityOptions options{.applicationName = plan.name,
                            .applicationUri = plan.subject.applicationUri,
                            .organization = plan.organization,
                            .role = plan.subject.role,
                            .keyType = plan.keyType,
                            .validity = plan.validity,
                            .hostNames = HostNames{plan.subject.hostNames, {}}};
    const auto identity = ApplicationIdentity::loadOrCreate(*desk.store, options);
    if (!identity) return identity.error();
    const auto& notices = identity->notices();
    const auto& certificate = identity->certificate();
    const bool made =
        std::any_of(notices.begin(), notices.end(), [](const IdentityNotice& each) { return each.kind == IdentityNoticeKind::Created; });
    if (!made) return alreadyThere(certificate);
    auto change = desk.manager->note(
        TrustAction::Own,
        fmt::format("made {}, valid until {}, {}", certificate.describe(), formatInstant(certificate.notAfter()), withKey(plan)), who);
    if (change) change->note = "It is self-signed: its peers have to trust it.";
    return change;
}

std::string defaultUri(const HostNames& machine, const std::string& organization, const std::string& name) {
    const auto part = [](std::string_view text) {
        std::string out;
        for (const char c : text) {
            const bool plain =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
            if (plain || (!out.empty() && out.back() != '-')) out += plain ? c : '-';
        }
        while (out.ends_with('-')) out.pop_back();
        return out;
    };
    std::string uri = "urn";
    for (const auto& each : {part(machine.dnsNames.empty() ? "localhost" : machine.dnsNames.front()), part(organization), part(name)}) {
        if (!each.empty()) uri += ':' + each;
    }
    return uri;
}

}  // namespace uatrust::tool
