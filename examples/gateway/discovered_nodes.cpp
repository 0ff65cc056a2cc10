#include "discovered_nodes.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include <open62541/client_highlevel.h>

namespace uatrust::examples {

namespace {

constexpr unsigned kMaxDepth = 6;
constexpr std::size_t kMaxNodes = 2000;
constexpr std::size_t kMaxPages = 100;  ///< of one browse result
constexpr std::size_t kNodesPerRead = 100;
constexpr std::size_t kMaxName = 512;
constexpr std::chrono::seconds kLongestWalk{60};  ///< a server that answers slowly

std::string idText(const UA_NodeId& id) {
    StackValue<UA_String> text{UA_TYPES[UA_TYPES_STRING]};
    if (UA_NodeId_print(&id, &*text) != UA_STATUSCODE_GOOD) return {};
    return std::string{open62541::text(*text)};
}

/// Walk is one pass through a server, level by level.
class Walk {
public:
    Walk(UA_Client& client, const std::function<bool()>& goOn) : client_{&client}, goOn_{&goOn} {}

    DiscoveredNodes run() {
        children(UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER), {});
        std::size_t level = 0;
        for (unsigned depth = 1; depth < kMaxDepth && level < found_.nodes.size(); ++depth) {
            const auto end = found_.nodes.size();
            // By copy: the vector grows while its elements are asked for.
            for (; level < end; ++level) children(*StackValue<UA_NodeId>{found_.nodes[level].id}, level);
        }
        found_.truncated |= level < found_.nodes.size() && deeperThan(level);
        return std::move(found_);
    }

private:
    /// Whether the last level has anything below it; one node that has is enough.
    bool deeperThan(std::size_t level) {
        const auto before = found_.nodes.size();
        for (; level < before && found_.nodes.size() == before; ++level) children(*StackValue<UA_NodeId>{found_.nodes[level].id}, level);
        const auto deeper = found_.nodes.size() != before;
        found_.nodes.resize(before);
        return deeper;
    }

    void children(const UA_NodeId& of, std::optional<std::size_t> parent) {
        if (!mayAsk()) return;
        UA_BrowseDescription description{};
        description.nodeId = of;
        description.referenceTypeId = UA_NODEID_NUMERIC(0, UA_NS0ID_HIERARCHICALREFERENCES);
        description.includeSubtypes = true;
        description.nodeClassMask = UA_NODECLASS_OBJECT | UA_NODECLASS_VARIABLE;
        description.resultMask = UA_BROWSERESULTMASK_BROWSENAME | UA_BROWSERESULTMASK_NODECLASS;
        UA_BrowseRequest request{};
        request.nodesToBrowse = &description;
        request.nodesToBrowseSize = 1;
        const StackValue<UA_BrowseResponse> response{UA_TYPES[UA_TYPES_BROWSERESPONSE], UA_Client_Service_browse(client_, request)};
        if (response->resultsSize != 1) return;
        take(response->results[0], parent);
        StackValue<UA_ByteString> point{UA_TYPES[UA_TYPES_BYTESTRING]};
        if (UA_ByteString_copy(&response->results[0].continuationPoint, &*point) != UA_STATUSCODE_GOOD) return;
        for (std::size_t page = 0; point->length != 0 && page < kMaxPages && mayAsk(); ++page) point = nextPage(std::move(point), parent);
    }

    bool mayAsk() {
        if (std::chrono::steady_clock::now() > end_ || !(*goOn_)()) found_.truncated = true;
        return !found_.truncated;
    }

    StackValue<UA_ByteString> nextPage(StackValue<UA_ByteString> point, std::optional<std::size_t> parent) {
        UA_BrowseNextRequest request{};
        request.continuationPoints = &*point;
        request.continuationPointsSize = 1;
        StackValue<UA_BrowseNextResponse> response{UA_TYPES[UA_TYPES_BROWSENEXTRESPONSE], UA_Client_Service_browseNext(client_, request)};
        StackValue<UA_ByteString> next{UA_TYPES[UA_TYPES_BYTESTRING]};
        if (response->resultsSize != 1) return next;
        take(response->results[0], parent);
        std::swap(*next, response->results[0].continuationPoint);
        return next;
    }

    void take(const UA_BrowseResult& result, std::optional<std::size_t> parent) {
        for (std::size_t i = 0; i < result.referencesSize; ++i) {
            const auto& reference = result.references[i];
            const auto& id = reference.nodeId.nodeId;
            // Namespace 0 is every server's own: the Server object and what belongs to it.
            if (id.namespaceIndex == 0 || reference.nodeId.serverIndex != 0) continue;
            if (!seen_.insert(idText(id)).second) continue;
            if (found_.nodes.size() == kMaxNodes) {
                found_.truncated = true;
                return;
            }
            DiscoveredNode node;
            if (UA_NodeId_copy(&id, &*node.id) != UA_STATUSCODE_GOOD) return;
            node.parent = parent;
            node.variable = reference.nodeClass == UA_NODECLASS_VARIABLE;
            node.browseName = open62541::text(reference.browseName.name).substr(0, kMaxName);
            found_.nodes.push_back(std::move(node));
        }
    }

    UA_Client* client_;
    const std::function<bool()>* goOn_;
    std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + kLongestWalk;
    DiscoveredNodes found_{};
    std::set<std::string> seen_{};
};

constexpr std::array kAttributes{UA_ATTRIBUTEID_DATATYPE, UA_ATTRIBUTEID_VALUERANK, UA_ATTRIBUTEID_USERACCESSLEVEL};

void fill(DiscoveredNode& node, const UA_DataValue* answers) {
    const auto has = [answers](std::size_t index, unsigned type) {
        return answers[index].hasValue && UA_Variant_hasScalarType(&answers[index].value, &UA_TYPES[type]);
    };
    if (has(0, UA_TYPES_NODEID)) node.dataType = StackValue<UA_NodeId>{UA_TYPES[UA_TYPES_NODEID]};
    if (has(0, UA_TYPES_NODEID)) UA_NodeId_copy(static_cast<UA_NodeId*>(answers[0].value.data), &*node.dataType);
    if (has(1, UA_TYPES_INT32)) node.valueRank = *static_cast<UA_Int32*>(answers[1].value.data);
    if (has(2, UA_TYPES_BYTE)) node.accessLevel = *static_cast<UA_Byte*>(answers[2].value.data);
}

void readAttributes(UA_Client& client, std::span<DiscoveredNode> nodes) {
    std::vector<UA_ReadValueId> items;
    for (const auto& node : nodes) {
        for (const auto attribute : kAttributes) {
            UA_ReadValueId item{};
            item.nodeId = *node.id;
            item.attributeId = static_cast<UA_UInt32>(attribute);
            items.push_back(item);
        }
    }
    UA_ReadRequest request{};
    request.nodesToRead = items.data();
    request.nodesToReadSize = items.size();
    request.timestampsToReturn = UA_TIMESTAMPSTORETURN_NEITHER;
    const StackValue<UA_ReadResponse> response{UA_TYPES[UA_TYPES_READRESPONSE], UA_Client_Service_read(&client, request)};
    if (response->resultsSize != items.size()) return;
    for (std::size_t i = 0; i < nodes.size(); ++i) fill(nodes[i], response->results + i * kAttributes.size());
}

std::vector<std::string> readNamespaces(UA_Client& client) {
    StackValue<UA_Variant> value{UA_TYPES[UA_TYPES_VARIANT]};
    std::vector<std::string> names;
    if (UA_Client_readValueAttribute(&client, UA_NODEID_NUMERIC(0, UA_NS0ID_SERVER_NAMESPACEARRAY), &*value) != UA_STATUSCODE_GOOD)
        return names;
    if (!UA_Variant_hasArrayType(&*value, &UA_TYPES[UA_TYPES_STRING])) return names;
    const auto* uris = static_cast<const UA_String*>(value->data);
    for (std::size_t i = 0; i < value->arrayLength; ++i) names.emplace_back(open62541::text(uris[i]));
    return names;
}

}  // namespace

DiscoveredNodes discoverNodes(UA_Client& client, const std::function<bool()>& goOn) {
    auto found = Walk{client, goOn}.run();
    found.namespaces = readNamespaces(client);
    for (std::size_t from = 0; from < found.nodes.size() && goOn(); from += kNodesPerRead) {
        const auto count = std::min(kNodesPerRead, found.nodes.size() - from);
        readAttributes(client, std::span{found.nodes}.subspan(from, count));
    }
    return found;
}

}  // namespace uatrust::examples
