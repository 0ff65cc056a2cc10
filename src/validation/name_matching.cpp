#include "validation/name_matching.hpp"

#include <algorithm>

#include <uatrust/core/endpoint_url.hpp>

#include "validation/wording.hpp"

namespace uatrust::detail {
namespace {

std::string_view withoutBrackets(std::string_view host) {
    return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

// Old certificates have an address as text among the DNS names.
bool namesAddress(const Certificate& certificate, const std::vector<std::uint8_t>& address) {
    const auto& addresses = certificate.ipAddresses();
    if (std::find(addresses.begin(), addresses.end(), address) != addresses.end()) return true;
    const auto& names = certificate.dnsNames();
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return parseIpAddress(name) == address; });
}

}  // namespace

bool sameButForCase(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool namesHost(const Certificate& certificate, std::string_view host) {
    if (const auto address = parseIpAddress(withoutBrackets(host))) return namesAddress(certificate, *address);
    const auto& names = certificate.dnsNames();
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return sameDnsName(name, host); });
}

std::string hostsOf(const Certificate& certificate) {
    std::vector<std::string> hosts;
    for (const auto& name : certificate.dnsNames()) hosts.push_back(printable(name));
    for (const auto& address : certificate.ipAddresses()) hosts.push_back(formatIpAddress(address));
    return hosts.empty() ? "none" : listed(hosts);
}

bool namesUri(const Certificate& certificate, std::string_view uri) {
    const auto& uris = certificate.uris();
    return !uri.empty() && std::find(uris.begin(), uris.end(), uri) != uris.end();
}

bool namesUriInOtherCase(const Certificate& certificate, std::string_view uri) {
    const auto& uris = certificate.uris();
    return std::any_of(uris.begin(), uris.end(), [&](const std::string& each) { return sameButForCase(each, uri); });
}

std::string urisOf(const Certificate& certificate) {
    std::vector<std::string> uris;
    for (const auto& each : certificate.uris()) uris.push_back(quoted(each));
    return uris.empty() ? "none" : listed(uris);
}

}  // namespace uatrust::detail
