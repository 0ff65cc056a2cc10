#pragma once

#include <uatrust/x509/departures.hpp>

#include "tool/doctor/checks.hpp"

namespace uatrust::tool {

/// addDepartures() adds what a strict validator refuses as one finding of `refused`, and the rest as one of Check::Advice.
/// `subject` begins both sentences.
void addDepartures(const std::vector<Departure>& departures, const std::string& subject, const std::string& source, const std::string& cure,
                   Check refused, const std::string& where, Chart& chart);

}  // namespace uatrust::tool
