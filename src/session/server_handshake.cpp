#include <uatrust/session/server_handshake.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <uatrust/x509/certificate_chain.hpp>

#include "session/checks.hpp"
#include "session/nonce_memory.hpp"
#include "session/user_check.hpp"

namespace uatrust {

using namespace detail;

struct ServerHandshake::State {
    ApplicationIdentity identity;
    const CertificateValidator* clients;
    ServerHandshakeOptions options;
    mutable NonceMemory clientNonces;

    [[nodiscard]] HandshakeFinding thumbprint(ByteView received) const;
    [[nodiscard]] HandshakeFinding freshNonce(ByteView nonce) const;
    [[nodiscard]] HandshakeFinding newNonce(HandshakeFinding before, Bytes& nonce) const;
    [[nodiscard]] HandshakeFinding sign(const SecurityPolicy& policy, const CreateSessionIn& in, SignatureData& signature) const;
    [[nodiscard]] HandshakeFinding clientSignature(const SessionSecurity& session, ByteView signature) const;
    [[nodiscard]] ValidationRequest request(ByteView certificate, const SecurityPolicy* policy, std::string_view url,
                                            std::string_view address) const;
};

namespace {

constexpr std::string_view kAskVendor = "The client departs from OPC 10000-4: ask its vendor.";

Bytes copied(ByteView view) { return {view.begin(), view.end()}; }

HandshakeFinding checkPresent(ByteView certificate) {
    if (!certificate.empty()) return passed("The client sent its certificate.");
    return failed(StatusCode::BadCertificateInvalid, "The client sent no certificate.", "Give the client an application certificate.");
}

// OPC 10000-4, 5.6.2: a renewal keeps policy and mode. A channel that has a certificate is a secured one.
HandshakeFinding checkRenewedPolicy(const OpenSecureChannelIn& in, HandshakeFinding offered) {
    if (offered.outcome == Outcome::Failed || in.channelPolicyUri.empty() || in.channelPolicyUri == in.securityPolicyUri) return offered;
    return failed(StatusCode::BadSecurityChecksFailed, "The renewal names another SecurityPolicy than the channel has.",
                  std::string{kAskVendor});
}

HandshakeFinding checkRenewedMode(const OpenSecureChannelIn& in, HandshakeFinding offered) {
    const bool changed = in.channelMode != MessageSecurityMode::Invalid && in.channelMode != in.securityMode;
    const bool dropped = !in.channelCertificate.empty() && in.securityMode == MessageSecurityMode::None;
    if (offered.outcome == Outcome::Failed || (!changed && !dropped)) return offered;
    return failed(StatusCode::BadSecurityChecksFailed, "The renewal names another SecurityMode than the channel has.",
                  std::string{kAskVendor});
}

bool isRenewal(const OpenSecureChannelIn& in) noexcept {
    return !in.channelCertificate.empty() || in.channelMode != MessageSecurityMode::Invalid || !in.channelPolicyUri.empty();
}

HandshakeFinding checkRenewedCertificate(const OpenSecureChannelIn& in) {
    if (!isRenewal(in)) return notApplicable("A new channel.");
    return checkSameLeaf(in.senderCertificate, in.channelCertificate, "the channel that is renewed");
}

std::string renewalOrIssue(const OpenSecureChannelIn& in) { return isRenewal(in) ? "OpenSecureChannel (renewal)" : "OpenSecureChannel"; }

HandshakeFinding checkSessionState(const SessionSecurity& session) {
    if (session.policy != nullptr) return passed(fmt::format("SecurityPolicy {}.", session.policy->name));
    return failed(StatusCode::BadSessionIdInvalid, "The session has no security state.",
                  "Hand over the SessionSecurity that onCreateSession or the last onActivateSession made.");
}

// OPC 10000-4, 5.7.3: a session cannot be moved to a channel that protects it less.
HandshakeFinding checkChannelPolicy(const SessionSecurity& session, const ActivateSessionIn& in) {
    auto state = checkSessionState(session);
    if (state.outcome == Outcome::Failed || in.sameChannel || in.channelPolicyUri == session.policy->uri) return state;
    return failed(StatusCode::BadSecurityChecksFailed,
                  fmt::format("The session was made under {}, the channel has '{}'.", session.policy->name, printable(in.channelPolicyUri)),
                  "The client has to activate its session over a channel with the same SecurityPolicy.");
}

HandshakeFinding checkChannelMode(const SessionSecurity& session, const ActivateSessionIn& in) {
    auto consistent = checkMode(*session.policy, session.securityMode);
    if (consistent.outcome == Outcome::Failed || in.sameChannel || in.channelMode == session.securityMode) return consistent;
    return failed(StatusCode::BadSecurityChecksFailed,
                  fmt::format("The session was made with SecurityMode {}, the channel has {}.", modeName(session.securityMode),
                              modeName(in.channelMode)),
                  "The client has to activate its session over a channel with the same SecurityMode.");
}

HandshakeFinding checkBinding(const ActivateSessionIn& in) {
    if (!in.firstActivation || in.sameChannel)
        return passed(in.sameChannel ? "The channel of the session." : "A later activation may move.");
    return failed(StatusCode::BadSecureChannelIdInvalid, "The first activation comes over another channel than CreateSession.",
                  "The client has to activate a new session over the channel that it made the session on.");
}

HandshakeFinding checkSessionCertificate(const SessionSecurity& session, const ActivateSessionIn& in) {
    if (in.sameChannel && in.channelCertificate.empty()) return notApplicable("The channel has not changed.");
    return checkSameLeaf(in.channelCertificate, session.clientCertificate, "CreateSession");
}

}  // namespace

HandshakeFinding ServerHandshake::State::thumbprint(ByteView received) const {
    const auto& own = identity.certificate();
    if (received.empty()) {
        return failed(StatusCode::BadCertificateInvalid, "The client sent a certificate without the thumbprint of ours.",
                      std::string{kAskVendor});
    }
    if (equalBytes(received, own.thumbprint().sha1)) return passed("The client means our certificate.");
    return failed(StatusCode::BadCertificateInvalid,
                  fmt::format("The client means a certificate with the thumbprint {}, ours is {}.",
                              received.size() == own.thumbprint().sha1.size() ? toHex(received, HexCase::Upper) : "of a wrong length",
                              own.describe()),
                  "Our certificate may have changed: the client has to ask for the endpoints anew and trust the new certificate.");
}

HandshakeFinding ServerHandshake::State::freshNonce(ByteView nonce) const {
    auto sized = checkSessionNonce(nonce, "client");
    if (sized.outcome == Outcome::Failed || clientNonces.remember(nonce)) return sized;
    return failed(StatusCode::BadNonceInvalid, "The client nonce was used before.",
                  "Either a message was replayed, or the client's random numbers are none: ask its vendor.");
}

HandshakeFinding ServerHandshake::State::newNonce(HandshakeFinding before, Bytes& nonce) const {
    if (before.outcome == Outcome::Failed) return before;
    auto random = randomBytes(options.serverNonceBytes);
    if (!random) return internalError(random.error().message);
    nonce = std::move(*random);
    return before;
}

HandshakeFinding ServerHandshake::State::sign(const SecurityPolicy& policy, const CreateSessionIn& in, SignatureData& signature) const {
    auto made = signFor(policy, identity.key(), in.clientCertificate, in.clientNonce);
    if (!made) return internalError(made.error().text());
    signature = std::move(*made);
    return passed("Our signature was made.");
}

HandshakeFinding ServerHandshake::State::clientSignature(const SessionSecurity& session, ByteView signature) const {
    const auto leaf = leafOf(session.clientCertificate);
    if (!leaf) return internalError(leaf.error().message);
    const auto client = Certificate::fromDer(*leaf);
    if (!client) return internalError(client.error().message);
    if (verifiesOverUs(*session.policy, client->publicKey(), {identity, session.serverNonce, signature})) {
        return passed("The client's signature is right.");
    }
    return failed(StatusCode::BadApplicationSignatureInvalid, fmt::format("The signature of {} is wrong.", client->describe()),
                  "The client has to sign with the private key of its certificate, over this server's certificate and its last nonce.");
}

ValidationRequest ServerHandshake::State::request(ByteView certificate, const SecurityPolicy* policy, std::string_view url,
                                                  std::string_view address) const {
    return {.certificate = certificate,
            .role = Role::Server,
            .profile = Profile::Application,
            .securityPolicy = policy,
            .endpointUrl = std::string{url},
            .peerAddress = std::string{address}};
}

ServerHandshake::ServerHandshake(ApplicationIdentity identity, const CertificateValidator& clients, ServerHandshakeOptions options)
    : state_{new State{std::move(identity), &clients, options, NonceMemory{options.rememberedNonces}}} {
    state_->options.serverNonceBytes = std::clamp(options.serverNonceBytes, kMinSessionNonce, kMaxSessionNonce);
}
ServerHandshake::~ServerHandshake() = default;

HandshakeVerdict ServerHandshake::onOpenSecureChannel(const OpenSecureChannelIn& in) const noexcept {
    return orRefuse<HandshakeVerdict>([&] {
        const auto& s = *state_;
        const SecurityPolicy* policy = nullptr;
        Dialogue dialogue{renewalOrIssue(in), Role::Server};
        dialogue.check(HandshakeCheck::SecurityPolicyOffered,
                       [&] { return checkRenewedPolicy(in, checkPolicy(s.options.policies, s.identity, in.securityPolicyUri, policy)); });
        dialogue.check(HandshakeCheck::SecurityModeOffered, [&] { return checkRenewedMode(in, checkMode(*policy, in.securityMode)); });
        if (in.securityMode == MessageSecurityMode::None) dialogue.unsecured();
        dialogue.checkSecured(HandshakeCheck::CertificatePresent, [&] { return checkPresent(in.senderCertificate); });
        dialogue.checkSecured(HandshakeCheck::ReceiverThumbprint, [&] { return s.thumbprint(in.receiverThumbprint); });
        dialogue.checkSecured(HandshakeCheck::SameCertificate, [&] { return checkRenewedCertificate(in); });
        dialogue.checkSecured(HandshakeCheck::CertificateTrusted, [&] {
            return dialogue.judge(*s.clients, s.request(in.senderCertificate, policy, in.endpointUrl, in.peerAddress));
        });
        dialogue.checkSecured(HandshakeCheck::Nonce, [&] { return checkChannelNonce(*policy, in.clientNonce); });
        return HandshakeVerdict{dialogue.take()};
    });
}

CreateSessionOut ServerHandshake::onCreateSession(const CreateSessionIn& in) const noexcept {
    return orRefuse<CreateSessionOut>([&] {
        const auto& s = *state_;
        const SecurityPolicy* policy = nullptr;
        const bool unsecured = in.securityMode == MessageSecurityMode::None;
        Bytes serverNonce;
        SignatureData signature;
        Dialogue dialogue{"CreateSession", Role::Server};
        dialogue.check(HandshakeCheck::SecurityPolicyOffered,
                       [&] { return checkPolicy(s.options.policies, s.identity, in.securityPolicyUri, policy); });
        dialogue.check(HandshakeCheck::SecurityModeOffered, [&] { return checkMode(*policy, in.securityMode); });
        if (unsecured) dialogue.unsecured();
        dialogue.checkSecured(HandshakeCheck::CertificatePresent, [&] { return checkPresent(in.clientCertificate); });
        dialogue.checkSecured(HandshakeCheck::SameCertificate,
                              [&] { return checkSameLeaf(in.clientCertificate, in.channelCertificate, "the secure channel"); });
        dialogue.checkSecured(HandshakeCheck::CertificateTrusted, [&] {
            auto request = s.request(in.clientCertificate, policy, in.endpointUrl, in.peerAddress);
            request.applicationUri = std::string{in.applicationUri};
            return dialogue.judge(*s.clients, request);
        });
        dialogue.check(HandshakeCheck::Nonce, [&] {
            return s.newNonce(unsecured ? notApplicable("SecurityMode None is in force.") : s.freshNonce(in.clientNonce), serverNonce);
        });
        dialogue.checkSecured(HandshakeCheck::ApplicationSignature, [&] { return s.sign(*policy, in, signature); });

        CreateSessionOut out{dialogue.take()};
        if (!out.accepted()) return out;
        out.serverCertificate = s.identity.chainBlob();
        out.serverSignature = std::move(signature);
        out.session = {.policy = policy,
                       .securityMode = in.securityMode,
                       .clientCertificate = unsecured ? Bytes{} : copied(in.clientCertificate),
                       .applicationUri = std::string{in.applicationUri},
                       .serverNonce = serverNonce,
                       .endpointUrl = std::string{in.endpointUrl},
                       .peerAddress = std::string{in.peerAddress}};
        out.serverNonce = std::move(serverNonce);
        return out;
    });
}

ActivateSessionOut ServerHandshake::onActivateSession(const SessionSecurity& session, const ActivateSessionIn& in) const noexcept {
    return orRefuse<ActivateSessionOut>([&] {
        const auto& s = *state_;
        Bytes nextNonce;
        UserCheck user{s.identity, s.options, session, in};
        Dialogue dialogue{"ActivateSession", Role::Server};
        dialogue.check(HandshakeCheck::SecurityPolicyOffered, [&] { return checkChannelPolicy(session, in); });
        dialogue.check(HandshakeCheck::SecurityModeOffered, [&] { return checkChannelMode(session, in); });
        if (session.securityMode == MessageSecurityMode::None) dialogue.unsecured();
        dialogue.check(HandshakeCheck::SessionBinding, [&] { return checkBinding(in); });
        dialogue.checkSecured(HandshakeCheck::SameCertificate, [&] { return checkSessionCertificate(session, in); });
        dialogue.check(HandshakeCheck::Nonce, [&] { return s.newNonce(checkSessionNonce(session.serverNonce, "server"), nextNonce); });
        dialogue.checkSecured(HandshakeCheck::ApplicationSignature, [&] { return s.clientSignature(session, in.clientSignature); });
        dialogue.check(HandshakeCheck::UserToken, [&] { return user.checkToken(dialogue); });
        dialogue.check(HandshakeCheck::UserSignature, [&] { return user.checkSignature(); });

        ActivateSessionOut out{dialogue.take()};
        if (!out.accepted()) return out;
        out.session = session;
        out.session.serverNonce = std::move(nextNonce);
        user.record(out.session);
        return out;
    });
}

HandshakeVerdict ServerHandshake::onRevalidate(const SessionSecurity& session) const noexcept {
    return orRefuse<HandshakeVerdict>([&] {
        const auto& s = *state_;
        std::optional<TrustedCertificate> user;
        Dialogue dialogue{"Revalidation", Role::Server};
        dialogue.check(HandshakeCheck::SecurityPolicyOffered, [&] { return checkSessionState(session); });
        dialogue.check(HandshakeCheck::SecurityModeOffered, [&] { return checkMode(*session.policy, session.securityMode); });
        if (session.securityMode == MessageSecurityMode::None) dialogue.unsecured();
        dialogue.checkSecured(HandshakeCheck::CertificateTrusted, [&] {
            auto request = s.request(session.clientCertificate, session.policy, session.endpointUrl, session.peerAddress);
            request.applicationUri = session.applicationUri;
            return dialogue.judge(*s.clients, request);
        });
        dialogue.check(HandshakeCheck::UserToken, [&] {
            if (session.userCertificate.empty()) return notApplicable("No X.509 user.");
            return judgeUser(dialogue, s.options.users, session.userCertificate, session.userPolicy, session, user);
        });
        return HandshakeVerdict{dialogue.take()};
    });
}

}  // namespace uatrust
