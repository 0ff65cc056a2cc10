#pragma once

#include <uatrust/export.hpp>

#include <string>
#include <vector>

namespace uatrust {

/// HostNames is under which names and addresses others reach this machine: what goes into a certificate's SAN.
struct HostNames {
    std::vector<std::string> dnsNames{};
    std::vector<std::string> ipAddresses{};
};

/// localHostNames() asks the operating system: host name and fully qualified name, addresses of the interfaces
/// without loopback and link-local ones. It does not ask the network. Never empty: "localhost" when nothing else is known.
[[nodiscard]] UATRUST_API HostNames localHostNames();

}  // namespace uatrust
