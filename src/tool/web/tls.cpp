#include "tool/web/tls.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <uatrust/core/ip_address.hpp>
#include <uatrust/x509/pem.hpp>

#include "tool/platform.hpp"

namespace uatrust::tool::web {
namespace {

constexpr std::size_t kMaxFile = 1U << 20U;

Error unusable(const std::string& file, std::string_view why, std::string_view remedy) {
    // What OpenSSL has to say of it must not stay for the next one who looks.
    ERR_clear_error();
    return {StatusCode::BadConfigurationError, fmt::format("{} {}.", printable(file, 4096), why), std::string{remedy}};
}

Result<Certificate> firstOf(const std::string& file) {
    const auto content = readInput(file, kMaxFile);
    if (!content) return content.error();
    auto certificates = readCertificates(content->view());
    if (!certificates) return unusable(file, "holds no certificate", "Give the TLS certificate in PEM, with the CAs above it behind it.");
    return std::move(certificates->front());
}

std::vector<std::string> namesOf(const Certificate& certificate) {
    auto names = certificate.dnsNames();
    for (const auto& each : certificate.ipAddresses()) {
        const auto text = formatIpAddress(each);
        names.push_back(each.size() == 16 ? fmt::format("[{}]", text) : text);
    }
    return names;
}

}  // namespace

Result<TlsServer> TlsServer::load(const std::string& certificateFile, const std::string& keyFile) {
    const auto certificate = firstOf(certificateFile);
    if (!certificate) return certificate.error();
    TlsServer server;
    server.names_ = namesOf(*certificate);
    server.context_ = {SSL_CTX_new(TLS_server_method()), [](void* context) { SSL_CTX_free(static_cast<SSL_CTX*>(context)); }};
    auto* context = static_cast<SSL_CTX*>(server.context_.get());
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
        return unusable("OpenSSL", "has no TLS 1.2", "Look at the configuration of OpenSSL on this machine.");
    }
    if (SSL_CTX_use_certificate_chain_file(context, certificateFile.c_str()) != 1) {
        return unusable(certificateFile, "is no certificate chain in PEM",
                        "Give the TLS certificate in PEM, with the CAs above it behind it.");
    }
    // No prompt: a key with a passphrase is one that cannot be read.
    SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
    if (SSL_CTX_use_PrivateKey_file(context, keyFile.c_str(), SSL_FILETYPE_PEM) != 1) {
        return unusable(keyFile, fmt::format("is no private key in PEM that can be read and fits {}", printable(certificateFile, 4096)),
                        "Give the key of the TLS certificate, not encrypted, readable for this user alone.");
    }
    return server;
}

}  // namespace uatrust::tool::web
