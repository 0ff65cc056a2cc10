#include "support/catch.hpp"

#include <uatrust/store/directory_store.hpp>
#include <uatrust/store/import_plan.hpp>
#include <uatrust/store/memory_store.hpp>
#include <uatrust/x509/certificate_builder.hpp>

#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

PrivateKey newKey() { return OpenSslKeyPairGenerator{}.generate(KeyType::NistP256).value(); }

ApplicationSubject subjectOf(const std::string& name) {
    return {.subject = DistinguishedName::make({{"CN", name}, {"O", "Acme"}}).value(),
            .applicationUri = "urn:plc-7:acme:" + name,
            .hostNames = {"plc-7"}};
}

CertificateRequest requestFor(const PrivateKey& key, const std::string& name = "gateway") {
    return CertificateRequest::make(subjectOf(name), key).value();
}

PassphraseSource secret(std::string text) {
    return [text = std::move(text)]() -> Result<SecretBytes> { return SecretBytes{Bytes{text.begin(), text.end()}}; };
}

template <class Store>
void keepsARequestUntilItIsDropped(Store& store) {
    const auto key = newKey();
    const auto request = requestFor(key);
    REQUIRE(store.savePending(request, key));
    const auto own = store.loadOwn().value();
    CHECK(own.keys.empty());
    CHECK(own.chains.empty());
    REQUIRE(own.pending.requests.size() == 1);
    CHECK(own.pending.problems.empty());
    const auto* pending = own.pending.find(key.publicKey());
    REQUIRE(pending != nullptr);
    CHECK(equalBytes(pending->request.der(), request.der()));
    REQUIRE(pending->key);
    CHECK(pending->key->publicKey() == key.publicKey());
    CHECK(own.pending.find(newKey().publicKey()) == nullptr);

    // Asked again, for other names: the key goes on waiting.
    REQUIRE(store.savePending(requestFor(key, "other"), {}));
    const auto again = store.loadOwn().value().pending;
    REQUIRE(again.requests.size() == 1);
    CHECK(again.requests.front().request.subject().commonName() == "other");
    CHECK(again.requests.front().key);

    CHECK(store.savePending(request, newKey()).status() == StatusCode::BadInvalidArgument);
    REQUIRE(store.dropPending(key.publicKey()));
    CHECK(store.loadOwn().value().pending.requests.empty());
    CHECK(store.dropPending(key.publicKey()));
}

template <class Store>
void boundsThem(Store& store) {
    for (int i = 0; i < 16; ++i) {
        const auto key = newKey();
        REQUIRE(store.savePending(requestFor(key), key));
    }
    const auto key = newKey();
    CHECK(store.savePending(requestFor(key), key).status() == StatusCode::BadInvalidState);
    CHECK(store.loadOwn().value().pending.requests.size() == 16);
}

}  // namespace

TEST_CASE("a request waits with its new key, apart from the own keys, until it is dropped") {
    const TempFolder folder;
    DirectoryStore directory{folder / "pki"};
    keepsARequestUntilItIsDropped(directory);
    MemoryStore memory;
    keepsARequestUntilItIsDropped(memory);
}

TEST_CASE("only so many requests wait at once") {
    const TempFolder folder;
    DirectoryStore directory{folder / "pki"};
    boundsThem(directory);
    MemoryStore memory;
    boundsThem(memory);
}

TEST_CASE("a waiting key is for its owner only, and encrypted where the own key is") {
    namespace fs = std::filesystem;
    const TempFolder folder;
    const auto key = newKey();
    {
        DirectoryStore store{folder / "pki", {.keyPassphrase = secret("open sesame")}};
        REQUIRE(store.savePending(requestFor(key), key));
        CHECK(store.loadOwn().value().pending.requests.at(0).key);
    }
    const auto requests = folder / "pki/.uatrust/requests";
    const auto file = fs::directory_iterator { requests } -> path();
    CHECK(readFile(file).find("BEGIN ENCRYPTED PRIVATE KEY") != std::string::npos);
#ifndef _WIN32
    CHECK((fs::status(requests).permissions() & fs::perms::all) == fs::perms::owner_all);
    CHECK((fs::status(file).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
#endif
    DirectoryStore closed{folder / "pki"};
    const auto pending = closed.loadOwn().value().pending;
    REQUIRE(pending.requests.size() == 1);
    CHECK_FALSE(pending.requests.front().key);
    REQUIRE(pending.problems.size() == 1);
    CHECK_FALSE(pending.problems.front().remedy.empty());
}

TEST_CASE("what is no request where requests wait is told and disables nothing") {
    const TempFolder folder;
    DirectoryStore store{folder / "pki"};
    const auto key = newKey();
    REQUIRE(store.savePending(requestFor(key), key));
    writeFile(folder / "pki/.uatrust/requests/broken.pem", std::string_view{"nonsense"});
    const auto pending = store.loadOwn().value().pending;
    CHECK(pending.requests.size() == 1);
    REQUIRE(pending.problems.size() == 1);
    CHECK(pending.problems.front().source.find("broken.pem") != std::string::npos);
}

TEST_CASE("a store that is open for reading keeps no request") {
    const TempFolder folder;
    DirectoryStore store{folder / "pki", {.readOnly = true}};
    const auto key = newKey();
    CHECK(store.savePending(requestFor(key), key).status() == StatusCode::BadNotWritable);
    CHECK_FALSE(std::filesystem::exists(folder / "pki"));
}

TEST_CASE("the certificate for a waiting request becomes the own one, is compared with it, and its key an own key") {
    const TempFolder folder;
    DirectoryStore store{folder / "pki"};
    TrustListManager manager{store};
    const auto key = newKey();
    REQUIRE(store.savePending(requestFor(key), key));
    auto other = subjectOf("gateway");
    other.hostNames = {"plc-8"};
    const auto wrong = CertificateBuilder{other}.selfSigned(key).value();
    const auto right = CertificateBuilder{subjectOf("gateway")}.selfSigned(key).value();
    const auto planned = [&](const Certificate& certificate) {
        Bundle bundle;
        bundle.certificates.push_back({certificate, "certificate 1"});
        const auto lists = store.snapshot();
        const auto own = store.loadOwn().value();
        return planImport(bundle, {.lists = *lists, .own = own, .now = systemClock().now()});
    };
    const auto refused = planned(wrong);
    REQUIRE(refused.items.size() == 1);
    CHECK(refused.items[0].target == ImportTarget::Refused);
    REQUIRE_FALSE(refused.items[0].departures.empty());
    CHECK(refused.items[0].departures[0].text.find("plc-7") != std::string::npos);

    const auto plan = planned(right);
    REQUIRE(plan.items[0].target == ImportTarget::Own);
    REQUIRE(carryOut(plan, manager, store, "from-the-ca.pem", "Ada"));
    const auto own = store.loadOwn().value();
    CHECK(own.pending.requests.empty());
    REQUIRE(own.keys.size() == 1);
    CHECK(own.keys[0].key.publicKey() == key.publicKey());
    CHECK(own.chains.at(0).chain.at(0) == right);
}
