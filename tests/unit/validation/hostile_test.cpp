// What has to hold whatever a peer sends and in whatever order things lie: properties, not examples.

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include <uatrust/validation/explain.hpp>

#include "unit/validation/bench.hpp"
#include "unit/validation/fixed_store.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

/// What is in force in a plant, as octets that a test may change.
struct Material {
    Bytes leaf;
    Bytes line;
    Bytes root;
    Bytes lineCrl;
    Bytes rootCrl;
};

/// Elliptic curves: shorter encodings, so that more of each is reached.
Material goodMaterial() {
    const auto root = forgeRoot("Plant CA", {.keyName = "p256", .keyIndex = 1});
    const auto line = forgeIntermediate(root, "Line CA", {.keyName = "p256", .keyIndex = 2});
    const auto plc = forgeLeaf(line, {.keyName = "p256"});
    return {plc.der, line.der, root.der, forgeCrl({.issuer = &line, .revoked = {{.serial = "0102"}}}), forgeCrl({.issuer = &root})};
}

template <class T>
void addIfReadable(std::vector<T>& to, ByteView der) {
    using Value = std::conditional_t<std::is_same_v<T, StoredCrl>, Crl, Certificate>;
    if (auto value = Value::fromDer(der)) to.push_back({std::move(*value), "here"});
}

Verdict judge(const TrustSnapshot::Content& content, const Bytes& sent) {
    static const StrictPolicy strict;
    static const FixedClock clock{kForgeNow};
    FixedStore store{content};
    return CertificateValidator{store, strict, clock}.validate({.certificate = sent, .applicationUri = "urn:test:plc-7"});
}

Verdict judge(const Material& material) {
    TrustSnapshot::Content content;
    addIfReadable(content.trusted, material.root);
    addIfReadable(content.issuers, material.line);
    addIfReadable(content.issuerCrls, material.lineCrl);
    addIfReadable(content.issuerCrls, material.rootCrl);
    return judge(content, material.leaf);
}

/// Changes one octet after the other of one part of the material and counts what is accepted nevertheless.
template <class Judge>
std::size_t acceptedWhenFlipped(Bytes Material::*part, Judge judgeIt) {
    const auto good = goodMaterial();
    std::size_t accepted = 0;
    constexpr std::uint8_t flips[] = {0x01, 0x80, 0xFF};
    for (std::size_t at = 0; at < (good.*part).size(); ++at) {
        auto changed = good;
        (changed.*part)[at] ^= flips[at % std::size(flips)];
        accepted += judgeIt(changed).accepted() ? 1U : 0U;
    }
    return accepted;
}

}  // namespace

TEST_CASE("no single changed octet of what is in force is accepted") {
    REQUIRE(judge(goodMaterial()).accepted());
    const auto ask = [](const Material& changed) { return judge(changed); };
    CHECK(acceptedWhenFlipped(&Material::leaf, ask) == 0);
    CHECK(acceptedWhenFlipped(&Material::line, ask) == 0);
    CHECK(acceptedWhenFlipped(&Material::lineCrl, ask) == 0);
    CHECK(acceptedWhenFlipped(&Material::rootCrl, ask) == 0);
}

TEST_CASE("a root with a changed octet is no root, when it is the only one") {
    CHECK(acceptedWhenFlipped(&Material::root, [](const Material& changed) { return judge(changed); }) == 0);
}

TEST_CASE("an issuer with a changed octet is not accepted from the peer either") {
    const auto good = goodMaterial();
    CHECK(acceptedWhenFlipped(&Material::line, [&](const Material& changed) {
              TrustSnapshot::Content content;
              addIfReadable(content.trusted, good.root);
              addIfReadable(content.issuerCrls, good.lineCrl);
              addIfReadable(content.issuerCrls, good.rootCrl);
              auto sent = changed.leaf;
              sent.insert(sent.end(), changed.line.begin(), changed.line.end());
              return judge(content, sent);
          }) == 0);
}

TEST_CASE("no changed octet of a trusted self-signed certificate is accepted") {
    const auto plc = forgeCertificate({.keyName = "p256"});
    TrustSnapshot::Content content;
    addIfReadable(content.trusted, plc.der);
    REQUIRE(judge(content, plc.der).accepted());
    for (std::size_t at = 0; at < plc.der.size(); ++at) {
        auto changed = plc.der;
        changed[at] ^= 0x01;
        CAPTURE(at);
        REQUIRE_FALSE(judge(content, changed).accepted());
        // Not even when the operator trusts the changed one.
        auto trusting = content;
        addIfReadable(trusting.trusted, changed);
        REQUIRE_FALSE(judge(trusting, changed).accepted());
    }
}

TEST_CASE("whatever is cut off or put behind, the answer is a complete report") {
    const auto good = goodMaterial();
    TrustSnapshot::Content content;
    addIfReadable(content.trusted, good.root);
    for (std::size_t size = 0; size < good.leaf.size(); size += 7) {
        const auto verdict = judge(content, Bytes(good.leaf.begin(), good.leaf.begin() + static_cast<std::ptrdiff_t>(size)));
        REQUIRE(verdict.status() == S::BadCertificateInvalid);
        REQUIRE(isComplete(verdict.report()));
        REQUIRE_FALSE(explain(verdict.report()).empty());
    }
}

TEST_CASE("octets without any meaning are refused") {
    std::mt19937 random{4711};  // always the same ones: a failure can be repeated
    for (int i = 0; i < 300; ++i) {
        Bytes junk(random() % 300);
        std::generate(junk.begin(), junk.end(), [&] { return static_cast<std::uint8_t>(random()); });
        if (!junk.empty() && i % 2 == 0) junk[0] = 0x30;
        const auto verdict = judge({}, junk);
        REQUIRE(verdict.status() == S::BadCertificateInvalid);
        REQUIRE(isComplete(verdict.report()));
    }
}

TEST_CASE("the order of the lists and of what was sent never changes the verdict") {
    const Plant plant;
    const auto other = forgeRoot("Plant CA", {.keyIndex = 3});
    const auto expired = forgeIntermediate(plant.root, "Line CA", {.keyIndex = 2, .notAfter = forgeDate(2026, 3, 1)});
    const auto stranger = forgeRoot("Another CA", {.keyIndex = 4});
    struct Case {
        const char* name;
        std::vector<ForgedCert> trusted;
        std::vector<ForgedCert> issuers;
        std::vector<ForgedCert> sent;
        std::vector<Bytes> crls;
    };
    const auto lineCrl = forgeCrl({.issuer = &plant.line, .number = 1});
    const auto lineCrlRevoking = forgeCrl({.issuer = &plant.line, .revoked = {revoked(plant.plc)}, .number = 2});
    const auto rootCrl = forgeCrl({.issuer = &plant.root});
    const Case cases[] = {
        {"good", {plant.root, other, stranger}, {expired, plant.line}, {plant.line, expired, stranger}, {lineCrl, rootCrl}},
        {"revoked", {plant.root, other}, {plant.line, stranger}, {expired, plant.root}, {lineCrl, lineCrlRevoking, rootCrl}},
        {"untrusted", {other, stranger}, {plant.root, plant.line, expired}, {expired, plant.line, plant.root}, {lineCrl, rootCrl}},
        {"expired", {plant.root, other}, {expired, stranger}, {stranger, expired, other}, {lineCrl, rootCrl}},
        {"incomplete", {other, stranger}, {plant.line}, {expired, stranger}, {lineCrl}},
    };
    std::mt19937 random{4711};
    for (auto each : cases) {
        CAPTURE(each.name);
        std::optional<std::string> first;
        for (int i = 0; i < 8; ++i) {
            TrustSnapshot::Content content;
            for (const auto& one : each.trusted) addIfReadable(content.trusted, one.der);
            for (const auto& one : each.issuers) addIfReadable(content.issuers, one.der);
            for (const auto& one : each.crls) addIfReadable(content.issuerCrls, one);
            auto sent = plant.plc.der;
            const auto behind = joinDer(each.sent);
            sent.insert(sent.end(), behind.begin(), behind.end());
            const auto text = explain(judge(content, sent).report());
            if (!first) first = text;
            CHECK(text == *first);
            std::shuffle(each.trusted.begin(), each.trusted.end(), random);
            std::shuffle(each.issuers.begin(), each.issuers.end(), random);
            std::shuffle(each.crls.begin(), each.crls.end(), random);
            std::shuffle(each.sent.begin(), each.sent.end(), random);
        }
    }
}

TEST_CASE("certificates and CRLs that have nothing to do with a chain never change its verdict") {
    const Plant plant;
    const auto alien = forgeRoot("Alien CA", {.keyIndex = 4});
    const auto alienLeaf = forgeLeaf(alien, {.cn = "alien"});
    const auto statusOf = [&](bool installed, bool crowded) {
        Bench bench;
        if (installed) plant.install(bench);
        if (crowded) bench.trust(alien).trust(alienLeaf).issuer(alien).list({.issuer = &alien, .revoked = {revoked(plant.plc)}});
        return crowded ? bench.judge({plant.plc, alien, alienLeaf}).status() : bench.judge(plant.plc).status();
    };
    CHECK(statusOf(true, true) == statusOf(true, false));
    CHECK(statusOf(false, true) == statusOf(false, false));
}

TEST_CASE("only what is waived or suppressed may stay unexamined in an accepted report") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    const auto verdict = bench.judge(plant.plc);
    REQUIRE(verdict.accepted());
    const auto& findings = verdict.report().findings();
    CHECK(std::none_of(findings.begin(), findings.end(), [](const Finding& each) { return each.outcome == Outcome::NotReached; }));
}

TEST_CASE("threads judge while the lists change, and each verdict is one of the two that are right", "[threads]") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    const auto stranger = forgeCertificate({.cn = "stranger"});
    const CertificateValidator validator{bench.store, bench.strict, bench.clock};
    constexpr int judges = 8;
    constexpr int rounds = 40;
    std::atomic<int> wrong{0};
    std::atomic<int> running{judges};
    std::vector<std::thread> threads;
    for (int i = 0; i < judges; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < rounds; ++n) {
                const auto known = validator.validate({.certificate = plant.plc.der});
                const bool right = known.accepted() || known.status() == S::BadCertificateUntrusted;
                const auto unknown = validator.validate({.certificate = stranger.der});
                if (!right || unknown.status() != S::BadCertificateUntrusted || explain(known.report()).empty()) ++wrong;
            }
            --running;
        });
    }
    const auto root = cert(plant.root);
    while (running.load() > 0) {
        bench.store.moveCertificate(root.id(), StoreList::Trusted, StoreList::Issuers).value();
        bench.store.moveCertificate(root.id(), StoreList::Issuers, StoreList::Trusted).value();
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong.load() == 0);
    CHECK(bench.judge(plant.plc).accepted());
    CHECK(bench.isRejected(stranger));
}
