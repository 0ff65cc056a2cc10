#pragma once

#include <uatrust/store/certificate_store.hpp>

namespace uatrust::test {

/// A store that is not changed by anything: for the tests of who reads one.
class IdleStore : public CertificateStore {
public:
    Result<void> addCertificate(StoreList, const Certificate&) override { return {}; }
    Result<void> removeCertificate(StoreList, const CertificateId&) override { return {}; }
    Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { return {}; }
    Result<void> addCrl(StoreList, const Crl&) override { return {}; }
    Result<void> removeCrl(StoreList, const CertificateId&) override { return {}; }
    Result<bool> fileRejected(const Certificate&) override { return false; }
};

/// A store that holds one snapshot, and counts how often it is asked for it.
class FixedStore final : public IdleStore {
public:
    explicit FixedStore(TrustSnapshot::Content content) : snapshot_{std::make_shared<const TrustSnapshot>(std::move(content))} {}
    std::shared_ptr<const TrustSnapshot> snapshot() override {
        ++asked;
        return snapshot_;
    }

    int asked = 0;

private:
    std::shared_ptr<const TrustSnapshot> snapshot_;
};

}  // namespace uatrust::test
