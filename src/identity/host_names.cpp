#include <uatrust/identity/host_names.hpp>

#include <algorithm>

#include <uatrust/core/ip_address.hpp>

#include "detail/platform.hpp"

namespace uatrust {
namespace {

// RFC 1035, 2.3.4
constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxName = 253;

// The underscore is no part of RFC 1123, but of names that machines have, and the builder takes it.
bool isLabelCharacter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool isLabel(std::string_view label) noexcept {
    return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), isLabelCharacter);
}

// A machine may call itself anything ("Line 4"); what is no DNS name cannot stand in a certificate, and must not keep
// the application from getting one.
bool isDnsName(std::string_view name) noexcept {
    if (name.size() > kMaxName) return false;
    while (true) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        if (!isLabel(name.substr(0, dot))) return false;
        if (dot == name.size()) return true;
        name.remove_prefix(dot + 1);
    }
}

void addOnce(std::vector<std::string>& list, std::string text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

}  // namespace

HostNames localHostNames() {
    HostNames found;
    for (auto& name : detail::localHostNames()) {
        if (isDnsName(name) && !parseIpAddress(name)) addOnce(found.dnsNames, std::move(name));
    }
    for (auto& address : detail::localIpAddresses()) {
        if (parseIpAddress(address)) addOnce(found.ipAddresses, std::move(address));
    }
    if (found.dnsNames.empty() && found.ipAddresses.empty()) found.dnsNames.emplace_back("localhost");
    return found;
}

}  // namespace uatrust
