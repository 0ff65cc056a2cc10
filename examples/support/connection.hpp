#pragma once

#include "stack.hpp"

#include <chrono>

namespace uatrust::examples {

/// ConnectionOptions is how a client of ours connects, and whom it asks about the server's certificate.
struct ConnectionOptions {
    std::string url{};
    UA_MessageSecurityMode securityMode = UA_MESSAGESECURITYMODE_SIGNANDENCRYPT;
    std::vector<const SecurityPolicy*> policies{};  ///< that may be used, weakest first
    std::chrono::milliseconds timeout{5000};        ///< for discovery, and again for the connection
    std::string applicationName{};
    std::string applicationUri{};  ///< what the client says it is
    bool verbose = false;
    const ApplicationIdentity* identity = nullptr;  ///< borrowed for the call
    const CertificateValidator* servers = nullptr;  ///< borrowed as long as the client
    std::optional<Certificate> userCertificate{};   ///< an X.509 user instead of an anonymous one
    std::optional<PrivateKey> userKey{};
};

/// How far an attempt came.
enum class Stage : std::uint8_t { Configuration, Discovery, ServerCertificate, SecureChannel, Session, Connected };

/// Connection is what came of an attempt to connect.
struct Connection {
    ClientPtr client{};  ///< connected, its session activated, when `stage` is Connected
    Stage stage = Stage::Configuration;
    UA_StatusCode status = UA_STATUSCODE_GOOD;  ///< of the stage that failed
    std::string message{};                      ///< the same in words, for stages that have nothing to do with trust
    std::string endpoint{};                     ///< "Basic256Sha256, SignAndEncrypt"
    std::shared_ptr<const Report> server{};     ///< the last judgement of the server's certificate
    /// What the server has published of the endpoint, with its certificate.
    StackValue<UA_EndpointDescription> published{UA_TYPES[UA_TYPES_ENDPOINTDESCRIPTION]};

    [[nodiscard]] bool connected() const noexcept { return stage == Stage::Connected; }
    [[nodiscard]] bool weRefused() const noexcept { return server != nullptr && server->decisive() != nullptr; }
    [[nodiscard]] bool theyRefused() const noexcept;
};

/// connect() asks the server for its endpoints, takes the best one that is allowed, judges its certificate and opens a
/// session. A server that is merely not known yet is contacted all the same: it refuses us and files our certificate, so that
/// one attempt is enough for the operators of both sides; no session comes of it. Takes twice the timeout at most.
[[nodiscard]] Connection connect(const ConnectionOptions& options);

/// summarize() is what came of it in one line for a log.
[[nodiscard]] std::string summarize(const Connection& connection, const ApplicationIdentity& identity);

/// describeRefusal() says that the server refused us and what can be done: where its operator finds our certificate.
[[nodiscard]] std::string describeRefusal(const Connection& connection, const ApplicationIdentity& identity);

}  // namespace uatrust::examples
