#include <atomic>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "tool/discovery.hpp"
#include "unit/tool/pki.hpp"
#include "unit/tool/ua_server.hpp"

using namespace uatrust;
using namespace uatrust::test;
using namespace std::chrono_literals;

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr auto kPatience = 20s;  // more than enough for a machine that is busy

/// FakeServer answers each message of whoever connects with the next one of its replies, then does nothing more, or hangs up.
class FakeServer {
public:
    enum class Then : std::uint8_t { Wait, HangUp };
    explicit FakeServer(std::vector<Bytes> replies, Then then = Then::Wait)
        : replies_{std::move(replies)}, then_{then}, thread_{[this] { serve(); }} {}
    ~FakeServer() {
        ends_ = true;
        boost::asio::io_context context;
        tcp::socket wake{context};
        error_code ignored;
        wake.connect({boost::asio::ip::address_v4::loopback(), port_}, ignored);
        thread_.join();
    }
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;

    [[nodiscard]] std::string url(const std::string& host = "localhost") const { return "opc.tcp://" + host + ":" + std::to_string(port_); }

private:
    void serve() {
        while (!ends_) {
            tcp::socket socket{context_};
            error_code error;
            acceptor_.accept(socket, error);
            if (!error && !ends_) answer(socket);
        }
    }

    void answer(tcp::socket& socket) const {
        for (const auto& reply : replies_) {
            error_code error;
            if (!takeMessage(socket)) return;
            boost::asio::write(socket, boost::asio::buffer(reply), error);
            if (error) return;
        }
        if (then_ == Then::HangUp) return;
        while (takeMessage(socket)) {}
    }

    static bool takeMessage(tcp::socket& socket) {
        std::array<std::uint8_t, 8> header{};
        error_code error;
        boost::asio::read(socket, boost::asio::buffer(header), error);
        if (error) return false;
        Bytes rest(header[4] + 256U * header[5] - 8U);
        boost::asio::read(socket, boost::asio::buffer(rest), error);
        return !error;
    }

    std::vector<Bytes> replies_;
    Then then_;
    std::atomic<bool> ends_ = false;
    boost::asio::io_context context_{};
    tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::uint16_t port_ = acceptor_.local_endpoint().port();
    std::thread thread_;
};

std::vector<Bytes> dialogue(const Bytes& body) { return {uaAcknowledge(), uaOpenChunk(uaOpenBody()), uaMessageChunk(body)}; }

Error failure(std::vector<Bytes> replies, FakeServer::Then then = FakeServer::Then::Wait, std::chrono::milliseconds patience = kPatience) {
    const FakeServer server{std::move(replies), then};
    const auto answer = tool::discover(server.url(), patience);
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().message.find(server.url()) != std::string::npos);
    CHECK_FALSE(answer.error().remedy.empty());
    return answer.error();
}

bool says(const Error& error, std::string_view part) { return error.message.find(part) != std::string::npos; }

/// What the doctor says of a server, as of kForgeNow.
struct Visit {
    TempFolder folder{};
    ToolOutput output{};
    nlohmann::json json{};

    void go(const FakeServer& server, const std::string& arguments = {}, const std::string& at = "--at 2026-06-15T12:00:00Z ") {
        output = toolCommand(folder.path(), "doctor --json --timeout 20s " + at + "--endpoint " + server.url() + " " + arguments);
        json = output.json();
    }
    [[nodiscard]] std::string ids() const {
        std::string all;
        for (const auto& each : json["findings"]) all += (all.empty() ? "" : " ") + each["check"].get<std::string>();
        return all;
    }
    [[nodiscard]] bool has(const std::string& id) const { return (" " + ids() + " ").find(" " + id + " ") != std::string::npos; }
};

UaEndpoint endpointOf(const ForgedCert& certificate) { return {.certificate = certificate.der}; }

}  // namespace

TEST_CASE("A server is asked for its endpoints") {
    const auto certificate = forgeCertificate({.keyName = "p256"});
    const FakeServer server{dialogue(uaEndpointsBody({endpointOf(certificate)}))};
    for (int i = 0; i < 2; ++i) {
        const auto answer = tool::discover(server.url(), kPatience);
        REQUIRE(answer.ok());
        CHECK(answer->url.host == "localhost");
        CHECK(answer->address.starts_with("127.0.0.1:"));
        REQUIRE(answer->offered.endpoints.size() == 1);
        CHECK(answer->offered.endpoints.front().certificate == certificate.der);
        CHECK(answer->offered.serverTime == kForgeNow);
    }
}

TEST_CASE("Nobody there, no answer in time, no URL: each is told") {
    std::string nobody;
    {
        const FakeServer server{{}};
        nobody = server.url();
    }
    const auto refused = tool::discover(nobody, kPatience);
    CHECK(refused.status() == StatusCode::BadResourceUnavailable);
    CHECK(says(failure({}, FakeServer::Then::Wait, 200ms), "no answer within 0.2 s"));
    CHECK(says(failure({uaAcknowledge(), uaOpenChunk(uaOpenBody())}, FakeServer::Then::Wait, 200ms), "no answer within"));
    for (const auto* url : {"", "plc-7:4840", "https://plc-7:443", "opc.tcp://", "opc.tcp://plc-7:99999"}) {
        CAPTURE(url);
        CHECK(tool::discover(url, kPatience).status() == StatusCode::BadTcpEndpointUrlInvalid);
    }
}

TEST_CASE("Whatever a hostile server sends is an error") {
    using Then = FakeServer::Then;
    CHECK(says(failure({{}}, Then::HangUp), "closed the connection"));
    CHECK(says(failure({Bytes{'A', 'C'}}, Then::HangUp), "closed the connection"));
    CHECK(failure({Bytes(100, 'x')}).status == StatusCode::BadTcpMessageTypeInvalid);
    CHECK(failure({uaError(0x80830000U, "who?")}).status == StatusCode::BadTcpEndpointUrlInvalid);
    CHECK(failure({UaWriter{}.raw("ACKF").u32(0xFFFFFFFFU).done()}).status == StatusCode::BadEncodingLimitsExceeded);
    CHECK(failure({uaAcknowledge(), uaAcknowledge()}).status == StatusCode::BadTcpMessageTypeInvalid);
    CHECK(failure({uaAcknowledge(), uaOpenChunk({})}).status == StatusCode::BadUnexpectedError);
    CHECK(failure(dialogue(Bytes(1000, 0xFF))).status == StatusCode::BadUnexpectedError);
    Bytes endless;
    for (int i = 0; i < 300; ++i) {
        const auto chunk = uaMessageChunk({}, 'C');
        endless.insert(endless.end(), chunk.begin(), chunk.end());
    }
    CHECK(failure({uaAcknowledge(), uaOpenChunk(uaOpenBody()), endless}).status == StatusCode::BadEncodingLimitsExceeded);
}

TEST_CASE("doctor --endpoint shows what a server presents, and finds nothing wrong with it") {
    const auto certificate = forgeCertificate({.keyName = "rsa2048"});
    const FakeServer server{dialogue(uaEndpointsBody({endpointOf(certificate), endpointOf(certificate)}))};
    Visit visit;
    visit.go(server);
    CHECK(visit.output.exitCode == 0);
    CHECK(visit.ids() == "");
    const auto& shown = visit.json["servers"].at(0);
    CHECK(shown["endpoints"].size() == 2);
    CHECK(shown["endpoints"].at(0)["securityPolicy"] == "Basic256Sha256");
    CHECK(shown["endpoints"].at(0)["securityMode"] == "SignAndEncrypt");
    CHECK(shown["endpoints"].at(0)["certificate"]["thumbprint"] == parsed(certificate).thumbprint().text());
    CHECK(shown["endpoints"].at(0)["certificate"]["pem"].get<std::string>().starts_with("-----BEGIN CERTIFICATE-----"));
    CHECK(shown["serverTime"] == "2026-06-15T12:00:00Z");
    const auto told = toolCommand(visit.folder.path(), "doctor --at 2026-06-15 --timeout 20s --endpoint " + server.url());
    CHECK(told.exitCode == 0);
    CHECK(told.says("2 endpoints of urn:test:plc-7"));
    CHECK(told.says("Basic256Sha256 SignAndEncrypt, Basic256Sha256 SignAndEncrypt"));
}

TEST_CASE("doctor --endpoint compares the certificate with the URL, the server, the clock and the policies") {
    Visit visit;
    const auto look = [&](const UaEndpoint& endpoint, const std::string& arguments = {}) {
        visit.go(FakeServer{dialogue(uaEndpointsBody({endpoint}))}, arguments);
    };
    look(endpointOf(forgeCertificate({.dns = {"plc-8"}})));
    CHECK(visit.ids() == "endpoint-host");
    CHECK(visit.output.exitCode == 1);
    auto other = endpointOf(forgeCertificate());
    other.applicationUri = "urn:test:plc-8";
    look(other);
    CHECK(visit.ids() == "endpoint-uri");
    look(endpointOf(forgeCertificate({.notAfter = forgeDate(2026, 6, 1)})));
    CHECK(visit.ids() == "endpoint-expired");
    look(endpointOf(forgeCertificate({.notAfter = forgeDate(2026, 7, 1)})));
    CHECK(visit.ids() == "endpoint-expires");
    look(endpointOf(forgeCertificate({.notAfter = forgeDate(2026, 7, 1)})), "--within 5d");
    CHECK(visit.ids() == "");
    look(endpointOf(forgeCertificate({.eku = std::vector<std::string>{"clientAuth"}})));
    CHECK(visit.ids() == "endpoint-usage");
    look(endpointOf(forgeCertificate({.keyName = "p256"})));
    CHECK(visit.ids() == "endpoint-policy");
    auto old = endpointOf(forgeCertificate());
    old.policy = "http://opcfoundation.org/UA/SecurityPolicy#Basic256";
    look(old);
    CHECK(visit.has("endpoint-deprecated"));
    auto moved = endpointOf(forgeCertificate());
    moved.url = "opc.tcp://10.0.0.7:4840";
    look(moved);
    CHECK(visit.ids() == "endpoint-urls");
    CHECK(visit.output.exitCode == 0);
    look({.certificate = {0x30, 0x03, 1, 2, 3}});
    CHECK(visit.ids() == "endpoint-certificate");
    look({.mode = 1, .policy = "http://opcfoundation.org/UA/SecurityPolicy#None"});
    CHECK(visit.ids() == "endpoint-none endpoint-open");
    visit.go(FakeServer{dialogue(uaEndpointsBody({endpointOf(forgeCertificate())}, kUaTime / 2))}, {}, {});
    CHECK(visit.has("endpoint-clock"));
}

TEST_CASE("doctor --endpoint says whether the client's folder would trust the server") {
    const auto certificate = forgeCertificate();
    const FakeServer server{dialogue(uaEndpointsBody({endpointOf(certificate)}))};
    Visit visit;
    std::filesystem::create_directories(visit.folder / "pkiclient/trusted/certs");
    writeFile(visit.folder / "pkiserver/trusted/certs/plc.der", certificate.der);
    visit.go(server, "pkiclient pkiserver");
    CHECK(visit.output.exitCode == 1);
    REQUIRE(visit.has("endpoint-untrusted"));
    const auto& finding = visit.json["findings"].at(0);
    CHECK(finding["what"].get<std::string>().find("BadCertificateUntrusted") != std::string::npos);
    CHECK(finding["evidence"].get<std::string>().find("pkiserver") != std::string::npos);

    writeFile(visit.folder / "pkiclient/trusted/certs/plc.der", certificate.der);
    visit.go(server, "pkiclient");
    CHECK(visit.has("endpoint-trusted"));
    CHECK(visit.output.exitCode == 0);
}

TEST_CASE("doctor --endpoint knows the server's own folder, and an own certificate that it does not present yet") {
    const auto former = forgeCertificate();
    const auto renewed = forgeCertificate({.keyIndex = 1});
    Visit visit;
    {
        DirectoryStore store{visit.folder / "pkiserver"};
        REQUIRE(store.saveOwn({parsed(renewed)}, privateKeyOf(renewed.key)));
    }
    std::filesystem::create_directories(visit.folder / "pkiclient/trusted/certs");
    visit.go(FakeServer{dialogue(uaEndpointsBody({endpointOf(former)}))}, "pkiserver pkiclient --host localhost");
    CHECK(visit.ids() == "endpoint-own");
    visit.go(FakeServer{dialogue(uaEndpointsBody({endpointOf(renewed)}))}, "pkiserver pkiclient --host localhost");
    CHECK(visit.ids() == "");
}

TEST_CASE("doctor tells what it has found in the folders although an endpoint does not answer") {
    Visit visit;
    writeFile(visit.folder / "pkiserver/trusted/certs/junk.der", std::string_view{"junk"});
    visit.go(FakeServer{{uaError(0x80EE0000U, "busy")}}, "pkiserver");
    CHECK(visit.output.exitCode == 2);
    CHECK(visit.has("files"));
    CHECK(visit.json["servers"].at(0)["error"]["status"] == "BadServerTooBusy");
    CHECK(visit.output.complains("busy"));
    const auto wrong = toolCommand(visit.folder.path(), "doctor --endpoint plc-7");
    CHECK(wrong.exitCode == 2);
    CHECK(wrong.complains("no URL"));
}

TEST_CASE("doctor --save keeps what a server presents, once, and replaces nothing") {
    const auto certificate = forgeCertificate();
    const FakeServer server{dialogue(uaEndpointsBody({endpointOf(certificate), endpointOf(certificate)}))};
    Visit visit;
    visit.go(server, "--save new/plc.der");
    CHECK(visit.output.exitCode == 0);
    CHECK(readBytes(visit.folder / "new/plc.der") == certificate.der);
    CHECK(visit.json["saved"]["thumbprint"] == parsed(certificate).thumbprint().text());
    CHECK(visit.output.complains("compare its thumbprint"));
    std::filesystem::directory_iterator files{visit.folder / "new"};
    CHECK(std::distance(begin(files), end(files)) == 1);
    const auto told = toolCommand(visit.folder.path(), "doctor --at 2026-06-15 --timeout 20s --save again.der --endpoint " + server.url());
    CHECK(told.exitCode == 0);
    CHECK(told.says(parsed(certificate).thumbprint().text() + " saved as again.der"));

    writeFile(visit.folder / "mine.der", "mine");
    visit.go(server, "--save mine.der");
    CHECK(visit.output.exitCode == 2);
    CHECK(visit.json["error"]["status"] == "BadInvalidState");
    CHECK(visit.output.complains("is there already"));
    CHECK(readFile(visit.folder / "mine.der") == "mine");
    visit.go(server, "--save mine.der/plc.der");
    CHECK(visit.output.exitCode == 2);
    CHECK(visit.json["error"]["message"].get<std::string>().find("mine.der") != std::string::npos);
    CHECK(visit.json["servers"].size() == 1);  // what was seen is told all the same
}

TEST_CASE("doctor --save saves nothing when it is not clear what") {
    Visit visit;
    const auto refuses = [&](const Bytes& body, std::string_view why) {
        visit.go(FakeServer{dialogue(body)}, "--save plc.der");
        INFO(visit.output.err);
        return visit.output.exitCode == 2 && visit.output.complains(why) && visit.json.contains("error") &&
               !std::filesystem::exists(visit.folder / "plc.der");
    };
    CHECK(refuses(uaEndpointsBody({endpointOf(forgeCertificate()), endpointOf(forgeCertificate({.cn = "other"}))}),
                  "presents 2 certificates"));
    CHECK(refuses(uaEndpointsBody({UaEndpoint{}}), "presents no certificate"));
    CHECK(refuses(uaEndpointsBody({UaEndpoint{.certificate = Bytes{1, 2, 3}}}), "cannot be read"));
    const FakeServer silent{{}, FakeServer::Then::HangUp};
    visit.go(silent, "--save plc.der");
    CHECK(visit.output.exitCode == 2);
    CHECK_FALSE(std::filesystem::exists(visit.folder / "plc.der"));
    CHECK(toolCommand(visit.folder.path(), "doctor --save plc.der .").complains("--save"));
    CHECK(toolCommand(visit.folder.path(), "doctor --save plc.der --endpoint opc.tcp://a --endpoint opc.tcp://b").complains("--save"));
}
