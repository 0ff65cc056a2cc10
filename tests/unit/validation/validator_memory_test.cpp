// What a validator keeps from one judgement to the next makes it quicker and changes no verdict.

#include <atomic>
#include <thread>

#include "unit/validation/bench.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

using S = StatusCode;

/// A validator that stays, its trusted CA, and an application that the CA has issued a certificate for.
struct Line {
    const ForgedCert root = forgeRoot();
    const ForgedCert leaf = forgeLeaf(root);
    MemoryStore store{};
    const StrictPolicy policy{};
    const FixedClock clock{kForgeNow};
    const CertificateValidator validator{store, policy, clock};
    Line() {
        store.addCertificate(StoreList::Trusted, cert(root)).value();
        store.addCrl(StoreList::Trusted, crl(forgeCrl({.issuer = &root}))).value();
    }
};

}  // namespace

TEST_CASE("Whoever was accepted before is refused as soon as the CA is not trusted any more, or has revoked it") {
    Line line;
    const auto status = [&](const Bytes& der) { return line.validator.validate({.certificate = der, .fileRejected = false}).status(); };
    CHECK(status(line.leaf.der) == S::Good);
    CHECK(status(line.leaf.der) == S::Good);
    CHECK(status(tamperSignature(line.leaf.der)) == S::BadCertificateInvalid);

    line.store.addCrl(StoreList::Trusted, crl(forgeCrl({.issuer = &line.root, .revoked = {revoked(line.leaf)}, .number = 2}))).value();
    CHECK(status(line.leaf.der) == S::BadCertificateRevoked);
    line.store.moveCertificate(cert(line.root).id(), StoreList::Trusted, StoreList::Issuers).value();
    CHECK(status(line.leaf.der) == S::BadCertificateUntrusted);
    line.store.removeCertificate(StoreList::Issuers, cert(line.root).id()).value();
    CHECK(status(line.leaf.der) == S::BadCertificateChainIncomplete);
}

TEST_CASE("Many threads may be told what is near while the trusted list changes", "[threads]") {
    const auto trusted = forgeCertificate({.keyIndex = 1});
    const auto other = forgeCertificate({.cn = "other", .keyIndex = 2, .uris = {"urn:test:other"}});
    const auto stranger = forgeCertificate({.keyIndex = 3});
    MemoryStore store;
    store.addCertificate(StoreList::Trusted, cert(trusted)).value();
    const StrictPolicy policy;
    const FixedClock clock{kForgeNow};
    const CertificateValidator validator{store, policy, clock};
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 60; ++i) {
                const auto verdict = validator.validate({.certificate = stranger.der, .fileRejected = false});
                const auto* finding = verdict.report().find(Step::TrustList);
                if (verdict.status() != S::BadCertificateUntrusted || finding == nullptr || finding->hints.size() != 1) ++wrong;
            }
        });
    }
    for (int i = 0; i < 60; ++i) {
        store.addCertificate(StoreList::Trusted, cert(other)).value();
        store.removeCertificate(StoreList::Trusted, cert(other).id()).value();
    }
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}

TEST_CASE("Many threads may judge whoever was accepted before", "[threads]") {
    Line line;
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 60; ++i) {
                if (!line.validator.validate({.certificate = line.leaf.der}).accepted()) ++wrong;
            }
        });
    }
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}
