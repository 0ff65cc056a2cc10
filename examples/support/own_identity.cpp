#include "own_identity.hpp"

#include <uatrust/core/ip_address.hpp>

#include <algorithm>

namespace uatrust::examples {

namespace {

HostNames namesOf(const Application& application) {
    auto names = localHostNames();
    for (const auto& name : application.reachedAs) {
        auto& list = parseIpAddress(name) ? names.ipAddresses : names.dnsNames;
        if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
    }
    return names;
}

}  // namespace

std::string machineName() {
    const auto names = localHostNames();
    return names.dnsNames.empty() ? "localhost" : names.dnsNames.front();
}

Result<ApplicationIdentity> ownIdentity(DirectoryStore& store, const Application& application,
                                        const std::function<void(std::string_view)>& tell) {
    IdentityOptions options{.applicationName = application.name};
    options.applicationUri = application.applicationUri.empty() ? application.defaultUri : application.applicationUri;
    options.role = application.role;
    options.hostNames = namesOf(application);
    auto identity = ApplicationIdentity::loadOrCreate(store, options);
    if (!identity) return identity;

    // A certificate that the operator supplied carries the ApplicationUri its CA was asked for.
    const auto certified = identity->certificate().applicationUri();
    if (application.applicationUri.empty() && !certified.empty() && certified != options.applicationUri) {
        options.applicationUri = certified;
        identity = ApplicationIdentity::load(store, options);
        if (!identity) return identity;
    }
    for (const auto& notice : identity->notices())
        tell(notice.remedy.empty() ? notice.message : notice.message + " (" + notice.remedy + ")");
    return identity;
}

}  // namespace uatrust::examples
