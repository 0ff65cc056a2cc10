#include "tool/web/pairing_routes.hpp"

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::tool::web {
namespace {

constexpr std::size_t kMaxBody = 4096;

Json asItIs(const Json& json) { return json; }

// {"seconds": 600, "max": 5, "endpoint": null}: what is left out has its default, what is something else is wrong.
Result<PairingOptions> optionsOf(const Json& json, std::string who) {
    const Error error{StatusCode::BadInvalidArgument, "How the window is to be is not understood.",
                      "Send {\"seconds\": 600, \"max\": 5, \"endpoint\": null}."};
    PairingOptions options{.who = std::move(who)};
    const auto seconds = json.value("seconds", Json(options.duration.count()));
    const auto max = json.value("max", Json(options.max));
    const auto endpoint = json.value("endpoint", Json());
    if (!seconds.is_number_unsigned() || !max.is_number_unsigned() || !(endpoint.is_null() || endpoint.is_string())) return error;
    if (seconds > PairingOptions::kLongest.count() || max > PairingOptions::kMost) return error;
    options.duration = std::chrono::seconds{seconds.get<std::int64_t>()};
    options.max = max.get<std::size_t>();
    if (endpoint.is_string()) options.endpointUrl = endpoint.get<std::string>();
    if (auto checked = Pairing::check(options); !checked) return checked.error();
    return options;
}

Result<CertificateId> idOf(const Json& json) {
    const auto id = json.value("id", Json());
    const auto parsed = id.is_string() ? parseId(id.get<std::string>()) : std::nullopt;
    if (parsed) return *parsed;
    return Error{StatusCode::BadInvalidArgument, "Which certificate is meant is not said.", "Send its SHA-256: {\"id\": \"...\"}."};
}

}  // namespace

void addPairingRoutes(Router& router, Groups& groups, OperatorName who) {
    router.add({"POST", "/api/groups/*/pairing",
                onGroup(groups,
                        [&groups, who](Group& group, Call& call) {
                            auto options = optionsOf(call.json, who(call.session));
                            if (!options) return errorAnswer(options.error());
                            const auto desk = group.changing();
                            if (!desk) return errorAnswer(desk.error());
                            const auto opened = group.pairing().open(**desk, std::move(*options));
                            groups.refresh(group);
                            return answerOf(opened, asItIs);
                        }),
                BodyKind::Json, kMaxBody});
    router.add({"DELETE", "/api/groups/*/pairing", onGroup(groups, [&groups](Group& group, Call&) {
                    const auto closed = group.pairing().close();
                    groups.refresh(group);
                    return closed ? emptyAnswer() : errorAnswer(closed.error());
                })});
    const auto decision = [&groups](Result<Json> (PairingWindow::*decide)(const CertificateId&)) {
        return onGroup(groups, [&groups, decide](Group& group, Call& call) {
            const auto id = idOf(call.json);
            if (!id) return errorAnswer(id.error());
            const auto decided = (group.pairing().*decide)(*id);
            groups.refresh(group);
            return answerOf(decided, asItIs);
        });
    };
    router.add({"POST", "/api/groups/*/pairing/confirm", decision(&PairingWindow::confirm), BodyKind::Json, kMaxBody});
    router.add({"POST", "/api/groups/*/pairing/drop", decision(&PairingWindow::drop), BodyKind::Json, kMaxBody});
}

}  // namespace uatrust::tool::web
