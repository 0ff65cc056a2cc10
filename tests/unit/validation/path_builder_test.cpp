// The search for a chain, seen through the validator: which path is found, and what is said when there is none.

#include <algorithm>

#include <uatrust/validation/explain.hpp>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

/// A CA of the same name as the plant's line CA, with another key.
ForgedCert otherLine(const ForgedCert& root) { return forgeIntermediate(root, "Line CA", {.keyIndex = 3}); }

/// `count` CAs of one name and one key identifier that sign nothing that is asked for.
std::vector<ForgedCert> lookalikes(int count, const std::string& cn, const Bytes& keyId) {
    std::vector<ForgedCert> all;
    for (int i = 0; i < count; ++i)
        all.push_back(forgeRoot(cn, {.keyName = "p256", .keyIndex = i % 3, .skiValue = keyId, .akiValue = keyId}));
    return all;
}

Bytes keyIdOf(const ForgedCert& ca) {
    const auto certificate = cert(ca);
    const auto id = certificate.subjectKeyIdentifier();
    return {id.begin(), id.end()};
}

}  // namespace

TEST_CASE("issuers are found in the trusted list, in the issuers list and in what the peer sent") {
    const Plant plant;
    const auto judge = [&](bool lineSent, bool rootTrusted) {
        Bench bench;
        bench.list({.issuer = &plant.root}).list({.issuer = &plant.line});
        if (rootTrusted) {
            bench.trust(plant.root);
        } else {
            bench.issuer(plant.root).trust(plant.line);
        }
        return lineSent ? bench.judge({plant.plc, plant.line}) : bench.issuer(plant.line).judge(plant.plc);
    };
    CHECK(judge(true, true).accepted());
    CHECK(judge(false, true).accepted());
    CHECK(judge(true, false).accepted());
}

TEST_CASE("the peer's issuers may come in any order, twice and with strangers among them") {
    const Plant plant;
    const auto stranger = forgeRoot("Another CA", {.keyIndex = 4});
    Bench bench;
    bench.trust(plant.root).list({.issuer = &plant.root}).list({.issuer = &plant.line});
    CHECK(bench.judge({plant.plc, plant.root, plant.line}).accepted());
    CHECK(bench.judge({plant.plc, stranger, plant.line, plant.line, plant.plc, plant.root}).accepted());
    CHECK(bench.judge({plant.plc, plant.line, stranger}).report().chain().size() == 3);
}

TEST_CASE("the first certificate is the one that is judged, whatever follows") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.request.applicationUri = "urn:test:plc-7";
    const auto verdict = bench.judge({plant.root, plant.line, plant.plc});
    CHECK_FALSE(verdict.accepted());
    REQUIRE_FALSE(verdict.report().chain().empty());
    CHECK(verdict.report().chain()[0].certificate == cert(plant.root));
}

TEST_CASE("what only the peer sent carries no trust") {
    const Plant plant;
    Bench bench;
    bench.list({.issuer = &plant.root}).list({.issuer = &plant.line});
    const auto verdict = bench.judge({plant.plc, plant.line, plant.root});
    CHECK(verdict.status() == S::BadCertificateUntrusted);
    CHECK(outcomeOf(verdict, Step::BuildChain, 2) == Outcome::Passed);
    CHECK(verdict.report().chain().size() == 3);
}

TEST_CASE("a root that only the peer sent does not complete a chain that is known here") {
    const Plant plant;
    const auto judge = [&](auto prepare) {
        Bench bench;
        prepare(bench.list({.issuer = &plant.root}).list({.issuer = &plant.line}));
        return bench.judge({plant.plc, plant.line, plant.root});
    };
    for (const auto& verdict : {judge([&](Bench& b) { b.trust(plant.line); }), judge([&](Bench& b) { b.issuer(plant.line); }),
                                judge([&](Bench& b) { b.trust(plant.plc); })}) {
        CHECK(verdict.status() == S::BadCertificateChainIncomplete);
        const auto finding = findingOf(verdict, Step::BuildChain, 2);
        CHECK(finding.outcome == Outcome::Failed);
        CHECK(contains(finding.message, "CN=Plant CA"));
        CHECK(contains(finding.remedy, "issuers"));
        CHECK(contains(finding.remedy, cert(plant.root).thumbprint().text()));
    }
    CHECK(judge([&](Bench& b) { b.trust(plant.line).issuer(plant.root); }).accepted());
}

TEST_CASE("a flipped signature bit under a known CA is a wrong signature") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    const auto verdict = bench.judge(tamperSignature(plant.plc.der));
    CHECK(verdict.status() == S::BadCertificateInvalid);
    CHECK(outcomeOf(verdict, Step::BuildChain) == Outcome::Passed);
    CHECK(outcomeOf(verdict, Step::Signature) == Outcome::Failed);
    CHECK(verdict.report().chain().size() == 3);
    // Nothing is said about a revocation by a CA that may not have issued it.
    CHECK(outcomeOf(verdict, Step::FindRevocationList) == Outcome::NotReached);
    CHECK(outcomeOf(verdict, Step::FindRevocationList, 1) == Outcome::Passed);
}

TEST_CASE("trust does not come down along a wrong signature") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    CHECK(outcomeOf(bench.judge(tamperSignature(plant.plc.der)), Step::TrustList) == Outcome::Failed);
}

TEST_CASE("a wrong signature is also seen without key identifiers") {
    const auto root = forgeRoot("Plant CA", {.keyIndex = 1, .ski = false, .aki = false});
    const auto plc = forgeLeaf(root, {.aki = false});
    Bench bench;
    bench.trust(root).list({.issuer = &root});
    CHECK(bench.judge(plc).accepted());
    CHECK(bench.judge(tamperSignature(plc.der)).status() == S::BadCertificateInvalid);
}

TEST_CASE("a CA of the right name with another key is not the issuer") {
    const Plant plant;
    const auto other = otherLine(plant.root);
    Bench bench;
    bench.trust(plant.root).issuer(other).list({.issuer = &plant.root}).list({.issuer = &plant.line});
    const auto verdict = bench.judge(plant.plc);
    CHECK(verdict.status() == S::BadCertificateChainIncomplete);
    const auto finding = findingOf(verdict, Step::BuildChain);
    CHECK(contains(finding.message, "another key"));
    CHECK(contains(finding.expected, toHex(keyIdOf(plant.line))));
    CHECK(contains(finding.found, toHex(keyIdOf(other))));
    CHECK(outcomeOf(verdict, Step::Signature) == Outcome::NotReached);

    CHECK(bench.issuer(plant.line).judge(plant.plc).accepted());
}

TEST_CASE("key identifiers that mislead are overruled by the signature") {
    const auto root = forgeRoot();
    const auto decoy = forgeRoot("Plant CA", {.keyIndex = 3, .skiValue = Bytes(20, 0xAA)});
    const auto plc = forgeLeaf(root, {.akiValue = Bytes(20, 0xAA)});
    Bench bench;
    CHECK(bench.trust(decoy).trust(root).list({.issuer = &root}).judge(plc).accepted());
}

TEST_CASE("a CA that has changed its key is found by the key that signed") {
    const auto before = forgeRoot("Plant CA", {.keyIndex = 1});
    const auto after = forgeRoot("Plant CA", {.keyIndex = 3});
    Bench bench;
    bench.trust(before).trust(after).list({.issuer = &before}).list({.issuer = &after});
    CHECK(bench.judge(forgeLeaf(before)).report().chain().at(1).certificate == cert(before));
    CHECK(bench.judge(forgeLeaf(after)).report().chain().at(1).certificate == cert(after));
    CHECK(bench.judge(forgeLeaf(before)).accepted());
    CHECK(bench.judge(forgeLeaf(after)).accepted());
}

TEST_CASE("a key roll-over certificate leads from the new key to the old root") {
    const auto before = forgeRoot("Plant CA", {.keyIndex = 1});
    const auto after = forgeRoot("Plant CA", {.keyIndex = 3});
    const auto newWithOld = forgeIntermediate(before, "Plant CA", {.keyIndex = 3});
    const auto plc = forgeLeaf(after);
    REQUIRE(cert(newWithOld).isSelfIssued());
    Bench bench;
    bench.trust(before).list({.issuer = &before}).list({.issuer = &after});
    CHECK(bench.judge(plc).status() == S::BadCertificateChainIncomplete);
    const auto verdict = bench.judge({plc, newWithOld});
    CHECK(verdict.accepted());
    CHECK(verdict.report().chain().size() == 3);
}

TEST_CASE("a dead end is left for another way") {
    // Cross-certification: the line CA has a certificate of a root that nobody has here, and one of a trusted root.
    const auto lost = forgeRoot("Lost CA", {.keyIndex = 4});
    const auto root = forgeRoot();
    const auto lineOfLost = forgeIntermediate(lost, "Line CA", {.keyIndex = 2});
    const auto lineOfRoot = forgeIntermediate(root, "Line CA", {.keyIndex = 2});
    const auto plc = forgeLeaf(lineOfRoot);
    for (const bool sendRoot : {false, true}) {
        Bench bench;
        bench.trust(root).issuer(lineOfLost).list({.issuer = &root}).list({.issuer = &lineOfRoot});
        const auto verdict = sendRoot ? bench.judge({plc, lost, lineOfRoot}) : bench.judge({plc, lineOfRoot});
        CHECK(verdict.accepted());
        CHECK(verdict.report().chain().at(1).certificate == cert(lineOfRoot));
    }
}

TEST_CASE("an accepted chain is preferred to one with a failure, wherever that is") {
    // The same CA, by an expired and by a renewed certificate of one key.
    const auto root = forgeRoot();
    const auto expired = forgeIntermediate(root, "Line CA", {.keyIndex = 2, .notAfter = forgeDate(2026, 3, 1)});
    const auto renewed = forgeIntermediate(root, "Line CA", {.keyIndex = 2});
    const auto plc = forgeLeaf(renewed);
    Bench bench;
    bench.trust(expired).issuer(root).list({.issuer = &root}).list({.issuer = &renewed});
    CHECK(bench.judge(plc).status() == S::BadCertificateIssuerTimeInvalid);
    CHECK(bench.trust(renewed).judge(plc).accepted());
}

TEST_CASE("a chain without reservations is preferred to one with a suppressed failure") {
    const auto root = forgeRoot();
    const auto expired = forgeIntermediate(root, "Line CA", {.keyIndex = 2, .notAfter = forgeDate(2026, 3, 1)});
    const auto renewed = forgeIntermediate(root, "Line CA", {.keyIndex = 2});
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = S::BadCertificateIssuerTimeInvalid}));
    Bench bench;
    bench.obey(policy).trust(expired).issuer(renewed).trust(root).list({.issuer = &root}).list({.issuer = &renewed});
    const auto verdict = bench.judge(forgeLeaf(renewed));
    CHECK(verdict.accepted());
    CHECK(verdict.report().chain().at(1).certificate == cert(renewed));
    CHECK(outcomeOf(verdict, Step::ValidityPeriod, 1) == Outcome::Passed);
}

TEST_CASE("of chains that all fail, the one that came furthest is reported") {
    const auto lost = forgeRoot("Lost CA", {.keyIndex = 4});
    const auto root = forgeRoot();
    const auto lineOfLost = forgeIntermediate(lost, "Line CA", {.keyIndex = 2});
    const auto lineOfRoot = forgeIntermediate(root, "Line CA", {.keyIndex = 2, .notAfter = forgeDate(2026, 3, 1)});
    Bench bench;
    bench.trust(root).issuer(lineOfLost).issuer(lineOfRoot).list({.issuer = &root}).list({.issuer = &lineOfRoot});
    CHECK(bench.judge(forgeLeaf(lineOfRoot)).status() == S::BadCertificateIssuerTimeInvalid);
}

TEST_CASE("CAs that only certify each other are no chain") {
    const auto keyA = forgeKey("p256", 1);
    const auto keyB = forgeKey("p256", 2);
    const auto rootA = forgeRoot("CA A", {.keyPair = keyA});
    const auto rootB = forgeRoot("CA B", {.keyPair = keyB});
    const auto aByB = forgeIntermediate(rootB, "CA A", {.keyPair = keyA});
    const auto bByA = forgeIntermediate(rootA, "CA B", {.keyPair = keyB});
    const auto plc = forgeLeaf(aByB);
    Bench bench;
    const auto verdict = bench.trust(aByB).trust(bByA).judge(plc);
    CHECK(verdict.status() == S::BadCertificateChainIncomplete);
    REQUIRE(verdict.report().decisive() != nullptr);
    CHECK(contains(verdict.report().decisive()->message, "certify each other"));
    CHECK(bench.trust(rootA).list({.issuer = &rootA}).judge(plc).accepted());
}

TEST_CASE("a root whose own signature is wrong is refused, also when it is trusted") {
    auto root = forgeRoot();
    const auto plc = forgeLeaf(root);
    root.der = tamperSignature(root.der);
    Bench bench;
    const auto verdict = bench.trust(root).list({.issuer = &root}).judge(plc);
    CHECK(verdict.status() == S::BadCertificateInvalid);
    CHECK(outcomeOf(verdict, Step::Signature, 0) == Outcome::Passed);
    CHECK(outcomeOf(verdict, Step::Signature, 1) == Outcome::Failed);
    CHECK(contains(findingOf(verdict, Step::Signature, 1).message, "its own key"));
}

TEST_CASE("a self-signed certificate whose signature is wrong is refused, also when it is trusted") {
    auto plc = forgeCertificate();
    plc.der = tamperSignature(plc.der);
    for (const bool withKeyIds : {true, false}) {
        auto each = withKeyIds ? plc : forgeCertificate({.ski = false, .aki = false});
        if (!withKeyIds) each.der = tamperSignature(each.der);
        Bench bench;
        const auto verdict = bench.trust(each).judge(each);
        CHECK(verdict.status() == S::BadCertificateInvalid);
        CHECK(outcomeOf(verdict, Step::Signature) == Outcome::Failed);
    }
}

TEST_CASE("a tampered copy of a trusted self-signed certificate is refused for its signature") {
    const auto plc = forgeCertificate();
    Bench bench;
    CHECK(bench.trust(plc).judge(tamperSignature(plc.der)).status() == S::BadCertificateInvalid);
}

TEST_CASE("a look-alike of a trusted certificate with another key is untrusted") {
    const auto plc = forgeCertificate({.serial = "0102"});
    const auto lookalike = forgeCertificate({.keyIndex = 3, .serial = "0102"});
    Bench bench;
    CHECK(bench.trust(plc).judge(lookalike).status() == S::BadCertificateUntrusted);
}

TEST_CASE("a certificate issued by an ordinary application is refused for good") {
    const auto root = forgeRoot();
    const auto application = forgeLeaf(root, {.cn = "ordinary", .keyIndex = 2});
    const auto forged = forgeLeaf(application, {.cn = "forged"});
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = S::BadCertificateIssuerUseNotAllowed}));
    REQUIRE(policy.suppress({.status = S::BadCertificateRevocationUnknown}));
    Bench bench;
    const auto verdict = bench.obey(policy).trust(root).trust(application).list({.issuer = &root}).judge(forged);
    CHECK(verdict.status() == S::BadCertificateIssuerUseNotAllowed);
    CHECK_FALSE(findingOf(verdict, Step::CertificateUsage, 1).suppressible);
}

TEST_CASE("the depth of a chain is bounded, and the report says by what") {
    std::vector<ForgedCert> chain{forgeRoot("CA 0", {.keyName = "p256", .keyIndex = 1})};
    for (int i = 1; i <= 4; ++i) {
        const auto& above = chain.back();
        chain.push_back(forgeIntermediate(above, "CA " + std::to_string(i), {.keyName = "p256", .keyIndex = i + 1}));
    }
    const auto plc = forgeLeaf(chain.back(), {.keyName = "p256"});
    Bench bench;
    for (const auto& each : chain) bench.trust(each).list({.issuer = &each});
    CHECK(bench.judge(plc).accepted());
    bench.budget.maxDepth = 6;
    CHECK(bench.judge(plc).accepted());
    bench.budget.maxDepth = 5;
    const auto verdict = bench.judge(plc);
    CHECK(verdict.status() == S::BadCertificateChainIncomplete);
    CHECK(contains(verdict.report().decisive()->message, "budget of 5 certificates"));
    CHECK(contains(verdict.report().decisive()->remedy, "Budget::maxDepth"));
}

TEST_CASE("candidates and signatures are bounded, and the report says by what") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.budget.maxCandidates = 1;
    auto verdict = bench.judge(plant.plc);
    CHECK(verdict.status() == S::BadCertificateChainIncomplete);
    CHECK(contains(verdict.report().decisive()->message, "budget of 1 candidate issuers"));

    bench.budget.maxCandidates = 2;
    CHECK(bench.judge(plant.plc).accepted());

    for (std::size_t signatures = 0; signatures < 3; ++signatures) {
        CAPTURE(signatures);
        bench.budget.maxSignatures = signatures;
        verdict = bench.judge(plant.plc);
        CHECK(verdict.status() == S::BadCertificateChainIncomplete);
        CHECK(contains(verdict.report().decisive()->remedy, "Budget::maxSignatures"));
    }
    bench.budget.maxSignatures = 3;
    CHECK(bench.judge(plant.plc).accepted());
}

TEST_CASE("a budget that runs out does not hide the better account of another chain") {
    const Plant plant;
    Bench bench;
    // The chain is complete and untrusted; then there are candidates left and no budget.
    bench.issuer(plant.root).issuer(plant.line).issuer(otherLine(plant.root)).list({.issuer = &plant.root}).list({.issuer = &plant.line});
    bench.budget.maxCandidates = 2;
    const auto verdict = bench.judge(plant.plc);
    CHECK(verdict.status() == S::BadCertificateUntrusted);
    CHECK(contains(verdict.report().content().note, "budget"));
    CHECK_FALSE(verdict.accepted());
}

TEST_CASE("a crowd of CAs of one name ends in a refusal, from the peer and from the lists") {
    const Plant plant;
    const auto crowd = lookalikes(99, "Line CA", keyIdOf(plant.line));
    std::vector<ForgedCert> sent{plant.plc};
    sent.insert(sent.end(), crowd.begin(), crowd.end());
    Bench remote;
    CHECK_FALSE(remote.trust(plant.root).list({.issuer = &plant.root}).judge(sent).accepted());

    Bench local;
    for (const auto& each : lookalikes(600, "Line CA", keyIdOf(plant.line))) local.issuer(each);
    CHECK_FALSE(local.trust(plant.root).list({.issuer = &plant.root}).judge(plant.plc).accepted());
}

TEST_CASE("a mesh of CAs that certify each other ends in a refusal") {
    constexpr int size = 7;
    std::vector<ForgedCert> roots;
    for (int i = 0; i < size; ++i) roots.push_back(forgeRoot("CA " + std::to_string(i), {.keyName = "p256", .keyIndex = i}));
    std::vector<ForgedCert> mesh;
    for (int i = 0; i < size; ++i) {
        for (int j = 0; j < size; ++j) {
            if (i != j)
                mesh.push_back(
                    forgeIntermediate(roots[static_cast<std::size_t>(i)], "CA " + std::to_string(j), {.keyName = "p256", .keyIndex = j}));
        }
    }
    std::vector<ForgedCert> sent{forgeLeaf(mesh.front(), {.keyName = "p256", .keyIndex = 9})};
    sent.insert(sent.end(), mesh.begin(), mesh.end());
    Bench bench;
    const auto verdict = bench.judge(sent);
    CHECK(verdict.status() == S::BadCertificateChainIncomplete);
    CHECK(isComplete(verdict.report()));
}

TEST_CASE("chains that came less far are kept, and told") {
    // Two roots of one name and key: one expired, one not trusted. The application's own CA is below both.
    const auto expired = forgeRoot("Plant CA", {.notAfter = forgeDate(2026, 2, 1)});
    const auto renewed = forgeRoot("Plant CA");
    const auto line = forgeIntermediate(expired);
    const auto plc = forgeLeaf(line);
    Bench bench;
    bench.trust(expired).issuer(renewed).issuer(line).list({.issuer = &expired}).list({.issuer = &line});
    const auto verdict = bench.judge(plc);

    REQUIRE(verdict.status() == StatusCode::BadCertificateIssuerTimeInvalid);
    const auto& content = verdict.report().content();
    CHECK(content.chainsTried == 2);
    REQUIRE(content.otherChains.size() == 1);
    CHECK(content.otherChains[0].failure.status == StatusCode::BadCertificateUntrusted);
    REQUIRE(content.otherChains[0].chain.size() == 3);
    CHECK(content.otherChains[0].chain[2].certificate == cert(renewed));
    CHECK(contains(explain(verdict.report()), "Other chains that came less far (2 were tried in all)"));

    bench.trust(renewed);
    const auto accepted = bench.judge(plc);
    REQUIRE(accepted.accepted());
    CHECK(accepted.report().content().otherChains.empty());
}
