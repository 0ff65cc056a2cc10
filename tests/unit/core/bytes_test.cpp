#include <uatrust/core/bytes.hpp>

#include "support/catch.hpp"

using namespace uatrust;

TEST_CASE("octets are written as hexadecimal digits in the case that was asked for") {
    const Bytes octets{0x00, 0x0F, 0xA5, 0xFF};
    CHECK(toHex(octets) == "000fa5ff");
    CHECK(toHex(octets, HexCase::Upper) == "000FA5FF");
    CHECK(toHex({}).empty());
}

TEST_CASE("hexadecimal digits of either case are read") {
    CHECK(fromHex("000fA5fF") == Bytes{0x00, 0x0F, 0xA5, 0xFF});
    CHECK(fromHex("") == Bytes{});
}

TEST_CASE("text that is no hexadecimal is not read") {
    const std::string_view withZero{"0\0", 2};
    for (const std::string_view text :
         {std::string_view{"a"}, std::string_view{"abc"}, std::string_view{"0x"}, std::string_view{"g0"}, std::string_view{"0g"},
          std::string_view{" 1"}, std::string_view{"1 "}, std::string_view{"-1"}, std::string_view{"@A"}, std::string_view{"`a"},
          std::string_view{"/0"}, std::string_view{":0"}, withZero}) {
        INFO(text);
        CHECK_FALSE(fromHex(text).has_value());
    }
}

TEST_CASE("every octet survives the way to hexadecimal and back") {
    Bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
    CHECK(fromHex(toHex(all)) == all);
    CHECK(fromHex(toHex(all, HexCase::Upper)) == all);
}

TEST_CASE("octets and text view the same memory") {
    const std::string text{"a\0b", 3};
    const ByteView octets = asBytes(text);
    CHECK(octets.size() == 3);
    CHECK(octets[1] == 0);
    CHECK(asText(octets) == text);
    CHECK(static_cast<const void*>(asText(octets).data()) == text.data());
}

TEST_CASE("octets are equal when all of them are and there are as many") {
    const Bytes a{1, 2, 3};
    CHECK(equalBytes(a, Bytes{1, 2, 3}));
    CHECK(equalBytes({}, {}));
    CHECK_FALSE(equalBytes(a, Bytes{1, 2}));
    CHECK_FALSE(equalBytes(Bytes{1, 2}, a));
    CHECK_FALSE(equalBytes(a, Bytes{1, 2, 4}));
    CHECK_FALSE(equalBytes({}, a));
}
