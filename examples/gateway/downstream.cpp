#include "downstream.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/validation/explain.hpp>

namespace uatrust::examples {

namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 3s;
constexpr auto kFirstPause = 1s;
constexpr auto kLongestPause = 8s;

ConnectionOptions connectionOptions(const GatewayOptions& gateway, const ApplicationIdentity& identity,
                                    const CertificateValidator& servers) {
    ConnectionOptions options;
    options.url = gateway.downstream;
    options.policies = choosePolicies(gateway.policies).value();
    options.timeout = kTimeout;
    options.applicationName = gateway.name;
    options.applicationUri = identity.certificate().applicationUri();
    options.verbose = gateway.verbose;
    options.identity = &identity;
    options.servers = &servers;
    return options;
}

StackValue<UA_DataValue> noValue(UA_StatusCode status) {
    StackValue<UA_DataValue> answer{UA_TYPES[UA_TYPES_DATAVALUE]};
    answer->hasStatus = true;
    answer->status = status;
    return answer;
}

}  // namespace

Downstream::Downstream(const GatewayOptions& options, const ApplicationIdentity& identity, GatewayTrust& trust, Narrator& narrator)
    : gateway_{&options},
      identity_{&identity},
      options_{connectionOptions(options, identity, trust.servers())},
      narrator_{&narrator},
      watch_{&trust.serverStore()},
      thread_{[this] { run(); }} {}

Downstream::~Downstream() {
    {
        const std::lock_guard lock{stopMutex_};
        stopping_ = true;
    }
    stopSignal_.notify_all();
    thread_.join();
}

bool Downstream::pause(std::chrono::milliseconds time) {
    std::unique_lock lock{stopMutex_};
    return !stopSignal_.wait_for(lock, time, [this] { return stopping_; });
}

void Downstream::run() {
    std::chrono::milliseconds wait = kFirstPause;
    do {
        auto connection = connect(options_);
        if (connection.connected()) {
            keep(std::move(connection));
            wait = kFirstPause;
            continue;
        }
        narrator_->sayThrottled(fmt::format("server below: {}", summarize(connection, *identity_)));
        // Trust is a matter of moving a file; a machine that is switched off takes longer.
        const auto trust = connection.weRefused() || connection.theyRefused();
        wait = trust ? kFirstPause : std::min<std::chrono::milliseconds>(wait * 2, kLongestPause);
    } while (pause(wait));
}

void Downstream::keep(Connection connection) {
    auto nodes = discoverNodes(*connection.client, [this] { return pause(0ms); });
    narrator_->say(fmt::format("server below: connected to {} ({}), {} nodes{}", gateway_->downstream, connection.endpoint,
                               nodes.nodes.size(), nodes.truncated ? ", more are not passed on" : ""));
    {
        const std::lock_guard lock{mutex_};
        client_ = std::move(connection.client);
        discovered_ = std::move(nodes);
    }
    bool wanted = true;
    bool good = true;
    while (wanted && good && alive()) {
        wanted = pause(50ms);
        good = trusted(connection);
    }

    ClientPtr ended;  // closing the session may take its time: not while clients wait for the lock
    {
        const std::lock_guard lock{mutex_};
        ended = std::move(client_);
    }
    if (wanted && good) narrator_->say("server below: the connection is lost");
}

bool Downstream::alive() {
    const std::lock_guard lock{mutex_};
    UA_SessionState session = UA_SESSIONSTATE_CLOSED;
    const auto status = UA_Client_run_iterate(client_.get(), 0);
    UA_Client_getState(client_.get(), nullptr, &session, nullptr);
    return status == UA_STATUSCODE_GOOD && session == UA_SESSIONSTATE_ACTIVATED;
}

bool Downstream::trusted(const Connection& connection) {
    if (!watch_.timeToJudgeAgain()) return true;
    const auto verdict = open62541::judgeEndpoint(*connection.published, options_.url, *options_.servers);
    if (!verdict.accepted()) narrator_->say("server below: the connection is ended: " + uatrust::summarize(verdict.report()));
    return verdict.accepted();
}

std::optional<DiscoveredNodes> Downstream::takeDiscovered() {
    const std::lock_guard lock{mutex_};
    return std::exchange(discovered_, std::nullopt);
}

StackValue<UA_DataValue> Downstream::read(const UA_NodeId& id) {
    const std::lock_guard lock{mutex_};
    if (!client_) return noValue(UA_STATUSCODE_BADNOCOMMUNICATION);
    UA_ReadValueId item{};
    item.nodeId = id;
    item.attributeId = UA_ATTRIBUTEID_VALUE;
    UA_ReadRequest request{};
    request.timestampsToReturn = UA_TIMESTAMPSTORETURN_SOURCE;
    request.nodesToRead = &item;
    request.nodesToReadSize = 1;
    const StackValue<UA_ReadResponse> response{UA_TYPES[UA_TYPES_READRESPONSE], UA_Client_Service_read(client_.get(), request)};
    if (response->responseHeader.serviceResult != UA_STATUSCODE_GOOD || response->resultsSize != 1)
        return noValue(UA_STATUSCODE_BADNOCOMMUNICATION);
    StackValue<UA_DataValue> answer{UA_TYPES[UA_TYPES_DATAVALUE]};
    if (UA_DataValue_copy(&response->results[0], &*answer) != UA_STATUSCODE_GOOD) return noValue(UA_STATUSCODE_BADOUTOFMEMORY);
    return answer;
}

UA_StatusCode Downstream::write(const UA_NodeId& id, const UA_Variant& value) {
    const std::lock_guard lock{mutex_};
    if (!client_) return UA_STATUSCODE_BADNOCOMMUNICATION;
    UA_WriteValue item{};
    item.nodeId = id;
    item.attributeId = UA_ATTRIBUTEID_VALUE;
    item.value.hasValue = true;
    item.value.value = value;
    UA_WriteRequest request{};
    request.nodesToWrite = &item;
    request.nodesToWriteSize = 1;
    const StackValue<UA_WriteResponse> response{UA_TYPES[UA_TYPES_WRITERESPONSE], UA_Client_Service_write(client_.get(), request)};
    if (response->responseHeader.serviceResult != UA_STATUSCODE_GOOD || response->resultsSize != 1) return UA_STATUSCODE_BADNOCOMMUNICATION;
    return response->results[0];
}

}  // namespace uatrust::examples
