// Which CRL speaks for a CA (OPC 10000-6, 6.2.5; RFC 5280, 5 and 6.3), seen through the validator.

#include <array>

#include <uatrust/store/directory_store.hpp>

#include "support/temp_folder.hpp"
#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;
using std::chrono::seconds;

/// A root that is trusted, an application below it, and the CRLs that a test puts there.
struct Shop {
    ForgedCert root = forgeRoot();
    ForgedCert plc = forgeLeaf(root);
    Bench bench{};

    Shop() { bench.trust(root); }
    Shop& list(CrlSpec spec) {
        spec.issuer = &root;
        bench.list(spec);
        return *this;
    }
    [[nodiscard]] Verdict judge() { return bench.judge(plc); }
    [[nodiscard]] S status() { return judge().status(); }
    [[nodiscard]] std::string found() { return findingOf(judge(), Step::FindRevocationList).found; }
};

constexpr auto unknown = S::BadCertificateRevocationUnknown;

// A minimal value for each: deltaCRLIndicator 1; issuingDistributionPoint with onlyContainsCACerts TRUE.
RawExtension deltaIndicator() { return {"deltaCRL", true, {0x02, 0x01, 0x01}}; }
RawExtension caCertificatesOnly() { return {"issuingDistributionPoint", true, {0x30, 0x03, 0x82, 0x01, 0xFF}}; }
RawExtension indirect() { return {"issuingDistributionPoint", true, {0x30, 0x03, 0x84, 0x01, 0xFF}}; }

}  // namespace

TEST_CASE("a current complete CRL answers, from either list") {
    CHECK(Shop{}.list({.issuer = nullptr}).status() == S::Good);
    Shop shop;
    CHECK(shop.bench.list({.issuer = &shop.root}, StoreList::Trusted).judge(shop.plc).accepted());
}

TEST_CASE("no CRL is not the same as not revoked") {
    Shop shop;
    const auto verdict = shop.judge();
    CHECK(verdict.status() == unknown);
    CHECK(outcomeOf(verdict, Step::RevocationCheck) == Outcome::NotReached);
}

TEST_CASE("an accepted report in which the revocation is not known says so") {
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = unknown, .comment = "no CA server at this site"}));
    Shop shop;
    shop.bench.obey(policy);
    const auto verdict = shop.judge();
    CHECK(verdict.accepted());
    CHECK(outcomeOf(verdict, Step::FindRevocationList) == Outcome::Suppressed);
    CHECK(outcomeOf(verdict, Step::RevocationCheck) == Outcome::NotReached);
    CHECK(shop.list({.issuer = nullptr, .revoked = {revoked(shop.plc)}}).status() == S::BadCertificateRevoked);
}

TEST_CASE("a CRL that does not count is as good as none, and the evidence says why") {
    struct Case {
        const char* name;
        CrlSpec spec;
        std::vector<std::string> evidence;
    };
    const Case cases[] = {
        {"expired", {.issuer = nullptr, .nextUpdate = forgeDate(2026, 6, 12)}, {"out of date since 2026-06-12T00:00:00Z", "3 days"}},
        {"not yet in force", {.issuer = nullptr, .thisUpdate = forgeDate(2026, 6, 16)}, {"not in force before 2026-06-16T00:00:00Z"}},
        {"forged with another key", {.issuer = nullptr, .signWith = forgeKey("rsa2048", 3)}, {"not signed with this CA's key"}},
        {"another CA's", {.issuer = nullptr, .issuerCn = "Another CA"}, {"no CRL with the name of this CA"}},
        {"a delta", {.issuer = nullptr, .extensions = {deltaIndicator()}}, {"does not speak for all certificates"}},
        {"for CA certificates only", {.issuer = nullptr, .extensions = {caCertificatesOnly()}}, {"does not speak for all certificates"}},
        {"indirect", {.issuer = nullptr, .extensions = {indirect()}}, {"does not speak for all certificates"}},
        {"with an unknown critical extension",
         {.issuer = nullptr, .extensions = {{"1.2.3.4.5", true, {0x05, 0x00}}}},
         {"does not speak for all certificates"}},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        Shop shop;
        const auto verdict = shop.list(each.spec).judge();
        CHECK(verdict.status() == unknown);
        const auto finding = findingOf(verdict, Step::FindRevocationList);
        for (const auto& part : each.evidence) {
            CAPTURE(part, finding.found);
            CHECK(contains(finding.found, part));
        }
        CHECK_FALSE(finding.remedy.empty());
    }
}

TEST_CASE("a forged CRL cannot revoke, and none can hide behind another CA's name") {
    Shop shop;
    shop.list({.issuer = nullptr})
        .list({.issuer = nullptr, .revoked = {revoked(shop.plc)}, .number = 9, .signWith = forgeKey("rsa2048", 3)});
    CHECK(shop.status() == S::Good);
}

TEST_CASE("the ends of a CRL's period belong to it") {
    Shop shop;
    shop.list({.issuer = nullptr, .thisUpdate = forgeDate(2026, 2, 1), .nextUpdate = forgeDate(2026, 3, 1)});
    const auto at = [&](Instant moment) {
        shop.bench.clock.set(moment);
        return shop.status();
    };
    CHECK(at(forgeDate(2026, 2, 1) - seconds{1}) == unknown);
    CHECK(at(forgeDate(2026, 2, 1)) == S::Good);
    CHECK(at(forgeDate(2026, 3, 1)) == S::Good);
    CHECK(at(forgeDate(2026, 3, 1) + seconds{1}) == unknown);
}

TEST_CASE("a CRL that promises no next one stays in force") {
    CHECK(Shop{}.list({.issuer = nullptr, .nextUpdate = std::nullopt}).status() == S::Good);
}

TEST_CASE("of several CRLs the newest decides") {
    struct Case {
        const char* name;
        std::optional<long> olderNumber;
        std::optional<long> newerNumber;
        Instant olderDate;
        Instant newerDate;
    };
    const auto february = forgeDate(2026, 2, 1);
    const auto march = forgeDate(2026, 3, 1);
    const Case cases[] = {
        {"by number", 1, 2, february, february},
        {"by number, not by digits", 255, 256, february, february},
        {"by number, whatever the dates say", 1, 2, march, february},
        {"by date when the numbers are equal", 7, 7, february, march},
        {"by date when there are no numbers", std::nullopt, std::nullopt, february, march},
        {"by date when one has no number", 9, std::nullopt, february, march},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        Shop shop;
        const CrlSpec older{.issuer = &shop.root, .revoked = {revoked(shop.plc)}, .thisUpdate = each.olderDate, .number = each.olderNumber};
        const CrlSpec newer{.issuer = &shop.root, .thisUpdate = each.newerDate, .number = each.newerNumber};
        CHECK(shop.list(older).list(newer).status() == S::Good);

        Shop other;
        const CrlSpec blank{.issuer = &other.root, .thisUpdate = each.olderDate, .number = each.olderNumber};
        const CrlSpec listing{
            .issuer = &other.root, .revoked = {revoked(other.plc)}, .thisUpdate = each.newerDate, .number = each.newerNumber};
        CHECK(other.list(blank).list(listing).status() == S::BadCertificateRevoked);
    }
}

TEST_CASE("the order in which CRLs lie there does not matter") {
    for (const bool newestFirst : {true, false}) {
        Shop shop;
        const CrlSpec older{.issuer = &shop.root, .number = 1};
        const CrlSpec newer{.issuer = &shop.root, .revoked = {revoked(shop.plc)}, .number = 2};
        CHECK(shop.list(newestFirst ? newer : older).list(newestFirst ? older : newer).status() == S::BadCertificateRevoked);
    }
}

TEST_CASE("an expired newest CRL is not replaced by an older one that is in force") {
    Shop shop;
    shop.list({.issuer = nullptr, .number = 1}).list({.issuer = nullptr, .nextUpdate = forgeDate(2026, 6, 1), .number = 2});
    CHECK(shop.status() == unknown);
}

TEST_CASE("a CRL published ahead of time does not replace the present one") {
    Shop shop;
    shop.list({.issuer = nullptr, .number = 1}).list({.issuer = nullptr, .thisUpdate = forgeDate(2026, 7, 1), .number = 2});
    CHECK(shop.status() == S::Good);
}

TEST_CASE("a revocation that is known is known, even from a CRL that is out of date") {
    Shop expired;
    const auto verdict = expired.list({.issuer = nullptr, .revoked = {revoked(expired.plc)}, .nextUpdate = forgeDate(2026, 6, 1)}).judge();
    CHECK(verdict.status() == S::BadCertificateRevoked);
    CHECK(contains(findingOf(verdict, Step::FindRevocationList).message, "out of date"));
    Shop ahead;
    CHECK(ahead.list({.issuer = nullptr, .revoked = {revoked(ahead.plc)}, .thisUpdate = forgeDate(2026, 7, 1)}).status() ==
          S::BadCertificateRevoked);
}

TEST_CASE("a certificate on hold is revoked while it is listed") {
    Shop shop;
    const auto verdict = shop.list({.issuer = nullptr, .revoked = {revoked(shop.plc, 6)}}).judge();
    CHECK(verdict.status() == S::BadCertificateRevoked);
    CHECK(contains(findingOf(verdict, Step::RevocationCheck).message, "certificateHold"));
}

TEST_CASE("another serial number on the list revokes nobody else") {
    Shop shop;
    CHECK(shop.list({.issuer = nullptr, .revoked = {revoked(forgeLeaf(shop.root, {.cn = "plc-8"}))}}).status() == S::Good);
}

TEST_CASE("a serial number means something only under its own CA") {
    const auto rootA = forgeRoot("CA A", {.keyIndex = 1});
    const auto rootB = forgeRoot("CA B", {.keyIndex = 3});
    const auto plcA = forgeLeaf(rootA, {.cn = "plc-a", .serial = "1234"});
    const auto plcB = forgeLeaf(rootB, {.cn = "plc-b", .serial = "1234"});
    Bench bench;
    bench.trust(rootA).trust(rootB).list({.issuer = &rootA, .revoked = {revoked(plcA)}}).list({.issuer = &rootB});
    CHECK(bench.judge(plcA).status() == S::BadCertificateRevoked);
    CHECK(bench.judge(plcB).accepted());
}

TEST_CASE("after a change of the CA's key each key has its own CRL") {
    const auto before = forgeRoot("Plant CA", {.keyIndex = 1});
    const auto after = forgeRoot("Plant CA", {.keyIndex = 3});
    const auto plc = forgeLeaf(before);
    Bench bench;
    bench.trust(before).trust(after).list({.issuer = &after});
    CHECK(bench.judge(plc).status() == unknown);
    CHECK(bench.list({.issuer = &before}).judge(plc).accepted());
}

TEST_CASE("a CA whose keyUsage lacks cRLSign has no CRLs") {
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .keyUsage = Ku::KeyCertSign});
    Bench bench;
    const auto verdict = bench.trust(root).list({.issuer = &root}).judge(forgeLeaf(root));
    CHECK(verdict.status() == unknown);
    CHECK(contains(findingOf(verdict, Step::FindRevocationList).found, "cRLSign"));
    CHECK(contains(findingOf(verdict, Step::FindRevocationList).remedy, "cRLSign"));

    const auto unrestricted = forgeRoot("Plant CA", {.keyIndex = 1, .keyUsage = kOmit});
    Bench other;
    CHECK(other.trust(unrestricted).list({.issuer = &unrestricted}).judge(forgeLeaf(unrestricted)).accepted());
}

TEST_CASE("each CA of the chain needs its CRL, the root's own certificate none") {
    const Plant plant;
    struct Case {
        bool ofRoot;
        bool ofLine;
        S status;
    };
    for (const auto& each : {Case{true, true, S::Good}, Case{true, false, unknown},
                             Case{false, true, S::BadCertificateIssuerRevocationUnknown}, Case{false, false, unknown}}) {
        Bench bench;
        bench.trust(plant.root).issuer(plant.line);
        if (each.ofRoot) bench.list({.issuer = &plant.root});
        if (each.ofLine) bench.list({.issuer = &plant.line});
        const auto verdict = bench.judge(plant.plc);
        CHECK(verdict.status() == each.status);
        CHECK(outcomeOf(verdict, Step::FindRevocationList, 2) == Outcome::NotApplicable);
    }
}

TEST_CASE("CRLs are also checked for issuers that only the peer has sent") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.root).list({.issuer = &plant.root, .revoked = {revoked(plant.line)}}).list({.issuer = &plant.line});
    CHECK(bench.judge({plant.plc, plant.line}).status() == S::BadCertificateIssuerRevoked);
}

TEST_CASE("the work on CRLs is bounded, and the evidence says by what") {
    Shop shop;
    shop.list({.issuer = nullptr});
    shop.bench.budget.maxCrlBytes = 100;
    CHECK(shop.status() == unknown);
    CHECK(contains(shop.found(), "Budget::maxCrlBytes"));
}

TEST_CASE("an expired CRL is named with its file in evidence and remedy") {
    Shop shop;
    const auto finding = findingOf(shop.list({.issuer = nullptr, .nextUpdate = forgeDate(2026, 6, 1)}).judge(), Step::FindRevocationList);
    const auto source = shop.bench.store.snapshot()->crls(StoreList::Issuers)[0].source;
    REQUIRE_FALSE(source.empty());
    CHECK(contains(finding.found, source));
    CHECK(contains(finding.remedy, source));
}

TEST_CASE("a revocation far down a long list is found") {
    Shop shop;
    std::vector<RevokedSpec> many;
    for (int i = 0; i < 2000; ++i)
        many.push_back(
            {.serial = "0A" + toHex(std::array<std::uint8_t, 2>{static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)})});
    many.push_back(revoked(shop.plc));
    CHECK(shop.list({.issuer = nullptr, .revoked = many}).status() == S::BadCertificateRevoked);
}

// ---- How CRLs count

TEST_CASE("a mode of revocation decides what no CRL, an unusable one and a good one mean") {
    struct Case {
        const char* name;
        RevocationMode mode;
        std::optional<CrlSpec> crl;
        S status;
        Outcome find;
    };
    const CrlSpec good{.issuer = nullptr};
    const CrlSpec stale{.issuer = nullptr, .nextUpdate = forgeDate(2026, 6, 1)};
    const CrlSpec forged{.issuer = nullptr, .signWith = forgeKey("rsa2048", 3)};
    using M = RevocationMode;
    const Case cases[] = {
        {"required, none", M::Required, {}, unknown, Outcome::Failed},
        {"required, stale", M::Required, stale, unknown, Outcome::Failed},
        {"required, good", M::Required, good, S::Good, Outcome::Passed},
        {"if present, none", M::IfPresent, {}, S::Good, Outcome::NotApplicable},
        {"if present, stale", M::IfPresent, stale, unknown, Outcome::Failed},
        {"if present, forged", M::IfPresent, forged, unknown, Outcome::Failed},
        {"if present, good", M::IfPresent, good, S::Good, Outcome::Passed},
        {"off, none", M::Off, {}, S::Good, Outcome::NotApplicable},
        {"off, stale", M::Off, stale, S::Good, Outcome::NotApplicable},
        {"off, good", M::Off, good, S::Good, Outcome::NotApplicable},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        SuppressingPolicy policy;
        policy.revocation(each.mode, {}, "site rule 7");
        Shop shop;
        shop.bench.obey(policy);
        if (each.crl) shop.list(*each.crl);
        const auto verdict = shop.judge();
        CHECK(verdict.status() == each.status);
        const auto finding = findingOf(verdict, Step::FindRevocationList);
        CHECK(finding.outcome == each.find);
        CHECK(contains(finding.message, "site rule 7") == (each.find == Outcome::NotApplicable));
        CHECK(outcomeOf(verdict, Step::RevocationCheck) == (each.find == Outcome::Failed ? Outcome::NotReached : each.find));
    }
}

TEST_CASE("a revocation that is on a CRL counts unless nobody is to look") {
    for (const auto mode : {RevocationMode::Required, RevocationMode::IfPresent, RevocationMode::Off}) {
        SuppressingPolicy policy;
        policy.revocation(mode);
        Shop shop;
        shop.bench.obey(policy);
        shop.list({.issuer = nullptr, .revoked = {revoked(shop.plc)}});
        CHECK(shop.status() == (mode == RevocationMode::Off ? S::Good : S::BadCertificateRevoked));
    }
}

TEST_CASE("each CA has its own mode, and the last word on it holds") {
    const Plant plant;
    const auto line = cert(plant.line).id();
    const auto root = cert(plant.root).id();
    Bench bench;
    bench.trust(plant.root).issuer(plant.line);  // and no CRL at all
    SuppressingPolicy policy;
    bench.obey(policy);
    using M = RevocationMode;

    policy.revocation(M::Off, line);
    CHECK(bench.judge(plant.plc).status() == S::BadCertificateIssuerRevocationUnknown);
    policy.revocation(M::IfPresent, root);
    CHECK(bench.judge(plant.plc).accepted());
    policy.revocation(M::Required, line);
    CHECK(bench.judge(plant.plc).status() == unknown);

    // What is said of one CA outranks what is said of all, in whichever order.
    policy.revocation(M::Off);
    CHECK(bench.judge(plant.plc).status() == unknown);
    policy.revocation(M::Off, line).revocation(M::Required).revocation(M::Off, root);
    CHECK(bench.judge(plant.plc).accepted());
    CHECK(contains(findingOf(bench.judge(plant.plc), Step::FindRevocationList).message, "off for this CA"));
}

TEST_CASE("a CRL that cannot be read is not taken for one that is not there") {
    TempFolder folder;
    DirectoryStore store{folder.path()};
    const auto root = forgeRoot();
    const auto plc = forgeLeaf(root);
    store.addCertificate(StoreList::Trusted, cert(root)).value();
    SuppressingPolicy policy;
    policy.revocation(RevocationMode::IfPresent);
    const FixedClock clock{kForgeNow};
    const CertificateValidator validator{store, policy, clock};
    CHECK(validator.validate({.certificate = plc.der}).accepted());

    const auto file = folder / "issuers/crl/damaged.crl";
    writeFile(file, std::string_view{"0\x82\x01"});
    const auto verdict = validator.validate({.certificate = plc.der});
    CHECK(verdict.status() == unknown);
    CHECK(contains(findingOf(verdict, Step::FindRevocationList).found, "damaged.crl"));

    std::filesystem::remove(file);
    CHECK(validator.validate({.certificate = plc.der}).accepted());
}

// ---- Clocks that differ

TEST_CASE("a CRL may be outside its dates by the tolerance, and the report says so") {
    struct Case {
        const char* name;
        Instant thisUpdate;
        Instant nextUpdate;
        bool inForce;
        bool tolerated;
    };
    const Case cases[] = {
        {"in its dates", kForgeNow - seconds{1}, kForgeNow + seconds{1}, true, false},
        {"out of date by less", kForgeNow - seconds{900}, kForgeNow - seconds{299}, true, true},
        {"out of date by as much", kForgeNow - seconds{900}, kForgeNow - seconds{300}, true, true},
        {"out of date by more", kForgeNow - seconds{900}, kForgeNow - seconds{301}, false, false},
        {"begins within", kForgeNow + seconds{300}, kForgeNow + seconds{900}, true, true},
        {"begins later", kForgeNow + seconds{301}, kForgeNow + seconds{900}, false, false},
    };
    SuppressingPolicy policy;
    policy.clockTolerance(seconds{300});
    for (const auto& each : cases) {
        CAPTURE(each.name);
        Shop shop;
        shop.bench.obey(policy);
        const auto verdict = shop.list({.issuer = nullptr, .thisUpdate = each.thisUpdate, .nextUpdate = each.nextUpdate}).judge();
        CHECK(verdict.status() == (each.inForce ? S::Good : unknown));
        const auto finding = findingOf(verdict, Step::FindRevocationList);
        CHECK(finding.outcome == (!each.inForce ? Outcome::Failed : each.tolerated ? Outcome::Suppressed : Outcome::Passed));
        CHECK(outcomeOf(verdict, Step::RevocationCheck) == (each.inForce ? Outcome::Passed : Outcome::NotReached));
        if (!each.tolerated) continue;
        CHECK(finding.status == unknown);
        CHECK(contains(finding.suppressedBy, "clock tolerance of 5 minutes"));
        CHECK_FALSE(finding.remedy.empty());
    }
}

TEST_CASE("a tolerated CRL still revokes what it lists") {
    SuppressingPolicy policy;
    policy.clockTolerance(seconds{300});
    Shop shop;
    shop.bench.obey(policy);
    shop.list({.issuer = nullptr, .revoked = {revoked(shop.plc)}, .nextUpdate = kForgeNow - seconds{60}});
    CHECK(shop.status() == S::BadCertificateRevoked);
}
