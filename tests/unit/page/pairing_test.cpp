#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "unit/page/served.hpp"

#include <atomic>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

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

TEST_CASE("A pairing window that another process has open is shown, and decided in there") {
    const Window window;
    std::optional<ToolProcess> pair;
    pair.emplace(window.pki.folder.path(), std::vector<std::string>{"pair", "--pki", "pki", "--who", "Ada", "--for", "10m", "--max", "3"});
    (void)pair->waitForEvent("open");
    REQUIRE(until([&] { return window.now().is_object(); }));
    const auto opened = window.now();
    CHECK(opened["of"]["who"] == "Ada");
    CHECK(opened["of"]["process"].get<unsigned long>() != 0);
    CHECK(opened["left"].get<int>() > 500);
    CHECK(opened["max"] == 3);
    const auto kept = window.arrival("kept", 1);
    CHECK(window.now()["entries"][0]["state"] == "provisional");
    CHECK(window.now()["entries"][0]["phone"].size() == 16);
    CHECK(until([&] { return window.served->entry("trusted", "kept").value("provisional", false); }));

    for (const auto* what : {"confirm", "drop"}) CHECK(window.decide(what, kept).error() == "BadInvalidState");
    CHECK(window.served->client().Delete("/api/groups/pki/pairing", window.served->headers())->status == 409);
    CHECK(window.open().error() == "BadInvalidState");
    CHECK(window.served->entry("trusted", "kept").is_object());

    pair->write("confirm " + parsed(kept).thumbprint().text() + "\n");
    CHECK(until([&] { return window.now()["entries"][0]["state"] == "confirmed"; }));
    CHECK(until([&] { return !window.served->entry("trusted", "kept").value("provisional", true); }));
    const auto dropped = window.arrival("dropped", 2);
    CHECK(window.served->act("reject", Window::idOf(dropped), "trusted").status == 200);
    CHECK(pair->waitForEvent("dropped")["id"] == Window::idOf(dropped));
    pair->write("close\n");
    CHECK(until([&] { return window.now().is_null(); }));
    CHECK(window.served->entry("trusted", "kept").is_object());
    CHECK(window.served->entry("rejected", "dropped").is_object());
}

TEST_CASE("Pages hear of a pairing window of another process while they listen") {
    Window window;
    std::mutex mutex;
    std::string heard;
    std::atomic<bool> enough{false};
    std::thread listener{[&] {
        auto client = window.served->client();
        (void)client.Get("/api/events", window.served->headers(), [&](const char* data, std::size_t size) {
            const std::lock_guard guard{mutex};
            heard.append(data, size);
            return !enough;
        });
    }};
    const auto hears = [&](const std::string& part) {
        return until([&] {
            const std::lock_guard guard{mutex};
            return heard.find(part) != std::string::npos;
        });
    };
    ToolProcess pair{window.pki.folder.path(), {"pair", "--pki", "pki", "--who", "Ada", "--for", "10m"}};
    CHECK(hears("\"who\":\"Ada\""));
    const auto device = window.arrival("device", 1);
    CHECK(hears("\"state\":\"provisional\""));
    pair.write("close\n");
    CHECK(hears("\"pairing\":null"));
    enough = true;
    window.served->process().signal(SIGTERM);
    listener.join();
}

TEST_CASE("A pairing window whose process was killed is closed by the serve that shows it") {
    const Window window;
    std::optional<ToolProcess> pair;
    pair.emplace(window.pki.folder.path(), std::vector<std::string>{"pair", "--pki", "pki", "--for", "10m"});
    (void)pair->waitForEvent("open");
    const auto device = window.arrival("device", 1);
    REQUIRE(window.served->entry("trusted", "device").is_object());
    pair->signal(SIGKILL);
    CHECK(until([&] { return window.now().is_null(); }));
    CHECK(until([&] { return window.served->entry("rejected", "device").is_object(); }));
    CHECK(window.served->entry("trusted", "device").is_null());
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
