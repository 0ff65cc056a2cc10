#include <uatrust/store/certificate_store.hpp>

namespace uatrust {

Result<Filing> CertificateStore::recordRefusal(const Certificate& leaf, const Refusal&) {
    const auto filed = fileRejected(leaf);
    if (!filed) return filed.error();
    return *filed ? Filing::Filed : Filing::Known;
}

RefusalJournal CertificateStore::refusals() { return {}; }

std::optional<std::uint64_t> CertificateStore::refusalsGeneration() { return {}; }

Result<void> CertificateStore::pin(const CertificateId&, bool) {
    return Error{StatusCode::BadNotSupported, "This store keeps no journal of refusals: there is nothing to pin.",
                 "Use a store that keeps one, such as DirectoryStore."};
}

Result<void> CertificateStore::forgetRefusals(const CertificateId&) { return {}; }

}  // namespace uatrust
