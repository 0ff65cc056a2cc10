// What holds of every PKI: neither the order of things, nor what does not concern a chain, nor a copy changes a verdict,
// and what is taken away never makes one better. Seen on random PKIs; the seed in a message makes one again.

#include "unit/validation/properties.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

/// One CA and what it has issued, which has nothing to do with the random ones.
struct Alien {
    ForgedCert root = forgeRoot("Alien CA", {.keyPair = seededKey(200), .serial = "A11E0001"});
    ForgedCert line = forgeIntermediate(root, "Alien Line", {.keyPair = seededKey(201), .serial = "A11E0002"});
    ForgedCert leaf = forgeLeaf(line, {.cn = "alien", .keyPair = seededKey(202), .uris = {"urn:test:alien"}, .serial = "A11E0003"});
    Bytes crl = forgeCrl({.issuer = &root, .revoked = {revoked(line)}});
};

/// A change that is made to a copy of a situation.
using Change = std::function<void(Situation&)>;

Essence essenceAfter(const Situation& before, const Change& change) {
    auto after = before;
    change(after);
    return Essence{after.judge()};
}

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
    all.insert(all.end(), more.begin(), more.end());
}

/// Every way to take one thing out of a situation.
struct Removal {
    std::string what;
    bool isCrl;
    Change change;
};

template <class T>
void addRemovals(std::vector<Removal>& all, const std::string& what, const Situation& situation, std::vector<T>& (*in)(Situation&)) {
    auto copy = situation;
    for (std::size_t i = 0; i < in(copy).size(); ++i) {
        const auto remove = [in, i](Situation& each) { in(each).erase(in(each).begin() + static_cast<std::ptrdiff_t>(i)); };
        all.push_back({what + ' ' + std::to_string(i), std::is_same_v<T, StoredCrl>, remove});
    }
}

std::vector<Removal> removalsFrom(const Situation& situation) {
    std::vector<Removal> all;
    addRemovals<StoredCertificate>(
        all, "trusted", situation, [](Situation & each) -> auto& { return each.lists.trusted; });
    addRemovals<StoredCertificate>(
        all, "issuers", situation, [](Situation & each) -> auto& { return each.lists.issuers; });
    addRemovals<Bytes>(
        all, "sent", situation, [](Situation & each) -> auto& { return each.behind; });
    addRemovals<StoredCrl>(
        all, "trusted CRL", situation, [](Situation & each) -> auto& { return each.lists.trustedCrls; });
    addRemovals<StoredCrl>(
        all, "issuer CRL", situation, [](Situation & each) -> auto& { return each.lists.issuerCrls; });
    return all;
}

std::vector<const Crl*> crlsNamed(const Situation& situation, const DistinguishedName& issuer) {
    std::vector<const Crl*> found;
    for (const auto* list : {&situation.lists.trustedCrls, &situation.lists.issuerCrls}) {
        for (const auto& each : *list) {
            if (each.crl.issuer() == issuer) found.push_back(&each.crl);
        }
    }
    return found;
}

bool isAboutRevocation(const Finding& finding) { return finding.step == Step::FindRevocationList || finding.step == Step::RevocationCheck; }

}  // namespace

TEST_CASE("the random PKIs are accepted and refused, for all kinds of reasons") {
    std::map<StatusCode, int> count;
    std::map<std::size_t, int> lengths;
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        const auto verdict = randomPki(seed).situation.judge();
        ++count[verdict.status()];
        if (verdict.accepted()) ++lengths[verdict.report().chain().size()];
    }
    CHECK(count[StatusCode::Good] > static_cast<int>(kRandomPkis / 6));
    CHECK(count[StatusCode::Good] < static_cast<int>(kRandomPkis / 2));
    CHECK(count.size() >= 8);
    CHECK(lengths.size() >= 3);  // not only self-signed ones
}

TEST_CASE("the order in lists, among CRLs and behind the leaf never changes a verdict or its report") {
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        CAPTURE(seed);
        Chance chance{seed};
        auto each = randomPki(seed).situation;
        const Essence before{each.judge()};
        for (int i = 0; i < 4; ++i) {
            chance.shuffle(each.lists.trusted);
            chance.shuffle(each.lists.issuers);
            chance.shuffle(each.lists.trustedCrls);
            chance.shuffle(each.lists.issuerCrls);
            chance.shuffle(each.behind);
            REQUIRE(Essence{each.judge()} == before);
        }
    }
}

TEST_CASE("what has nothing to do with a chain never changes its verdict, wherever it lies") {
    const Alien alien;
    std::vector<Change> changes;
    for (const auto* each : {&alien.root, &alien.line, &alien.leaf}) {
        const auto der = each->der;
        changes.emplace_back([der](Situation& to) { to.lists.trusted.push_back(stored(der)); });
        changes.emplace_back([der](Situation& to) { to.lists.issuers.insert(to.lists.issuers.begin(), stored(der)); });
        changes.emplace_back([der](Situation& to) { to.lists.rejected.push_back(stored(der)); });
        changes.emplace_back([der](Situation& to) { to.behind.insert(to.behind.begin(), der); });
    }
    changes.emplace_back([&](Situation& to) { to.lists.trustedCrls.push_back(storedCrl(alien.crl)); });
    changes.emplace_back([&](Situation& to) { to.lists.issuerCrls.push_back(storedCrl(alien.crl)); });
    changes.emplace_back([all = changes](Situation& to) {
        for (const auto& each : all) each(to);
    });
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        CAPTURE(seed);
        const auto& pki = randomPki(seed);
        const Essence before{pki.situation.judge()};
        REQUIRE(essenceAfter(pki.situation, changes.back()) == before);
        REQUIRE(essenceAfter(pki.situation, changes[seed % changes.size()]) == before);
    }
}

// Nor does the record of who was refused: rejected neither trusts nor denies.
TEST_CASE("copies never change a verdict: in a list, in both lists, behind the leaf, in rejected") {
    const std::vector<Change> changes{
        [](Situation& to) { append(to.lists.trusted, to.lists.trusted); },
        [](Situation& to) { append(to.lists.issuers, to.lists.issuers); },
        [](Situation& to) { append(to.lists.issuers, to.lists.trusted); },
        [](Situation& to) { append(to.behind, to.behind); },
        [](Situation& to) { to.behind.push_back(to.leaf); },
        [](Situation& to) {
            for (const auto* list : {&to.lists.trusted, &to.lists.issuers}) {
                for (const auto& each : *list) to.behind.push_back({each.certificate.der().begin(), each.certificate.der().end()});
            }
        },
        [](Situation& to) { append(to.lists.trustedCrls, to.lists.trustedCrls); },
        [](Situation& to) { append(to.lists.issuerCrls, to.lists.trustedCrls); },
        [](Situation& to) { append(to.lists.trustedCrls, to.lists.issuerCrls); },
        [](Situation& to) { append(to.lists.rejected, to.lists.trusted); },
        [](Situation& to) { append(to.lists.rejected, to.lists.issuers); },
        [](Situation& to) { to.lists.rejected.push_back(stored(to.leaf)); },
        [](Situation& to) { to.lists.rejected.clear(); },
    };
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        CAPTURE(seed);
        const auto& pki = randomPki(seed);
        const Essence before{pki.situation.judge()};
        for (std::size_t i = 0; i < changes.size(); ++i) {
            CAPTURE(i);
            REQUIRE(essenceAfter(pki.situation, changes[i]) == before);
        }
    }
}

TEST_CASE("a CA that only shares its name with one of the chain never decides whether a certificate is accepted") {
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        CAPTURE(seed);
        const auto& pki = randomPki(seed);
        const auto namesake = forgeRoot(pki.nameOfCa(seed), {.keyPair = seededKey(300), .serial = "A11E0009"});
        const bool before = pki.situation.judge().accepted();
        for (int place = 0; place < 3; ++place) {
            CAPTURE(place);
            auto after = pki.situation;
            if (place == 0) after.lists.trusted.push_back(stored(namesake.der));
            if (place == 1) after.lists.issuers.push_back(stored(namesake.der));
            if (place == 2) after.behind.push_back(namesake.der);
            REQUIRE(after.judge().accepted() == before);
        }
    }
}

// Certificates: never the other way round. A CRL may be what refuses, and taking it away what accepts, in two cases only:
//  - it was the newest list of its CA, and an older one of the same CA does not say the same;
//  - it was the last list with the name of a CA, and the policy asks for CRLs only where there is any (IfPresent).
TEST_CASE("taking something away never makes a refused certificate accepted, but for the CRL that refused it") {
    int worse = 0;
    int better = 0;
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        const auto& pki = randomPki(seed);
        const auto& before = pki.situation;
        const auto verdict = before.judge();
        for (const auto& removal : removalsFrom(before)) {
            CAPTURE(seed, removal.what);
            auto after = before;
            removal.change(after);
            const bool accepted = after.judge().accepted();
            if (verdict.accepted() && !accepted) ++worse;
            if (verdict.accepted() || !accepted) continue;
            ++better;
            REQUIRE(removal.isCrl);
            REQUIRE(before.revocation != RevocationMode::Off);
            const auto* decisive = verdict.report().decisive();
            REQUIRE(isAboutRevocation(*decisive));
            const auto& issuer = verdict.report().chain().at(decisive->position).certificate.issuer();
            REQUIRE(crlsNamed(before, issuer).size() == crlsNamed(after, issuer).size() + 1);
            REQUIRE((before.revocation == RevocationMode::IfPresent || !crlsNamed(after, issuer).empty()));
        }
    }
    CHECK(worse > 20);
    CHECK(better > 0);  // the exception is one that happens
}

TEST_CASE("with one CRL for each CA and CRLs required, nothing that is taken away makes a verdict better") {
    for (unsigned seed = 0; seed < kRandomPkis; ++seed) {
        auto before = randomPki(seed).situation;
        before.revocation = RevocationMode::Required;
        // Of each name one CRL, so also of each CA.
        std::set<std::string> names;
        const auto isSecond = [&](const StoredCrl& each) { return !names.insert(each.crl.issuer().text()).second; };
        std::erase_if(before.lists.trustedCrls, isSecond);
        std::erase_if(before.lists.issuerCrls, isSecond);
        if (before.judge().accepted()) continue;
        for (const auto& removal : removalsFrom(before)) {
            CAPTURE(seed, removal.what);
            auto after = before;
            removal.change(after);
            REQUIRE_FALSE(after.judge().accepted());
        }
    }
}
