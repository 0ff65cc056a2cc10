#pragma once

#include "../support/connection.hpp"
#include "../support/narrator.hpp"
#include "discovered_nodes.hpp"
#include "trust.hpp"
#include "trust_watch.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace uatrust::examples {

/// Downstream is the side of the gateway that is a client: it keeps a connection to the server below in a thread of its own,
/// and tries again every second or so while there is none. Nothing has to be restarted when the server appears, or when
/// an operator moves its certificate to the trusted ones; when the server's trust is gone, so is the connection.
class Downstream {
public:
    /// Starts at once. What it borrows must outlive it.
    Downstream(const GatewayOptions& options, const ApplicationIdentity& identity, GatewayTrust& trust, Narrator& narrator);
    /// Ends the connection; waits for an attempt to connect that is on its way.
    ~Downstream();
    Downstream(const Downstream&) = delete;
    Downstream& operator=(const Downstream&) = delete;

    /// What was found below, once for each new connection.
    [[nodiscard]] std::optional<DiscoveredNodes> takeDiscovered();

    /// Reads a value below. Whatever goes wrong is the status of the answer: BadNoCommunication while there is no connection.
    [[nodiscard]] StackValue<UA_DataValue> read(const UA_NodeId& id);
    /// Writes a value below.
    [[nodiscard]] UA_StatusCode write(const UA_NodeId& id, const UA_Variant& value);

private:
    void run();
    void keep(Connection connection);
    [[nodiscard]] bool alive();
    /// Judges the server again when it is time to.
    [[nodiscard]] bool trusted(const Connection& connection);
    [[nodiscard]] bool pause(std::chrono::milliseconds time);

    const GatewayOptions* gateway_;
    const ApplicationIdentity* identity_;
    ConnectionOptions options_;
    Narrator* narrator_;
    TrustWatch watch_;

    std::mutex mutex_{};  ///< of client_: the stack's clients serve one thread at a time
    ClientPtr client_{};
    std::optional<DiscoveredNodes> discovered_{};

    std::mutex stopMutex_{};
    std::condition_variable stopSignal_{};
    bool stopping_ = false;
    std::thread thread_{};
};

}  // namespace uatrust::examples
