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
    /// The same for digits in upper case that something is found by, whatever they are of.
    void add(std::string digits, const CertificateId& whose);
    /// Call it when all are added: eight digits or more.
    [[nodiscard]] std::string of(const Certificate& certificate);
    [[nodiscard]] std::string of(const std::string& thumbprint, const CertificateId& whose);

private:
    using Known = std::pair<std::string, CertificateId>;  // the digits, and whose they are
    std::vector<Known> known_{};
    bool sorted_ = false;
};

}  // namespace uatrust::tool
