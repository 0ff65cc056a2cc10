#pragma once

#include <memory>
#include <mutex>

#include <uatrust/store/directory_store.hpp>

namespace uatrust::test {

/// ListedStore holds what it was given, with the sources it was given, and files the refused among the rejected. Nothing else
/// changes it.
class ListedStore final : public CertificateStore {
public:
    explicit ListedStore(TrustSnapshot::Content content) : content_{std::move(content)} {}

    std::shared_ptr<const TrustSnapshot> snapshot() override {
        const std::lock_guard lock{mutex_};
        if (!current_) current_ = std::make_shared<const TrustSnapshot>(content_);
        return current_;
    }
    Result<bool> fileRejected(const Certificate& leaf) override {
        if (snapshot()->find(StoreList::Rejected, leaf.id()) != nullptr || snapshot()->findBlocked(leaf) != nullptr) return false;
        const std::lock_guard lock{mutex_};
        content_.rejected.push_back({leaf, "rejected/" + certificateFileName(leaf)});
        current_.reset();
        return true;
    }

    Result<void> addCertificate(StoreList, const Certificate&) override { return readOnly(); }
    Result<void> removeCertificate(StoreList, const CertificateId&) override { return readOnly(); }
    Result<void> moveCertificate(const CertificateId&, StoreList, StoreList) override { return readOnly(); }
    Result<void> addCrl(StoreList, const Crl&) override { return readOnly(); }
    Result<void> removeCrl(StoreList, const CertificateId&) override { return readOnly(); }

private:
    static Error readOnly() { return {StatusCode::BadNotWritable, "This store is not for changing.", "Make another one."}; }

    std::mutex mutex_{};
    TrustSnapshot::Content content_;
    std::shared_ptr<const TrustSnapshot> current_{};
};

}  // namespace uatrust::test
