#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "unit/page/served.hpp"

#include <csignal>
#include <optional>

using namespace uatrust;
using namespace uatrust::test;

// The pairing window as the page has it, with the application that refuses played by the library.
namespace {

const Instant kFar = forgeDate(9999, 1, 1);

struct Window {
    Window() {
        std::filesystem::create_directories(pki.path / "trusted/certs");
        served.emplace(pki.folder.path());
        served->signIn();
    }
    [[nodiscard]] Served::Told open(const nlohmann::json& wish = {{"seconds", 600}, {"max", 5}, {"endpoint", nullptr}}) const {
        return served->post("/api/groups/pki/pairing", wish);
    }
    [[nodiscard]] Served::Told decide(const std::string& what, const ForgedCert& device) const {
        return served->post("/api/groups/pki/pairing/" + what, nlohmann::json{{"id", idOf(device)}});
    }
    [[nodiscard]] nlohmann::json now() const { return served->json("/api/groups")["groups"][0]["pairing"]; }
    static std::string idOf(const ForgedCert& device) { return parsed(device).id().text(); }

    // One that is refused, and let in by the window.
    [[nodiscard]] ForgedCert arrival(const std::string& name, int key) const {
        auto device = forgeCertificate({.cn = name, .keyName = "p256", .keyIndex = key, .notAfter = kFar});
        DirectoryStore application{pki.path};
        REQUIRE(application.recordRefusal(parsed(device), {.at = systemClock().now(),
                                                           .status = StatusCode::BadCertificateUntrusted,
                                                           .reason = "It is not in the trusted list.",
                                                           .peerAddress = "10.0.0.7"}));
        REQUIRE(until([&] { return now().is_object() && now()["entries"].dump().find(idOf(device)) != std::string::npos; }));
        return device;
    }

    Pki pki{};
    std::optional<Served> served{};
};

}  // namespace

TEST_CASE("Who arrives in a pairing window is let in provisionally, and stays when confirmed") {
    const Window window;
    CHECK(window.now().is_null());
    const auto opened = window.open();
    REQUIRE(opened.status == 200);
    CHECK(opened.json["left"].get<int>() > 590);
    CHECK(opened.json["entries"].empty());
    const auto kept = window.arrival("kept", 1);
    const auto dropped = window.arrival("dropped", 2);
    const auto forgotten = window.arrival("forgotten", 3);
    CHECK(window.served->entry("trusted", "kept")["provisional"] == true);
    CHECK(window.now()["entries"][0]["phone"].size() == 16);
    const auto confirmed = window.decide("confirm", kept);
    REQUIRE(confirmed.status == 200);
    CHECK(confirmed.json["entries"][0]["state"] == "confirmed");
    CHECK(window.served->entry("trusted", "kept")["provisional"] == false);
    CHECK(window.decide("drop", dropped).status == 200);
    CHECK(window.served->entry("rejected", "dropped").is_object());
    CHECK(window.served->client().Delete("/api/groups/pki/pairing", window.served->headers())->status == 204);
    CHECK(window.now().is_null());
    CHECK(window.served->entry("trusted", "kept").is_object());
    CHECK(window.served->entry("rejected", "forgotten").is_object());
    CHECK(window.served->entry("trusted", "forgotten").is_null());
}

TEST_CASE("A pairing window ends with the program, and with what it has not confirmed") {
    Window window;
    REQUIRE(window.open().status == 200);
    const auto device = window.arrival("device", 1);
    window.served->process().signal(SIGTERM);
    CHECK(window.served->process().exitCode() == 0);
    DirectoryStore store{window.pki.path};
    CHECK(store.snapshot()->find(StoreList::Trusted, parsed(device).id()) == nullptr);
    CHECK(store.snapshot()->find(StoreList::Rejected, parsed(device).id()) != nullptr);
}

TEST_CASE("After a crash the next serve closes the window") {
    Window window;
    REQUIRE(window.open().status == 200);
    const auto device = window.arrival("device", 1);
    window.served->process().signal(SIGKILL);
    CHECK(window.served->process().exitCode() == -SIGKILL);
    window.served.emplace(window.pki.folder.path());
    window.served->signIn();
    CHECK(window.now().is_null());
    CHECK(window.served->entry("rejected", "device").is_object());
    CHECK(window.served->process().said().find("device") != std::string::npos);
}

TEST_CASE("What makes no sense of a pairing window is told") {
    const Window window;
    const std::string nobody(64, 'a');
    CHECK(window.served->post("/api/groups/pki/pairing/confirm", nlohmann::json{{"id", nobody}}).status == 404);
    CHECK(window.served->client().Delete("/api/groups/pki/pairing", window.served->headers())->status == 404);
    for (const auto& wish :
         {nlohmann::json{{"seconds", 0}}, nlohmann::json{{"seconds", 1000000}}, nlohmann::json{{"seconds", "long"}},
          nlohmann::json{{"max", 0}}, nlohmann::json{{"max", 1000}}, nlohmann::json{{"max", -1}}, nlohmann::json{{"endpoint", 7}}}) {
        CAPTURE(wish.dump());
        CHECK(window.open(wish).status == 400);
    }
    REQUIRE(window.open().status == 200);
    CHECK(window.open().status == 409);
    CHECK(window.served->post("/api/groups/pki/pairing/confirm", nlohmann::json{{"id", nobody}}).status == 404);
    CHECK(window.served->post("/api/groups/pki/pairing/drop", nlohmann::json{{"id", "B9C7"}}).status == 400);
}
