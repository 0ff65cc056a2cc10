#pragma once

#include <uatrust/identity/application_identity.hpp>
#include <uatrust/session/handshake.hpp>

namespace uatrust {

/// What a client sent to open or renew a secure channel. Views live as long as the call.
///
/// `endpointUrl` chooses the policy (PerEndpointPolicy): hand over the URL of the endpoint that the connection came in
/// on, as this server knows it. The URL that the client names is the client's choice, and with it the laxest policy would be.
struct OpenSecureChannelIn {
    std::string_view securityPolicyUri{};
    MessageSecurityMode securityMode = MessageSecurityMode::Invalid;
    ByteView senderCertificate{};
    ByteView receiverThumbprint{};
    ByteView clientNonce{};
    ByteView channelCertificate{};   ///< renewal: the certificate the channel was opened with, demanded there; empty at issue
    std::string_view endpointUrl{};  ///< of this server, see above
    std::string_view peerAddress{};
    std::string_view channelPolicyUri{};                             ///< renewal: of the channel; not compared when empty
    MessageSecurityMode channelMode = MessageSecurityMode::Invalid;  ///< renewal: of the channel; not compared when Invalid
};

/// What a client sent with CreateSession, and what the stack knows of the channel it came over.
struct CreateSessionIn {
    ByteView clientCertificate{};
    std::string_view applicationUri{};  ///< of the client's ApplicationDescription
    ByteView clientNonce{};
    std::string_view securityPolicyUri{};                             ///< of the channel
    MessageSecurityMode securityMode = MessageSecurityMode::Invalid;  ///< of the channel
    ByteView channelCertificate{};                                    ///< SenderCertificate of the channel
    std::string_view endpointUrl{};                                   ///< of this server, as with OpenSecureChannelIn
    std::string_view peerAddress{};
};

/// SessionSecurity is what a server keeps for a session between its messages: a value, stored by the stack beside the
/// session and handed back. It holds no secrets.
struct SessionSecurity {
    const SecurityPolicy* policy = nullptr;
    MessageSecurityMode securityMode = MessageSecurityMode::Invalid;
    Bytes clientCertificate{};     ///< as received with CreateSession; empty with SecurityMode None
    std::string applicationUri{};  ///< of the client
    Bytes serverNonce{};           ///< the one to be signed next; single use
    std::string endpointUrl{};
    std::string peerAddress{};
    std::optional<std::string> user{};           ///< subject of the X.509 user once activated
    Bytes userCertificate{};                     ///< of the X.509 user, empty for other users
    const SecurityPolicy* userPolicy = nullptr;  ///< under which the X.509 user signed
};

/// CreateSessionOut is the verdict and, when accepted, what the response carries.
struct CreateSessionOut : HandshakeVerdict {
    using HandshakeVerdict::HandshakeVerdict;
    Bytes serverCertificate{};  ///< leaf first, issuers behind it
    Bytes serverNonce{};
    SignatureData serverSignature{};
    SessionSecurity session{};
};

/// X509UserToken is an X509IdentityToken (OPC 10000-4, 7.41.5) with the signature of the request.
struct X509UserToken {
    ByteView certificate{};
    std::string_view securityPolicyUri{};  ///< of the token policy; the channel's when empty
    ByteView signature{};
};

/// What a client sent with ActivateSession, and what the stack knows of the channel it came over.
struct ActivateSessionIn {
    ByteView clientSignature{};
    ByteView channelCertificate{};  ///< of the channel; may be empty when sameChannel
    bool sameChannel = true;        ///< whether it is the channel of CreateSession or of the last activation
    bool firstActivation = true;
    std::optional<X509UserToken> userToken{};  ///< absent for anonymous and user name tokens: the stack's own business
    std::string_view channelPolicyUri{};       ///< of the channel; demanded unless sameChannel
    MessageSecurityMode channelMode = MessageSecurityMode::Invalid;  ///< of the channel; demanded unless sameChannel
};

/// ActivateSessionOut is the verdict and, when accepted, the session's next state: store it, send its serverNonce.
struct ActivateSessionOut : HandshakeVerdict {
    using HandshakeVerdict::HandshakeVerdict;
    SessionSecurity session{};
};

struct ServerHandshakeOptions {
    SecurityPolicySet policies{};                 ///< those that the identity's key does not fit are refused as well
    std::size_t serverNonceBytes = 32;            ///< brought into 32 to 128
    const CertificateValidator* users = nullptr;  ///< over the user certificate store; X.509 users are refused when null
    std::size_t rememberedNonces = 1000;          ///< last client nonces, which may not come again; 0 for no such check
};

/// ServerHandshake makes every certificate-related check and signature of a server (OPC 10000-4, 5.6.2, 5.7.2, 5.7.3)
/// for the stack that calls it. Identity is copied; the validators are borrowed and must outlive it. Nothing throws, and
/// whatever goes wrong inside refuses. Safe to use from several threads at once.
class UATRUST_API ServerHandshake {
public:
    ServerHandshake(ApplicationIdentity identity, const CertificateValidator& clients, ServerHandshakeOptions options = {});
    ~ServerHandshake();

    /// OpenSecureChannel, issue and renew: policy, mode, thumbprint, the client's certificate, nonce length. To be asked
    /// after the chunk has been decrypted and its signature verified with the sender's key.
    [[nodiscard]] HandshakeVerdict onOpenSecureChannel(const OpenSecureChannelIn& in) const noexcept;

    /// CreateSession: same certificate as the channel, judged with the ApplicationUri, nonce; signs the client's
    /// certificate and nonce. With SecurityMode None, certificate and nonce of the client count for nothing.
    [[nodiscard]] CreateSessionOut onCreateSession(const CreateSessionIn& in) const noexcept;

    /// ActivateSession: the channel it comes over, the client's signature over our certificate and nonce, the X.509 user.
    /// A session moves to another channel only with the same client certificate, policy, mode and X.509 user.
    /// When refused, the session stays as it was.
    [[nodiscard]] ActivateSessionOut onActivateSession(const SessionSecurity& session, const ActivateSessionIn& in) const noexcept;

    /// The certificates of a client and of its X.509 user again, when lists have changed or a channel is renewed
    /// (OPC 10000-4, 6.1.7).
    [[nodiscard]] HandshakeVerdict onRevalidate(const SessionSecurity& session) const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace uatrust
