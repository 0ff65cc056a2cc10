#include "bench.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;
using open62541::Moment;

// The server's two plugs, called as open62541 1.4 calls them.
namespace {

constexpr std::string_view kUri = "urn:test:plc-7";

// The plugs live in a configuration, as in a server; the stack clears them at its end.
class Plugs {
public:
    explicit Plugs(const open62541::ServerHooks& hooks) { open62541::plugIn(config_, hooks); }
    Plugs(const Plugs&) = delete;
    Plugs& operator=(const Plugs&) = delete;
    ~Plugs() {
        config_.secureChannelPKI.clear(&config_.secureChannelPKI);
        config_.sessionPKI.clear(&config_.sessionPKI);
    }
    [[nodiscard]] const UA_CertificateVerification& channel() const { return config_.secureChannelPKI; }
    [[nodiscard]] const UA_CertificateVerification& session() const { return config_.sessionPKI; }

private:
    UA_ServerConfig config_{};
};

}  // namespace

TEST_CASE("An unknown client is refused, filed, and told only that its security checks failed") {
    Judge judge;
    Told told;
    const Plugs plugs{{.clients = judge.validator, .onVerdict = told.listener()}};
    CHECK(ask(plugs.channel(), forgeCertificate().der) == StatusCode::BadSecurityChecksFailed);
    CHECK(judge.filed() == 1);
    REQUIRE(told.events.size() == 1);
    CHECK(told.events[0].moment == Moment::SecureChannel);
    CHECK(told.events[0].status == StatusCode::BadCertificateUntrusted);
}

TEST_CASE("A trusted client passes its channel and its session, and its ApplicationUri has to be the certificate's") {
    Judge judge;
    Told told;
    const auto client = forgeCertificate();
    judge.trust(client);
    const Plugs plugs{{.clients = judge.validator, .onVerdict = told.listener()}};
    CHECK(ask(plugs.channel(), client.der) == StatusCode::Good);
    CHECK(ask(plugs.session(), client.der, kUri) == StatusCode::Good);
    CHECK(ask(plugs.session(), client.der, "urn:somebody:else") == StatusCode::BadCertificateUriInvalid);
    CHECK(ask(plugs.session(), client.der, "") == StatusCode::BadCertificateUriInvalid);
    REQUIRE(told.events.size() == 4);
    CHECK(told.events[0].moment == Moment::SecureChannel);
    CHECK(told.events[1].moment == Moment::Session);
    CHECK(told.events[3].status == StatusCode::BadCertificateUriInvalid);
}

TEST_CASE("Every renewal judges anew: who has left the trusted list is refused") {
    Judge judge;
    const auto client = forgeCertificate();
    judge.trust(client);
    const Plugs plugs{{.clients = judge.validator}};
    REQUIRE(ask(plugs.channel(), client.der) == StatusCode::Good);
    judge.distrust(client);
    CHECK(ask(plugs.channel(), client.der) == StatusCode::BadSecurityChecksFailed);
    CHECK(ask(plugs.session(), client.der, kUri) == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("A client is told what Part 4 lets it know: that it has expired") {
    Judge judge;
    const auto client = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    judge.trust(client);
    const Plugs plugs{{.clients = judge.validator}};
    CHECK(ask(plugs.channel(), client.der) == StatusCode::BadCertificateTimeInvalid);
}

TEST_CASE("The issuers sent for the channel count for the session of the same client") {
    Judge judge;
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto client = forgeLeaf(line);
    const auto other = forgeLeaf(line, {.cn = "plc-8", .keyIndex = 3, .uris = {"urn:test:plc-8"}});
    judge.trust(root);
    judge.publishCrl(root);
    judge.publishCrl(line);
    const Plugs plugs{{.clients = judge.validator}};
    CHECK(ask(plugs.channel(), client.der) == StatusCode::BadSecurityChecksFailed);
    REQUIRE(ask(plugs.channel(), joinDer({client, line})) == StatusCode::Good);
    CHECK(ask(plugs.session(), client.der, kUri) == StatusCode::Good);
    CHECK(ask(plugs.session(), joinDer({client, line}), kUri) == StatusCode::Good);
    // They are no more than candidates for that client's path.
    CHECK(ask(plugs.session(), other.der, "urn:test:plc-8") == StatusCode::BadSecurityChecksFailed);
    judge.distrust(root);
    CHECK(ask(plugs.session(), client.der, kUri) == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("The issuers sent by a client that was refused are not kept") {
    Judge judge;
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto client = forgeLeaf(line);
    judge.publishCrl(root);
    judge.publishCrl(line);
    const Plugs plugs{{.clients = judge.validator}};
    REQUIRE(ask(plugs.channel(), joinDer({client, line})) == StatusCode::BadSecurityChecksFailed);
    judge.trust(root);
    CHECK(ask(plugs.session(), client.der, kUri) == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("The latest hundred chains are kept, the newest of each client") {
    open62541::ChainMemory memory;
    const auto leaf = [](unsigned number) {
        const auto low = static_cast<std::uint8_t>(number);
        return Bytes{0x30, 0x02, static_cast<std::uint8_t>(number >> 8U), low};
    };
    const auto with = [&](unsigned number, std::uint8_t issuer) {
        auto chain = leaf(number);
        for (const auto octet : {std::uint8_t{0x30}, std::uint8_t{0x01}, issuer}) chain.push_back(octet);
        return chain;
    };
    const auto known = [&](unsigned number) {
        const auto blob = leaf(number);
        const auto found = memory.complete(lent(blob));
        return Bytes{found.begin(), found.end()};
    };
    for (unsigned number = 0; number < 101; ++number) memory.remember(lent(with(number, 1)));
    memory.remember(lent(with(50, 2)));
    memory.remember(lent(leaf(60)));
    CHECK(known(0) == leaf(0));
    CHECK(known(1) == with(1, 1));
    CHECK(known(50) == with(50, 2));
    CHECK(known(60) == with(60, 1));
    CHECK(known(100) == with(100, 1));
}

TEST_CASE("A field that holds no certificate is refused at every plug") {
    Judge judge;
    judge.trust(forgeCertificate());
    const Plugs plugs{{.clients = judge.validator, .users = &judge.validator}};
    for (const auto& blob : hostileBlobs()) {
        CAPTURE(blob.size());
        CHECK(ask(plugs.channel(), blob) == StatusCode::BadSecurityChecksFailed);
        CHECK(ask(plugs.session(), blob, kUri) == StatusCode::BadSecurityChecksFailed);
        CHECK(ask(plugs.session(), blob) == StatusCode::BadIdentityTokenRejected);
    }
}

TEST_CASE("An X.509 user is judged against the users' store alone") {
    Judge clients;
    Judge users;
    Told told;
    const auto user =
        forgeCertificate({.cn = "Ada", .uris = {}, .dns = {}, .keyUsage = Ku::DigitalSignature, .eku = std::vector<std::string>{}});
    clients.trust(user);
    const Plugs plugs{{.clients = clients.validator, .users = &users.validator, .onVerdict = told.listener()}};
    CHECK(ask(plugs.session(), user.der) == StatusCode::BadIdentityTokenRejected);
    users.trust(user);
    CHECK(ask(plugs.session(), user.der) == StatusCode::Good);
    REQUIRE(told.events.size() == 2);
    CHECK(told.events[0].moment == Moment::UserToken);
    CHECK(told.events[0].status == StatusCode::BadCertificateUntrusted);
}

TEST_CASE("Without a store of users no X.509 user token is offered") {
    Judge judge;
    const Plugs plugs{{.clients = judge.validator}};
    CHECK(plugs.session().verifyCertificate == nullptr);
}

TEST_CASE("A store or a listener that throws makes the answer the most restrictive one") {
    const auto client = forgeCertificate();
    Judge judge;
    judge.trust(client);
    ThrowingStore throwingStore;
    const CertificateValidator overStore{throwingStore, judge.strict, judge.clock};
    const auto throwing = [](Moment, const Verdict&) { throw 4; };
    const std::vector<open62541::ServerHooks> cases{{.clients = overStore, .users = &overStore},
                                                    {.clients = judge.validator, .users = &judge.validator, .onVerdict = throwing}};
    for (const auto& hooks : cases) {
        const Plugs plugs{hooks};
        CHECK(ask(plugs.channel(), client.der) == StatusCode::BadSecurityChecksFailed);
        CHECK(ask(plugs.session(), client.der, kUri) == StatusCode::BadSecurityChecksFailed);
        CHECK(ask(plugs.session(), client.der) != StatusCode::Good);
    }
}

TEST_CASE("A policy that throws suppresses nothing") {
    const auto expired = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    Judge judge;
    judge.trust(expired);
    const ThrowingPolicy policy;
    const CertificateValidator validator{judge.store, policy, judge.clock};
    const Plugs plugs{{.clients = validator, .users = &validator}};
    CHECK(ask(plugs.channel(), expired.der) == StatusCode::BadCertificateTimeInvalid);
    CHECK(ask(plugs.session(), expired.der, kUri) == StatusCode::BadCertificateTimeInvalid);
    CHECK(ask(plugs.session(), expired.der) == StatusCode::BadIdentityTokenRejected);
}

TEST_CASE("The server's own certificate is compared with its ApplicationUri, but not judged") {
    Judge judge;
    Told told;
    const Plugs plugs{{.clients = judge.validator, .onVerdict = told.listener()}};
    const auto own = forgeCertificate();
    CHECK(ask(plugs.channel(), own.der, kUri) == StatusCode::Good);
    CHECK(ask(plugs.channel(), own.der, "urn:somebody:else") == StatusCode::BadCertificateUriInvalid);
    CHECK(ask(plugs.channel(), Bytes{0x30}, kUri) == StatusCode::BadCertificateInvalid);
    CHECK(judge.filed() == 0);
    CHECK(told.events.empty());
}

TEST_CASE("The endpoint chooses the policy: a stranger is let in where all are, and leaves no file") {
    Judge judge;
    const AcceptAllPolicy all;
    PerEndpointPolicy policy{judge.strict};
    policy.set("opc.tcp://localhost:48050", all).value();
    const CertificateValidator validator{judge.store, policy, judge.clock};
    const auto stranger = forgeCertificate();
    const Plugs open{{.clients = validator, .endpointUrl = "opc.tcp://localhost:48050"}};
    CHECK(ask(open.channel(), stranger.der) == StatusCode::Good);
    CHECK(ask(open.session(), stranger.der, kUri) == StatusCode::Good);
    CHECK(judge.filed() == 0);
    const Plugs closed{{.clients = validator, .endpointUrl = "opc.tcp://localhost:48051"}};
    CHECK(ask(closed.channel(), stranger.der) == StatusCode::BadSecurityChecksFailed);
}

TEST_CASE("A key that no offered policy takes is refused when the policy is named") {
    Judge judge;
    Told told;
    const auto client = forgeCertificate({.keyName = "rsa1024"});
    judge.trust(client);
    const Plugs plugs{
        {.clients = judge.validator, .securityPolicy = &securityPolicy(SecurityPolicyId::Basic256Sha256), .onVerdict = told.listener()}};
    CHECK(ask(plugs.channel(), client.der) == StatusCode::BadSecurityChecksFailed);
    REQUIRE(told.events.size() == 1);
    CHECK(told.events[0].status == StatusCode::BadCertificatePolicyCheckFailed);
}

TEST_CASE("What was plugged in before is cleared once, and the stack's logger stays") {
    static int cleared = 0;
    cleared = 0;
    UA_Logger logger{};
    UA_ServerConfig config{};
    for (auto* plug : {&config.secureChannelPKI, &config.sessionPKI}) {
        plug->logging = &logger;
        plug->clear = [](UA_CertificateVerification*) { ++cleared; };
    }
    Judge judge;
    open62541::plugIn(config, {.clients = judge.validator});
    CHECK(cleared == 2);
    open62541::plugIn(config, {.clients = judge.validator});  // plugging in twice leaks nothing
    CHECK(cleared == 2);
    for (auto* plug : {&config.secureChannelPKI, &config.sessionPKI}) {
        CHECK(plug->logging == &logger);
        plug->clear(plug);
        CHECK(plug->context == nullptr);
        CHECK(plug->clear == nullptr);
        CHECK(plug->verifyApplicationURI == nullptr);
    }
}

TEST_CASE("The stack learns the name and the end of a certificate, and nothing from one that cannot be read") {
    Judge judge;
    const Plugs plugs{{.clients = judge.validator}};
    const auto cert = forgeCertificate({.cn = "plc\n7"});
    auto blob = lent(cert.der);
    UA_String name = UA_STRING_NULL;
    REQUIRE(plugs.session().getSubjectName(&name, &blob) == UA_STATUSCODE_GOOD);
    CHECK(open62541::text(name) == Certificate::fromDer(cert.der)->subject().text());
    CHECK(open62541::text(name).find('\n') == std::string_view::npos);
    UA_String_clear(&name);
    UA_DateTime end = 0;
    REQUIRE(plugs.session().getExpirationDate(&end, &blob) == UA_STATUSCODE_GOOD);
    CHECK(UA_DateTime_toUnixTime(end) == kForgeNotAfter.time_since_epoch().count());

    const Bytes rubbish{1, 2, 3};
    auto bad = lent(rubbish);
    CHECK(plugs.session().getSubjectName(&name, &bad) == UA_STATUSCODE_BADCERTIFICATEINVALID);
    CHECK(plugs.session().getExpirationDate(&end, &bad) == UA_STATUSCODE_BADCERTIFICATEINVALID);
}
