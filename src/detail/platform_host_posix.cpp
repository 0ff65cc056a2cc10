#include "detail/platform.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <uatrust/core/endpoint_url.hpp>

namespace uatrust::detail {
namespace {

constexpr std::size_t kMaxHostsFile = 1U << 20U;

// The name that a line of the hosts file gives to an alias: "10.0.0.4 plc-4.line.example plc-4".
std::optional<std::string> qualifiedIn(const std::string& line, const std::string& host) {
    std::istringstream words{line.substr(0, line.find('#'))};
    std::string address;
    words >> address;
    std::vector<std::string> names;
    for (std::string name; words >> name;) names.push_back(std::move(name));
    if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return sameDnsName(name, host); })) return {};
    const auto qualified = std::find_if(names.begin(), names.end(), [&](const auto& name) {
        const auto dot = name.find('.');
        return dot != std::string::npos && sameDnsName(name.substr(0, dot), host);
    });
    return qualified == names.end() ? std::nullopt : std::optional{*qualified};
}

// A resolver would ask the network, which may answer slowly, wrongly or not at all.
std::optional<std::string> qualifiedName(const std::string& host) {
    std::error_code error;
    const auto hosts = std::filesystem::canonical("/etc/hosts", error);
    if (error) return {};
    const auto content = readFile(hosts, kMaxHostsFile);
    if (!content) return {};
    std::istringstream lines{std::string{asText(content->bytes.view())}};
    for (std::string line; std::getline(lines, line);) {
        if (auto name = qualifiedIn(line, host)) return name;
    }
    return {};
}

template <class Field>
std::vector<std::uint8_t> octetsOf(const Field& field) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&field);
    return {begin, begin + sizeof(field)};
}

std::vector<std::uint8_t> addressOf(const sockaddr* address) {
    if (address == nullptr) return {};
    const void* raw = address;
    if (address->sa_family == AF_INET) return octetsOf(static_cast<const sockaddr_in*>(raw)->sin_addr);
    if (address->sa_family == AF_INET6) return octetsOf(static_cast<const sockaddr_in6*>(raw)->sin6_addr);
    return {};
}

bool isLinkLocal(const std::vector<std::uint8_t>& octets) {
    if (octets.size() == 4) return octets[0] == 169 && octets[1] == 254;
    return octets[0] == 0xFE && (octets[1] & 0xC0U) == 0x80U;
}

bool isUsable(const ifaddrs& entry, const std::vector<std::uint8_t>& octets) {
    return (entry.ifa_flags & IFF_UP) != 0 && (entry.ifa_flags & IFF_LOOPBACK) == 0 && !octets.empty() && !isLinkLocal(octets);
}

}  // namespace

std::vector<std::string> localHostNames() {
    std::array<char, 256> buffer{};
    if (::gethostname(buffer.data(), buffer.size() - 1) != 0 || buffer.front() == '\0') return {};
    std::vector<std::string> names{buffer.data()};
    if (auto qualified = qualifiedName(names.front())) {
        if (!sameDnsName(*qualified, names.front())) names.push_back(std::move(*qualified));
    }
    return names;
}

std::vector<std::string> localIpAddresses() {
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned{raw, &::freeifaddrs};
    std::vector<std::string> addresses;
    for (const auto* entry = raw; entry != nullptr; entry = entry->ifa_next) {
        const auto octets = addressOf(entry->ifa_addr);
        if (!isUsable(*entry, octets)) continue;
        auto text = formatIpAddress(octets);
        if (std::find(addresses.begin(), addresses.end(), text) == addresses.end()) addresses.push_back(std::move(text));
    }
    return addresses;
}

}  // namespace uatrust::detail
