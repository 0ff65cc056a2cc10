#include "connection.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <open62541/client_config_default.h>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/validation/explain.hpp>

namespace uatrust::examples {

namespace {

constexpr std::string_view kBinaryTransport = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";
constexpr UA_UInt32 kBetweenSignsOfLife = 1000;  ///< ms; whoever says nothing does not hear that the server has ended the session
constexpr std::array kModeNames{"None", "Sign", "SignAndEncrypt"};

std::string_view modeName(UA_MessageSecurityMode mode) {
    const auto index = static_cast<std::size_t>(mode) - 1;
    return index < kModeNames.size() ? kModeNames[index] : "no security mode";
}

/// Progress is what a client's callbacks leave behind.
struct Progress {
    bool channelOpen = false;
    std::shared_ptr<const Report> server{};
};

void rememberState(UA_Client* client, UA_SecureChannelState channel, UA_SessionState, UA_StatusCode) {
    if (auto* progress = static_cast<Progress*>(UA_Client_getContext(client)); progress != nullptr) {
        progress->channelOpen |= channel == UA_SECURECHANNELSTATE_OPEN;
    }
}

Connection failed(Stage stage, UA_StatusCode status, std::string message) {
    Connection connection;
    connection.stage = stage;
    connection.status = status;
    connection.message = std::move(message);
    return connection;
}

Connection failed(const Error& error) { return failed(Stage::Configuration, static_cast<UA_StatusCode>(error.status), error.text()); }

Result<void> addUser(UA_ClientConfig& config, const ConnectionOptions& options) {
    if (!options.userCertificate || !options.userKey) return {};
    const auto key = open62541::privateKeyDer(*options.userKey);
    if (!key) return key.error();
    const auto status = UA_ClientConfig_setAuthenticationCert(&config, borrowed(options.userCertificate->der()), borrowed(key->view()));
    if (status == UA_STATUSCODE_GOOD) return {};
    return Error{static_cast<StatusCode>(status), "open62541 cannot use the user's certificate with its key: " + statusText(status),
                 "The key has to be the certificate's, and RSA."};
}

/// A client that is not connected yet. Only one that is to carry a session needs the own key.
Result<ClientPtr> makeClient(const ConnectionOptions& options, bool forSession, const std::shared_ptr<Progress>& progress) {
    UA_ClientConfig config{};
    config.logging = stackLogger(options.verbose);
    config.timeout = static_cast<UA_UInt32>(options.timeout.count());
    if (UA_ClientConfig_setDefault(&config) != UA_STATUSCODE_GOOD) {
        UA_ClientConfig_clear(&config);
        return Error{StatusCode::BadOutOfMemory, "open62541 could not make a client.", ""};
    }
    ClientPtr client{UA_Client_newWithConfig(&config)};
    if (!client) return Error{StatusCode::BadOutOfMemory, "open62541 could not make a client.", ""};

    auto& own = *UA_Client_getConfig(client.get());
    own.localConnectionConfig.localMaxMessageSize = kMaxMessageBytes;
    own.localConnectionConfig.localMaxChunkCount = kMaxMessageChunks;
    own.clientContext = progress.get();  // kept by the listener
    own.stateCallback = rememberState;
    open62541::plugIn(*client, {.servers = *options.servers, .onVerdict = [progress](open62541::Moment, const Verdict& verdict) {
                                    progress->server = verdict.sharedReport();
                                }});
    assign(own.clientDescription.applicationUri, options.applicationUri);
    assign(own.clientDescription.applicationName.text, options.applicationName);
    if (!forSession) return client;
    own.securityMode = options.securityMode;
    own.connectivityCheckInterval = kBetweenSignsOfLife;
    if (auto added = addPolicies(own.securityPolicies, own.securityPoliciesSize, options.policies, *options.identity, own.logging);
        !added) {
        return added.error();
    }
    if (auto added = addUser(own, options); !added) return added.error();
    return client;
}

// --- discovery -----------------------------------------------------------------

/// Endpoints owns what GetEndpoints returned.
struct Endpoints {
    UA_EndpointDescription* data = nullptr;
    std::size_t size = 0;
    Endpoints() = default;
    Endpoints(const Endpoints&) = delete;
    Endpoints& operator=(const Endpoints&) = delete;
    ~Endpoints() { UA_Array_delete(data, size, &UA_TYPES[UA_TYPES_ENDPOINTDESCRIPTION]); }
    [[nodiscard]] std::span<UA_EndpointDescription> all() const noexcept { return {data, data == nullptr ? 0 : size}; }
};

/// How much we want an endpoint: the place of its policy among the allowed ones. Nothing when it is not allowed.
std::optional<std::size_t> preference(const UA_EndpointDescription& endpoint, const ConnectionOptions& options) {
    const auto transport = open62541::text(endpoint.transportProfileUri);
    if (!transport.empty() && transport != kBinaryTransport) return {};
    if (endpoint.securityMode != options.securityMode) return {};
    const auto uri = open62541::text(endpoint.securityPolicyUri);
    const auto at =
        std::find_if(options.policies.begin(), options.policies.end(), [uri](const auto* policy) { return policy->uri == uri; });
    if (at == options.policies.end()) return {};
    return static_cast<std::size_t>(at - options.policies.begin());
}

UA_EndpointDescription* bestOf(std::span<UA_EndpointDescription> endpoints, const ConnectionOptions& options) {
    UA_EndpointDescription* best = nullptr;
    for (auto& endpoint : endpoints) {
        if (const auto rank = preference(endpoint, options); rank && (best == nullptr || *rank > *preference(*best, options)))
            best = &endpoint;
    }
    return best;
}

std::string offered(std::span<const UA_EndpointDescription> endpoints) {
    std::string list;
    for (const auto& endpoint : endpoints.first(std::min<std::size_t>(endpoints.size(), 30))) {
        const auto uri = printable(open62541::text(endpoint.securityPolicyUri));
        const auto* policy = findSecurityPolicy(uri);
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", policy == nullptr ? uri : policy->name, modeName(endpoint.securityMode));
    }
    return list.empty() ? "nothing" : list;
}

bool isAboutCertificates(UA_StatusCode status) {
    const auto name = statusName(static_cast<StatusCode>(status));
    return status == UA_STATUSCODE_BADSECURITYCHECKSFAILED || name.substr(0, 14) == "BadCertificate";
}

bool merelyUnknown(StatusCode status) {
    return status == StatusCode::BadCertificateUntrusted || status == StatusCode::BadCertificateChainIncomplete;
}

/// Drives a client until it has its session or has given up. UA_Client_connect() would do the same, but lingers for a
/// second over every connection that fails.
UA_StatusCode driveToSession(UA_Client* client, const ConnectionOptions& options) {
    const auto end = std::chrono::steady_clock::now() + options.timeout;
    auto status = UA_Client_connectAsync(client, options.url.c_str());
    auto session = UA_SESSIONSTATE_CLOSED;
    while (status == UA_STATUSCODE_GOOD && session != UA_SESSIONSTATE_ACTIVATED) {
        if (std::chrono::steady_clock::now() >= end) return UA_STATUSCODE_BADTIMEOUT;
        UA_Client_run_iterate(client, 20);
        UA_Client_getState(client, nullptr, &session, &status);
    }
    return status;
}

Connection openSession(const ConnectionOptions& options, const UA_EndpointDescription& endpoint,
                       const std::shared_ptr<Progress>& progress) {
    auto client = makeClient(options, true, progress);
    if (!client) return failed(client.error());
    if (UA_EndpointDescription_copy(&endpoint, &UA_Client_getConfig(client->get())->endpoint) != UA_STATUSCODE_GOOD) {
        return failed(Stage::Configuration, UA_STATUSCODE_BADOUTOFMEMORY, "There is no memory for the endpoint.");
    }
    const auto before = progress->server;
    auto status = driveToSession(client->get(), options);
    // The stack says only that the channel was closed when the adapter did it.
    const auto refusedNow = progress->server != before && progress->server->decisive() != nullptr;
    if (status != UA_STATUSCODE_GOOD && refusedNow) status = static_cast<UA_StatusCode>(progress->server->status());
    if (status != UA_STATUSCODE_GOOD) {
        return failed(
            progress->channelOpen ? Stage::Session : Stage::SecureChannel, status,
            fmt::format("No session with {}: {}. {}", options.url, statusText(status), statusMeaning(static_cast<StatusCode>(status))));
    }
    Connection connection;
    connection.client = std::move(*client);
    connection.stage = Stage::Connected;
    return connection;
}

}  // namespace

bool Connection::theyRefused() const noexcept {
    if (stage == Stage::Session) return isAboutCertificates(status);
    if (stage != Stage::SecureChannel) return false;
    // At best they say BadSecurityChecksFailed; some only close the connection. What is our own answer is in the report.
    return !weRefused() || static_cast<StatusCode>(status) != server->status();
}

Connection connect(const ConnectionOptions& options) {
    Endpoints endpoints;
    {
        const auto client = makeClient(options, false, std::make_shared<Progress>());
        if (!client) return failed(client.error());
        const auto status = UA_Client_getEndpoints(client->get(), options.url.c_str(), &endpoints.size, &endpoints.data);
        if (status != UA_STATUSCODE_GOOD) {
            return failed(Stage::Discovery, status,
                          fmt::format("{} does not answer as an OPC UA server: {}. Is it running, and is the URL right?", options.url,
                                      statusText(status)));
        }
    }
    auto* endpoint = bestOf(endpoints.all(), options);
    if (endpoint == nullptr) {
        return failed(Stage::Discovery, UA_STATUSCODE_BADSECURITYPOLICYREJECTED,
                      fmt::format("{} offers no endpoint that is allowed here, but {}.", options.url, offered(endpoints.all())));
    }
    const auto* policy = findSecurityPolicy(open62541::text(endpoint->securityPolicyUri));
    const auto name = fmt::format("{}, {}", policy->name, modeName(endpoint->securityMode));

    const auto progress = std::make_shared<Progress>();
    const auto verdict = open62541::judgeEndpoint(*endpoint, options.url, *options.servers);
    progress->server = verdict.sharedReport();
    auto connection = failed(Stage::ServerCertificate, static_cast<UA_StatusCode>(verdict.status()), "");
    StackValue<UA_EndpointDescription> published{UA_TYPES[UA_TYPES_ENDPOINTDESCRIPTION]};
    if (UA_EndpointDescription_copy(endpoint, &*published) != UA_STATUSCODE_GOOD) throw std::bad_alloc{};
    if (verdict.accepted() || merelyUnknown(verdict.status())) {
        connection = openSession(options, *endpoint, progress);
    }
    connection.endpoint = name;
    connection.server = progress->server;
    connection.published = std::move(published);
    return connection;
}

std::string describeRefusal(const Connection& connection, const ApplicationIdentity& identity) {
    const auto status = static_cast<StatusCode>(connection.status);
    if (isAboutCertificates(connection.status) && status != StatusCode::BadSecurityChecksFailed) {
        return fmt::format("The server refuses us: {}. {}", statusText(connection.status), statusMeaning(status));
    }
    return fmt::format(
        "The server refuses us and does not say why ({}). Its operator finds our certificate among the server's rejected ones, \"{}\", and "
        "moves it to the trusted ones.",
        statusText(connection.status), certificateFileName(identity.certificate()));
}

std::string summarize(const Connection& connection, const ApplicationIdentity& identity) {
    if (connection.connected()) return "connected, " + connection.endpoint;
    std::string line;
    if (connection.weRefused()) line = uatrust::summarize(*connection.server);
    if (connection.theyRefused()) line += (line.empty() ? std::string{} : " - ") + describeRefusal(connection, identity);
    return line.empty() ? connection.message : line;
}

}  // namespace uatrust::examples
