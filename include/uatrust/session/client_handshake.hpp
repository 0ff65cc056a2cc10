#pragma once

#include <uatrust/identity/application_identity.hpp>
#include <uatrust/session/handshake.hpp>

namespace uatrust {

/// EndpointDescription as far as trust is concerned (OPC 10000-4, 7.14). User token policies are compared as the
/// stack encodes them, octet by octet.
struct Endpoint {
    std::string endpointUrl{};
    std::string applicationUri{};  ///< of EndpointDescription.server
    MessageSecurityMode securityMode = MessageSecurityMode::Invalid;
    std::string securityPolicyUri{};
    std::string transportProfileUri{};
    std::uint8_t securityLevel = 0;
    Bytes serverCertificate{};
    std::vector<Bytes> userTokenPolicies{};
};

/// What a server answered to OpenSecureChannel.
struct OpenSecureChannelAnswer {
    ByteView senderCertificate{};
    ByteView serverNonce{};
};

/// What a server answered to CreateSession, with what the client had sent.
struct CreateSessionAnswer {
    ByteView clientNonce{};  ///< as sent
    ByteView serverCertificate{};
    ByteView serverNonce{};
    std::string_view signatureAlgorithm{};
    ByteView serverSignature{};
    std::vector<Endpoint> serverEndpoints{};
    std::vector<Endpoint> discoveredEndpoints{};  ///< from GetEndpoints; not compared when empty
};

/// CreateSessionChecked is the verdict and, when accepted, the signature that ActivateSession carries.
struct CreateSessionChecked : HandshakeVerdict {
    using HandshakeVerdict::HandshakeVerdict;
    SignatureData clientSignature{};
};

/// ClientHandshake makes every certificate-related check and signature of a client (OPC 10000-4, 5.4.4, 5.6.2, 5.7.2,
/// 5.7.3). Identity is copied; the validator is borrowed and must outlive it. Nothing throws, and whatever goes wrong
/// inside refuses. Safe to use from several threads at once.
class UATRUST_API ClientHandshake {
public:
    ClientHandshake(ApplicationIdentity identity, const CertificateValidator& servers, SecurityPolicySet policies = {});

    /// Before connecting: the certificate of the endpoint that was chosen, with host name and ApplicationUri.
    /// `connectUrl` is the URL the user asked for: its host is what the certificate has to name.
    [[nodiscard]] HandshakeVerdict onEndpoint(const Endpoint& endpoint, std::string_view connectUrl) const noexcept;

    /// The answer to OpenSecureChannel: signed by the certificate it was encrypted for, judged again, nonce length.
    [[nodiscard]] HandshakeVerdict onOpenSecureChannel(const Endpoint& endpoint, std::string_view connectUrl,
                                                       const OpenSecureChannelAnswer& answer) const noexcept;

    /// The answer to CreateSession: same certificate, judged again, signature over our certificate and nonce, nonce,
    /// endpoints; makes the client's signature over the server's certificate and nonce.
    [[nodiscard]] CreateSessionChecked onCreateSession(const Endpoint& endpoint, std::string_view connectUrl,
                                                       const CreateSessionAnswer& answer) const noexcept;

    /// A new nonce for CreateSession, 32 octets.
    [[nodiscard]] Result<Bytes> clientNonce() const;

    /// The client's signature for a later ActivateSession, with the nonce of the last one.
    [[nodiscard]] Result<SignatureData> signActivation(const Endpoint& endpoint, ByteView serverNonce) const;

    /// The signature of an X.509 user token with the user's key, under the token policy's SecurityPolicy or, when that is
    /// empty, the endpoint's.
    [[nodiscard]] Result<SignatureData> signUserToken(const Endpoint& endpoint, ByteView serverNonce, const PrivateKey& userKey,
                                                      std::string_view tokenPolicyUri = {}) const;

private:
    ApplicationIdentity identity_;
    const CertificateValidator* servers_;
    SecurityPolicySet policies_;
};

}  // namespace uatrust
