#include "validation/seen_certificates.hpp"

#include <cstring>
#include <utility>

namespace uatrust::detail {

std::size_t SeenCertificates::Hash::operator()(const CertificateId& id) const noexcept {
    std::size_t hash = 0;
    std::memcpy(&hash, id.sha256.data(), sizeof hash);
    return hash;
}

std::optional<Certificate> SeenCertificates::find(const CertificateId& id) {
    const std::lock_guard lock{mutex_};
    if (const auto at = recent_.find(id); at != recent_.end()) return at->second;
    const auto at = former_.find(id);
    if (at == former_.end()) return std::nullopt;
    const auto certificate = at->second;
    keep(certificate);
    return certificate;
}

void SeenCertificates::remember(const Certificate& certificate) {
    if (certificate.der().size() > kMaxSize) return;
    const std::lock_guard lock{mutex_};
    if (!recent_.contains(certificate.id())) keep(certificate);
}

void SeenCertificates::keep(const Certificate& certificate) {
    if (recent_.size() >= kMaxCount / 2) {
        former_ = std::move(recent_);
        recent_ = {};
    }
    recent_.emplace(certificate.id(), certificate);
}

}  // namespace uatrust::detail
