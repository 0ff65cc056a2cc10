// No octet of a chain, or of a CRL that answers for it, may be another one: whoever changes one gets no Good.

#include "unit/validation/properties.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

/// A root, a CA below it, an application below that, and a CRL of each CA, as octets.
struct Chain {
    enum File : std::size_t { Leaf, Line, Root, LineCrl, RootCrl };
    std::array<Bytes, 5> files{};

    explicit Chain(const std::function<ForgeKey(unsigned)>& key) {
        const auto root = forgeRoot("Root", {.keyPair = key(0), .serial = "5EED01"});
        const auto line = forgeIntermediate(root, "Line", {.keyPair = key(1), .serial = "5EED02"});
        const auto leaf = forgeLeaf(line, {.keyPair = key(2), .serial = "5EED03"});
        files = {leaf.der, line.der, root.der, forgeCrl({.issuer = &line}), forgeCrl({.issuer = &root})};
    }

    /// What cannot be read is in no list.
    [[nodiscard]] Situation situation() const {
        Situation all{.leaf = files[Leaf]};
        addCertificate(all.lists.trusted, files[Root]);
        addCertificate(all.lists.issuers, files[Line]);
        addCrl(all.lists.issuerCrls, files[LineCrl]);
        addCrl(all.lists.trustedCrls, files[RootCrl]);
        return all;
    }

private:
    static void addCertificate(std::vector<StoredCertificate>& list, const Bytes& der) {
        if (auto certificate = Certificate::fromDer(der)) list.push_back({*certificate, {}});
    }
    static void addCrl(std::vector<StoredCrl>& list, const Bytes& der) {
        if (auto crl = Crl::fromDer(der)) list.push_back({*crl, {}});
    }
};

constexpr std::array<std::uint8_t, 3> allPatterns{0x01, 0x80, 0xFF};

/// Refused, and by a step: not because something failed in here.
bool isRefused(const Verdict& verdict) {
    return !verdict.accepted() && !verdict.trusted() && verdict.status() != StatusCode::BadInternalError &&
           verdict.status() != StatusCode::Good;
}

void changeEveryOctet(const Chain& good, std::span<const std::uint8_t> patterns) {
    REQUIRE(good.situation().judge().accepted());
    for (std::size_t file = 0; file < good.files.size(); ++file) {
        for (std::size_t at = 0; at < good.files[file].size(); ++at) {
            for (const auto pattern : patterns) {
                auto changed = good;
                changed.files[file][at] ^= pattern;
                const auto verdict = changed.situation().judge();
                if (isRefused(verdict)) continue;
                CAPTURE(file, at, pattern);
                FAIL("a changed octet is not refused: " << statusName(verdict.status()));
            }
        }
    }
}

}  // namespace

TEST_CASE("no octet of a chain of Ed25519 keys may be another one") { changeEveryOctet(Chain{seededKey}, allPatterns); }

TEST_CASE("no octet of a chain of NIST P-256 keys may be another one") {
    const Chain chain{[](unsigned number) { return forgeKey("p256", static_cast<int>(number)); }};
    changeEveryOctet(chain, std::span{allPatterns}.first(1));
}

TEST_CASE("no octet of a self-signed certificate that is trusted itself may be another one") {
    const auto good = forgeCertificate({.keyPair = seededKey(0), .serial = "5EED01"}).der;
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const auto pattern : allPatterns) {
            auto changed = good;
            changed[at] ^= pattern;
            Situation sent{.leaf = changed};
            sent.lists.trusted = {stored(good)};
            // Forged in the list as well: then it is the same certificate that is trusted, and its own signature does not verify.
            Situation everywhere{.leaf = changed};
            if (auto certificate = Certificate::fromDer(changed)) everywhere.lists.trusted = {{*certificate, {}}};
            CAPTURE(at, pattern);
            if (!isRefused(sent.judge()) || !isRefused(everywhere.judge())) FAIL("a changed octet is not refused");
        }
    }
}

TEST_CASE("no octet of a chain may be missing, and none may be added") {
    const Chain good{seededKey};
    for (std::size_t file = 0; file < good.files.size(); ++file) {
        for (std::size_t at = 0; at <= good.files[file].size(); ++at) {
            const auto place = static_cast<std::ptrdiff_t>(at);
            auto longer = good;
            longer.files[file].insert(longer.files[file].begin() + place, 0x00);
            CAPTURE(file, at);
            if (!isRefused(longer.situation().judge())) FAIL("an octet more is not refused");
            if (at == good.files[file].size()) continue;
            auto shorter = good;
            shorter.files[file].erase(shorter.files[file].begin() + place);
            if (!isRefused(shorter.situation().judge())) FAIL("an octet less is not refused");
        }
    }
}

// A copy that is not needed belongs to no chain: changed, it is another certificate that signs nothing here. Good stays
// Good then, by the same chain, unless what the peer sends is no chain of certificates any more.
TEST_CASE("a changed copy beside the good one changes nothing, or makes the message malformed") {
    const Chain good{seededKey};
    const Essence before{good.situation().judge()};
    int unchanged = 0;
    for (std::size_t at = 0; at < good.files[Chain::Line].size(); ++at) {
        auto situation = good.situation();
        auto copy = good.files[Chain::Line];
        copy[at] ^= 0x01U;
        situation.behind = {copy};
        const auto verdict = situation.judge();
        CAPTURE(at);
        if (Essence{verdict} == before) {
            ++unchanged;
        } else if (verdict.accepted() || outcomeOf(verdict, Step::Structure) != Outcome::Failed) {
            FAIL("a copy that nobody needs has changed the verdict");
        }
    }
    CHECK(unchanged > 100);
}
