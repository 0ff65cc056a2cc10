#pragma once

#include "tool/own_work.hpp"

// What init, renew and request have in common: the options that say what is to be made, and the plan as it is shown.

namespace uatrust::tool {

/// OwnWishOptions are the options as they were given.
struct OwnWishOptions {
    OwnWish wish{};
    std::string keyType{};
    std::string validity{};
    bool sameKey = false;
};

/// addWho() adds --name, --uri, --organization, --host and --role, addKeyType() --key-type, addValidity() --validity. `target` has to live
/// as long as `app`.
void addWho(CLI::App& app, OwnWishOptions& target);
void addKeyType(CLI::App& app, OwnWishOptions& target);
/// addKeyChoice() adds --new-key and --same-key beside --key-type, which asks for a new key as well.
void addKeyChoice(CLI::App& app, OwnWishOptions& target);
void addValidity(CLI::App& app, OwnWishOptions& target);

/// wishOf() is what they mean; the error says which of them means nothing.
[[nodiscard]] Result<OwnWish> wishOf(const OwnWishOptions& options);

/// planJson() and planText() are what is going to be made. `selfSigned` for what has dates.
[[nodiscard]] Json planJson(const OwnPlan& plan, bool selfSigned);
[[nodiscard]] std::string planText(std::string_view heading, const OwnPlan& plan, bool selfSigned);

}  // namespace uatrust::tool
