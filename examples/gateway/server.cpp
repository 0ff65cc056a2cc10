#include "server.hpp"

#include <fmt/format.h>

#include <open62541/client_config_default.h>
#include <open62541/plugin/accesscontrol_default.h>
#include <open62541/server_config_default.h>

#include <uatrust/core/ip_address.hpp>
#include <uatrust/validation/explain.hpp>

namespace uatrust::examples {

namespace {

Error failure(std::string_view what, UA_StatusCode status) {
    return {static_cast<StatusCode>(status), fmt::format("{}: {}.", what, statusText(status)), ""};
}

/// The address to listen on. "localhost" and plain addresses are taken at their word; any other name is one of this machine,
/// which has to be reachable under all its addresses.
std::string listenUrl(const EndpointUrl& url) {
    const auto narrow = sameDnsName(url.host, "localhost") || parseIpAddress(url.host);
    if (!narrow) return fmt::format("opc.tcp://:{}", *url.port);
    const auto host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    return fmt::format("opc.tcp://{}:{}", host, *url.port);
}

/// open62541 shares its ports: a second server on the same one would start and take every other client.
bool somebodyAnswersOn(const GatewayOptions& options) {
    UA_ClientConfig config{};
    config.logging = stackLogger(false);
    config.timeout = 1000;
    if (UA_ClientConfig_setDefault(&config) != UA_STATUSCODE_GOOD) return false;
    const ClientPtr client{UA_Client_newWithConfig(&config)};
    const auto narrow = listenUrl(options.endpointUrl).find("://:") == std::string::npos;
    const auto url = narrow ? options.endpoint : fmt::format("opc.tcp://localhost:{}", *options.endpointUrl.port);
    return client && UA_Client_connectSecureChannel(client.get(), url.c_str()) == UA_STATUSCODE_GOOD;
}

UA_StatusCode addEndpoints(UA_ServerConfig& config, std::span<const SecurityPolicy* const> policies) {
    auto status = UA_ServerConfig_addEndpoint(&config, UA_SECURITY_POLICY_NONE_URI, UA_MESSAGESECURITYMODE_NONE);
    for (const auto* policy : policies) {
        for (const auto mode : {UA_MESSAGESECURITYMODE_SIGN, UA_MESSAGESECURITYMODE_SIGNANDENCRYPT}) {
            status |= UA_ServerConfig_addEndpoint(&config, borrowed(policy->uri), mode);
        }
    }
    return status;
}

}  // namespace

Result<std::unique_ptr<GatewayServer>> GatewayServer::make(const GatewayOptions& options, GatewayTrust& trust,
                                                           const ApplicationIdentity& identity, Narrator& narrator) {
    std::unique_ptr<GatewayServer> made{new GatewayServer{options, trust, narrator}};
    UA_ServerConfig config{};
    config.logging = stackLogger(options.verbose);
    auto configured = made->configure(config, trust, identity);
    if (!configured) {
        UA_ServerConfig_clean(&config);
        return configured.error();
    }
    made->server_.reset(UA_Server_newWithConfig(&config));
    if (!made->server_) return Error{StatusCode::BadInternalError, "open62541 could not make a server of its configuration.", ""};
    return made;
}

Result<void> GatewayServer::configure(UA_ServerConfig& config, const GatewayTrust& trust, const ApplicationIdentity& identity) {
    const auto policies = choosePolicies(options_->policies);
    if (!policies) return policies.error();
    auto status = UA_ServerConfig_setBasics_withPort(&config, *options_->endpointUrl.port);
    if (status != UA_STATUSCODE_GOOD) return failure("open62541 could not be set up", status);
    describe(config, identity);
    config.tcpMaxMsgSize = kMaxMessageBytes;
    config.tcpMaxChunks = kMaxMessageChunks;

    // Without security there is discovery only: GetEndpoints, no session.
    status = UA_ServerConfig_addSecurityPolicyNone(&config, nullptr);
    if (status != UA_STATUSCODE_GOOD) return failure("SecurityPolicy None", status);
    config.securityPolicyNoneDiscoveryOnly = true;
    if (auto added = addPolicies(config.securityPolicies, config.securityPoliciesSize, *policies, identity, config.logging); !added) {
        return added;
    }
    status = addEndpoints(config, *policies);
    if (status != UA_STATUSCODE_GOOD) return failure("The endpoints could not be added", status);

    open62541::plugIn(config, {.clients = trust.clients(),
                               .users = &trust.users(),
                               .endpointUrl = options_->endpoint,
                               .securityPolicy = policies->front(),
                               .onVerdict = [this](open62541::Moment moment, const Verdict& verdict) { heard(moment, verdict); }});
    status = UA_AccessControl_default(&config, true, nullptr, 0, nullptr);
    if (status != UA_STATUSCODE_GOOD) return failure("The user tokens could not be set up", status);
    sessions_.listenTo(config);
    return {};
}

void GatewayServer::describe(UA_ServerConfig& config, const ApplicationIdentity& identity) const {
    auto& description = config.applicationDescription;
    const auto uri = options_->applicationUri.empty() ? identity.certificate().applicationUri() : options_->applicationUri;
    assign(description.applicationUri, uri);
    assign(description.applicationName.text, options_->name);
    assign(description.productUri, "urn:uatrust:examples:gateway");
    description.applicationType = options_->downstream.empty() ? UA_APPLICATIONTYPE_SERVER : UA_APPLICATIONTYPE_CLIENTANDSERVER;
    assign(config.serverUrls[0], listenUrl(options_->endpointUrl));
    config.allowEmptyVariables = UA_RULEHANDLING_ACCEPT;
}

void GatewayServer::heard(open62541::Moment moment, const Verdict& verdict) {
    if (moment != open62541::Moment::UserToken && verdict.accepted()) sessions_.accepted(verdict);
    const auto who = moment == open62541::Moment::UserToken ? "user" : "client";
    // A client is judged for its channel and again for its session; when it is accepted, one line is enough.
    if (verdict.accepted() && moment == open62541::Moment::SecureChannel) return;
    narrator_->sayThrottled(fmt::format("{} {}", who, summarize(verdict.report())), verdict.accepted());
}

Result<void> GatewayServer::start() {
    if (somebodyAnswersOn(*options_)) {
        return Error{StatusCode::BadResourceUnavailable, fmt::format("Another server listens on {} already.", options_->endpoint),
                     "End it, or choose another port with --endpoint."};
    }
    const auto status = UA_Server_run_startup(server_.get());
    if (status == UA_STATUSCODE_GOOD) return {};
    return Error{static_cast<StatusCode>(status), fmt::format("The server cannot start on {}: {}.", options_->endpoint, statusText(status)),
                 "Is the port in use by another program? Does the ApplicationUri match the own certificate?"};
}

void GatewayServer::iterate() {
    UA_Server_run_iterate(server_.get(), true);
    sessions_.endUntrusted(*server_);
}

namespace {

void addVariable(UA_Server& server, std::string_view name, const UA_DataType& type, const void* value) {
    auto attributes = UA_VariableAttributes_default;
    attributes.displayName = {{0, nullptr}, borrowed(name)};
    attributes.dataType = type.typeId;
    attributes.valueRank = UA_VALUERANK_SCALAR;
    attributes.accessLevel = UA_ACCESSLEVELMASK_READ | UA_ACCESSLEVELMASK_WRITE;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): copied by the call below
    UA_Variant_setScalar(&attributes.value, const_cast<void*>(value), &type);
    const UA_NodeId id{1, UA_NODEIDTYPE_STRING, {.string = borrowed(name)}};
    UA_Server_addVariableNode(&server, id, UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER), UA_NODEID_NUMERIC(0, UA_NS0ID_ORGANIZES),
                              {1, borrowed(name)}, UA_NODEID_NUMERIC(0, UA_NS0ID_BASEDATAVARIABLETYPE), attributes, nullptr, nullptr);
}

}  // namespace

void addOwnVariables(UA_Server& server) {
    const UA_Double temperature = 21.5;
    const UA_Int32 counter = 0;
    const auto name = borrowed(std::string_view{"uatrust"});
    addVariable(server, "Temperature", UA_TYPES[UA_TYPES_DOUBLE], &temperature);
    addVariable(server, "Counter", UA_TYPES[UA_TYPES_INT32], &counter);
    addVariable(server, "Name", UA_TYPES[UA_TYPES_STRING], &name);
}

}  // namespace uatrust::examples
