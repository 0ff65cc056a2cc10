#pragma once

#include <uatrust/identity/application_identity.hpp>
#include <uatrust/store/directory_store.hpp>

#include <functional>

namespace uatrust::examples {

/// Application is who one of the examples is.
struct Application {
    std::string name{};
    std::string applicationUri{};  ///< the certificate's own, or a default for this machine, when empty
    std::string defaultUri{};      ///< for the first start
    ApplicationRole role = ApplicationRole::ClientAndServer;
    std::vector<std::string> reachedAs{};  ///< names or addresses besides those of this machine: "localhost"
};

/// ownIdentity() loads the own certificate and key, or makes them at the first start, and tells the operator what there is
/// to know about them, one sentence at a time.
[[nodiscard]] Result<ApplicationIdentity> ownIdentity(DirectoryStore& store, const Application& application,
                                                      const std::function<void(std::string_view)>& tell);

/// machineName() is the name of this machine, for ApplicationUris.
[[nodiscard]] std::string machineName();

}  // namespace uatrust::examples
