#pragma once

#include <uatrust/x509/certificate.hpp>

#include <string>
#include <utility>
#include <vector>

namespace uatrust::tool {

/// ShortThumbprints cuts thumbprints to what still tells the certificates of a folder apart: choose() finds each by it.
class ShortThumbprints {
public:
    void add(const Certificate& certificate);
    /// Call it when all are added: eight digits or more.
    [[nodiscard]] std::string of(const Certificate& certificate);

private:
    using Known = std::pair<std::string, CertificateId>;  // the digits, and whose they are
    std::vector<Known> known_{};
    bool sorted_ = false;
};

}  // namespace uatrust::tool
