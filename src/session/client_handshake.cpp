#include <uatrust/session/client_handshake.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include <uatrust/core/endpoint_url.hpp>
#include <uatrust/crypto/asymmetric.hpp>

#include "session/checks.hpp"

namespace uatrust {

using namespace detail;

namespace {

constexpr std::string_view kAskVendor = "The server departs from OPC 10000-4: ask its vendor.";
constexpr std::string_view kRefused = "Do not go on: something between the two applications may have changed messages.";

HandshakeFinding checkPresent(ByteView certificate) {
    if (!certificate.empty()) return passed("The server's certificate is there.");
    return failed(StatusCode::BadCertificateInvalid, "There is no certificate of the server.",
                  "Give the server an application certificate.");
}

// The one thing that both sides agree on is what the user asked for: its host has to be in the certificate.
HandshakeFinding judgeServer(Dialogue& dialogue, const CertificateValidator& servers, ByteView certificate, const SecurityPolicy& policy,
                             const Endpoint& endpoint, std::string_view connectUrl) {
    const auto url = parseEndpointUrl(connectUrl);
    if (!url) {
        return failed(
            StatusCode::BadCertificateHostNameInvalid,
            fmt::format("'{}' is no endpoint URL with a host that the certificate could be compared with.", printable(connectUrl)),
            "Use a URL of the form opc.tcp://host:port.");
    }
    return dialogue.judge(servers, {.certificate = certificate,
                                    .role = Role::Client,
                                    .profile = Profile::Application,
                                    .applicationUri = endpoint.applicationUri,
                                    .hostNames = {url->host},
                                    .securityPolicy = &policy,
                                    .endpointUrl = std::string{connectUrl},
                                    .peerAddress = std::string{connectUrl}});
}

HandshakeFinding checkServerSignature(const SecurityPolicy& policy, const ApplicationIdentity& own, const PublicKey& server,
                                      const CreateSessionAnswer& answer) {
    const bool otherAlgorithm = !answer.signatureAlgorithm.empty() && answer.signatureAlgorithm != policy.asymmetricSignatureUri;
    if (otherAlgorithm && !policy.asymmetricSignatureUri.empty()) {
        return failed(StatusCode::BadApplicationSignatureInvalid,
                      fmt::format("The server signed with '{}' and not as the SecurityPolicy {} has it.",
                                  printable(answer.signatureAlgorithm), policy.name),
                      std::string{kAskVendor});
    }
    if (verifiesOverUs(policy, server, {own, answer.clientNonce, answer.serverSignature}))
        return passed("The server's signature is right.");
    return failed(StatusCode::BadApplicationSignatureInvalid, "The server's signature over our certificate and nonce is wrong.",
                  std::string{kRefused});
}

HandshakeFinding checkNonces(const CreateSessionAnswer& answer) {
    auto ours = checkSessionNonce(answer.clientNonce, "client");
    return ours.outcome == Outcome::Failed ? ours : checkSessionNonce(answer.serverNonce, "server");
}

// OPC 10000-4, 5.7.2: these fields, and no others, have to be the same.
auto comparedFields(const Endpoint& e) {
    return std::tie(e.applicationUri, e.endpointUrl, e.securityMode, e.securityPolicyUri, e.userTokenPolicies, e.transportProfileUri,
                    e.securityLevel);
}

std::vector<const Endpoint*> sortedFor(std::string_view transport, const std::vector<Endpoint>& all) {
    std::vector<const Endpoint*> kept;
    for (const auto& endpoint : all) {
        if (endpoint.transportProfileUri == transport) kept.push_back(&endpoint);
    }
    std::sort(kept.begin(), kept.end(), [](const Endpoint* a, const Endpoint* b) { return comparedFields(*a) < comparedFields(*b); });
    return kept;
}

HandshakeFinding checkEndpoints(const Endpoint& inUse, const CreateSessionAnswer& answer) {
    if (answer.discoveredEndpoints.empty()) return notApplicable("The endpoint did not come from discovery.");
    const auto before = sortedFor(inUse.transportProfileUri, answer.discoveredEndpoints);
    const auto now = sortedFor(inUse.transportProfileUri, answer.serverEndpoints);
    const bool same = std::equal(before.begin(), before.end(), now.begin(), now.end(),
                                 [](const Endpoint* a, const Endpoint* b) { return comparedFields(*a) == comparedFields(*b); });
    if (same && !now.empty()) return passed(fmt::format("The {} endpoints are those of discovery.", now.size()));
    return failed(StatusCode::BadSecurityChecksFailed,
                  fmt::format("The server has {} endpoints for this transport that are not the same as the {} of discovery.", now.size(),
                              before.size()),
                  "Do not go on: the answer to GetEndpoints may have been changed to make this client choose a weaker endpoint.");
}

HandshakeFinding signForServer(const SecurityPolicy& policy, const PrivateKey& key, const CreateSessionAnswer& answer,
                               SignatureData& signature) {
    auto made = signFor(policy, key, answer.serverCertificate, answer.serverNonce);
    if (!made) return internalError(made.error().text());
    signature = std::move(*made);
    return passed("Our signature was made.");
}

/// Start is what every message begins with: the policy and the mode of the endpoint.
const SecurityPolicy* startWith(Dialogue& dialogue, const SecurityPolicySet& policies, const ApplicationIdentity& own,
                                const Endpoint& endpoint) {
    const SecurityPolicy* policy = nullptr;
    dialogue.check(HandshakeCheck::SecurityPolicyOffered, [&] { return checkPolicy(policies, own, endpoint.securityPolicyUri, policy); });
    dialogue.check(HandshakeCheck::SecurityModeOffered, [&] { return checkMode(*policy, endpoint.securityMode); });
    if (endpoint.securityMode == MessageSecurityMode::None) dialogue.unsecured();
    return policy;
}

Result<const SecurityPolicy*> policyForUser(const SecurityPolicySet& policies, const Endpoint& endpoint, std::string_view tokenPolicyUri) {
    auto policy = policies.find(tokenPolicyUri.empty() ? std::string_view{endpoint.securityPolicyUri} : tokenPolicyUri);
    if (!policy) return policy;
    const bool unsecured = endpoint.securityMode == MessageSecurityMode::None;
    if ((*policy)->id == SecurityPolicyId::None || ((*policy)->isEcc() && unsecured)) {
        return Error{StatusCode::BadSecurityPolicyRejected,
                     fmt::format("An X.509 user cannot sign under {} on this endpoint.", (*policy)->name),
                     "Choose a user token policy with an RSA SecurityPolicy, or an endpoint with SecurityMode Sign or SignAndEncrypt."};
    }
    return policy;
}

Result<void> checkNonceToSign(ByteView nonce) {
    const auto finding = checkSessionNonce(nonce, "server");
    if (finding.outcome == Outcome::Failed) return Error{finding.status, finding.message, finding.remedy};
    return {};
}

}  // namespace

ClientHandshake::ClientHandshake(ApplicationIdentity identity, const CertificateValidator& servers, SecurityPolicySet policies)
    : identity_{std::move(identity)}, servers_{&servers}, policies_{policies} {}

HandshakeVerdict ClientHandshake::onEndpoint(const Endpoint& endpoint, std::string_view connectUrl) const noexcept {
    return orRefuse<HandshakeVerdict>([&] {
        Dialogue dialogue{"Endpoint", Role::Client};
        const auto* policy = startWith(dialogue, policies_, identity_, endpoint);
        dialogue.checkSecured(HandshakeCheck::CertificatePresent, [&] { return checkPresent(endpoint.serverCertificate); });
        dialogue.checkSecured(HandshakeCheck::CertificateTrusted,
                              [&] { return judgeServer(dialogue, *servers_, endpoint.serverCertificate, *policy, endpoint, connectUrl); });
        return HandshakeVerdict{dialogue.take()};
    });
}

HandshakeVerdict ClientHandshake::onOpenSecureChannel(const Endpoint& endpoint, std::string_view connectUrl,
                                                      const OpenSecureChannelAnswer& answer) const noexcept {
    return orRefuse<HandshakeVerdict>([&] {
        Dialogue dialogue{"OpenSecureChannel", Role::Client};
        const auto* policy = startWith(dialogue, policies_, identity_, endpoint);
        dialogue.checkSecured(HandshakeCheck::CertificatePresent, [&] { return checkPresent(answer.senderCertificate); });
        dialogue.checkSecured(HandshakeCheck::SameCertificate,
                              [&] { return checkSameLeaf(answer.senderCertificate, endpoint.serverCertificate, "the endpoint"); });
        dialogue.checkSecured(HandshakeCheck::CertificateTrusted,
                              [&] { return judgeServer(dialogue, *servers_, answer.senderCertificate, *policy, endpoint, connectUrl); });
        dialogue.checkSecured(HandshakeCheck::Nonce, [&] { return checkChannelNonce(*policy, answer.serverNonce); });
        return HandshakeVerdict{dialogue.take()};
    });
}

CreateSessionChecked ClientHandshake::onCreateSession(const Endpoint& endpoint, std::string_view connectUrl,
                                                      const CreateSessionAnswer& answer) const noexcept {
    return orRefuse<CreateSessionChecked>([&] {
        SignatureData signature;
        Dialogue dialogue{"CreateSession", Role::Client};
        const auto* policy = startWith(dialogue, policies_, identity_, endpoint);
        dialogue.checkSecured(HandshakeCheck::CertificatePresent, [&] { return checkPresent(answer.serverCertificate); });
        dialogue.checkSecured(HandshakeCheck::SameCertificate,
                              [&] { return checkSameLeaf(answer.serverCertificate, endpoint.serverCertificate, "the endpoint"); });
        dialogue.checkSecured(HandshakeCheck::CertificateTrusted,
                              [&] { return judgeServer(dialogue, *servers_, answer.serverCertificate, *policy, endpoint, connectUrl); });
        dialogue.checkSecured(HandshakeCheck::Nonce, [&] { return checkNonces(answer); });
        dialogue.checkSecured(HandshakeCheck::ApplicationSignature, [&] {
            return checkServerSignature(*policy, identity_, dialogue.trusted()->certificate().publicKey(), answer);
        });
        dialogue.check(HandshakeCheck::EndpointsUnchanged, [&] { return checkEndpoints(endpoint, answer); });
        // OPC 10000-4, 6.1.8: no signature of ours before the server's has been verified.
        dialogue.checkSecured(HandshakeCheck::ApplicationSignature,
                              [&] { return signForServer(*policy, identity_.key(), answer, signature); });

        CreateSessionChecked out{dialogue.take()};
        if (out.accepted()) out.clientSignature = std::move(signature);
        return out;
    });
}

Result<Bytes> ClientHandshake::clientNonce() const {
    return orError([] { return randomBytes(kMinSessionNonce); });
}

Result<SignatureData> ClientHandshake::signActivation(const Endpoint& endpoint, ByteView serverNonce) const {
    return orError([&]() -> Result<SignatureData> {
        if (endpoint.securityMode == MessageSecurityMode::None) return SignatureData{};
        const auto policy = policies_.find(endpoint.securityPolicyUri);
        if (!policy) return policy.error();
        if (const auto nonce = checkNonceToSign(serverNonce); !nonce) return nonce.error();
        return signFor(**policy, identity_.key(), endpoint.serverCertificate, serverNonce);
    });
}

Result<SignatureData> ClientHandshake::signUserToken(const Endpoint& endpoint, ByteView serverNonce, const PrivateKey& userKey,
                                                     std::string_view tokenPolicyUri) const {
    return orError([&]() -> Result<SignatureData> {
        const auto policy = policyForUser(policies_, endpoint, tokenPolicyUri);
        if (!policy) return policy.error();
        if (const auto nonce = checkNonceToSign(serverNonce); !nonce) return nonce.error();
        return signFor(**policy, userKey, endpoint.serverCertificate, serverNonce);
    });
}

}  // namespace uatrust
