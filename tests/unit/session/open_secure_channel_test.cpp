#include <uatrust/session/server_handshake.hpp>

#include "fixture.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Check = HandshakeCheck;

struct Scene {
    explicit Scene(const PolicyCase& c = kRsaCase, SecurityPolicySet policies = {})
        : client{forgeCertificate(clientSpec(c))},
          own{forgeCertificate(serverSpec(c))},
          policy{&securityPolicy(c.id)},
          thumbprint{certificateOf(own).thumbprint()},
          nonce{nonceOf(policy->secureChannelNonceBytes)},
          server{identityOf({own}), clients.validator, {.policies = policies}} {
        clients.trust(client);
    }

    [[nodiscard]] OpenSecureChannelIn request() const {
        return {.securityPolicyUri = policy->uri,
                .securityMode = MessageSecurityMode::SignAndEncrypt,
                .senderCertificate = client.der,
                .receiverThumbprint = thumbprint.sha1,
                .clientNonce = nonce,
                .endpointUrl = kUrl,
                .peerAddress = "10.0.0.9"};
    }
    [[nodiscard]] HandshakeVerdict open(const OpenSecureChannelIn& in) const { return server.onOpenSecureChannel(in); }

    ForgedCert client;
    ForgedCert own;
    const SecurityPolicy* policy;
    Thumbprint thumbprint;
    Bytes nonce;
    Judge clients{};
    ServerHandshake server;
};

std::optional<Decision> refusal(Check check, StatusCode status) { return Decision{check, status}; }

}  // namespace

TEST_CASE("A known client opens a channel under every current policy") {
    for (const auto& c : kPolicyCases) {
        CAPTURE(securityPolicy(c.id).name);
        const Scene scene{c};
        for (const auto mode : {MessageSecurityMode::Sign, MessageSecurityMode::SignAndEncrypt}) {
            auto in = scene.request();
            in.securityMode = mode;
            const auto verdict = scene.open(in);
            CHECK(decisionOf(verdict) == std::nullopt);
            REQUIRE(verdict.report().certificate);
            CHECK(verdict.report().certificate->content().peerAddress == "10.0.0.9");
        }
    }
}

TEST_CASE("An unknown client is refused, filed for the operator, and learns nothing") {
    Scene scene;
    scene.clients.distrust(scene.client);
    const auto verdict = scene.open(scene.request());
    CHECK(decisionOf(verdict) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateUntrusted));
    CHECK(verdict.statusForPeer() == StatusCode::BadSecurityChecksFailed);
    REQUIRE(findCheck(verdict.report(), Check::Nonce) != nullptr);
    CHECK(findCheck(verdict.report(), Check::Nonce)->outcome == Outcome::NotReached);
    CHECK(scene.clients.store.snapshot()->find(StoreList::Rejected, certificateOf(scene.client).id()) != nullptr);
}

TEST_CASE("A trusted client whose certificate has expired is told so") {
    Scene scene;
    scene.clients.clock.set(kForgeNotAfter + std::chrono::seconds{1});
    const auto verdict = scene.open(scene.request());
    CHECK(verdict.status() == StatusCode::BadCertificateTimeInvalid);
    CHECK(verdict.statusForPeer() == StatusCode::BadCertificateTimeInvalid);
}

TEST_CASE("Policies that are unknown, deprecated, off, or not for the own key are refused") {
    const Scene scene;
    for (const std::string_view uri :
         {"", "http://opcfoundation.org/UA/SecurityPolicy#Nonsense", "http://opcfoundation.org/UA/SecurityPolicy#None",
          "http://opcfoundation.org/UA/SecurityPolicy#Basic256", "http://opcfoundation.org/UA/SecurityPolicy#Basic128Rsa15",
          "http://opcfoundation.org/UA/SecurityPolicy#ECC_nistP256"}) {
        CAPTURE(uri);
        auto in = scene.request();
        in.securityPolicyUri = uri;
        CHECK(decisionOf(scene.open(in)) == refusal(Check::SecurityPolicyOffered, StatusCode::BadSecurityPolicyRejected));
    }
}

TEST_CASE("A policy that was switched off is refused, a deprecated one that was switched on is not") {
    SecurityPolicySet policies;
    policies.disable(SecurityPolicyId::Basic256Sha256);
    policies.enable("Basic256").value();
    const Scene scene{kRsaCase, policies};
    CHECK(scene.open(scene.request()).status() == StatusCode::BadSecurityPolicyRejected);
    auto in = scene.request();
    in.securityPolicyUri = securityPolicy(SecurityPolicyId::Basic256).uri;
    CHECK(scene.open(in).accepted());
}

TEST_CASE("Mode and policy have to go together") {
    const Scene scene{kRsaCase, withNone()};
    for (const auto mode : {MessageSecurityMode::Invalid, MessageSecurityMode::None, static_cast<MessageSecurityMode>(4),
                            static_cast<MessageSecurityMode>(255)}) {
        auto in = scene.request();
        in.securityMode = mode;
        CHECK(decisionOf(scene.open(in)) == refusal(Check::SecurityModeOffered, StatusCode::BadSecurityModeRejected));
    }
    auto in = scene.request();
    in.securityPolicyUri = securityPolicy(SecurityPolicyId::None).uri;
    CHECK(decisionOf(scene.open(in)) == refusal(Check::SecurityModeOffered, StatusCode::BadSecurityModeRejected));
}

TEST_CASE("An unsecured channel is opened only where None is switched on, and nothing else of it is looked at") {
    const OpenSecureChannelIn in{.securityPolicyUri = securityPolicy(SecurityPolicyId::None).uri,
                                 .securityMode = MessageSecurityMode::None};
    const Scene on{kRsaCase, withNone()};
    const auto verdict = on.open(in);
    CHECK(verdict.accepted());
    CHECK_FALSE(verdict.report().certificate);
    for (const auto check :
         {Check::CertificatePresent, Check::ReceiverThumbprint, Check::SameCertificate, Check::CertificateTrusted, Check::Nonce}) {
        CHECK(findCheck(verdict.report(), check)->outcome == Outcome::NotApplicable);
    }
    const Scene off;
    CHECK(decisionOf(off.open(in)) == refusal(Check::SecurityPolicyOffered, StatusCode::BadSecurityPolicyRejected));
}

TEST_CASE("A certificate without a thumbprint, and a thumbprint without a certificate, are refused") {
    const Scene scene;
    auto withoutCertificate = scene.request();
    withoutCertificate.senderCertificate = {};
    CHECK(decisionOf(scene.open(withoutCertificate)) == refusal(Check::CertificatePresent, StatusCode::BadCertificateInvalid));
    auto withoutThumbprint = scene.request();
    withoutThumbprint.receiverThumbprint = {};
    CHECK(decisionOf(scene.open(withoutThumbprint)) == refusal(Check::ReceiverThumbprint, StatusCode::BadCertificateInvalid));
}

TEST_CASE("The thumbprint is SHA-1 of our leaf and nothing else") {
    const Scene scene;
    const auto ofClient = certificateOf(scene.client).thumbprint();
    const auto sha256OfOwn = certificateOf(scene.own).id();
    const Bytes shortened(scene.thumbprint.sha1.begin(), scene.thumbprint.sha1.end() - 1);
    for (const ByteView wrong : {ByteView{ofClient.sha1}, ByteView{sha256OfOwn.sha256}, ByteView{shortened}}) {
        auto in = scene.request();
        in.receiverThumbprint = wrong;
        const auto verdict = scene.open(in);
        CHECK(decisionOf(verdict) == refusal(Check::ReceiverThumbprint, StatusCode::BadCertificateInvalid));
        CHECK(verdict.statusForPeer() == StatusCode::BadCertificateInvalid);
    }
}

TEST_CASE("The nonce is exactly as long as the policy has it") {
    for (const auto& c : kPolicyCases) {
        const Scene scene{c};
        for (const std::size_t size : {std::size_t{0}, scene.nonce.size() - 1, scene.nonce.size() + 1}) {
            CAPTURE(scene.policy->name, size);
            const auto nonce = nonceOf(size);
            auto in = scene.request();
            in.clientNonce = nonce;
            CHECK(decisionOf(scene.open(in)) == refusal(Check::Nonce, StatusCode::BadNonceInvalid));
        }
    }
}

TEST_CASE("A certificate field that is no certificate is refused") {
    const Scene scene;
    const auto tampered = tamperSignature(scene.client.der);
    const Bytes truncated(scene.client.der.begin(), scene.client.der.end() - 1);
    const auto trailing = concatenated(scene.client.der, Bytes{0});
    const Bytes garbage(200, 0x30);
    for (const auto& field : {tampered, truncated, trailing, garbage, Bytes{0x30}}) {
        auto in = scene.request();
        in.senderCertificate = field;
        const auto verdict = scene.open(in);
        CHECK_FALSE(verdict.accepted());
        CHECK(verdict.statusForPeer() == StatusCode::BadSecurityChecksFailed);
    }
}

TEST_CASE("A chain may follow the client's certificate") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto client = forgeLeaf(line, clientSpec());
    Scene scene;
    scene.clients.trustCa(root);
    scene.clients.store.addCrl(StoreList::Trusted, Crl::fromDer(forgeCrl({.issuer = &line})).value()).value();
    const auto blob = joinDer({client, line});
    auto in = scene.request();
    in.senderCertificate = blob;
    CHECK(decisionOf(scene.open(in)) == std::nullopt);
    in.senderCertificate = client.der;
    CHECK(scene.open(in).status() == StatusCode::BadCertificateChainIncomplete);
}

TEST_CASE("A renewal keeps certificate, policy and mode, and is judged anew") {
    Scene scene;
    auto in = scene.request();
    in.channelCertificate = scene.client.der;
    in.channelPolicyUri = scene.policy->uri;
    in.channelMode = MessageSecurityMode::SignAndEncrypt;
    CHECK(scene.open(in).accepted());

    const auto other = forgeCertificate({.cn = "other", .keyIndex = 4, .uris = {"urn:test:client"}});
    scene.clients.trust(other);
    auto otherCertificate = in;
    otherCertificate.senderCertificate = other.der;
    CHECK(decisionOf(scene.open(otherCertificate)) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    auto otherPolicy = in;
    otherPolicy.channelPolicyUri = securityPolicy(SecurityPolicyId::Aes256_Sha256_RsaPss).uri;
    CHECK(decisionOf(scene.open(otherPolicy)) == refusal(Check::SecurityPolicyOffered, StatusCode::BadSecurityChecksFailed));
    auto otherMode = in;
    otherMode.channelMode = MessageSecurityMode::Sign;
    CHECK(decisionOf(scene.open(otherMode)) == refusal(Check::SecurityModeOffered, StatusCode::BadSecurityChecksFailed));

    scene.clients.distrust(scene.client);
    CHECK(decisionOf(scene.open(in)) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateUntrusted));
}

TEST_CASE("A renewal compares leaves: the issuers behind them may differ") {
    Scene scene;
    const auto withMore = joinDer({scene.client, forgeRoot()});
    auto in = scene.request();
    in.channelCertificate = withMore;
    CHECK(scene.open(in).accepted());
}

TEST_CASE("A renewal that does not say with which certificate the channel was opened is refused") {
    const Scene scene;
    auto byMode = scene.request();
    byMode.channelMode = byMode.securityMode;
    CHECK(decisionOf(scene.open(byMode)) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    auto byPolicy = scene.request();
    byPolicy.channelPolicyUri = byPolicy.securityPolicyUri;
    const auto verdict = scene.open(byPolicy);
    CHECK(decisionOf(verdict) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    CHECK(contains(verdict.report().message, "renewal"));
}

TEST_CASE("A secured channel cannot be renewed as an unsecured one") {
    const Scene scene{kRsaCase, withNone()};
    const OpenSecureChannelIn in{.securityPolicyUri = securityPolicy(SecurityPolicyId::None).uri,
                                 .securityMode = MessageSecurityMode::None,
                                 .channelCertificate = scene.client.der};
    CHECK(decisionOf(scene.open(in)) == refusal(Check::SecurityModeOffered, StatusCode::BadSecurityChecksFailed));
}

TEST_CASE("The endpoint that a connection came in on chooses the policy") {
    const AcceptAllPolicy everybody;
    const StrictPolicy strict;
    PerEndpointPolicy policy{strict};
    policy.set("opc.tcp://localhost:4841", everybody).value();
    Judge clients{policy};
    const auto own = forgeCertificate(serverSpec());
    const ServerHandshake server{identityOf({own}), clients.validator};
    const auto client = forgeCertificate(clientSpec());
    const auto thumbprint = certificateOf(own).thumbprint();
    const auto nonce = nonceOf(32);
    const auto openAt = [&](std::string_view url) {
        return server.onOpenSecureChannel({.securityPolicyUri = "Basic256Sha256",
                                           .securityMode = MessageSecurityMode::Sign,
                                           .senderCertificate = client.der,
                                           .receiverThumbprint = thumbprint.sha1,
                                           .clientNonce = nonce,
                                           .endpointUrl = url});
    };
    const auto open = openAt("opc.tcp://localhost:4841");
    CHECK(open.accepted());
    CHECK(open.report().certificate->content().acceptedAll);
    CHECK(contains(explain(open.report()), "INSECURE"));
    CHECK(openAt("opc.tcp://localhost:4840").status() == StatusCode::BadCertificateUntrusted);
    CHECK(openAt("").status() == StatusCode::BadCertificateUntrusted);
}

TEST_CASE("A store that throws makes a refusal") {
    ThrowingStore store;
    const StrictPolicy strict;
    const FixedClock clock{kForgeNow};
    const CertificateValidator validator{store, strict, clock};
    const Scene scene;
    const ServerHandshake server{identityOf({scene.own}), validator};
    const auto verdict = server.onOpenSecureChannel(scene.request());
    CHECK_FALSE(verdict.accepted());
    CHECK(verdict.report().decisive()->check == Check::CertificateTrusted);
    CHECK(verdict.statusForPeer() == StatusCode::BadSecurityChecksFailed);
}
