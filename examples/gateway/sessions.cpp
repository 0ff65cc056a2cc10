#include "sessions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/validation/explain.hpp>

namespace uatrust::examples {

namespace {

constexpr std::size_t kMaxChains = 100;  // as many sessions as open62541 has by default

Sessions& sessionsOf(UA_Server* server) { return *static_cast<Sessions*>(UA_Server_getConfig(server)->context); }

Bytes copyOf(const UA_ByteString& bytes) {
    const auto view = open62541::view(bytes);
    return {view.begin(), view.end()};
}

Bytes certificateOf(const UA_ExtensionObject& token) {
    const auto decoded = token.encoding == UA_EXTENSIONOBJECT_DECODED || token.encoding == UA_EXTENSIONOBJECT_DECODED_NODELETE;
    if (!decoded || token.content.decoded.type != &UA_TYPES[UA_TYPES_X509IDENTITYTOKEN]) return {};
    return copyOf(static_cast<const UA_X509IdentityToken*>(token.content.decoded.data)->certificateData);
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
              .clientChain = chainOf(certificate),
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
    std::erase(chains_, chain);
    if (chains_.size() == kMaxChains) chains_.erase(chains_.begin());
    chains_.push_back(std::move(chain));
}

Bytes Sessions::chainOf(const UA_ByteString& certificate) const {
    const auto sent = open62541::view(certificate);
    const auto first = leafOf(sent);
    const auto leaf = first ? *first : sent;
    const auto beginsWithIt = [leaf](const Bytes& chain) {
        return chain.size() >= leaf.size() && equalBytes(ByteView{chain}.first(leaf.size()), leaf);
    };
    const auto known = std::find_if(chains_.rbegin(), chains_.rend(), beginsWithIt);
    return known == chains_.rend() ? copyOf(certificate) : *known;
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
