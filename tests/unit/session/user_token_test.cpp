#include <uatrust/session/server_handshake.hpp>

#include "fixture.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Check = HandshakeCheck;

const PolicyCase kP256 = kPolicyCases[3];

struct Scene {
    explicit Scene(const PolicyCase& forUser = kRsaCase, SecurityPolicySet policies = {})
        : user{forgeCertificate(userSpec(forUser))},
          server{identityOf({own, root}), clients.validator, {.policies = policies, .users = &users.validator}} {
        clients.trust(client);
        users.trust(user);
    }

    [[nodiscard]] SessionSecurity session() const {
        auto out = server.onCreateSession({.clientCertificate = client.der,
                                           .applicationUri = "urn:test:client",
                                           .clientNonce = randomBytes(32).value(),
                                           .securityPolicyUri = "Basic256Sha256",
                                           .securityMode = MessageSecurityMode::Sign,
                                           .channelCertificate = client.der});
        require(out.accepted(), "a session is made");
        return out.session;
    }
    [[nodiscard]] SessionSecurity unsecuredSession() const {
        auto out = server.onCreateSession({.securityPolicyUri = "None", .securityMode = MessageSecurityMode::None});
        require(out.accepted(), "an unsecured session is made");
        return out.session;
    }
    [[nodiscard]] Bytes signedBy(const ForgedCert& signer, const SessionSecurity& session, SecurityPolicyId policy = kRsaCase.id) const {
        return rawSign(policy, signer.key, concatenated(own.der, session.serverNonce));
    }
    [[nodiscard]] ActivateSessionOut activate(const SessionSecurity& session, const X509UserToken& token) const {
        const auto signature = signedBy(client, session);
        return server.onActivateSession(session, {.clientSignature = signature, .userToken = token});
    }
    [[nodiscard]] ActivateSessionOut activate(const SessionSecurity& session) const {
        const auto signature = signedBy(user, session);
        return activate(session, {.certificate = user.der, .signature = signature});
    }

    ForgedCert root = forgeRoot();
    ForgedCert own = forgeLeaf(root, serverSpec());
    ForgedCert client = forgeCertificate(clientSpec());
    ForgedCert user;
    Judge clients{};
    Judge users{};
    ServerHandshake server;
};

std::optional<Decision> refusal(Check check, StatusCode status) { return Decision{check, status}; }

}  // namespace

TEST_CASE("A trusted user with a right signature is let in and known afterwards") {
    const Scene scene;
    const auto out = scene.activate(scene.session());
    REQUIRE(decisionOf(out) == std::nullopt);
    REQUIRE(out.session.user);
    CHECK(contains(*out.session.user, "CN=operator"));
    CHECK(out.session.userCertificate == scene.user.der);
    REQUIRE(out.report().userCertificate);
    CHECK(out.report().userCertificate->content().profile == Profile::User);
}

TEST_CASE("A user signs under the policy of the token, whatever the channel has") {
    for (const auto& c : kPolicyCases) {
        const auto& policy = securityPolicy(c.id);
        CAPTURE(policy.name);
        const Scene scene{c};
        const auto session = scene.session();
        const auto signature = scene.signedBy(scene.user, session, c.id);
        const auto out = scene.activate(session, {.certificate = scene.user.der, .securityPolicyUri = policy.uri, .signature = signature});
        CHECK(decisionOf(out) == std::nullopt);
        CHECK(out.session.userPolicy == &policy);
    }
}

TEST_CASE("Older clients sign the server's whole chain for the user too") {
    const Scene scene;
    const auto session = scene.session();
    const auto signature = rawSign(kRsaCase.id, scene.user.key, concatenated(joinDer({scene.own, scene.root}), session.serverNonce));
    CHECK(scene.activate(session, {.certificate = scene.user.der, .signature = signature}).accepted());
}

TEST_CASE("An untrusted user is rejected and the reason stays in the log") {
    Scene scene;
    scene.users.distrust(scene.user);
    const auto out = scene.activate(scene.session());
    CHECK(decisionOf(out) == refusal(Check::UserToken, StatusCode::BadIdentityTokenRejected));
    CHECK(out.statusForPeer() == StatusCode::BadIdentityTokenRejected);
    REQUIRE(out.report().userCertificate);
    CHECK(out.report().userCertificate->status() == StatusCode::BadCertificateUntrusted);
    CHECK(contains(explain(out.report()), "BadCertificateUntrusted"));
    CHECK_FALSE(out.session.user);
    CHECK(findCheck(out.report(), Check::UserSignature)->outcome == Outcome::NotReached);
}

TEST_CASE("An expired user is rejected") {
    Scene scene;
    scene.users.clock.set(kForgeNotAfter + std::chrono::days{1});
    CHECK(decisionOf(scene.activate(scene.session())) == refusal(Check::UserToken, StatusCode::BadIdentityTokenRejected));
}

TEST_CASE("An application that is trusted is not trusted as a user") {
    const Scene scene;
    const auto session = scene.session();
    const auto signature = scene.signedBy(scene.client, session);
    CHECK(decisionOf(scene.activate(session, {.certificate = scene.client.der, .signature = signature})) ==
          refusal(Check::UserToken, StatusCode::BadIdentityTokenRejected));
}

TEST_CASE("A user's signature by another key, over something else, or none is refused") {
    const Scene scene;
    const auto session = scene.session();
    const auto good = scene.signedBy(scene.user, session);
    const std::vector<Bytes> wrong{{},
                                   tamperSignature(good),
                                   scene.signedBy(scene.client, session),
                                   rawSign(kRsaCase.id, scene.user.key, concatenated(scene.own.der, nonceOf(32))),
                                   rawSign(kRsaCase.id, scene.user.key, concatenated(scene.root.der, session.serverNonce)),
                                   scene.signedBy(scene.user, session, SecurityPolicyId::Aes256_Sha256_RsaPss)};
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        CAPTURE(i);
        const auto out = scene.activate(session, {.certificate = scene.user.der, .signature = wrong[i]});
        CHECK(decisionOf(out) == refusal(Check::UserSignature, StatusCode::BadUserSignatureInvalid));
        CHECK(out.statusForPeer() == StatusCode::BadUserSignatureInvalid);
        CHECK(out.session.serverNonce.empty());
    }
}

TEST_CASE("A token without a readable certificate is invalid") {
    const Scene scene;
    const Bytes truncated(scene.user.der.begin(), scene.user.der.end() - 1);
    for (const auto& certificate : {Bytes{}, truncated, Bytes(100, 0x30), Bytes{1, 2, 3}}) {
        const auto session = scene.session();
        const auto signature = scene.signedBy(scene.user, session);
        CHECK(decisionOf(scene.activate(session, {.certificate = certificate, .signature = signature})) ==
              refusal(Check::UserToken, StatusCode::BadIdentityTokenInvalid));
    }
}

TEST_CASE("A token policy that is unknown, off, or None is invalid") {
    const Scene scene{kRsaCase, withNone()};
    const auto session = scene.session();
    const auto signature = scene.signedBy(scene.user, session);
    for (const std::string_view uri :
         {"urn:nonsense", "http://opcfoundation.org/UA/SecurityPolicy#Basic256", "http://opcfoundation.org/UA/SecurityPolicy#None"}) {
        CAPTURE(uri);
        CHECK(decisionOf(scene.activate(session, {.certificate = scene.user.der, .securityPolicyUri = uri, .signature = signature})) ==
              refusal(Check::UserToken, StatusCode::BadIdentityTokenInvalid));
    }
}

TEST_CASE("A user key that does not fit the token policy is rejected") {
    const Scene scene{kP256};
    const auto session = scene.session();
    const auto signature = scene.signedBy(scene.user, session, kP256.id);
    CHECK(decisionOf(scene.activate(session, {.certificate = scene.user.der, .signature = signature})) ==
          refusal(Check::UserToken, StatusCode::BadIdentityTokenRejected));
}

TEST_CASE("Over an unsecured channel RSA users may sign, ECC users may not, and the channel's policy is none to sign under") {
    const Scene rsa{kRsaCase, withNone()};
    const auto session = rsa.unsecuredSession();
    const auto signature = rsa.signedBy(rsa.user, session);
    const auto& policy = securityPolicy(kRsaCase.id);
    CHECK(rsa.server.onActivateSession(session, {.userToken = X509UserToken{rsa.user.der, policy.uri, signature}}).accepted());
    CHECK(decisionOf(rsa.server.onActivateSession(session, {.userToken = X509UserToken{rsa.user.der, {}, signature}})) ==
          refusal(Check::UserToken, StatusCode::BadIdentityTokenInvalid));

    const Scene ecc{kP256, withNone()};
    const auto eccSession = ecc.unsecuredSession();
    const auto eccSignature = ecc.signedBy(ecc.user, eccSession, kP256.id);
    CHECK(decisionOf(ecc.server.onActivateSession(
              eccSession, {.userToken = X509UserToken{ecc.user.der, securityPolicy(kP256.id).uri, eccSignature}})) ==
          refusal(Check::UserToken, StatusCode::BadIdentityTokenInvalid));
}

TEST_CASE("Without a user store no X.509 user is let in") {
    const Scene scene;
    const ServerHandshake server{identityOf({scene.own, scene.root}), scene.clients.validator};
    const auto session = scene.session();
    const auto signature = scene.signedBy(scene.client, session);
    const auto userSignature = scene.signedBy(scene.user, session);
    CHECK(decisionOf(server.onActivateSession(
              session, {.clientSignature = signature, .userToken = X509UserToken{scene.user.der, {}, userSignature}})) ==
          refusal(Check::UserToken, StatusCode::BadIdentityTokenInvalid));
}

TEST_CASE("A user is looked at only after the client has signed") {
    const Scene scene;
    const auto session = scene.session();
    const auto userSignature = scene.signedBy(scene.user, session);
    const auto out = scene.server.onActivateSession(session, {.userToken = X509UserToken{scene.user.der, {}, userSignature}});
    CHECK(decisionOf(out) == refusal(Check::ApplicationSignature, StatusCode::BadApplicationSignatureInvalid));
    CHECK_FALSE(out.report().userCertificate);
}

TEST_CASE("A user store that throws lets nobody in") {
    ThrowingStore store;
    const StrictPolicy strict;
    const CertificateValidator users{store, strict};
    const Scene scene;
    const ServerHandshake server{identityOf({scene.own, scene.root}), scene.clients.validator, {.users = &users}};
    const auto session = scene.session();
    const auto signature = scene.signedBy(scene.client, session);
    const auto userSignature = scene.signedBy(scene.user, session);
    const auto out =
        server.onActivateSession(session, {.clientSignature = signature, .userToken = X509UserToken{scene.user.der, {}, userSignature}});
    CHECK(decisionOf(out) == refusal(Check::UserToken, StatusCode::BadIdentityTokenRejected));
}

TEST_CASE("On its channel a session may change its user, and forgets the X.509 user with an activation without one") {
    Scene scene;
    const auto other = forgeCertificate({.cn = "shift leader", .keyIndex = 5, .uris = {}, .dns = {}});
    scene.users.trust(other);
    const auto first = scene.activate(scene.session());
    REQUIRE(first.accepted());
    const auto signature = scene.signedBy(other, first.session);
    const auto second = scene.activate(first.session, {.certificate = other.der, .signature = signature});
    REQUIRE(decisionOf(second) == std::nullopt);
    CHECK(contains(*second.session.user, "shift leader"));

    const auto clientSignature = scene.signedBy(scene.client, second.session);
    const auto third = scene.server.onActivateSession(second.session, {.clientSignature = clientSignature, .firstActivation = false});
    REQUIRE(decisionOf(third) == std::nullopt);
    CHECK_FALSE(third.session.user);
    CHECK(third.session.userCertificate.empty());
}

TEST_CASE("A session moves to another channel only with its user") {
    Scene scene;
    const auto other = forgeCertificate({.cn = "shift leader", .keyIndex = 5, .uris = {}, .dns = {}});
    scene.users.trust(other);
    const auto anonymous = scene.session();
    const auto known = scene.activate(anonymous).session;
    const auto move = [&](const SessionSecurity& session, const ForgedCert* user) {
        const auto signature = scene.signedBy(scene.client, session);
        const auto userSignature = user != nullptr ? scene.signedBy(*user, session) : Bytes{};
        ActivateSessionIn in{.clientSignature = signature,
                             .channelCertificate = scene.client.der,
                             .sameChannel = false,
                             .firstActivation = false,
                             .channelPolicyUri = session.policy->uri,
                             .channelMode = session.securityMode};
        if (user != nullptr) in.userToken = X509UserToken{user->der, {}, userSignature};
        return decisionOf(scene.server.onActivateSession(session, in));
    };
    const auto denied = refusal(Check::UserToken, StatusCode::BadUserAccessDenied);
    CHECK(move(known, &scene.user) == std::nullopt);
    CHECK(move(known, &other) == denied);
    CHECK(move(known, nullptr) == denied);
    CHECK(move(anonymous, nullptr) == std::nullopt);
    CHECK(move(anonymous, &scene.user) == denied);
}

TEST_CASE("A user who is trusted no longer fails the next revalidation") {
    Scene scene;
    const auto session = scene.activate(scene.session()).session;
    CHECK(scene.server.onRevalidate(session).accepted());
    scene.users.distrust(scene.user);
    const auto verdict = scene.server.onRevalidate(session);
    CHECK(decisionOf(verdict) == refusal(Check::UserToken, StatusCode::BadIdentityTokenRejected));
    CHECK(verdict.report().userCertificate);
}
