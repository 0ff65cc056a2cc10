#pragma once

#include <uatrust/store/certificate_store.hpp>
#include <uatrust/store/identity_store.hpp>

namespace uatrust {

/// MemoryStore keeps its lists in memory, for tests and for servers whose lists come from elsewhere.
/// Safe to use from several threads at once.
class UATRUST_API MemoryStore final : public CertificateStore, public IdentityStore {
public:
    /// Holds at most `maxRejected` rejected certificates, and as many records of refusals.
    explicit MemoryStore(std::size_t maxRejected = 100);
    ~MemoryStore() override;

    [[nodiscard]] std::shared_ptr<const TrustSnapshot> snapshot() override;
    Result<void> addCertificate(StoreList list, const Certificate& certificate) override;
    Result<void> removeCertificate(StoreList list, const CertificateId& id) override;
    Result<void> moveCertificate(const CertificateId& id, StoreList from, StoreList to) override;
    Result<void> addCrl(StoreList list, const Crl& crl) override;
    Result<void> removeCrl(StoreList list, const CertificateId& id) override;
    Result<bool> fileRejected(const Certificate& leaf) override;
    Result<Filing> recordRefusal(const Certificate& leaf, const Refusal& refusal) override;
    [[nodiscard]] RefusalJournal refusals() override;
    [[nodiscard]] std::optional<std::uint64_t> refusalsGeneration() override;
    Result<void> pin(const CertificateId& id, bool pinned) override;
    Result<void> forgetRefusals(const CertificateId& id) override;

    [[nodiscard]] Result<OwnMaterial> loadOwn() override;
    Result<void> saveOwn(const std::vector<Certificate>& chain, const PrivateKey& key) override;
    Result<void> savePending(const CertificateRequest& request, const std::optional<PrivateKey>& newKey) override;
    Result<void> dropPending(const PublicKey& key) override;
    [[nodiscard]] std::string ownLocation() const override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace uatrust
