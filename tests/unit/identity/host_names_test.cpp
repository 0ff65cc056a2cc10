#include <uatrust/identity/host_names.hpp>

#include <algorithm>

#include <uatrust/core/ip_address.hpp>

#include "support/catch.hpp"

using namespace uatrust;

namespace {

bool hasCopies(std::vector<std::string> list) {
    std::sort(list.begin(), list.end());
    return std::adjacent_find(list.begin(), list.end()) != list.end();
}

bool isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

TEST_CASE("This machine is reachable under at least one name or address") {
    const auto hosts = localHostNames();
    CHECK_FALSE((hosts.dnsNames.empty() && hosts.ipAddresses.empty()));
    CHECK_FALSE(hasCopies(hosts.dnsNames));
    CHECK_FALSE(hasCopies(hosts.ipAddresses));
}

TEST_CASE("The names of this machine can stand in a certificate as they are") {
    for (const auto& name : localHostNames().dnsNames) {
        CAPTURE(name);
        CHECK_FALSE(name.empty());
        CHECK(std::all_of(name.begin(), name.end(), isNameCharacter));
        CHECK_FALSE(parseIpAddress(name));
    }
}

TEST_CASE("The addresses of this machine are addresses that others can use") {
    for (const auto& address : localHostNames().ipAddresses) {
        CAPTURE(address);
        const auto octets = parseIpAddress(address);
        REQUIRE(octets);
        const bool loopback = octets->size() == 4 ? octets->front() == 127 : address == "::1";
        const bool linkLocal =
            octets->size() == 4 ? (*octets)[0] == 169 && (*octets)[1] == 254 : (*octets)[0] == 0xFE && ((*octets)[1] & 0xC0) == 0x80;
        CHECK_FALSE(loopback);
        CHECK_FALSE(linkLocal);
    }
}
