#include "x509/bundle_collector.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/der_reader.hpp"
#include "crypto/password_encryption.hpp"
#include "crypto/pem_text.hpp"
#include "detail/openssl.hpp"

namespace uatrust::detail {
namespace {

constexpr std::size_t maxPassphrase = 1024;
// The OBJECT IDENTIFIERs 1.2.840.113549.1.7.*, which every PKCS#7 begins with, and every PKCS#12 behind its version.
constexpr std::array<std::uint8_t, 10> pkcs7Types{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07};
constexpr std::array<std::uint8_t, 3> pkcs12Version{0x02, 0x01, 0x03};

bool startsWith(ByteView octets, ByteView start) {
    return octets.size() >= start.size() && std::equal(start.begin(), start.end(), octets.begin());
}

// What stands behind the header of a SEQUENCE; the length is left to the real reader.
ByteView inside(ByteView sequence) {
    if (sequence.size() < 2 || sequence[0] != derSequence) return {};
    const std::size_t header = sequence[1] < 0x80U ? 2 : 2 + (sequence[1] & 0x7FU);
    return sequence.subspan(std::min(header, sequence.size()));
}

}  // namespace

Result<ByteView> PassphraseOnce::ask() {
    if (!*source_) {
        return Error{StatusCode::BadSecurityChecksFailed, "It is protected by a passphrase, and none was given.",
                     "give the passphrase it was exported with"};
    }
    if (!answer_) answer_.emplace((*source_)());
    if (!answer_->ok()) return answer_->error();
    if ((*answer_)->size() > maxPassphrase) {
        return Error{StatusCode::BadInvalidArgument, fmt::format("The passphrase has more than {} octets.", maxPassphrase),
                     "give the passphrase alone"};
    }
    return (*answer_)->view();
}

void BundleCollector::addProblem(Error error, const std::string& from) {
    if (hasRoom()) bundle_.problems.push_back({std::move(error), from});
}

bool BundleCollector::hasRoom() {
    if (count_ < maxElements_) {
        ++count_;
        return true;
    }
    if (!full_) {
        bundle_.problems.push_back(
            {{StatusCode::BadEncodingLimitsExceeded,
              fmt::format("There is more than the {} elements that are read of one file; the rest is left out.", maxElements_),
              "split the file"},
             "the rest"});
    }
    full_ = true;
    return false;
}

Result<void> BundleCollector::spend(std::uint64_t iterations) {
    if (iterations <= iterationsLeft_) {
        iterationsLeft_ -= iterations;
        return {};
    }
    return Error{StatusCode::BadEncodingLimitsExceeded,
                 fmt::format("Its encryption asks for {} rounds of key derivation, {} are left of what one file may cost.", iterations,
                             iterationsLeft_),
                 "export it again with the usual number of rounds, such as 100 000"};
}

ContainerKind containerKind(ByteView content) {
    const auto start = inside(content);
    if (startsWith(start, pkcs7Types)) return ContainerKind::Pkcs7;
    const bool pkcs12 = startsWith(start, pkcs12Version) && startsWith(inside(start.subspan(pkcs12Version.size())), pkcs7Types);
    return pkcs12 ? ContainerKind::Pkcs12 : ContainerKind::None;
}

Result<PrivateKey> keyFromDer(ByteView der, BundleCollector& collector) {
    // The reader of keys would go for PEM inside, and nobody would have looked at what that costs.
    if (looksLikePem(der)) return Error{StatusCode::BadInvalidArgument, "It is no private key.", {}};
    const ErrorQueueGuard guard;
    const std::uint8_t* at = der.data();
    const X509SigPtr encrypted{d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size()))};
    if (!encrypted) return PrivateKey::read(der);
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(encrypted.get(), &algorithm, nullptr);
    const auto cost = derivationCost(*algorithm);
    if (!cost) return cost.error();
    if (auto allowed = collector.spend(*cost); !allowed) return allowed.error();
    return PrivateKey::read(der, [&]() -> Result<SecretBytes> {
        const auto passphrase = collector.passphrase().ask();
        if (!passphrase) return passphrase.error();
        SecretBytes copy{passphrase->size()};
        std::copy(passphrase->begin(), passphrase->end(), copy.data());
        return copy;
    });
}

}  // namespace uatrust::detail
