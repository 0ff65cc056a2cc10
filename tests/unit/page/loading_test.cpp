#include <future>

#include <sys/stat.h>

#include "support/catch.hpp"
#include "unit/page/served.hpp"

using namespace uatrust;
using namespace uatrust::test;

// What is served before the first look at the folders is done.
namespace {

/// Slow is a folder whose own key is encrypted, with a passphrase that comes when the test says so: until then nobody can look at it.
struct Slow {
    Pki pki{};

    Slow() {
        pki.trust(forgeCertificate({.cn = "plc", .keyName = "p256"}));
        pki.file("secret", std::string{"correct horse\n"});
        REQUIRE(
            toolCommand(pki.folder.path(), "init --pki pki --name gateway --key-type p256 --key-passphrase-file secret --yes").exitCode ==
            0);
        REQUIRE(::mkfifo((pki.folder / "later").c_str(), 0600) == 0);
    }
    [[nodiscard]] Served serve() const { return Served{pki.folder.path(), {"--pki", "pki", "--key-passphrase-file", "later"}}; }
    void letLook() const { writeFile(pki.folder / "later", "correct horse\n"); }
};

}  // namespace

TEST_CASE("The address is there before the folders have been read, and the page waits for them") {
    const Slow slow;
    auto served = slow.serve();
    served.enter();
    CHECK(served.get("/").status == 200);
    CHECK(served.get("/assets/app.js").status == 200);
    const auto early = served.json("/api/groups")["groups"].at(0);
    CHECK(early["name"] == "pki");
    CHECK(early["generation"] == "");

    auto entries = std::async(std::launch::async, [&] { return served.get("/api/groups/pki/entries"); });
    CHECK(entries.wait_for(std::chrono::milliseconds{300}) == std::future_status::timeout);
    slow.letLook();
    const auto told = entries.get();
    CHECK(told.status == 200);
    CHECK(told.json["entries"].size() == 2);
    CHECK(told.json["problems"].empty());
    const auto late = served.json("/api/groups")["groups"].at(0);
    CHECK(late["generation"] == told.json["generation"]);
    CHECK(late["counts"]["trusted"] == 1);
    CHECK(late["counts"]["own"] == 1);
}

TEST_CASE("Who waits for a folder is let go when the program ends, and not told that it is empty") {
    const Slow slow;
    auto served = slow.serve();
    served.enter();
    auto status = std::async(std::launch::async, [&] {
        const auto answer = served.client().Get("/api/groups/pki/entries", served.headers());
        return answer ? answer->status : 0;
    });
    CHECK(status.wait_for(std::chrono::milliseconds{300}) == std::future_status::timeout);
    served.process().signal(SIGTERM);
    REQUIRE(status.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
    CHECK(status.get() != 200);
    slow.letLook();
    CHECK(served.process().exitCode() == 0);
}

TEST_CASE("A page that has lost patience hears of the first look, which is no news of each certificate") {
    const Slow slow;
    auto served = slow.serve();
    served.enter();
    auto client = served.client();
    std::string heard;
    std::promise<void> listening;
    auto stream = std::async(std::launch::async, [&] {
        bool begun = false;
        return client.Get("/api/events", served.headers(), [&](const char* octets, std::size_t size) {
            heard.append(octets, size);
            if (!std::exchange(begun, true)) listening.set_value();
            return heard.find("event: changed") == std::string::npos || !heard.ends_with("\n\n");
        });
    });
    REQUIRE(listening.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready);
    slow.letLook();
    (void)stream.get();
    CHECK(heard.find("\"group\":\"pki\"") != std::string::npos);
    CHECK(heard.find("\"changes\":[]") != std::string::npos);
    CHECK(heard.find("\"kind\"") == std::string::npos);
}
