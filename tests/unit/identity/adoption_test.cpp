#include <uatrust/identity/application_identity.hpp>

#include <uatrust/store/directory_store.hpp>
#include <uatrust/store/memory_store.hpp>
#include <uatrust/x509/certificate_request.hpp>

#include "fixture.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

std::size_t filesIn(const std::filesystem::path& folder) {
    std::size_t count = 0;
    if (!std::filesystem::exists(folder)) return 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder}) ++count;
    return count;
}

// What an operator does: has a request signed by the plant's CA.
ForgedCert issuedFor(const ApplicationIdentity& identity, const ForgedCert& ca) {
    const ApplicationSubject subject{.subject = identity.certificate().subject(),
                                     .applicationUri = identity.applicationUri(),
                                     .hostNames = identity.certificate().dnsNames()};
    const auto request = CertificateRequest::make(subject, identity.key()).value();
    return forgeFromRequest(ca, request.der());
}

}  // namespace

TEST_CASE("A certificate that a CA has issued for the own key becomes the own one, and the former is kept") {
    const TempFolder folder;
    const Fixture fixture;
    DirectoryStore store{folder.path()};
    const auto first = ApplicationIdentity::loadOrCreate(store, fixture.options()).value();
    const auto key = readBytes(folder / "own/private/application.pem");
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto issued = issuedFor(first, line);

    const auto adopted = ApplicationIdentity::adopt(store, fixture.options(), chainOf({issued, root, line}));
    REQUIRE(adopted.ok());
    CHECK(adopted->certificate() == certificateOf(issued));
    CHECK(adopted->chainBlob() == joinDer({issued, line, root}));
    CHECK(adopted->key().publicKey() == first.key().publicKey());
    CHECK(adopted->notices().empty());
    CHECK(readBytes(folder / "own/private/application.pem") == key);
    CHECK(readBytes(folder / "own/certs/application.der") == joinDer({issued, line, root}));
    CHECK(filesIn(folder / "own/replaced") == 1);

    DirectoryStore later{folder.path()};
    CHECK(ApplicationIdentity::loadOrCreate(later, fixture.options())->certificate() == certificateOf(issued));
}

TEST_CASE("A certificate with a key that is supplied with it becomes the own one, and the former pair stays") {
    const TempFolder folder;
    const Fixture fixture;
    DirectoryStore store{folder.path()};
    const auto first = ApplicationIdentity::loadOrCreate(store, fixture.options()).value();
    const auto former = readBytes(folder / "own/private/application.pem");
    const auto root = forgeRoot();
    const auto issued = forgeLeaf(root, {.keyIndex = 3});

    const auto key = PrivateKey::read(asBytes(issued.key.pem()));
    const auto adopted = ApplicationIdentity::adopt(store, fixture.options(), chainOf({issued, root}), *key);
    REQUIRE(adopted.ok());
    CHECK(adopted->certificate() == certificateOf(issued));
    CHECK(adopted->key().publicKey() == key->publicKey());
    CHECK(readBytes(folder / "own/private/application.pem") == former);
    CHECK(filesIn(folder / "own/private") == 2);
    CHECK(filesIn(folder / "own/replaced") == 1);

    DirectoryStore later{folder.path()};
    CHECK(ApplicationIdentity::load(later, fixture.options())->certificate() == certificateOf(issued));
}

TEST_CASE("Backups of former certificates pile up and are never overwritten") {
    const TempFolder folder;
    const Fixture fixture;
    DirectoryStore store{folder.path()};
    const auto first = ApplicationIdentity::loadOrCreate(store, fixture.options()).value();
    const auto root = forgeRoot();
    const auto one = issuedFor(first, root);
    const auto two = issuedFor(first, root);
    for (const auto& issued : {one, two, one}) REQUIRE(ApplicationIdentity::adopt(store, fixture.options(), chainOf({issued, root})).ok());
    CHECK(filesIn(folder / "own/replaced") == 3);
    CHECK(ApplicationIdentity::load(store, fixture.options())->certificate() == certificateOf(one));
}

TEST_CASE("A pair is adopted where there was none") {
    const Fixture fixture;
    MemoryStore store;
    const auto forged = forgeCertificate();
    const auto adopted = ApplicationIdentity::adopt(store, fixture.options(), chainOf({forged}), keyOf(forged));
    REQUIRE(adopted.ok());
    CHECK(adopted->certificate() == certificateOf(forged));
}

TEST_CASE("The own certificate is found by its key in whatever order the chain is given") {
    const Fixture fixture;
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto issued = forgeLeaf(line);
    const auto stranger = forgeCertificate({.cn = "stranger", .keyIndex = 4});
    for (const auto& order :
         {std::vector{issued, line, root}, std::vector{root, line, issued}, std::vector{line, issued, issued, root, line}}) {
        FakeIdentityStore store;
        store.layKey(issued, "key.pem");
        const auto adopted = ApplicationIdentity::adopt(store, fixture.options(), chainOf(order));
        REQUIRE(adopted.ok());
        CHECK(adopted->chainBlob() == joinDer({issued, line, root}));
    }
    MemoryStore store;
    const auto adopted = ApplicationIdentity::adopt(store, fixture.options(), chainOf({stranger, root, issued, line}), keyOf(issued));
    REQUIRE(adopted.ok());
    CHECK(adopted->chainBlob() == joinDer({issued, line, root, stranger}));
}

TEST_CASE("A certificate for a key that is not there is refused and nothing changes") {
    const Fixture fixture;
    const auto own = forgeCertificate();
    const auto other = forgeCertificate({.cn = "other", .keyIndex = 3});
    FakeIdentityStore store;
    store.layPair(own, "application", true);
    const auto byStore = ApplicationIdentity::adopt(store, fixture.options(), chainOf({other}));
    const auto bySupplied = ApplicationIdentity::adopt(store, fixture.options(), chainOf({other}), keyOf(own));
    for (const auto& refused : {byStore, bySupplied}) {
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.status() == StatusCode::BadInvalidArgument);
        CHECK(contains(refused.error().message, "CN=other"));
        CHECK_FALSE(refused.error().remedy.empty());
    }
    CHECK(ApplicationIdentity::adopt(store, fixture.options(), {}).status() == StatusCode::BadInvalidArgument);
    CHECK(store.saves == 0);
    CHECK(ApplicationIdentity::load(store, fixture.options())->certificate() == certificateOf(own));
}

TEST_CASE("A certificate that this application cannot own is refused and nothing changes") {
    struct Row {
        const char* what;
        CertSpec spec;
        StatusCode status;
    };
    const Fixture fixture;
    for (const auto& row :
         {Row{"a CA", {.ca = true}, StatusCode::BadCertificateInvalid}, Row{"no URI", {.uris = {}}, StatusCode::BadCertificateInvalid},
          Row{"another URI", {.uris = {"urn:test:other"}}, StatusCode::BadCertificateUriInvalid}}) {
        CAPTURE(row.what);
        FakeIdentityStore store;
        const auto forged = forgeCertificate(row.spec);
        const auto refused = ApplicationIdentity::adopt(store, fixture.options(), chainOf({forged}), keyOf(forged));
        CHECK(refused.status() == row.status);
        CHECK(store.saves == 0);
    }
}

TEST_CASE("An expired certificate may be adopted and is remarked on") {
    const Fixture fixture;
    MemoryStore store;
    const auto forged = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    const auto adopted = ApplicationIdentity::adopt(store, fixture.options(), chainOf({forged}), keyOf(forged));
    REQUIRE(adopted.ok());
    CHECK(kindsOf(*adopted) == std::vector{IdentityNoticeKind::Expired});
}

TEST_CASE("A store that fails while a certificate is adopted is quoted") {
    const Fixture fixture;
    const auto forged = forgeCertificate();
    FakeIdentityStore readOnly;
    readOnly.saveError = Error{StatusCode::BadNotWritable, "The vault is read-only", "ask for the right to write"};
    CHECK(ApplicationIdentity::adopt(readOnly, fixture.options(), chainOf({forged}), keyOf(forged)).status() == StatusCode::BadNotWritable);
    FakeIdentityStore unreadable;
    unreadable.loadError = Error{StatusCode::BadNotReadable, "The vault is sealed", "unseal it"};
    CHECK(ApplicationIdentity::adopt(unreadable, fixture.options(), chainOf({forged})).status() == StatusCode::BadNotReadable);
}

TEST_CASE("A store that saves and goes on with another certificate is an error that names both") {
    const Fixture fixture;
    const auto stubborn = forgeCertificate({.cn = "stubborn", .keyIndex = 3});
    const auto forged = forgeCertificate({.cn = "adopted"});
    FakeIdentityStore store;
    store.afterSave = [&](FakeIdentityStore& s) {
        s.material = {};
        s.layPair(stubborn, "stubborn", true);
    };
    const auto adopted = ApplicationIdentity::adopt(store, fixture.options(), chainOf({forged}), keyOf(forged));
    REQUIRE_FALSE(adopted.ok());
    CHECK(adopted.status() == StatusCode::BadConfigurationError);
    CHECK(contains(adopted.error().message, "CN=adopted"));
    CHECK(contains(adopted.error().message, "CN=stubborn"));
}

TEST_CASE("An unreadable key is named when no key fits") {
    const Fixture fixture;
    FakeIdentityStore store;
    store.material.problems.push_back({"fake/locked.pem", "The key is encrypted.", "Configure the passphrase."});
    const auto refused = ApplicationIdentity::adopt(store, fixture.options(), chainOf({forgeCertificate()}));
    REQUIRE_FALSE(refused.ok());
    CHECK(contains(refused.error().message, "fake/locked.pem"));
}
