// Which CRL would have answered, and why it does not, seen through the validator.

#include <uatrust/store/directory_store.hpp>

#include "support/temp_folder.hpp"
#include "unit/validation/bench.hpp"
#include "unit/validation/fixed_store.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using std::chrono::hours;

/// A trusted root, an application below it, and the CRLs that a test puts there.
struct Shop {
    ForgedCert root = forgeRoot();
    ForgedCert plc = forgeLeaf(root);
    TrustSnapshot::Content content{.trusted = {{cert(root), "trusted/certs/plant.der"}}};

    Shop& list(CrlSpec spec, const std::string& source = "trusted/crl/plant.crl") {
        if (spec.issuer == nullptr) spec.issuer = &root;
        content.trustedCrls.push_back({crl(forgeCrl(spec)), source});
        return *this;
    }
    [[nodiscard]] std::string hints(CertificateStore* other = nullptr) const {
        FixedStore store{content};
        const StrictPolicy policy;
        const FixedClock clock{kForgeNow};
        CertificateValidator validator{store, policy, clock};
        if (other != nullptr) validator.alsoLookIn("pki/client", *other);
        const auto verdict = validator.validate({.certificate = plc.der});
        CHECK(verdict.status() == StatusCode::BadCertificateRevocationUnknown);
        return hintsOf(verdict, Step::FindRevocationList);
    }
};

}  // namespace

TEST_CASE("no CRL anywhere: nothing is almost right") { CHECK(Shop{}.hints().empty()); }

TEST_CASE("the usual surprise: a certificate that is itself trusted needs the CRL of its CA") {
    Shop shop;
    shop.content.trusted.push_back({cert(shop.plc), "trusted/certs/plc.der"});
    CHECK(contains(shop.hints(), cert(shop.plc).describe() + " (trusted/certs/plc.der) is itself trusted; the CRL of its CA is asked for"));
}

TEST_CASE("a CRL that went out of date yesterday is told apart from an old one") {
    const auto hints = Shop{}.list({.issuer = nullptr, .nextUpdate = kForgeNow - hours{30}}).hints();
    CHECK(contains(hints, "The CRL trusted/crl/plant.crl was good until 1 day 6 hours ago"));
    CHECK(Shop{}.list({.issuer = nullptr, .nextUpdate = kForgeNow - hours{72}}).hints().empty());
}

TEST_CASE("a CRL that begins within hours makes one think of the clock") {
    const auto hints = Shop{}.list({.issuer = nullptr, .thisUpdate = kForgeNow + hours{1}}).hints();
    CHECK(contains(hints, "The CRL trusted/crl/plant.crl begins 1 hour from now: is a clock or a time zone wrong"));
}

TEST_CASE("a CRL of a CA of the same name and another key is named with its signer, when that is known") {
    const auto namesake = forgeRoot("Plant CA", {.keyIndex = 3});
    CHECK(contains(Shop{}.list({.issuer = &namesake}).hints(), "is signed with another key: was the CA set up anew?"));
    Shop known;
    known.content.issuers.push_back({cert(namesake), "issuers/certs/former.der"});
    CHECK(contains(known.list({.issuer = &namesake}).hints(),
                   "The CRL trusted/crl/plant.crl is signed by " + cert(namesake).describe() + " (issuers/certs/former.der)"));
}

TEST_CASE("a CRL that another group of the application has is named") {
    const Shop shop;
    FixedStore other{{.issuerCrls = {{crl(forgeCrl({.issuer = &shop.root})), "pki/client/issuers/crl/plant.crl"}}}};
    CHECK(contains(shop.hints(&other), "The CRL pki/client/issuers/crl/plant.crl is a CRL of " + cert(shop.root).describe() +
                                           " in pki/client, where it does not count"));
    const auto namesake = forgeRoot("Plant CA", {.keyIndex = 3});
    FixedStore foreign{{.issuerCrls = {{crl(forgeCrl({.issuer = &namesake})), "elsewhere"}}}};
    CHECK(shop.hints(&foreign).empty());
}

TEST_CASE("a CRL in the wrong folder or in a file that cannot be read is thought of") {
    Shop misplaced;
    misplaced.content.problems = {
        {"trusted/certs/plant.crl", "The file holds a revocation list (CRL) in a folder for certificates: it is not used.",
         "Move it to trusted/crl."},
        {"trusted/certs/other.der", "The file is empty.", "Remove the file."}};
    const auto hints = misplaced.hints();
    CHECK(contains(hints, "trusted/certs/plant.crl is not used and may be the CRL that is missing"));
    CHECK_FALSE(contains(hints, "other.der"));
    Shop unreadable;
    unreadable.content.allCrlsRead = false;
    CHECK(contains(unreadable.hints(), "Not everything could be read where CRLs are kept"));
}

TEST_CASE("in folders: a CRL among the certificates, and a file among the CRLs that is none") {
    const Shop shop;
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    const auto hintsIn = [&](const TempFolder& folder) {
        DirectoryStore store{folder.path()};
        store.addCertificate(StoreList::Trusted, cert(shop.root)).value();
        const CertificateValidator validator{store, policy, clock};
        const auto verdict = validator.validate({.certificate = shop.plc.der});
        CHECK(verdict.status() == StatusCode::BadCertificateRevocationUnknown);
        return hintsOf(verdict, Step::FindRevocationList);
    };
    const TempFolder misplaced;
    writeFile(misplaced / "trusted/certs/plant.crl", forgeCrl({.issuer = &shop.root}));
    CHECK(contains(hintsIn(misplaced), "plant.crl is not used and may be the CRL that is missing"));
    const TempFolder damaged;
    writeFile(damaged / "issuers/crl/cut short.crl", "0");
    CHECK(contains(hintsIn(damaged), "cut short.crl is not used and may be the CRL that is missing"));
    const TempFolder empty;
    CHECK(hintsIn(empty).empty());
}

TEST_CASE("hints about CRLs are few, whatever lies there") {
    Shop shop;
    for (int i = 0; i < 40; ++i) {
        const auto name = "trusted/crl/" + std::to_string(i);
        shop.list({.issuer = nullptr, .number = i, .signWith = forgeKey("p256", 1)}, name);
        shop.content.problems.push_back({name, "no CRL", ""});
    }
    const auto hints = shop.hints();
    CHECK(std::count(hints.begin(), hints.end(), '\n') <= 5);
    CHECK_FALSE(hints.empty());
}
