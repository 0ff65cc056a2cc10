#pragma once

#include <uatrust/export.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace uatrust {

/// A moment in UTC with the resolution of X.509 dates. Moments before 1970 are ordinary values.
using Instant = std::chrono::sys_seconds;

/// formatInstant() writes ISO 8601 in UTC, "2026-06-15T12:00:00Z". X.509 has the years 0 to 9999 only: a moment
/// outside them is written as the first or last second of that range.
[[nodiscard]] UATRUST_API std::string formatInstant(Instant at);

/// parseInstant() reads what formatInstant() writes; nothing for any other form or an impossible date.
[[nodiscard]] UATRUST_API std::optional<Instant> parseInstant(std::string_view text);

/// formatDuration() writes a span for people, in the one or two units that matter, rounded down: "3 days",
/// "2 hours 5 minutes", "1 year 30 days" (a year counts 365 days).
/// The sign is dropped: the sentence around it says before or after.
[[nodiscard]] UATRUST_API std::string formatDuration(std::chrono::seconds span);

/// Clock is where the library takes the time from, so that a product can hand in its own and a test can stop it.
/// Implementations are called from several threads at once.
class UATRUST_API Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const noexcept = 0;
};

/// SystemClock is the time of this machine.
class UATRUST_API SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const noexcept override;
};

/// systemClock() is the one SystemClock, alive as long as the process.
[[nodiscard]] UATRUST_API const Clock& systemClock() noexcept;

/// FixedClock stands still until it is set: for tests and for judging a certificate as of another day.
class UATRUST_API FixedClock final : public Clock {
public:
    explicit FixedClock(Instant at) noexcept : seconds_{at.time_since_epoch().count()} {}
    [[nodiscard]] Instant now() const noexcept override { return Instant{std::chrono::seconds{seconds_.load()}}; }
    void set(Instant at) noexcept { seconds_.store(at.time_since_epoch().count()); }
    void advance(std::chrono::seconds by) noexcept { seconds_.fetch_add(by.count()); }

private:
    std::atomic<std::chrono::seconds::rep> seconds_;
};

}  // namespace uatrust
