#include <uatrust/identity/application_identity.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

#include <uatrust/store/directory_store.hpp>

#include "fixture.hpp"
#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::test;

TEST_CASE("Many that start at once for the first time end with one pair", "[threads]") {
    const TempFolder folder;
    const FixedClock clock{kForgeNow};
    const IdentityOptions options{.applicationName = "Gateway",
                                  .applicationUri = "urn:test:gateway",
                                  .keyType = KeyType::NistP256,
                                  .hostNames = HostNames{.dnsNames = {"localhost"}},
                                  .clock = &clock};
    constexpr std::size_t count = 6;
    std::vector<std::optional<Result<ApplicationIdentity>>> results(count);
    std::vector<std::thread> threads;
    for (auto& result : results) {
        threads.emplace_back([&] {
            DirectoryStore store{folder.path()};
            result = ApplicationIdentity::loadOrCreate(store, options);
        });
    }
    for (auto& thread : threads) thread.join();

    DirectoryStore store{folder.path()};
    const auto kept = ApplicationIdentity::load(store, options);
    REQUIRE(kept.ok());
    for (const auto& result : results) {
        REQUIRE(result->ok());
        CHECK((*result)->certificate() == kept->certificate());
        CHECK((*result)->key().publicKey() == kept->key().publicKey());
    }
    CHECK(kept->notices().empty());
}

TEST_CASE("A key pair is generated in a thread of the application's choice", "[threads]") {
    FixedClock clock{kForgeNow};
    FakeIdentityStore store;
    std::optional<Result<ApplicationIdentity>> made;
    std::thread worker{[&] {
        made = ApplicationIdentity::loadOrCreate(store, {.applicationName = "Gateway",
                                                         .applicationUri = "urn:test:gateway",
                                                         .hostNames = HostNames{.dnsNames = {"localhost"}},
                                                         .clock = &clock});
    }};
    worker.join();
    REQUIRE(made->ok());
    CHECK((*made)->key().publicKey().bits() == 2048);
    CHECK(store.saves == 1);
}

TEST_CASE("Who saves and finds the pair of a faster process goes on with that") {
    const Fixture fixture;
    const auto theirs = forgeCertificate({.cn = "theirs", .keyIndex = 3});
    FakeIdentityStore store;
    // The other process has saved between our look and our saving, or the other way round: its pair is the one that stays.
    store.afterSave = [&](FakeIdentityStore& s) {
        for (auto& former : s.material.chains) former.preferred = false;
        s.layPair(theirs, "theirs", true);
    };
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificate() == certificateOf(theirs));
    CHECK(findNotice(*identity, IdentityNoticeKind::Created) == nullptr);
}

TEST_CASE("Who finds a pair while its own is being generated saves none") {
    const Fixture fixture;
    const auto theirs = forgeCertificate({.cn = "theirs", .keyIndex = 3});
    FakeIdentityStore store;
    store.beforeLoad = [&](FakeIdentityStore& s) {
        if (s.loads == 2) s.layPair(theirs, "theirs", true);
    };
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificate() == certificateOf(theirs));
    CHECK(store.saves == 0);
}

TEST_CASE("A key whose certificate is just being written is waited for") {
    const Fixture fixture;
    const auto theirs = forgeCertificate();
    FakeIdentityStore store;
    store.layKey(theirs, "theirs.pem");
    store.beforeLoad = [&](FakeIdentityStore& s) {
        if (s.loads == 3) s.lay({theirs}, "theirs.der", true);
    };
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificate() == certificateOf(theirs));
    CHECK(store.saves == 0);
}

TEST_CASE("Who cannot save because another process is just saving goes on with the pair of that one") {
    const Fixture fixture;
    const auto theirs = forgeCertificate({.cn = "theirs", .keyIndex = 3});
    FakeIdentityStore store;
    store.saveError = Error{StatusCode::BadResourceUnavailable, "The folder is locked", "try again"};
    store.beforeLoad = [&](FakeIdentityStore& s) {
        if (s.loads == 3) s.layPair(theirs, "theirs", true);
    };
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE(identity.ok());
    CHECK(identity->certificate() == certificateOf(theirs));
}

TEST_CASE("A store that forgets what was saved is an error") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.afterSave = [](FakeIdentityStore& s) { s.material = {}; };
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    REQUIRE_FALSE(identity.ok());
    CHECK(identity.status() == StatusCode::BadNotFound);
}

TEST_CASE("A first start does not depend on the working directory") {
    const TempFolder folder;
    const Fixture fixture;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    DirectoryStore store{"pki"};
    std::filesystem::create_directory("elsewhere");
    std::filesystem::current_path(folder / "elsewhere");
    const auto identity = ApplicationIdentity::loadOrCreate(store, fixture.options());
    std::filesystem::current_path(before);
    REQUIRE(identity.ok());
    CHECK(std::filesystem::exists(folder / "pki/own/certs/application.der"));
    CHECK(std::filesystem::is_empty(folder / "elsewhere"));
}

TEST_CASE("A trust list that cannot be made does not keep the own pair from being made") {
    const TempFolder folder;
    const Fixture fixture;
    writeFile(folder / "trusted", "a file");
    DirectoryStore store{folder.path()};
    CHECK(ApplicationIdentity::loadOrCreate(store, fixture.options()).ok());
    CHECK_FALSE(store.snapshot()->problems().empty());
}

TEST_CASE("While a first start decides, no certificate is adopted that it would replace", "[threads]") {
    const Fixture fixture;
    const auto forged = forgeCertificate({.cn = "adopted", .keyIndex = 3});
    FakeIdentityStore store;
    FakeIdentityStore other;
    std::future<Result<ApplicationIdentity>> adopted;
    bool waited = false;
    store.beforeLoad = [&](FakeIdentityStore& s) {
        if (s.loads != 2) return;  // the look that decides
        adopted = std::async(std::launch::async,
                             [&] { return ApplicationIdentity::adopt(other, fixture.options(), chainOf({forged}), keyOf(forged)); });
        waited = adopted.wait_for(std::chrono::milliseconds{200}) == std::future_status::timeout;
    };
    REQUIRE(ApplicationIdentity::loadOrCreate(store, fixture.options()).ok());
    CHECK(waited);
    CHECK(adopted.get().ok());
}

namespace {

// As a first start leaves a folder whose process dies between the key and the certificate.
struct Interrupted {
    Interrupted() {
        DirectoryStore store{folder.path()};
        made = valueOf(ApplicationIdentity::loadOrCreate(store, fixture.options())).certificate();
        std::filesystem::rename(certs / "application.der", certs / ".application.der.first");
    }
    [[nodiscard]] Result<ApplicationIdentity> start() const {
        DirectoryStore store{folder.path()};
        return ApplicationIdentity::loadOrCreate(store, fixture.options());
    }

    Fixture fixture{};
    TempFolder folder{};
    std::filesystem::path certs = folder / "own/certs";
    std::optional<Certificate> made{};
};

}  // namespace

TEST_CASE("A first start that ended between the key and its certificate is completed by the next one") {
    const Interrupted first;
    {
        DirectoryStore store{first.folder.path()};
        CHECK(ApplicationIdentity::load(store, first.fixture.options()).status() == StatusCode::BadConfigurationError);
    }
    const auto identity = first.start();
    REQUIRE(identity.ok());
    CHECK(identity->certificate() == *first.made);
    CHECK(findNotice(*identity, IdentityNoticeKind::Created) != nullptr);
    CHECK(std::filesystem::exists(first.certs / "application.der"));
    CHECK_FALSE(std::filesystem::exists(first.certs / ".application.der.first"));
    const auto again = first.start();
    REQUIRE(again.ok());
    CHECK(again->certificate() == *first.made);
    CHECK(again->notices().empty());
}

TEST_CASE("A key without a certificate is left to the operator when it is not certain that a first start has left it") {
    const Interrupted first;
    const auto prepared = first.certs / ".application.der.first";
    SECTION("nothing was prepared") { std::filesystem::remove(prepared); }
    SECTION("what was prepared is cut off") { writeFile(prepared, readFile(prepared).substr(0, 200)); }
    SECTION("it is for another key") { writeFile(prepared, certificateOf(forgeCertificate({.keyIndex = 3})).der()); }
    SECTION("it has another name") { std::filesystem::rename(prepared, first.certs / ".other.der.first"); }
    SECTION("there is something that cannot be read") { writeFile(first.certs / "unknown.der", "who knows"); }
    const auto refused = first.start();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status() == StatusCode::BadConfigurationError);
    CHECK(refused.error().remedy.find("move the key away") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(first.certs / "application.der"));
    CHECK(std::filesystem::exists(first.folder / "own/private/application.pem"));
}

TEST_CASE("What a first start has prepared is of no account once there is a certificate, or no key") {
    const Interrupted first;
    SECTION("a CA's certificate was put there for the key") {
        writeFile(first.certs / "from-the-ca.der", first.made->der());
        const auto identity = first.start();
        REQUIRE(identity.ok());
        CHECK(identity->certificateSource().ends_with("from-the-ca.der"));
    }
    SECTION("the key was moved away") {
        std::filesystem::remove(first.folder / "own/private/application.pem");
        const auto identity = first.start();
        REQUIRE(identity.ok());
        CHECK_FALSE(identity->certificate() == *first.made);
        CHECK_FALSE(std::filesystem::exists(first.certs / ".application.der.first"));
    }
}
