#include "tool/pairing.hpp"

#include "support/catch.hpp"
#include "support/parsed.hpp"
#include "unit/tool/pki.hpp"

using namespace uatrust;
using namespace uatrust::test;
using namespace uatrust::tool;

// The window itself, with the application that refuses played by a second store over the same folder.
namespace {

using Kind = PairingEvent::Kind;
using std::chrono::seconds;

const Instant kStart = systemClock().now();  // who finds a window compares it with the clock
const Instant kFar = forgeDate(9999, 1, 1);

ForgedCert device(const std::string& name, int key = 0) {
    return forgeCertificate({.cn = name, .keyName = "p256", .keyIndex = key, .notAfter = kFar});
}

struct Window {
    Pki pki{};
    DirectoryStore store{pki.path};
    TrustListManager manager{store};
    std::unique_ptr<Pairing> pairing{};

    void open(PairingOptions options = {}) {
        options.who = "Ada";
        pairing = Pairing::open(store, manager, std::move(options), kStart).value();
    }
    // As an application does that looks for itself, and ends, so that nothing waits in its memory.
    void refuse(const Certificate& certificate, Refusal refusal) const {
        DirectoryStore application{pki.path};
        REQUIRE(application.recordRefusal(certificate, refusal));
    }
    void refuse(const ForgedCert& certificate, Instant at = kStart + seconds{1}, const std::string& endpoint = {}) const {
        refuse(parsed(certificate), {.at = at,
                                     .status = StatusCode::BadCertificateUntrusted,
                                     .reason = "It is not in the trusted list.",
                                     .peerAddress = "10.0.0.7",
                                     .endpointUrl = endpoint,
                                     .applicationUri = std::string{parsed(certificate).applicationUri()}});
    }
    // What happens by then, as "let-in plc\n".
    std::string step(Instant now = kStart + seconds{2}) const {
        std::string text;
        for (const auto& each : pairing->step(now)) text += told(each);
        return text;
    }
    static std::string told(const PairingEvent& event) {
        const auto name = event.certificate ? " " + event.certificate->subject().commonName() : std::string{};
        return std::string{pairingEventName(event.kind)} + name + '\n';
    }
    [[nodiscard]] std::string placeOf(const ForgedCert& certificate) {
        const auto lists = store.snapshot();
        std::string places;
        for (const auto list : {StoreList::Trusted, StoreList::Issuers, StoreList::Rejected, StoreList::Blocked}) {
            if (lists->find(list, parsed(certificate).id()) != nullptr) places += std::string{storeListName(list)} + ' ';
        }
        return places;
    }
    [[nodiscard]] std::string history() const {
        std::string text;
        for (const auto& each : manager.history().records) text += std::string{trustActionName(each.action)} + " " + each.who + '\n';
        return text;
    }
    [[nodiscard]] bool isRecorded() const { return PairingFile{store}.read().value().has_value(); }
};

}  // namespace

TEST_CASE("Who is refused for want of trust alone is let in, and stays only when confirmed") {
    Window window;
    const auto good = device("good");
    const auto other = device("other", 1);
    const auto third = device("third", 2);
    window.open();
    CHECK(window.step().empty());
    window.refuse(good);
    window.refuse(other);
    window.refuse(third);
    const auto told = window.step();
    for (const auto* name : {"good", "other", "third"}) CHECK(told.find(std::string{"let-in "} + name + '\n') != std::string::npos);
    CHECK(window.placeOf(good) == "trusted ");
    CHECK(window.step().empty());

    const auto now = kStart + seconds{3};
    CHECK(window.pairing->confirm(parsed(good).id(), now)->kind == Kind::Confirmed);
    CHECK(window.pairing->drop(parsed(other).id(), now)->kind == Kind::Dropped);
    CHECK(window.placeOf(other) == "rejected ");
    CHECK(window.pairing->confirm(parsed(good).id(), now).status() == StatusCode::BadNothingToDo);
    CHECK(window.pairing->drop(parsed(good).id(), now).status() == StatusCode::BadNothingToDo);
    CHECK(window.pairing->confirm(parsed(other).id(), now).status() == StatusCode::BadInvalidState);
    CHECK(window.pairing->confirm(parsed(device("nobody", 3)).id(), now).status() == StatusCode::BadNotFound);
    window.refuse(other, kStart + seconds{4});
    CHECK(window.step().empty());  // dropped is dropped

    CHECK(window.pairing->left(kStart + seconds{4}) == seconds{596});
    CHECK(window.step(kStart + seconds{599}).empty());
    CHECK(window.pairing->confirm(parsed(third).id(), kStart + seconds{600}).status() == StatusCode::BadInvalidState);
    CHECK(window.step(kStart + seconds{600}) == "taken-back third\nclosed\n");
    CHECK_FALSE(window.pairing->isOpen());
    CHECK(window.placeOf(good) == "trusted ");
    CHECK(window.placeOf(third) == "rejected ");
    CHECK_FALSE(window.isRecorded());
    window.refuse(third, kStart + seconds{601});
    CHECK(window.step(kStart + seconds{602}).empty());
    CHECK(window.history() ==
          "trust Ada (pairing)\ntrust Ada (pairing)\ntrust Ada (pairing)\ntrust Ada (pairing)\ndistrust Ada (pairing)\n"
          "distrust Ada (pairing)\n");
}

TEST_CASE("A window lets nobody in but applications that try while it is open") {
    Window window;
    const auto before = device("before");
    const auto ca = forgeRoot("Plant CA", {.keyName = "p256"});
    const auto issued = forgeLeaf(ca, {.cn = "issued", .keyName = "p256"});
    const auto blocked = device("blocked", 1);
    const auto expired = forgeCertificate({.cn = "expired", .keyName = "p256", .notAfter = forgeDate(2026, 2, 1)});
    const auto foreign = forgeCertificate({.cn = "foreign", .keyName = "p256", .keyIndex = 2, .notAfter = kFar});
    const auto forged = device("forged", 3);
    window.refuse(before, kStart - seconds{5});
    REQUIRE(window.store.addCertificate(StoreList::Rejected, parsed(forged)));
    window.open();
    CHECK(window.step().empty());

    window.refuse(ca);
    window.refuse(issued);
    window.refuse(blocked);
    REQUIRE(window.manager.block(parsed(blocked).id(), "Bob"));
    window.refuse(expired);
    window.refuse(parsed(foreign),
                  {.at = kStart + seconds{1}, .status = StatusCode::BadCertificateUntrusted, .applicationUri = "urn:somebody:else"});
    window.refuse(parsed(forged), {.at = kStart + seconds{1}, .status = StatusCode::BadCertificatePolicyCheckFailed});
    std::map<std::string, std::string> why;
    for (const auto& each : window.pairing->step(kStart + seconds{2})) {
        CHECK(each.kind == Kind::PassedOver);
        why[each.certificate->subject().commonName()] = each.text;
    }
    CHECK(why.size() == 5);
    CHECK(why["Plant CA"].find("CA") != std::string::npos);
    CHECK(why["issued"].find("issued by a CA") != std::string::npos);
    CHECK(why["expired"].find("BadCertificateTimeInvalid") != std::string::npos);
    CHECK(why["foreign"].find("BadCertificateUriInvalid") != std::string::npos);
    CHECK(why["forged"].find("BadCertificatePolicyCheckFailed") != std::string::npos);
    CHECK(window.pairing->entries().empty());
    CHECK(window.store.snapshot()->certificates(StoreList::Trusted).empty());
    window.refuse(ca, kStart + seconds{2});
    CHECK(window.step().empty());  // told once

    window.refuse(before, kStart + seconds{3});
    CHECK(window.step() == "let-in before\n");
    CHECK(window.placeOf(blocked) == "blocked ");
}

TEST_CASE("A window is for one endpoint, and for so many") {
    Window window;
    window.open({.endpointUrl = "opc.tcp://plc-4:4840", .max = 1});
    window.refuse(device("elsewhere"), kStart + seconds{1}, "opc.tcp://plc-4:4841");
    window.refuse(device("nowhere", 1), kStart + seconds{1});
    const auto told = window.step();
    CHECK(told.find("passed-over elsewhere\n") != std::string::npos);
    CHECK(told.find("passed-over nowhere\n") != std::string::npos);
    const auto first = device("first", 2);
    const auto second = device("second", 3);
    window.refuse(first, kStart + seconds{1}, "opc.tcp://PLC-4:4840/");
    CHECK(window.step() == "let-in first\n");
    window.refuse(second, kStart + seconds{1}, "opc.tcp://plc-4:4840");
    CHECK(window.step() == "passed-over second\n");
    CHECK(window.placeOf(second) == "rejected ");
    REQUIRE(window.pairing->drop(parsed(first).id(), kStart + seconds{2}));
    CHECK(window.step() == "let-in second\n");  // it has tried while the window was open
    REQUIRE(window.pairing->confirm(parsed(second).id(), kStart + seconds{2}));
    CHECK(window.step() == "closed\n");
}

TEST_CASE("What somebody else does to a certificate meanwhile holds") {
    Window window;
    const auto a = device("a");
    const auto b = device("b", 1);
    window.open();
    window.refuse(a);
    CHECK(window.step() == "let-in a\n");
    window.refuse(b);
    CHECK(window.step() == "let-in b\n");
    REQUIRE(window.manager.block(parsed(a).id(), "Bob"));
    REQUIRE(window.manager.distrust(parsed(b).id(), "Bob"));
    CHECK(window.step() == "dropped a\ndropped b\n");
    CHECK(window.pairing->confirm(parsed(a).id(), kStart + seconds{3}).status() == StatusCode::BadInvalidState);
    REQUIRE(window.manager.trust(parsed(b).id(), "Bob"));
    CHECK(window.step(kStart + seconds{600}) == "closed\n");
    CHECK(window.placeOf(a) == "blocked ");
    CHECK(window.placeOf(b) == "trusted ");  // Bob wants it so
}

TEST_CASE("What cannot be found for a while is not forgotten: it is taken back when it is there again") {
    Window window;
    const auto plc = device("plc");
    window.open();
    window.refuse(plc);
    CHECK(window.step() == "let-in plc\n");
    const auto disk = window.pki.folder / "disk";
    std::filesystem::rename(window.pki.path, disk);
    CHECK(window.step().empty());
    std::filesystem::remove_all(window.pki.path);
    std::filesystem::rename(disk, window.pki.path);
    CHECK(window.step(kStart + seconds{600}) == "taken-back plc\nclosed\n");
    CHECK(window.placeOf(plc) == "rejected ");
}

TEST_CASE("Undo takes back what the operator has decided, and nothing that the window does by itself") {
    Window window;
    const auto mine = device("mine");
    const auto passing = device("passing", 1);
    const auto kept = device("kept", 2);
    window.refuse(mine, kStart - seconds{60});
    REQUIRE(window.manager.trust(parsed(mine).id(), "Ada"));
    window.open();
    window.refuse(passing);
    CHECK(window.step() == "let-in passing\n");
    (void)window.pairing->close("");
    CHECK(window.placeOf(passing) == "rejected ");
    REQUIRE(window.manager.undo("Ada"));
    CHECK(window.placeOf(mine) == "rejected ");
    CHECK(window.placeOf(passing) == "rejected ");

    window.pairing.reset();
    window.open();
    window.refuse(kept);
    CHECK(window.step().find("let-in kept") != std::string::npos);
    REQUIRE(window.pairing->confirm(parsed(kept).id(), kStart + seconds{2}));
    window.pairing.reset();
    CHECK(window.placeOf(kept) == "trusted ");
    REQUIRE(window.manager.undo("Ada"));
    CHECK(window.placeOf(kept) == "rejected ");
}

TEST_CASE("One window at a time, and none without sense") {
    Window window;
    window.open();
    TrustListManager manager{window.store};
    const auto second = Pairing::open(window.store, manager, {.who = "Bob"}, kStart);
    REQUIRE_FALSE(second);
    CHECK(second.error().status == StatusCode::BadInvalidState);
    CHECK(second.error().message.find("of Ada") != std::string::npos);
    CHECK_FALSE(closeStalePairing(PkiFolder{.root = window.pki.path}, "Bob").value());
    window.pairing.reset();
    for (const auto& wrong : {PairingOptions{.duration = seconds{0}}, PairingOptions{.duration = seconds{100000}},
                              PairingOptions{.endpointUrl = "plc-4"}, PairingOptions{.max = 0}, PairingOptions{.max = 101}}) {
        CHECK(Pairing::open(window.store, manager, wrong, kStart).status() == StatusCode::BadInvalidArgument);
    }
    CHECK(Pairing::open(window.store, manager, {.who = "Bob"}, kStart));
}

TEST_CASE("A window that nobody has closed is closed by the next one who comes, and a damaged record is no reason to guess") {
    Window window;
    const auto plc = device("plc");
    window.refuse(plc, kStart);
    const PairingFile file{window.store};
    REQUIRE(window.store.moveCertificate(parsed(plc).id(), StoreList::Rejected, StoreList::Trusted));
    PairingRecord record{.opened = kStart, .until = kStart + seconds{600}, .who = "Ada", .process = 4711, .max = 5};
    record.entries.push_back({parsed(plc).id(), "CN=plc", PairingState::Provisional, kStart});
    record.entries.push_back({parsed(device("gone", 1)).id(), "CN=gone", PairingState::Provisional, kStart});
    REQUIRE(file.write(record));
    const auto closed = closeStalePairing(PkiFolder{.root = window.pki.path}, "Bob").value();
    REQUIRE(closed);
    CHECK(closed->text().find("Ada") != std::string::npos);
    CHECK(closed->text().find("CN=plc") != std::string::npos);
    CHECK(window.placeOf(plc) == "rejected ");
    CHECK(window.history() == "distrust Bob (pairing)\n");
    CHECK_FALSE(closeStalePairing(PkiFolder{.root = window.pki.path}, "Bob").value());

    REQUIRE(window.store.moveCertificate(parsed(plc).id(), StoreList::Rejected, StoreList::Trusted));
    REQUIRE(file.write(record));
    window.open();  // the next window does so as well
    CHECK(window.placeOf(plc) == "rejected ");
    window.pairing.reset();

    writeFile(window.store.changesFolder() / "pairing", "{\"format\": \"uatrust pairing 1\"}");
    const auto damaged = closeStalePairing(PkiFolder{.root = window.pki.path}, "Bob");
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().remedy.find("remove the file") != std::string::npos);
    CHECK_FALSE(Pairing::open(window.store, window.manager, {.who = "Bob"}, kStart));
}

TEST_CASE("A certificate is named by digits of its thumbprint or SHA-256, as they are read out") {
    Window window;
    const auto plc = device("plc");
    window.open();
    window.refuse(plc);
    CHECK(window.step() == "let-in plc\n");
    const auto certificate = parsed(plc);
    const auto thumbprint = certificate.thumbprint().text();
    CHECK(window.pairing->named(thumbprint).value() == certificate.id());
    CHECK(window.pairing->named(thumbprint.substr(0, 4) + " " + thumbprint.substr(4, 4)).value() == certificate.id());
    CHECK(window.pairing->named(certificate.id().text().substr(0, 12)).value() == certificate.id());
    CHECK_FALSE(window.pairing->named(thumbprint.substr(0, 7)));
    CHECK_FALSE(window.pairing->named("0000000000"));
    const auto json = pairingJson(*window.pairing, kStart + seconds{10});
    CHECK(json["left"] == 590);
    CHECK(json["endpoint"].is_null());
    CHECK(json["entries"].at(0)["state"] == "provisional");
    CHECK(json["entries"].at(0)["phone"].size() == 16);
    CHECK(json["entries"].at(0)["name"] == "plc");
}
