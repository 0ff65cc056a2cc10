#pragma once

#include <uatrust/x509/bundle.hpp>

namespace uatrust::detail {

/// PassphraseOnce asks the source when it is needed for the first time, and remembers the answer.
class PassphraseOnce {
public:
    explicit PassphraseOnce(const PassphraseSource& source) noexcept : source_{&source} {}
    /// The view lives as long as this object.
    [[nodiscard]] Result<ByteView> ask();

private:
    const PassphraseSource* source_;
    std::optional<Result<SecretBytes>> answer_{};
};

/// BundleCollector fills a Bundle within the bounds of its options.
class BundleCollector {
public:
    explicit BundleCollector(const BundleOptions& options) noexcept
        : passphrase_{options.passphrase}, maxElements_{options.maxElements}, iterationsLeft_{options.maxIterations} {}

    void add(Result<Certificate> certificate, const std::string& from) { addTo(bundle_.certificates, std::move(certificate), from); }
    void add(Result<Crl> crl, const std::string& from) { addTo(bundle_.crls, std::move(crl), from); }
    void add(Result<CertificateRequest> request, const std::string& from) { addTo(bundle_.requests, std::move(request), from); }
    void add(Result<PrivateKey> key, const std::string& from) { addTo(bundle_.keys, std::move(key), from); }
    void addProblem(Error error, const std::string& from);

    /// Whether there is no room for more; reading ends then.
    [[nodiscard]] bool full() const noexcept { return full_; }
    [[nodiscard]] PassphraseOnce& passphrase() noexcept { return passphrase_; }
    /// spend() says whether so much key derivation is still within the bounds, and takes it off.
    [[nodiscard]] Result<void> spend(std::uint64_t iterations);
    [[nodiscard]] Bundle take() noexcept { return std::move(bundle_); }

private:
    template <class T>
    void addTo(std::vector<BundleItem<T>>& items, Result<T> item, const std::string& from) {
        if (!item) {
            addProblem(item.error(), from);
        } else if (hasRoom()) {
            items.push_back({std::move(*item), from});
        }
    }
    bool hasRoom();

    Bundle bundle_{};
    PassphraseOnce passphrase_;
    std::size_t maxElements_;
    std::size_t count_ = 0;
    bool full_ = false;
    std::uint64_t iterationsLeft_;
};

/// The kinds of containers that stand in a file like a certificate does.
enum class ContainerKind : std::uint8_t { None, Pkcs7, Pkcs12 };

/// containerKind() looks at the first octets only, DER or BER.
[[nodiscard]] ContainerKind containerKind(ByteView content);

/// readPkcs7() and readPkcs12() add what a container holds. `place` is where it stands, empty when it is all of the file.
void readPkcs7(ByteView content, const std::string& place, BundleCollector& collector);
void readPkcs12(ByteView content, const std::string& place, BundleCollector& collector);

/// keyFromDer() reads one private key in DER, encrypted or not.
[[nodiscard]] Result<PrivateKey> keyFromDer(ByteView der, BundleCollector& collector);

}  // namespace uatrust::detail
