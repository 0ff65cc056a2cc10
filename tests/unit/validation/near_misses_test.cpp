// What is almost right in the lists, the clock and the use of a certificate, seen through the validator.

#include <uatrust/validation/explain.hpp>

#include "unit/validation/bench.hpp"
#include "unit/validation/fixed_store.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;
using std::chrono::hours;

std::string trustHints(const Verdict& verdict) {
    CHECK(verdict.status() == S::BadCertificateUntrusted);
    return hintsOf(verdict, Step::TrustList);
}

std::size_t hintCount(const Report& report) {
    std::size_t count = 0;
    for (const auto& each : report.findings()) count += each.hints.size();
    return count;
}

/// Many entries that differ in one octet of the serial number: their signatures are wrong, which no list minds.
std::vector<StoredCertificate> manyLike(const ForgedCert& model, std::size_t count) {
    const auto serial = fromHex(model.serial).value();
    std::vector<StoredCertificate> many;
    for (std::size_t i = 0; i < count; ++i) {
        auto other = serial;
        for (std::size_t octet = 0; octet < 3; ++octet) other[other.size() - 1 - octet] = static_cast<std::uint8_t>(i >> (8 * octet));
        many.push_back({cert(replaceOctets(model.der, serial, other)), "trusted/" + std::to_string(i)});
    }
    return many;
}

}  // namespace

TEST_CASE("a certificate that passes has no hints") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    CHECK(hintCount(bench.judge(plant.plc).report()) == 0);
}

TEST_CASE("only what failed or was suppressed has hints") {
    SuppressingPolicy policy;
    REQUIRE(policy.suppress({.status = S::BadCertificateTimeInvalid}));
    const auto plc = forgeCertificate({.notAfter = kForgeNow - hours{3}});
    Bench bench;
    const auto verdict = bench.obey(policy).trust(plc).judge(plc);
    CHECK(verdict.accepted());
    CHECK(contains(hintsOf(verdict, Step::ValidityPeriod), "3 hours ago"));
    for (const auto& each : verdict.report().findings()) CHECK((each.hints.empty() || each.outcome == Outcome::Suppressed));
}

TEST_CASE("a reissued certificate: the trusted one with the same ApplicationUri and another key is named") {
    const auto trusted = forgeCertificate({.cn = "old name", .keyIndex = 3});
    Bench bench;
    const auto hints = trustHints(bench.trust(trusted).judge(forgeCertificate()));
    CHECK(contains(hints, cert(trusted).describe()));
    CHECK(contains(hints, "trusted list in memory"));
    CHECK(contains(hints, "has the same ApplicationUri \"urn:test:plc-7\" and another key: was it reissued"));
}

TEST_CASE("a renewed certificate: the same ApplicationUri and the same key") {
    Bench bench;
    const auto hints = trustHints(bench.trust(forgeCertificate({.notAfter = forgeDate(2027, 1, 1)})).judge(forgeCertificate()));
    CHECK(contains(hints, "and the same key, and is another certificate: was it renewed?"));
}

TEST_CASE("the same key under another ApplicationUri, and the same subject without either") {
    Bench renamed;
    CHECK(contains(trustHints(renamed.trust(forgeCertificate({.cn = "x", .uris = {"urn:test:former"}})).judge(forgeCertificate())),
                   "has the same key and the ApplicationUri \"urn:test:former\": was the application renamed?"));
    Bench namesake;
    CHECK(contains(trustHints(namesake.trust(forgeCertificate({.keyIndex = 3, .uris = {"urn:test:other"}})).judge(forgeCertificate())),
                   "has the same subject and another key"));
}

TEST_CASE("the closest of the trusted certificates come first, whatever the order of the list") {
    const auto sameKey = forgeCertificate({.cn = "renamed", .uris = {"urn:test:former"}});
    const auto reissued = forgeCertificate({.cn = "reissued", .keyIndex = 3});
    const auto renewed = forgeCertificate({.notAfter = forgeDate(2027, 1, 1)});
    const auto stranger = forgeCertificate({.cn = "stranger", .keyIndex = 4, .uris = {"urn:test:stranger"}});
    Bench one;
    one.trust(sameKey).trust(stranger).trust(reissued).trust(renewed);
    Bench two;
    two.trust(renewed).trust(reissued).trust(stranger).trust(sameKey);
    const auto leaf = forgeCertificate();
    const auto hints = findingOf(one.judge(leaf), Step::TrustList).hints;
    REQUIRE(hints.size() == 3);
    CHECK(contains(hints[0], cert(renewed).describe()));
    CHECK(contains(hints[1], cert(reissued).describe()));
    CHECK(contains(hints[2], cert(sameKey).describe()));
    CHECK(findingOf(two.judge(leaf), Step::TrustList).hints == hints);
}

TEST_CASE("two certificates without an ApplicationUri do not have the same one") {
    Bench bench;
    bench.request.profile = Profile::User;
    CHECK(trustHints(bench.trust(forgeCertificate({.cn = "a", .keyIndex = 3, .uris = {}})).judge(forgeCertificate({.uris = {}}))).empty());
}

TEST_CASE("a peer that another group of the application trusts is named with that group, and not trusted") {
    const Plant plant;
    const auto self = forgeCertificate({.keyIndex = 3});
    MemoryStore clientSide;
    clientSide.addCertificate(StoreList::Trusted, cert(self)).value();
    clientSide.addCertificate(StoreList::Trusted, cert(plant.line)).value();
    Bench bench;
    CertificateValidator validator{bench.store, bench.strict, bench.clock};
    CHECK(&validator.alsoLookIn("pki/client", clientSide) == &validator);

    const auto known = validator.validate({.certificate = self.der});
    CHECK(contains(trustHints(known), cert(self).describe() + " (trusted list in memory) is in trusted of pki/client"));
    const auto chain = joinDer({plant.plc, plant.line, plant.root});
    const auto issued = validator.validate({.certificate = chain});
    CHECK(contains(trustHints(issued), cert(plant.line).describe() + " (trusted list in memory) is in trusted of pki/client"));
}

TEST_CASE("other groups are asked only when something failed") {
    const auto plc = forgeCertificate();
    FixedStore other{TrustSnapshot::Content{}};
    Bench bench;
    bench.trust(plc);
    CertificateValidator validator{bench.store, bench.strict, bench.clock};
    validator.alsoLookIn("pki/client", other);
    CHECK(validator.validate({.certificate = plc.der}).accepted());
    CHECK(other.asked == 0);
    const auto stranger = forgeCertificate({.keyIndex = 3});
    CHECK_FALSE(validator.validate({.certificate = stranger.der}).accepted());
    CHECK(other.asked == 1);
}

TEST_CASE("another group that fails or answers nothing changes no verdict") {
    class Failing final : public IdleStore {
    public:
        std::shared_ptr<const TrustSnapshot> snapshot() override {
            if (silent) return nullptr;
            throw std::runtime_error{"the database is away"};
        }
        bool silent = false;
    };
    Failing failing;
    Bench bench;
    bench.trust(forgeCertificate({.keyIndex = 3}));
    CertificateValidator validator{bench.store, bench.strict, bench.clock};
    validator.alsoLookIn("pki/client", failing);
    const auto stranger = forgeCertificate();
    for (const bool silent : {false, true}) {
        failing.silent = silent;
        const auto verdict = validator.validate({.certificate = stranger.der});
        CHECK(contains(trustHints(verdict), "was it reissued"));  // what the own lists know is told all the same
        CHECK(isComplete(verdict.report()));
    }
}

TEST_CASE("a certificate in issuers instead of trusted is named") {
    const auto plc = forgeCertificate();
    Bench bench;
    CHECK(contains(trustHints(bench.issuer(plc).judge(plc)), "lies in issuers, which completes chains and gives no trust"));
}

TEST_CASE("a CA in rejected, sent by the peer only, or of the same name as a trusted one is named") {
    const Plant plant;
    Bench sent;
    CHECK(contains(trustHints(sent.judge({plant.plc, plant.line, plant.root})),
                   cert(plant.line).describe() + ", a CA of the chain, was sent by the peer and lies in none of the lists"));
    Bench rejected;
    CHECK(contains(trustHints(rejected.reject(plant.line).judge({plant.plc, plant.line, plant.root})),
                   cert(plant.line).describe() + " (rejected list in memory), a CA of the chain, lies in rejected"));
    Bench namesake;
    const auto former = forgeRoot("Plant CA", {.keyIndex = 3});
    CHECK(contains(trustHints(namesake.trust(former).judge({plant.plc, plant.line, plant.root})), "another key: was the CA set up anew?"));
}

TEST_CASE("a CA in rejected or in another group that would complete the chain is named") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.root).reject(plant.line);
    const auto rejected = bench.judge(plant.plc);
    CHECK(rejected.status() == S::BadCertificateChainIncomplete);
    CHECK(contains(hintsOf(rejected, Step::BuildChain),
                   cert(plant.line).describe() + " (rejected list in memory) in rejected has made " + cert(plant.plc).describe()));

    MemoryStore clientSide;
    clientSide.addCertificate(StoreList::Issuers, cert(plant.line)).value();
    Bench other;
    other.trust(plant.root);
    CertificateValidator validator{other.store, other.strict, other.clock};
    validator.alsoLookIn("pki/client", clientSide);
    CHECK(contains(hintsOf(validator.validate({.certificate = plant.plc.der}), Step::BuildChain), "in issuers of pki/client has made"));
}

TEST_CASE("a CA in rejected that has only the name of the issuer is no near miss") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.root).reject(forgeIntermediate(plant.root, "Line CA", {.keyIndex = 3}));
    CHECK_FALSE(contains(hintsOf(bench.judge(plant.plc), Step::BuildChain), "has made"));
}

TEST_CASE("a CA that was set up anew is named, with its place") {
    const Plant plant;
    const auto anew = forgeIntermediate(plant.root, "Line CA", {.keyIndex = 3});
    Bench bench;
    const auto verdict = bench.trust(plant.root).issuer(anew).judge(plant.plc);
    CHECK(verdict.status() == S::BadCertificateChainIncomplete);
    const auto hints = hintsOf(verdict, Step::BuildChain);
    CHECK(contains(hints, cert(anew).describe() + " (issuers list in memory) carries the name of the issuer"));
    CHECK(contains(hints, "was the CA set up anew?"));
}

TEST_CASE("a CA with the right key or common name and another subject is named") {
    const Plant plant;
    Bench key;
    const auto renamed = forgeIntermediate(plant.root, "Line CA 2");
    CHECK(contains(hintsOf(key.trust(plant.root).issuer(renamed).judge(plant.plc), Step::BuildChain),
                   cert(renamed).describe() + " (issuers list in memory) has the key identifier of the missing issuer"));
    Bench name;
    const auto otherOrg = forgeIntermediate(plant.root, "Line CA", {.org = "Other", .keyIndex = 3});
    CHECK(contains(hintsOf(name.trust(plant.root).issuer(otherOrg).judge(plant.plc), Step::BuildChain),
                   "has the common name of the missing issuer"));
}

TEST_CASE("a root that only the peer has: who else knows it") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.line).reject(plant.root);
    const auto verdict = bench.judge({plant.plc, plant.line, plant.root});
    CHECK(verdict.status() == S::BadCertificateChainIncomplete);
    CHECK(contains(hintsOf(verdict, Step::BuildChain, 2), cert(plant.root).describe() + " (rejected list in memory) lies in rejected"));
}

TEST_CASE("a damaged copy of a trusted certificate is recognized") {
    const Plant plant;
    Bench bench;
    plant.install(bench);
    bench.trust(plant.plc);
    const auto verdict = bench.judge(tamperSignature(plant.plc.der));
    CHECK(verdict.status() == S::BadCertificateInvalid);
    CHECK(contains(hintsOf(verdict, Step::Signature), "has the same issuer and serial number, and is not the same to the last octet"));
}

TEST_CASE("an issuer that is presumed by its name alone is named when the signature is wrong") {
    const auto former = forgeRoot("Plant CA", {.keyIndex = 3});
    const auto plc = forgeLeaf(former, {.aki = false});
    const auto anew = forgeRoot("Plant CA", {.ski = false});
    Bench bench;
    CHECK(contains(hintsOf(bench.trust(anew).judge(plc), Step::Signature), "because of its name alone: was the CA set up anew"));
}

TEST_CASE("the policies that a key would fit are named") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.trust(plc).request.securityPolicy = findSecurityPolicy("ECC_nistP256");
    const auto hints = hintsOf(bench.judge(plc), Step::SecurityPolicyCheck);
    CHECK(contains(hints, "Basic256Sha256"));
    CHECK_FALSE(contains(hints, "Basic128Rsa15"));
    CHECK_FALSE(contains(hints, "ECC"));

    const auto small = forgeCertificate({.keyName = "rsa1024", .hash = "sha1"});
    bench.trust(small).request.securityPolicy = findSecurityPolicy("Basic256Sha256");
    CHECK(contains(hintsOf(bench.judge(small), Step::SecurityPolicyCheck), "only, which is deprecated"));
}

TEST_CASE("a clock or time zone that is wrong by hours is thought of") {
    const auto early = forgeCertificate({.notBefore = kForgeNow + hours{2}});
    Bench bench;
    CHECK(contains(hintsOf(bench.trust(early).judge(early), Step::ValidityPeriod),
                   "It begins 2 hours from now: is a clock or a time zone wrong"));
    const auto late = forgeCertificate({.notAfter = kForgeNow - hours{23}});
    CHECK(contains(hintsOf(bench.trust(late).judge(late), Step::ValidityPeriod), "It was valid until 23 hours ago"));
    const auto distant = forgeCertificate({.notBefore = kForgeNow + hours{49}});
    CHECK(hintsOf(bench.trust(distant).judge(distant), Step::ValidityPeriod).empty());
    const auto old = forgeCertificate({.notAfter = kForgeNow - hours{49}});
    CHECK(hintsOf(bench.trust(old).judge(old), Step::ValidityPeriod).empty());
}

TEST_CASE("a clock that starts at 1970 or runs decades ahead is thought of") {
    const auto plc = forgeCertificate();
    Bench bench;
    bench.trust(plc);
    bench.clock.set(Instant{hours{1}});
    CHECK(contains(hintsOf(bench.judge(plc), Step::ValidityPeriod), "This machine's clock says 1970-01-01T01:00:00Z"));
    bench.clock.set(forgeDate(2060, 1, 1));
    CHECK(contains(hintsOf(bench.judge(plc), Step::ValidityPeriod), "is the year right?"));
    bench.clock.set(kForgeNow);
    bench.request.at = Instant{hours{1}};
    CHECK(contains(hintsOf(bench.judge(plc), Step::ValidityPeriod), "The time that was asked for says 1970"));
}

TEST_CASE("an expired certificate whose successor is trusted already is recognized") {
    const auto expired = forgeCertificate({.notAfter = forgeDate(2026, 3, 1)});
    const auto renewed = forgeCertificate({.keyIndex = 3});
    Bench bench;
    const auto hints = hintsOf(bench.trust(expired).trust(renewed).judge(expired), Step::ValidityPeriod);
    CHECK(contains(hints, cert(renewed).describe()));
    CHECK(contains(hints, "does the peer still use a former certificate?"));
}

TEST_CASE("a renewed certificate of an expired CA that lies in the wrong place is named") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root, "Line CA", {.notAfter = forgeDate(2026, 3, 1)});
    const auto renewed = forgeIntermediate(root);
    const auto plc = forgeLeaf(line);
    Bench bench;
    bench.trust(root).issuer(line).reject(renewed).list({.issuer = &root}).list({.issuer = &line});
    const auto verdict = bench.judge(plc);
    CHECK(verdict.status() == S::BadCertificateIssuerTimeInvalid);
    CHECK(contains(hintsOf(verdict, Step::ValidityPeriod, 1),
                   cert(renewed).describe() + " (rejected list in memory) in rejected is of the same CA"));
}

TEST_CASE("a certificate for the other side, or of a CA, is recognized") {
    const std::string serverOnly{kServerAuth};
    const auto server = forgeCertificate({.eku = std::vector{serverOnly}});
    Bench bench;
    CHECK(contains(hintsOf(bench.trust(server).judge(server), Step::CertificateUsage), "for servers only"));
    const Plant plant;
    Bench chain;
    plant.install(chain);
    CHECK(contains(hintsOf(chain.judge({plant.line, plant.plc}), Step::CertificateUsage), "in the wrong order?"));
}

TEST_CASE("a revoked certificate that is trusted: that does not outweigh it") {
    const Plant plant;
    Bench bench;
    bench.trust(plant.root).issuer(plant.line).trust(plant.plc);
    bench.list({.issuer = &plant.root}).list({.issuer = &plant.line, .revoked = {revoked(plant.plc)}});
    const auto verdict = bench.judge(plant.plc);
    CHECK(verdict.status() == S::BadCertificateRevoked);
    CHECK(contains(hintsOf(verdict, Step::RevocationCheck), "lies in trusted, which does not outweigh a revocation"));
}

TEST_CASE("a peer that sends text instead of DER is told apart from noise") {
    Bench bench;
    const auto pem = forgeCertificate().pem();
    const auto verdict = bench.judge(Bytes{pem.begin(), pem.end()});
    CHECK(verdict.status() == S::BadCertificateInvalid);
    CHECK(contains(hintsOf(verdict, Step::Structure), "(PEM)"));
    CHECK(hintsOf(bench.judge(Bytes{0x30, 0x00}), Step::Structure).empty());
}

TEST_CASE("hints change no outcome") {
    const Plant plant;
    const auto stranger = forgeCertificate({.keyIndex = 3});
    for (const std::size_t entries : {std::size_t{0}, Budget{}.maxHintEntries}) {
        Bench bench;
        plant.install(bench);
        bench.trust(forgeCertificate({.keyIndex = 4}));
        bench.budget.maxHintEntries = entries;
        bench.request.applicationUri = "urn:test:other";
        CHECK(bench.judge(plant.plc).status() == S::BadCertificateUriInvalid);
        const auto verdict = bench.judge(stranger);
        CHECK(verdict.status() == S::BadCertificateUntrusted);
        CHECK(isComplete(verdict.report()));
        CHECK(contains(hintsOf(verdict, Step::TrustList), "reissued") == (entries > 0));
    }
}

TEST_CASE("a near miss is found at the end of a long trusted list, whatever the budget") {
    const auto model = forgeCertificate({.cn = "filler", .keyName = "p256", .keyIndex = 1, .uris = {"urn:test:filler"}});
    const auto reissued = forgeCertificate({.keyName = "p256", .keyIndex = 2});
    const auto stranger = forgeCertificate({.keyName = "p256", .keyIndex = 3});
    auto entries = manyLike(model, 2000);
    entries.push_back({cert(reissued), "trusted/last.der"});
    FixedStore store{{.trusted = std::move(entries)}};
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    const auto found = [&](std::size_t maxEntries) {
        const CertificateValidator validator{store, policy, clock, {.maxHintEntries = maxEntries}};
        return contains(trustHints(validator.validate({.certificate = stranger.der})), "trusted/last.der");
    };
    CHECK(found(Budget{}.maxHintEntries));
    CHECK(found(1));
    CHECK_FALSE(found(0));
}

TEST_CASE("of the near misses in a long trusted list as many are compared as the budget says") {
    const auto model = forgeCertificate({.cn = "filler", .keyName = "p256", .keyIndex = 1});
    const auto stranger = forgeCertificate({.keyName = "p256", .keyIndex = 3});
    const auto renewed = forgeCertificate({.keyName = "p256", .keyIndex = 3, .serial = "7E57"});
    auto entries = manyLike(model, 2000);
    // They are compared in the order of their identities.
    const auto place = 1 + static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), [&](const StoredCertificate& each) {
                           return each.certificate.id() < cert(renewed).id();
                       }));
    entries.push_back({cert(renewed), "trusted/renewed.der"});
    FixedStore store{{.trusted = std::move(entries)}};
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    const auto hints = [&](std::size_t maxEntries) {
        const CertificateValidator validator{store, policy, clock, {.maxHintEntries = maxEntries}};
        return trustHints(validator.validate({.certificate = stranger.der}));
    };
    // The same ApplicationUri in all of them, the same key in one: the closest comes first.
    CHECK(contains(hints(2001), "trusted/renewed.der"));
    CHECK(contains(hints(place), "trusted/renewed.der"));
    const auto fewer = hints(place - 1);
    CHECK_FALSE(contains(fewer, "trusted/renewed.der"));
    CHECK(contains(fewer, "has the same ApplicationUri") == (place > 1));
}

TEST_CASE("what is near follows the trusted list") {
    const auto trusted = forgeCertificate({.keyIndex = 3});
    const auto stranger = forgeCertificate({.keyIndex = 4});
    MemoryStore store;
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    const CertificateValidator validator{store, policy, clock};
    const auto hints = [&] { return trustHints(validator.validate({.certificate = stranger.der, .fileRejected = false})); };
    CHECK(hints().empty());
    store.addCertificate(StoreList::Trusted, cert(trusted)).value();
    CHECK(contains(hints(), "has the same ApplicationUri"));
    store.removeCertificate(StoreList::Trusted, cert(trusted).id()).value();
    CHECK(hints().empty());
}

TEST_CASE("hints are few, however many certificates are near") {
    const auto model = forgeCertificate({.keyName = "p256", .keyIndex = 1});
    TrustSnapshot::Content content;
    content.trusted = manyLike(model, 1000);
    content.rejected = manyLike(forgeRoot("Plant CA", {.keyName = "p256", .keyIndex = 2}), 300);
    FixedStore store{content};
    FixedStore other{content};
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    CertificateValidator validator{store, policy, clock};
    validator.alsoLookIn("pki/client", other);
    const auto root = forgeRoot("Plant CA", {.keyName = "p256", .keyIndex = 2});
    const auto plc = forgeLeaf(root, {.keyName = "p256"});
    const auto verdict = validator.validate({.certificate = plc.der});
    CHECK_FALSE(verdict.accepted());
    CHECK(hintCount(verdict.report()) > 0);
    for (const auto& each : verdict.report().findings()) CHECK(each.hints.size() <= 5);
}

TEST_CASE("nobody writes to the operator's terminal through a hint") {
    const std::string evil = "\x1b[2J\r\nTRUSTED\xe2\x80\xae";
    const auto trusted = forgeCertificate({.cn = evil, .keyIndex = 3, .uris = {"urn:test:\x1b[2J\n"}});
    const auto leaf = forgeCertificate({.cn = evil, .uris = {"urn:test:\x1b[2J\n"}});
    FixedStore store{{.trusted = {{cert(trusted), "trusted/" + evil}}}};
    FixedStore other{{.trusted = {{cert(leaf), "there/" + evil}}}};
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    CertificateValidator validator{store, policy, clock};
    validator.alsoLookIn(evil, other);
    const auto verdict = validator.validate({.certificate = leaf.der});
    const auto hints = findingOf(verdict, Step::TrustList).hints;
    CHECK(hints.size() == 2);
    for (const auto& hint : hints) CHECK(hint == printable(hint, 1U << 20U));
    CHECK_FALSE(contains(explain(verdict.report()), "\x1b"));
}

TEST_CASE("the hints of the decisive failure are at the top of the explanation, others beside their step") {
    Bench bench;
    bench.trust(forgeCertificate({.keyIndex = 3})).request.applicationUri = "urn:test:plc-8";
    const auto text = explain(bench.judge(forgeCertificate()).report());
    const auto decisive = text.find("\nNoticed: CN=plc-7");
    CHECK(decisive != std::string::npos);
    CHECK(decisive < text.find("Certificate Structure"));
    CHECK(text.find("        noticed        The ApplicationUri", decisive) != std::string::npos);
}
