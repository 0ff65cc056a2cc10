#include <uatrust/core/ip_address.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <uatrust/core/bytes.hpp>

namespace uatrust {
namespace {

constexpr std::size_t ipv4Octets = 4;
constexpr std::size_t ipv6Octets = 16;
constexpr std::size_t ipv6Groups = 8;
// "0000:0000:0000:0000:0000:ffff:255.255.255.255"
constexpr std::size_t maxTextLength = 45;

using Octets = std::vector<std::uint8_t>;

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

// A leading zero means octal to some readers and decimal to others, so it means nothing here.
bool isDecimalOctet(std::string_view text) noexcept {
    if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), isDigit)) return false;
    return text.size() == 1 || text.front() != '0';
}

bool appendDecimalOctet(std::string_view text, Octets& out) {
    if (!isDecimalOctet(text)) return false;
    unsigned value = 0;
    for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) return false;
    out.push_back(static_cast<std::uint8_t>(value));
    return true;
}

bool appendIpv4(std::string_view text, Octets& out) {
    for (std::size_t i = 0; i < ipv4Octets; ++i) {
        const bool isLast = i + 1 == ipv4Octets;
        const std::size_t dot = text.find('.');
        if (isLast != (dot == std::string_view::npos)) return false;
        if (!appendDecimalOctet(text.substr(0, dot), out)) return false;
        if (!isLast) text.remove_prefix(dot + 1);
    }
    return true;
}

bool appendHexGroup(std::string_view text, Octets& out) {
    if (text.empty() || text.size() > 4) return false;
    const auto bytes = fromHex(std::string(4 - text.size(), '0').append(text));
    if (!bytes) return false;
    out.insert(out.end(), bytes->begin(), bytes->end());
    return true;
}

// Groups between colons; the last one may be an IPv4 address when `mayEndInIpv4`. Empty text is no groups.
bool appendGroups(std::string_view text, bool mayEndInIpv4, Octets& out) {
    while (!text.empty()) {
        if (out.size() >= ipv6Octets) return false;
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) {
            const bool isIpv4 = mayEndInIpv4 && text.find('.') != std::string_view::npos;
            return isIpv4 ? appendIpv4(text, out) : appendHexGroup(text, out);
        }
        if (!appendHexGroup(text.substr(0, colon), out)) return false;
        text.remove_prefix(colon + 1);
        if (text.empty()) return false;
    }
    return true;
}

std::optional<Octets> parseIpv4(std::string_view text) {
    Octets octets;
    if (!appendIpv4(text, octets)) return std::nullopt;
    return octets;
}

std::optional<Octets> parseIpv6(std::string_view text) {
    Octets head;
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        if (!appendGroups(text, true, head) || head.size() != ipv6Octets) return std::nullopt;
        return head;
    }
    Octets tail;
    if (!appendGroups(text.substr(0, gap), false, head) || !appendGroups(text.substr(gap + 2), true, tail)) return std::nullopt;
    // RFC 4291, 2.2: "::" stands for one or more groups.
    if (head.size() + tail.size() > ipv6Octets - 2) return std::nullopt;
    head.resize(ipv6Octets - tail.size(), 0);
    head.insert(head.end(), tail.begin(), tail.end());
    return head;
}

std::string formatIpv4(ByteView octets) { return fmt::format("{}.{}.{}.{}", octets[0], octets[1], octets[2], octets[3]); }

struct Run {
    std::size_t begin = 0;
    std::size_t length = 0;
};

using Groups = std::array<unsigned, ipv6Groups>;

Groups groupsOf(ByteView octets) noexcept {
    Groups groups{};
    for (std::size_t i = 0; i < ipv6Groups; ++i) groups[i] = unsigned{octets[2 * i]} << 8U | octets[2 * i + 1];
    return groups;
}

// RFC 5952, 4.2: the longest run of zero groups, the first of equals, and never a single one.
Run longestZeroRun(const Groups& groups) noexcept {
    Run best;
    Run current;
    for (std::size_t i = 0; i < ipv6Groups; ++i) {
        if (groups[i] != 0) {
            current = {};
            continue;
        }
        if (current.length++ == 0) current.begin = i;
        if (current.length > best.length) best = current;
    }
    return best.length >= 2 ? best : Run{};
}

std::string joinGroups(const Groups& groups, std::size_t begin, std::size_t end) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) text += fmt::format("{}{:x}", i == begin ? "" : ":", groups[i]);
    return text;
}

bool isIpv4Mapped(ByteView octets) noexcept {
    return std::all_of(octets.begin(), octets.begin() + 10, [](std::uint8_t octet) { return octet == 0; }) && octets[10] == 0xFF &&
           octets[11] == 0xFF;
}

std::string formatIpv6(ByteView octets) {
    // RFC 5952, 5: addresses known to embed an IPv4 address show it.
    if (isIpv4Mapped(octets)) return "::ffff:" + formatIpv4(octets.subspan(12));
    const Groups groups = groupsOf(octets);
    const Run zeros = longestZeroRun(groups);
    if (zeros.length == 0) return joinGroups(groups, 0, ipv6Groups);
    return joinGroups(groups, 0, zeros.begin) + "::" + joinGroups(groups, zeros.begin + zeros.length, ipv6Groups);
}

}  // namespace

std::optional<std::vector<std::uint8_t>> parseIpAddress(std::string_view text) {
    if (text.empty() || text.size() > maxTextLength) return std::nullopt;
    return text.find(':') == std::string_view::npos ? parseIpv4(text) : parseIpv6(text);
}

std::string formatIpAddress(const std::vector<std::uint8_t>& octets) {
    if (octets.size() == ipv4Octets) return formatIpv4(octets);
    if (octets.size() == ipv6Octets) return formatIpv6(octets);
    return toHex(octets);
}

}  // namespace uatrust
