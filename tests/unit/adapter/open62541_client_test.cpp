#include <open62541/client_config_default.h>
#include <open62541/plugin/securitypolicy_default.h>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;
using open62541::Moment;

// The client's plug, called as open62541 1.4 calls it when a server has answered to OpenSecureChannel.
namespace {

constexpr std::string_view kServerUri = "urn:test:server";
constexpr auto kNowhere = "opc.tcp://localhost:1";  // nobody listens there; the client never gets round to finding out

ForgedCert serverCertificate() { return forgeCertificate({.cn = "server", .uris = {std::string{kServerUri}}}); }

UA_EndpointDescription endpointOf(const Bytes& certificate, std::string_view uri,
                                  SecurityPolicyId policy = SecurityPolicyId::Basic256Sha256) {
    UA_EndpointDescription endpoint{};
    endpoint.server.applicationUri = lent(uri);
    endpoint.serverCertificate = lent(certificate);
    endpoint.securityMode = policy == SecurityPolicyId::None ? UA_MESSAGESECURITYMODE_NONE : UA_MESSAGESECURITYMODE_SIGNANDENCRYPT;
    endpoint.securityPolicyUri = lent(securityPolicy(policy).uri);
    return endpoint;
}

// A client of the stack. connect() brings it to where it has chosen its endpoint and sent for a connection.
class Client {
public:
    explicit Client(const open62541::ClientHooks& hooks) {
        UA_ClientConfig config{};
        config.logging = UA_Log_Stdout_new(UA_LOGLEVEL_FATAL);
        REQUIRE(UA_ClientConfig_setDefault(&config) == UA_STATUSCODE_GOOD);
        handle_ = UA_Client_newWithConfig(&config);
        REQUIRE(handle_ != nullptr);
        open62541::plugIn(*handle_, hooks);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { UA_Client_delete(handle_); }

    void connect(const UA_EndpointDescription& endpoint, const char* url = kNowhere) {
        auto& own = config();
        const auto forged = forgeCertificate();
        const auto key = forged.key.der();
        own.securityPolicies = static_cast<UA_SecurityPolicy*>(UA_realloc(own.securityPolicies, 2 * sizeof(UA_SecurityPolicy)));
        REQUIRE(UA_SecurityPolicy_Basic256Sha256(&own.securityPolicies[1], lent(forged.der), lent(key), own.logging) == UA_STATUSCODE_GOOD);
        own.securityPoliciesSize = 2;
        REQUIRE(UA_EndpointDescription_copy(&endpoint, &own.endpoint) == UA_STATUSCODE_GOOD);
        UA_Client_connectAsync(handle_, url);
    }
    void connectForDiscovery() { UA_Client_connectAsync(handle_, kNowhere); }

    void plugIn(const open62541::ClientHooks& hooks) { open62541::plugIn(*handle_, hooks); }
    /// What the stack says when the channel has got so far.
    void reaches(UA_SecureChannelState state) { config().stateCallback(handle_, state, UA_SESSIONSTATE_CLOSED, UA_STATUSCODE_GOOD); }
    [[nodiscard]] UA_StatusCode status() {
        UA_StatusCode status = UA_STATUSCODE_GOOD;
        UA_Client_getState(handle_, nullptr, nullptr, &status);
        return status;
    }

    [[nodiscard]] UA_ClientConfig& config() { return *UA_Client_getConfig(handle_); }
    [[nodiscard]] const UA_CertificateVerification& plug() { return config().certificateVerification; }
    /// Octets of the published certificate that the stack will compare with.
    [[nodiscard]] std::size_t publishedSize() {
        auto* server = open62541::detail::connectionAttribute<UA_ApplicationDescription>(handle_, "serverDescription",
                                                                                         UA_TYPES[UA_TYPES_APPLICATIONDESCRIPTION]);
        REQUIRE(server != nullptr);
        const auto* at = reinterpret_cast<const char*>(server) - offsetof(UA_EndpointDescription, server);
        return reinterpret_cast<const UA_EndpointDescription*>(at)->serverCertificate.length;
    }

private:
    UA_Client* handle_ = nullptr;
};

}  // namespace

TEST_CASE("A trusted server with the right ApplicationUri and host is accepted") {
    Judge judge;
    Told told;
    const auto server = serverCertificate();
    judge.trust(server);
    Client client{{.servers = judge.validator, .onVerdict = told.listener()}};
    client.connect(endpointOf(server.der, kServerUri));
    CHECK(ask(client.plug(), server.der) == StatusCode::Good);
    REQUIRE(told.events.size() == 1);
    CHECK(told.events[0].moment == Moment::SecureChannel);
}

TEST_CASE("An unknown server is refused with the exact reason, and filed") {
    Judge judge;
    const auto server = serverCertificate();
    Client client{{.servers = judge.validator}};
    client.connect(endpointOf(server.der, kServerUri));
    CHECK(ask(client.plug(), server.der) == StatusCode::BadCertificateUntrusted);
    CHECK(judge.filed() == 1);
    judge.trust(server);
    CHECK(ask(client.plug(), server.der) == StatusCode::Good);
    judge.distrust(server);
    CHECK(ask(client.plug(), server.der) == StatusCode::BadCertificateUntrusted);  // at the next renewal
}

TEST_CASE("The ApplicationUri of the endpoint has to be in the server's certificate") {
    Judge judge;
    const auto server = serverCertificate();
    judge.trust(server);
    for (const std::string_view uri : {"urn:somebody:else", ""}) {
        Client client{{.servers = judge.validator}};
        client.connect(endpointOf(server.der, uri));
        CHECK(ask(client.plug(), server.der) == StatusCode::BadCertificateUriInvalid);
    }
}

TEST_CASE("The host of the URL the user connected to has to be in the server's certificate") {
    Judge judge;
    const auto server = forgeCertificate({.cn = "server", .uris = {std::string{kServerUri}}, .dns = {"plc-7"}, .ips = {"127.0.0.2"}});
    judge.trust(server);
    const std::vector<std::pair<const char*, StatusCode>> cases{{"opc.tcp://localhost:1", StatusCode::BadCertificateHostNameInvalid},
                                                                {"opc.tcp://127.0.0.1:1", StatusCode::BadCertificateHostNameInvalid},
                                                                {"opc.tcp://127.0.0.2:1", StatusCode::Good},
                                                                {"no URL at all", StatusCode::BadCertificateHostNameInvalid},
                                                                {"", StatusCode::BadCertificateHostNameInvalid}};
    for (const auto& [url, expected] : cases) {
        CAPTURE(url);
        Client client{{.servers = judge.validator}};
        client.connect(endpointOf(server.der, kServerUri), url);
        CHECK(ask(client.plug(), server.der) == expected);
    }
}

TEST_CASE("A server is refused as long as the client has not chosen an endpoint") {
    Judge judge;
    const auto server = serverCertificate();
    judge.trust(server);
    Client client{{.servers = judge.validator}};
    UA_String_clear(&client.config().endpointUrl);
    client.config().endpointUrl = UA_STRING_ALLOC(kNowhere);
    CHECK(ask(client.plug(), server.der) == StatusCode::BadCertificateUriInvalid);
}

TEST_CASE("Discovery without security has no ApplicationUri yet; a certificate sent with it is judged all the same") {
    Judge judge;
    const auto server = serverCertificate();
    Client client{{.servers = judge.validator}};
    client.connectForDiscovery();
    CHECK(ask(client.plug(), server.der) == StatusCode::BadCertificateUntrusted);
    judge.trust(server);
    CHECK(ask(client.plug(), server.der) == StatusCode::Good);
}

TEST_CASE("A published chain is cut to its leaf when the server was accepted with it, and only then") {
    Judge judge;
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto server = forgeLeaf(line, {.cn = "server", .uris = {std::string{kServerUri}}});
    const auto other = forgeLeaf(line, {.cn = "other", .keyIndex = 3, .uris = {std::string{kServerUri}}});
    const auto chain = joinDer({server, line});
    judge.publishCrl(root);
    judge.publishCrl(line);
    Client client{{.servers = judge.validator}};
    client.connect(endpointOf(chain, kServerUri));
    REQUIRE(client.publishedSize() == chain.size());
    CHECK(ask(client.plug(), chain) == StatusCode::BadCertificateChainIncomplete);
    CHECK(client.publishedSize() == chain.size());
    judge.trust(root);
    CHECK(ask(client.plug(), joinDer({other, line})) == StatusCode::Good);  // the stack refuses it: it is not the published one
    CHECK(client.publishedSize() == chain.size());
    CHECK(ask(client.plug(), chain) == StatusCode::Good);
    CHECK(client.publishedSize() == server.der.size());
    CHECK(ask(client.plug(), chain) == StatusCode::Good);
    CHECK(client.publishedSize() == server.der.size());
}

TEST_CASE("A secured channel that opens without the server having been judged is refused and not passed on") {
    static int opened = 0;
    opened = 0;
    Judge judge;
    Told told;
    const auto server = serverCertificate();
    judge.trust(server);
    Client client{{.servers = judge.validator}};
    client.config().stateCallback = [](UA_Client*, UA_SecureChannelState channel, UA_SessionState, UA_StatusCode) {
        opened += channel == UA_SECURECHANNELSTATE_OPEN ? 1 : 0;
    };
    for (int i = 0; i < 2; ++i) client.plugIn({.servers = judge.validator, .onVerdict = told.listener()});  // twice is once
    client.connect(endpointOf(server.der, kServerUri));

    client.reaches(UA_SECURECHANNELSTATE_OPN_SENT);
    CHECK(told.events.empty());
    CHECK(ask(client.plug(), server.der) == StatusCode::Good);
    client.reaches(UA_SECURECHANNELSTATE_OPEN);
    client.reaches(UA_SECURECHANNELSTATE_OPEN);  // the session goes on
    CHECK(opened == 2);
    CHECK(told.events.size() == 1);

    client.reaches(UA_SECURECHANNELSTATE_OPN_SENT);  // a new channel needs a new answer
    client.reaches(UA_SECURECHANNELSTATE_OPEN);
    CHECK(opened == 2);
    REQUIRE(told.events.size() == 2);
    CHECK(told.events[1].status == StatusCode::BadCertificateInvalid);
    CHECK(client.status() == UA_STATUSCODE_BADCONNECTIONCLOSED);
}

TEST_CASE("A channel without security, for discovery, opens without anybody being asked") {
    Judge judge;
    Told told;
    Client client{{.servers = judge.validator, .onVerdict = told.listener()}};
    client.connectForDiscovery();
    client.reaches(UA_SECURECHANNELSTATE_OPEN);
    CHECK(told.events.empty());
    CHECK(client.status() == UA_STATUSCODE_GOOD);
}

TEST_CASE("The certificate of a server has to fit the SecurityPolicy of the channel") {
    Judge judge;
    const auto server = forgeCertificate({.cn = "server", .keyName = "rsa1024", .uris = {std::string{kServerUri}}});
    judge.trust(server);
    Client client{{.servers = judge.validator}};
    client.connect(endpointOf(serverCertificate().der, kServerUri));
    CHECK(ask(client.plug(), server.der) == StatusCode::BadCertificatePolicyCheckFailed);
}

TEST_CASE("A server's field that holds no certificate is refused") {
    Judge judge;
    const auto server = serverCertificate();
    judge.trust(server);
    Client client{{.servers = judge.validator}};
    client.connect(endpointOf(server.der, kServerUri));
    for (const auto& blob : hostileBlobs()) {
        CAPTURE(blob.size());
        CHECK(ask(client.plug(), blob) == StatusCode::BadCertificateInvalid);
    }
}

TEST_CASE("Whatever throws inside the client's plug, the server is refused") {
    const auto expired = forgeCertificate({.cn = "server", .notAfter = forgeDate(2026, 3, 1), .uris = {std::string{kServerUri}}});
    const auto good = serverCertificate();
    Judge judge;
    judge.trust(expired);
    judge.trust(good);
    ThrowingStore throwingStore;
    const ThrowingPolicy throwingPolicy;
    const CertificateValidator overStore{throwingStore, judge.strict, judge.clock};
    const CertificateValidator overPolicy{judge.store, throwingPolicy, judge.clock};
    const auto answer = [](const open62541::ClientHooks& hooks, const ForgedCert& server) {
        Client client{hooks};
        client.connect(endpointOf(server.der, kServerUri));
        return ask(client.plug(), server.der);
    };
    CHECK(answer({.servers = overStore}, good) != StatusCode::Good);
    CHECK(answer({.servers = overPolicy}, expired) == StatusCode::BadCertificateTimeInvalid);
    CHECK(answer({.servers = judge.validator, .onVerdict = [](Moment, const Verdict&) { throw 4; }}, good) ==
          StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("The client's own certificate is compared with its ApplicationUri, but not judged") {
    Judge judge;
    Told told;
    Client client{{.servers = judge.validator, .onVerdict = told.listener()}};
    const auto own = forgeCertificate();
    CHECK(ask(client.plug(), own.der, "urn:test:plc-7") == StatusCode::Good);
    CHECK(ask(client.plug(), own.der, "urn:somebody:else") == StatusCode::BadCertificateUriInvalid);
    CHECK(judge.filed() == 0);
    CHECK(told.events.empty());
}

TEST_CASE("An endpoint can be judged before anything is sent to it") {
    Judge judge;
    const auto server = serverCertificate();
    const auto status = [&](std::string_view uri, std::string_view url, SecurityPolicyId policy) {
        return open62541::judgeEndpoint(endpointOf(server.der, uri, policy), url, judge.validator).status();
    };
    const auto basic = SecurityPolicyId::Basic256Sha256;
    CHECK(status(kServerUri, "opc.tcp://localhost", basic) == StatusCode::BadCertificateUntrusted);
    judge.trust(server);
    CHECK(status(kServerUri, "opc.tcp://LOCALHOST:4840/path", basic) == StatusCode::Good);
    CHECK(status(kServerUri, "opc.tcp://elsewhere", basic) == StatusCode::BadCertificateHostNameInvalid);
    CHECK(status("urn:somebody:else", "opc.tcp://localhost", basic) == StatusCode::BadCertificateUriInvalid);
    CHECK(status("", "opc.tcp://localhost", basic) == StatusCode::BadCertificateUriInvalid);
    CHECK(status("urn:somebody:else", "opc.tcp://localhost", SecurityPolicyId::None) == StatusCode::BadCertificateUriInvalid);
}

TEST_CASE("A private key comes out in the form that open62541 reads, a device's key not at all") {
    const auto forged = forgeCertificate();
    const auto key = PrivateKey::read(asBytes(forged.key.pem())).value();
    const auto der = open62541::privateKeyDer(key);
    REQUIRE(der);
    CHECK(PrivateKey::read(der->view())->publicKey() == key.publicKey());
    REQUIRE(der->size() > 2);
    CHECK(der->view()[0] == 0x30);  // how open62541 tells DER from PEM

    class Device final : public PrivateKeyBackend {
    public:
        explicit Device(PublicKey key) : key_{std::move(key)} {}
        [[nodiscard]] PublicKey publicKey() const override { return key_; }
        [[nodiscard]] Result<Bytes> sign(SignatureScheme, ByteView) const override { return Error{}; }
        [[nodiscard]] Result<SecretBytes> decryptBlock(EncryptionScheme, ByteView) const override { return Error{}; }

    private:
        PublicKey key_;
    };
    CHECK(open62541::privateKeyDer(PrivateKey{std::make_shared<Device>(key.publicKey())}).status() == StatusCode::BadNotSupported);
}
