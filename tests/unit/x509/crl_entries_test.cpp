#include <uatrust/x509/crl_entries.hpp>

#include "support/catch.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;

TEST_CASE("The entries of a CRL are listed by serial number, as many as are wanted") {
    const auto ca = forgeRoot("Plant CA");
    const auto at = forgeDate(2026, 3, 1);
    const auto crl =
        Crl::fromDer(forgeCrl({.issuer = &ca, .revoked = {{.serial = "7F02"}, {.serial = "05", .at = at, .reason = 1}, {.serial = "0A"}}}))
            .value();
    const auto all = crlEntries(crl, 1000);
    REQUIRE(all.size() == 3);
    CHECK(all[0].serialNumber == "05");
    CHECK(all[0].entry.revokedAt == at);
    CHECK(all[0].entry.reason == "keyCompromise");
    CHECK(all[1].serialNumber == "0A");
    CHECK(all[1].entry.reason.empty());
    CHECK(all[2].serialNumber == "7F02");
    for (const auto& each : all) CHECK(crl.find(each.serialNumber));
    CHECK(crlEntries(crl, 2).size() == 2);
    CHECK(crlEntries(crl, 0).empty());
    CHECK(crlEntries(Crl::fromDer(forgeCrl({.issuer = &ca})).value(), 10).empty());
}
