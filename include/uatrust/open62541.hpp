#pragma once

/// Plugs uatrust into open62541 1.4. Header-only: compiled by whoever has open62541, built with encryption.
///
///     uatrust::open62541::plugIn(config, {.clients = clientValidator, .users = &userValidator, .endpointUrl = url});   // server
///     uatrust::open62541::plugIn(client, {.servers = serverValidator});                                                // client
///
/// What the stack asks, and what it is answered:
///
///  moment                      | server                                       | client
///  ----------------------------|----------------------------------------------|------------------------------------------------
///  start, connect              | own certificate names the own ApplicationUri | the same
///  OpenSecureChannel, issue    | client's certificate, chain, trust, CRLs     | server's certificate with its ApplicationUri and
///   and every renewal          |                                              |  the host of the URL that was connected to
///  CreateSession               | all of that again, with the ApplicationUri   | the stack compares with the channel's certificate
///  ActivateSession, X.509 user | the user's certificate                       | -
///
/// Threads: the stack calls from the thread that runs its event loop, with its own locks held: nothing here waits for the
/// network. Lifetime: plugIn() allocates what the callbacks need and hands it to the configuration, whose clear() frees
/// it; what the hooks borrow must outlive the server or client.
///
/// Nothing thrown inside reaches the stack: a store, policy or listener that throws makes the answer
/// BadSecurityChecksFailed.
///
/// What 1.4 does not show to a plug-in, and what is therefore not checked here: the SecurityPolicy and the peer's address
/// on the server's side; the length of the server's nonce and its list of endpoints on the client's side; on both sides the
/// renewal of a peer that leaves its certificate out of it. A session over SecurityPolicy None may come without a certificate,
/// and then nobody is asked: set securityPolicyNoneDiscoveryOnly.
///
/// A client of 1.4 does not ask either about a server that leaves its certificate out of the answer to OpenSecureChannel, and
/// goes on with the one that the server has published. plugIn() watches the client's state for that: see there.

#include <uatrust/core/endpoint_url.hpp>
#include <uatrust/validation/validator.hpp>
#include <uatrust/x509/certificate_chain.hpp>
#include <uatrust/x509/pem.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>

#include <open62541/config.h>

// open62541 1.5 replaces UA_CertificateVerification by UA_CertificateGroup: a second set of functions belongs here then.
static_assert(UA_OPEN62541_VER_MAJOR == 1 && UA_OPEN62541_VER_MINOR == 4,
              "uatrust/open62541.hpp knows the interface of open62541 1.4 (UA_CertificateVerification); this is another version");

#if UA_OPEN62541_VER_MAJOR == 1 && UA_OPEN62541_VER_MINOR == 4

#include <open62541/client.h>
#include <open62541/server.h>

namespace uatrust::open62541 {

/// At which moment of a connection a certificate was judged.
enum class Moment : std::uint8_t { SecureChannel, Session, UserToken };

/// VerdictListener hears of every judgement, good or bad, before the stack gets the answer. It is called from the thread
/// of the event loop, must not call the server or client back, and takes the report along by Verdict::sharedReport().
using VerdictListener = std::function<void(Moment, const Verdict&)>;

/// ServerHooks is whom a server asks.
struct ServerHooks {
    const CertificateValidator& clients;             ///< application certificates; borrowed
    const CertificateValidator* users = nullptr;     ///< X.509 user certificates; without one no such token is offered; borrowed
    std::string endpointUrl{};                       ///< chooses the policy of a PerEndpointPolicy
    const SecurityPolicy* securityPolicy = nullptr;  ///< the least demanding one offered: 1.4 does not say which is in use
    VerdictListener onVerdict{};
};

/// ClientHooks is whom a client asks.
struct ClientHooks {
    const CertificateValidator& servers;  ///< application certificates; borrowed
    VerdictListener onVerdict{};
};

/// plugIn() makes a server judge by uatrust. Call it when the rest of the configuration is set, and UA_AccessControl_default()
/// after it, which offers X.509 tokens only if there is someone to judge them. What was plugged in before is cleared.
/// Throws std::bad_alloc, and then has changed nothing.
inline void plugIn(UA_ServerConfig& config, const ServerHooks& hooks);

/// plugIn() makes a client judge by uatrust. Call it before the first connect, and after setting config.stateCallback: it takes
/// that over and passes on what it hears. A secured channel whose server was not judged is told to the listener as
/// BadCertificateInvalid and closed before the session is activated; the connection ends with BadConnectionClosed.
/// Throws std::bad_alloc, and then has changed nothing.
inline void plugIn(UA_Client& client, const ClientHooks& hooks);

/// judgeEndpoint() judges the certificate of an endpoint before a channel is opened to it, as OPC 10000-4, 5.5.2 wants it:
/// open62541 1.4 asks only when the server has already answered. `connectUrl` is the URL that the user asked for.
/// Any thread. Never throws but for lack of memory.
[[nodiscard]] inline Verdict judgeEndpoint(const UA_EndpointDescription& endpoint, std::string_view connectUrl,
                                           const CertificateValidator& servers);

/// privateKeyDer() is the key in the form that open62541's security policies take. They copy it: drop it soon.
/// The key's own error when it cannot leave its device.
[[nodiscard]] inline Result<SecretBytes> privateKeyDer(const PrivateKey& key);

/// view() and text() look at the stack's strings without a copy; they die with what they look at.
[[nodiscard]] inline ByteView view(const UA_ByteString& bytes) noexcept { return {bytes.data, bytes.length}; }
[[nodiscard]] inline std::string_view text(const UA_String& string) noexcept { return asText(view(string)); }

/// ChainMemory keeps the issuers that clients have sent: many send their chain with OpenSecureChannel only and the leaf alone
/// with CreateSession (OPC 10000-6, 6.2.6), and 1.4 itself shows the leaf alone with ActivateSession. What it holds are candidates for
/// a path, as in the message they came with. plugIn() has one of its own; another one is for who judges clients again later on.
/// One thread at a time.
class ChainMemory {
public:
    /// Takes along what was sent by a client that was accepted; of a leaf alone there is nothing to remember.
    void remember(const UA_ByteString& blob) {
        const auto leaf = leafOf(view(blob));
        if (!leaf || leaf->size() == blob.length) return;
        std::erase_if(chains_, [&](const Bytes& chain) { return startsWith(chain, *leaf); });
        if (chains_.size() == kMaxChains) chains_.erase(chains_.begin());
        chains_.emplace_back(blob.data, blob.data + blob.length);
    }
    /// The chain that was sent with this leaf; the blob itself when it is more than a leaf, or nothing is known.
    [[nodiscard]] ByteView complete(const UA_ByteString& blob) const {
        const auto leaf = leafOf(view(blob));
        if (!leaf || leaf->size() != blob.length) return view(blob);
        const auto known = std::find_if(chains_.rbegin(), chains_.rend(), [&](const Bytes& chain) { return startsWith(chain, *leaf); });
        return known == chains_.rend() ? view(blob) : ByteView{*known};
    }

private:
    static constexpr std::size_t kMaxChains = 100;  // of clients that were accepted: as many as 1.4 has channels by default
    static bool startsWith(const Bytes& chain, ByteView leaf) noexcept {
        return chain.size() > leaf.size() && equalBytes(ByteView{chain}.first(leaf.size()), leaf);
    }
    std::vector<Bytes> chains_{};
};

namespace detail {

#define UATRUST_SAME_STATUS(ours, theirs) static_assert(static_cast<UA_StatusCode>(StatusCode::ours) == UA_STATUSCODE_##theirs)
UATRUST_SAME_STATUS(Good, GOOD);
UATRUST_SAME_STATUS(BadInternalError, BADINTERNALERROR);
UATRUST_SAME_STATUS(BadSecurityChecksFailed, BADSECURITYCHECKSFAILED);
UATRUST_SAME_STATUS(BadCertificateInvalid, BADCERTIFICATEINVALID);
UATRUST_SAME_STATUS(BadCertificateChainIncomplete, BADCERTIFICATECHAININCOMPLETE);
UATRUST_SAME_STATUS(BadCertificatePolicyCheckFailed, BADCERTIFICATEPOLICYCHECKFAILED);
UATRUST_SAME_STATUS(BadCertificateUntrusted, BADCERTIFICATEUNTRUSTED);
UATRUST_SAME_STATUS(BadCertificateTimeInvalid, BADCERTIFICATETIMEINVALID);
UATRUST_SAME_STATUS(BadCertificateIssuerTimeInvalid, BADCERTIFICATEISSUERTIMEINVALID);
UATRUST_SAME_STATUS(BadCertificateHostNameInvalid, BADCERTIFICATEHOSTNAMEINVALID);
UATRUST_SAME_STATUS(BadCertificateUriInvalid, BADCERTIFICATEURIINVALID);
UATRUST_SAME_STATUS(BadCertificateUseNotAllowed, BADCERTIFICATEUSENOTALLOWED);
UATRUST_SAME_STATUS(BadCertificateIssuerUseNotAllowed, BADCERTIFICATEISSUERUSENOTALLOWED);
UATRUST_SAME_STATUS(BadCertificateRevocationUnknown, BADCERTIFICATEREVOCATIONUNKNOWN);
UATRUST_SAME_STATUS(BadCertificateIssuerRevocationUnknown, BADCERTIFICATEISSUERREVOCATIONUNKNOWN);
UATRUST_SAME_STATUS(BadCertificateRevoked, BADCERTIFICATEREVOKED);
UATRUST_SAME_STATUS(BadCertificateIssuerRevoked, BADCERTIFICATEISSUERREVOKED);
UATRUST_SAME_STATUS(BadIdentityTokenRejected, BADIDENTITYTOKENREJECTED);
#undef UATRUST_SAME_STATUS

using Plug = UA_CertificateVerification;

/// answering() runs what may throw and turns its status into the stack's; whatever is thrown is the most restrictive one.
template <class Work>
UA_StatusCode answering(Work&& work) noexcept {
    try {
        return static_cast<UA_StatusCode>(work());
    } catch (...) {
        return UA_STATUSCODE_BADSECURITYCHECKSFAILED;
    }
}

template <class Context>
const Context& contextOf(const Plug* plug) noexcept {
    return *static_cast<const Context*>(plug->context);
}

inline const Verdict& told(const VerdictListener& listener, Moment moment, const Verdict& verdict) {
    if (listener) listener(moment, verdict);
    return verdict;
}

inline Result<Certificate> leafCertificate(const UA_ByteString& blob) {
    const auto leaf = leafOf(view(blob));
    if (!leaf) return leaf.error();
    return Certificate::fromDer(*leaf);
}

/// install() puts a context behind a plug; the plug owns it from here on.
template <class Context>
void install(Plug& plug, std::unique_ptr<Context> context) noexcept {
    const UA_Logger* logging = plug.logging;
    if (plug.clear != nullptr) plug.clear(&plug);
    plug = Plug{};
    plug.logging = logging;
    plug.context = context.release();
    plug.clear = [](Plug* own) {
        delete static_cast<Context*>(own->context);
        *own = Plug{};
    };
    // Not for trust: the stack shows users' names and warns of expiry with these two.
    plug.getSubjectName = [](UA_String* name, UA_ByteString* certificate) {
        return answering([&] {
            const auto leaf = leafCertificate(*certificate);
            if (!leaf) return StatusCode::BadCertificateInvalid;
            const auto& subject = leaf->subject().text();
            *name = UA_String_fromChars(subject.c_str());
            return name->length == subject.size() ? StatusCode::Good : StatusCode::BadOutOfMemory;
        });
    };
    plug.getExpirationDate = [](UA_DateTime* expiry, UA_ByteString* certificate) {
        return answering([&] {
            const auto leaf = leafCertificate(*certificate);
            if (!leaf) return StatusCode::BadCertificateInvalid;
            *expiry = UA_DateTime_fromUnixTime(leaf->notAfter().time_since_epoch().count());
            return StatusCode::Good;
        });
    };
}

/// The stack's question about its own certificate when it starts: an answer, but no judgement. Nothing is filed or told.
inline UA_StatusCode ownUriFits(const Plug*, const UA_ByteString* certificate, const UA_String* applicationUri) noexcept {
    return answering([&] {
        const auto leaf = leafCertificate(*certificate);
        if (!leaf) return leaf.status();
        return leaf->applicationUri() == text(*applicationUri) ? StatusCode::Good : StatusCode::BadCertificateUriInvalid;
    });
}

// --- server ------------------------------------------------------------------

/// What the two plugs of a server share.
struct ServerContext {
    ServerHooks hooks;
    ChainMemory chains{};
};
using SharedServerContext = std::shared_ptr<ServerContext>;

inline StatusCode judgeClient(const ServerHooks& hooks, ByteView certificate, const UA_String* applicationUri) {
    const auto moment = applicationUri != nullptr ? Moment::Session : Moment::SecureChannel;
    ValidationRequest request;
    request.certificate = certificate;
    if (applicationUri != nullptr) request.applicationUri.emplace(text(*applicationUri));
    request.securityPolicy = hooks.securityPolicy;
    request.endpointUrl = hooks.endpointUrl;
    return told(hooks.onVerdict, moment, hooks.clients.validate(request)).statusForPeer();
}

inline UA_StatusCode clientOfChannel(const Plug* plug, const UA_ByteString* certificate) noexcept {
    return answering([&] {
        auto& context = *contextOf<SharedServerContext>(plug);
        const auto status = judgeClient(context.hooks, view(*certificate), nullptr);
        if (status == StatusCode::Good) context.chains.remember(*certificate);
        return status;
    });
}

inline UA_StatusCode clientOfSession(const Plug* plug, const UA_ByteString* certificate, const UA_String* applicationUri) noexcept {
    return answering([&] {
        const auto& context = *contextOf<SharedServerContext>(plug);
        return judgeClient(context.hooks, context.chains.complete(*certificate), applicationUri);
    });
}

inline UA_StatusCode userOfSession(const Plug* plug, const UA_ByteString* certificate) noexcept {
    return answering([&] {
        const auto& hooks = contextOf<SharedServerContext>(plug)->hooks;
        ValidationRequest request;
        request.certificate = view(*certificate);
        request.profile = Profile::User;
        request.endpointUrl = hooks.endpointUrl;
        return told(hooks.onVerdict, Moment::UserToken, hooks.users->validate(request)).accepted() ? StatusCode::Good
                                                                                                   : StatusCode::BadIdentityTokenRejected;
    });
}

// --- client ------------------------------------------------------------------

using StateCallback = decltype(UA_ClientConfig::stateCallback);

struct ClientContext {
    UA_Client* client;
    ClientHooks hooks;
    StateCallback next = nullptr;  ///< the application's own
    bool accepted = false;         ///< the server of the channel that is being opened
};

/// connectionAttribute() is what the stack knows of the connection it is opening, where it keeps it; null when it does not
/// know it yet. Its locks are recursive: a callback may ask.
template <class Value>
Value* connectionAttribute(UA_Client* client, std::string_view name, const UA_DataType& type) {
    UA_Variant found;
    UA_Variant_init(&found);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the stack only reads the name
    const UA_QualifiedName key{0, {name.size(), reinterpret_cast<UA_Byte*>(const_cast<char*>(name.data()))}};
    if (UA_Client_getConnectionAttribute(client, key, &found) != UA_STATUSCODE_GOOD) return nullptr;
    return UA_Variant_hasScalarType(&found, &type) ? static_cast<Value*>(found.data) : nullptr;
}

/// A server may publish its chain, and send it in OpenSecureChannel and CreateSession (OPC 10000-6, 6.2.6). 1.4 compares the
/// leaf of the second with all of the first and gives up, but the third rightly with what was published. So the published
/// one is cut to its leaf when the second has been accepted: `server` is a part of the endpoint that the client has chosen.
inline void keepLeafOfEndpoint(UA_ApplicationDescription* server, const UA_ByteString& sender) {
    auto* endpoint = reinterpret_cast<UA_EndpointDescription*>(reinterpret_cast<char*>(server) - offsetof(UA_EndpointDescription, server));
    auto& published = endpoint->serverCertificate;
    const auto leaf = leafOf(view(sender));
    if (leaf && published.length > leaf->size() && equalBytes(view(published).first(leaf->size()), *leaf)) published.length = leaf->size();
}

/// The host that a certificate has to name. A URL without one is compared as it stands, and no certificate names it.
inline std::string hostOf(std::string_view url) {
    const auto parsed = parseEndpointUrl(url);
    return parsed ? parsed->host : std::string{url};
}

inline ValidationRequest serverRequest(ByteView certificate, std::string_view connectUrl, std::string applicationUri,
                                       std::string_view policyUri) {
    ValidationRequest request;
    request.certificate = certificate;
    request.role = Role::Client;
    request.hostNames = {hostOf(connectUrl)};
    request.applicationUri = std::move(applicationUri);
    request.securityPolicy = findSecurityPolicy(policyUri);
    request.endpointUrl = connectUrl;
    if (request.securityPolicy == nullptr || request.securityPolicy->id != SecurityPolicyId::None) return request;
    // Discovery over SecurityPolicy None: there may be no ApplicationUri yet, and nothing depends on the certificate.
    request.securityPolicy = nullptr;
    if (request.applicationUri->empty()) request.applicationUri.reset();
    return request;
}

inline UA_StatusCode serverOfChannel(const Plug* plug, const UA_ByteString* certificate) noexcept {
    return answering([&] {
        auto& [client, hooks, next, accepted] = *static_cast<ClientContext*>(plug->context);
        accepted = false;
        auto* server =
            connectionAttribute<UA_ApplicationDescription>(client, "serverDescription", UA_TYPES[UA_TYPES_APPLICATIONDESCRIPTION]);
        const auto* policy = connectionAttribute<UA_String>(client, "securityPolicyUri", UA_TYPES[UA_TYPES_STRING]);
        const auto request =
            serverRequest(view(*certificate), text(UA_Client_getConfig(client)->endpointUrl),
                          std::string{server != nullptr ? text(server->applicationUri) : ""}, policy != nullptr ? text(*policy) : "");
        const auto status = told(hooks.onVerdict, Moment::SecureChannel, hooks.servers.validate(request)).status();
        if (status == StatusCode::Good && server != nullptr) keepLeafOfEndpoint(server, *certificate);
        accepted = status == StatusCode::Good && request.securityPolicy != nullptr;
        return status;
    });
}

/// Hears of every change of a client's state. The stack asks about a server's certificate only if the answer to
/// OpenSecureChannel holds one, and then compares it with the published one: a server that leaves it out would be trusted unseen.
inline void watchState(UA_Client* client, UA_SecureChannelState channel, UA_SessionState session, UA_StatusCode status) noexcept {
    const auto& plug = UA_Client_getConfig(client)->certificateVerification;
    if (plug.verifyCertificate != &serverOfChannel) return;  // the client is being deleted
    auto& context = *static_cast<ClientContext*>(plug.context);
    if (channel != UA_SECURECHANNELSTATE_OPEN) {
        context.accepted = false;
    } else if (!context.accepted) {
        const auto* policy = connectionAttribute<UA_String>(client, "securityPolicyUri", UA_TYPES[UA_TYPES_STRING]);
        if (policy == nullptr || text(*policy) != securityPolicy(SecurityPolicyId::None).uri) {
            const UA_ByteString nothing = UA_BYTESTRING_NULL;
            serverOfChannel(&plug, &nothing);  // tells the listener; there is only one answer
            UA_Client_disconnectSecureChannelAsync(client);
            return;
        }
    }
    if (context.next != nullptr) context.next(client, channel, session, status);
}

}  // namespace detail

inline void plugIn(UA_ServerConfig& config, const ServerHooks& hooks) {
    const auto shared = std::make_shared<detail::ServerContext>(detail::ServerContext{hooks});
    auto channel = std::make_unique<detail::SharedServerContext>(shared);
    auto session = std::make_unique<detail::SharedServerContext>(shared);
    detail::install(config.secureChannelPKI, std::move(channel));
    config.secureChannelPKI.verifyCertificate = &detail::clientOfChannel;
    config.secureChannelPKI.verifyApplicationURI = &detail::ownUriFits;
    detail::install(config.sessionPKI, std::move(session));
    config.sessionPKI.verifyCertificate = hooks.users != nullptr ? &detail::userOfSession : nullptr;
    config.sessionPKI.verifyApplicationURI = &detail::clientOfSession;
}

inline void plugIn(UA_Client& client, const ClientHooks& hooks) {
    auto& config = *UA_Client_getConfig(&client);
    auto& plug = config.certificateVerification;
    const auto again = plug.verifyCertificate == &detail::serverOfChannel && config.stateCallback == &detail::watchState;
    const auto next = again ? static_cast<detail::ClientContext*>(plug.context)->next : config.stateCallback;
    auto context = std::make_unique<detail::ClientContext>(detail::ClientContext{&client, hooks, next});
    detail::install(plug, std::move(context));
    config.stateCallback = &detail::watchState;
    plug.verifyCertificate = &detail::serverOfChannel;
    plug.verifyApplicationURI = &detail::ownUriFits;
}

inline Verdict judgeEndpoint(const UA_EndpointDescription& endpoint, std::string_view connectUrl, const CertificateValidator& servers) {
    return servers.validate(detail::serverRequest(view(endpoint.serverCertificate), connectUrl,
                                                  std::string{text(endpoint.server.applicationUri)}, text(endpoint.securityPolicyUri)));
}

inline Result<SecretBytes> privateKeyDer(const PrivateKey& key) {
    const auto pem = key.exportPem();
    if (!pem) return pem.error();
    auto blocks = decodePem(asText(pem->view()));
    if (!blocks) return blocks.error();
    if (blocks->size() != 1) return Error{StatusCode::BadInternalError, "The exported private key is not one PEM block.", "Report this."};
    return SecretBytes{std::move(blocks->front().content)};
}

}  // namespace uatrust::open62541

#endif
