// Why somebody is refused, as the page tells it in other languages than the library: each cause for what it says, and each with its words.

#include "tool/web/causes.hpp"
#include "support/temp_folder.hpp"
#include "unit/validation/bench.hpp"

#include <algorithm>
#include <set>

using namespace uatrust;
using namespace uatrust::test;
using tool::web::causeOf;

namespace {

std::string_view decisiveCause(Bench& bench, const Verdict& verdict) {
    const auto* decisive = verdict.report().decisive();
    return decisive == nullptr ? "accepted" : causeOf(*decisive, verdict.report(), *bench.store.snapshot());
}

std::string_view decisiveCause(Bench& bench, const std::vector<ForgedCert>& sent) { return decisiveCause(bench, bench.judge(sent)); }

Bench& block(Bench& bench, const ForgedCert& certificate) {
    bench.store.addCertificate(StoreList::Blocked, cert(certificate)).value();
    return bench;
}

std::string source(const std::string& file) { return readFile(std::filesystem::path{UATRUST_TOOL_SOURCE} / "web/page" / file); }

bool isCause(std::string_view name) {
    const auto all = tool::web::causes();
    return std::find(all.begin(), all.end(), name) != all.end();
}

}  // namespace

TEST_CASE("A cause says why nobody is trusted, or who is blocked") {
    const Plant plant;
    Bench bench;
    CHECK(decisiveCause(bench, {forgeCertificate()}) == "untrusted");
    bench.issuer(plant.root).issuer(plant.line).list({.issuer = &plant.root}).list({.issuer = &plant.line});
    CHECK(decisiveCause(bench, {plant.plc}) == "untrusted-chain");
    bench.trust(plant.root);
    REQUIRE(decisiveCause(bench, {plant.plc}) == "accepted");
    CHECK(decisiveCause(block(bench, plant.line), {plant.plc}) == "blocked-ca");
    CHECK(decisiveCause(block(bench, plant.plc), {plant.plc}) == "blocked");
}

TEST_CASE("A cause says that the issuer is blocked that nothing else is known of, and that it may be") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.plc);
    const auto trustOf = [](const Verdict& verdict) { return findingOf(verdict, Step::TrustList); };
    block(bench, plant.line);
    auto verdict = bench.judge(plant.plc);
    CHECK(causeOf(trustOf(verdict), verdict.report(), *bench.store.snapshot()) == "blocked-issuer");
    Bench many;
    many.trust(plant.plc);
    for (int i = 3; i < 12; ++i) block(many, forgeIntermediate(plant.root, "Line CA", {.keyName = "p256", .keyIndex = i}));
    verdict = many.judge(plant.plc);
    REQUIRE(trustOf(verdict).blocked);
    CHECK(causeOf(trustOf(verdict), verdict.report(), *many.store.snapshot()) == "blocked-unsure");
}

TEST_CASE("A cause says what the chain lacks") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.plc);
    CHECK(decisiveCause(bench, {plant.plc}) == "issuer-missing");
    CHECK(decisiveCause(bench, {plant.plc, plant.line, plant.root}) == "root-only-sent");
    Bench anew;
    anew.trust(plant.plc).issuer(forgeRoot("Line CA", {.keyName = "p256", .keyIndex = 9}));
    CHECK(decisiveCause(anew, {plant.plc}) == "issuer-other-key");
    Bench spent;
    spent.trust(plant.root).issuer(plant.line).budget.maxDepth = 1;
    CHECK(decisiveCause(spent, {plant.plc}) == "no-chain");
}

TEST_CASE("A cause says what is wrong with a certificate itself") {
    const auto causeFor = [](const ForgedCert& certificate, Role role = Role::Server, Profile profile = Profile::Application) {
        Bench bench;
        bench.trust(certificate).request = {.role = role, .profile = profile};
        bench.request.hostNames = {"localhost"};
        bench.request.applicationUri = "urn:test:plc-7";
        return decisiveCause(bench, {certificate});
    };
    REQUIRE(causeFor(forgeCertificate()) == "accepted");
    CHECK(causeFor(forgeCertificate({.extensions = {{.oid = "1.2.3.4", .critical = true, .value = {5, 0}}}})) == "malformed");
    CHECK(causeFor(forgeCertificate({.notBefore = forgeDate(2027, 1, 1)})) == "not-yet-valid");
    CHECK(causeFor(forgeCertificate({.notAfter = forgeDate(2026, 2, 1)})) == "expired");
    CHECK(causeFor(forgeCertificate({.uris = {"urn:other"}})) == "uri");
    CHECK(causeFor(forgeCertificate({.dns = {"elsewhere"}}), Role::Client) == "host-name");
    const auto useless = forgeCertificate({.keyUsage = Ku::NonRepudiation});
    CHECK(causeFor(useless) == "usage-client");
    CHECK(causeFor(useless, Role::Client) == "usage-server");
    CHECK(causeFor(useless, Role::Server, Profile::User) == "usage-user");
    Bench bench;
    CHECK(decisiveCause(bench, bench.judge(Bytes{1, 2, 3})) == "unreadable");
    const auto wrong = forgeCertificate({.signWith = forgeKey("rsa2048", 3)});
    CHECK(decisiveCause(bench.trust(wrong), {wrong}) == "signature-wrong");
    const auto weak = forgeCertificate({.keyName = "rsa1024"});
    bench.trust(weak).request.securityPolicy = &securityPolicy(SecurityPolicyId::Basic256Sha256);
    CHECK(decisiveCause(bench, {weak}) == "policy");
}

TEST_CASE("A cause says what is wrong with a CA, or with its CRL") {
    const auto causeFor = [](CertSpec caSpec, std::vector<CrlSpec> crls) {
        const auto ca = forgeRoot("Plant CA", std::move(caSpec));
        const auto plc = forgeLeaf(ca);
        Bench bench;
        bench.trust(ca);
        for (auto& each : crls) {
            each.issuer = &ca;
            for (auto& entry : each.revoked) entry.serial = plc.serial;
            bench.list(each, StoreList::Trusted);
        }
        return decisiveCause(bench, {plc});
    };
    const CrlSpec current{.issuer = nullptr};
    REQUIRE(causeFor({}, {current}) == "accepted");
    CHECK(causeFor({}, {}) == "crl-missing");
    CHECK(causeFor({}, {{.issuer = nullptr, .nextUpdate = forgeDate(2026, 2, 1)}}) == "crl-outdated");
    CHECK(causeFor({}, {{.issuer = nullptr, .signWith = forgeKey("rsa2048", 4)}}) == "crl-unusable");
    CHECK(causeFor({}, {{.issuer = nullptr, .thisUpdate = forgeDate(2027, 1, 1)}}) == "crl-unusable");
    CHECK(causeFor({.keyUsage = Ku::KeyCertSign}, {current}) == "crl-sign-missing");
    CHECK(causeFor({}, {{.issuer = nullptr, .revoked = {{.serial = ""}}}}) == "revoked");
    CHECK(causeFor({.keyUsage = Ku::CrlSign}, {current}) == "usage-ca");
}

// A step that the library has and this knows nothing of would have no words.
TEST_CASE("Each step of the library has a cause, wherever it fails") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.root).issuer(plant.line);
    const auto verdict = bench.judge(plant.plc);
    const auto& report = verdict.report();
    REQUIRE(report.chain().size() == 3);
    std::set<std::string_view> found;
    for (const auto& row : stepTable()) {
        for (std::size_t position = 0; position <= report.chain().size(); ++position) {
            for (const bool blocked : {false, true}) {
                const Finding finding{.step = row.step, .position = position, .status = row.leafStatus, .blocked = blocked};
                const auto cause = causeOf(finding, report, *bench.store.snapshot());
                CAPTURE(row.name, position);
                CHECK(isCause(cause));
                found.insert(cause);
            }
        }
    }
    CHECK(found.size() > stepTable().size());
}

TEST_CASE("Each step, status and cause has its words in the other languages of the page") {
    const auto reasons = source("reasons.js");
    const auto messages = source("messages.js");
    for (const auto each : tool::web::causes()) CHECK(contains(reasons, "\"" + std::string{each} + "\": ["));
    for (const auto& row : stepTable()) {
        CHECK(contains(reasons, "\"" + std::string{row.name} + "\": \""));
        for (const auto status : {row.leafStatus, row.issuerStatus, StatusCode::BadInternalError}) {
            CHECK(contains(messages, "\"status." + std::string{statusName(status)} + "\": ["));
        }
    }
}
