// Certificate policies by RFC 5280, 6.1: of no interest until a CA demands one.

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;
using Extensions = std::vector<RawExtension>;

// certificatePolicies { 1.2.<last> }
RawExtension policy(std::uint8_t last) { return {"2.5.29.32", false, {0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2A, last}}; }
// certificatePolicies { 1.2.<a>, 1.2.<b> }
RawExtension policies(std::uint8_t a, std::uint8_t b) {
    return {"2.5.29.32", false, {0x30, 0x0C, 0x30, 0x04, 0x06, 0x02, 0x2A, a, 0x30, 0x04, 0x06, 0x02, 0x2A, b}};
}
// policyConstraints { requireExplicitPolicy <skip> }
RawExtension demand(std::uint8_t skip) { return {"2.5.29.36", true, {0x30, 0x03, 0x80, 0x01, skip}}; }
// policyConstraints { inhibitPolicyMapping 0 }
RawExtension inhibitMapping() { return {"2.5.29.36", true, {0x30, 0x03, 0x81, 0x01, 0x00}}; }

/// Judges an application below a CA below a trusted root, each with the extensions given.
Verdict judgeWith(const Extensions& root, const Extensions& line, const Extensions& plc, const TrustPolicy& policy = StrictPolicy{}) {
    const auto rootCa = forgeRoot("Plant CA", {.extensions = root});
    const auto lineCa = forgeIntermediate(rootCa, "Line CA", {.extensions = line});
    Bench bench;
    bench.trust(rootCa).issuer(lineCa).list({.issuer = &rootCa}).list({.issuer = &lineCa}).obey(policy);
    return bench.judge(forgeLeaf(lineCa, {.extensions = plc}));
}

}  // namespace

TEST_CASE("a demand for an explicit certificate policy is met by one that all have in common") {
    CHECK(judgeWith({}, {policy(3), demand(0)}, {policy(3)}).status() == S::Good);
    CHECK(judgeWith({}, {policy(3), demand(1)}, {policy(3)}).status() == S::Good);
    CHECK(judgeWith({}, {policies(3, 4), demand(0)}, {policy(4)}).status() == S::Good);
}

TEST_CASE("a demand for an explicit certificate policy that is not met refuses, and names who demands it") {
    struct Case {
        const char* name;
        Extensions line;
        Extensions plc;
    };
    const Case cases[]{{"none below", {policy(3), demand(0)}, {}},
                       {"another one below", {policy(3), demand(0)}, {policy(4)}},
                       {"none above", {demand(0)}, {policy(3)}},
                       {"one certificate may be skipped, but the last one counts", {policy(3), demand(1)}, {}}};
    for (const auto& each : cases) {
        INFO(each.name);
        const auto verdict = judgeWith({}, each.line, each.plc);
        REQUIRE(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
        CHECK(verdict.report().decisive()->position == 1);
        CHECK(contains(verdict.report().decisive()->message, "certificate policy"));
    }
    const auto own = judgeWith({}, {}, {demand(0)});
    CHECK(own.status() == S::BadCertificateUseNotAllowed);
}

TEST_CASE("no administrator may suppress an unmet demand for a certificate policy") {
    SuppressingPolicy lenient;
    REQUIRE(lenient.suppress({.status = S::BadCertificateIssuerUseNotAllowed}));
    CHECK(judgeWith({}, {policy(3), demand(0)}, {}, lenient).status() == S::BadCertificateIssuerUseNotAllowed);
}

TEST_CASE("policies that nobody demands have no effect") {
    CHECK(judgeWith({}, {policy(3)}, {policy(4)}).status() == S::Good);
    CHECK(judgeWith({}, {policy(3), inhibitMapping()}, {policy(4)}).status() == S::Good);
    CHECK(judgeWith({}, {policy(3), demand(9)}, {}).status() == S::Good);  // the path is shorter than what is skipped
}

TEST_CASE("a demand beside no policies is met only where it reaches nobody") {
    CHECK(judgeWith({}, {demand(9)}, {}).status() == S::Good);
    CHECK(judgeWith({}, {demand(2)}, {policy(3)}).status() == S::Good);
    CHECK(judgeWith({}, {demand(1)}, {policy(3)}).status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(judgeWith({}, {policy(3), demand(0)}, {inhibitMapping()}).status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(judgeWith({}, {policy(3), demand(9)}, {inhibitMapping()}).status() == S::Good);
    CHECK(judgeWith({demand(0)}, {inhibitMapping()}, {policy(3)}).status() == S::BadCertificateIssuerUseNotAllowed);
}

TEST_CASE("the demand of a root counts like that of any other CA") {
    CHECK(judgeWith({demand(0)}, {policy(3)}, {policy(3)}).status() == S::Good);
    const auto verdict = judgeWith({demand(0)}, {policy(3)}, {});
    REQUIRE(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(verdict.report().decisive()->position == 2);
    CHECK(judgeWith({demand(2)}, {}, {}).status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK(judgeWith({demand(3)}, {}, {}).status() == S::Good);
}
