#include "tool/values.hpp"

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::tool {

Result<Instant> parseMoment(const std::string& text) {
    if (const auto moment = parseInstant(text)) return *moment;
    if (const auto day = parseInstant(text + "T00:00:00Z")) return *day;
    return Error{StatusCode::BadInvalidArgument, fmt::format("\"{}\" is no moment.", printable(text)),
                 "Write it in UTC, like 2026-06-15T12:00:00Z, or give a day, like 2026-06-15."};
}

}  // namespace uatrust::tool
