// Which hosts a server's certificate stands for (OPC 10000-6, 6.2.2), seen through the validator.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

TEST_CASE("a host is one of the names and addresses of the certificate") {
    struct Case {
        const char* name;
        std::vector<std::string> dns;
        std::vector<std::string> ips;
        const char* host;
        bool matches;
    };
    const Case cases[] = {
        {"the same name", {"line-4.plant"}, {}, "line-4.plant", true},
        {"another letter case", {"Line-4.Plant"}, {}, "LINE-4.plant", true},
        {"a trailing dot in the URL", {"line-4.plant"}, {}, "line-4.plant.", true},
        {"a trailing dot in the certificate", {"line-4.plant."}, {}, "line-4.plant", true},
        {"the second name", {"line-3", "line-4"}, {}, "line-4", true},
        {"a short name for a long one", {"line-4.plant"}, {}, "line-4", false},
        {"a long name for a short one", {"line-4"}, {}, "line-4.plant", false},
        {"a wildcard", {"*.plant"}, {}, "line-4.plant", false},
        {"a wildcard for everything", {"*"}, {}, "line-4", false},
        {"localhost is a name like any other", {"line-4"}, {}, "localhost", false},
        {"the common name does not count", {"other"}, {}, "plc-7", false},
        {"IPv4", {}, {"10.0.0.7"}, "10.0.0.7", true},
        {"another IPv4", {}, {"10.0.0.7"}, "10.0.0.8", false},
        {"IPv4 as a name, as old certificates have it", {"10.0.0.7"}, {}, "10.0.0.7", true},
        {"IPv6 in another form", {}, {"2001:db8::1"}, "2001:0DB8:0:0:0:0:0:1", true},
        {"IPv6 in the brackets of a URL", {}, {"2001:db8::1"}, "[2001:db8::1]", true},
        {"IPv6 as a name", {"2001:DB8:0::1"}, {}, "2001:db8::1", true},
        {"another IPv6", {}, {"2001:db8::1"}, "2001:db8::2", false},
        {"a name for an address", {"line-4"}, {}, "10.0.0.7", false},
        {"an address for a name", {}, {"10.0.0.7"}, "line-4", false},
        {"no names at all", {}, {}, "line-4", false},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        const auto server = forgeCertificate({.dns = each.dns, .ips = each.ips});
        Bench bench;
        bench.trust(server).request.role = Role::Client;
        bench.request.hostNames = {each.host};
        const auto verdict = bench.judge(server);
        CHECK(verdict.accepted() == each.matches);
        CHECK(verdict.status() == (each.matches ? StatusCode::Good : StatusCode::BadCertificateHostNameInvalid));
    }
}

TEST_CASE("the evidence lists what the certificate offers, and not without end") {
    std::vector<std::string> names;
    for (int i = 0; i < 200; ++i) names.push_back("host-" + std::to_string(i));
    const auto server = forgeCertificate({.dns = names});
    Bench bench;
    bench.trust(server).request.role = Role::Client;
    bench.request.hostNames = {"line-4"};
    const auto found = findingOf(bench.judge(server), Step::HostName).found;
    CHECK(contains(found, "host-0"));
    CHECK(contains(found, "more"));
    CHECK(found.size() < 500);
}

TEST_CASE("a certificate without names says so") {
    const auto server = forgeCertificate({.uris = {}, .dns = {}});
    Bench bench;
    bench.trust(server).request.role = Role::Client;
    bench.request.hostNames = {"line-4"};
    bench.request.applicationUri = "urn:x";
    const auto verdict = bench.judge(server);
    CHECK(findingOf(verdict, Step::HostName).found == "none");
    CHECK(findingOf(verdict, Step::Uri).found == "none");
}

TEST_CASE("names that the peer chose cannot write control characters into the evidence") {
    const auto server = forgeCertificate({.uris = {"urn:\x1b[2J\nGood"}, .dns = {"a\r\nline"}});
    Bench bench;
    bench.trust(server).request.role = Role::Client;
    bench.request.hostNames = {"line-4\n\x1b[31m"};
    bench.request.applicationUri = "urn:\x07";
    const auto verdict = bench.judge(server);
    for (const auto& finding : verdict.report().findings()) {
        for (const auto& text : {finding.message, finding.expected, finding.found, finding.remedy}) {
            CHECK(std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
        }
    }
}
