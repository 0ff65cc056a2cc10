#pragma once

#include "../support/narrator.hpp"
#include "../support/stack.hpp"
#include "trust.hpp"
#include "trust_watch.hpp"

namespace uatrust::examples {

/// Sessions ends the sessions of clients and users whose trust is gone: a peer is judged when it comes, and by then an operator may
/// take its certificate back for as long as the session lasts, or a CA may revoke it. Belongs to the thread of the server.
class Sessions {
public:
    /// What it borrows must outlive it.
    Sessions(const GatewayOptions& options, GatewayTrust& trust, Narrator& narrator);
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;

    /// listenTo() hears from now on who gets a session and whose ends. Call it behind UA_AccessControl_default(); must outlive
    /// the server that is made of the configuration.
    void listenTo(UA_ServerConfig& config);

    /// accepted() is to be told of every client that was let in.
    void accepted(const Verdict& client);

    /// endUntrusted() judges everybody who is in a session again when the lists have changed, and now and then.
    void endUntrusted(UA_Server& server);

private:
    struct Peer {
        StackValue<UA_NodeId> session;
        Bytes clientChain{};
        Bytes userChain{};  ///< empty for a user who has shown no certificate
    };
    using Activate = decltype(UA_AccessControl::activateSession);
    using Close = decltype(UA_AccessControl::closeSession);

    static UA_StatusCode activated(UA_Server* server, UA_AccessControl* control, const UA_EndpointDescription* endpoint,
                                   const UA_ByteString* certificate, const UA_NodeId* session, const UA_ExtensionObject* token,
                                   void** context) noexcept;
    static void closed(UA_Server* server, UA_AccessControl* control, const UA_NodeId* session, void* context) noexcept;

    void remember(const UA_NodeId& session, const UA_ByteString& certificate, const UA_ExtensionObject& token);
    void forget(const UA_NodeId& session);
    [[nodiscard]] std::optional<std::string> whyNotAnyMore(const Peer& peer) const;

    const GatewayOptions* options_;
    const GatewayTrust* trust_;
    Narrator* narrator_;
    TrustWatch watch_;
    Activate activate_ = nullptr;  ///< the stack's own
    Close close_ = nullptr;
    std::vector<Peer> peers_{};
    open62541::ChainMemory chains_{};  ///< of those who were let in last
};

}  // namespace uatrust::examples
