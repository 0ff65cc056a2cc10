#pragma once

#include "../support/stack.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace uatrust::examples {

/// DiscoveredNode is one object or variable of a server, as it was found there.
struct DiscoveredNode {
    StackValue<UA_NodeId> id{UA_TYPES[UA_TYPES_NODEID]};
    std::optional<std::size_t> parent{};  ///< index among the nodes; absent below the Objects folder
    bool variable = false;
    std::string browseName{};
    StackValue<UA_NodeId> dataType{UA_TYPES[UA_TYPES_NODEID]};
    UA_Int32 valueRank = UA_VALUERANK_ANY;
    UA_Byte accessLevel = 0;
};

/// DiscoveredNodes is what lies below the Objects folder of a server, in an order in which parents come first.
struct DiscoveredNodes {
    std::vector<std::string> namespaces{};
    std::vector<DiscoveredNode> nodes{};
    bool truncated = false;  ///< there is more: deeper, beyond the limit, or not asked for any more
};

/// discoverNodes() browses a server. What it says is taken with limits: of depth, of number, and of the time it takes; it ends
/// early when `goOn`, which is called before each question to the server, says no.
[[nodiscard]] DiscoveredNodes discoverNodes(UA_Client& client, const std::function<bool()>& goOn);

}  // namespace uatrust::examples
