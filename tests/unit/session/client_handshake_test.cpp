#include <uatrust/session/client_handshake.hpp>

#include <algorithm>

#include "fixture.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using Check = HandshakeCheck;

// A client, and a server that is not uatrust: its certificate is forged and its signatures are OpenSSL's.
struct Scene {
    explicit Scene(const PolicyCase& c = kRsaCase, std::vector<ForgedCert> ownChain = {}, SecurityPolicySet policies = {})
        : id{c.id},
          server{forgeCertificate(serverSpec(c))},
          own{ownChain.empty() ? std::vector{forgeCertificate(clientSpec(c))} : std::move(ownChain)},
          client{identityOf(own), servers.validator, policies} {
        servers.trust(server);
    }

    [[nodiscard]] Endpoint endpoint() const {
        return {.endpointUrl = std::string{kUrl},
                .applicationUri = "urn:test:server",
                .securityMode = MessageSecurityMode::SignAndEncrypt,
                .securityPolicyUri = std::string{securityPolicy(id).uri},
                .transportProfileUri = std::string{kTransport},
                .securityLevel = 20,
                .serverCertificate = server.der,
                .userTokenPolicies = {{1, 2, 3}, {4, 5}}};
    }
    [[nodiscard]] CreateSessionAnswer answer() const {
        return {.clientNonce = clientNonce,
                .serverCertificate = server.der,
                .serverNonce = serverNonce,
                .signatureAlgorithm = securityPolicy(id).asymmetricSignatureUri,
                .serverSignature = signature,
                .serverEndpoints = {endpoint()},
                .discoveredEndpoints = {endpoint()}};
    }
    [[nodiscard]] CreateSessionChecked check(const CreateSessionAnswer& a) const { return client.onCreateSession(endpoint(), kUrl, a); }
    [[nodiscard]] CreateSessionChecked checkSigned(const Bytes& other) const {
        auto a = answer();
        a.serverSignature = other;
        return check(a);
    }

    SecurityPolicyId id;
    ForgedCert server;
    std::vector<ForgedCert> own;
    Judge servers{};
    ClientHandshake client;
    Bytes clientNonce = nonceOf(32, 1);
    Bytes serverNonce = nonceOf(32, 2);
    Bytes signature = rawSign(id, server.key, concatenated(own.front().der, clientNonce));
};

std::optional<Decision> refusal(Check check, StatusCode status) { return Decision{check, status}; }

Endpoint unsecured() {
    return {.endpointUrl = std::string{kUrl},
            .applicationUri = "urn:test:server",
            .securityMode = MessageSecurityMode::None,
            .securityPolicyUri = std::string{securityPolicy(SecurityPolicyId::None).uri},
            .transportProfileUri = std::string{kTransport}};
}

}  // namespace

// --- the endpoint -----------------------------------------------------------------------------------------------------------

TEST_CASE("The endpoint of a trusted server is accepted under every current policy") {
    for (const auto& c : kPolicyCases) {
        CAPTURE(securityPolicy(c.id).name);
        const Scene scene{c};
        const auto verdict = scene.client.onEndpoint(scene.endpoint(), kUrl);
        CHECK(decisionOf(verdict) == std::nullopt);
        REQUIRE(verdict.report().certificate);
        CHECK(verdict.report().certificate->find(Step::HostName)->outcome == Outcome::Passed);
        CHECK(verdict.report().certificate->find(Step::Uri)->outcome == Outcome::Passed);
    }
}

TEST_CASE("A client hides no reason from its user") {
    Scene scene;
    scene.servers.distrust(scene.server);
    const auto verdict = scene.client.onEndpoint(scene.endpoint(), kUrl);
    CHECK(decisionOf(verdict) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateUntrusted));
    CHECK(verdict.statusForPeer() == StatusCode::BadCertificateUntrusted);
    CHECK(scene.servers.store.snapshot()->find(StoreList::Rejected, certificateOf(scene.server).id()) != nullptr);
}

TEST_CASE("The host that the user asked for has to be in the certificate") {
    const Scene scene;
    CHECK(scene.client.onEndpoint(scene.endpoint(), "opc.tcp://LOCALHOST:9999/other/path").accepted());
    for (const std::string_view url : {"opc.tcp://plc-4:4840", "opc.tcp://127.0.0.1:4840"}) {
        CHECK(decisionOf(scene.client.onEndpoint(scene.endpoint(), url)) ==
              refusal(Check::CertificateTrusted, StatusCode::BadCertificateHostNameInvalid));
    }
}

TEST_CASE("A URL without a host that could be compared is refused, not passed over") {
    const Scene scene;
    for (const std::string_view url : {"", "localhost", "opc.tcp://", "opc.tcp://:4840", "opc.tcp://local host:4840"}) {
        CAPTURE(url);
        const auto verdict = scene.client.onEndpoint(scene.endpoint(), url);
        CHECK(decisionOf(verdict) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateHostNameInvalid));
    }
}

TEST_CASE("The ApplicationUri of the endpoint has to be in the certificate") {
    const Scene scene;
    for (const char* uri : {"", "urn:test:other"}) {
        auto endpoint = scene.endpoint();
        endpoint.applicationUri = uri;
        CHECK(decisionOf(scene.client.onEndpoint(endpoint, kUrl)) ==
              refusal(Check::CertificateTrusted, StatusCode::BadCertificateUriInvalid));
    }
}

TEST_CASE("An endpoint with security and without a certificate is refused") {
    const Scene scene;
    auto endpoint = scene.endpoint();
    endpoint.serverCertificate.clear();
    CHECK(decisionOf(scene.client.onEndpoint(endpoint, kUrl)) == refusal(Check::CertificatePresent, StatusCode::BadCertificateInvalid));
}

TEST_CASE("An endpoint with a policy that the client does not use is refused") {
    const Scene scene;
    for (const char* uri : {"", "urn:nonsense", "http://opcfoundation.org/UA/SecurityPolicy#Basic256",
                            "http://opcfoundation.org/UA/SecurityPolicy#ECC_nistP256"}) {
        auto endpoint = scene.endpoint();
        endpoint.securityPolicyUri = uri;
        CHECK(decisionOf(scene.client.onEndpoint(endpoint, kUrl)) ==
              refusal(Check::SecurityPolicyOffered, StatusCode::BadSecurityPolicyRejected));
    }
    auto endpoint = scene.endpoint();
    endpoint.securityMode = MessageSecurityMode::None;
    CHECK(decisionOf(scene.client.onEndpoint(endpoint, kUrl)) == refusal(Check::SecurityModeOffered, StatusCode::BadSecurityModeRejected));
}

TEST_CASE("An unsecured endpoint is accepted only where None is switched on, and needs no certificate") {
    const Scene off;
    CHECK(decisionOf(off.client.onEndpoint(unsecured(), kUrl)) ==
          refusal(Check::SecurityPolicyOffered, StatusCode::BadSecurityPolicyRejected));
    const Scene on{kRsaCase, {}, withNone()};
    CHECK(on.client.onEndpoint(unsecured(), kUrl).accepted());
    CHECK(on.client.onOpenSecureChannel(unsecured(), kUrl, {}).accepted());
    const auto session =
        on.client.onCreateSession(unsecured(), kUrl, {.serverEndpoints = {unsecured()}, .discoveredEndpoints = {unsecured()}});
    CHECK(decisionOf(session) == std::nullopt);
    CHECK(session.clientSignature.signature.empty());
    const auto signature = on.client.signActivation(unsecured(), {});
    REQUIRE(signature.ok());
    CHECK(signature->signature.empty());
}

// --- OpenSecureChannel --------------------------------------------------------------------------------------------------------

TEST_CASE("A channel is accepted from the certificate of the endpoint with a nonce of the right length") {
    for (const auto& c : kPolicyCases) {
        const Scene scene{c};
        const std::size_t size = securityPolicy(c.id).secureChannelNonceBytes;
        CAPTURE(securityPolicy(c.id).name);
        const auto right = nonceOf(size);
        CHECK(decisionOf(scene.client.onOpenSecureChannel(scene.endpoint(), kUrl, {scene.server.der, right})) == std::nullopt);
        for (const std::size_t wrong : {std::size_t{0}, size - 1, size + 1}) {
            const auto nonce = nonceOf(wrong);
            CHECK(decisionOf(scene.client.onOpenSecureChannel(scene.endpoint(), kUrl, {scene.server.der, nonce})) ==
                  refusal(Check::Nonce, StatusCode::BadNonceInvalid));
        }
    }
}

TEST_CASE("A channel that another certificate answered for is refused, even a trusted one") {
    Scene scene;
    const auto other = forgeCertificate({.cn = "other", .keyIndex = 4, .uris = {"urn:test:server"}});
    scene.servers.trust(other);
    const auto nonce = nonceOf(32);
    CHECK(decisionOf(scene.client.onOpenSecureChannel(scene.endpoint(), kUrl, {other.der, nonce})) ==
          refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    CHECK(decisionOf(scene.client.onOpenSecureChannel(scene.endpoint(), kUrl, {{}, nonce})) ==
          refusal(Check::CertificatePresent, StatusCode::BadCertificateInvalid));
}

TEST_CASE("Certificates are compared by their leaves, and each answer is judged anew") {
    Scene scene;
    const auto nonce = nonceOf(32);
    const auto withMore = joinDer({scene.server, forgeRoot()});
    CHECK(scene.client.onOpenSecureChannel(scene.endpoint(), kUrl, {withMore, nonce}).accepted());
    scene.servers.distrust(scene.server);
    CHECK(scene.client.onOpenSecureChannel(scene.endpoint(), kUrl, {scene.server.der, nonce}).status() ==
          StatusCode::BadCertificateUntrusted);
}

// --- CreateSession ------------------------------------------------------------------------------------------------------------

TEST_CASE("OpenSSL's server signature is accepted, and the client's is right for OpenSSL, under every current policy") {
    for (const auto& c : kPolicyCases) {
        CAPTURE(securityPolicy(c.id).name);
        const Scene scene{c};
        const auto checked = scene.check(scene.answer());
        REQUIRE(decisionOf(checked) == std::nullopt);
        CHECK(checked.clientSignature.algorithm == securityPolicy(c.id).asymmetricSignatureUri);
        CHECK(rawVerify(c.id, scene.own.front().key, concatenated(scene.server.der, scene.serverNonce), checked.clientSignature.signature));
    }
}

TEST_CASE("The client signs the server's leaf, whatever follows it") {
    const Scene scene;
    const auto blob = joinDer({scene.server, forgeRoot()});
    auto answer = scene.answer();
    answer.serverCertificate = blob;
    const auto checked = scene.check(answer);
    REQUIRE(decisionOf(checked) == std::nullopt);
    CHECK(rawVerify(scene.id, scene.own.front().key, concatenated(scene.server.der, scene.serverNonce), checked.clientSignature.signature));
}

TEST_CASE("Older servers sign the client's whole chain") {
    const auto root = forgeRoot();
    const Scene scene{kRsaCase, {forgeLeaf(root, clientSpec()), root}};
    CHECK(scene.check(scene.answer()).accepted());
    CHECK(scene.checkSigned(rawSign(scene.id, scene.server.key, concatenated(joinDer(scene.own), scene.clientNonce))).accepted());
    CHECK_FALSE(scene.checkSigned(rawSign(scene.id, scene.server.key, concatenated(root.der, scene.clientNonce))).accepted());
}

TEST_CASE("A server signature over anything else, by anybody else, or none is refused and nothing is signed for it") {
    const Scene scene;
    const auto data = concatenated(scene.own.front().der, scene.clientNonce);
    const std::vector<Bytes> wrong{{},
                                   tamperSignature(scene.signature),
                                   rawSign(scene.id, scene.own.front().key, data),
                                   rawSign(scene.id, scene.server.key, concatenated(scene.own.front().der, scene.serverNonce)),
                                   rawSign(scene.id, scene.server.key, concatenated(scene.server.der, scene.clientNonce)),
                                   rawSign(SecurityPolicyId::Aes256_Sha256_RsaPss, scene.server.key, data)};
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        CAPTURE(i);
        const auto checked = scene.checkSigned(wrong[i]);
        CHECK(decisionOf(checked) == refusal(Check::ApplicationSignature, StatusCode::BadApplicationSignatureInvalid));
        CHECK(checked.clientSignature.signature.empty());
    }
}

TEST_CASE("A signature that says it is of another algorithm is refused, one that does not say is not") {
    const Scene scene;
    auto answer = scene.answer();
    answer.signatureAlgorithm = "";
    CHECK(scene.check(answer).accepted());
    answer.signatureAlgorithm = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    CHECK(decisionOf(scene.check(answer)) == refusal(Check::ApplicationSignature, StatusCode::BadApplicationSignatureInvalid));
    const Scene ecc{kPolicyCases[3]};
    auto eccAnswer = ecc.answer();
    eccAnswer.signatureAlgorithm = "whatever a receiver has to ignore";
    CHECK(ecc.check(eccAnswer).accepted());
}

TEST_CASE("The certificate of the session is that of the endpoint and still trusted") {
    Scene scene;
    const auto other = forgeCertificate({.cn = "other", .keyIndex = 4, .uris = {"urn:test:server"}});
    scene.servers.trust(other);
    auto answer = scene.answer();
    answer.serverCertificate = other.der;
    CHECK(decisionOf(scene.check(answer)) == refusal(Check::SameCertificate, StatusCode::BadSecurityChecksFailed));
    answer.serverCertificate = {};
    CHECK(decisionOf(scene.check(answer)) == refusal(Check::CertificatePresent, StatusCode::BadCertificateInvalid));
    scene.servers.distrust(scene.server);
    CHECK(decisionOf(scene.check(scene.answer())) == refusal(Check::CertificateTrusted, StatusCode::BadCertificateUntrusted));
}

TEST_CASE("Both nonces have 32 to 128 octets") {
    const Scene scene;
    for (const std::size_t size : {0U, 31U, 129U}) {
        CAPTURE(size);
        const auto nonce = nonceOf(size);
        auto serverNonce = scene.answer();
        serverNonce.serverNonce = nonce;
        CHECK(decisionOf(scene.check(serverNonce)) == refusal(Check::Nonce, StatusCode::BadNonceInvalid));
        auto clientNonce = scene.answer();
        clientNonce.clientNonce = nonce;
        CHECK(decisionOf(scene.check(clientNonce)) == refusal(Check::Nonce, StatusCode::BadNonceInvalid));
        CHECK(scene.client.signActivation(scene.endpoint(), nonce).status() == StatusCode::BadNonceInvalid);
    }
    for (const std::size_t size : {32U, 128U}) {
        const auto nonce = nonceOf(size);
        auto answer = scene.answer();
        answer.serverNonce = nonce;
        CHECK(scene.check(answer).accepted());
    }
}

TEST_CASE("A client whose own key cannot sign refuses the session, however it fails") {
    const Scene scene;
    for (const auto fault : {BrokenKey::Fault::Error, BrokenKey::Fault::Exception, BrokenKey::Fault::Other}) {
        const PrivateKey key{std::make_shared<const BrokenKey>(scene.own.front(), fault)};
        const ClientHandshake client{identityOf(scene.own, key), scene.servers.validator};
        const auto checked = client.onCreateSession(scene.endpoint(), kUrl, scene.answer());
        CHECK(decisionOf(checked) == refusal(Check::ApplicationSignature, StatusCode::BadInternalError));
        CHECK_FALSE(client.signActivation(scene.endpoint(), scene.serverNonce).ok());
    }
}

TEST_CASE("A store that throws accepts no server") {
    ThrowingStore store;
    const StrictPolicy strict;
    const CertificateValidator validator{store, strict};
    const Scene scene;
    const ClientHandshake client{identityOf(scene.own), validator};
    CHECK_FALSE(client.onEndpoint(scene.endpoint(), kUrl).accepted());
    CHECK_FALSE(client.onCreateSession(scene.endpoint(), kUrl, scene.answer()).accepted());
}

// --- endpoints ----------------------------------------------------------------------------------------------------------------

TEST_CASE("The endpoints of the session are those of discovery in any order") {
    const Scene scene;
    auto weaker = scene.endpoint();
    weaker.securityMode = MessageSecurityMode::Sign;
    auto https = scene.endpoint();
    https.transportProfileUri = "http://opcfoundation.org/UA-Profile/Transport/https-uabinary";
    auto answer = scene.answer();
    answer.discoveredEndpoints = {scene.endpoint(), https, weaker};
    answer.serverEndpoints = {weaker, scene.endpoint()};
    CHECK(scene.check(answer).accepted());
    answer.serverEndpoints = {weaker, scene.endpoint(), https, https};
    CHECK(scene.check(answer).accepted());
}

TEST_CASE("Any change of a compared field is found, a change of another is not looked at") {
    struct Row {
        const char* field;
        void (*change)(Endpoint&);
    };
    const Scene scene;
    for (const auto& row :
         {Row{"applicationUri", [](Endpoint& e) { e.applicationUri += "x"; }},
          Row{"endpointUrl", [](Endpoint& e) { e.endpointUrl += "/"; }},
          Row{"securityMode", [](Endpoint& e) { e.securityMode = MessageSecurityMode::Sign; }},
          Row{"securityPolicyUri", [](Endpoint& e) { e.securityPolicyUri = "http://opcfoundation.org/UA/SecurityPolicy#None"; }},
          Row{"securityLevel", [](Endpoint& e) { ++e.securityLevel; }},
          Row{"userTokenPolicies", [](Endpoint& e) { e.userTokenPolicies.pop_back(); }},
          Row{"a user token policy", [](Endpoint& e) { e.userTokenPolicies.back().back() = 6; }},
          Row{"transportProfileUri", [](Endpoint& e) { e.transportProfileUri += "x"; }}}) {
        CAPTURE(row.field);
        auto inSession = scene.answer();
        row.change(inSession.serverEndpoints.front());
        CHECK(decisionOf(scene.check(inSession)) == refusal(Check::EndpointsUnchanged, StatusCode::BadSecurityChecksFailed));
        auto inDiscovery = scene.answer();
        row.change(inDiscovery.discoveredEndpoints.front());
        const auto checked = scene.check(inDiscovery);
        CHECK(decisionOf(checked) == refusal(Check::EndpointsUnchanged, StatusCode::BadSecurityChecksFailed));
        CHECK(checked.clientSignature.signature.empty());
    }
    auto other = scene.answer();
    other.serverEndpoints.front().serverCertificate.clear();
    CHECK(scene.check(other).accepted());
}

TEST_CASE("Endpoints that were added, removed or doubled are found") {
    const Scene scene;
    auto stronger = scene.endpoint();
    stronger.securityLevel = 30;
    for (const auto& endpoints : {std::vector<Endpoint>{}, {scene.endpoint(), stronger}, {scene.endpoint(), scene.endpoint()}}) {
        auto answer = scene.answer();
        answer.serverEndpoints = endpoints;
        CHECK(decisionOf(scene.check(answer)) == refusal(Check::EndpointsUnchanged, StatusCode::BadSecurityChecksFailed));
    }
    auto noneForTransport = scene.answer();
    noneForTransport.discoveredEndpoints.front().transportProfileUri = "other";
    noneForTransport.serverEndpoints.front().transportProfileUri = "other";
    CHECK(decisionOf(scene.check(noneForTransport)) == refusal(Check::EndpointsUnchanged, StatusCode::BadSecurityChecksFailed));
}

TEST_CASE("Without discovery there is nothing to compare") {
    const Scene scene;
    auto answer = scene.answer();
    answer.discoveredEndpoints.clear();
    const auto checked = scene.check(answer);
    CHECK(checked.accepted());
    CHECK(findCheck(checked.report(), Check::EndpointsUnchanged)->outcome == Outcome::NotApplicable);
}

// --- signatures and nonces of its own --------------------------------------------------------------------------------------------

TEST_CASE("Client nonces are long enough and never the same") {
    const Scene scene;
    const auto first = scene.client.clientNonce();
    const auto second = scene.client.clientNonce();
    REQUIRE(first.ok());
    CHECK(first->size() == 32);
    CHECK(*first != *second);
}

TEST_CASE("A later activation is signed over the server's leaf and the last nonce") {
    for (const auto& c : kPolicyCases) {
        const Scene scene{c};
        auto endpoint = scene.endpoint();
        endpoint.serverCertificate = joinDer({scene.server, forgeRoot()});
        const auto signature = scene.client.signActivation(endpoint, scene.serverNonce);
        REQUIRE(signature.ok());
        CHECK(rawVerify(c.id, scene.own.front().key, concatenated(scene.server.der, scene.serverNonce), signature->signature));
    }
}

TEST_CASE("A user token is signed with the user's key under the policy of the token or of the endpoint") {
    const Scene scene{kRsaCase, {}, withNone()};
    const auto data = concatenated(scene.server.der, scene.serverNonce);
    for (const auto& c : kPolicyCases) {
        const auto user = forgeCertificate(userSpec(c));
        const auto signature = scene.client.signUserToken(scene.endpoint(), scene.serverNonce, keyOf(user), securityPolicy(c.id).uri);
        REQUIRE(signature.ok());
        CHECK(signature->algorithm == securityPolicy(c.id).asymmetricSignatureUri);
        CHECK(rawVerify(c.id, user.key, data, signature->signature));
    }
    const auto user = forgeCertificate(userSpec());
    CHECK(rawVerify(kRsaCase.id, user.key, data, scene.client.signUserToken(scene.endpoint(), scene.serverNonce, keyOf(user))->signature));
    auto open = unsecured();
    open.serverCertificate = scene.server.der;
    CHECK(rawVerify(kRsaCase.id, user.key, data,
                    scene.client.signUserToken(open, scene.serverNonce, keyOf(user), securityPolicy(kRsaCase.id).uri)->signature));
}

TEST_CASE("A user token is not signed where no signature protects anything") {
    const Scene scene{kRsaCase, {}, withNone()};
    const auto rsa = keyOf(forgeCertificate(userSpec()));
    const auto ecc = keyOf(forgeCertificate(userSpec(kPolicyCases[3])));
    const auto& p256 = securityPolicy(SecurityPolicyId::ECC_nistP256).uri;
    auto open = unsecured();
    open.serverCertificate = scene.server.der;
    CHECK(scene.client.signUserToken(open, scene.serverNonce, rsa).status() == StatusCode::BadSecurityPolicyRejected);
    CHECK(scene.client.signUserToken(open, scene.serverNonce, ecc, p256).status() == StatusCode::BadSecurityPolicyRejected);
    CHECK(scene.client.signUserToken(scene.endpoint(), scene.serverNonce, rsa, "None").status() == StatusCode::BadSecurityPolicyRejected);
    CHECK(scene.client.signUserToken(scene.endpoint(), scene.serverNonce, rsa, p256).status() == StatusCode::BadNotSupported);
    CHECK(scene.client.signUserToken(scene.endpoint(), nonceOf(31), rsa).status() == StatusCode::BadNonceInvalid);
    CHECK_FALSE(scene.client.signUserToken(unsecured(), scene.serverNonce, rsa, "Basic256Sha256").ok());
}
