#include <uatrust/store/memory_store.hpp>

#include "store_support.hpp"
#include "support/catch.hpp"

using namespace uatrust;
using namespace uatrust::test;

// What the journal keeps of each refusal, and how it is written.
namespace {

const Instant kNoon = *parseInstant("2026-06-15T12:00:00Z");

Refusal refusalAt(int minutes, std::string reason = "not in the trusted list") {
    return {.at = kNoon + std::chrono::minutes{minutes},
            .status = StatusCode::BadCertificateUntrusted,
            .reason = std::move(reason),
            .peerAddress = "10.0.0.7",
            .endpointUrl = "opc.tcp://gateway:4840",
            .applicationUri = "urn:plc"};
}

RefusalRecord recorded(CertificateStore& store, const Certificate& leaf, const std::vector<Refusal>& refusals) {
    for (const auto& each : refusals) REQUIRE(store.recordRefusal(leaf, each));
    const auto journal = store.refusals();
    REQUIRE(journal.records.size() == 1);
    return journal.records.front();
}

std::filesystem::path recordFile(const TempFolder& folder, const Certificate& leaf) {
    return folder / ".uatrust/rejected" / (leaf.id().text() + ".record");
}

}  // namespace

TEST_CASE("A record counts every attempt and keeps the last few that differ in more than the time") {
    MemoryStore store;
    const auto record =
        recorded(store, device("a"), {refusalAt(0), refusalAt(1), refusalAt(2, "expired"), refusalAt(3), refusalAt(-9, "too early")});
    CHECK(record.count == 5);
    CHECK(record.first == kNoon - std::chrono::minutes{9});
    CHECK(record.last == kNoon + std::chrono::minutes{3});
    CHECK(record.refusals == std::vector{refusalAt(3), refusalAt(2, "expired"), refusalAt(-9, "too early")});
}

TEST_CASE("A record keeps as many refusals as the options say, the most recent ones") {
    const TempFolder folder;
    DirectoryStore store{folder.path(), {.journal = {.maxRefusals = 2, .rewriteAfter = std::chrono::seconds{0}}}};
    const auto record = recorded(store, device("a"), {refusalAt(0, "x"), refusalAt(1, "y"), refusalAt(2, "z")});
    CHECK(record.count == 3);
    CHECK(record.refusals == std::vector{refusalAt(2, "z"), refusalAt(1, "y")});
}

TEST_CASE("A record is read back as it was written") {
    const TempFolder folder;
    DirectoryStore store{folder.path()};
    const auto record = recorded(store, device("a"), {refusalAt(0), refusalAt(2, "expired")});
    CHECK(DirectoryStore{folder.path()}.refusals().records.front().first == record.first);
    // What a text editor on Windows makes of the line ends is no damage.
    auto text = readFile(recordFile(folder, device("a")));
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\r\n");
    writeFile(recordFile(folder, device("a")), text);
    const auto again = DirectoryStore{folder.path()}.refusals().records.front();
    CHECK(again.name == device("a").describe());
    CHECK(again.refusals.back() == refusalAt(0));
}

TEST_CASE("What a peer has written becomes one bounded, printable line") {
    const TempFolder folder;
    std::vector<Refusal> many;
    for (int i = 0; i < 5; ++i) {
        many.push_back(refusalAt(i, "first\ncount: 99\n\x1b[31mred" + std::string(100'000, 'x')));
        many.back().applicationUri = "urn:\r\nrefusal: 2026-06-15T12:00:00Z Good";
        many.back().endpointUrl = std::string(100'000, '\x01');
        many.back().peerAddress = std::to_string(i) + "\n";
    }
    RefusalRecord before;
    {
        DirectoryStore store{folder.path()};
        before = recorded(store, device("a"), many);
    }
    const auto text = readFile(recordFile(folder, device("a")));
    CHECK(text.size() < 16'384);
    CHECK(text.find('\x1b') == std::string::npos);
    const auto journal = DirectoryStore{folder.path()}.refusals();
    REQUIRE(journal.records.size() == 1);
    CHECK(journal.records.front() == before);
    CHECK(before.count == 5);
    CHECK(before.refusals.size() == 5);
}

TEST_CASE("A text that is no record is a problem that says what is wrong with it") {
    const TempFolder folder;
    const auto leaf = device("a");
    {
        DirectoryStore store{folder.path()};
        REQUIRE(store.recordRefusal(leaf, refusalAt(0)));
    }
    const auto file = recordFile(folder, leaf);
    const auto good = readFile(file);
    const auto problemWith = [&](const std::string& text) {
        writeFile(file, text);
        const auto journal = DirectoryStore{folder.path(), {.readOnly = true}}.refusals();
        return journal.problems.empty() ? std::string{} : journal.problems.front().message;
    };
    const auto damaged = [&](std::string_view what, std::string_view with) {
        auto text = good;
        REQUIRE(contains(text, what));
        text.replace(text.find(what), what.size(), with);
        return problemWith(text);
    };
    CHECK(problemWith(good).empty());
    CHECK(problemWith(good + "weather: fine\n").empty());  // a later release may say more
    CHECK(contains(damaged("uatrust", "another"), "first line"));
    CHECK(contains(damaged("count: 1", "count: -1"), "count"));
    CHECK(contains(damaged("count: 1", "count: 0"), "cut off"));
    CHECK(contains(damaged("first: 2", "first: x"), "first"));
    CHECK(contains(damaged("BadCertificateUntrusted", "BadNothing"), "refusal"));
    CHECK(contains(damaged(leaf.id().text(), "12"), "64 hexadecimal digits"));
    CHECK(contains(damaged(leaf.id().text(), device("b").id().text()), "another certificate"));
    CHECK(contains(problemWith(good.substr(0, good.find("count"))), "cut off"));
    CHECK_FALSE(problemWith("").empty());
    CHECK_FALSE(problemWith(std::string(1'000'000, 'x')).empty());
    CHECK_FALSE(problemWith(good + std::string(3'000, '\n')).empty());
}

TEST_CASE("A journal of refusals is empty and a pin is refused where a store keeps none") {
    /// The least that a product has to write.
    class PlainStore final : public CertificateStore {
    public:
        std::shared_ptr<const TrustSnapshot> snapshot() override { return lists_.snapshot(); }
        Result<void> addCertificate(StoreList, const Certificate&) override { return {}; }
        Result<void> removeCertificate(StoreList, const CertificateId&) override { return {}; }
        Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { return {}; }
        Result<void> addCrl(StoreList, const Crl&) override { return {}; }
        Result<void> removeCrl(StoreList, const CertificateId&) override { return {}; }
        Result<bool> fileRejected(const Certificate& leaf) override { return lists_.fileRejected(leaf); }

    private:
        MemoryStore lists_{};
    };
    PlainStore store;
    CHECK(store.recordRefusal(device("a"), refusalAt(0)).value() == Filing::Filed);
    CHECK(store.recordRefusal(device("a"), refusalAt(0)).value() == Filing::Known);
    CHECK(store.refusals().records.empty());
    CHECK(store.pin(device("a").id(), true).status() == StatusCode::BadNotSupported);
    CHECK(store.forgetRefusals(device("a").id()));
}
