#include "tool/web/own_routes.hpp"

#include <algorithm>
#include <array>

#include <uatrust/x509/pem.hpp>

#include "tool/own_work.hpp"

namespace uatrust::tool::web {
namespace {

constexpr std::size_t kMaxBody = 1024;

// In the order of IdentityNoticeKind.
constexpr std::array<std::string_view, 10> kKinds{"expired",       "not-yet-valid",    "uri-mismatch",       "expires-soon",
                                                  "store-problem", "departure",        "host-name-mismatch", "several-certificates",
                                                  "unpaired",      "key-type-mismatch"};

Json noticesOf(const OwnDescription& own) {
    Json json = Json::array();
    if (own.trouble) json.push_back({{"kind", "trouble"}, {"message", own.trouble->message}, {"remedy", own.trouble->remedy}});
    if (!own.identity) return json;
    for (const auto& each : own.notices) {
        const auto kind = static_cast<std::size_t>(each.kind);
        json.push_back({{"kind", kind < kKinds.size() ? kKinds[kind] : "created"}, {"message", each.message}, {"remedy", each.remedy}});
    }
    return json;
}

Json namesOf(const OwnDescription& own) {
    Json json = Json::array();
    for (const auto& each : own.names) {
        json.push_back({{"name", printable(each.name)}, {"inCertificate", each.inCertificate}, {"onMachine", each.onMachine}});
    }
    return json;
}

Json rowOf(const Group& group, const CertificateId& id) {
    const auto view = group.view();
    const auto at =
        std::find_if(view->rows.begin(), view->rows.end(), [&](const Row& each) { return each.list == "own" && each.id == id; });
    return at == view->rows.end() ? Json() : Json::parse(at->json, nullptr, false);
}

Json describe(const Group& group) {
    const auto own = describeOwn(group.looking());
    Json json{{"present", own.identity.has_value()},
              {"entry", nullptr},
              {"keyType", ""},
              {"notices", noticesOf(own)},
              {"names", namesOf(own)},
              {"applicationUri", ""},
              {"backups", own.backups},
              {"pem", ""}};
    if (!own.identity) return json;
    const auto& certificate = own.identity->certificate();
    json["entry"] = rowOf(group, certificate.id());
    json["keyType"] = certificate.publicKey().describe();
    json["applicationUri"] = printable(own.identity->applicationUri());
    std::string pem;
    for (const auto& each : own.identity->chain()) pem += encodePem("CERTIFICATE", each.der());
    json["pem"] = std::move(pem);
    return json;
}

// {"key": "same" | "new"}
Result<OwnWish> wishOf(const Json& json) {
    const auto key = json.value("key", Json());
    if (key != "same" && key != "new") {
        return Error{StatusCode::BadInvalidArgument, "Which key is meant is not said.", "Send {\"key\": \"same\"} or {\"key\": \"new\"}."};
    }
    OwnWish wish;
    wish.newKey = key == "new";
    return wish;
}

class OwnKeeper {
public:
    OwnKeeper(Groups& groups, OperatorName who) : groups_{&groups}, who_{std::move(who)} {}

    Answer renew(Group& group, Call& call) const {
        const auto wish = wishOf(call.json);
        if (!wish) return errorAnswer(wish.error());
        const auto desk = group.changing();
        if (!desk) return errorAnswer(desk.error());
        const auto plan = planRenewal(**desk, *wish);
        if (!plan) return errorAnswer(plan.error());
        const auto change = renewOwn(**desk, *plan, who_(call.session));
        groups_->refresh(group);
        return answerOf(change, [&](const ChangeRecord& record) {
            const auto now = describeOwn(group.looking());
            return Json{{"what", record.what},
                        {"note", record.note},
                        {"id", now.identity ? Json(now.identity->certificate().id().text()) : Json()}};
        });
    }

    Answer request(Group& group, Call& call) const {
        const auto wish = wishOf(call.json);
        if (!wish) return errorAnswer(wish.error());
        const auto desk = group.changing();
        if (!desk) return errorAnswer(desk.error());
        const auto plan = planRequest(**desk, *wish);
        if (!plan) return errorAnswer(plan.error());
        const auto request = requestOwn(**desk, *plan, who_(call.session));
        groups_->refresh(group);
        return answerOf(request, [](const CertificateRequest& made) {
            return Json{{"pem", encodePem("CERTIFICATE REQUEST", made.der())}};
        });
    }

private:
    Groups* groups_;
    OperatorName who_;
};

}  // namespace

void addOwnRoutes(Router& router, Groups& groups, OperatorName who) {
    const OwnKeeper keeper{groups, std::move(who)};
    router.add({"GET", "/api/groups/*/own", onGroup(groups, [](Group& group, Call&) { return jsonAnswer(describe(group)); })});
    router.add({"POST", "/api/groups/*/own/renew",
                onGroup(groups, [keeper](Group& group, Call& call) { return keeper.renew(group, call); }), BodyKind::Json, kMaxBody});
    router.add({"POST", "/api/groups/*/own/request",
                onGroup(groups, [keeper](Group& group, Call& call) { return keeper.request(group, call); }), BodyKind::Json, kMaxBody});
}

}  // namespace uatrust::tool::web
