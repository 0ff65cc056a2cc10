#include <uatrust/core/clock.hpp>

#include <limits>

#include "support/catch.hpp"

using namespace uatrust;
using namespace std::chrono_literals;

namespace {

Instant at(std::int64_t secondsSince1970) { return Instant{std::chrono::seconds{secondsSince1970}}; }

}  // namespace

TEST_CASE("moments are written in ISO 8601") {
    CHECK(formatInstant(at(0)) == "1970-01-01T00:00:00Z");
    CHECK(formatInstant(at(1781524800)) == "2026-06-15T12:00:00Z");
    CHECK(formatInstant(at(951782399)) == "2000-02-28T23:59:59Z");
    CHECK(formatInstant(at(951782400)) == "2000-02-29T00:00:00Z");
}

TEST_CASE("moments before 1970 are ordinary values") {
    CHECK(formatInstant(at(-1)) == "1969-12-31T23:59:59Z");
    CHECK(formatInstant(at(-631152000)) == "1950-01-01T00:00:00Z");
    CHECK(formatInstant(at(-62167219200)) == "0000-01-01T00:00:00Z");
    CHECK(parseInstant("1969-12-31T23:59:59Z") == at(-1));
    CHECK(parseInstant("1950-01-01T00:00:00Z") == at(-631152000));
}

TEST_CASE("the last second of X.509 is written and read") {
    // RFC 5280, 4.1.2.5: a certificate without a good expiration date.
    CHECK(formatInstant(at(253402300799)) == "9999-12-31T23:59:59Z");
    CHECK(parseInstant("9999-12-31T23:59:59Z") == at(253402300799));
}

TEST_CASE("moments outside the years of X.509 are written as its first or last second") {
    CHECK(formatInstant(at(253402300800)) == "9999-12-31T23:59:59Z");
    CHECK(formatInstant(Instant::max()) == "9999-12-31T23:59:59Z");
    CHECK(formatInstant(at(-62167219201)) == "0000-01-01T00:00:00Z");
    CHECK(formatInstant(Instant::min()) == "0000-01-01T00:00:00Z");
}

TEST_CASE("a moment that was written is read again") {
    for (std::int64_t seconds = -62167219200; seconds <= 253402300799; seconds += 86399 * 37) {
        if (parseInstant(formatInstant(at(seconds))) != at(seconds)) FAIL_CHECK(seconds);
    }
}

TEST_CASE("other forms of dates are not read") {
    for (const std::string_view text :
         {"", "2026-06-15", "2026-06-15T12:00:00", "2026-06-15 12:00:00Z", "2026-06-15t12:00:00z", "2026-6-15T12:00:00Z",
          "+026-06-15T12:00:00Z", "-001-06-15T12:00:00Z", "12026-06-15T12:00:00Z", "2026-06-15T12:00:00Z ", " 2026-06-15T12:00:00Z",
          "2026-06-15T12:00:00.5Z", "2026-06-15T12:00:00+00:00", "2026/06/15T12:00:00Z", "20260615120000Z", "2026-06-15T1a:00:00Z"}) {
        INFO(text);
        CHECK_FALSE(parseInstant(text).has_value());
    }
}

TEST_CASE("impossible dates are not read") {
    for (const std::string_view text :
         {"2026-00-15T12:00:00Z", "2026-13-15T12:00:00Z", "2026-06-00T12:00:00Z", "2026-06-31T12:00:00Z", "2025-02-29T00:00:00Z",
          "2100-02-29T00:00:00Z", "2026-06-15T24:00:00Z", "2026-06-15T12:60:00Z", "2026-06-15T12:00:60Z"}) {
        INFO(text);
        CHECK_FALSE(parseInstant(text).has_value());
    }
    CHECK(parseInstant("2024-02-29T00:00:00Z").has_value());
}

TEST_CASE("spans are written in the units that matter") {
    CHECK(formatDuration(0s) == "0 seconds");
    CHECK(formatDuration(1s) == "1 second");
    CHECK(formatDuration(59s) == "59 seconds");
    CHECK(formatDuration(60s) == "1 minute");
    CHECK(formatDuration(61s) == "1 minute 1 second");
    CHECK(formatDuration(2h + 5min + 59s) == "2 hours 5 minutes");
    CHECK(formatDuration(2h + 59s) == "2 hours");
    CHECK(formatDuration(72h) == "3 days");
    CHECK(formatDuration(73h + 30min) == "3 days 1 hour");
    CHECK(formatDuration(24h * 365) == "1 year");
    CHECK(formatDuration(24h * 395) == "1 year 30 days");
    CHECK(formatDuration(24h * 364 + 23h) == "364 days 23 hours");
}

TEST_CASE("the sign of a span is dropped") {
    CHECK(formatDuration(-72h) == "3 days");
    CHECK(formatDuration(std::chrono::seconds::min()) == formatDuration(std::chrono::seconds::max()));
}

TEST_CASE("the system clock goes on from a moment after this was written") {
    const Instant now = systemClock().now();
    CHECK(now > at(1750000000));
    CHECK(systemClock().now() >= now);
    CHECK(&systemClock() == &systemClock());
}

TEST_CASE("a fixed clock stands still until it is set") {
    FixedClock clock{at(100)};
    const Clock& seen = clock;
    CHECK(seen.now() == at(100));
    clock.advance(50s);
    CHECK(seen.now() == at(150));
    clock.advance(-200s);
    CHECK(seen.now() == at(-50));
    clock.set(at(7));
    CHECK(seen.now() == at(7));
}
