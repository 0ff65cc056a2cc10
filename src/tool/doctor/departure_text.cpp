#include "tool/doctor/departure_text.hpp"

#include <fmt/format.h>

namespace uatrust::tool {
namespace {

std::string textOf(const std::vector<Departure>& departures, DepartureSeverity severity) {
    std::string text;
    for (const auto& each : departures) {
        if (each.severity == severity) text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", each.text, each.clause);
    }
    return text;
}

}  // namespace

void addDepartures(const std::vector<Departure>& departures, const std::string& subject, const std::string& source, const std::string& cure,
                   Check refused, const std::string& where, Chart& chart) {
    if (const auto text = textOf(departures, DepartureSeverity::Refused); !text.empty()) {
        chart.add({refused, where, fmt::format("{} is what a strict validator refuses: {}", subject, text), source, cure});
    }
    if (const auto text = textOf(departures, DepartureSeverity::Discouraged); !text.empty()) {
        chart.add({Check::Advice, where, fmt::format("{} is not as the profile advises: {}", subject, text), source, {}});
    }
}

}  // namespace uatrust::tool
