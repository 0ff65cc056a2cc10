// A store keeps the octets of a certificate, and it is the same certificate all the same.

#include <array>
#include <atomic>
#include <thread>

#include <uatrust/store/memory_store.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

void checkSame(const Certificate& a, const Certificate& b) {
    CHECK(a == b);
    CHECK(equalBytes(a.der(), b.der()));
    CHECK(a.thumbprint() == b.thumbprint());
    CHECK(a.version() == b.version());
    CHECK(a.subject() == b.subject());
    CHECK(a.subject().text() == b.subject().text());
    CHECK(a.issuer() == b.issuer());
    CHECK(a.serialNumber() == b.serialNumber());
    CHECK(a.notBefore() == b.notBefore());
    CHECK(a.notAfter() == b.notAfter());
    CHECK(a.publicKey() == b.publicKey());
    CHECK(a.signatureAlgorithm().name == b.signatureAlgorithm().name);
    CHECK(a.keyUsage().has_value() == b.keyUsage().has_value());
    CHECK(a.extendedKeyUsage().has_value() == b.extendedKeyUsage().has_value());
    CHECK(a.isCa() == b.isCa());
    CHECK(equalBytes(a.subjectKeyIdentifier(), b.subjectKeyIdentifier()));
    CHECK(equalBytes(a.authorityKeyIdentifier(), b.authorityKeyIdentifier()));
    CHECK(a.unknownCriticalExtensions() == b.unknownCriticalExtensions());
    CHECK(a.uris() == b.uris());
    CHECK(a.dnsNames() == b.dnsNames());
    CHECK(a.ipAddresses() == b.ipAddresses());
    CHECK(a.isSelfIssued() == b.isSelfIssued());
    CHECK(a.isSelfSigned() == b.isSelfSigned());
    CHECK(a.describe() == b.describe());
}

Certificate stored(const Certificate& certificate) {
    MemoryStore store;
    store.addCertificate(StoreList::Trusted, certificate).value();
    return store.snapshot()->certificates(StoreList::Trusted).front().certificate;
}

}  // namespace

TEST_CASE("A certificate in a store answers every question as before") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    for (const auto& forged : {forgeCertificate(), forgeCertificate({.keyName = "p256"}), root, line, forgeLeaf(line)}) {
        const auto whole = parsed(forged);
        checkSame(stored(whole), whole);
    }
}

TEST_CASE("A certificate out of a store lives on when the store is gone") {
    const auto forged = forgeCertificate();
    const auto kept = stored(parsed(forged));
    CHECK(kept.isSelfSigned());
    CHECK(kept.subject().text() == parsed(forged).subject().text());
}

TEST_CASE("The signature of a certificate in a store is checked like any other") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto key = parsed(root).publicKey();
    CHECK(stored(parsed(line)).isSignedBy(key));
    CHECK_FALSE(stored(valueOf(Certificate::fromDer(tamperSignature(line.der)))).isSignedBy(key));
}

TEST_CASE("Several threads may be the first to look into a certificate of a store", "[threads]") {
    const auto whole = parsed(forgeCertificate());
    for (int round = 0; round < 20; ++round) {
        const auto compact = stored(whole);
        std::array<const DistinguishedName*, 4> seen{};
        std::atomic<int> wrong{0};
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < seen.size(); ++i) {
            threads.emplace_back([&, i] {
                seen.at(i) = &compact.subject();
                if (compact.subject() != whole.subject() || !compact.isSelfSigned()) ++wrong;
            });
        }
        for (auto& each : threads) each.join();
        CHECK(wrong == 0);
        // What one of them was shown is what all of them were shown, and stays.
        for (const auto* each : seen) CHECK(each == &compact.subject());
    }
}
