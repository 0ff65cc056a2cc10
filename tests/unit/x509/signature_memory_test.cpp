// What is remembered of a signature changes no answer.

#include <atomic>
#include <thread>

#include <uatrust/x509/crl.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/parsed.hpp"

using namespace uatrust;
using namespace uatrust::test;

TEST_CASE("Certificates and CRLs answer the same at every question, copies too") {
    const auto root = forgeRoot();
    const auto line = forgeIntermediate(root);
    const auto certificate = parsed(line);
    const auto copy = certificate;
    const auto crl = Crl::fromDer(forgeCrl({.issuer = &root})).value();
    const auto rootKey = parsed(root).publicKey();
    for (int i = 0; i < 3; ++i) {
        CHECK(certificate.isSignedBy(rootKey));
        CHECK(copy.isSignedBy(rootKey));
        CHECK_FALSE(copy.isSignedBy(certificate.publicKey()));
        CHECK(crl.isSignedBy(rootKey));
        CHECK_FALSE(crl.isSignedBy(certificate.publicKey()));
    }
    const auto tampered = Certificate::fromDer(tamperSignature(line.der)).value();
    CHECK_FALSE(tampered.isSignedBy(rootKey));
    CHECK_FALSE(tampered.isSignedBy(rootKey));
}

TEST_CASE("A self-signed certificate stays one, and no other becomes one, whatever was asked before") {
    const auto plc = parsed(forgeCertificate());
    CHECK(plc.isSelfSigned());
    CHECK(plc.isSignedBy(plc.publicKey()));
    CHECK(plc.isSelfSigned());
    // The name of a root, the signature of another key.
    const auto forged = parsed(forgeCertificate({.signWith = forgeKey("rsa2048", 1)}));
    CHECK(forged.isSelfIssued());
    CHECK(forged.isSignedBy(parsed(forgeRoot()).publicKey()));
    CHECK_FALSE(forged.isSelfSigned());
    CHECK_FALSE(forged.isSignedBy(forged.publicKey()));
}

TEST_CASE("Several threads may ask for the same signature", "[threads]") {
    const auto root = forgeRoot();
    const auto line = parsed(forgeIntermediate(root));
    const auto crl = Crl::fromDer(forgeCrl({.issuer = &root})).value();
    const auto rootKey = parsed(root).publicKey();
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n) {
                if (!line.isSignedBy(rootKey) || line.isSignedBy(line.publicKey()) || !crl.isSignedBy(rootKey)) ++wrong;
            }
        });
    }
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}
