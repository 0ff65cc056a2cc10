#pragma once

#include <uatrust/core/ip_address.hpp>

#include <cstdint>

namespace uatrust {

/// EndpointUrl is the part of an OPC UA endpoint URL that trust depends on: "opc.tcp://host:port/path".
struct EndpointUrl {
    std::string scheme{};  ///< lower case, "opc.tcp"
    std::string host{};    ///< as written; an IPv6 address without its brackets
    std::optional<std::uint16_t> port{};
    std::string path{};  ///< with its leading slash, without query and fragment; empty when there is none
};

/// parseEndpointUrl() reads a URL of any scheme and drops a user part; nothing when there is no scheme, no host or an
/// impossible port, when the host is neither a plain name nor an address (an IPv6 address needs its brackets), and
/// when the URL is longer than OPC UA allows (4095 octets).
[[nodiscard]] UATRUST_API std::optional<EndpointUrl> parseEndpointUrl(std::string_view url);

/// endpointKey() is the same text for all URLs of one endpoint: equal scheme, port and path ("" is "/"), host without regard to
/// case. Empty for what is no URL.
[[nodiscard]] UATRUST_API std::string endpointKey(std::string_view endpointUrl);

/// sameDnsName() compares DNS names without regard to ASCII case and to one trailing dot. No wildcards: the
/// application certificate profile (OPC 10000-6, 6.2.2) knows none. An empty name is the same as none, not even as
/// another empty one.
[[nodiscard]] UATRUST_API bool sameDnsName(std::string_view a, std::string_view b) noexcept;

}  // namespace uatrust
