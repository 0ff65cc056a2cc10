#include "support/catch.hpp"
#include "unit/page/served.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include <uatrust/store/trust_list_manager.hpp>
#include <uatrust/x509/pem.hpp>

using namespace uatrust;
using namespace uatrust::test;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Certificate read(const ForgedCert& forged) { return Certificate::fromDer(forged.der).value(); }

std::string idOf(const ForgedCert& forged) { return read(forged).id().text(); }

// As a server does that has turned a client away.
void refuse(const Pki& pki, const ForgedCert& forged, const std::string& reason = "It is not in the trusted list.") {
    DirectoryStore store{pki.path};
    Refusal refusal{.at = systemClock().now(), .status = StatusCode::BadCertificateUntrusted, .reason = reason};
    refusal.peerAddress = "10.0.0.7";
    refusal.endpointUrl = "opc.tcp://plc-4:48050";
    REQUIRE(store.recordRefusal(read(forged), refusal));
}

ForgedCert named(const std::string& cn, int keyIndex = 0) { return forgeCertificate({.cn = cn, .keyIndex = keyIndex}); }

}  // namespace

TEST_CASE("serve prints one address, lets one browser in, and ends in order") {
    const Pki pki;
    pki.trust(named("plc-7"));
    Served served{pki.folder.path()};
    CHECK(contains(served.url(), "http://127.0.0.1:" + std::to_string(served.port()) + "/?token="));
    CHECK(served.token().size() == 64);
    served.signIn();
    const auto session = served.json("/api/session");
    CHECK(session["csrf"].get<std::string>().size() == 64);
    REQUIRE(session["groups"].size() == 1);
    const auto& group = session["groups"][0];
    CHECK(group["id"] == "pki");
    CHECK(group["counts"]["trusted"] == 1);
    CHECK(group["readOnly"] == false);
    CHECK(group["problems"].empty());
    CHECK(contains(served.get("/").text, "<script type=\"module\" src=\"/assets/app.js\">"));
    CHECK(contains(served.get("/assets/app.js").header("Content-Type"), "text/javascript"));
    served.process().signal(SIGTERM);
    CHECK(served.process().exitCode() == 0);
}

TEST_CASE("serve ends at once while pages listen") {
    const Pki pki;
    pki.trust(named("plc-7"));
    Served served{pki.folder.path()};
    served.signIn();
    std::atomic<bool> heard{false};
    std::thread listener{[&] {
        auto client = served.client();
        (void)client.Get("/api/events", served.headers(), [&](const char*, std::size_t) { return heard = true; });
    }};
    REQUIRE(until([&] { return heard.load(); }));
    served.process().signal(SIGINT);
    CHECK(served.process().exitCode() == 0);
    listener.join();
}

TEST_CASE("What is in the folder is in the entries, with why it was refused") {
    const Pki pki;
    const auto ca = forgeRoot("Plant CA");
    pki.trustCa(ca);
    const auto stranger = named("Line 4 client");
    refuse(pki, stranger);
    Served served{pki.folder.path()};
    served.signIn();
    const auto rejected = served.entry("rejected", "Line 4 client");
    REQUIRE(rejected.is_object());
    CHECK(rejected["id"] == idOf(stranger));
    CHECK(rejected["kind"] == "certificate");
    CHECK(rejected["attempts"] == 1);
    CHECK(rejected["status"] == "BadCertificateUntrusted");
    CHECK(rejected["reason"] == "It is not in the trusted list.");
    CHECK(rejected["selfSigned"] == true);
    CHECK(rejected["applicationUri"] == "urn:test:plc-7");
    const auto all = served.json("/api/groups/pki/entries")["entries"];
    CHECK(std::count_if(all.begin(), all.end(), [](const auto& each) { return each["kind"] == "crl" && each["list"] == "trusted"; }) == 1);

    const auto details = served.json("/api/groups/pki/entries/rejected/" + idOf(stranger));
    CHECK(details["verdict"]["accepted"] == false);
    CHECK(details["verdict"]["status"] == "BadCertificateUntrusted");
    CHECK(details["cures"][0]["action"] == "trust");
    CHECK(details["cures"][0]["id"] == idOf(stranger));
    CHECK(details["refusals"][0]["peerAddress"] == "10.0.0.7");
    CHECK(details["phone"].size() == 16);
    CHECK(details["chain"][0]["list"] == "rejected");
    CHECK(contains(details["pem"], "BEGIN CERTIFICATE"));
    CHECK(served.json("/api/groups/pki/entries/trusted/" + idOf(ca))["chain"][0]["role"] == "leaf");
}

TEST_CASE("A certificate is trusted, rejected, blocked and unblocked, and undo takes it back") {
    const Pki pki;
    const auto stranger = named("Line 4 client");
    refuse(pki, stranger);
    Served served{pki.folder.path()};
    served.signIn();
    const auto id = idOf(stranger);
    const auto trusted = served.act("trust", id, "rejected");
    REQUIRE(trusted.status == 200);
    CHECK(trusted.json["results"][0]["ok"] == true);
    CHECK(trusted.json["undoable"] == true);
    CHECK(served.entry("trusted", "Line 4 client").is_object());
    CHECK(pki.verify("--suppress BadCertificateTimeInvalid pki/trusted/certs/*").exitCode == 0);
    CHECK(served.act("reject", id, "trusted").json["results"][0]["ok"] == true);
    CHECK(served.act("block", id, "rejected").json["results"][0]["ok"] == true);
    CHECK(served.entry("blocked", "Line 4 client").is_object());
    CHECK(served.json("/api/groups/pki/entries/blocked/" + id)["cures"][0]["action"] == "unblock");
    CHECK(served.post("/api/groups/pki/undo", nlohmann::json::object()).status == 200);
    CHECK(served.entry("rejected", "Line 4 client").is_object());
    CHECK(served.act("pin", id, "rejected").json["results"][0]["ok"] == true);
    CHECK(served.entry("rejected", "Line 4 client")["pinned"] == true);
    CHECK(served.act("delete", id, "rejected").json["results"][0]["ok"] == true);
    CHECK(served.json("/api/groups/pki/entries")["entries"].empty());
    const auto records = served.json("/api/groups/pki/history")["records"];
    REQUIRE(records.size() == 6);
    CHECK(records[0]["action"] == "trust");
    CHECK(contains(records[0]["who"], "(page, 127.0.0.1)"));
}

TEST_CASE("Several entries are one change, which undo takes back as a whole") {
    const Pki pki;
    nlohmann::json items = nlohmann::json::array();
    for (int i = 0; i < 4; ++i) {
        const auto each = named("plc-" + std::to_string(i), i);
        refuse(pki, each);
        items.push_back({{"id", idOf(each)}, {"list", "rejected"}});
    }
    // One that somebody else has taken away meanwhile.
    items.push_back({{"id", std::string(64, 'a')}, {"list", "rejected"}});
    Served served{pki.folder.path()};
    served.signIn();
    const auto told = served.post("/api/groups/pki/actions", nlohmann::json{{"action", "trust"}, {"items", items}});
    REQUIRE(told.status == 200);
    CHECK(told.json["undoable"] == true);
    REQUIRE(told.json["results"].size() == 5);
    CHECK(told.json["results"][3]["ok"] == true);
    CHECK(told.json["results"][4]["error"]["status"] == "BadNotFound");
    CHECK(served.json("/api/groups")["groups"][0]["counts"]["trusted"] == 4);
    CHECK(served.post("/api/groups/pki/undo", nlohmann::json::object()).status == 200);
    CHECK(served.json("/api/groups")["groups"][0]["counts"]["rejected"] == 4);
}

TEST_CASE("Two browsers that change the same entry: the second one is told, and nothing is lost") {
    const Pki pki;
    const auto stranger = named("Line 4 client");
    refuse(pki, stranger);
    Served served{pki.folder.path()};
    served.signIn();
    const auto id = idOf(stranger);
    REQUIRE(served.act("block", id, "rejected").json["results"][0]["ok"] == true);
    const auto second = served.act("trust", id, "rejected");
    CHECK(second.status == 200);
    CHECK(second.json["results"][0]["error"]["status"] == "BadNotFound");
    CHECK(second.json["undoable"] == false);
    CHECK(served.entry("blocked", "Line 4 client").is_object());
}

TEST_CASE("A certificate of a CA is cured by trusting the CA, and by its CRL") {
    const Pki pki;
    // Judged by the clock of this machine.
    const auto from = systemClock().now() - std::chrono::hours{1};
    const auto to = from + std::chrono::years{10};
    const auto ca = forgeRoot("Plant CA", {.notBefore = from, .notAfter = to});
    const auto leaf = forgeLeaf(ca, {.cn = "plc-9", .notBefore = from, .notAfter = to});
    refuse(pki, leaf);
    Served served{pki.folder.path()};
    served.signIn();
    const auto path = "/api/groups/pki/entries/rejected/" + idOf(leaf);
    CHECK(served.json(path)["cures"].dump().find("import-issuer") != std::string::npos);
    writeFile(pki.path / "issuers/certs/ca.der", ca.der);
    REQUIRE(until([&] { return served.entry("issuers", "Plant CA").is_object(); }));
    const auto cures = served.json(path)["cures"];
    CHECK(cures[0]["action"] == "trust");
    CHECK(cures[1]["action"] == "trust-issuer");
    CHECK(cures[1]["id"] == idOf(ca));
    CHECK(cures[2]["action"] == "import-crl");
    CHECK(served.json("/api/groups/pki/offer/" + idOf(leaf))["missing"].size() == 1);
    CHECK(served.act("trust-issuer", idOf(leaf), "rejected").json["results"][0]["ok"] == true);
    CHECK(served.entry("trusted", "Plant CA").is_object());
    writeFile(pki.path / "trusted/crl/ca.crl", forgeCrl({.issuer = &ca, .thisUpdate = from, .nextUpdate = to}));
    REQUIRE(until([&] { return served.json(path)["verdict"]["accepted"] == true; }));
    CHECK(served.json(path)["cures"][0]["action"] == "none");
}

TEST_CASE("A page hears of a new rejected certificate and of what goes") {
    const Pki pki;
    pki.trust(named("plc-7"));
    Served served{pki.folder.path()};
    served.signIn();
    std::mutex mutex;
    std::string heard;
    std::atomic<bool> enough{false};
    std::thread listener{[&] {
        auto client = served.client();
        (void)client.Get("/api/events", served.headers(), [&](const char* octets, std::size_t size) {
            const std::lock_guard guard{mutex};
            heard.append(octets, size);
            return !enough;
        });
    }};
    const auto has = [&](const std::string& part) {
        return until([&] {
            const std::lock_guard guard{mutex};
            return contains(heard, part);
        });
    };
    REQUIRE(has("retry: 1000"));
    refuse(pki, named("Line 4 client", 1));
    CHECK(has("event: changed"));
    CHECK(has("\"kind\":\"added\",\"list\":\"rejected\""));
    std::filesystem::remove(pki.path / "trusted/certs/one.der");
    CHECK(has("\"kind\":\"removed\",\"list\":\"trusted\""));
    // Not in the way of reading, and shown.
    writeFile(pki.path / "trusted/certs/broken.der", std::string{"nonsense"});
    CHECK(has("event: problems"));
    enough = true;
    served.process().signal(SIGTERM);
    CHECK(served.process().exitCode() == 0);
    listener.join();
}

TEST_CASE("A folder that disappears is a problem, is not made anew, and comes back") {
    const Pki pki;
    pki.trust(named("plc-7"));
    Served served{pki.folder.path()};
    served.signIn();
    std::filesystem::rename(pki.path, pki.folder / "elsewhere");
    REQUIRE(until([&] { return !served.json("/api/groups")["groups"][0]["problems"].empty(); }));
    CHECK(served.json("/api/groups/pki/entries")["entries"].empty());
    const auto told = served.post("/api/groups/pki/undo", nlohmann::json::object());
    CHECK(told.status == 404);
    CHECK(contains(told.json["error"]["message"], "is not there"));
    CHECK(!std::filesystem::exists(pki.path));
    std::filesystem::rename(pki.folder / "elsewhere", pki.path);
    REQUIRE(until([&] { return served.json("/api/groups/pki/entries")["entries"].size() == 1; }));
    CHECK(served.json("/api/groups")["groups"][0]["problems"].empty());
}

TEST_CASE("The groups beside a folder are served as well, by their roles") {
    const Pki pki;
    for (const auto* name : {"pkiserver", "pkiclient"}) {
        writeFile(pki.folder / name / "trusted/certs/one.der", named(name).der);
        for (const auto* list : {"issuers/certs", "own/certs", "rejected"}) std::filesystem::create_directories(pki.folder / name / list);
    }
    Served served{pki.folder.path(), {"--pki", "pkiserver"}};
    served.signIn();
    const auto groups = served.json("/api/groups")["groups"];
    REQUIRE(groups.size() == 2);
    CHECK(groups[0]["role"] == "server");
    CHECK(groups[1]["id"] == "pkiclient");
    CHECK(groups[1]["role"] == "client");
    CHECK(served.entry("trusted", "pkiclient", "pkiclient").is_object());
}

TEST_CASE("Files go out as PEM and DER, and private keys do not") {
    const Pki pki;
    const auto own = named("gateway");
    pki.trust(named("plc-7", 1));
    writeFile(pki.path / "own/certs/application.der", own.der);
    writeFile(pki.path / "own/private/application.pem", own.key.pem());
    Served served{pki.folder.path()};
    served.signIn();
    const auto id = served.entry("trusted", "plc-7")["id"].get<std::string>();
    const auto der = served.get("/api/groups/pki/entries/trusted/" + id + "/der");
    CHECK(der.status == 200);
    CHECK(Certificate::fromDer(asBytes(der.text)).value().id().text() == id);
    CHECK(contains(der.header("Content-Disposition"), "attachment"));
    CHECK(contains(served.get("/api/groups/pki/export?list=trusted").text, "BEGIN CERTIFICATE"));
    CHECK(served.get("/api/groups/pki/export?list=nonsense").status == 404);
    CHECK(served.entry("own", "gateway").is_object());
    for (const auto& path : {std::string{"/api/groups/pki/export?list=own"}, "/api/groups/pki/entries/own/" + idOf(own),
                             "/api/groups/pki/entries/own/" + idOf(own) + "/pem", std::string{"/api/groups/pki/entries"}}) {
        CAPTURE(path);
        const auto told = served.get(path);
        CHECK(told.status == 200);
        CHECK(!contains(told.text, "PRIVATE"));
    }
}

TEST_CASE("What a CA has handed over is planned first, then imported") {
    const Pki pki;
    std::filesystem::create_directories(pki.path / "trusted/certs");
    Served served{pki.folder.path()};
    served.signIn();
    const auto ca = forgeRoot("Plant CA");
    const auto plan = served.post("/api/groups/pki/import?name=from-the-ca.pem&trustApplications=0&trustCas=0",
                                  ca.pem() + forgePem("X509 CRL", forgeCrl({.issuer = &ca})));
    REQUIRE(plan.status == 200);
    CHECK(plan.json["changes"] == true);
    REQUIRE(plan.json["items"].size() == 2);
    CHECK(plan.json["items"][0]["target"] == "issuers");
    CHECK(plan.json["items"][1]["target"] == "issuers-crls");
    CHECK(served.json("/api/groups/pki/entries")["entries"].empty());
    const auto path = "/api/groups/pki/import/" + plan.json["plan"].get<std::string>();
    CHECK(served.post(path, std::string{}).status == 200);
    CHECK(served.entry("issuers", "Plant CA").is_object());
    CHECK(served.post(path, std::string{}).status == 404);
    CHECK(served.post("/api/groups/pki/undo", nlohmann::json::object()).status == 200);
    CHECK(served.json("/api/groups/pki/entries")["entries"].empty());
    const auto broken = served.post("/api/groups/pki/import?name=x", std::string{"nonsense"});
    CHECK(broken.status == 422);
    CHECK(!broken.json["error"]["remedy"].get<std::string>().empty());
}

TEST_CASE("A port that is in use, and a wrong address, are told") {
    const Pki pki;
    std::filesystem::create_directories(pki.path / "trusted/certs");
    Served served{pki.folder.path()};
    const auto second = toolCommand(pki.folder.path(), "serve --pki pki --listen 127.0.0.1:" + std::to_string(served.port()));
    CHECK(second.exitCode == 2);
    CHECK(second.complains("in use"));
    CHECK(second.complains("--listen"));
    CHECK(toolCommand(pki.folder.path(), "serve --pki pki --listen nonsense").exitCode == 2);
    CHECK(toolCommand(pki.folder.path(), "serve --pki nowhere").exitCode == 2);
    const auto open = toolCommand(pki.folder.path(), "serve --pki pki --listen 0.0.0.0:0");
    CHECK(open.exitCode == 2);
    CHECK(open.complains("--tls-cert"));
}

TEST_CASE("Many certificates are answered, each once") {
    const Pki pki;
    std::set<std::string> ids;
    for (int i = 0; i < 300; ++i) {
        const auto each = forgeCertificate({.cn = "plc-" + std::to_string(i), .keyName = "p256", .keyIndex = i % 4});
        writeFile(pki.path / ("trusted/certs/" + std::to_string(i) + ".der"), each.der);
        ids.insert(idOf(each));
    }
    Served served{pki.folder.path()};
    served.signIn();
    const auto told = served.get("/api/groups/pki/entries");
    std::set<std::string> seen;
    for (const auto& each : told.json["entries"]) seen.insert(each["id"].get<std::string>());
    CHECK(told.json["entries"].size() == 300);
    CHECK(seen == ids);
    CHECK(served.get("/api/groups/pki/entries").text == told.text);
}
