#include <uatrust/session/handshake.hpp>

#include <set>

#include "fixture.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

HandshakeFinding finding(HandshakeCheck check, Outcome outcome, StatusCode status = StatusCode::Good) {
    return {check, outcome, status, "What was seen.", "What to do."};
}

HandshakeVerdict verdictOf(Role role, std::vector<HandshakeFinding> findings) {
    HandshakeReport report;
    report.message = "CreateSession";
    report.role = role;
    report.findings = std::move(findings);
    return HandshakeVerdict{std::move(report)};
}

}  // namespace

TEST_CASE("Every check has a name of its own") {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(HandshakeCheck::UserSignature); ++i)
        names.insert(handshakeCheckName(static_cast<HandshakeCheck>(i)));
    CHECK(names.size() == static_cast<std::size_t>(HandshakeCheck::UserSignature) + 1);
    CHECK_FALSE(names.contains("unknown"));
    CHECK(handshakeCheckName(static_cast<HandshakeCheck>(200)) == "unknown");
}

TEST_CASE("A verdict without a single finding accepts nothing") {
    const HandshakeVerdict verdict{HandshakeReport{}};
    CHECK_FALSE(verdict.accepted());
    CHECK(verdict.status() == StatusCode::BadInternalError);
    CHECK(isBad(verdict.statusForPeer()));
}

TEST_CASE("A verdict is that of the first failure") {
    const auto accepted = verdictOf(
        Role::Server, {finding(HandshakeCheck::Nonce, Outcome::Passed), finding(HandshakeCheck::UserToken, Outcome::NotApplicable)});
    CHECK(accepted.accepted());
    CHECK(accepted.status() == StatusCode::Good);
    CHECK(accepted.statusForPeer() == StatusCode::Good);
    CHECK(accepted.report().decisive() == nullptr);

    const auto refused = verdictOf(
        Role::Server, {finding(HandshakeCheck::SecurityModeOffered, Outcome::Passed),
                       finding(HandshakeCheck::Nonce, Outcome::Failed, StatusCode::BadNonceInvalid),
                       finding(HandshakeCheck::ApplicationSignature, Outcome::Failed, StatusCode::BadApplicationSignatureInvalid)});
    CHECK_FALSE(refused.accepted());
    CHECK(refused.status() == StatusCode::BadNonceInvalid);
    REQUIRE(refused.report().decisive() != nullptr);
    CHECK(refused.report().decisive()->check == HandshakeCheck::Nonce);
}

TEST_CASE("A failure without a bad status is a refusal all the same") {
    const auto verdict = verdictOf(Role::Server, {finding(HandshakeCheck::Nonce, Outcome::Failed, StatusCode::Good)});
    CHECK_FALSE(verdict.accepted());
    CHECK(isBad(verdict.status()));
    CHECK(isBad(verdict.statusForPeer()));
}

TEST_CASE("A server tells its client of a certificate only what OPC 10000-4 allows, and of the rest the status") {
    const auto told = [](Role role, HandshakeCheck check, StatusCode status) {
        return verdictOf(role, {finding(check, Outcome::Failed, status)}).statusForPeer();
    };
    for (const auto status :
         {StatusCode::BadCertificateUntrusted, StatusCode::BadCertificateRevoked, StatusCode::BadCertificateChainIncomplete,
          StatusCode::BadCertificateInvalid, StatusCode::BadCertificatePolicyCheckFailed, StatusCode::BadInternalError}) {
        CHECK(told(Role::Server, HandshakeCheck::CertificateTrusted, status) == StatusCode::BadSecurityChecksFailed);
        CHECK(told(Role::Client, HandshakeCheck::CertificateTrusted, status) == status);
    }
    for (const auto status :
         {StatusCode::BadCertificateTimeInvalid, StatusCode::BadCertificateUriInvalid, StatusCode::BadCertificateUseNotAllowed}) {
        CHECK(told(Role::Server, HandshakeCheck::CertificateTrusted, status) == status);
    }
    CHECK(told(Role::Server, HandshakeCheck::Nonce, StatusCode::BadNonceInvalid) == StatusCode::BadNonceInvalid);
    CHECK(told(Role::Server, HandshakeCheck::ReceiverThumbprint, StatusCode::BadCertificateInvalid) == StatusCode::BadCertificateInvalid);
    CHECK(told(Role::Server, HandshakeCheck::UserToken, StatusCode::BadIdentityTokenRejected) == StatusCode::BadIdentityTokenRejected);
}

TEST_CASE("explain() says what was decided, why, what to do, and lists every check") {
    const auto verdict =
        verdictOf(Role::Server, {finding(HandshakeCheck::SecurityPolicyOffered, Outcome::Passed),
                                 finding(HandshakeCheck::CertificateTrusted, Outcome::Failed, StatusCode::BadCertificateUntrusted),
                                 finding(HandshakeCheck::Nonce, Outcome::NotReached)});
    const auto text = explain(verdict.report());
    CHECK(contains(text, "CreateSession"));
    CHECK(contains(text, "BadCertificateUntrusted"));
    CHECK(contains(text, "BadSecurityChecksFailed"));
    CHECK(contains(text, "What was seen."));
    CHECK(contains(text, "What to do."));
    for (const auto& each : verdict.report().findings) CHECK(contains(text, handshakeCheckName(each.check)));
    CHECK(contains(text, outcomeName(Outcome::NotReached)));
}

TEST_CASE("summarize() is one line") {
    const auto refused = verdictOf(Role::Client, {finding(HandshakeCheck::Nonce, Outcome::Failed, StatusCode::BadNonceInvalid)});
    const auto text = summarize(refused.report());
    CHECK_FALSE(contains(text, "\n"));
    CHECK(contains(text, "server is refused with BadNonceInvalid"));
    CHECK(contains(text, "What to do."));
    CHECK(contains(summarize(verdictOf(Role::Server, {finding(HandshakeCheck::Nonce, Outcome::Passed)}).report()), "client is accepted"));
}

TEST_CASE("An empty report can be explained") {
    CHECK(contains(explain(HandshakeReport{}), "BadInternalError"));
    CHECK(contains(summarize(HandshakeReport{}), "BadInternalError"));
}

TEST_CASE("What a peer sent cannot break out of its line") {
    HandshakeReport report;
    report.message = "CreateSession";
    report.findings.push_back(
        {HandshakeCheck::Nonce, Outcome::Failed, StatusCode::BadNonceInvalid, "seen\nAll is well\x1b[2J", "do\rthis"});
    CHECK_FALSE(contains(summarize(report), "\n"));
    for (const char* hostile : {"\x1b", "\r", "\nAll is well"}) {
        CHECK_FALSE(contains(summarize(report), hostile));
        CHECK_FALSE(contains(explain(report), hostile));
    }
}
