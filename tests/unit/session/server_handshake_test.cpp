#include <uatrust/session/server_handshake.hpp>

#include <uatrust/x509/certificate_chain.hpp>

#include "fixture.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Check = HandshakeCheck;

// A server, and a client that is not uatrust: its certificate is forged and its signatures are OpenSSL's.
struct Scene {
    explicit Scene(const PolicyCase& c = kRsaCase, std::vector<ForgedCert> ownChain = {}, ServerHandshakeOptions options = {})
        : id{c.id},
          client{forgeCertificate(clientSpec(c))},
          own{ownChain.empty() ? std::vector{forgeCertificate(serverSpec(c))} : std::move(ownChain)},
          server{identityOf(own), clients.validator, options} {
        clients.trust(client);
    }

    [[nodiscard]] CreateSessionIn request() const {
        return {.clientCertificate = client.der,
                .applicationUri = "urn:test:client",
                .clientNonce = clientNonce,
                .securityPolicyUri = securityPolicy(id).uri,
                .securityMode = MessageSecurityMode::SignAndEncrypt,
                .channelCertificate = client.der,
                .endpointUrl = kUrl,
                .peerAddress = "10.0.0.9"};
    }
    [[nodiscard]] CreateSessionOut create() const {
        auto out = server.onCreateSession(request());
        require(out.accepted(), "a session is made");
        return out;
    }
    [[nodiscard]] Bytes signature(const Bytes& certificate, const Bytes& nonce) const {
        return rawSign(id, client.key, concatenated(certificate, nonce));
    }
    [[nodiscard]] Bytes signature(const SessionSecurity& session) const { return signature(own.front().der, session.serverNonce); }

    SecurityPolicyId id;
    ForgedCert client;
    std::vector<ForgedCert> own;
    Bytes clientNonce = nonceOf(32);
    Judge clients{};
    ServerHandshake server;
};

std::optional<Decision> refusal(Check check, StatusCode status) { return Decision{check, status}; }

std::vector<ForgedCert> issuedServer() {
    const auto root = forgeRoot();
    return {forgeLeaf(root, serverSpec()), root};
}

}  // namespace

// --- CreateSession ----------------------------------------------------------------------------------------------------------

TEST_CASE("The server's signature is right for OpenSSL under every current policy") {
    for (const auto& c : kPolicyCases) {
        CAPTURE(securityPolicy(c.id).name);
        const Scene scene{c};
        const auto out = scene.server.onCreateSession(scene.request());
        REQUIRE(decisionOf(out) == std::nullopt);
        CHECK(out.serverCertificate == scene.own.front().der);
        CHECK(rawVerify(c.id, scene.own.front().key, concatenated(scene.client.der, scene.clientNonce), out.serverSignature.signature));
        CHECK(out.serverSignature.algorithm == securityPolicy(c.id).asymmetricSignatureUri);
        CHECK(out.session.policy == &securityPolicy(c.id));
        CHECK(out.session.clientCertificate == scene.client.der);
        CHECK(out.session.applicationUri == "urn:test:client");
        CHECK(out.session.endpointUrl == kUrl);
        CHECK(out.session.peerAddress == "10.0.0.9");
        CHECK_FALSE(out.session.user);
    }
}

TEST_CASE("The server signs the client's leaf, whatever follows it, and sends its own chain") {
    const Scene scene{kRsaCase, issuedServer()};
    const auto blob = joinDer({scene.client, forgeRoot("Somebody")});
    auto in = scene.request();
    in.clientCertificate = blob;
    const auto out = scene.server.onCreateSession(in);
    REQUIRE(decisionOf(out) == std::nullopt);
    CHECK(out.serverCertificate == joinDer(scene.own));
    CHECK(rawVerify(scene.id, scene.own.front().key, concatenated(scene.client.der, scene.clientNonce), out.serverSignature.signature));
    CHECK_FALSE(rawVerify(scene.id, scene.own.front().key, concatenated(blob, scene.clientNonce), out.serverSignature.signature));
    CHECK(out.session.clientCertificate == blob);
}

TEST_CASE("A session is refused without the client's certificate, or with another than the channel's") {
    Scene scene;
    const auto other = forgeCertificate({.cn = "other", .keyIndex = 4, .uris = {"urn:test:client"}});
    scene.clients.trust(other);
    auto absent = scene.request();
    absent.clientCertificate = {};
    CHECK(decisionOf(scene.server.onCreateSession(absent)) == refusal(Check::CertificatePresent, StatusCode::BadCertificateInvalid));
    auto changed = scene.request();
    changed.clientCertificate = other.der;
    CHECK(decisionOf(scene.server.onCreateSession(changed)) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    auto withoutChannel = scene.request();
    withoutChannel.channelCertificate = {};
    CHECK(decisionOf(scene.server.onCreateSession(withoutChannel)) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    const Bytes garbage(100, 0x30);
    auto malformed = scene.request();
    malformed.clientCertificate = garbage;
    CHECK(decisionOf(scene.server.onCreateSession(malformed)) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
}

TEST_CASE("A client that is trusted no longer, or announces another URI, gets no session") {
    Scene scene;
    for (const std::string_view uri : {"", "urn:test:other", "urn:test:CLIENT"}) {
        auto in = scene.request();
        in.applicationUri = uri;
        const auto out = scene.server.onCreateSession(in);
        CHECK(decisionOf(out) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateUriInvalid));
        CHECK(out.statusForPeer() == StatusCode::BadCertificateUriInvalid);
    }
    scene.clients.distrust(scene.client);
    const auto out = scene.server.onCreateSession(scene.request());
    CHECK(decisionOf(out) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateUntrusted));
    CHECK(out.statusForPeer() == StatusCode::BadSecurityChecksFailed);
    CHECK(out.serverNonce.empty());
    CHECK(out.serverSignature.signature.empty());
    CHECK(out.session.policy == nullptr);
}

TEST_CASE("A certificate that does not fit the policy gets no session") {
    Scene scene;
    const auto sha1 = forgeCertificate({.cn = "old", .keyIndex = 4, .uris = {"urn:test:client"}, .hash = "sha1"});
    scene.clients.trust(sha1);
    auto in = scene.request();
    in.clientCertificate = sha1.der;
    in.channelCertificate = sha1.der;
    const auto out = scene.server.onCreateSession(in);
    CHECK(decisionOf(out) == refusal(Check::CertificateTrusted, StatusCode::BadCertificatePolicyCheckFailed));
    CHECK(out.statusForPeer() == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("Without security certificate and nonce count for nothing") {
    const Bytes garbage(50, 0x30);
    const CreateSessionIn in{.clientCertificate = garbage,
                             .applicationUri = "urn:test:anybody",
                             .clientNonce = garbage,
                             .securityPolicyUri = securityPolicy(SecurityPolicyId::None).uri,
                             .securityMode = MessageSecurityMode::None};
    const Scene on{kRsaCase, {}, {.policies = withNone()}};
    const auto out = on.server.onCreateSession(in);
    REQUIRE(decisionOf(out) == std::nullopt);
    CHECK_FALSE(out.report().certificate);
    CHECK(out.serverSignature.signature.empty());
    CHECK(out.serverSignature.algorithm.empty());
    CHECK(out.serverNonce.size() == 32);
    CHECK(out.session.clientCertificate.empty());
    for (const auto check :
         {Check::CertificatePresent, Check::SameCertificate, Check::CertificateTrusted, Check::Nonce, Check::ApplicationSignature}) {
        CHECK(findCheck(out.report(), check)->outcome == Outcome::NotApplicable);
    }
    CHECK(on.server.onActivateSession(out.session, {}).accepted());
    CHECK(on.server.onRevalidate(out.session).accepted());

    const Scene off;
    CHECK(decisionOf(off.server.onCreateSession(in)) == refusal(Check::SecurityPolicyOffered, StatusCode::BadSecurityPolicyRejected));
}

TEST_CASE("A mode that does not go with the policy gets no session") {
    const Scene scene{kRsaCase, {}, {.policies = withNone()}};
    for (const auto mode : {MessageSecurityMode::Invalid, MessageSecurityMode::None, static_cast<MessageSecurityMode>(9)}) {
        auto in = scene.request();
        in.securityMode = mode;
        CHECK(decisionOf(scene.server.onCreateSession(in)) == refusal(Check::SecurityModeOffered, StatusCode::BadSecurityModeRejected));
    }
}

TEST_CASE("An own key that cannot sign makes a refusal, however it fails") {
    const auto own = forgeCertificate(serverSpec());
    const Scene scene;
    for (const auto fault : {BrokenKey::Fault::Error, BrokenKey::Fault::Exception, BrokenKey::Fault::Other}) {
        const PrivateKey key{std::make_shared<const BrokenKey>(own, fault)};
        const ServerHandshake server{identityOf({own}, key), scene.clients.validator};
        const auto out = server.onCreateSession(scene.request());
        CHECK(decisionOf(out) == refusal(Check::ApplicationSignature, StatusCode::BadInternalError));
        CHECK(out.serverNonce.empty());
    }
}

TEST_CASE("A store that throws gives no session") {
    ThrowingStore store;
    const StrictPolicy strict;
    const CertificateValidator validator{store, strict};
    const Scene scene;
    const ServerHandshake server{identityOf(scene.own), validator};
    const auto out = server.onCreateSession(scene.request());
    CHECK_FALSE(out.accepted());
    CHECK(out.statusForPeer() == StatusCode::BadSecurityChecksFailed);
    CHECK(out.session.policy == nullptr);
}

// --- ActivateSession --------------------------------------------------------------------------------------------------------

TEST_CASE("A session is activated by OpenSSL's signature over the server's leaf and nonce under every current policy") {
    for (const auto& c : kPolicyCases) {
        CAPTURE(securityPolicy(c.id).name);
        const Scene scene{c};
        const auto created = scene.create();
        const auto signature = scene.signature(created.session);
        const auto out =
            scene.server.onActivateSession(created.session, {.clientSignature = signature, .channelCertificate = scene.client.der});
        CHECK(decisionOf(out) == std::nullopt);
        CHECK(out.session.serverNonce.size() == 32);
        CHECK(out.session.serverNonce != created.session.serverNonce);
        CHECK(out.session.clientCertificate == scene.client.der);
        CHECK_FALSE(out.session.user);
    }
}

TEST_CASE("Older clients sign the server's whole chain") {
    const Scene scene{kRsaCase, issuedServer()};
    const auto created = scene.create();
    const auto overLeaf = scene.signature(scene.own.front().der, created.serverNonce);
    const auto overChain = scene.signature(joinDer(scene.own), created.serverNonce);
    CHECK(scene.server.onActivateSession(created.session, {.clientSignature = overLeaf}).accepted());
    CHECK(scene.server.onActivateSession(created.session, {.clientSignature = overChain}).accepted());
    const auto overRoot = scene.signature(scene.own.back().der, created.serverNonce);
    CHECK_FALSE(scene.server.onActivateSession(created.session, {.clientSignature = overRoot}).accepted());
}

TEST_CASE("Signatures over anything else, by anybody else, or none do not activate a session") {
    const Scene scene;
    const auto created = scene.create();
    const auto& nonce = created.session.serverNonce;
    const auto data = concatenated(scene.own.front().der, nonce);
    const auto good = scene.signature(created.session);
    const std::vector<Bytes> wrong{
        {},
        Bytes(256, 0),
        tamperSignature(good),
        Bytes(good.begin(), good.end() - 1),
        concatenated(good, Bytes{0}),
        scene.signature(scene.client.der, nonce),
        scene.signature(scene.own.front().der, nonceOf(32, 9)),
        rawSign(scene.id, scene.own.front().key, data),
        rawSign(SecurityPolicyId::Aes256_Sha256_RsaPss, scene.client.key, data),
    };
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        CAPTURE(i);
        const auto out = scene.server.onActivateSession(created.session, {.clientSignature = wrong[i]});
        CHECK(decisionOf(out) == refusal(Check::ApplicationSignature, StatusCode::BadApplicationSignatureInvalid));
        CHECK(out.statusForPeer() == StatusCode::BadApplicationSignatureInvalid);
        CHECK(out.session.serverNonce.empty());
    }
}

TEST_CASE("Each activation signs the nonce of the one before, and only once") {
    const Scene scene;
    const auto created = scene.create();
    const auto first = scene.signature(created.session);
    const auto activated = scene.server.onActivateSession(created.session, {.clientSignature = first});
    REQUIRE(activated.accepted());
    CHECK_FALSE(scene.server.onActivateSession(activated.session, {.clientSignature = first, .firstActivation = false}).accepted());
    const auto second = scene.signature(activated.session);
    CHECK(scene.server.onActivateSession(activated.session, {.clientSignature = second, .firstActivation = false}).accepted());
}

TEST_CASE("The first activation comes over the channel of CreateSession") {
    const Scene scene;
    const auto created = scene.create();
    const auto signature = scene.signature(created.session);
    const auto out = scene.server.onActivateSession(created.session, {.clientSignature = signature,
                                                                      .channelCertificate = scene.client.der,
                                                                      .sameChannel = false,
                                                                      .firstActivation = true,
                                                                      .channelPolicyUri = created.session.policy->uri,
                                                                      .channelMode = MessageSecurityMode::SignAndEncrypt});
    CHECK(decisionOf(out) == refusal(Check::SessionBinding, StatusCode::BadSecureChannelIdInvalid));
}

TEST_CASE("A session moves to a new channel only with the same certificate, policy and mode") {
    const Scene scene;
    const auto created = scene.create();
    const auto signature = scene.signature(created.session);
    const auto other = forgeCertificate({.cn = "other", .keyIndex = 4, .uris = {"urn:test:client"}});
    const ActivateSessionIn move{.clientSignature = signature,
                                 .channelCertificate = scene.client.der,
                                 .sameChannel = false,
                                 .firstActivation = false,
                                 .channelPolicyUri = created.session.policy->uri,
                                 .channelMode = MessageSecurityMode::SignAndEncrypt};
    CHECK(decisionOf(scene.server.onActivateSession(created.session, move)) == std::nullopt);

    auto otherCertificate = move;
    otherCertificate.channelCertificate = other.der;
    CHECK(decisionOf(scene.server.onActivateSession(created.session, otherCertificate)) ==
          refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    auto noCertificate = move;
    noCertificate.channelCertificate = {};
    CHECK(decisionOf(scene.server.onActivateSession(created.session, noCertificate)) ==
          refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    for (const std::string_view uri : {std::string_view{}, securityPolicy(SecurityPolicyId::None).uri}) {
        auto otherPolicy = move;
        otherPolicy.channelPolicyUri = uri;
        CHECK(decisionOf(scene.server.onActivateSession(created.session, otherPolicy)) ==
              refusal(Check::SecurityPolicyOffered, StatusCode::BadSecurityChecksFailed));
    }
    for (const auto mode : {MessageSecurityMode::Invalid, MessageSecurityMode::None, MessageSecurityMode::Sign}) {
        auto otherMode = move;
        otherMode.channelMode = mode;
        CHECK(decisionOf(scene.server.onActivateSession(created.session, otherMode)) ==
              refusal(Check::SecurityModeOffered, StatusCode::BadSecurityChecksFailed));
    }
}

TEST_CASE("Even on the same channel a certificate that is handed over has to be that of the session") {
    const Scene scene;
    const auto created = scene.create();
    const auto signature = scene.signature(created.session);
    const auto other = forgeCertificate({.cn = "other", .keyIndex = 4});
    const auto out = scene.server.onActivateSession(created.session, {.clientSignature = signature, .channelCertificate = other.der});
    CHECK(decisionOf(out) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
}

TEST_CASE("A session state that this handshake did not make activates nothing") {
    const Scene scene;
    CHECK_FALSE(scene.server.onActivateSession({}, {}).accepted());
    CHECK_FALSE(scene.server.onRevalidate({}).accepted());
    const auto created = scene.create();
    auto withoutNonce = created.session;
    withoutNonce.serverNonce.clear();
    const auto signature = scene.signature(withoutNonce);
    CHECK(decisionOf(scene.server.onActivateSession(withoutNonce, {.clientSignature = signature})) ==
          refusal(Check::Nonce, StatusCode::BadNonceInvalid));
    auto withoutMode = created.session;
    withoutMode.securityMode = MessageSecurityMode::None;
    CHECK(decisionOf(scene.server.onActivateSession(withoutMode, {})) ==
          refusal(Check::SecurityModeOffered, StatusCode::BadSecurityModeRejected));
    auto withoutCertificate = created.session;
    withoutCertificate.clientCertificate = Bytes(40, 0x30);
    CHECK_FALSE(scene.server.onActivateSession(withoutCertificate, {.clientSignature = signature}).accepted());
}

// --- revalidation -----------------------------------------------------------------------------------------------------------

TEST_CASE("A session's certificate is judged again with the lists and the time of that moment") {
    Scene scene;
    const auto created = scene.create();
    CHECK(scene.server.onRevalidate(created.session).accepted());

    scene.clients.clock.set(kForgeNotAfter + std::chrono::days{1});
    CHECK(scene.server.onRevalidate(created.session).status() == StatusCode::BadCertificateTimeInvalid);
    scene.clients.clock.set(kForgeNow);
    scene.clients.distrust(scene.client);
    const auto verdict = scene.server.onRevalidate(created.session);
    CHECK(decisionOf(verdict) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateUntrusted));
    CHECK(verdict.statusForPeer() == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("A revoked certificate ends its session at the next revalidation") {
    const auto root = forgeRoot();
    const auto client = forgeLeaf(root, clientSpec());
    Scene scene;
    scene.clients.trustCa(root);
    auto in = scene.request();
    in.clientCertificate = client.der;
    in.channelCertificate = client.der;
    const auto created = scene.server.onCreateSession(in);
    REQUIRE(decisionOf(created) == std::nullopt);
    CHECK(scene.server.onRevalidate(created.session).accepted());
    const auto crl = forgeCrl({.issuer = &root, .revoked = {revoked(client)}, .thisUpdate = forgeDate(2026, 6, 1), .number = 2});
    scene.clients.store.addCrl(StoreList::Trusted, Crl::fromDer(crl).value()).value();
    CHECK(scene.server.onRevalidate(created.session).status() == StatusCode::BadCertificateRevoked);
}
