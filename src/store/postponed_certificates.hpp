#pragma once

#include <uatrust/x509/certificate.hpp>

#include <mutex>
#include <optional>
#include <vector>

namespace uatrust::detail {

/// PostponedCertificates are refused ones that wait in memory for a chance to be filed. Bounded: a newcomer pushes out the oldest.
/// Safe to use from several threads.
class PostponedCertificates {
public:
    /// `most` is how many may wait, if that is less than the own bound. One that waits already is not added again.
    void add(const Certificate& leaf, std::size_t most);
    /// The oldest, which waits no more.
    [[nodiscard]] std::optional<Certificate> take();
    [[nodiscard]] bool empty() const;

private:
    mutable std::mutex mutex_{};  // guards what follows; taken for moments only
    std::vector<Certificate> waiting_{};
};

}  // namespace uatrust::detail
