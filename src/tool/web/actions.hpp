#pragma once

#include "tool/web/judging.hpp"

namespace uatrust::tool::web {

/// ActionRequest is what somebody wants to be done with some entries.
struct ActionRequest {
    static constexpr std::size_t kMaxItems = 1000;
    struct Item {
        std::string id{};
        std::string list{};
    };
    std::string action{};
    std::vector<Item> items{};
    bool withIssuers = false;
};

/// readAction() reads the JSON of the page. BadInvalidArgument when it is none of that.
[[nodiscard]] Result<ActionRequest> readAction(const Json& json);

/// act() does it, as one change that undo takes back as a whole, and says for each item what became of it. What somebody else has
/// changed meanwhile fails with its words, and the others are done.
[[nodiscard]] Json act(Group& group, const Groups& groups, const Desk& desk, const ActionRequest& request, const std::string& who);

}  // namespace uatrust::tool::web
