#include "tool/commands.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/own_wish.hpp"
#include "tool/platform.hpp"

// init and renew: the own certificate as a self-signed one.
namespace uatrust::tool {
namespace {

struct OwnOptions {
    DeskOptions desk{};
    OwnWishOptions wish{};
};

using Plan = Result<OwnPlan> (*)(const Desk&, const OwnWish&);
using CarryOut = Result<ChangeRecord> (*)(const Desk&, const OwnPlan&, std::string_view);

struct Kind {
    std::string_view action;
    Plan plan;
    CarryOut carryOut;
};
constexpr Kind kFirst{"init", planFirst, createOwn};
constexpr Kind kRenewal{"renew", planRenewal, renewOwn};

Result<OwnWish> completeWish(const OwnOptions& options, const Kind& kind) {
    auto wish = wishOf(options.wish);
    if (wish && wish->uri.empty() && &kind == &kFirst) wish->uri = defaultUri(wish->machine, wish->organization, wish->name);
    return wish;
}

ExitCode make(const OwnOptions& options, const Kind& kind, Console& console) {
    const auto looking = openDesk(options.desk, true, console);
    if (!looking) return console.fail(looking.error());
    const auto wish = completeWish(options, kind);
    if (!wish) return console.fail(wish.error());
    const auto plan = kind.plan(*looking, *wish);
    if (!plan) return console.fail(plan.error());
    Json json{{"action", kind.action}, {"folder", printable(textOf(looking->folder.root), 4096)}, {"plan", planJson(*plan, true)}};
    if (!mayChange(options.desk)) {
        if (console.json()) {
            console.printJson(json);
        } else {
            console.print(planText(kind.action, *plan, true) + fmt::format("\n  folder          {}", looking->folder.name()));
        }
        if (!agreed(options.desk, console)) return notChanged(options.desk, console);
    }
    const auto desk = openDesk(options.desk, false, console);
    if (!desk) return console.fail(desk.error());
    return tell(kind.carryOut(*desk, *plan, operatorName(options.desk)), console, std::move(json));
}

Action initOptions(CLI::App& app) {
    auto options = std::make_shared<OwnOptions>();
    auto& o = *options;
    o.desk.create = true;
    addWho(app, o.wish);
    app.get_option("--name")->required();
    addKeyType(app, o.wish);
    addValidity(app, o.wish);
    addPki(app, o.desk);
    addKeyPassphrase(app, o.desk.ownKey);
    addChanging(app, o.desk);
    return [options](Console& console) { return make(*options, kFirst, console); };
}

Action renewOptions(CLI::App& app) {
    auto options = std::make_shared<OwnOptions>();
    auto& o = *options;
    addKeyChoice(app, o.wish);
    addWho(app, o.wish);
    addValidity(app, o.wish);
    addPki(app, o.desk);
    addKeyPassphrase(app, o.desk.ownKey);
    addChanging(app, o.desk);
    return [options](Console& console) { return make(*options, kRenewal, console); };
}

}  // namespace

const Command kInit{
    .name = "init",
    .about = "Make an application's own key pair and self-signed certificate in a PKI folder, which is made where it is missing",
    .details =
        "Never replaces an own certificate or key that is there. Without --uri the ApplicationUri is urn:<host>:<organization>:<name>; "
        "the plan shows it, and the application has to announce itself by it. "
        "Nothing is made without --yes or, on a terminal, your consent.",
    .examples =
        "uatrust init --pki pkiserver --name \"Line 4 gateway\" --organization acme\n"
        "uatrust init --name gateway --uri urn:plc-4:acme:gateway --host plc-4 --yes",
    .options = initOptions,
};

const Command kRenew{
    .name = "renew",
    .about = "Make a new self-signed certificate in the place of the own one, which is kept as a backup",
    .details =
        "For the same key or a new one. Names and addresses that this machine has by now are added, unless --host says which ones are "
        "meant. Peers who trust the former certificate have to trust the new one. What a CA has issued is renewed by the CA: see "
        "uatrust request. Nothing is changed without --yes or, on a terminal, your consent.",
    .examples = "uatrust renew --pki pkiserver\nuatrust renew --pki pkiserver --new-key --validity 730d --yes",
    .options = renewOptions,
};

}  // namespace uatrust::tool
