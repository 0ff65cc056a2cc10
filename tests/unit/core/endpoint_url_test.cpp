#include <uatrust/core/endpoint_url.hpp>

#include "support/catch.hpp"

using namespace uatrust;

namespace {

/// The parts side by side, "no URL" for none.
std::string parts(std::string_view text) {
    const auto url = parseEndpointUrl(text);
    if (!url) return "no URL";
    return url->scheme + " | " + url->host + " | " + (url->port ? std::to_string(*url->port) : "-") + " | " + url->path;
}

}  // namespace

TEST_CASE("an endpoint URL is taken apart") {
    CHECK(parts("opc.tcp://plc-7.plant.example:4840/line/1") == "opc.tcp | plc-7.plant.example | 4840 | /line/1");
    CHECK(parts("opc.tcp://plc-7") == "opc.tcp | plc-7 | - | ");
    CHECK(parts("opc.tcp://plc-7/") == "opc.tcp | plc-7 | - | /");
    CHECK(parts("OPC.WSS://PLC-7:443") == "opc.wss | PLC-7 | 443 | ");
    CHECK(parts("https://10.0.0.7:443/UA/Discovery") == "https | 10.0.0.7 | 443 | /UA/Discovery");
    CHECK(parts("opc.tcp://my_host.:4840") == "opc.tcp | my_host. | 4840 | ");
    CHECK(parts("opc.tcp://m\xC3\xBCller:4840") == "opc.tcp | m\xC3\xBCller | 4840 | ");
}

TEST_CASE("an IPv6 host stands in brackets and is given without them") {
    CHECK(parts("opc.tcp://[fe80::1]:4840/a") == "opc.tcp | fe80::1 | 4840 | /a");
    CHECK(parts("opc.tcp://[::]") == "opc.tcp | :: | - | ");
    CHECK(parts("opc.tcp://[::FFFF:10.0.0.7]") == "opc.tcp | ::FFFF:10.0.0.7 | - | ");
    for (const std::string_view text : {"opc.tcp://fe80::1", "opc.tcp://fe80::1:4840", "opc.tcp://[fe80::1", "opc.tcp://fe80::1]",
                                        "opc.tcp://[]:4840", "opc.tcp://[fe80::1]4840", "opc.tcp://[10.0.0.7]", "opc.tcp://[plc-7]",
                                        "opc.tcp://[fe80::1%25eth0]", "opc.tcp://[::1]x:1", "opc.tcp://[[::1]]", "opc.tcp://x[::1]"}) {
        INFO(text);
        CHECK(parts(text) == "no URL");
    }
}

TEST_CASE("a user part is not taken for the host") {
    CHECK(parts("opc.tcp://user:secret@plc-7:4840") == "opc.tcp | plc-7 | 4840 | ");
    CHECK(parts("opc.tcp://good.example@evil.example") == "opc.tcp | evil.example | - | ");
    CHECK(parts("opc.tcp://user@[::1]:1") == "opc.tcp | ::1 | 1 | ");
    CHECK(parts("opc.tcp://plc-7/a@b") == "opc.tcp | plc-7 | - | /a@b");
    CHECK(parts("opc.tcp://a@b@c") == "no URL");
    CHECK(parts("opc.tcp://user@") == "no URL");
    CHECK(parts("opc.tcp://user@:4840") == "no URL");
}

TEST_CASE("query and fragment end host and path") {
    CHECK(parts("opc.tcp://plc-7?x=@evil:1/y") == "opc.tcp | plc-7 | - | ");
    CHECK(parts("opc.tcp://plc-7#evil") == "opc.tcp | plc-7 | - | ");
    CHECK(parts("opc.tcp://plc-7/a?b#c") == "opc.tcp | plc-7 | - | /a");
    CHECK(parts("opc.tcp://plc-7/a#b?c") == "opc.tcp | plc-7 | - | /a");
}

TEST_CASE("ports are numbers from 1 to 65535") {
    CHECK(parts("opc.tcp://h:1") == "opc.tcp | h | 1 | ");
    CHECK(parts("opc.tcp://h:65535") == "opc.tcp | h | 65535 | ");
    CHECK(parts("opc.tcp://h:04840") == "opc.tcp | h | 4840 | ");
    CHECK(parts("opc.tcp://h:") == "opc.tcp | h | - | ");
    CHECK(parts("opc.tcp://h:/x") == "opc.tcp | h | - | /x");
    for (const std::string_view text :
         {"opc.tcp://h:0", "opc.tcp://h:65536", "opc.tcp://h:99999", "opc.tcp://h:100000", "opc.tcp://h:-1", "opc.tcp://h:+1",
          "opc.tcp://h: 1", "opc.tcp://h:48x", "opc.tcp://h:1:2", "opc.tcp://h:4294967297", "opc.tcp://h::1"}) {
        INFO(text);
        CHECK(parts(text) == "no URL");
    }
}

TEST_CASE("text without a scheme or a host is no URL") {
    for (const std::string_view text :
         {"", "://", "://h", "opc.tcp", "opc.tcp:", "opc.tcp:h", "opc.tcp:/h", "opc.tcp//h", "opc.tcp://", "opc.tcp:///path",
          "opc.tcp://:4840", "1opc://h", "opc tcp://h", "op\xC3\xA7://h", ".tcp://h", "plc-7:4840", "opc.tcp://?h"}) {
        INFO(text);
        CHECK(parts(text) == "no URL");
    }
}

TEST_CASE("hosts on which two readers could disagree are refused") {
    using namespace std::string_view_literals;
    for (const std::string_view text :
         {"opc.tcp://a b"sv, "opc.tcp:// a"sv, "opc.tcp://a\\@b"sv, "opc.tcp://a%2eb"sv, "opc.tcp://a\0b"sv, "opc.tcp://a\nb"sv,
          "opc.tcp://a,b"sv, "opc.tcp://*.example"sv, "opc.tcp://a\tb"sv, "opc.tcp://\"a\""sv, "opc.tcp://<a>"sv}) {
        INFO(text);
        CHECK(parts(text) == "no URL");
    }
}

TEST_CASE("a URL is at most as long as OPC UA allows") {
    const std::string start = "opc.tcp://h/";
    CHECK(parts(start + std::string(4095 - start.size(), 'x')) != "no URL");
    CHECK(parts(start + std::string(4096 - start.size(), 'x')) == "no URL");
}

TEST_CASE("URLs of one endpoint have the same key") {
    CHECK(endpointKey("opc.tcp://PLC-7:4840") == endpointKey("OPC.TCP://plc-7:4840/?x"));
    CHECK(endpointKey("opc.tcp://plc-7:4840") != endpointKey("opc.tcp://plc-7:4841"));
    CHECK(endpointKey("opc.tcp://plc-7") != endpointKey("opc.tcp://plc-7:4840"));
    CHECK(endpointKey("opc.tcp://plc-7/a") != endpointKey("opc.tcp://plc-7/A"));
    CHECK(endpointKey("opc.tcp://plc-7") != endpointKey("opc.https://plc-7"));
    CHECK(endpointKey("plc-7:4840").empty());
}

TEST_CASE("DNS names are compared without regard to ASCII case and one trailing dot") {
    CHECK(sameDnsName("plc-7.Example", "PLC-7.eXAMPLE"));
    CHECK(sameDnsName("plc-7.example.", "plc-7.example"));
    CHECK(sameDnsName("plc-7.example", "plc-7.example."));
    CHECK(sameDnsName("m\xC3\xBCller", "M\xC3\xBCLLER"));
    CHECK_FALSE(sameDnsName("plc-7.example..", "plc-7.example"));
    CHECK_FALSE(sameDnsName("plc-7", "plc-7.example"));
    CHECK_FALSE(sameDnsName("plc-7.example", "plc-7"));
    CHECK_FALSE(sameDnsName("plc-7", "plc-8"));
    // '@' and '`' lie beside the letters of the two cases, as far apart as 'A' and 'a'.
    CHECK_FALSE(sameDnsName("a@", "a`"));
    CHECK_FALSE(sameDnsName("[", "{"));
    CHECK_FALSE(sameDnsName("M\xC3\xBCLLER", "M\xC3\x9CLLER"));
    CHECK_FALSE(sameDnsName(std::string_view{"a\0b", 3}, "a"));
}

TEST_CASE("DNS names know no wildcards and an empty name is nobody's") {
    CHECK_FALSE(sameDnsName("*.example", "plc-7.example"));
    CHECK_FALSE(sameDnsName("plc-7.example", "*.example"));
    CHECK_FALSE(sameDnsName("", ""));
    CHECK_FALSE(sameDnsName(".", "."));
    CHECK_FALSE(sameDnsName(".", ""));
}
