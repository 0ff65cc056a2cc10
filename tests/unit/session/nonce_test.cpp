#include <uatrust/session/server_handshake.hpp>

#include <atomic>
#include <thread>

#include "fixture.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

struct Scene {
    ForgedCert client = forgeCertificate(clientSpec());
    Judge clients{};
    ServerHandshake server;

    explicit Scene(ServerHandshakeOptions options = {}) : server{identityOf({forgeCertificate(serverSpec())}), clients.validator, options} {
        clients.trust(client);
    }
    [[nodiscard]] CreateSessionOut create(const Bytes& nonce) const {
        return server.onCreateSession({.clientCertificate = client.der,
                                       .applicationUri = "urn:test:client",
                                       .clientNonce = nonce,
                                       .securityPolicyUri = "Basic256Sha256",
                                       .securityMode = MessageSecurityMode::SignAndEncrypt,
                                       .channelCertificate = client.der});
    }
};

const std::optional<Decision> kRefused{Decision{HandshakeCheck::Nonce, StatusCode::BadNonceInvalid}};

}  // namespace

TEST_CASE("A client nonce has 32 to 128 octets") {
    const Scene scene;
    for (const std::size_t size : {0U, 1U, 31U, 129U, 4096U}) {
        CAPTURE(size);
        const auto out = scene.create(nonceOf(size));
        CHECK(decisionOf(out) == kRefused);
        CHECK(out.statusForPeer() == StatusCode::BadNonceInvalid);
    }
    for (const std::size_t size : {32U, 33U, 128U}) {
        CAPTURE(size);
        CHECK(scene.create(nonceOf(size)).accepted());
    }
}

TEST_CASE("A client nonce is used once") {
    const Scene scene;
    CHECK(scene.create(nonceOf(32, 1)).accepted());
    CHECK(decisionOf(scene.create(nonceOf(32, 1))) == kRefused);
    CHECK(scene.create(nonceOf(32, 2)).accepted());
    CHECK(scene.create(nonceOf(33, 1)).accepted());
    CHECK(decisionOf(scene.create(nonceOf(32, 1))) == kRefused);
}

TEST_CASE("The memory of client nonces is bounded, and the oldest makes room") {
    const Scene scene{{.rememberedNonces = 2}};
    for (const std::uint8_t fill : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) CHECK(scene.create(nonceOf(32, fill)).accepted());
    CHECK(decisionOf(scene.create(nonceOf(32, 2))) == kRefused);
    CHECK(decisionOf(scene.create(nonceOf(32, 3))) == kRefused);
    CHECK(scene.create(nonceOf(32, 1)).accepted());
}

TEST_CASE("The memory of client nonces can be switched off") {
    const Scene scene{{.rememberedNonces = 0}};
    CHECK(scene.create(nonceOf(32)).accepted());
    CHECK(scene.create(nonceOf(32)).accepted());
}

TEST_CASE("Who is refused leaves nothing in the memory of nonces") {
    Scene scene{{.rememberedNonces = 1}};
    CHECK(scene.create(nonceOf(32, 1)).accepted());
    scene.clients.distrust(scene.client);
    CHECK_FALSE(scene.create(nonceOf(32, 2)).accepted());
    scene.clients.trust(scene.client);
    CHECK(decisionOf(scene.create(nonceOf(32, 1))) == kRefused);
    CHECK(scene.create(nonceOf(32, 2)).accepted());
}

TEST_CASE("Server nonces are as long as configured within 32 to 128 octets, and never the same") {
    for (const auto& [configured, expected] : {std::pair{0U, 32U}, {31U, 32U}, {64U, 64U}, {128U, 128U}, {100000U, 128U}}) {
        CAPTURE(configured);
        const Scene scene{{.serverNonceBytes = configured}};
        const auto first = scene.create(nonceOf(32, 1));
        const auto second = scene.create(nonceOf(32, 2));
        CHECK(first.serverNonce.size() == expected);
        CHECK(first.serverNonce == first.session.serverNonce);
        CHECK(first.serverNonce != second.serverNonce);
    }
}

TEST_CASE("Of many who bring the same nonce at once exactly one gets a session", "[threads]") {
    const Scene scene;
    std::atomic<int> accepted = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (std::uint8_t fill = 0; fill < 10; ++fill) accepted += scene.create(nonceOf(32, fill)).accepted() ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(accepted == 10);
}
