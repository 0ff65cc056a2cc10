#include <uatrust/core/clock.hpp>

#include <algorithm>
#include <array>

#include <fmt/compile.h>
#include <fmt/format.h>

namespace uatrust {
namespace {

using std::chrono::days;
using std::chrono::hh_mm_ss;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr Instant first{sys_days{std::chrono::year{0} / 1 / 1}};
constexpr Instant last{Instant{sys_days{std::chrono::year{10000} / 1 / 1}} - std::chrono::seconds{1}};

// '0' stands for any digit.
constexpr std::string_view pattern = "0000-00-00T00:00:00Z";

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

bool hasForm(std::string_view text) noexcept {
    return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(),
                      [](char c, char expected) { return expected == '0' ? isDigit(c) : c == expected; });
}

unsigned number(std::string_view text, std::size_t at, std::size_t digits) noexcept {
    unsigned value = 0;
    for (const char c : text.substr(at, digits)) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
}

struct Unit {
    std::uint64_t seconds;
    std::string_view name;
};

// A year has 365 days here: the text is for people, and a day more or less in four years does not matter to them.
constexpr std::array units{Unit{31536000, "year"}, Unit{86400, "day"}, Unit{3600, "hour"}, Unit{60, "minute"}, Unit{1, "second"}};

std::string countOf(std::uint64_t count, std::string_view unit) { return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s"); }

std::uint64_t magnitude(std::chrono::seconds span) noexcept {
    const auto value = static_cast<std::uint64_t>(span.count());
    return span.count() < 0 ? 0 - value : value;
}

}  // namespace

std::string formatInstant(Instant at) {
    const Instant shown = std::clamp(at, first, last);
    const auto day = std::chrono::floor<days>(shown);
    const year_month_day date{day};
    const hh_mm_ss time{shown - day};
    // Every verdict writes two of them: to read the format each time would cost more than some of its steps.
    return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z"), static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

std::optional<Instant> parseInstant(std::string_view text) {
    if (!hasForm(text)) return std::nullopt;
    const year_month_day date{std::chrono::year{static_cast<int>(number(text, 0, 4))}, std::chrono::month{number(text, 5, 2)},
                              std::chrono::day{number(text, 8, 2)}};
    const unsigned hour = number(text, 11, 2);
    const unsigned minute = number(text, 14, 2);
    const unsigned second = number(text, 17, 2);
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return Instant{sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

std::string formatDuration(std::chrono::seconds span) {
    const std::uint64_t total = magnitude(span);
    const auto unit = std::find_if(units.begin(), units.end() - 1, [total](const Unit& u) { return total >= u.seconds; });
    std::string text = countOf(total / unit->seconds, unit->name);
    const auto next = unit + 1;
    const std::uint64_t rest = next != units.end() ? total % unit->seconds / next->seconds : 0;
    return rest == 0 ? text : text + ' ' + countOf(rest, next->name);
}

Instant SystemClock::now() const noexcept { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

const Clock& systemClock() noexcept {
    static const SystemClock clock;
    return clock;
}

}  // namespace uatrust
