#include "support/catch.hpp"
#include "unit/page/served.hpp"

#include <atomic>
#include <csignal>
#include <optional>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>

#include <uatrust/x509/certificate.hpp>

using namespace uatrust;
using namespace uatrust::test;

// Whatever comes from outside is refused with the right words, and changes nothing.
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A folder with a stranger whom nobody may trust by a trick, and the server before it.
struct Target {
    explicit Target(const std::vector<std::string>& more = {}) {
        writeFile(pki.path / "trusted/certs/one.der", forgeCertificate({.cn = "friend", .keyIndex = 1}).der);
        writeFile(pki.path / "rejected/stranger.der", stranger.der);
        writeFile(pki.path / "own/private/application.pem", forgeKey("rsa2048", 2).pem());
        before = contentOf(pki.path);
        std::vector<std::string> arguments{"--pki", "pki"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        served.emplace(pki.folder.path(), arguments);
    }
    [[nodiscard]] std::string id() const { return Certificate::fromDer(stranger.der).value().id().text(); }
    [[nodiscard]] std::string trust() const {
        return nlohmann::json{{"action", "trust"}, {"items", {{{"id", id()}, {"list", "rejected"}}}}, {"withIssuers", false}}.dump();
    }
    [[nodiscard]] Served::Told tryToTrust(const httplib::Headers& headers, const std::string& type = "application/json") const {
        return Served::told(served->client().Post("/api/groups/pki/actions", headers, trust(), type));
    }
    [[nodiscard]] bool unchanged() const { return contentOf(pki.path) == before; }

    Pki pki{};
    ForgedCert stranger = forgeCertificate({.cn = "stranger"});
    std::map<std::string, std::string> before{};
    std::optional<Served> served{};
};

httplib::Headers without(httplib::Headers headers, const std::string& name) {
    headers.erase(name);
    return headers;
}

httplib::Headers with(httplib::Headers headers, const std::string& name, const std::string& value) {
    headers.erase(name);
    headers.emplace(name, value);
    return headers;
}

// Octets as they are, to a server that may not like them: what it answers before it closes the connection.
std::string raw(int port, const std::string& octets) {
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error{"not connected"};
    for (std::size_t at = 0; at < octets.size();) {
        const auto sent = ::send(connection, octets.data() + at, octets.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) break;
        at += static_cast<std::size_t>(sent);
    }
    std::string answer;
    char buffer[4096];
    pollfd waiting{.fd = connection, .events = POLLIN, .revents = 0};
    while (::poll(&waiting, 1, 60000) > 0) {
        const auto count = ::recv(connection, buffer, sizeof buffer, 0);
        if (count <= 0) break;
        answer.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(connection);
    return answer;
}

std::string hostOf(const Served& served) { return "127.0.0.1:" + std::to_string(served.port()); }

}  // namespace

TEST_CASE("Without a session there is nothing but the page to sign in") {
    Target target;
    const auto& served = *target.served;
    for (const auto* path : {"/api/session", "/api/groups", "/api/groups/pki/entries", "/api/events", "/api/nonsense"}) {
        CAPTURE(path);
        const auto told = Served::told(served.client().Get(path));
        CHECK(told.status == 401);
        CHECK(told.error() == "BadUserAccessDenied");
        CHECK(told.json["login"] == "token");
    }
    CHECK(target.tryToTrust({}).status == 401);
    CHECK(target
              .tryToTrust({{"Cookie", "uatrust_session_" + std::to_string(target.served->port()) + "=" + std::string(64, '0')},
                           {"X-Uatrust-CSRF", "0"}})
              .status == 401);
    const auto page = Served::told(served.client().Get("/"));
    CHECK(page.status == 200);
    CHECK(contains(page.text, "signin"));
    CHECK(!contains(page.text, "app.js"));
    CHECK(target.unchanged());
}

TEST_CASE("A token works once, and a wrong one not at all") {
    Target target;
    auto& served = *target.served;
    const auto wrong = served.client().Get("/?token=" + std::string(64, '0'));
    CHECK(wrong->status == 403);
    CHECK(contains(wrong->body, "Press Enter"));
    served.signIn();
    const auto again = served.client().Get("/?token=" + served.token());
    CHECK(again->status == 403);
    CHECK(!again->has_header("Set-Cookie"));
    CHECK(served.get("/api/session").status == 200);
}

TEST_CASE("The cookie is for this page alone, and ends with signing out") {
    Target target;
    auto& served = *target.served;
    const auto answer = served.client().Get("/?token=" + served.token());
    const auto cookie = answer->get_header_value("Set-Cookie");
    for (const auto& part :
         std::vector<std::string>{"uatrust_session_" + std::to_string(served.port()) + "=", "HttpOnly", "SameSite=Strict", "Path=/"})
        CHECK(contains(cookie, part));
    CHECK(answer->get_header_value("Location") == "/");
    const httplib::Headers headers{{"Cookie", cookie.substr(0, cookie.find(';'))}};
    const auto session = Served::told(served.client().Get("/api/session", headers));
    REQUIRE(session.status == 200);
    auto leaving = with(headers, "X-Uatrust-CSRF", session.json["csrf"]);
    CHECK(served.client().Post("/api/logout", leaving, "", "text/plain")->status == 204);
    CHECK(served.client().Get("/api/session", headers)->status == 401);
}

TEST_CASE("Two servers of one machine do not sign each other's browsers out") {
    Target first;
    Target second;
    first.served->signIn();
    second.served->signIn();
    // A browser sends all cookies of an address, whatever the port.
    const httplib::Headers both{{"Cookie", first.served->cookie() + "; " + second.served->cookie()}};
    CHECK(first.served->client().Get("/api/session", both)->status == 200);
    CHECK(second.served->client().Get("/api/session", both)->status == 200);
    CHECK(first.served->client().Get("/api/session", {{"Cookie", second.served->cookie()}})->status == 401);
}

TEST_CASE("A link from elsewhere with a token leads on by a page of our own") {
    Target target;
    const auto& served = *target.served;
    const auto answer = served.client().Get("/?token=" + served.token(), {{"Sec-Fetch-Site", "cross-site"}});
    CHECK(answer->status == 200);
    CHECK(answer->has_header("Set-Cookie"));
    CHECK(contains(answer->body, "http-equiv=\"refresh\""));
}

TEST_CASE("Another name for this address is refused") {
    Target target;
    auto& served = *target.served;
    served.signIn();
    for (const auto* host : {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", ""}) {
        CAPTURE(host);
        const auto told = target.tryToTrust(with(served.headers(), "Host", host));
        CHECK(told.status == 421);
    }
    CHECK(target.unchanged());
    for (const auto* host : {"localhost", "LOCALHOST:9000", "[::1]:9000", "127.0.0.1"}) {
        CAPTURE(host);
        CHECK(Served::told(served.client().Get("/api/session", with(without(served.headers(), "Origin"), "Host", host))).status == 200);
    }
}

TEST_CASE("What another site makes a browser send is refused") {
    Target target;
    auto& served = *target.served;
    served.signIn();
    const auto headers = served.headers();
    CHECK(target.tryToTrust(without(headers, "X-Uatrust-CSRF")).status == 403);
    CHECK(target.tryToTrust(with(headers, "X-Uatrust-CSRF", std::string(64, '0'))).status == 403);
    CHECK(target.tryToTrust(with(headers, "X-Uatrust-CSRF", "")).status == 403);
    CHECK(target.tryToTrust(with(headers, "Origin", "https://evil.example")).status == 403);
    CHECK(target.tryToTrust(with(headers, "Origin", "null")).status == 403);
    CHECK(target.tryToTrust(with(headers, "Origin", "https://" + hostOf(served))).status == 403);
    CHECK(target.tryToTrust(with(headers, "Origin", "http://127.0.0.1:1")).status == 403);
    CHECK(target.tryToTrust(with(headers, "Sec-Fetch-Site", "cross-site")).status == 403);
    CHECK(target.tryToTrust(with(headers, "Sec-Fetch-Site", "same-site")).status == 403);
    CHECK(served.client().Get("/", with(headers, "Sec-Fetch-Site", "cross-site"))->status == 403);
    for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"}) {
        CAPTURE(type);
        CHECK(target.tryToTrust(headers, type).status == 415);
    }
    const auto deleted = served.client().Delete("/api/groups/pki/pairing", without(headers, "X-Uatrust-CSRF"));
    CHECK(deleted->status == 403);
    CHECK(target.unchanged());
    // The same without any trick is done.
    CHECK(target.tryToTrust(headers).json["results"][0]["ok"] == true);
}

TEST_CASE("Every answer says how little a browser may do with it") {
    Target target;
    auto& served = *target.served;
    served.signIn();
    for (const auto* path : {"/", "/assets/app.js", "/api/session", "/api/nonsense", "/nonsense"}) {
        CAPTURE(path);
        const auto answer = served.client().Get(path, served.headers());
        const auto policy = answer->get_header_value("Content-Security-Policy");
        CHECK(contains(policy, "default-src 'none'"));
        CHECK(contains(policy, "frame-ancestors 'none'"));
        CHECK(!contains(policy, "unsafe"));
        CHECK(answer->get_header_value("X-Content-Type-Options") == "nosniff");
        CHECK(answer->get_header_value("Referrer-Policy") == "no-referrer");
        CHECK(answer->get_header_value("Cross-Origin-Resource-Policy") == "same-origin");
        CHECK(answer->get_header_value_count("Cache-Control") == 1);
        CHECK(answer->get_header_value("Cache-Control") == (contains(path, "/assets/") ? "no-cache" : "no-store"));
        CHECK(!answer->has_header("Access-Control-Allow-Origin"));
        CHECK(!answer->has_header("EXCEPTION_WHAT"));
    }
}

TEST_CASE("Names of other files lead nowhere") {
    Target target;
    auto& served = *target.served;
    served.signIn();
    const auto id = target.id();
    for (const auto& path : std::vector<std::string>{
             "/../pki/own/private/application.pem", "/assets/../own/private/application.pem",
             "/assets/..%2f..%2fpki/own/private/application.pem", "/assets//etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/",
             "/api/groups/..%2fpki/entries", "/api/groups/../pki/entries", "/api/groups/%2e%2e/entries", "/api/groups/pki%00/entries",
             "/api/groups/pki/entries/..%2fown%2fprivate/" + id, "/api/groups/pki/entries/own/application.pem",
             "/api/groups/pki/entries/private/" + id, "/api/groups/pki/entries/rejected/..%2f" + id,
             "/api/groups/pki/entries/rejected/" + id + "%2fder%2f..", "/api/groups/pki/entries/rejected/stranger.der",
             "/api/groups/pki/export?list=../own/private", "/api/groups/pki/offer/..%2f..", "/api/groups//entries"}) {
        CAPTURE(path);
        const auto told = served.get(path);
        CHECK(told.status == 404);
        CHECK(!contains(told.text, "PRIVATE KEY"));
        CHECK(!contains(told.text, "root:"));
    }
    CHECK(served.act("trust", "../../own/private/application.pem", "rejected").json["results"][0]["ok"] == false);
    CHECK(served.act("trust", id, "../own").json["results"][0]["ok"] == false);
    CHECK(served.act("delete", id, "own/private").json["results"][0]["ok"] == false);
    CHECK(target.unchanged());
}

TEST_CASE("HTML in a name arrives as text") {
    Target target;
    const std::string name = "<img src=x onerror=alert(1)>\"'&\x1b[31m";
    const auto hostile = forgeCertificate({.cn = name, .keyIndex = 3});
    writeFile(target.pki.path / "rejected/hostile.der", hostile.der);
    auto& served = target.served->signIn();
    const auto id = Certificate::fromDer(hostile.der).value().id().text();
    REQUIRE(until([&] { return contains(served.get("/api/groups/pki/entries").text, id); }));
    const auto told = served.get("/api/groups/pki/entries");
    CHECK(told.header("Content-Type") == "application/json");
    bool seen = false;
    for (const auto& each : told.json["entries"]) {
        if (each["id"] != id) continue;
        seen = true;
        CHECK(contains(each["name"], "<img src=x onerror=alert(1)>"));
        CHECK(!contains(each["name"], "\x1b"));
    }
    CHECK(seen);
    const auto file = served.get("/api/groups/pki/entries/rejected/" + id + "/pem");
    CHECK(file.header("Content-Disposition").find_first_of("<>\x1b\r\n") == std::string::npos);
    // What the page is asked for comes back as JSON as well.
    const auto nothing = served.get("/api/groups/%3Cscript%3E/entries");
    CHECK(nothing.status == 404);
    CHECK(nothing.header("Content-Type") == "application/json");
    CHECK(!contains(served.get("/%3Cscript%3E").text, "<script>"));
}

TEST_CASE("What is too large is refused before it is read") {
    Target target;
    auto& served = target.served->signIn();
    const auto large = served.post("/api/groups/pki/import?name=x", std::string(10U << 20U, 'x'));
    CHECK(large.status == 413);
    CHECK(contains(large.json["error"]["remedy"], "uatrust import"));
    nlohmann::json items = nlohmann::json::array();
    for (int i = 0; i < 1001; ++i) items.push_back({{"id", target.id()}, {"list", "rejected"}});
    CHECK(served.post("/api/groups/pki/actions", nlohmann::json{{"action", "trust"}, {"items", items}}).status == 400);
    CHECK(served.post("/api/groups/pki/actions", nlohmann::json{{"action", "trust"}, {"x", std::string(300000, 'x')}}).status == 413);
    CHECK(served.get("/api/groups/" + std::string(2000, 'x')).status == 414);
    CHECK(target.unchanged());
}

TEST_CASE("JSON that is none, or not what is asked for, is told so") {
    Target target;
    auto& served = target.served->signIn();
    const auto id = target.id();
    for (const auto& body : std::vector<std::string>{
             "", "nonsense", "[]", "{}", "null", "{\"action\":\"trust\"}", "{\"action\":7,\"items\":[]}",
             "{\"action\":\"trust\",\"items\":[]}", "{\"action\":\"format\",\"items\":[{\"id\":\"" + id + "\",\"list\":\"rejected\"}]}",
             "{\"action\":\"trust\",\"items\":[{\"id\":7}]}", "{\"action\":\"trust\",\"items\":{}}", std::string(1000, '[')}) {
        CAPTURE(body);
        const auto told = Served::told(served.client().Post("/api/groups/pki/actions", served.headers(), body, "application/json"));
        CHECK(told.status == 400);
        CHECK(told.error() == "BadInvalidArgument");
    }
    CHECK(served.act("trust", id, "own").json["results"][0]["ok"] == false);
    CHECK(target.unchanged());
}

TEST_CASE("Requests that are none, that hide a second one or that do not end are refused") {
    Target target;
    auto& served = target.served->signIn();
    const auto head = "Host: " + hostOf(served) + "\r\nCookie: " + served.cookie() + "\r\nX-Uatrust-CSRF: " + served.csrf() + "\r\n";
    const auto post = "POST /api/groups/pki/actions HTTP/1.1\r\n" + head + "Content-Type: application/json\r\n";
    const auto body = target.trust();
    const auto length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
    const auto status = [&](const std::string& octets) { return raw(served.port(), octets).substr(0, 12); };
    CHECK(status(post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n") == "HTTP/1.1 411");
    CHECK(status(post + length + "Transfer-Encoding: chunked\r\n\r\n" + body) == "HTTP/1.1 411");
    CHECK(status(post + length + "Content-Length: 3\r\n\r\n" + body) == "HTTP/1.1 400");
    CHECK(status(post + "Content-Length: -1\r\n\r\n" + body) == "HTTP/1.1 400");
    CHECK(status(post + "Content-Length: 99999999999999999999\r\n\r\n" + body) == "HTTP/1.1 400");
    CHECK(status(post + length + "Content-Encoding: gzip\r\n\r\n" + body) == "HTTP/1.1 415");
    CHECK(status("PUT / HTTP/1.1\r\n" + head + "Content-Length: 0\r\n\r\n") == "HTTP/1.1 405");
    CHECK(status("GET / HTTP/1.1\r\nHost: " + hostOf(served) + "\r\nHost: evil.example\r\n\r\n") == "HTTP/1.1 421");
    CHECK(status("GET / HTTP/1.1\r\n\r\n") == "HTTP/1.1 421");
    CHECK(status("nonsense\r\n\r\n") == "HTTP/1.1 400");
    // Behind the first request nothing is read on the same connection.
    const auto two = raw(served.port(), "GET /assets/nothing HTTP/1.1\r\n" + head + "\r\n" + post + length + "\r\n" + body);
    CHECK(two.substr(0, 12) == "HTTP/1.1 404");
    CHECK(two.find("HTTP/1.1", 12) == std::string::npos);
    CHECK(target.unchanged());
}

TEST_CASE("Headers without end are not read without end") {
    Target target;
    const auto& served = *target.served;
    std::string many = "GET / HTTP/1.1\r\nHost: " + hostOf(served) + "\r\n";
    for (int i = 0; i < 20000; ++i) many += "X-" + std::to_string(i) + ": xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n";
    CHECK(raw(served.port(), many + "\r\n").substr(0, 12) != "HTTP/1.1 200");
    CHECK(raw(served.port(), "GET / HTTP/1.1\r\nHost: " + hostOf(served) + "\r\nX: " + std::string(1000000, 'x') + "\r\n\r\n")
              .substr(0, 12) != "HTTP/1.1 200");
    CHECK(raw(served.port(), "GET /" + std::string(1000000, 'x') + " HTTP/1.1\r\n\r\n").substr(0, 12) != "HTTP/1.1 200");
    CHECK(Served::told(served.client().Get("/")).status == 200);
}

TEST_CASE("Who never ends a request does not keep others out") {
    Target target;
    auto& served = target.served->signIn();
    std::vector<int> slow;
    for (int i = 0; i < 10; ++i) {
        const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(served.port()));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::send(connection, "GET / HT", 8, MSG_NOSIGNAL) == 8);
        slow.push_back(connection);
    }
    CHECK(served.get("/api/session").status == 200);
    // They are let go by themselves.
    for (const int connection : slow) {
        pollfd waiting{.fd = connection, .events = POLLIN, .revents = 0};
        CHECK(::poll(&waiting, 1, 60000) > 0);
        ::close(connection);
    }
    CHECK(served.get("/api/session").status == 200);
}

TEST_CASE("Guessing is slowed down, by address and not for long") {
    const TempFolder folder;
    writeFile(folder / "password", std::string{"correct horse\n"});
    Target target{{"--password-file", (folder / "password").string()}};
    auto& served = *target.served;
    const auto login = [&](const std::string& password, const httplib::Headers& headers = {}) {
        return Served::told(served.client().Post("/api/login", headers, nlohmann::json{{"password", password}}.dump(), "application/json"));
    };
    CHECK(Served::told(served.client().Get("/api/session")).json["login"] == "password");
    CHECK(login("correct horse", {{"Origin", "https://evil.example"}}).status == 403);
    const auto inside = login("correct horse");
    CHECK(inside.status == 204);
    const auto cookie = inside.header("Set-Cookie");
    for (int i = 0; i < 5; ++i) CHECK(login("wrong" + std::to_string(i)).status == 403);
    const auto refused = login("correct horse");
    CHECK(refused.status == 429);
    CHECK(std::stoi(refused.header("Retry-After")) > 0);
    CHECK(served.client().Get("/?token=" + std::string(64, '0'))->status == 429);
    // Who is inside stays inside.
    CHECK(served.client().Get("/api/session", {{"Cookie", cookie.substr(0, cookie.find(';'))}})->status == 200);
    CHECK(target.unchanged());
}

TEST_CASE("There are only so many sessions and listeners") {
    const TempFolder folder;
    writeFile(folder / "password", std::string{"correct horse\n"});
    Target target{{"--password-file", (folder / "password").string()}};
    auto& served = target.served->signIn();
    int status = 204;
    int count = 1;
    for (; status == 204 && count < 100; ++count) {
        status = served.client().Post("/api/login", nlohmann::json{{"password", "correct horse"}}.dump(), "application/json")->status;
    }
    CHECK(status == 503);
    CHECK(count == 33);
    CHECK(served.get("/api/session").status == 200);

    std::vector<std::thread> listeners;
    std::atomic<int> heard{0};
    for (int i = 0; i < 16; ++i) {
        listeners.emplace_back([&] {
            auto client = served.client();
            bool first = true;
            (void)client.Get("/api/events", served.headers(), [&](const char*, std::size_t) {
                if (std::exchange(first, false)) ++heard;
                return true;
            });
        });
    }
    CHECK(until([&] { return heard == 16; }));
    CHECK(served.get("/api/events").status == 503);
    CHECK(served.get("/api/session").status == 200);
    served.process().signal(SIGTERM);
    CHECK(served.process().exitCode() == 0);
    for (auto& each : listeners) each.join();
}

TEST_CASE("Beyond this machine nothing goes without TLS and a password") {
    const Pki pki;
    const TempFolder folder;
    std::filesystem::create_directories(pki.path / "trusted/certs");
    const auto tls = forgeCertificate({.cn = "gateway", .dns = {"gateway.test"}, .ips = {"127.0.0.1"}});
    pki.file("tls.pem", tls.pem());
    pki.file("tls.key", tls.key.pem());
    pki.file("other.key", forgeKey("rsa2048", 4).pem());
    pki.file("password", std::string{"correct horse\n"});
    pki.file("short", std::string{"abc\n"});
    const auto fails = [&](const std::string& arguments, const std::string& words) {
        const auto result = toolCommand(pki.folder.path(), "serve --pki pki " + arguments);
        CHECK(result.exitCode == 2);
        CHECK(result.complains(words));
    };
    fails("--listen 0.0.0.0:0 --tls-cert tls.pem --tls-key tls.key", "--password-file");
    fails("--listen 0.0.0.0:0 --password-file password", "--tls-cert");
    fails("--tls-cert tls.pem", "--tls-key");
    fails("--tls-cert tls.pem --tls-key other.key", "other.key");
    fails("--tls-cert tls.pem --tls-key nothing.key", "nothing.key");
    fails("--tls-cert tls.key --tls-key tls.key", "tls.key");
    fails("--password-file short", "too short");
    fails("--password-file nothing", "nothing");

    ToolProcess process{
        pki.folder.path(),
        {"serve", "--pki", "pki", "--listen", "0.0.0.0:0", "--tls-cert", "tls.pem", "--tls-key", "tls.key", "--password-file", "password"}};
    const auto url = process.waitFor("\n");
    CHECK(contains(url, "https://gateway.test:"));
    const auto port = std::stoi(url.substr(url.find(':', 8) + 1));
    httplib::SSLClient client{"127.0.0.1", port};
    client.enable_server_certificate_verification(false);
    CHECK(client.Get("/", {{"Host", "evil.example"}})->status == 421);
    const auto inside =
        client.Post("/api/login", {{"Host", "gateway.test"}}, nlohmann::json{{"password", "correct horse"}}.dump(), "application/json");
    REQUIRE(inside);
    CHECK(inside->status == 204);
    CHECK(contains(inside->get_header_value("Set-Cookie"), "; Secure"));
    const auto cookie = inside->get_header_value("Set-Cookie");
    CHECK(client.Get("/api/groups/pki/entries", {{"Cookie", cookie.substr(0, cookie.find(';'))}})->status == 200);
    // Not a word in plain text.
    CHECK(raw(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").find("HTTP") == std::string::npos);
    process.signal(SIGTERM);
    CHECK(process.exitCode() == 0);
}
