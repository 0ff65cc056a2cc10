#include "mirror.hpp"

#include <algorithm>

namespace uatrust::examples {

namespace {

constexpr UA_Int32 kMaxRank = 8;

std::string idText(const UA_NodeId& id) {
    StackValue<UA_String> text{UA_TYPES[UA_TYPES_STRING]};
    if (UA_NodeId_print(&id, &*text) != UA_STATUSCODE_GOOD) throw std::bad_alloc{};
    return std::string{open62541::text(*text)};
}

}  // namespace

StackValue<UA_NodeId> Mirror::ownId(const DiscoveredNode& node, const DiscoveredNodes& found) const {
    auto id = node.id;
    const auto index = id->namespaceIndex;
    const auto uri = index < found.namespaces.size() ? found.namespaces[index] : "urn:uatrust:unnamed-namespace:" + std::to_string(index);
    id->namespaceIndex = UA_Server_addNamespace(server_, uri.c_str());
    return id;
}

std::size_t Mirror::add(const DiscoveredNodes& found) {
    std::size_t missing = 0;
    std::vector<StackValue<UA_NodeId>> own;
    own.reserve(found.nodes.size());
    for (const auto& node : found.nodes) {
        own.push_back(ownId(node, found));
        const auto parent = node.parent ? *own[*node.parent] : UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER);
        const auto status = node.variable ? addVariable(*own.back(), parent, node) : addObject(*own.back(), parent, node);
        missing += status != UA_STATUSCODE_GOOD && status != UA_STATUSCODE_BADNODEIDEXISTS ? 1 : 0;
    }
    return missing;
}

UA_StatusCode Mirror::addObject(const UA_NodeId& id, const UA_NodeId& parent, const DiscoveredNode& node) {
    auto attributes = UA_ObjectAttributes_default;
    attributes.displayName = {{0, nullptr}, borrowed(node.browseName)};
    return UA_Server_addObjectNode(server_, id, parent, UA_NODEID_NUMERIC(0, UA_NS0ID_ORGANIZES),
                                   {id.namespaceIndex, borrowed(node.browseName)}, UA_NODEID_NUMERIC(0, UA_NS0ID_FOLDERTYPE), attributes,
                                   nullptr, nullptr);
}

UA_StatusCode Mirror::addVariable(const UA_NodeId& id, const UA_NodeId& parent, const DiscoveredNode& node) {
    const auto [at, isNew] = targets_.try_emplace(idText(id), Target{this, node.id});
    if (!isNew) {
        at->second.id = node.id;  // its namespace may have another index since then
        return UA_STATUSCODE_GOOD;
    }
    auto attributes = UA_VariableAttributes_default;
    attributes.displayName = {{0, nullptr}, borrowed(node.browseName)};
    attributes.accessLevel = node.accessLevel & (UA_ACCESSLEVELMASK_READ | UA_ACCESSLEVELMASK_WRITE);
    // Types of its own mean nothing here; their values are passed on as they are.
    const auto known = node.dataType->namespaceIndex == 0 && UA_findDataType(&*node.dataType) != nullptr;
    attributes.dataType = known ? *node.dataType : UA_TYPES[UA_TYPES_VARIANT].typeId;
    const auto rankIsOne = node.valueRank >= UA_VALUERANK_SCALAR_OR_ONE_DIMENSION && node.valueRank <= kMaxRank;
    attributes.valueRank = known && rankIsOne ? node.valueRank : UA_VALUERANK_ANY;
    // The stack insists on as many dimensions as the rank says; zero is any length.
    std::array<UA_UInt32, kMaxRank> anyLength{};
    attributes.arrayDimensions = anyLength.data();
    attributes.arrayDimensionsSize = static_cast<std::size_t>(std::max(attributes.valueRank, 0));
    const auto isChildOfVariable = UA_NODEID_NUMERIC(0, UA_NS0ID_HASCOMPONENT);
    const UA_DataSource source{&Mirror::readBelow, &Mirror::writeBelow};
    adding_ = true;
    const auto status =
        UA_Server_addDataSourceVariableNode(server_, id, parent, isChildOfVariable, {id.namespaceIndex, borrowed(node.browseName)},
                                            UA_NODEID_NUMERIC(0, UA_NS0ID_BASEDATAVARIABLETYPE), attributes, source, &at->second, nullptr);
    adding_ = false;
    if (status != UA_STATUSCODE_GOOD) targets_.erase(at);
    return status;
}

UA_StatusCode Mirror::readBelow(UA_Server*, const UA_NodeId*, void*, const UA_NodeId*, void* target, UA_Boolean,
                                const UA_NumericRange* range, UA_DataValue* answer) noexcept {
    const auto& [mirror, id] = *static_cast<const Target*>(target);
    if (mirror->adding_) return UA_STATUSCODE_GOOD;
    try {
        auto read = mirror->downstream_->read(*id);
        if (!read->hasValue) return read->hasStatus ? read->status : UA_STATUSCODE_BADNODATA;
        if (range == nullptr) {
            std::swap(*answer, *read);
            return UA_STATUSCODE_GOOD;
        }
        answer->hasValue = true;
        answer->hasStatus = read->hasStatus;
        answer->status = read->status;
        return UA_Variant_copyRange(&read->value, &answer->value, *range);
    } catch (...) {
        return UA_STATUSCODE_BADOUTOFMEMORY;
    }
}

UA_StatusCode Mirror::writeBelow(UA_Server*, const UA_NodeId*, void*, const UA_NodeId*, void* target, const UA_NumericRange* range,
                                 const UA_DataValue* value) noexcept {
    if (range != nullptr || !value->hasValue) return UA_STATUSCODE_BADWRITENOTSUPPORTED;
    try {
        const auto& [mirror, id] = *static_cast<const Target*>(target);
        return mirror->downstream_->write(*id, value->value);
    } catch (...) {
        return UA_STATUSCODE_BADOUTOFMEMORY;
    }
}

}  // namespace uatrust::examples
