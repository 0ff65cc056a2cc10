#include "operation.hpp"

#include "../support/stack.hpp"
#include "values.hpp"

#include <fmt/format.h>

#include <open62541/client_highlevel.h>

namespace uatrust::examples {

namespace {

constexpr unsigned kMaxDepth = 5;
constexpr std::size_t kMaxNodes = 1000;

Error failure(std::string_view what, UA_StatusCode status) {
    return {static_cast<StatusCode>(status), fmt::format("{}: {}.", what, statusText(status)), ""};
}

/// The id is empty, and harmless, when the text is none.
UA_StatusCode parseNodeId(const std::string& text, UA_NodeId& id) { return UA_NodeId_parse(&id, borrowed(text)); }

Result<std::string> read(UA_Client& client, const UA_NodeId& id, const ClientOptions& options) {
    StackValue<UA_Variant> value{UA_TYPES[UA_TYPES_VARIANT]};
    const auto status = UA_Client_readValueAttribute(&client, id, &*value);
    if (status != UA_STATUSCODE_GOOD) return failure("Reading " + options.nodeId, status);
    return valueText(*value);
}

/// The type a value has to be written with: the variable's, or that of its present value when the former is abstract.
Result<const UA_DataType*> typeOf(UA_Client& client, const UA_NodeId& id, const ClientOptions& options) {
    StackValue<UA_NodeId> declared{UA_TYPES[UA_TYPES_NODEID]};
    const auto status = UA_Client_readDataTypeAttribute(&client, id, &*declared);
    if (status != UA_STATUSCODE_GOOD) return failure("Reading the data type of " + options.nodeId, status);
    const auto* type = UA_findDataType(&*declared);
    if (type != nullptr && type != &UA_TYPES[UA_TYPES_VARIANT]) return type;  // BaseDataType, which is abstract, is a Variant here
    StackValue<UA_Variant> present{UA_TYPES[UA_TYPES_VARIANT]};
    if (UA_Client_readValueAttribute(&client, id, &*present) == UA_STATUSCODE_GOOD && present->type != nullptr) return present->type;
    return Error{StatusCode::BadNotSupported, options.nodeId + " has a data type of its own that is not known here.", ""};
}

Result<std::string> write(UA_Client& client, const UA_NodeId& id, const ClientOptions& options) {
    const auto type = typeOf(client, id, options);
    if (!type) return type.error();
    const auto parsed = parseValue(**type, options.value);
    if (!parsed) return parsed.error();
    const StackValue<UA_Variant> value{UA_TYPES[UA_TYPES_VARIANT], *parsed};
    const auto status = UA_Client_writeValueAttribute(&client, id, &*value);
    if (status != UA_STATUSCODE_GOOD) return failure("Writing " + options.nodeId, status);
    return fmt::format("{} = {}", options.nodeId, valueText(*value));
}

/// Puts what lies below a node into `lines`, one line each. The status is that of browsing the node itself.
UA_StatusCode list(UA_Client& client, const UA_NodeId& parent, unsigned depth, std::size_t& left, std::string& lines) {
    StackValue<UA_BrowseRequest> request{UA_TYPES[UA_TYPES_BROWSEREQUEST]};
    request->nodesToBrowse = UA_BrowseDescription_new();
    if (request->nodesToBrowse == nullptr) return UA_STATUSCODE_BADOUTOFMEMORY;
    request->nodesToBrowseSize = 1;
    auto& description = *request->nodesToBrowse;
    if (UA_NodeId_copy(&parent, &description.nodeId) != UA_STATUSCODE_GOOD) return UA_STATUSCODE_BADOUTOFMEMORY;
    description.referenceTypeId = UA_NODEID_NUMERIC(0, UA_NS0ID_HIERARCHICALREFERENCES);
    description.includeSubtypes = true;
    description.nodeClassMask = UA_NODECLASS_OBJECT | UA_NODECLASS_VARIABLE;
    description.resultMask = UA_BROWSERESULTMASK_BROWSENAME | UA_BROWSERESULTMASK_NODECLASS;
    const StackValue<UA_BrowseResponse> response{UA_TYPES[UA_TYPES_BROWSERESPONSE], UA_Client_Service_browse(&client, *request)};
    if (response->responseHeader.serviceResult != UA_STATUSCODE_GOOD) return response->responseHeader.serviceResult;
    if (response->resultsSize != 1) return UA_STATUSCODE_BADUNEXPECTEDERROR;
    for (std::size_t i = 0; i < response->results[0].referencesSize && left > 0; ++i) {
        const auto& reference = response->results[0].references[i];
        const auto& id = reference.nodeId.nodeId;
        if (id.namespaceIndex == 0) continue;  // the Server object and the like
        --left;
        UA_Variant shown;
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): only lent
        UA_Variant_setScalar(&shown, const_cast<UA_NodeId*>(&id), &UA_TYPES[UA_TYPES_NODEID]);
        lines += fmt::format("{:{}}{}  {}\n", "", depth * 2, printable(open62541::text(reference.browseName.name)), valueText(shown));
        const auto status = depth < kMaxDepth ? list(client, id, depth + 1, left, lines) : UA_STATUSCODE_GOOD;
        if (status != UA_STATUSCODE_GOOD) lines += fmt::format("{:{}}... not shown: {}\n", "", depth * 2 + 2, statusText(status));
    }
    if (response->results[0].continuationPoint.length != 0) lines += fmt::format("{:{}}... there is more\n", "", depth * 2);
    return response->results[0].statusCode;
}

}  // namespace

Result<std::string> perform(UA_Client& client, const ClientOptions& options) {
    if (options.command == ClientOptions::Command::Connect) return std::string{};
    if (options.command == ClientOptions::Command::Browse) {
        std::string lines;
        auto left = kMaxNodes;
        const auto status = list(client, UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER), 0, left, lines);
        if (status != UA_STATUSCODE_GOOD) return failure("Browsing the Objects folder", status);
        if (left == 0) lines += fmt::format("... only the first {} are shown\n", kMaxNodes);
        if (!lines.empty()) lines.pop_back();
        return lines;
    }
    StackValue<UA_NodeId> id{UA_TYPES[UA_TYPES_NODEID]};
    if (parseNodeId(options.nodeId, *id) != UA_STATUSCODE_GOOD) {
        return Error{StatusCode::BadInvalidArgument, options.nodeId + " is no NodeId.", "Write it like ns=1;s=Temperature or i=2258."};
    }
    return options.command == ClientOptions::Command::Read ? read(client, *id, options) : write(client, *id, options);
}

}  // namespace uatrust::examples
