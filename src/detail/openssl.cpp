#include "detail/openssl.hpp"

#include <openssl/err.h>

#include <array>

namespace uatrust::detail {

std::string takeOpenSslErrors() {
    std::string text;
    while (const unsigned long code = ERR_get_error()) {
        std::array<char, 256> line{};
        ERR_error_string_n(code, line.data(), line.size());
        if (!text.empty()) text += "; ";
        text += line.data();
    }
    return text.empty() ? "no detail from OpenSSL" : text;
}

Error opensslError(StatusCode status, std::string message, std::string remedy) {
    return {status, std::move(message) + ": " + takeOpenSslErrors(), std::move(remedy)};
}

ErrorQueueGuard::ErrorQueueGuard() noexcept { ERR_set_mark(); }
ErrorQueueGuard::~ErrorQueueGuard() { ERR_pop_to_mark(); }

std::optional<std::int64_t> secondsSinceEpoch(const ASN1_TIME* time) noexcept {
    if (time == nullptr) return std::nullopt;
    const std::unique_ptr<ASN1_TIME, Release<&ASN1_TIME_free>> epoch{ASN1_TIME_set(nullptr, 0)};
    int days = 0;
    int seconds = 0;
    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return std::nullopt;
    return std::int64_t{days} * 86400 + seconds;
}

}  // namespace uatrust::detail
