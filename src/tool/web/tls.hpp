#pragma once

#include <uatrust/core/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace uatrust::tool::web {

/// TlsServer is what the page is served with when it is not for this machine alone: TLS 1.2 or newer.
class TlsServer {
public:
    /// Reads the certificate, with the CAs above it in PEM, and its private key in PEM. The error names the file.
    [[nodiscard]] static Result<TlsServer> load(const std::string& certificateFile, const std::string& keyFile);

    /// Names and addresses of the certificate: what a browser may call this server.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
    /// SSL_CTX*.
    [[nodiscard]] void* context() const noexcept { return context_.get(); }

private:
    std::shared_ptr<void> context_{};
    std::vector<std::string> names_{};
};

}  // namespace uatrust::tool::web
