#include <uatrust/validation/step.hpp>

#include <set>

#include "unit/validation/bench.hpp"

using namespace uatrust;

namespace {

struct Row {
    Step step;
    StatusCode leaf;
    StatusCode issuer;
    bool suppressible;
    AuditEventType event;
};

using S = StatusCode;
using A = AuditEventType;

// OPC 10000-4, 6.1.3, written down a second time.
constexpr Row expected[] = {
    {Step::Structure, S::BadCertificateInvalid, S::BadCertificateInvalid, false, A::CertificateInvalid},
    {Step::BuildChain, S::BadCertificateChainIncomplete, S::BadCertificateChainIncomplete, false, A::CertificateInvalid},
    {Step::Signature, S::BadCertificateInvalid, S::BadCertificateInvalid, false, A::CertificateInvalid},
    {Step::SecurityPolicyCheck, S::BadCertificatePolicyCheckFailed, S::BadCertificatePolicyCheckFailed, true, A::CertificateInvalid},
    {Step::TrustList, S::BadCertificateUntrusted, S::BadCertificateUntrusted, false, A::CertificateUntrusted},
    {Step::ValidityPeriod, S::BadCertificateTimeInvalid, S::BadCertificateIssuerTimeInvalid, true, A::CertificateExpired},
    {Step::HostName, S::BadCertificateHostNameInvalid, S::BadCertificateHostNameInvalid, true, A::CertificateDataMismatch},
    {Step::Uri, S::BadCertificateUriInvalid, S::BadCertificateUriInvalid, false, A::CertificateDataMismatch},
    {Step::CertificateUsage, S::BadCertificateUseNotAllowed, S::BadCertificateIssuerUseNotAllowed, true, A::CertificateMismatch},
    {Step::FindRevocationList, S::BadCertificateRevocationUnknown, S::BadCertificateIssuerRevocationUnknown, true, A::CertificateRevoked},
    {Step::RevocationCheck, S::BadCertificateRevoked, S::BadCertificateIssuerRevoked, false, A::CertificateRevoked},
};

}  // namespace

TEST_CASE("the step table has the rows of the specification in its order") {
    REQUIRE(stepTable().size() == std::size(expected));
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        const StepInfo& row = stepTable()[i];
        CAPTURE(row.name);
        CHECK(row.step == expected[i].step);
        CHECK(row.leafStatus == expected[i].leaf);
        CHECK(row.issuerStatus == expected[i].issuer);
        CHECK(row.suppressible == expected[i].suppressible);
        CHECK(row.auditEvent == expected[i].event);
        CHECK(&stepInfo(expected[i].step) == &row);
    }
}

TEST_CASE("each step has a name of its own") {
    std::set<std::string_view> names;
    for (const auto& row : stepTable()) names.insert(row.name);
    CHECK(names.size() == stepTable().size());
    CHECK(names.count("") == 0);
}

TEST_CASE("a status leads to the step that may be suppressed with it, and to none otherwise") {
    for (const auto& info : statusTable()) {
        CAPTURE(info.name);
        const StepInfo* wanted = nullptr;
        for (const auto& row : expected) {
            if (row.suppressible && (row.leaf == info.code || row.issuer == info.code)) wanted = &stepInfo(row.step);
        }
        CHECK(suppressibleStep(info.code) == wanted);
    }
    CHECK(suppressibleStep(S::BadCertificateUntrusted) == nullptr);
    CHECK(suppressibleStep(S::BadCertificateUriInvalid) == nullptr);
    CHECK(suppressibleStep(S::BadCertificateRevoked) == nullptr);
}

TEST_CASE("a server tells its peer only what the peer can see in its own certificate") {
    const std::set<StatusCode> told{S::BadCertificateTimeInvalid, S::BadCertificateIssuerTimeInvalid, S::BadCertificateUriInvalid,
                                    S::BadCertificateUseNotAllowed, S::BadCertificateIssuerUseNotAllowed};
    for (const auto& info : statusTable()) {
        CAPTURE(info.name);
        const auto wanted = isGood(info.code) || told.count(info.code) != 0 ? info.code : S::BadSecurityChecksFailed;
        CHECK(statusForPeer(info.code, Role::Server) == wanted);
    }
    // Where implementations disagree most.
    CHECK(statusForPeer(S::BadCertificateUntrusted, Role::Server) == S::BadSecurityChecksFailed);
    CHECK(statusForPeer(S::BadCertificateRevocationUnknown, Role::Server) == S::BadSecurityChecksFailed);
    CHECK(statusForPeer(S::BadCertificateIssuerRevocationUnknown, Role::Server) == S::BadSecurityChecksFailed);
}

TEST_CASE("a client keeps the exact status for its own user") {
    for (const auto& info : statusTable()) CHECK(statusForPeer(info.code, Role::Client) == info.code);
}

TEST_CASE("the table says which rows a server tells, and what it tells follows from it") {
    const std::set<Step> told{Step::ValidityPeriod, Step::Uri, Step::CertificateUsage};
    for (const auto& row : stepTable()) {
        CAPTURE(row.name);
        CHECK(row.toldToPeer == (told.count(row.step) != 0));
        for (const auto status : {row.leafStatus, row.issuerStatus})
            CHECK(statusForPeer(status, Role::Server) == (row.toldToPeer ? status : S::BadSecurityChecksFailed));
    }
}
