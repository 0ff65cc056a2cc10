#include <uatrust/core/endpoint_url.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace uatrust {
namespace {

// OPC 10000-6, 7.1.2.3: an endpoint URL is shorter than 4096 bytes.
constexpr std::size_t maxUrlLength = 4095;

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }
bool isLetter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isSchemeCharacter(char c) noexcept { return isLetter(c) || isDigit(c) || c == '+' || c == '-' || c == '.'; }

bool isScheme(std::string_view text) noexcept {
    return !text.empty() && isLetter(text.front()) && std::all_of(text.begin(), text.end(), isSchemeCharacter);
}

// What may be in a name that is looked up and compared. Everything on which two URL parsers could disagree (escapes,
// white space, backslashes, delimiters) is not; octets above ASCII are left to the resolver.
bool isNameCharacter(char c) noexcept {
    return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool isHostName(std::string_view text) noexcept { return !text.empty() && std::all_of(text.begin(), text.end(), isNameCharacter); }

bool isIpv6(std::string_view text) {
    const auto octets = parseIpAddress(text);
    return octets && octets->size() == 16;
}

std::optional<std::uint16_t> parsePort(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), isDigit)) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    if (value == 0 || value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

// Browsers read a backslash as a slash, others do not: behind "a\@b" one finds the host a, the other b.
bool isUserInfoCharacter(char c) noexcept { return c > ' ' && c <= '~' && c != '\\' && c != '@'; }

std::optional<std::string_view> withoutUserInfo(std::string_view authority) noexcept {
    const std::size_t at = authority.rfind('@');
    if (at == std::string_view::npos) return authority;
    const std::string_view user = authority.substr(0, at);
    if (!std::all_of(user.begin(), user.end(), isUserInfoCharacter)) return std::nullopt;
    return authority.substr(at + 1);
}

struct HostAndRest {
    std::string_view host;
    std::string_view rest;  // empty or ":port"
};

std::optional<HostAndRest> splitHost(std::string_view hostAndPort) {
    if (!hostAndPort.starts_with('[')) {
        const std::size_t colon = std::min(hostAndPort.find(':'), hostAndPort.size());
        const std::string_view host = hostAndPort.substr(0, colon);
        if (!isHostName(host)) return std::nullopt;
        return HostAndRest{host, hostAndPort.substr(colon)};
    }
    const std::size_t bracket = hostAndPort.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    const std::string_view host = hostAndPort.substr(1, bracket - 1);
    if (!isIpv6(host)) return std::nullopt;
    return HostAndRest{host, hostAndPort.substr(bracket + 1)};
}

bool parseAuthority(std::string_view authority, EndpointUrl& url) {
    const auto hostAndPort = withoutUserInfo(authority);
    if (!hostAndPort) return false;
    const auto split = splitHost(*hostAndPort);
    if (!split) return false;
    url.host = split->host;
    // RFC 3986, 3.2.3: a colon without digits is a URL without a port.
    if (split->rest.empty() || split->rest == ":") return true;
    if (!split->rest.starts_with(':')) return false;
    url.port = parsePort(split->rest.substr(1));
    return url.port.has_value();
}

std::string_view withoutTrailingDot(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

}  // namespace

std::optional<EndpointUrl> parseEndpointUrl(std::string_view text) {
    if (text.size() > maxUrlLength) return std::nullopt;
    const std::size_t separator = text.find("://");
    if (separator == std::string_view::npos || !isScheme(text.substr(0, separator))) return std::nullopt;

    EndpointUrl url;
    url.scheme = text.substr(0, separator);
    std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(), lower);

    const std::string_view rest = text.substr(separator + 3);
    const std::size_t authorityEnd = std::min(rest.find_first_of("/?#"), rest.size());
    if (!parseAuthority(rest.substr(0, authorityEnd), url)) return std::nullopt;

    const std::string_view tail = rest.substr(authorityEnd);
    url.path = tail.substr(0, std::min(tail.find_first_of("?#"), tail.size()));
    return url;
}

// RFC 3986, 6.2.3: an empty path is "/".
std::string endpointKey(std::string_view endpointUrl) {
    auto url = parseEndpointUrl(endpointUrl);
    if (!url) return {};
    std::transform(url->host.begin(), url->host.end(), url->host.begin(), lower);
    const auto port = url->port ? std::to_string(*url->port) : std::string{};
    return fmt::format("{}|{}|{}|{}", url->scheme, url->host, port, url->path.empty() ? "/" : url->path);
}

bool sameDnsName(std::string_view a, std::string_view b) noexcept {
    a = withoutTrailingDot(a);
    b = withoutTrailingDot(b);
    if (a.empty()) return false;
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace uatrust
