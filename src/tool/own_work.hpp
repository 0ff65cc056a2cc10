#pragma once

#include <uatrust/identity/application_identity.hpp>

#include "tool/desk.hpp"

// What is done with the own certificate of a PKI folder, for the commands and for the page alike. All of it works on an open Desk, whose
// store has to be writable for what changes something; the key passphrase is that of the store.

namespace uatrust::tool {

/// A clock that says less has not been set.
inline constexpr Instant kEarliestClock = std::chrono::sys_days{std::chrono::year{2020} / std::chrono::January / 1};

/// OwnExpectation is what is known of an application beforehand. What is not said is as its certificate has it.
struct OwnExpectation {
    std::optional<std::string> applicationUri{};
    std::optional<ApplicationRole> role{};
    HostNames machine = localHostNames();  ///< what others reach it by
    std::chrono::days warnBeforeExpiry{30};
    const Clock* clock = nullptr;  ///< the system's when null; borrowed for the call
};

/// OwnLoaded is an own certificate with its key.
struct OwnLoaded {
    ApplicationIdentity identity;
    ApplicationRole role = ApplicationRole::ClientAndServer;  ///< that was expected, or that the certificate is good for
    std::vector<IdentityNotice> notices{};                    ///< of the identity, without those that compare it with what nobody has said
};

/// loadOwn() loads it as its application does, whose configuration is not known but for what is expected. Fails as
/// ApplicationIdentity::load().
[[nodiscard]] Result<OwnLoaded> loadOwn(IdentityStore& store, const OwnExpectation& expected);

/// OwnName is a host name or address, and who knows it.
struct OwnName {
    std::string name{};
    bool inCertificate = false;
    bool onMachine = false;
};

/// OwnDescription is what there is to tell of the own certificate. Neither an identity nor trouble: looked, and there is none.
struct OwnDescription {
    std::optional<ApplicationIdentity> identity{};
    std::vector<IdentityNotice> notices{};                    ///< for an application that is what the certificate says
    std::optional<Error> trouble{};                           ///< something is there, and makes no certificate with its key
    ApplicationRole role = ApplicationRole::ClientAndServer;  ///< that the certificate is good for
    std::vector<OwnName> names{};                             ///< of the certificate and of this machine
    PendingRequests pending{};                                ///< without what cannot be told because of `trouble`
    std::size_t backups = 0;                                  ///< former own certificates
};

/// describeOwn() looks at the own certificate. `machine` is what others reach this machine by.
[[nodiscard]] OwnDescription describeOwn(const Desk& desk, const HostNames& machine = localHostNames());

/// OwnWish is what a new own certificate is to be like. What is not said is as in the present one.
struct OwnWish {
    std::string name{};                     ///< common name
    std::string uri{};                      ///< ApplicationUri
    std::string organization{};             ///< without one, and without a present one: the name
    std::vector<std::string> hosts{};       ///< exactly these; none: those of the present one and of this machine
    std::optional<ApplicationRole> role{};  ///< without a present one: both
    std::optional<KeyType> keyType{};       ///< of a new key; without a present one: RSA 2048
    bool newKey = false;                    ///< without a present one there is no choice
    std::chrono::days validity{5 * 365};    ///< of what is self-signed
    HostNames machine = localHostNames();   ///< what others reach this machine by
    const Clock* clock = nullptr;           ///< the system's when null; borrowed
};

/// OwnPlan is what is going to be made.
struct OwnPlan {
    ApplicationSubject subject;
    std::optional<Certificate> former{};
    bool newKey = true;
    KeyType keyType = KeyType::Rsa2048;  ///< of a new key
    std::string name{};                  ///< as it was wished for; empty: the subject is that of the former one
    std::string organization{};
    std::chrono::days validity{};  ///< of what is self-signed
    Instant notBefore{};
    Instant notAfter{};
    std::vector<std::string> added{};  ///< names and addresses that the former one does not have
};

/// planRenewal() is a self-signed certificate in the place of the present one. BadNotFound when there is none, BadInvalidState when a
/// CA has issued the present one, BadConfigurationError when the clock cannot be right.
[[nodiscard]] Result<OwnPlan> planRenewal(const Desk& desk, const OwnWish& wish);
/// planRequest() is a request for a CA. Without a present certificate, name and ApplicationUri have to be there: BadInvalidArgument.
[[nodiscard]] Result<OwnPlan> planRequest(const Desk& desk, const OwnWish& wish);

/// renewOwn() carries the plan out: the former certificate is kept as a backup, its key stays beside a new one.
Result<ChangeRecord> renewOwn(const Desk& desk, const OwnPlan& plan, std::string_view who);

/// requestOwn() makes the request and keeps it, with the new key if there is one, until planImport() finds the certificate for it.
Result<CertificateRequest> requestOwn(const Desk& desk, const OwnPlan& plan, std::string_view who);

/// planFirst() is the first key pair with a self-signed certificate; name and ApplicationUri have to be there. BadInvalidState when there
/// is an own certificate already.
[[nodiscard]] Result<OwnPlan> planFirst(const Desk& desk, const OwnWish& wish);
/// createOwn() makes them, unless somebody else was faster: BadInvalidState. Nothing that is there is ever replaced.
Result<ChangeRecord> createOwn(const Desk& desk, const OwnPlan& plan, std::string_view who);

/// defaultUri() is "urn:plc-4:acme:gateway", from the first name of the machine, the organization if there is one, and the name.
[[nodiscard]] std::string defaultUri(const HostNames& machine, const std::string& organization, const std::string& name);

}  // namespace uatrust::tool
