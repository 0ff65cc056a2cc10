#include "sessions.hpp"

#include <fmt/format.h>

#include <uatrust/validation/explain.hpp>

namespace uatrust::examples {

namespace {

Sessions& sessionsOf(UA_Server* server) { return *static_cast<Sessions*>(UA_Server_getConfig(server)->context); }

Bytes copyOf(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

Bytes certificateOf(const UA_ExtensionObject& token) {
    const auto decoded = token.encoding == UA_EXTENSIONOBJECT_DECODED || token.encoding == UA_EXTENSIONOBJECT_DECODED_NODELETE;
    if (!decoded || token.content.decoded.type != &UA_TYPES[UA_TYPES_X509IDENTITYTOKEN]) return {};
    return copyOf(open62541::view(static_cast<const UA_X509IdentityToken*>(token.content.decoded.data)->certificateData));
}

/// What a client says of itself stays as it was when the session was made: its ApplicationUri need not be looked at again. And
/// nobody has tried anything: the record of refusals stays as it is, too.
ValidationRequest again(const Bytes& chain, Profile profile, const std::string& endpoint) {
    ValidationRequest request;
    request.certificate = chain;
    request.profile = profile;
    request.endpointUrl = endpoint;
    request.fileRejected = false;
    return request;
}

}  // namespace

Sessions::Sessions(const GatewayOptions& options, GatewayTrust& trust, Narrator& narrator)
    : options_{&options}, trust_{&trust}, narrator_{&narrator}, watch_{&trust.clientStore(), &trust.userStore()} {}

void Sessions::listenTo(UA_ServerConfig& config) {
    config.context = this;
    activate_ = std::exchange(config.accessControl.activateSession, &activated);
    close_ = std::exchange(config.accessControl.closeSession, &closed);
}

UA_StatusCode Sessions::activated(UA_Server* server, UA_AccessControl* control, const UA_EndpointDescription* endpoint,
                                  const UA_ByteString* certificate, const UA_NodeId* session, const UA_ExtensionObject* token,
                                  void** context) noexcept {
    auto& self = sessionsOf(server);
    const auto status = self.activate_(server, control, endpoint, certificate, session, token, context);
    if (status != UA_STATUSCODE_GOOD) return status;
    try {
        self.remember(*session, *certificate, *token);
    } catch (const std::exception&) {
        return UA_STATUSCODE_BADOUTOFMEMORY;  // one that could not be ended later on must not begin
    }
    return UA_STATUSCODE_GOOD;
}

void Sessions::closed(UA_Server* server, UA_AccessControl* control, const UA_NodeId* session, void* context) noexcept {
    auto& self = sessionsOf(server);
    self.forget(*session);
    if (self.close_ != nullptr) self.close_(server, control, session, context);
}

void Sessions::remember(const UA_NodeId& session, const UA_ByteString& certificate, const UA_ExtensionObject& token) {
    Peer peer{.session = StackValue<UA_NodeId>{UA_TYPES[UA_TYPES_NODEID]},
              .clientChain = copyOf(chains_.complete(certificate)),
              .userChain = certificateOf(token)};
    if (UA_NodeId_copy(&session, &*peer.session) != UA_STATUSCODE_GOOD) throw std::bad_alloc{};
    forget(session);  // the user of a session may be exchanged
    peers_.push_back(std::move(peer));
}

// open62541 1.4 keeps the leaf alone of what a client has sent, and nobody else may know its issuers.
void Sessions::accepted(const Verdict& client) {
    Bytes chain;
    for (const auto& each : client.report().chain()) {
        const auto der = each.certificate.der();
        chain.insert(chain.end(), der.begin(), der.end());
    }
    const UA_ByteString lent = borrowed(ByteView{chain});
    chains_.remember(lent);
}

void Sessions::forget(const UA_NodeId& session) {
    std::erase_if(peers_, [&session](const Peer& peer) { return UA_NodeId_equal(&*peer.session, &session); });
}

std::optional<std::string> Sessions::whyNotAnyMore(const Peer& peer) const {
    const auto client = trust_->clients().validate(again(peer.clientChain, Profile::Application, options_->endpoint));
    if (!client.accepted()) return "client " + summarize(client.report());
    if (peer.userChain.empty()) return {};
    const auto user = trust_->users().validate(again(peer.userChain, Profile::User, options_->endpoint));
    if (!user.accepted()) return "user " + summarize(user.report());
    return {};
}

void Sessions::endUntrusted(UA_Server& server) {
    if (!watch_.timeToJudgeAgain()) return;
    const auto peers = peers_;  // closing a session changes the list
    for (const auto& peer : peers) {
        const auto why = whyNotAnyMore(peer);
        if (!why) continue;
        narrator_->say("session ended: " + *why);
        UA_Server_closeSession(&server, &*peer.session);
    }
}

}  // namespace uatrust::examples
