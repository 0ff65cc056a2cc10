#pragma once

#include <mutex>
#include <optional>
#include <unordered_map>

#include <uatrust/x509/certificate.hpp>

namespace uatrust::detail {

/// SeenCertificates remembers the latest certificates of accepted chains that lie in no list, as they were decoded: what an
/// encoding means, and which key has made its signature, does not change. Whether one of them is accepted again is decided
/// again. Who is refused is not remembered, so that a flood of strangers pushes nobody out.
///
/// Safe to use from several threads at once.
class SeenCertificates {
public:
    static constexpr std::size_t kMaxCount = 512;
    static constexpr std::size_t kMaxSize = 8192;  ///< octets of one; what is larger is decoded each time

    [[nodiscard]] std::optional<Certificate> find(const CertificateId& id);
    void remember(const Certificate& certificate);

private:
    struct Hash {
        std::size_t operator()(const CertificateId& id) const noexcept;
    };
    using Some = std::unordered_map<CertificateId, Certificate, Hash>;
    void keep(const Certificate& certificate);

    // When the recent ones are half of all, they become the former ones: whoever is not asked for meanwhile is forgotten.
    std::mutex mutex_{};
    Some recent_{};
    Some former_{};
};

}  // namespace uatrust::detail
