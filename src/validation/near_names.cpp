#include "validation/near_names.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include <uatrust/core/endpoint_url.hpp>

#include "validation/name_matching.hpp"
#include "validation/wording.hpp"

namespace uatrust::detail {
namespace {

constexpr std::size_t maxUris = 16;
constexpr std::size_t maxHosts = 64;
constexpr std::size_t maxWanted = 4;
constexpr std::size_t maxCompared = 4096;  // octets of a name
constexpr std::size_t maxSpot = 64;        // octets of the place where two names differ

template <class T>
std::span<const T> first(const std::vector<T>& all, std::size_t count) {
    return std::span{all}.first(std::min(all.size(), count));
}

std::string_view trimmed(std::string_view text, std::string_view ends) {
    const auto begin = text.find_first_not_of(ends);
    return begin == std::string_view::npos ? std::string_view{} : text.substr(begin, text.find_last_not_of(ends) - begin + 1);
}

// ---- ApplicationUri

constexpr std::string_view uriEnds{" \t\r\n/\0", 6};

/// The one stretch in which two texts differ.
struct Spot {
    std::size_t at = 0;  ///< octets that are the same before it
    std::string_view a{};
    std::string_view b{};
    std::size_t same = 0;  ///< octets that are the same, before and behind
};

Spot spotOf(std::string_view a, std::string_view b) {
    const auto shorter = std::min(a.size(), b.size());
    const auto begin =
        static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(shorter), b.begin()).first - a.begin());
    std::size_t behind = 0;
    while (behind < shorter - begin && a[a.size() - 1 - behind] == b[b.size() - 1 - behind]) ++behind;
    return {begin, a.substr(begin, a.size() - begin - behind), b.substr(begin, b.size() - begin - behind), begin + behind};
}

// More in common than not, and little that differs: two URIs of one hand.
bool isOneSpot(const Spot& spot, std::string_view a, std::string_view b) {
    return spot.same * 2 >= std::max(a.size(), b.size()) && spot.a.size() <= maxSpot && spot.b.size() <= maxSpot;
}

// A URI in a certificate is ASCII: what two have in common is, too, and an octet of it is a character.
std::string spotText(const Spot& spot) {
    const auto place = fmt::format("in one place, at character {}", spot.at + 1);
    if (spot.a.empty()) return fmt::format("{}: {} stands only in the certificate", place, quoted(spot.b));
    if (spot.b.empty()) return fmt::format("{}: {} stands only in what the peer says", place, quoted(spot.a));
    return fmt::format("{}: {} in what the peer says, {} in the certificate", place, quoted(spot.a), quoted(spot.b));
}

void nearUri(std::string_view asked, std::string_view offered, Hints& hints) {
    const auto both = fmt::format("The ApplicationUri {} and the certificate's {} differ", quoted(asked), quoted(offered));
    const auto core = trimmed(asked, uriEnds);
    const auto offeredCore = trimmed(offered, uriEnds);
    if (sameButForCase(asked, offered)) {
        hints.add(both + " in upper and lower case only, and these count.");
    } else if (!core.empty() && core == offeredCore) {
        hints.add(both + " only by blanks or slashes at their ends.");
    } else if (!core.empty() && sameButForCase(core, offeredCore)) {
        hints.add(both + " only by upper and lower case and by blanks or slashes at their ends.");
    } else if (const auto spot = spotOf(asked, offered); isOneSpot(spot, asked, offered)) {
        hints.add(fmt::format("{} {}.", both, spotText(spot)));
    }
}

// ---- Host names

bool isAddress(std::string_view host) { return parseIpAddress(trimmed(host, "[]")).has_value(); }
bool isLoopback(std::string_view host) {
    const auto address = parseIpAddress(trimmed(host, "[]"));
    if (!address) return sameDnsName(host, "localhost");
    return address->size() == 4 ? address->front() == 127 : formatIpAddress(*address) == "::1";
}

std::string_view firstLabel(std::string_view name) { return name.substr(0, name.find('.')); }
bool hasDomain(std::string_view name) { return trimmed(name, ".").find('.') != std::string_view::npos; }

bool fitsWildcard(std::string_view pattern, std::string_view host) {
    const auto dot = host.find('.');
    return pattern.starts_with("*.") && dot != std::string_view::npos && dot > 0 && sameDnsName(pattern.substr(2), host.substr(dot + 1));
}

void nearName(std::string_view asked, std::string_view offered, Hints& hints) {
    if (fitsWildcard(offered, asked)) {
        hints.add(fmt::format("The certificate has the wildcard {}, which would cover {} on the web; OPC UA knows no wildcards.",
                              quoted(offered), quoted(asked)));
    } else if (!sameDnsName(firstLabel(asked), firstLabel(offered)) || isAddress(asked)) {
        return;
    } else if (!hasDomain(asked)) {
        hints.add(fmt::format("The certificate has the full name {}, and the URL only its first part {}: connect with the full name.",
                              quoted(offered), quoted(asked)));
    } else if (!hasDomain(offered)) {
        hints.add(fmt::format("The certificate has the short name {}, and the URL the full name {}: connect with the short name.",
                              quoted(offered), quoted(asked)));
    } else {
        hints.add(fmt::format("The certificate has {}, and the URL {}: the first part is the same, the domain is not.", quoted(offered),
                              quoted(asked)));
    }
}

// The kinds of hosts are compared, not the hosts: an address where names are, and the other way round.
void nearKind(const Certificate& certificate, std::string_view asked, Hints& hints) {
    const bool names = !certificate.dnsNames().empty();
    const bool addresses = !certificate.ipAddresses().empty();
    const auto offered = hostsOf(certificate);
    if (!names && !addresses) {
        hints.add("The certificate names no host at all.");
    } else if (isLoopback(asked)) {
        hints.add(fmt::format("{} always means this machine itself; the certificate was issued for {}.", quoted(asked), offered));
    } else if (isAddress(asked) && !addresses) {
        hints.add(fmt::format("{} is an address, and the certificate has names only: connect with {}.", quoted(asked), offered));
    } else if (isAddress(asked)) {
        hints.add(fmt::format("The certificate has other addresses than {}: was the server given a new address?", quoted(asked)));
    } else if (!names) {
        hints.add(fmt::format("{} is a name, and the certificate has addresses only: connect with {}.", quoted(asked), offered));
    }
}

void localOnly(const Certificate& certificate, Hints& hints) {
    const auto names = first(certificate.dnsNames(), maxHosts);
    const auto addresses = first(certificate.ipAddresses(), maxHosts);
    if (names.size() + addresses.size() == 0) return;
    if (std::all_of(names.begin(), names.end(), [](const std::string& name) { return isLoopback(name); }) &&
        std::all_of(addresses.begin(), addresses.end(), [](const auto& address) { return isLoopback(formatIpAddress(address)); })) {
        hints.add("The certificate was issued for localhost only: no other machine can connect with a name that is in it.");
    }
}

void nearHost(const Certificate& certificate, std::string_view asked, Hints& hints) {
    const auto core = trimmed(asked, ". \t");
    if (core != asked && namesHost(certificate, core)) {
        hints.add(fmt::format("{} would be in the certificate without the dots or blanks at its ends.", quoted(asked)));
        return;
    }
    for (const auto& each : first(certificate.dnsNames(), maxHosts)) nearName(asked, std::string_view{each}.substr(0, maxCompared), hints);
    if (sameDnsName(certificate.subject().commonName(), asked)) {
        hints.add(fmt::format("{} is the common name of the certificate, but only the names in its subjectAltName count.", quoted(asked)));
    }
    nearKind(certificate, asked, hints);
}

}  // namespace

void nearUris(const Certificate& certificate, std::string_view applicationUri, Hints& hints) {
    if (certificate.uris().empty()) hints.add("The certificate has no URI at all, and one for an OPC UA application always has.");
    for (const auto& each : first(certificate.uris(), maxUris))
        nearUri(applicationUri.substr(0, maxCompared), std::string_view{each}.substr(0, maxCompared), hints);
}

void nearHosts(const Certificate& certificate, const std::vector<std::string>& hostNames, Hints& hints) {
    localOnly(certificate, hints);
    for (const auto& each : first(hostNames, maxWanted)) nearHost(certificate, std::string_view{each}.substr(0, maxCompared), hints);
}

}  // namespace uatrust::detail
