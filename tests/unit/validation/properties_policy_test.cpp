// What a policy may do to a verdict, and what the clock does.

#include "unit/validation/properties.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// Says yes to whatever it is asked, and asks for no CRL.
class YesToAll final : public TrustPolicy {
public:
    [[nodiscard]] std::string name() const override { return "YesToAll"; }
    [[nodiscard]] Ruling onFailure(const Finding&, const Certificate&, const PolicyContext&) const override { return {true, "yes"}; }
    [[nodiscard]] RevocationRuling revocationOf(const Certificate&, const PolicyContext&) const override {
        return {RevocationMode::Off, "yes"};
    }
};

SuppressingPolicy suppressingAll() {
    SuppressingPolicy policy;
    for (const auto& row : stepTable()) {
        if (!row.suppressible) continue;
        policy.suppress({.status = row.leafStatus}).value();
        if (row.issuerStatus != row.leafStatus) policy.suppress({.status = row.issuerStatus}).value();
    }
    return policy;
}

bool isSuppressedRightly(const Finding& finding) { return stepInfo(finding.step).suppressible && finding.suppressible; }

// ---- the clock

/// A chain whose dates all differ.
struct Dated {
    ForgedCert root = forgeRoot("Root", {.keyPair = seededKey(0), .notBefore = forgeDate(2026, 1, 1), .notAfter = forgeDate(2035, 1, 1)});
    ForgedCert line =
        forgeIntermediate(root, "Line", {.keyPair = seededKey(1), .notBefore = forgeDate(2026, 2, 1), .notAfter = forgeDate(2034, 1, 1)});
    ForgedCert leaf = forgeLeaf(line, {.keyPair = seededKey(2), .notBefore = forgeDate(2026, 3, 1), .notAfter = forgeDate(2033, 1, 1)});
    Bytes rootCrl = forgeCrl({.issuer = &root, .thisUpdate = forgeDate(2026, 4, 1), .nextUpdate = forgeDate(2032, 1, 1)});
    Bytes lineCrl = forgeCrl({.issuer = &line, .thisUpdate = forgeDate(2026, 5, 1), .nextUpdate = forgeDate(2031, 1, 1)});

    [[nodiscard]] Situation situation() const {
        Situation all{.leaf = leaf.der, .behind = {line.der}};
        all.lists.trusted = {stored(root.der)};
        all.lists.issuerCrls = {storedCrl(lineCrl), storedCrl(rootCrl)};
        return all;
    }
};

using Place = std::pair<Step, std::size_t>;

/// The findings that are different at two times.
std::set<Place> changedBetween(const Situation& situation, Instant one, Instant other) {
    std::set<Place> changed;
    const auto a = situation.judge(one);
    const auto b = situation.judge(other);
    REQUIRE(a.report().findings().size() == b.report().findings().size());
    for (const auto& each : a.report().findings()) {
        if (findingOf(b, each.step, each.position).outcome != each.outcome) changed.emplace(each.step, each.position);
    }
    return changed;
}

}  // namespace

TEST_CASE("no policy makes a certificate Good that fails where nobody may suppress") {
    const YesToAll yes;
    const auto all = suppressingAll();
    int helped = 0;
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        CAPTURE(seed);
        const auto& pki = randomPki(seed);
        for (const TrustPolicy* policy : {static_cast<const TrustPolicy*>(&yes), static_cast<const TrustPolicy*>(&all)}) {
            const auto verdict = pki.situation.judgeBy(*policy);
            for (const auto& each : verdict.report().findings()) {
                if (each.outcome == Outcome::Suppressed) REQUIRE(isSuppressedRightly(each));
                if (each.outcome == Outcome::Failed) REQUIRE_FALSE(isSuppressedRightly(each));
                if (verdict.accepted()) REQUIRE(each.outcome != Outcome::Failed);
                if (verdict.accepted() && !stepInfo(each.step).suppressible && each.step != Step::RevocationCheck)
                    REQUIRE(each.outcome != Outcome::NotReached);
            }
            const auto strict = pki.situation.judgeBy(StrictPolicy{});
            if (verdict.accepted() && !strict.accepted()) ++helped;
        }
    }
    CHECK(helped > 10);
}

// Each pair: whom the first accepts, the second accepts. Not among them: a larger clock tolerance where a CA has published a
// CRL ahead of time. That one counts with the tolerance, and may revoke; see the test below.
TEST_CASE("a stricter policy never accepts what a laxer one refuses") {
    const StrictPolicy strict;
    SuppressingPolicy ifPresent;
    ifPresent.revocation(RevocationMode::IfPresent);
    SuppressingPolicy off;
    off.revocation(RevocationMode::Off);
    SuppressingPolicy tolerant;
    tolerant.clockTolerance(hours{24});
    SuppressingPolicy time;
    REQUIRE(time.suppress({.status = StatusCode::BadCertificateTimeInvalid}));
    SuppressingPolicy bothTimes = time;
    REQUIRE(bothTimes.suppress({.status = StatusCode::BadCertificateIssuerTimeInvalid}));
    SuppressingPolicy bothTimesAndOff = bothTimes;
    bothTimesAndOff.revocation(RevocationMode::Off);
    const auto all = suppressingAll();
    auto allAndOff = suppressingAll();
    allAndOff.revocation(RevocationMode::Off);
    const AcceptAllPolicy everybody;
    const std::vector<std::pair<const TrustPolicy*, const TrustPolicy*>> pairs{
        {&strict, &ifPresent},          {&ifPresent, &off}, {&strict, &tolerant}, {&strict, &time},   {&time, &bothTimes},
        {&bothTimes, &bothTimesAndOff}, {&bothTimes, &all}, {&all, &everybody},   {&all, &allAndOff}, {&off, &allAndOff},
        {&bothTimesAndOff, &allAndOff}};
    std::vector<int> helped(pairs.size(), 0);
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        const auto& pki = randomPki(seed);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            CAPTURE(seed, i);
            const bool stricter = pki.situation.judgeBy(*pairs[i].first).accepted();
            const bool laxer = pki.situation.judgeBy(*pairs[i].second).accepted();
            REQUIRE((laxer || !stricter));
            if (laxer && !stricter) ++helped[i];
        }
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        CAPTURE(i);
        CHECK(helped[i] > 0);
    }
}

TEST_CASE("with a clock tolerance the CRL of a near future counts, and what it revokes is revoked") {
    const Dated chain;
    auto situation = chain.situation();
    situation.lists.issuerCrls.push_back(
        storedCrl(forgeCrl({.issuer = &chain.line, .revoked = {revoked(chain.leaf)}, .thisUpdate = kForgeNow + hours{1}, .number = 2})));
    SuppressingPolicy tolerant;
    tolerant.clockTolerance(hours{2});
    CHECK(situation.judgeBy(StrictPolicy{}).accepted());
    CHECK(situation.judgeBy(tolerant).status() == StatusCode::BadCertificateRevoked);
}

// Where a CRL is not in force, there is none to look a certificate up in: its last step is not reached.
TEST_CASE("the clock changes, at each date of a chain, the steps that look at this date and no other") {
    struct Boundary {
        Instant last;  ///< the last second before the change
        std::set<Place> changed;
    };
    const auto crlOf = [](std::size_t position) -> std::set<Place> {
        return {{Step::FindRevocationList, position}, {Step::RevocationCheck, position}};
    };
    const auto validityOf = [](std::size_t position) -> std::set<Place> { return {{Step::ValidityPeriod, position}}; };
    const seconds one{1};
    const std::vector<Boundary> boundaries{{forgeDate(2026, 1, 1) - one, validityOf(2)},
                                           {forgeDate(2026, 2, 1) - one, validityOf(1)},
                                           {forgeDate(2026, 3, 1) - one, validityOf(0)},
                                           {forgeDate(2026, 4, 1) - one, crlOf(1)},
                                           {forgeDate(2026, 5, 1) - one, crlOf(0)},
                                           {forgeDate(2031, 1, 1), crlOf(0)},
                                           {forgeDate(2032, 1, 1), crlOf(1)},
                                           {forgeDate(2033, 1, 1), validityOf(0)},
                                           {forgeDate(2034, 1, 1), validityOf(1)},
                                           {forgeDate(2035, 1, 1), validityOf(2)}};
    const auto situation = Dated{}.situation();
    REQUIRE(situation.judge().accepted());
    auto before = forgeDate(2025, 1, 1);
    for (const auto& each : boundaries) {
        CAPTURE(formatInstant(each.last));
        CHECK(changedBetween(situation, before, each.last).empty());
        CHECK(changedBetween(situation, each.last, each.last + one) == each.changed);
        before = each.last + one;
    }
    CHECK(changedBetween(situation, before, forgeDate(2045, 1, 1)).empty());
    // Good from the last beginning to the first end, both included.
    CHECK_FALSE(situation.judge(forgeDate(2026, 5, 1) - one).accepted());
    CHECK(situation.judge(forgeDate(2026, 5, 1)).accepted());
    CHECK(situation.judge(forgeDate(2031, 1, 1)).accepted());
    CHECK_FALSE(situation.judge(forgeDate(2031, 1, 1) + one).accepted());
}
