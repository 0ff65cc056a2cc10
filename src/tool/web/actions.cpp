#include "tool/web/actions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tool/web/rows.hpp"

namespace uatrust::tool::web {
namespace {

constexpr std::size_t kMaxNamed = 5;

struct Word {
    std::string_view word;
    TrustAction action;
};

constexpr std::array kWords{Word{"trust", TrustAction::Trust},     Word{"trust-issuer", TrustAction::Trust},
                            Word{"reject", TrustAction::Distrust}, Word{"block", TrustAction::Block},
                            Word{"unblock", TrustAction::Unblock}, Word{"delete", TrustAction::Delete},
                            Word{"pin", TrustAction::Pin},         Word{"unpin", TrustAction::Unpin}};

const Word* wordOf(std::string_view action) {
    const auto at = std::find_if(kWords.begin(), kWords.end(), [&](const Word& each) { return each.word == action; });
    return at == kWords.end() ? nullptr : &*at;
}

Error malformed(std::string message) {
    return {StatusCode::BadInvalidArgument, std::move(message), "Use the page, or send what its documentation says."};
}

Error notFor(std::string_view action, std::string_view list) {
    return {StatusCode::BadInvalidState, fmt::format("There is no \"{}\" for an entry of {}.", action, list), "Look at the lists again."};
}

// What is to be done for one item, and how it is called.
struct Plan {
    std::vector<TrustStep> steps{};
    CertificateId subject{};  ///< that is changed: of trust-issuer, the CA
    std::string name{};
};

using Kind = TrustStep::Kind;

TrustStep moved(const CertificateId& id, StoreList from, StoreList to) { return {.kind = Kind::Moved, .id = id, .from = from, .to = to}; }

TrustStep added(bool crl, const CertificateId& id, ByteView der, StoreList to) {
    return {.kind = Kind::Added, .crl = crl, .id = id, .to = to, .der = {der.begin(), der.end()}};
}

class Planner {
public:
    Planner(Group& group, const Groups& groups, const ActionRequest& request) : group_{&group}, groups_{&groups}, request_{&request} {}

    Result<Plan> planFor(const ActionRequest::Item& item) {
        const auto entry = findEntry(*group_, item.list, item.id);
        if (!entry) return entry.error();
        const auto list = parseList(entry->list);
        if (!list) return notFor(request_->action, entry->list);
        if (entry->crl() != nullptr) return forCrl(*entry, *list);
        if (request_->action == "trust-issuer") return forIssuer(*entry);
        return forCertificate(*entry->certificate(), *list);
    }

private:
    Result<Plan> forCrl(const Entry& entry, StoreList list) const {
        const auto& crl = *entry.crl();
        if (request_->action != "delete") return notFor(request_->action, "CRLs");
        TrustStep step{.kind = Kind::Removed, .crl = true, .id = crl.id(), .from = list, .der = {crl.der().begin(), crl.der().end()}};
        return Plan{{std::move(step)}, crl.id(), fmt::format("CRL of {}", crl.issuer().text())};
    }

    Result<Plan> forIssuer(const Entry& entry) {
        const auto issuer = issuerOf(judge(*group_, *groups_, *entry.certificate()));
        if (!issuer) {
            return Error{StatusCode::BadNotFound,
                         fmt::format("The CA that has issued {} is not known here.", entry.certificate()->describe()),
                         "Import the certificate of the CA first."};
        }
        for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked}) {
            if (entry.lists->find(list, issuer->id()) != nullptr) return forTrust(*issuer, list);
        }
        return Error{StatusCode::BadNotFound, fmt::format("{} is in no list.", issuer->describe()),
                     "Import the certificate of the CA first."};
    }

    Result<Plan> forCertificate(const Certificate& certificate, StoreList list) {
        const auto& id = certificate.id();
        const auto& action = request_->action;
        const auto name = certificate.describe();
        if (action == "trust") return forTrust(certificate, list);
        if (action == "reject" && (list == StoreList::Trusted || list == StoreList::Issuers)) {
            return Plan{{moved(id, list, StoreList::Rejected)}, id, name};
        }
        if (action == "block" && list != StoreList::Blocked) return Plan{{moved(id, list, StoreList::Blocked)}, id, name};
        if (action == "unblock" && list == StoreList::Blocked) return Plan{{moved(id, list, StoreList::Rejected)}, id, name};
        if (action == "delete") {
            const auto der = certificate.der();
            return Plan{{{.kind = Kind::Removed, .id = id, .from = list, .der = {der.begin(), der.end()}}}, id, name};
        }
        if (list == StoreList::Rejected && (action == "pin" || action == "unpin")) {
            return Plan{{{.kind = action == "pin" ? Kind::Pinned : Kind::Unpinned, .id = id}}, id, name};
        }
        return notFor(action, storeListName(list));
    }

    Result<Plan> forTrust(const Certificate& certificate, StoreList list) {
        const auto& id = certificate.id();
        if (list == StoreList::Trusted) {
            return Error{StatusCode::BadNothingToDo, fmt::format("{} is trusted already.", certificate.describe()),
                         "There is nothing to do."};
        }
        if (list == StoreList::Blocked) {
            return Error{StatusCode::BadInvalidState, fmt::format("{} is blocked: trust would let nobody in.", certificate.describe()),
                         "Unblock it first."};
        }
        Plan plan{{moved(id, list, StoreList::Trusted)}, id, certificate.describe()};
        if (!request_->withIssuers) return plan;
        const auto offer = group_->looking().manager->offerFor(id, elsewhere(*group_, *groups_));
        if (!offer) return offer.error();
        const auto lists = group_->looking().store->snapshot();
        for (const auto& each : offer->issuers) {
            const auto& issuer = each.certificate;
            const bool here = lists->find(StoreList::Rejected, issuer.id()) != nullptr;
            plan.steps.push_back(here ? moved(issuer.id(), StoreList::Rejected, StoreList::Issuers)
                                      : added(false, issuer.id(), issuer.der(), StoreList::Issuers));
        }
        for (const auto& each : offer->crls) {
            const auto target =
                lists->findBySubject(StoreList::Trusted, each.crl.issuer()).empty() ? StoreList::Issuers : StoreList::Trusted;
            plan.steps.push_back(added(true, each.crl.id(), each.crl.der(), target));
        }
        return plan;
    }

    Group* group_;
    const Groups* groups_;
    const ActionRequest* request_;
};

std::string textOf(TrustAction action, const std::vector<std::string>& names) {
    const auto count = std::min(names.size(), kMaxNamed);
    auto text = names.size() == 1 ? std::string{} : fmt::format("{} entries: ", names.size());
    text += fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count), "; "));
    if (names.size() > count) text += fmt::format("; and {} more", names.size() - count);
    switch (action) {
        case TrustAction::Trust:
            return text + " to trusted";
        case TrustAction::Distrust:
        case TrustAction::Unblock:
            return text + " to rejected";
        case TrustAction::Block:
            return text + " to blocked";
        default:
            return text;
    }
}

void addSteps(const Plan& plan, std::vector<TrustStep>& steps) {
    for (const auto& step : plan.steps) {
        const bool known = std::any_of(steps.begin(), steps.end(), [&](const TrustStep& each) {
            return each.kind == step.kind && each.id == step.id && each.from == step.from;
        });
        if (!known) steps.push_back(step);
    }
}

// Whether the first step of a plan is done: that is the entry itself.
bool isDone(const Plan& plan, const TrustSnapshot& lists) {
    const auto& step = plan.steps.front();
    if (step.crl) return true;
    if (step.kind == Kind::Moved) return lists.find(step.to, step.id) != nullptr && lists.find(step.from, step.id) == nullptr;
    return step.kind != Kind::Removed || lists.find(step.from, step.id) == nullptr;
}

// One certificate alone is the business of the manager, which knows more to say about it.
Result<ChangeRecord> carryOut(TrustAction action, const std::vector<Plan>& plans, TrustListManager& manager, const std::string& who) {
    std::vector<TrustStep> steps;
    std::vector<std::string> names;
    for (const auto& each : plans) {
        addSteps(each, steps);
        names.push_back(each.name);
    }
    const auto& first = steps.front();
    if (steps.size() == 1 && !first.crl) {
        if (action == TrustAction::Trust) return manager.trust(first.id, who);
        if (action == TrustAction::Distrust && first.from == StoreList::Trusted) return manager.distrust(first.id, who);
        if (action == TrustAction::Delete) return manager.remove(first.id, first.from, who);
        if (action == TrustAction::Block) return manager.block(first.id, who);
        if (action == TrustAction::Unblock) return manager.unblock(first.id, who);
        if (action == TrustAction::Pin || action == TrustAction::Unpin) return manager.pin(first.id, action == TrustAction::Pin, who);
    }
    return manager.change(action, std::move(steps), textOf(action, names), who);
}

Json failed(const std::string& id, const Error& error) { return {{"id", printable(id, 80)}, {"ok", false}, {"error", errorJson(error)}}; }

}  // namespace

Result<ActionRequest> readAction(const Json& json) {
    ActionRequest request;
    const auto action = json.find("action");
    const auto items = json.find("items");
    if (action == json.end() || !action->is_string() || wordOf(action->get<std::string>()) == nullptr) {
        return malformed("What is to be done is not known here.");
    }
    request.action = action->get<std::string>();
    if (items == json.end() || !items->is_array() || items->empty() || items->size() > ActionRequest::kMaxItems) {
        return malformed(fmt::format("Between one and {} items are needed.", ActionRequest::kMaxItems));
    }
    for (const auto& each : *items) {
        if (!each.is_object() || !each.contains("id") || !each.contains("list") || !each["id"].is_string() || !each["list"].is_string()) {
            return malformed("An item has an id and a list.");
        }
        request.items.push_back({each["id"].get<std::string>(), each["list"].get<std::string>()});
    }
    if (const auto with = json.find("withIssuers"); with != json.end() && with->is_boolean()) request.withIssuers = with->get<bool>();
    return request;
}

Json act(Group& group, const Groups& groups, const Desk& desk, const ActionRequest& request, const std::string& who) {
    Planner planner{group, groups, request};
    std::vector<Result<Plan>> plans;
    std::vector<Plan> good;
    for (const auto& each : request.items) {
        plans.push_back(planner.planFor(each));
        if (plans.back()) good.push_back(*plans.back());
    }
    const auto action = wordOf(request.action)->action;
    // With nothing to do nothing in the folder is touched, not even by the store that would do it.
    const auto change =
        good.empty() ? Result<ChangeRecord>{malformed("Nothing was left to do.")} : carryOut(action, good, *desk.manager, who);
    const auto lists = good.empty() ? group.looking().store->snapshot() : desk.store->snapshot();
    Json results = Json::array();
    bool undoable = false;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const auto& id = request.items[i].id;
        if (!plans[i]) {
            results.push_back(failed(id, plans[i].error()));
        } else if (change || (good.size() > 1 && isDone(*plans[i], *lists))) {
            results.push_back(
                {{"id", id}, {"ok", true}, {"what", change ? change->what : plans[i]->name}, {"note", change ? change->note : ""}});
            undoable = true;
        } else {
            results.push_back(failed(id, change.error()));
        }
    }
    return {{"results", std::move(results)}, {"undoable", undoable}};
}

}  // namespace uatrust::tool::web
