#include "tool/web/changing.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "tool/web/actions.hpp"
#include "tool/web/imports.hpp"

namespace uatrust::tool::web {
namespace {

constexpr std::size_t kMaxActions = 256U << 10U;
constexpr std::size_t kMaxImport = 8U << 20U;
constexpr std::size_t kMaxPassphrase = 1024;

// Key derivation for what a browser has sent: seconds at most.
constexpr std::uint64_t kMaxIterations = 5'000'000;

Json doneJson(const ChangeRecord& change) { return {{"what", change.what}, {"note", change.note}}; }

Json itemJson(const ImportItem& item) {
    Json departures = Json::array();
    for (const auto& each : item.departures) {
        departures.push_back({{"severity", each.severity == DepartureSeverity::Refused ? "refused" : "discouraged"},
                              {"clause", each.clause},
                              {"text", each.text}});
    }
    return {{"target", importTargetName(item.target)},
            {"from", item.from},
            {"what", item.what},
            {"why", item.why},
            {"departures", std::move(departures)}};
}

// Something in it waits for a passphrase, or for another one.
bool isProtected(const Bundle& bundle) {
    return std::any_of(bundle.problems.begin(), bundle.problems.end(),
                       [](const auto& each) { return each.value.status == StatusCode::BadSecurityChecksFailed; });
}

bool flag(const httplib::Request& request, const char* name) { return request.get_param_value(name) == "1"; }

// Percent-encoded, as a header carries ASCII only.
Result<SecretBytes> passphraseOf(const httplib::Request& request) {
    const auto text = request.get_header_value("X-Uatrust-Passphrase");
    const Error wrong{StatusCode::BadInvalidArgument, "The passphrase cannot be read.", "Give it again."};
    if (text.size() > 3 * kMaxPassphrase) return wrong;
    Bytes octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            octets.push_back(static_cast<std::uint8_t>(text[i]));
            continue;
        }
        const auto octet = fromHex(std::string_view{text}.substr(i + 1, 2));
        if (!octet || octet->size() != 1) return wrong;
        octets.push_back(octet->front());
        i += 2;
    }
    return SecretBytes{std::move(octets)};
}

class Importer {
public:
    Importer(Groups& groups, OperatorName who) : groups_{&groups}, who_{std::move(who)} {}

    Answer plan(Group& group, Call& call) {
        const auto desk = group.changing();
        if (!desk) return errorAnswer(desk.error());
        const auto passphrase = passphraseOf(call.request);
        if (!passphrase) return errorAnswer(passphrase.error());
        // One at a time: what unpacks to much, or derives keys for long, does so once.
        const std::lock_guard guard{planning_};
        BundleOptions options{.maxBytes = kMaxImport, .maxIterations = kMaxIterations};
        if (!passphrase->empty()) {
            options.passphrase = [&]() -> Result<SecretBytes> {
                return SecretBytes{Bytes{passphrase->view().begin(), passphrase->view().end()}};
            };
        }
        const auto bundle = readBundle(call.body.view(), options);
        if (!bundle) return errorAnswer(422, bundle.error());
        const auto own = (*desk)->store->loadOwn();
        if (!own) return errorAnswer(own.error());
        const auto lists = (*desk)->store->snapshot();
        WaitingImport waiting{
            .group = group.id(), .session = call.session.cookie, .name = printable(call.request.get_param_value("name"), 200)};
        waiting.plan =
            planImport(*bundle, {.lists = *lists, .own = *own, .now = systemClock().now()},
                       {.trustApplications = flag(call.request, "trustApplications"), .trustCas = flag(call.request, "trustCas")});
        Json items = Json::array();
        for (const auto& each : waiting.plan.items) items.push_back(itemJson(each));
        const bool changes = waiting.plan.changesAnything();
        const auto id = waiting_.keep(std::move(waiting));
        if (!id) return errorAnswer(id.error());
        return jsonAnswer(Json{{"plan", *id}, {"items", std::move(items)}, {"changes", changes}, {"passphrase", isProtected(*bundle)}});
    }

    Answer carryOut(Group& group, Call& call) {
        const auto desk = group.changing();
        if (!desk) return errorAnswer(desk.error());
        const auto waiting = waiting_.take(call.parts[1], group.id(), call.session.cookie);
        if (!waiting) {
            return errorAnswer({StatusCode::BadNotFound, "This plan is not there any more: it was carried out, or shown too long ago.",
                                "Import the file again."});
        }
        const auto change = uatrust::carryOut(waiting->plan, *(*desk)->manager, *(*desk)->store, waiting->name, who_(call.session));
        groups_->refresh(group);
        return answerOf(change, doneJson);
    }

private:
    Groups* groups_;
    OperatorName who_;
    std::mutex planning_{};
    WaitingImports waiting_{};
};

}  // namespace

void addChangingRoutes(Router& router, Groups& groups, OperatorName who) {
    router.add({"POST", "/api/groups/*/actions",
                onGroup(groups,
                        [&groups, who](Group& group, Call& call) {
                            const auto request = readAction(call.json);
                            if (!request) return errorAnswer(request.error());
                            const auto desk = group.changing();
                            if (!desk) return errorAnswer(desk.error());
                            auto results = act(group, groups, **desk, *request, who(call.session));
                            groups.refresh(group);
                            return jsonAnswer(results);
                        }),
                BodyKind::Json, kMaxActions});
    router.add({"POST", "/api/groups/*/undo", onGroup(groups, [&groups, who](Group& group, Call& call) {
                    const auto desk = group.changing();
                    if (!desk) return errorAnswer(desk.error());
                    const auto change = (*desk)->manager->undo(who(call.session));
                    groups.refresh(group);
                    return answerOf(change, doneJson);
                })});
    const auto importer = std::make_shared<Importer>(groups, who);
    router.add({"POST", "/api/groups/*/import",
                onGroup(groups, [importer](Group& group, Call& call) { return importer->plan(group, call); }), BodyKind::Octets,
                kMaxImport});
    router.add({"POST", "/api/groups/*/import/*",
                onGroup(groups, [importer](Group& group, Call& call) { return importer->carryOut(group, call); })});
}

}  // namespace uatrust::tool::web
