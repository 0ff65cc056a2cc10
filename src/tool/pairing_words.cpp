#include "tool/pairing.hpp"

#include <array>

#include "tool/list_rows.hpp"
#include "tool/text.hpp"

// What programs are told of a pairing window.
namespace uatrust::tool {
namespace {

using namespace std::string_view_literals;

constexpr std::array kEventNames{"let-in"sv, "confirmed"sv, "dropped"sv, "taken-back"sv, "passed-over"sv, "trouble"sv, "closed"sv};

}  // namespace

std::string_view pairingEventName(PairingEvent::Kind kind) noexcept { return kEventNames.at(static_cast<std::size_t>(kind)); }

Json pairingJson(const Pairing& pairing, Instant now) {
    Json entries = Json::array();
    for (const auto& each : pairing.entries()) {
        entries.push_back({{"id", each.certificate.id().text()},
                           {"name", nameOf(each.certificate.subject())},
                           {"thumbprint", each.certificate.thumbprint().text()},
                           {"phone", inFours(each.certificate.id().text())},
                           {"state", pairingStateName(each.state)},
                           {"at", formatInstant(each.at)}});
    }
    const auto& options = pairing.options();
    return {{"until", formatInstant(pairing.until())},
            {"left", pairing.left(now).count()},
            {"max", options.max},
            {"endpoint", options.endpointUrl.empty() ? Json() : Json(printable(options.endpointUrl))},
            {"entries", std::move(entries)}};
}

}  // namespace uatrust::tool
