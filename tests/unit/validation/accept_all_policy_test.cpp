#include <uatrust/validation/accept_all_policy.hpp>

#include <thread>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

/// One failure, and whether accepting everybody covers it.
struct Case {
    const char* name;
    S status;
    bool waived;
    std::function<Verdict(Bench&)> judge;
};

std::vector<Case> cases(const Plant& plant) {
    return {
        {"untrusted", S::BadCertificateUntrusted, true, [](Bench& b) { return b.judge(forgeCertificate()); }},
        {"incomplete chain", S::BadCertificateChainIncomplete, true, [&](Bench& b) { return b.judge(plant.plc); }},
        {"security policy", S::BadCertificatePolicyCheckFailed, true,
         [](Bench& b) {
             const auto plc = forgeCertificate({.keyName = "rsa1024"});
             b.request.securityPolicy = &securityPolicy(SecurityPolicyId::Basic256Sha256);
             return b.trust(plc).judge(plc);
         }},
        {"expired", S::BadCertificateTimeInvalid, true,
         [](Bench& b) {
             const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
             return b.trust(plc).judge(plc);
         }},
        {"expired issuer", S::BadCertificateIssuerTimeInvalid, true,
         [](Bench& b) {
             const auto root = forgeRoot("Old CA", {.keyIndex = 1, .notAfter = forgeDate(2026, 3, 1)});
             return b.trust(root).list({.issuer = &root}).judge(forgeLeaf(root));
         }},
        {"host name", S::BadCertificateHostNameInvalid, true,
         [](Bench& b) {
             const auto plc = forgeCertificate();
             b.request.role = Role::Client;
             b.request.hostNames = {"elsewhere"};
             return b.trust(plc).judge(plc);
         }},
        {"usage", S::BadCertificateUseNotAllowed, true,
         [](Bench& b) {
             const auto plc = forgeCertificate({.keyUsage = Ku::KeyCertSign});
             return b.trust(plc).judge(plc);
         }},
        {"usage of the issuer", S::BadCertificateIssuerUseNotAllowed, true,
         [](Bench& b) {
             const auto root = forgeRoot("No CA", {.keyIndex = 1, .ca = std::nullopt, .keyUsage = Ku::KeyCertSign | Ku::CrlSign});
             return b.trust(root).list({.issuer = &root}).judge(forgeLeaf(root));
         }},
        {"unknown revocation", S::BadCertificateRevocationUnknown, true,
         [](Bench& b) {
             const auto root = forgeRoot();
             return b.trust(root).judge(forgeLeaf(root));
         }},
        {"unknown revocation of the issuer", S::BadCertificateIssuerRevocationUnknown, true,
         [&](Bench& b) { return b.trust(plant.root).issuer(plant.line).list({.issuer = &plant.line}).judge(plant.plc); }},
        {"malformed", S::BadCertificateInvalid, false,
         [](Bench& b) {
             return b.judge(Bytes{0x30, 0x03, 0x01, 0x02, 0x03});
         }},
        {"wrong signature", S::BadCertificateInvalid, false, [](Bench& b) { return b.judge(tamperSignature(forgeCertificate().der)); }},
        {"URI", S::BadCertificateUriInvalid, false,
         [](Bench& b) {
             const auto plc = forgeCertificate();
             b.request.applicationUri = "urn:test:another";
             return b.trust(plc).judge(plc);
         }},
        {"revoked", S::BadCertificateRevoked, false,
         [&](Bench& b) {
             plant.install(b);
             return b.list({.issuer = &plant.line, .revoked = {revoked(plant.plc)}, .number = 2}).judge(plant.plc);
         }},
        {"revoked issuer", S::BadCertificateIssuerRevoked, false,
         [&](Bench& b) {
             plant.install(b);
             return b.list({.issuer = &plant.root, .revoked = {revoked(plant.line)}, .number = 2}).judge(plant.plc);
         }},
    };
}

PolicyContext contextAt(Instant now, std::string_view peer = {}) { return {Role::Server, Profile::Application, {}, peer, now}; }

}  // namespace

TEST_CASE("accepting everybody waives what its contract lists, keeps it in the report, and waives nothing else") {
    const Plant plant;
    for (const auto& each : cases(plant)) {
        CAPTURE(each.name);
        Bench strictBench;
        CHECK(each.judge(strictBench).status() == each.status);

        const AcceptAllPolicy everybody;
        Bench bench;
        const auto verdict = each.judge(bench.obey(everybody));
        CHECK(verdict.accepted() == each.waived);
        CHECK(verdict.status() == (each.waived ? S::Good : each.status));
        CHECK(AcceptAllPolicy::waives(each.status) == each.waived);
        CHECK(verdict.report().content().acceptedAll == each.waived);
        CHECK(verdict.report().content().policy == "AcceptAllPolicy");
        CHECK(isComplete(verdict.report()));
        const auto& findings = verdict.report().findings();
        const auto hit = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.status == each.status; });
        REQUIRE(hit != findings.end());
        CHECK(hit->outcome == (each.waived ? Outcome::Suppressed : Outcome::Failed));
        CHECK(contains(hit->suppressedBy, "INSECURE") == each.waived);
    }
}

TEST_CASE("accepting everybody writes nothing into the lists, whoever comes") {
    const Plant plant;
    for (const auto& each : cases(plant)) {
        CAPTURE(each.name);
        const AcceptAllPolicy everybody;
        Bench bench;
        static_cast<void>(each.judge(bench.obey(everybody)));
        CHECK(bench.rejectedCount() == 0);
    }
}

TEST_CASE("accepting everybody ends, and then it is strict") {
    const auto plc = forgeCertificate();
    const auto until = kForgeNow + std::chrono::minutes{30};
    const AcceptAllPolicy everybody{until};
    Bench bench;
    bench.obey(everybody);

    CHECK(everybody.open(kForgeNow));
    CHECK(bench.judge(plc).accepted());
    CHECK_FALSE(bench.isRejected(plc));

    bench.clock.set(until - std::chrono::seconds{1});
    CHECK(bench.judge(plc).accepted());

    bench.clock.set(until);
    CHECK_FALSE(everybody.open(until));
    const auto refused = bench.judge(plc);
    CHECK(refused.status() == S::BadCertificateUntrusted);
    CHECK_FALSE(refused.report().content().acceptedAll);
    CHECK(bench.isRejected(plc));
}

TEST_CASE("a trusted certificate without any failure is not let in by accepting everybody") {
    const auto plc = forgeCertificate();
    const AcceptAllPolicy everybody;
    Bench bench;
    const auto verdict = bench.trust(plc).obey(everybody).judge(plc);
    CHECK(verdict.accepted());
    CHECK_FALSE(verdict.report().content().acceptedAll);
    CHECK(everybody.seen().empty());
}

TEST_CASE("whom it let in can be promoted later") {
    const AcceptAllPolicy everybody;
    Bench bench;
    bench.obey(everybody);
    const auto first = forgeCertificate({.cn = "first"});
    const auto second = forgeCertificate({.cn = "second"});
    bench.request.peerAddress = "10.0.0.1";
    CHECK(bench.judge(first).accepted());
    bench.clock.advance(std::chrono::minutes{1});
    CHECK(bench.judge(second).accepted());
    bench.clock.advance(std::chrono::minutes{1});
    bench.request.peerAddress = "10.0.0.2";
    CHECK(bench.judge(first).accepted());
    CHECK_FALSE(bench.judge(tamperSignature(second.der)).accepted());

    const auto seen = everybody.seen();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].certificate == cert(first));
    CHECK(seen[0].count == 2);
    CHECK(seen[0].first == kForgeNow);
    CHECK(seen[0].last == kForgeNow + std::chrono::minutes{2});
    CHECK(seen[0].peerAddress == "10.0.0.2");
    CHECK(seen[1].certificate == cert(second));
    CHECK(seen[1].count == 1);
}

TEST_CASE("the list of whom it let in is bounded, and the least recently seen makes room") {
    const AcceptAllPolicy everybody{{}, 3};
    std::vector<Certificate> certificates;
    for (int i = 0; i < 4; ++i) certificates.push_back(cert(forgeCertificate({.cn = "plc-" + std::to_string(i), .keyName = "p256"})));
    for (std::size_t i : {0U, 1U, 2U, 0U, 3U}) everybody.remember(certificates[i], contextAt(kForgeNow));
    const auto seen = everybody.seen();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].certificate == certificates[3]);
    CHECK(seen[1].certificate == certificates[0]);
    CHECK(seen[2].certificate == certificates[2]);
}

TEST_CASE("a list of length none remembers nobody") {
    const AcceptAllPolicy everybody{{}, 0};
    everybody.remember(cert(forgeCertificate()), contextAt(kForgeNow));
    CHECK(everybody.seen().empty());
}

TEST_CASE("accepting everybody can be limited to one endpoint") {
    const auto plc = forgeCertificate();
    const AcceptAllPolicy everybody;
    const StrictPolicy strict;
    PerEndpointPolicy policy{strict};
    REQUIRE(policy.set("opc.tcp://line-4:4840/setup", everybody));
    Bench bench;
    bench.obey(policy).request.endpointUrl = "opc.tcp://line-4:4840/setup";
    const auto setup = bench.judge(plc);
    CHECK(setup.accepted());
    CHECK(setup.report().content().acceptedAll);
    CHECK(everybody.seen().size() == 1);
    CHECK_FALSE(bench.isRejected(plc));

    bench.request.endpointUrl = "opc.tcp://line-4:4840";
    CHECK(bench.judge(plc).status() == S::BadCertificateUntrusted);
    CHECK(bench.isRejected(plc));
}

TEST_CASE("several threads may be let in at once", "[threads]") {
    const AcceptAllPolicy everybody{{}, 5};
    const auto one = cert(forgeCertificate({.cn = "one", .keyName = "p256"}));
    const auto two = cert(forgeCertificate({.cn = "two", .keyName = "p256"}));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 200; ++n) {
                everybody.remember(n % 2 == 0 ? one : two, contextAt(kForgeNow, "10.0.0.7"));
                static_cast<void>(everybody.seen());
            }
        });
    }
    for (auto& thread : threads) thread.join();
    const auto seen = everybody.seen();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].count + seen[1].count == 800);
}
