// Whom uatrust accepts, OpenSSL accepts as well: on random PKIs, without CRLs, by the path alone.

#include <openssl/x509_vfy.h>

#include "support/forge_openssl.hpp"
#include "unit/validation/properties.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

constexpr unsigned kPkis = 300;

using StorePtr = std::unique_ptr<X509_STORE, forge::Release<&X509_STORE_free>>;
using ContextPtr = std::unique_ptr<X509_STORE_CTX, forge::Release<&X509_STORE_CTX_free>>;
inline void freeCertificates(STACK_OF(X509) * all) { sk_X509_pop_free(all, X509_free); }
using StackPtr = std::unique_ptr<STACK_OF(X509), forge::Release<&freeCertificates>>;

forge::CertPtr opensslOf(const Certificate& certificate) { return forge::parse({certificate.der().begin(), certificate.der().end()}); }

/// Says of two certificates that one has issued the other when they are neighbours in the chain that the context carries.
int areNeighbours(X509_STORE_CTX* context, X509* certificate, X509* issuer) {
    const auto& chain = *static_cast<const std::vector<forge::CertPtr>*>(X509_STORE_CTX_get_app_data(context));
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const auto& next = i + 1 < chain.size() ? chain[i + 1] : chain[i];
        if (X509_cmp(chain[i].get(), certificate) == 0 && X509_cmp(next.get(), issuer) == 0) return 1;
    }
    return 0;
}

/// Why OpenSSL refuses a certificate; empty when it does not. With a chain it has to take exactly this one.
std::string whyRefused(const Certificate& leaf, const std::vector<Certificate>& roots, const std::vector<Certificate>& between,
                       std::vector<forge::CertPtr>* chain = nullptr) {
    const StorePtr store{X509_STORE_new()};
    if (chain != nullptr) X509_STORE_set_check_issued(store.get(), &areNeighbours);
    for (const auto& each : roots) X509_STORE_add_cert(store.get(), opensslOf(each).get());
    const StackPtr untrusted{sk_X509_new_null()};
    for (const auto& each : between) sk_X509_push(untrusted.get(), opensslOf(each).release());
    const auto end = opensslOf(leaf);
    const ContextPtr context{X509_STORE_CTX_new()};
    forge::must(X509_STORE_CTX_init(context.get(), store.get(), end.get(), untrusted.get()) == 1, "verify");
    X509_STORE_CTX_set_app_data(context.get(), chain);
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(kForgeNow.time_since_epoch().count()));
    const bool good = X509_verify_cert(context.get()) == 1;
    ERR_clear_error();
    return good ? std::string{} : X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

std::string whyRefusedAsItIs(const std::vector<Certificate>& chain) {
    std::vector<forge::CertPtr> neighbours;
    for (const auto& each : chain) neighbours.push_back(opensslOf(each));
    return whyRefused(chain.front(), {chain.back()}, chain, &neighbours);
}

bool looksSelfSigned(const Certificate& certificate) { return X509_self_signed(opensslOf(certificate).get(), 0) == 1; }

std::vector<Certificate> everyCaOf(const Situation& situation) {
    std::vector<Certificate> all;
    for (const auto* list : {&situation.lists.trusted, &situation.lists.issuers}) {
        for (const auto& each : *list) all.push_back(each.certificate);
    }
    for (const auto& each : situation.behind) all.push_back(cert(each));
    return all;
}

bool isOneChain(const Situation& situation) {
    const auto all = everyCaOf(situation);
    return std::none_of(all.begin(), all.end(), [&](const Certificate& a) {
        return std::any_of(all.begin(), all.end(), [&](const Certificate& b) { return a.subject() == b.subject() && a != b; });
    });
}

std::vector<Certificate> rootsOf(const Situation& situation) {
    std::vector<Certificate> roots;
    for (const auto* list : {&situation.lists.trusted, &situation.lists.issuers}) {
        for (const auto& each : *list) {
            if (each.certificate.isSelfSigned()) roots.push_back(each.certificate);
        }
    }
    return roots;
}

std::vector<Certificate> othersOf(const Situation& situation) {
    auto all = everyCaOf(situation);
    std::erase_if(all, [](const Certificate& each) { return each.isSelfSigned(); });
    return all;
}

}  // namespace

// OpenSSL follows the first chain that it finds, uatrust all of them. So the chain that uatrust has accepted is put before
// OpenSSL alone. Where no two CAs share a name there is only one chain, and OpenSSL has to find it in all lists, too.
// Left out is what OpenSSL takes for a root by its looks: a certificate with the name of its issuer, signed with another key,
// without the key identifiers that would tell (RFC 5280, 4.2.1.1, demands them).
TEST_CASE("OpenSSL accepts every chain that is accepted here") {
    int accepted = 0;
    int unique = 0;
    int leftOut = 0;
    for (unsigned seed = 0; seed < kPkis; ++seed) {
        CAPTURE(seed);
        auto situation = RandomPki{seed}.situation;
        situation.profile = Profile::Path;
        situation.revocation = RevocationMode::Off;
        const auto verdict = situation.judge();
        if (!verdict.accepted()) continue;
        ++accepted;
        std::vector<Certificate> chain;
        for (const auto& each : verdict.report().chain()) chain.push_back(each.certificate);
        if (std::any_of(chain.begin(), chain.end() - 1, [](const Certificate& each) { return looksSelfSigned(each); })) {
            ++leftOut;
            continue;
        }
        CHECK(whyRefusedAsItIs(chain) == "");
        if (!isOneChain(situation)) continue;
        ++unique;
        CHECK(whyRefused(chain.front(), rootsOf(situation), othersOf(situation)) == "");
    }
    CHECK(accepted > 60);
    CHECK(unique > 20);
    CHECK(leftOut < accepted / 20);
}
