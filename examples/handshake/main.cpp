// The whole trust dialogue of OPC UA in one process: a server, a client, no stack. Read it from top to bottom when you
// plug uatrust into a stack of your own: every call below stands where a stack handles the message it is about.
//
//     uatrust-handshake [folder]     keeps both certificate stores in a new folder; without one they are removed again

#include <uatrust/uatrust.hpp>

#include <cstdlib>
#include <iostream>
#include <random>

using namespace uatrust;

namespace {

void say(std::string_view text) { std::cout << text << '\n'; }

// What is not as it has to be ends the example.
void expect(bool asExpected, std::string_view what, std::string_view why = {}) {
    if (asExpected) return;
    std::cerr << "Not as expected: " << what << '\n' << why << '\n';
    std::exit(EXIT_FAILURE);
}

template <class T>
T valueOf(Result<T> result, std::string_view what) {
    expect(result.ok(), what, result.ok() ? std::string{} : result.error().text());
    return *std::move(result);
}

// What a stack does with its bytes: the headers of an OpenSecureChannel chunk (OPC 10000-6, 6.7.2).
void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void appendUInt32(Bytes& out, std::size_t value) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}
void appendString(Bytes& out, ByteView bytes) {
    appendUInt32(out, bytes.size());
    append(out, bytes);
}
Bytes openSecureChannelHeaders(const SecurityPolicy& policy, ByteView sender, ByteView receiverThumbprint) {
    Bytes out;
    append(out, asBytes("OPNF"));
    appendUInt32(out, 0);  // MessageSize: protectOpenSecureChannel() fills it in
    appendUInt32(out, 0);  // SecureChannelId
    appendString(out, asBytes(policy.uri));
    appendString(out, sender);
    appendString(out, receiverThumbprint);
    return out;
}

// What an operator does with a certificate that turned up under rejected.
void trust(DirectoryStore& store, const Certificate& peer) {
    const bool filed = store.snapshot()->find(StoreList::Rejected, peer.id()) != nullptr;
    expect(filed, "the refused certificate is filed under rejected");
    const auto moved = store.moveCertificate(peer.id(), StoreList::Rejected, StoreList::Trusted);
    expect(moved.ok(), "it can be moved to trusted", moved.ok() ? std::string{} : moved.error().text());
}

std::filesystem::path newFolder(int argc, char** argv) {
    if (argc > 1) return argv[1];
    return std::filesystem::temp_directory_path() / ("uatrust-handshake-" + std::to_string(std::random_device{}()));
}

void run(const std::filesystem::path& folder) {
    const std::string url = "opc.tcp://localhost:4840";
    const SecurityPolicy& policy = securityPolicy(SecurityPolicyId::Basic256Sha256);

    say("1. First start: each side makes its own key pair and certificate.");
    DirectoryStore serverStore{folder / "server"};
    DirectoryStore clientStore{folder / "client"};
    const HostNames host{.dnsNames = {"localhost"}};  // leave it out to have the names of the machine
    const auto server = valueOf(ApplicationIdentity::loadOrCreate(serverStore, {.applicationName = "Handshake server",
                                                                                .applicationUri = "urn:localhost:uatrust:server",
                                                                                .role = ApplicationRole::Server,
                                                                                .hostNames = host}),
                                "the server gets an identity");
    const auto client = valueOf(ApplicationIdentity::loadOrCreate(clientStore, {.applicationName = "Handshake client",
                                                                                .applicationUri = "urn:localhost:uatrust:client",
                                                                                .role = ApplicationRole::Client,
                                                                                .hostNames = host}),
                                "the client gets an identity");
    say("   server: " + server.certificate().describe() + "\n   client: " + client.certificate().describe());

    // Everything a side needs for as long as it runs: a validator over its store, and the handshake on top.
    const StrictPolicy strict;
    const CertificateValidator clients{serverStore, strict};
    const CertificateValidator servers{clientStore, strict};
    const ServerHandshake serverSide{server, clients};
    const ClientHandshake clientSide{client, servers};

    // What GetEndpoints told the client, and what the client's first chunk says to the server.
    const Endpoint endpoint{.endpointUrl = url,
                            .applicationUri = server.applicationUri(),
                            .securityMode = MessageSecurityMode::SignAndEncrypt,
                            .securityPolicyUri = std::string{policy.uri},
                            .transportProfileUri = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary",
                            .serverCertificate = server.chainBlob()};
    const Bytes channelNonce = valueOf(randomBytes(policy.secureChannelNonceBytes), "random numbers");
    const OpenSecureChannelIn request{.securityPolicyUri = policy.uri,
                                      .securityMode = MessageSecurityMode::SignAndEncrypt,
                                      .senderCertificate = client.chainBlob(),
                                      .receiverThumbprint = server.certificate().thumbprint().sha1,
                                      .clientNonce = channelNonce,
                                      .endpointUrl = url,
                                      .peerAddress = "127.0.0.1"};

    say("2. They do not know each other: both refuse, and only the log learns why.");
    const auto unknownServer = clientSide.onEndpoint(endpoint, url);
    const auto unknownClient = serverSide.onOpenSecureChannel(request);
    expect(unknownServer.status() == StatusCode::BadCertificateUntrusted, "the client refuses an unknown server");
    expect(unknownClient.status() == StatusCode::BadCertificateUntrusted, "the server refuses an unknown client");
    expect(unknownClient.statusForPeer() == StatusCode::BadSecurityChecksFailed, "the client is not told the reason");
    say("   " + summarize(unknownServer.report()) + "\n   " + summarize(unknownClient.report()));

    say("3. The operator finds both certificates under rejected and moves them to trusted. No restart.");
    trust(clientStore, server.certificate());
    trust(serverStore, client.certificate());

    say("4. OpenSecureChannel: the client signs with its key and encrypts for the server.");
    const auto chosen = clientSide.onEndpoint(endpoint, url);
    expect(chosen.accepted(), "the client accepts the server now", explain(chosen.report()));
    const auto headers = openSecureChannelHeaders(policy, request.senderCertificate, request.receiverThumbprint);
    const auto chunk = valueOf(protectOpenSecureChannel(policy, client.key(), server.key().publicKey(), headers, channelNonce),
                               "the request is protected");
    // The server reads policy, certificate and thumbprint from the headers, the rest from what it decrypts.
    const auto opened = valueOf(unprotectOpenSecureChannel(policy, server.key(), client.certificate().publicKey(), chunk, headers.size()),
                                "the request is decrypted and its signature is right");
    expect(equalBytes(opened.view(), channelNonce), "the request arrives as it was sent");
    const auto channel = serverSide.onOpenSecureChannel(request);
    expect(channel.accepted(), "the server accepts the client now", explain(channel.report()));

    const auto answerHeaders = openSecureChannelHeaders(policy, server.chainBlob(), client.certificate().thumbprint().sha1);
    const Bytes answerNonce = valueOf(randomBytes(policy.secureChannelNonceBytes), "random numbers");
    const auto answerChunk = valueOf(protectOpenSecureChannel(policy, server.key(), client.key().publicKey(), answerHeaders, answerNonce),
                                     "the response is protected");
    const auto answer =
        valueOf(unprotectOpenSecureChannel(policy, client.key(), server.certificate().publicKey(), answerChunk, answerHeaders.size()),
                "the response is decrypted and its signature is right");
    const auto answered =
        clientSide.onOpenSecureChannel(endpoint, url, {.senderCertificate = server.chainBlob(), .serverNonce = answer.view()});
    expect(answered.accepted(), "the client accepts the response", explain(answered.report()));

    say("5. CreateSession: each side proves that it holds the key of its certificate.");
    const Bytes clientNonce = valueOf(clientSide.clientNonce(), "random numbers");
    const auto created = serverSide.onCreateSession({.clientCertificate = client.chainBlob(),
                                                     .applicationUri = client.applicationUri(),
                                                     .clientNonce = clientNonce,
                                                     .securityPolicyUri = policy.uri,
                                                     .securityMode = MessageSecurityMode::SignAndEncrypt,
                                                     .channelCertificate = client.chainBlob(),
                                                     .endpointUrl = url});
    expect(created.accepted(), "the server makes a session", explain(created.report()));
    const auto session = clientSide.onCreateSession(endpoint, url,
                                                    {.clientNonce = clientNonce,
                                                     .serverCertificate = created.serverCertificate,
                                                     .serverNonce = created.serverNonce,
                                                     .signatureAlgorithm = created.serverSignature.algorithm,
                                                     .serverSignature = created.serverSignature.signature,
                                                     .serverEndpoints = {endpoint},
                                                     .discoveredEndpoints = {endpoint}});
    expect(session.accepted(), "the client accepts the session", explain(session.report()));

    say("6. ActivateSession: the client signs the server's nonce.");
    const auto activated = serverSide.onActivateSession(
        created.session, {.clientSignature = session.clientSignature.signature, .channelCertificate = client.chainBlob()});
    expect(activated.accepted(), "the server activates the session", explain(activated.report()));

    say("7. A request and its response, encrypted for the receiver and signed by the sender.");
    const auto exchange = [&](std::string_view text, const ApplicationIdentity& from, const ApplicationIdentity& to) {
        const auto signature = valueOf(sign(policy, from.key(), asBytes(text)), "the message is signed");
        const auto cipher = valueOf(encrypt(policy, to.certificate().publicKey(), asBytes(text)), "the message is encrypted");
        const auto plain = valueOf(decrypt(policy, to.key(), cipher), "the message is decrypted");
        const auto verified = verify(policy, from.certificate().publicKey(), plain.view(), signature);
        expect(verified.ok() && asText(plain.view()) == text, "the message arrives as it was sent");
        say("   " + std::string{asText(plain.view())});
    };
    exchange("client -> server: Read ns=2;s=Line4.Temperature", client, server);
    exchange("server -> client: 71.5 degrees", server, client);
    say("Everything went as it should.");
}

}  // namespace

int main(int argc, char** argv) {
    const auto folder = newFolder(argc, argv);
    run(folder);
    std::error_code ignored;
    if (argc < 2) std::filesystem::remove_all(folder, ignored);
    return EXIT_SUCCESS;
}
