#pragma once

#include "../support/narrator.hpp"
#include "../support/stack.hpp"
#include "sessions.hpp"
#include "trust.hpp"

namespace uatrust::examples {

/// GatewayServer is the side of the gateway that clients see: an open62541 server that asks uatrust about every client.
/// Belongs to one thread.
class GatewayServer {
public:
    /// What it borrows must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<GatewayServer>> make(const GatewayOptions& options, GatewayTrust& trust,
                                                                     const ApplicationIdentity& identity, Narrator& narrator);

    /// start() opens the port. The error names it.
    [[nodiscard]] Result<void> start();
    /// iterate() handles what has arrived, and waits up to a fifth of a second for more; ends sessions whose trust is gone.
    void iterate();
    void stop() { UA_Server_run_shutdown(server_.get()); }

    [[nodiscard]] UA_Server& stack() noexcept { return *server_; }

private:
    GatewayServer(const GatewayOptions& options, GatewayTrust& trust, Narrator& narrator)
        : options_{&options}, narrator_{&narrator}, sessions_{options, trust, narrator} {}
    Result<void> configure(UA_ServerConfig& config, const GatewayTrust& trust, const ApplicationIdentity& identity);
    void describe(UA_ServerConfig& config, const ApplicationIdentity& identity) const;
    void heard(open62541::Moment moment, const Verdict& verdict);

    const GatewayOptions* options_;
    Narrator* narrator_;
    Sessions sessions_;
    ServerPtr server_{};
};

/// addOwnVariables() gives a gateway without a server below something to serve: Temperature, Counter and Name.
void addOwnVariables(UA_Server& server);

}  // namespace uatrust::examples
