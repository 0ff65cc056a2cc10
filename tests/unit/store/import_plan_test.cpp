#include <uatrust/store/import_plan.hpp>

#include <uatrust/store/memory_store.hpp>
#include <uatrust/x509/pem.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

// What a CA or an administrator hands over, sorted before anything happens.
namespace {

using Target = ImportTarget;

/// A store, a bundle that comes from somewhere, and the plan for it.
struct Desk {
    MemoryStore store{};
    FixedClock clock{kForgeNow};
    TrustListManager manager{store, {.clock = &clock}};
    std::string text{};  // PEM, as people send it
    std::optional<CertificateRequest> request{};
    ImportOptions options{};

    Desk& add(const Certificate& certificate) { return add("CERTIFICATE", certificate.der()); }
    Desk& add(const ForgedCert& certificate) { return add("CERTIFICATE", certificate.der); }
    Desk& add(const Crl& crl) { return add("X509 CRL", crl.der()); }
    Desk& add(const ForgeKey& key) {
        text += key.pem();
        return *this;
    }
    Desk& add(std::string_view label, ByteView der) {
        text += encodePem(label, der);
        return *this;
    }
    [[nodiscard]] ImportPlan plan() {
        const auto own = valueOf(store.loadOwn());
        const auto lists = store.snapshot();
        return planImport(valueOf(readBundle(asBytes(text))),
                          {.lists = *lists, .own = own, .now = clock.now(), .request = request ? &*request : nullptr}, options);
    }
    [[nodiscard]] ImportItem item() {
        auto items = plan().items;
        REQUIRE(items.size() == 1);
        return items.front();
    }
    [[nodiscard]] Result<ChangeRecord> carry() { return carryOut(plan(), manager, store, "mail of Ada", "Bob"); }
};

std::vector<std::string> targets(const ImportPlan& plan) {
    std::vector<std::string> names;
    for (const auto& each : plan.items) names.emplace_back(importTargetName(each.target));
    return names;
}

std::string departuresOf(const ImportItem& item) {
    std::string text;
    for (const auto& each : item.departures) {
        if (each.severity == DepartureSeverity::Refused) text += each.text + '\n';
    }
    return text;
}

/// An application that has asked a CA for a certificate.
struct Applicant {
    ForgeKey key = forgeKey("p256", 5);
    ApplicationSubject subject{.subject = valueOf(DistinguishedName::parse("CN=Gateway/O=Acme")),
                               .applicationUri = "urn:host:acme:gateway",
                               .hostNames = {"gateway.example", "10.0.0.7"}};
    CertificateRequest request = valueOf(CertificateRequest::make(subject, privateKeyOf(key)));
    ForgedCert root = authority("Plant CA");
    ForgedCert line = forgeIntermediate(root, "Line CA", {.keyName = "p256", .keyIndex = 2});

    void present(Desk& desk) const {
        const auto self = parsed(forgeCertificate({.cn = "Gateway", .keyPair = key, .uris = {"urn:host:acme:gateway"}}));
        REQUIRE(desk.store.saveOwn({self}, privateKeyOf(key)));
        desk.request = request;
    }
    [[nodiscard]] ForgedCert issued(CertSpec spec = {}) const { return forgeFromRequest(line, request.der(), std::move(spec)); }
};

}  // namespace

TEST_CASE("A bundle is sorted by what is in it, and nothing happens before it is carried out") {
    const auto root = authority("Plant CA");
    Desk desk;
    desk.options.trustApplications = true;
    desk.add(device("plc")).add(root).add(crlOf(root)).add("CERTIFICATE REQUEST", Applicant{}.request.der()).add(forgeKey("p256", 4));
    desk.text += "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const auto plan = desk.plan();
    CHECK(targets(plan) == std::vector<std::string>{"trusted", "issuers", "issuers-crls", "nothing", "refused", "refused"});
    for (const auto& each : plan.items) {
        CHECK_FALSE(each.from.empty());
        CHECK_FALSE(each.what.empty());
        CHECK_FALSE(each.why.empty());
    }
    CHECK(desk.store.snapshot()->generation() == MemoryStore{}.snapshot()->generation());

    REQUIRE(carryOut(plan, desk.manager, desk.store, "mail of Ada", "Bob"));
    CHECK(holds(desk.store, StoreList::Trusted, device("plc")));
    CHECK(holds(desk.store, StoreList::Issuers, parsed(root)));
    CHECK(desk.store.snapshot()->crls(StoreList::Issuers).size() == 1);
    const auto history = desk.manager.history().records;
    REQUIRE(history.size() == 1);
    CHECK(history.front().action == TrustAction::Import);
    CHECK(history.front().what == "mail of Ada");
    // Once more there is nothing to do.
    CHECK_FALSE(desk.plan().changesAnything());
    CHECK(desk.carry().status() == StatusCode::BadNothingToDo);
    REQUIRE(desk.manager.undo("Bob"));
    CHECK(desk.store.snapshot()->certificates(StoreList::Trusted).empty());
    CHECK(desk.store.snapshot()->certificates(StoreList::Issuers).empty());
    CHECK(desk.store.snapshot()->crls(StoreList::Issuers).empty());
}

TEST_CASE("Applications are trusted only when that is asked for, CAs likewise") {
    const auto root = authority("Plant CA");
    Desk desk;
    desk.add(device("plc")).add(root).add(crlOf(root));
    CHECK(targets(desk.plan()) == std::vector<std::string>{"refused", "issuers", "issuers-crls"});
    CHECK(contains(desk.plan().items[0].why, "asked for"));
    desk.options.trustCas = true;
    CHECK(targets(desk.plan()) == std::vector<std::string>{"refused", "trusted", "trusted-crls"});
}

TEST_CASE("What lies in another list is moved, what is in its place stays, what is blocked stays blocked") {
    const auto root = authority("Plant CA");
    Desk desk;
    desk.options.trustApplications = true;
    REQUIRE(desk.store.addCertificate(StoreList::Rejected, device("plc")));
    REQUIRE(desk.store.addCertificate(StoreList::Rejected, parsed(root)));
    desk.add(device("plc")).add(root);
    REQUIRE(desk.carry());
    CHECK(desk.store.snapshot()->certificates(StoreList::Rejected).empty());
    CHECK(targets(desk.plan()) == std::vector<std::string>{"nothing", "nothing"});
    desk.options.trustCas = true;
    CHECK(targets(desk.plan()) == std::vector<std::string>{"nothing", "trusted"});
    REQUIRE(desk.carry());
    CHECK(holds(desk.store, StoreList::Trusted, parsed(root)));
    CHECK_FALSE(holds(desk.store, StoreList::Issuers, parsed(root)));
    for (const auto& each : {device("plc"), parsed(root)}) {
        REQUIRE(desk.manager.block(each.id(), "Ada"));
    }
    const auto plan = desk.plan();
    CHECK(targets(plan) == std::vector<std::string>{"refused", "refused"});
    CHECK(contains(plan.items[0].why, "blocked"));
}

TEST_CASE("A CRL goes beside its CA, and is left out when its CA is unknown, a newer one is there or it is a part of one") {
    const auto root = authority("Plant CA");
    const auto other = forgeRoot("Plant CA", {.keyName = "p256", .keyIndex = 3});  // the same name, another key
    Desk desk;
    desk.add(crlOf(root));
    CHECK(desk.item().target == Target::Refused);
    REQUIRE(desk.store.addCertificate(StoreList::Issuers, parsed(other)));
    CHECK(desk.item().target == Target::Refused);
    REQUIRE(desk.store.addCertificate(StoreList::Trusted, parsed(root)));
    CHECK(desk.item().target == Target::TrustedCrls);
    REQUIRE(desk.store.addCrl(StoreList::Trusted, crlOf(root)));
    CHECK(desk.item().target == Target::Nothing);

    Desk older;
    REQUIRE(older.store.addCertificate(StoreList::Issuers, parsed(root)));
    REQUIRE(older.store.addCrl(StoreList::Issuers, crlOf(root)));
    older.add(parsedCrl(forgeCrl({.issuer = &root, .thisUpdate = crlOf(root).thisUpdate() - std::chrono::hours{24}, .number = 0})));
    CHECK(older.item().target == Target::Nothing);
    CHECK(contains(older.item().why, "newer"));

    Desk outdated;
    REQUIRE(outdated.store.addCertificate(StoreList::Issuers, parsed(root)));
    outdated.add(parsedCrl(forgeCrl({.issuer = &root, .nextUpdate = kForgeNow - std::chrono::hours{1}})));
    CHECK(outdated.item().target == Target::IssuerCrls);
    CHECK(contains(outdated.item().why, "outdated"));
}

TEST_CASE("A certificate that was issued for the request becomes the own one, with the CAs above it") {
    const Applicant applicant;
    Desk desk;
    applicant.present(desk);
    const auto issued = applicant.issued();
    desk.add(issued).add(applicant.line).add(applicant.root).add(crlOf(applicant.line));
    const auto plan = desk.plan();
    CHECK(targets(plan) == std::vector<std::string>{"own", "issuers", "issuers", "issuers-crls"});
    CHECK(departuresOf(plan.items[0]) == "");
    CHECK(plan.items[0].chain == std::vector{parsed(issued), parsed(applicant.line), parsed(applicant.root)});
    REQUIRE(desk.carry());
    const auto own = valueOf(desk.store.loadOwn());
    REQUIRE(own.chains.size() == 2);
    CHECK(own.chains.front().chain.front() == parsed(issued));
    CHECK(own.chains.front().preferred);
    CHECK(contains(desk.manager.history().records.back().what, "own certificate CN=Gateway"));
    CHECK(targets(desk.plan()) == std::vector<std::string>{"nothing", "nothing", "nothing", "nothing"});
}

TEST_CASE("An own certificate alone has its line in the history as well") {
    const Applicant applicant;
    Desk desk;
    applicant.present(desk);
    desk.add(applicant.issued());
    REQUIRE(desk.carry());
    REQUIRE(desk.manager.history().records.size() == 1);
    CHECK(contains(desk.manager.history().records.front().what, "own certificate"));
}

TEST_CASE("What a CA has changed against the request is named, and not taken unless that is wanted") {
    const Applicant applicant;
    Desk desk;
    applicant.present(desk);
    desk.add(forgeCertificate({.cn = "Somebody",
                               .issuer = &applicant.line,
                               .keyPair = applicant.key,
                               .notAfter = kForgeNow - std::chrono::hours{1},
                               .uris = {"urn:other"},
                               .dns = {"gateway.example", "more.example"},
                               .eku = std::vector<std::string>{std::string{kServerAuth}}}));
    const auto item = desk.item();
    CHECK(item.target == Target::Refused);
    CHECK_FALSE(item.key);
    const auto text = departuresOf(item);
    CHECK(contains(text, "its subject is \"CN=Somebody"));
    CHECK(contains(text, "the URI \"urn:host:acme:gateway\" of the request is missing"));
    CHECK(contains(text, "the address 10.0.0.7 of the request is missing"));
    CHECK(contains(text, "extendedKeyUsage lacks"));
    CHECK(contains(text, "it expired at"));
    CHECK_FALSE(contains(text, "gateway.example"));
    const auto hasMore = std::any_of(item.departures.begin(), item.departures.end(), [](const Departure& each) {
        return each.severity == DepartureSeverity::Discouraged && contains(each.text, "more.example");
    });
    CHECK(hasMore);
    desk.options.takeDepartures = true;
    CHECK(desk.item().target == Target::Own);
    CHECK(contains(desk.item().why, "in spite of"));
}

TEST_CASE("Without a request the present own certificate says which application it is for") {
    const Applicant applicant;
    Desk desk;
    applicant.present(desk);
    desk.request.reset();
    desk.add(forgeCertificate({.cn = "Gateway", .issuer = &applicant.line, .keyPair = applicant.key, .uris = {"urn:other"}}));
    CHECK(desk.item().target == Target::Refused);
    CHECK(contains(departuresOf(desk.item()), "that of the present own certificate"));
    desk.text.clear();
    desk.add(forgeCertificate({.cn = "Gateway", .issuer = &applicant.line, .keyPair = applicant.key, .uris = {"urn:host:acme:gateway"}}));
    CHECK(desk.item().target == Target::Own);
}

TEST_CASE("A certificate for a request whose key is not here is of no use, and one with its key is") {
    const Applicant applicant;
    Desk desk;
    desk.request = applicant.request;
    desk.add(applicant.issued());
    CHECK(desk.item().target == Target::Refused);
    CHECK(contains(desk.item().why, "private key"));
    desk.add(applicant.key);
    const auto plan = desk.plan();
    CHECK(targets(plan) == std::vector<std::string>{"own", "nothing"});
    REQUIRE(desk.carry());
    CHECK(valueOf(desk.store.loadOwn()).keys.size() == 1);
}

TEST_CASE("A CA that was handed over with its key does not become the application") {
    const auto root = authority("Plant CA");
    Desk desk;
    desk.add(root).add(root.key);
    CHECK(targets(desk.plan()) == std::vector<std::string>{"issuers", "refused"});
}

TEST_CASE("What stands in a bundle twice counts once") {
    const auto root = authority("Plant CA");
    Desk desk;
    const auto crl = crlOf(root);
    desk.add(root).add(root).add(crl).add(crl);
    const auto plan = desk.plan();
    std::size_t steps = 0;
    for (const auto& each : plan.items) steps += each.steps.size();
    CHECK(steps == 2);
    REQUIRE(desk.carry());
}

namespace {

Crl issueOf(const ForgedCert& ca, long number, std::chrono::hours later = {}) {
    return parsedCrl(forgeCrl({.issuer = &ca, .thisUpdate = kForgeNotBefore + later, .number = number}));
}

bool hasCrl(CertificateStore& store, StoreList list, const Crl& crl) {
    const auto lists = store.snapshot();
    const auto crls = lists->crls(list);
    return std::any_of(crls.begin(), crls.end(), [&](const StoredCrl& each) { return each.crl.id() == crl.id(); });
}

// As many CAs of one name as nobody would try, all with another key than that of the one whose name it is.
void addNamesakes(CertificateStore& store, const std::string& name) {
    for (int i = 0; i < 70; ++i) {
        REQUIRE(store.addCertificate(StoreList::Issuers, parsed(forgeRoot(name, {.keyName = "p256", .keyIndex = 3}))));
    }
}

}  // namespace

TEST_CASE("A newer CRL replaces those that the same CA has issued before, and undo brings them back") {
    const auto root = authority("Plant CA");
    const auto namesake = forgeRoot("Plant CA", {.keyName = "p256", .keyIndex = 3});
    const auto other = authority("Other CA");
    const std::vector former{issueOf(root, 1), issueOf(root, 2, std::chrono::hours{1})};
    const std::vector kept{issueOf(namesake, 1), issueOf(other, 1),
                           parsedCrl(forgeCrl({.issuer = &root, .number = 0, .extensions = {{.oid = "2.5.29.27", .critical = true}}}))};
    const auto next = issueOf(root, 10, std::chrono::hours{2});
    Desk desk;
    for (const auto& ca : {root, namesake, other}) REQUIRE(desk.store.addCertificate(StoreList::Issuers, parsed(ca)));
    for (const auto& each : former) REQUIRE(desk.store.addCrl(StoreList::Issuers, each));
    for (const auto& each : kept) REQUIRE(desk.store.addCrl(StoreList::Issuers, each));
    REQUIRE(desk.store.addCrl(StoreList::Trusted, former[0]));

    desk.add(next);
    const auto item = desk.item();
    CHECK(item.target == Target::IssuerCrls);
    CHECK(contains(item.why, "It replaces the one of " + formatInstant(former[0].thisUpdate())));
    CHECK(contains(item.why, "It replaces the one of " + formatInstant(former[1].thisUpdate())));
    CHECK(item.steps.size() == 3);
    REQUIRE(desk.carry());
    const auto requireReplaced = [&](bool replaced) {
        CHECK(hasCrl(desk.store, StoreList::Issuers, next) == replaced);
        for (const auto& each : former) CHECK(hasCrl(desk.store, StoreList::Issuers, each) != replaced);
        for (const auto& each : kept) CHECK(hasCrl(desk.store, StoreList::Issuers, each));
        CHECK(hasCrl(desk.store, StoreList::Trusted, former[0]));
    };
    requireReplaced(true);
    REQUIRE(desk.manager.undo("Bob"));
    requireReplaced(false);
    REQUIRE(desk.manager.undo("Bob"));
    requireReplaced(true);
    CHECK(desk.item().target == Target::Nothing);
}

TEST_CASE("Of several CRLs of a CA in a bundle the newest is taken") {
    const auto root = authority("Plant CA");
    const auto old = issueOf(root, 7);
    // The number decides where both have one, whatever the dates say.
    const auto numbered = issueOf(root, 10, -std::chrono::hours{5});
    const auto twin = issueOf(root, 10, -std::chrono::hours{5});
    Desk desk;
    desk.add(root).add(old).add(numbered).add(twin);
    const auto plan = desk.plan();
    CHECK(targets(plan) == std::vector<std::string>{"issuers", "nothing", "issuers-crls", "nothing"});
    CHECK(contains(plan.items[1].why, "The bundle has a newer one"));
    CHECK(contains(plan.items[3].why, "same number and time"));
    REQUIRE(desk.carry());
    CHECK(desk.store.snapshot()->crls(StoreList::Issuers).size() == 1);
    CHECK(hasCrl(desk.store, StoreList::Issuers, numbered));
}

TEST_CASE("A CRL that was published ahead of its time replaces nothing yet, and does not keep the present one out") {
    const auto root = authority("Plant CA");
    const auto present = issueOf(root, 1);
    const auto next = parsedCrl(forgeCrl({.issuer = &root, .thisUpdate = kForgeNow + std::chrono::hours{1}, .number = 2}));
    Desk desk;
    REQUIRE(desk.store.addCertificate(StoreList::Trusted, parsed(root)));
    desk.add(present).add(next);
    const auto plan = desk.plan();
    CHECK(targets(plan) == std::vector<std::string>{"trusted-crls", "trusted-crls"});
    CHECK(contains(plan.items[1].why, "not in force yet"));
    REQUIRE(desk.carry());
    CHECK(hasCrl(desk.store, StoreList::Trusted, present));
    CHECK(hasCrl(desk.store, StoreList::Trusted, next));
}

TEST_CASE("Among too many CAs of one name it is said that nobody knows whose a CRL is") {
    const auto root = authority("Plant CA");
    Desk desk;
    addNamesakes(desk.store, "Plant CA");
    desk.add(crlOf(root));
    const auto item = desk.item();
    CHECK(item.target == Target::Refused);
    CHECK(contains(item.why, "cannot be said"));
    CHECK(contains(item.why, "Remove those that are not needed"));
}

TEST_CASE("Among too many CAs of one name it is said that the chain of an own certificate may end too early") {
    const Applicant applicant;
    Desk desk;
    applicant.present(desk);
    desk.add(applicant.issued());
    CHECK_FALSE(contains(desk.item().why, "were tried"));
    addNamesakes(desk.store, "Line CA");
    const auto item = desk.item();
    CHECK(item.target == Target::Own);
    CHECK(item.chain.size() == 1);
    CHECK(contains(item.why, "not all of them were tried"));
}
