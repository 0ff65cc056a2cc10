#pragma once

#include <open62541/plugin/log_stdout.h>

#include <uatrust/open62541.hpp>
#include <uatrust/store/memory_store.hpp>
#include <uatrust/validation/validator.hpp>

#include "support/forge.hpp"

namespace uatrust::test {

/// Judge is a store with a validator over it, at the moment that forged certificates are made for.
struct Judge {
    MemoryStore store{};
    FixedClock clock{kForgeNow};
    StrictPolicy strict{};
    CertificateValidator validator{store, strict, clock};

    void trust(const ForgedCert& cert) { store.addCertificate(StoreList::Trusted, Certificate::fromDer(cert.der).value()).value(); }
    void distrust(const ForgedCert& cert) {
        store.removeCertificate(StoreList::Trusted, Certificate::fromDer(cert.der).value().id()).value();
    }
    void publishCrl(const ForgedCert& ca) { store.addCrl(StoreList::Trusted, Crl::fromDer(forgeCrl({.issuer = &ca})).value()).value(); }
    [[nodiscard]] std::size_t filed() { return store.snapshot()->certificates(StoreList::Rejected).size(); }
};

/// Told is what a listener heard.
struct Told {
    struct Event {
        open62541::Moment moment;
        StatusCode status;
    };
    std::vector<Event> events{};
    open62541::VerdictListener listener() {
        return [this](open62541::Moment moment, const Verdict& verdict) { events.push_back({moment, verdict.status()}); };
    }
};

/// lent() is octets as the stack hands them in.
inline UA_ByteString lent(const Bytes& bytes) { return {bytes.size(), const_cast<UA_Byte*>(bytes.data())}; }
inline UA_String lent(std::string_view text) { return {text.size(), reinterpret_cast<UA_Byte*>(const_cast<char*>(text.data()))}; }

/// ask() calls a plug as the stack does.
inline StatusCode ask(const UA_CertificateVerification& plug, const Bytes& blob) {
    const auto certificate = lent(blob);
    return static_cast<StatusCode>(plug.verifyCertificate(&plug, &certificate));
}
inline StatusCode ask(const UA_CertificateVerification& plug, const Bytes& blob, std::string_view uri) {
    const auto certificate = lent(blob);
    const auto applicationUri = lent(uri);
    return static_cast<StatusCode>(plug.verifyApplicationURI(&plug, &certificate, &applicationUri));
}

/// ThrowingPolicy throws whenever it is asked anything, something that is no std::exception.
class ThrowingPolicy final : public TrustPolicy {
public:
    [[nodiscard]] std::string name() const override { throw 1; }
    [[nodiscard]] Ruling onFailure(const Finding&, const Certificate&, const PolicyContext&) const override { throw 2; }
    [[nodiscard]] const TrustPolicy& inForce(const PolicyContext&) const override { throw 3; }
};

/// ThrowingStore breaks the contract of a store: its snapshot throws.
class ThrowingStore final : public CertificateStore {
public:
    [[nodiscard]] std::shared_ptr<const TrustSnapshot> snapshot() override { throw std::bad_alloc{}; }
    Result<void> addCertificate(StoreList, const Certificate&) override { throw std::bad_alloc{}; }
    Result<void> removeCertificate(StoreList, const CertificateId&) override { throw std::bad_alloc{}; }
    Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { throw std::bad_alloc{}; }
    Result<void> addCrl(StoreList, const Crl&) override { throw std::bad_alloc{}; }
    Result<void> removeCrl(StoreList, const CertificateId&) override { throw std::bad_alloc{}; }
    Result<bool> fileRejected(const Certificate&) override { throw std::bad_alloc{}; }
};

/// hostileBlobs() are what no certificate field should hold.
inline std::vector<Bytes> hostileBlobs() {
    const auto good = forgeCertificate().der;
    auto truncated = good;
    truncated.resize(good.size() / 2);
    auto trailing = good;
    trailing.push_back(0);
    return {{}, {0x30}, {0x30, 0x82, 0xFF, 0xFF}, {0x30, 0x80}, Bytes(100000, 0x30), truncated, trailing, tamperSignature(good)};
}

}  // namespace uatrust::test
