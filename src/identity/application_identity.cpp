#include <uatrust/identity/application_identity.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include <uatrust/x509/certificate_chain.hpp>

#include "identity/adoption.hpp"
#include "identity/first_start.hpp"
#include "identity/notices.hpp"
#include "identity/own_pair.hpp"

namespace uatrust {
namespace {

using namespace std::chrono;

constexpr seconds kBackDating = hours{1};  // peers whose clock is a little behind, or set to local time in the west
constexpr Instant kEarliestClock = sys_days{year{2020} / January / 1};
constexpr Instant kLatestNotAfter = sys_days{year{9999} / December / 31};

// How long to wait for another process that is just saving a pair.
constexpr int kLooks = 5;
constexpr milliseconds kBetweenLooks{50};

Instant nowOf(const IdentityOptions& options) noexcept { return (options.clock != nullptr ? *options.clock : systemClock()).now(); }

Result<void> checkOptions(const IdentityOptions& options) {
    if (options.applicationName.empty()) {
        return Error{StatusCode::BadInvalidArgument, "The application has no name", "set IdentityOptions::applicationName"};
    }
    if (options.applicationUri.empty()) {
        return Error{
            StatusCode::BadInvalidArgument, fmt::format("The application '{}' has no ApplicationUri", printable(options.applicationName)),
            "set IdentityOptions::applicationUri to a URI that no other instance uses, such as urn:<host>:<organization>:<application>"};
    }
    return {};
}

// A machine that starts without a battery-backed clock and without network time believes to be in 1970, or earlier.
Result<void> checkClock(Instant now) {
    if (now >= kEarliestClock) return {};
    return Error{
        StatusCode::BadConfigurationError,
        fmt::format("The clock of this machine says {}: no own certificate is made, it would carry wrong dates", formatInstant(now)),
        "set the clock and start again"};
}

Result<Instant> endOfValidity(const IdentityOptions& options, Instant now) {
    if (options.validity <= days{0}) {
        return Error{StatusCode::BadInvalidArgument, "The own certificate is to be valid for no time at all",
                     "set IdentityOptions::validity to some years"};
    }
    if (options.validity >= kLatestNotAfter - now) {
        return Error{StatusCode::BadInvalidArgument,
                     "The own certificate is to be valid beyond the year 9999, which no certificate can say",
                     "set IdentityOptions::validity to some years"};
    }
    return now + options.validity;
}

std::vector<std::string> allNames(const HostNames& hosts) {
    auto names = hosts.dnsNames;
    names.insert(names.end(), hosts.ipAddresses.begin(), hosts.ipAddresses.end());
    return names;
}

Result<PrivateKey> generateKey(const IdentityOptions& options) {
    return options.generator != nullptr ? options.generator->generate(options.keyType)
                                        : OpenSslKeyPairGenerator{}.generate(options.keyType);
}

Result<Certificate> makeCertificate(const IdentityOptions& options, const HostNames& hosts, const PrivateKey& key, Instant now,
                                    Instant end) {
    const auto& organization = options.organization.empty() ? options.applicationName : options.organization;
    auto subject = DistinguishedName::make({{"CN", options.applicationName}, {"O", organization}});
    if (!subject) return subject.error();
    return CertificateBuilder{
        {.subject = *subject, .applicationUri = options.applicationUri, .hostNames = allNames(hosts), .role = options.role}}
        .validity(now - kBackDating, end)
        .selfSigned(key);
}

struct NewPair {
    Certificate certificate;
    PrivateKey key;
};

Result<NewPair> makePair(const IdentityOptions& options, const HostNames& hosts, Instant now) {
    if (const auto clock = checkClock(now); !clock) return clock.error();
    const auto end = endOfValidity(options, now);
    if (!end) return end.error();
    const auto key = generateKey(options);
    if (!key) return key.error();
    const auto certificate = makeCertificate(options, hosts, *key, now, *end);
    if (!certificate) return certificate.error();
    return NewPair{*certificate, *key};
}

IdentityNotice createdNotice(const ApplicationIdentity& identity) {
    return {IdentityNoticeKind::Created,
            fmt::format("A new key pair and the self-signed certificate {} were made: {}, {}", identity.certificate().describe(),
                        identity.certificateSource(), identity.keySource()),
            "let the peers of this application trust the certificate"};
}

std::string announcedUri(const Certificate& certificate, const IdentityOptions& options) {
    const auto& uris = certificate.uris();
    const bool named = std::find(uris.begin(), uris.end(), options.applicationUri) != uris.end();
    return named || uris.empty() ? options.applicationUri : uris.front();
}

}  // namespace

struct ApplicationIdentity::Data {
    detail::OwnPair pair;
    Bytes blob;
    std::string uri;
    std::vector<IdentityNotice> notices;
};

/// Start is one call of the functions below: what it works with, and the time and host names it goes by throughout.
struct ApplicationIdentity::Start {
    IdentityStore& store;
    const IdentityOptions& options;
    Instant now = nowOf(options);
    HostNames hosts = options.hostNames ? *options.hostNames : localHostNames();

    /// Nothing when the store has neither key nor certificate.
    [[nodiscard]] Result<std::optional<ApplicationIdentity>> find() const;
    [[nodiscard]] Result<std::optional<ApplicationIdentity>> findPatiently() const;
    [[nodiscard]] Result<ApplicationIdentity> required() const;
    [[nodiscard]] Result<ApplicationIdentity> orElse(const Error& error) const;
    [[nodiscard]] Result<ApplicationIdentity> save(const Certificate& certificate, const PrivateKey& key) const;
    [[nodiscard]] Result<ApplicationIdentity> create() const;
    [[nodiscard]] Result<ApplicationIdentity> finish(const Error& error) const;
};

Result<std::optional<ApplicationIdentity>> ApplicationIdentity::Start::find() const {
    const auto material = store.loadOwn();
    if (!material) return material.error();
    auto pair = detail::chooseOwnPair(*material, store.ownLocation(), now);
    if (!pair) return pair.error();
    if (!*pair) return std::optional<ApplicationIdentity>{};

    Data data{std::move(**pair), {}, {}, {}};
    const auto& chain = data.pair.certificate.chain;
    data.blob = joinChain(chain);
    data.uri = announcedUri(chain.front(), options);
    data.notices = detail::judgeOwn(data.pair, options, hosts, now);
    return std::optional{ApplicationIdentity{std::make_shared<const Data>(std::move(data))}};
}

// Another process may be just between storing a key and storing its certificate: what makes no pair now may make one soon.
Result<std::optional<ApplicationIdentity>> ApplicationIdentity::Start::findPatiently() const {
    auto found = find();
    for (int look = 1; look < kLooks && found.status() == StatusCode::BadConfigurationError; ++look) {
        std::this_thread::sleep_for(kBetweenLooks);
        found = find();
    }
    return found;
}

Result<ApplicationIdentity> ApplicationIdentity::Start::required() const {
    auto found = findPatiently();
    if (!found) return found.error();
    if (!*found) {
        return Error{StatusCode::BadNotFound,
                     fmt::format("There is neither an own certificate nor a private key in {}", store.ownLocation()),
                     "have a key pair made, or put certificate and key there"};
    }
    return std::move(**found);
}

// Saving fails as well because another process has just done it.
Result<ApplicationIdentity> ApplicationIdentity::Start::orElse(const Error& error) const {
    auto found = required();
    return found ? found : Result<ApplicationIdentity>{error};
}

Result<ApplicationIdentity> ApplicationIdentity::Start::save(const Certificate& certificate, const PrivateKey& key) const {
    const auto turn = detail::FirstStartTurn::wait(store);
    if (!turn) return orElse(turn.error());
    // Making the key has taken long enough for somebody else to have been faster.
    auto found = findPatiently();
    if (!found) return found.error();
    if (*found) return std::move(**found);
    if (const auto saved = store.saveOwn({certificate}, key); !saved) return orElse(saved.error());
    return required();
}

Result<ApplicationIdentity> ApplicationIdentity::Start::create() const {
    const auto made = makePair(options, hosts, now);
    if (!made) return made.error();
    auto kept = save(made->certificate, made->key);
    if (!kept || !(kept->certificate() == made->certificate)) return kept;
    return kept->withNotice(createdNotice(*kept));
}

// The process that made the key may have died before its certificate was there. Nobody has been told of the two yet.
Result<ApplicationIdentity> ApplicationIdentity::Start::finish(const Error& error) const {
    if (error.status != StatusCode::BadConfigurationError) return error;
    const auto finished = detail::FirstStartTurn::finishInterrupted(store);
    if (!finished) return finished.error();
    auto found = find();
    if (!found) return found.error();
    if (!*found) return error;
    return *finished ? (*found)->withNotice(createdNotice(**found)) : std::move(**found);
}

Result<ApplicationIdentity> ApplicationIdentity::loadOrCreate(IdentityStore& store, const IdentityOptions& options) {
    if (const auto complete = checkOptions(options); !complete) return complete.error();
    const Start start{store, options};
    auto found = start.findPatiently();
    if (!found) return start.finish(found.error());
    if (*found) return std::move(**found);
    return start.create();
}

Result<ApplicationIdentity> ApplicationIdentity::load(IdentityStore& store, const IdentityOptions& options) {
    if (const auto complete = checkOptions(options); !complete) return complete.error();
    return Start{store, options}.required();
}

Result<ApplicationIdentity> ApplicationIdentity::adopt(IdentityStore& store, const IdentityOptions& options, std::vector<Certificate> chain,
                                                       std::optional<PrivateKey> key) {
    if (const auto complete = checkOptions(options); !complete) return complete.error();
    // A first start that is just deciding must not put its new pair in the place of this one.
    const auto turn = detail::FirstStartTurn::wait(store);
    if (!turn) return turn.error();
    const auto adoptee = detail::prepareAdoption(store, options, chain, key);
    if (!adoptee) return adoptee.error();
    if (const auto saved = store.saveOwn(adoptee->chain, adoptee->key); !saved) return saved.error();
    auto adopted = Start{store, options}.required();
    if (!adopted || adopted->certificate() == adoptee->chain.front()) return adopted;
    return Error{StatusCode::BadConfigurationError,
                 fmt::format("The certificate {} was saved in {}, but {} ({}) is still the one in use", adoptee->chain.front().describe(),
                             store.ownLocation(), adopted->certificate().describe(), adopted->certificateSource()),
                 "move the other certificate away"};
}

ApplicationIdentity ApplicationIdentity::withNotice(IdentityNotice notice) const {
    auto data = *data_;
    data.notices.push_back(std::move(notice));
    return ApplicationIdentity{std::make_shared<const Data>(std::move(data))};
}

const Certificate& ApplicationIdentity::certificate() const noexcept { return data_->pair.certificate.chain.front(); }
const std::vector<Certificate>& ApplicationIdentity::chain() const noexcept { return data_->pair.certificate.chain; }
const Bytes& ApplicationIdentity::chainBlob() const noexcept { return data_->blob; }
const PrivateKey& ApplicationIdentity::key() const noexcept { return data_->pair.key.key; }
const std::string& ApplicationIdentity::applicationUri() const noexcept { return data_->uri; }
const std::string& ApplicationIdentity::certificateSource() const noexcept { return data_->pair.certificate.source; }
const std::string& ApplicationIdentity::keySource() const noexcept { return data_->pair.key.source; }
const std::vector<IdentityNotice>& ApplicationIdentity::notices() const noexcept { return data_->notices; }

}  // namespace uatrust
