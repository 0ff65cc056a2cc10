#include <uatrust/crypto/digest.hpp>

#include <algorithm>
#include <stdexcept>

#include "detail/openssl.hpp"

namespace uatrust {
namespace {

// Nonces and serial numbers are a few dozen octets long.
constexpr std::size_t maxRandomBytes = 1U << 20U;

struct HashName {
    HashAlgorithm algorithm;
    std::string_view name;
};

constexpr std::array names{HashName{HashAlgorithm::None, "built-in hash"}, HashName{HashAlgorithm::Md5, "MD5"},
                           HashName{HashAlgorithm::Sha1, "SHA-1"},         HashName{HashAlgorithm::Sha224, "SHA-224"},
                           HashName{HashAlgorithm::Sha256, "SHA-256"},     HashName{HashAlgorithm::Sha384, "SHA-384"},
                           HashName{HashAlgorithm::Sha512, "SHA-512"},     HashName{HashAlgorithm::Other, "another hash"}};

// A digest that silently stayed zero would make all certificates the same one, so a broken OpenSSL is an exception.
template <std::size_t Size>
std::array<std::uint8_t, Size> digest(const EVP_MD* function, ByteView data) {
    std::array<std::uint8_t, Size> value{};
    unsigned size = 0;
    if (EVP_Digest(data.data(), data.size(), value.data(), &size, function, nullptr) != 1 || size != Size) {
        throw std::runtime_error{"OpenSSL cannot compute a digest: " + detail::takeOpenSslErrors()};
    }
    return value;
}

// OpenSSL looks for the implementation of a function at each use that has not fetched it, which takes about as long as to hash a
// certificate. Never freed: whoever hashes last may be a destructor at the end of the process.
const EVP_MD* fetched(const char* name, const EVP_MD* unfetched) {
    const auto* function = EVP_MD_fetch(nullptr, name, nullptr);
    if (function == nullptr) (void)detail::takeOpenSslErrors();
    return function != nullptr ? function : unfetched;
}

}  // namespace

std::string_view hashName(HashAlgorithm algorithm) noexcept {
    for (const auto& row : names) {
        if (row.algorithm == algorithm) return row.name;
    }
    return "another hash";
}

std::array<std::uint8_t, 32> sha256(ByteView data) {
    static const auto* const function = fetched("SHA2-256", EVP_sha256());
    return digest<32>(function, data);
}

std::array<std::uint8_t, 20> sha1(ByteView data) {
    static const auto* const function = fetched("SHA1", EVP_sha1());
    return digest<20>(function, data);
}

Result<Bytes> randomBytes(std::size_t count) {
    Bytes bytes(std::min(count, maxRandomBytes));
    if (count > maxRandomBytes || RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) {
        return detail::opensslError(StatusCode::BadResourceUnavailable, "The random generator did not deliver",
                                    "ask for less than a mebibyte, and check the entropy source of this machine");
    }
    return bytes;
}

}  // namespace uatrust
