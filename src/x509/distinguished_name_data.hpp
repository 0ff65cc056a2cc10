#pragma once

#include <atomic>
#include <mutex>

#include <uatrust/x509/distinguished_name.hpp>

#include "detail/openssl.hpp"

namespace uatrust {

/// What a DistinguishedName shares among its copies: the name as OpenSSL reads and compares it, and texts that are
/// made when somebody asks for the first time.
struct DistinguishedName::Data {
    struct Texts {
        std::string whole;
        std::string commonName;
        std::string organization;
    };

    Data(detail::X509NamePtr decoded, ByteView encoded) : name{std::move(decoded)}, der{encoded.begin(), encoded.end()} {}

    [[nodiscard]] const Texts& texts() const;
    [[nodiscard]] std::size_t hash() const;
    /// The common name of texts(), made without the others and not kept.
    [[nodiscard]] std::string makeCommonName() const;

    detail::X509NamePtr name;
    Bytes der;

private:
    mutable std::once_flag textsOnce_;
    mutable Texts texts_;
    mutable std::atomic<std::size_t> hash_{0};  ///< 0: not calculated yet, or really 0
};

}  // namespace uatrust
