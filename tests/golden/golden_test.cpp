// What holds for the golden cases as a whole. Each case is a test of its own, made from golden_cases.cpp.in.

#include <map>
#include <set>

#include "golden/golden_case.hpp"
#include "golden/line_diff.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

/// What the reports of all cases hold together.
struct Seen {
    std::set<std::string> statuses{};
    std::map<Step, std::set<char>> ofLeaf{};
    std::map<Step, std::set<char>> ofIssuer{};

    Seen() {
        for (const auto& name : goldenNames()) {
            const auto verdict = judgeGolden(name, readGolden(name).input);
            statuses.emplace(statusName(verdict.status()));
            for (const auto& each : verdict.report().findings()) (each.position == 0 ? ofLeaf : ofIssuer)[each.step].insert(letterOf(each));
        }
    }

    static char letterOf(const Finding& finding) { return "PFSAR"[static_cast<std::size_t>(finding.outcome)]; }
};

/// How a step can end: P passed, F failed, S suppressed, A not applicable, R not reached. What an AcceptAllPolicy waives is
/// suppressed, too.
struct Possible {
    Step step;
    std::string ofLeaf;
    std::string ofIssuer;
};

const std::vector<Possible>& everythingPossible() {
    static const std::vector<Possible> all{{Step::Structure, "PF", "PF"},           {Step::BuildChain, "PFSR", "PF"},
                                           {Step::Signature, "PFR", "PFR"},         {Step::SecurityPolicyCheck, "PFSAR", "PFSA"},
                                           {Step::TrustList, "PFSR", "FA"},         {Step::ValidityPeriod, "PFSR", "PFS"},
                                           {Step::HostName, "PFSAR", "A"},          {Step::Uri, "PFAR", "A"},
                                           {Step::CertificateUsage, "PFSR", "PFS"}, {Step::FindRevocationList, "PFSAR", "PFSAR"},
                                           {Step::RevocationCheck, "PFAR", "PFAR"}};
    return all;
}

/// As in Possible.
std::string lettersOf(const std::set<char>& seen) {
    std::string letters;
    for (const char each : std::string{"PFSAR"}) {
        if (seen.count(each) == 1) letters += each;
    }
    return letters;
}

}  // namespace

TEST_CASE("there are golden cases, each with an expectation") {
    const auto names = goldenNames();
    REQUIRE(names.size() >= 50);
    for (const auto& name : names) {
        CAPTURE(name);
        CHECK_FALSE(readGolden(name).expected.empty());
    }
}

TEST_CASE("every status of the table decides a golden case") {
    const Seen seen;
    CHECK(seen.statuses.count("Good") == 1);
    for (const auto& row : stepTable()) {
        CHECK(seen.statuses.count(std::string{statusName(row.leafStatus)}) == 1);
        CHECK(seen.statuses.count(std::string{statusName(row.issuerStatus)}) == 1);
    }
}

TEST_CASE("every step has every outcome that it can have in a golden case, for a leaf and for an issuer, and no other") {
    Seen seen;
    REQUIRE(everythingPossible().size() == stepTable().size());
    for (const auto& each : everythingPossible()) {
        CAPTURE(stepInfo(each.step).name);
        CHECK(lettersOf(seen.ofLeaf[each.step]) == each.ofLeaf);
        CHECK(lettersOf(seen.ofIssuer[each.step]) == each.ofIssuer);
    }
}

TEST_CASE("every file of the golden PKI is used by a case, and none that a case uses is missing") {
    std::string inputs;
    for (const auto& name : goldenNames()) inputs += readGolden(name).input;
    for (const auto& entry : std::filesystem::directory_iterator{goldenPki()}) {
        const auto file = entry.path().filename().string();
        CAPTURE(file);
        CHECK(inputs.find(' ' + file) != std::string::npos);
    }
}

TEST_CASE("a report has no path of the machine that made it") {
    for (const auto& name : goldenNames()) {
        CAPTURE(name);
        const auto golden = readGolden(name);
        CHECK(golden.expected.find(goldenPki().parent_path().string()) == std::string::npos);
        CHECK(golden.expected.find("/home/") == std::string::npos);
        CHECK(golden.expected.find("/tmp/") == std::string::npos);
    }
}

TEST_CASE("a case that is not understood fails, whatever it is") {
    const std::string good = "title: x\nclock: 2026-06-15T12:00:00Z\nsent: alone.pem\n";
    REQUIRE_NOTHROW(judgeGolden("x", good));
    CHECK_THROWS(judgeGolden("x", ""));
    CHECK_THROWS(judgeGolden("x", "clock: 2026-06-15T12:00:00Z\nsent: alone.pem\n"));
    CHECK_THROWS(judgeGolden("x", "title: x\nsent: alone.pem\n"));
    CHECK_THROWS(judgeGolden("x", "title: x\nclock: 2026-06-15T12:00:00Z\n"));
    for (const auto* line : {"trust: alone.pem", "no key", "trusted: no-such-file.pem", "role: both", "profile: none", "host",
                             "suppress: BadCertificateUntrusted", "suppress: BadCertificateTimeInvalid until yesterday",
                             "revocation: sometimes", "clock tolerance: 5", "accept all: of alone.pem", "budget: maxLuck 7",
                             "security policy: None of them", "-----BEGIN CERTIFICATE-----"}) {
        CAPTURE(line);
        CHECK_THROWS(judgeGolden("x", good + line + "\n"));
    }
}

TEST_CASE("an expectation begins below its mark") {
    const auto golden = splitGolden("title: x\n\n=== expected\nstatus: Good\n");
    CHECK(golden.input == "title: x\n\n=== expected\n");
    CHECK(golden.expected == "status: Good\n");
    CHECK(splitGolden("title: x\n").expected.empty());
    CHECK(splitGolden("title: x\n=== expected").expected.empty());
    CHECK(splitGolden("title: x\r\n=== expected\r\na\r\n").expected == "a\r\n");
}

TEST_CASE("a difference is shown line by line") {
    CHECK(lineDiff("a\nb\nc\n", "a\nb\nc\n").empty());
    CHECK(lineDiff("a\r\nb\r\n", "a\nb\n").empty());
    CHECK(lineDiff("a\nb\nc\n", "a\nx\nc\n") == "  a\n- b\n+ x\n  c\n");
    CHECK(lineDiff("a\nb\n", "b\nc\n") == "- a\n  b\n+ c\n");
    CHECK(lineDiff("", "a\n") == "+ a\n");
    CHECK(lineDiff("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\nx\n") == "  ...\n  3\n  4\n  5\n- 6\n+ x\n");
}
