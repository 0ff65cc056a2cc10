#pragma once

#include "options.hpp"

#include <uatrust/store/directory_store.hpp>
#include <uatrust/validation/validator.hpp>

namespace uatrust::examples {

/// GatewayTrust is whom the gateway trusts: three stores that know nothing of each other, and who judges by them. This is the
/// whole of what a product sets up.
class GatewayTrust {
public:
    explicit GatewayTrust(const GatewayOptions& options);

    /// Stores: certificates of clients, of the server below, of users.
    [[nodiscard]] DirectoryStore& clientStore() noexcept { return clientStore_; }
    [[nodiscard]] DirectoryStore& serverStore() noexcept { return serverStore_; }
    [[nodiscard]] DirectoryStore& userStore() noexcept { return userStore_; }

    [[nodiscard]] const CertificateValidator& clients() const noexcept { return clients_; }
    [[nodiscard]] const CertificateValidator& servers() const noexcept { return servers_; }
    [[nodiscard]] const CertificateValidator& users() const noexcept { return users_; }

    /// The policy that lets everybody in, null when it is not switched on.
    [[nodiscard]] const AcceptAllPolicy* acceptAll() const noexcept { return acceptAll_ ? &*acceptAll_ : nullptr; }

private:
    DirectoryStore clientStore_;
    DirectoryStore serverStore_;
    DirectoryStore userStore_;
    StrictPolicy strict_{};
    std::optional<AcceptAllPolicy> acceptAll_{};
    PerEndpointPolicy perEndpoint_{strict_};
    CertificateValidator clients_;
    CertificateValidator servers_;
    CertificateValidator users_;
};

}  // namespace uatrust::examples
