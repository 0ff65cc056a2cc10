#include "detail/platform.hpp"

#include <algorithm>
#include <array>

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0602
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>

#include <uatrust/core/endpoint_url.hpp>

#ifdef _MSC_VER
#pragma comment(lib, "iphlpapi.lib")
#endif

namespace uatrust::detail {
namespace {

std::string computerName(COMPUTER_NAME_FORMAT format) {
    std::array<WCHAR, 1024> name{};
    auto size = static_cast<DWORD>(name.size());
    return ::GetComputerNameExW(format, name.data(), &size) ? pathText(std::wstring{name.data(), size}) : std::string{};
}

template <class Field>
std::vector<std::uint8_t> octetsOf(const Field& field) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&field);
    return {begin, begin + sizeof(field)};
}

std::vector<std::uint8_t> addressOf(const SOCKADDR* address) {
    const void* raw = address;
    if (address->sa_family == AF_INET) return octetsOf(static_cast<const sockaddr_in*>(raw)->sin_addr);
    if (address->sa_family == AF_INET6) return octetsOf(static_cast<const sockaddr_in6*>(raw)->sin6_addr);
    return {};
}

bool isLinkLocal(const std::vector<std::uint8_t>& octets) {
    if (octets.size() == 4) return octets[0] == 169 && octets[1] == 254;
    return octets[0] == 0xFE && (octets[1] & 0xC0U) == 0x80U;
}

// The table may grow between asking for its size and asking for it.
std::vector<std::uint64_t> adapterTable() {
    constexpr ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    ULONG size = 16384;
    for (int attempt = 0; attempt < 4; ++attempt) {
        std::vector<std::uint64_t> table(size / sizeof(std::uint64_t) + 1);
        void* raw = table.data();
        const ULONG code = ::GetAdaptersAddresses(AF_UNSPEC, flags, nullptr, static_cast<IP_ADAPTER_ADDRESSES*>(raw), &size);
        if (code == ERROR_SUCCESS) return table;
        if (code != ERROR_BUFFER_OVERFLOW) break;
    }
    return {};
}

void append(std::vector<std::string>& addresses, const IP_ADAPTER_ADDRESSES& adapter) {
    for (const auto* entry = adapter.FirstUnicastAddress; entry != nullptr; entry = entry->Next) {
        const auto octets = addressOf(entry->Address.lpSockaddr);
        if (octets.empty() || isLinkLocal(octets)) continue;
        auto text = formatIpAddress(octets);
        if (std::find(addresses.begin(), addresses.end(), text) == addresses.end()) addresses.push_back(std::move(text));
    }
}

}  // namespace

std::vector<std::string> localHostNames() {
    std::vector<std::string> names;
    for (const auto format : {ComputerNamePhysicalDnsHostname, ComputerNamePhysicalDnsFullyQualified}) {
        auto name = computerName(format);
        if (!name.empty() && (names.empty() || !sameDnsName(name, names.front()))) names.push_back(std::move(name));
    }
    return names;
}

std::vector<std::string> localIpAddresses() {
    const auto table = adapterTable();
    if (table.empty()) return {};
    std::vector<std::string> addresses;
    const void* raw = table.data();
    for (const auto* adapter = static_cast<const IP_ADAPTER_ADDRESSES*>(raw); adapter != nullptr; adapter = adapter->Next) {
        if (adapter->OperStatus == IfOperStatusUp && adapter->IfType != IF_TYPE_SOFTWARE_LOOPBACK) append(addresses, *adapter);
    }
    return addresses;
}

}  // namespace uatrust::detail
