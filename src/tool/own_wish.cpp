#include "tool/own_wish.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

std::vector<std::string> shown(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const auto& each : names) all.push_back(printable(each));
    return all;
}

}  // namespace

void addWho(CLI::App& app, OwnWishOptions& target) {
    app.add_option("--name", target.wish.name, "Name of the application, for people; becomes the common name")->type_name("NAME");
    app.add_option("--uri", target.wish.uri, "ApplicationUri, which no other instance uses, like urn:plc-4:acme:gateway")->type_name("URI");
    app.add_option("--organization", target.wish.organization, "Who operates it")->type_name("NAME");
    addList(app, "--host", target.wish.hosts,
            "Name or address that clients reach it by; may be repeated (default: those of this machine, and those it has already)")
        ->type_name("NAME");
    addRole(app, target.wish.role, "What it takes part as (default: as it does already, else both)");
}

void addKeyType(CLI::App& app, OwnWishOptions& target) {
    app.add_option(
           "--key-type", target.keyType,
           "Kind of a new key: rsa2048, rsa3072, rsa4096, p256, p384, bp256, bp384, ed25519, ed448 (default: that of the present one, "
           "else rsa2048)")
        ->type_name("TYPE");
}

void addKeyChoice(CLI::App& app, OwnWishOptions& target) {
    auto* fresh = app.add_flag("--new-key", target.wish.newKey, "For a new key; the present one is kept beside it");
    app.add_flag("--same-key", target.sameKey, "For the present key (default, where there is one)")->excludes(fresh);
    addKeyType(app, target);
}

void addValidity(CLI::App& app, OwnWishOptions& target) {
    app.add_option("--validity", target.validity, "How long it is to be valid, like 365d (default: 1825d, five years)")->type_name("TIME");
}

Result<OwnWish> wishOf(const OwnWishOptions& options) {
    auto wish = options.wish;
    if (!options.keyType.empty()) {
        const auto type = parseKeyType(options.keyType);
        if (!type) return type.error();
        if (options.sameKey) {
            return Error{StatusCode::BadInvalidArgument, "--key-type is for a new key, and --same-key asks for the present one.",
                         "Give one of them."};
        }
        wish.keyType = *type;
    }
    wish.newKey = wish.newKey || wish.keyType.has_value();
    if (!options.validity.empty()) {
        const auto validity = parseSpan(options.validity);
        if (!validity) return validity.error();
        wish.validity = std::chrono::floor<std::chrono::days>(*validity);
    }
    return wish;
}

Json planJson(const OwnPlan& plan, bool selfSigned) {
    Json json{{"subject", plan.subject.subject.text()},
              {"applicationUri", printable(plan.subject.applicationUri)},
              {"hosts", shown(plan.subject.hostNames)},
              {"addedHosts", shown(plan.added)},
              {"role", roleWord(plan.subject.role)},
              {"newKey", plan.newKey},
              {"keyType", plan.newKey ? Json(std::string{keyTypeName(plan.keyType)}) : Json()}};
    if (selfSigned) {
        json["notBefore"] = formatInstant(plan.notBefore);
        json["notAfter"] = formatInstant(plan.notAfter);
    }
    return json;
}

std::string planText(std::string_view heading, const OwnPlan& plan, bool selfSigned) {
    auto text = fmt::format("{} {}", heading, printable(plan.subject.subject.text(), 1000));
    text += fmt::format("\n  ApplicationUri  {}", printable(plan.subject.applicationUri, 1000));
    text += fmt::format("\n  names           {}",
                        plan.subject.hostNames.empty() ? "none" : fmt::format("{}", fmt::join(shown(plan.subject.hostNames), ", ")));
    if (!plan.added.empty()) text += fmt::format("\n  new names       {}", fmt::join(shown(plan.added), ", "));
    text += fmt::format("\n  role            {}",
                        plan.subject.role == ApplicationRole::ClientAndServer ? "client and server" : roleWord(plan.subject.role));
    text +=
        fmt::format("\n  key             {}", plan.newKey ? fmt::format("a new one, {}", keyTypeName(plan.keyType)) : "the present one");
    if (selfSigned) text += fmt::format("\n  valid           {} to {}", formatInstant(plan.notBefore), formatInstant(plan.notAfter));
    if (plan.former) text += fmt::format("\n  in place of     {}", plan.former->describe());
    return text;
}

}  // namespace uatrust::tool
