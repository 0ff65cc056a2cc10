#include <uatrust/core/ip_address.hpp>

#include "support/catch.hpp"

#include <uatrust/core/bytes.hpp>

using namespace uatrust;

namespace {

/// The octets of an address as hexadecimal, "no address" for none.
std::string parsed(std::string_view text) {
    const auto octets = parseIpAddress(text);
    return octets ? toHex(*octets) : "no address";
}

std::string formatted(std::string_view hex) { return formatIpAddress(fromHex(hex).value()); }

}  // namespace

TEST_CASE("IPv4 addresses are read") {
    CHECK(parsed("192.168.0.1") == "c0a80001");
    CHECK(parsed("0.0.0.0") == "00000000");
    CHECK(parsed("255.255.255.255") == "ffffffff");
}

TEST_CASE("what only resembles an IPv4 address is a name") {
    for (const std::string_view text :
         {"",         "1",        "1.2.3",      "1.2.3.4.5",  "256.1.1.1",  "1.1.1.256",  "1.2.3.",   ".1.2.3",
          "1..2.3",   "1.2.3.4.", "01.2.3.4",   "1.2.3.00",   "1.2.3.04",   "0x1.2.3.4",  "1.2.3.-4", "1.2.3.+4",
          " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/24", "1.2.3.4:80", "1000.2.3.4", "2130706433", "a.b.c.d",  "99999999999999999999.1.1.1"}) {
        INFO(text);
        CHECK(parsed(text) == "no address");
    }
}

TEST_CASE("IPv6 addresses are read in all forms of RFC 4291") {
    CHECK(parsed("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789") == "abcdef0123456789abcdef0123456789");
    CHECK(parsed("2001:DB8:0:0:8:800:200C:417A") == "20010db80000000000080800200c417a");
    CHECK(parsed("2001:db8::8:800:200c:417a") == "20010db80000000000080800200c417a");
    CHECK(parsed("::") == "00000000000000000000000000000000");
    CHECK(parsed("::1") == "00000000000000000000000000000001");
    CHECK(parsed("1::") == "00010000000000000000000000000000");
    CHECK(parsed("FF01::101") == "ff010000000000000000000000000101");
    CHECK(parsed("0:0:0:0:0:0:13.1.68.3") == "0000000000000000000000000d014403");
    CHECK(parsed("::13.1.68.3") == "0000000000000000000000000d014403");
    CHECK(parsed("::FFFF:129.144.52.38") == "00000000000000000000ffff81903426");
    CHECK(parsed("1:2:3:4:5:6:7::") == "00010002000300040005000600070000");
    CHECK(parsed("::2:3:4:5:6:7:8") == "00000002000300040005000600070008");
    CHECK(parsed("0000:0000:0000:0000:0000:ffff:255.255.255.255") == "00000000000000000000ffffffffffff");
}

TEST_CASE("what only resembles an IPv6 address is a name") {
    for (const std::string_view text : {":",
                                        ":::",
                                        "1:",
                                        ":1",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1:2:3:4:5:6:7:8",
                                        "1::2::3",
                                        "12345::",
                                        "::12345",
                                        "g::",
                                        "::-1",
                                        "::1%eth0",
                                        "fe80::1%1",
                                        "fe80::1%25eth0",
                                        "[::1]",
                                        "::1/64",
                                        " ::1",
                                        "::1 ",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "1.2.3.4::",
                                        "::1.2.3",
                                        "::1.2.3.4:5",
                                        "::01.2.3.4",
                                        "::256.1.1.1",
                                        "::1.2.3.4.5",
                                        ":1::",
                                        "1:2:3:4:5:6:7:",
                                        ":2:3:4:5:6:7:8",
                                        "::ffff:1.2.3.4%0",
                                        "0000:0000:0000:0000:0000:ffff:255.255.255.2550"}) {
        INFO(text);
        CHECK(parsed(text) == "no address");
    }
}

TEST_CASE("a text of any length is judged at once") {
    CHECK(parsed(std::string(1'000'000, ':')) == "no address");
    CHECK(parsed(std::string(1'000'000, '1')) == "no address");
}

TEST_CASE("IPv4 addresses are written with dots") {
    CHECK(formatted("c0a80001") == "192.168.0.1");
    CHECK(formatted("00000000") == "0.0.0.0");
}

TEST_CASE("IPv6 addresses are written as RFC 5952 has it") {
    CHECK(formatted("20010db8000000000000000000000001") == "2001:db8::1");
    CHECK(formatted("20010db80000000100000000000a0001") == "2001:db8:0:1::a:1");
    CHECK(formatted("20010db8000000010001000100010001") == "2001:db8:0:1:1:1:1:1");
    CHECK(formatted("20010db8000000000001000000000001") == "2001:db8::1:0:0:1");
    CHECK(formatted("00000000000000000000000000000000") == "::");
    CHECK(formatted("00000000000000000000000000000001") == "::1");
    CHECK(formatted("00010000000000000000000000000000") == "1::");
    CHECK(formatted("abcdef0123456789abcdef0123456789") == "abcd:ef01:2345:6789:abcd:ef01:2345:6789");
    CHECK(formatted("00000000000000000000ffff81903426") == "::ffff:129.144.52.38");
    CHECK(formatted("00010002000300040005000600000000") == "1:2:3:4:5:6::");
}

TEST_CASE("octets of another length are written as hexadecimal") {
    CHECK(formatIpAddress({}).empty());
    CHECK(formatted("c0a800") == "c0a800");
    CHECK(formatted("c0a80001ffffff00") == "c0a80001ffffff00");
}

TEST_CASE("an address that was written is read again") {
    std::uint32_t random = 1;
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::uint8_t> octets(16);
        for (auto& octet : octets) {
            random = random * 1664525U + 1013904223U;
            // Many zeros, so that all kinds of runs occur.
            octet = (random >> 28U) < 10 ? std::uint8_t{0} : static_cast<std::uint8_t>(random >> 16U);
        }
        if (parseIpAddress(formatIpAddress(octets)) != octets) FAIL_CHECK(toHex(octets));
    }
}
