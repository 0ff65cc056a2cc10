#include <uatrust/validation/report.hpp>

#include "unit/validation/bench.hpp"

using namespace uatrust;

namespace {

Finding failure(Step step, std::size_t position, StatusCode status) {
    return {.step = step, .position = position, .outcome = Outcome::Failed, .status = status};
}

Finding seen(Step step, Outcome outcome, StatusCode status = StatusCode::Good) {
    return {.step = step, .position = 0, .outcome = outcome, .status = status};
}

}  // namespace

TEST_CASE("each outcome has its name") {
    CHECK(outcomeName(Outcome::Passed) == "Passed");
    CHECK(outcomeName(Outcome::Failed) == "Failed");
    CHECK(outcomeName(Outcome::Suppressed) == "Suppressed");
    CHECK(outcomeName(Outcome::NotApplicable) == "NotApplicable");
    CHECK(outcomeName(Outcome::NotReached) == "NotReached");
}

TEST_CASE("the failure that decides is the first in step order, the peer's own certificate before its issuers") {
    // In another order than that of the table, so that it is the rule and not the luck of the list.
    const Report report{{.findings = {failure(Step::RevocationCheck, 0, StatusCode::BadCertificateRevoked),
                                      failure(Step::ValidityPeriod, 1, StatusCode::BadCertificateIssuerTimeInvalid),
                                      failure(Step::ValidityPeriod, 0, StatusCode::BadCertificateTimeInvalid),
                                      failure(Step::CertificateUsage, 0, StatusCode::BadCertificateUseNotAllowed)}}};
    REQUIRE(report.decisive() != nullptr);
    CHECK(report.decisive()->step == Step::ValidityPeriod);
    CHECK(report.decisive()->position == 0);
    CHECK(report.status() == StatusCode::BadCertificateTimeInvalid);
}

TEST_CASE("what is suppressed, does not apply or was not reached decides nothing") {
    const Report report{{.findings = {seen(Step::Structure, Outcome::Passed),
                                      seen(Step::ValidityPeriod, Outcome::Suppressed, StatusCode::BadCertificateTimeInvalid),
                                      seen(Step::HostName, Outcome::NotApplicable), seen(Step::RevocationCheck, Outcome::NotReached)}}};
    CHECK(report.decisive() == nullptr);
    CHECK(report.status() == StatusCode::Good);
}

TEST_CASE("a report without any finding is a refusal") {
    const Report report{Report::Content{}};
    CHECK(report.decisive() == nullptr);
    CHECK(report.status() == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("a finding is found by step and position") {
    const Report report{{.findings = {failure(Step::ValidityPeriod, 0, StatusCode::BadCertificateTimeInvalid),
                                      failure(Step::ValidityPeriod, 2, StatusCode::BadCertificateIssuerTimeInvalid)}}};
    REQUIRE(report.find(Step::ValidityPeriod, 2) != nullptr);
    CHECK(report.find(Step::ValidityPeriod, 2)->status == StatusCode::BadCertificateIssuerTimeInvalid);
    CHECK(report.find(Step::ValidityPeriod) == &report.findings().front());
    CHECK(report.find(Step::ValidityPeriod, 1) == nullptr);
    CHECK(report.find(Step::Uri) == nullptr);
}
