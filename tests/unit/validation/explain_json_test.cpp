#include <set>

#include <nlohmann/json.hpp>

#include <uatrust/validation/explain.hpp>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;
using nlohmann::json;

namespace {

/// Fails by exception for anything that is not exactly one JSON text in valid UTF-8.
json parsed(const Report& report) { return json::parse(explainJson(report)); }

std::set<std::string> keysOf(const json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.insert(key);
    return keys;
}

const json& stepOf(const json& account, int step, int position = 0) {
    for (const auto& each : account.at("steps")) {
        if (each.at("step") == step && each.at("position") == position) return each;
    }
    throw std::runtime_error{"no such step"};
}

}  // namespace

TEST_CASE("a verdict as JSON has the status, the circumstances and the reason") {
    Bench bench;
    bench.request.endpointUrl = "opc.tcp://line-4:4840";
    bench.request.peerAddress = "10.0.0.7";
    const auto account = parsed(bench.judge(forgeCertificate()).report());
    CHECK(account.at("status") == "BadCertificateUntrusted");
    CHECK(account.at("statusForPeer") == "BadSecurityChecksFailed");
    CHECK(account.at("accepted") == false);
    CHECK(account.at("acceptedAll") == false);
    CHECK(account.at("role") == "server");
    CHECK(account.at("profile") == "application");
    CHECK(account.at("judgedAt") == "2026-06-15T12:00:00Z");
    CHECK(account.at("policy") == "StrictPolicy");
    CHECK(account.at("endpointUrl") == "opc.tcp://line-4:4840");
    CHECK(account.at("peerAddress") == "10.0.0.7");
    CHECK(contains(account.at("note").get<std::string>(), "under rejected"));
    CHECK(contains(account.at("reason").get<std::string>(), "not in the trusted list"));
    CHECK(contains(account.at("remedy").get<std::string>(), "move CN=plc-7"));
    CHECK(account.at("storeProblems").empty());
}

TEST_CASE("a client's JSON says what its role is and hides nothing") {
    Bench bench;
    bench.request.role = Role::Client;
    bench.request.profile = Profile::Path;
    const auto account = parsed(bench.judge(forgeCertificate()).report());
    CHECK(account.at("role") == "client");
    CHECK(account.at("profile") == "path");
    CHECK(account.at("statusForPeer") == "BadCertificateUntrusted");
}

TEST_CASE("an accepted certificate as JSON is Good and has no remedy") {
    const auto plc = forgeCertificate();
    Bench bench;
    const auto account = parsed(bench.trust(plc).judge(plc).report());
    CHECK(account.at("status") == "Good");
    CHECK(account.at("statusForPeer") == "Good");
    CHECK(account.at("accepted") == true);
    CHECK_FALSE(account.contains("remedy"));
    CHECK_FALSE(account.contains("endpointUrl"));
    CHECK_FALSE(stepOf(account, 1).contains("status"));
}

TEST_CASE("JSON has every certificate of the chain, from the leaf to the root") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    const auto chain = parsed(bench.judge(plant.plc).report()).at("chain");
    REQUIRE(chain.size() == 3);
    const auto leaf = cert(plant.plc);
    CHECK(chain[0].at("position") == 0);
    CHECK(chain[0].at("role") == "leaf");
    CHECK(chain[1].at("role") == "issuer");
    CHECK(chain[2].at("role") == "root");
    CHECK(chain[0].at("subject") == leaf.subject().text());
    CHECK(chain[0].at("issuer") == cert(plant.line).subject().text());
    CHECK(chain[0].at("thumbprint") == leaf.thumbprint().text());
    CHECK(chain[0].at("sha256") == leaf.id().text());
    CHECK(chain[0].at("serialNumber") == leaf.serialNumber());
    CHECK(chain[0].at("notBefore") == "2026-01-01T00:00:00Z");
    CHECK(chain[0].at("notAfter") == "2036-01-01T00:00:00Z");
    CHECK(chain[0].at("applicationUri") == "urn:test:plc-7");
    CHECK(chain[0].at("source") == "sent by the peer");
    CHECK(chain[0].at("selfSigned") == false);
    CHECK(chain[2].at("selfSigned") == true);
}

TEST_CASE("JSON has every step of every certificate with its evidence") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.request.applicationUri = "urn:test:plc-8";
    const auto account = parsed(bench.judge(plant.plc).report());
    CHECK(account.at("steps").size() == 33);
    for (const auto& row : stepTable()) CHECK(stepOf(account, static_cast<int>(row.step) + 1, 2).at("name") == row.name);
    const auto& uri = stepOf(account, 8);
    CHECK(uri.at("outcome") == "Failed");
    CHECK(uri.at("status") == "BadCertificateUriInvalid");
    CHECK(uri.at("suppressible") == false);
    CHECK(contains(uri.at("expected").get<std::string>(), "urn:test:plc-8"));
    CHECK(contains(uri.at("found").get<std::string>(), "urn:test:plc-7"));
    CHECK_FALSE(uri.at("remedy").get<std::string>().empty());
    CHECK(uri.at("hints").is_array());
}

TEST_CASE("JSON names the rule that suppressed a failure") {
    const auto plc = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = StatusCode::BadCertificateTimeInvalid, .comment = "renewal \"ordered\""}));
    Bench bench;
    const auto account = parsed(bench.obey(policy).trust(plc).judge(plc).report());
    CHECK(account.at("accepted") == true);
    const auto& validity = stepOf(account, 6);
    CHECK(validity.at("outcome") == "Suppressed");
    CHECK(validity.at("suppressible") == true);
    CHECK(contains(validity.at("suppressedBy").get<std::string>(), "renewal \"ordered\""));
    CHECK(contains(account.at("reason").get<std::string>(), "renewal \"ordered\""));
}

TEST_CASE("JSON has a key only where there is something to say") {
    const auto account = parsed(Report{Report::Content{.findings = {Finding{}}}});
    CHECK(keysOf(account) == std::set<std::string>{"status", "statusForPeer", "accepted", "acceptedAll", "role", "profile", "judgedAt",
                                                   "reason", "chain", "steps", "chainsTried", "otherChains", "storeProblems"});
    CHECK(keysOf(account.at("steps")[0]) == std::set<std::string>{"step", "name", "position", "outcome", "suppressible", "hints"});
}

TEST_CASE("JSON stays JSON whatever a peer or a policy writes") {
    std::string evil = "\"}],\\\"\x1b[2J\r\n\t\x7f\xe2\x80\xae\xff\xc3(\xed\xa0\x80";
    evil += '\0';
    evil += "\xf0\x9f\x98\x80 end";
    const auto plc = forgeCertificate({.cn = "a\"b\\c", .uris = {"urn:\"\\x"}, .dns = {}});
    Report::Content content{.chain = {{cert(plc), evil}},
                            .findings = {{.step = Step::Uri,
                                          .outcome = Outcome::Failed,
                                          .status = StatusCode::BadCertificateUriInvalid,
                                          .message = evil,
                                          .expected = evil,
                                          .found = evil,
                                          .remedy = evil,
                                          .suppressedBy = evil,
                                          .hints = {evil, evil}}},
                            .policy = evil,
                            .endpointUrl = evil,
                            .peerAddress = evil,
                            .storeProblems = {{evil, evil, evil}},
                            .note = evil};
    const auto text = explainJson(Report{content});
    CHECK(std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
    const auto account = json::parse(text);
    const auto shown = printable(evil);
    for (const auto* key : {"policy", "endpointUrl", "peerAddress", "note", "reason", "remedy"}) CHECK(account.at(key) == shown);
    const auto& step = account.at("steps")[0];
    for (const auto* key : {"message", "expected", "found", "remedy", "suppressedBy"}) CHECK(step.at(key) == shown);
    CHECK(step.at("hints") == json::array({shown, shown}));
    CHECK(account.at("chain")[0].at("source") == shown);
    CHECK(account.at("storeProblems")[0].at("message") == shown);
    CHECK(account.at("chain")[0].at("applicationUri") == "urn:\"\\x");
}

TEST_CASE("every octet can stand in a text of JSON") {
    for (int octet = 0; octet < 256; ++octet) {
        const std::string one(1, static_cast<char>(octet));
        CAPTURE(octet);
        CHECK(json::parse(explainJson(Report{Report::Content{.note = one}})).at("note") == printable(one));
    }
}

TEST_CASE("a text in JSON is bounded") {
    const auto account = parsed(Report{Report::Content{.note = std::string(1U << 20U, '"')}});
    CHECK(account.at("note").get<std::string>() == std::string(4096, '"') + "...");
}

TEST_CASE("what cannot be read or has no account is JSON, too") {
    Bench bench;
    const auto unreadable = parsed(bench.judge(Bytes{0x30, 0x00}).report());
    CHECK(unreadable.at("status") == "BadCertificateInvalid");
    CHECK(unreadable.at("chain").empty());
    CHECK(unreadable.at("steps").size() == 11);
    const auto nothing = parsed(Report{Report::Content{}});
    CHECK(nothing.at("status") == "BadSecurityChecksFailed");
    CHECK(nothing.at("accepted") == false);
    CHECK(nothing.at("steps").empty());
}

TEST_CASE("JSON tells of the chains that came less far") {
    const auto expired = forgeRoot("Plant CA", {.notAfter = forgeDate(2026, 2, 1)});
    const auto renewed = forgeRoot("Plant CA");
    const auto plc = forgeLeaf(expired);
    Bench bench;
    bench.trust(expired).issuer(renewed).list({.issuer = &expired});
    const auto account = nlohmann::json::parse(explainJson(bench.judge(plc).report()));
    CHECK(account["status"] == "BadCertificateIssuerTimeInvalid");
    CHECK(account["chainsTried"] == 2);
    REQUIRE(account["otherChains"].size() == 1);
    CHECK(account["otherChains"][0]["failure"]["status"] == "BadCertificateUntrusted");
    CHECK(account["otherChains"][0]["chain"][1]["thumbprint"] == cert(renewed).thumbprint().text());
}
