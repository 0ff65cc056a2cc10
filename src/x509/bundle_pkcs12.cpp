#include <algorithm>

#include <fmt/format.h>

#include "crypto/password_encryption.hpp"
#include "crypto/pem_text.hpp"
#include "detail/openssl.hpp"
#include "x509/bundle_collector.hpp"

namespace uatrust::detail {
namespace {

void freeContainers(STACK_OF(PKCS7) * containers) noexcept { sk_PKCS7_pop_free(containers, PKCS7_free); }
void freeBags(STACK_OF(PKCS12_SAFEBAG) * bags) noexcept { sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free); }

using Pkcs12Ptr = std::unique_ptr<PKCS12, Release<&PKCS12_free>>;
using ContainersPtr = std::unique_ptr<STACK_OF(PKCS7), Release<&freeContainers>>;
using BagsPtr = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), Release<&freeBags>>;

constexpr unsigned maxDepth = 4;

Error damaged(std::string_view what) {
    return {StatusCode::BadInvalidArgument, fmt::format("The PKCS#12 container is damaged: {}.", what),
            "export it again, or copy it again from where it came"};
}

Error wrongPassphrase() {
    return {StatusCode::BadSecurityChecksFailed, "The passphrase does not open the PKCS#12 container: it is wrong.",
            "give the passphrase that the container was exported with"};
}

Error altered() { return damaged("the passphrase opens it, but its content is not what was exported (the MAC does not fit)"); }

/// What decrypts: OpenSSL tells a passphrase that is empty from one that is not there, and files are written with either.
struct Passphrase {
    const char* text = nullptr;
    int size = 0;
};

/// Pkcs12Reader reads one container.
class Pkcs12Reader {
public:
    Pkcs12Reader(std::string name, BundleCollector& collector) : name_{std::move(name)}, collector_{&collector} {}

    void read(ByteView content) {
        if (auto done = tryRead(content); !done) collector_->addProblem(done.error(), name_);
    }

private:
    enum class Certainty : std::uint8_t { Untried, Likely, Proven };

    Result<void> tryRead(ByteView content) {
        const std::uint8_t* at = content.data();
        const Pkcs12Ptr container{d2i_PKCS12(nullptr, &at, static_cast<long>(content.size()))};
        if (!container || at != content.data() + content.size()) return damaged("it is incomplete, or no DER");
        ContainersPtr safes = safesOf(*container);
        if (!safes) return damaged("what it is to hold cannot be read (or it is protected by a key pair, which is not supported)");
        if (PKCS12_mac_present(container.get()) == 1) {
            if (auto checked = checkMac(*container, safes.get()); !checked) return checked;
        }
        for (int i = 0; i < sk_PKCS7_num(safes.get()) && !collector_->full(); ++i) {
            if (auto done = readSafe(*sk_PKCS7_value(safes.get(), i)); !done) collector_->addProblem(done.error(), partName(i));
        }
        return {};
    }

    [[nodiscard]] std::string partName(int index) const { return fmt::format("part {} of {}", index + 1, name_); }

    // OpenSSL hides the members of a PKCS12; a null content has crashed it (CVE-2024-0727).
    static ContainersPtr safesOf(const PKCS12& container) { return ContainersPtr{PKCS12_unpack_authsafes(&container)}; }

    // ---- the passphrase

    Result<void> askPassphrase() {
        const auto answer = collector_->passphrase().ask();
        if (!answer) return answer.error();
        passphrase_ = {asText(*answer).data(), static_cast<int>(answer->size())};
        return {};
    }

    [[nodiscard]] Result<std::uint64_t> macCost(const PKCS12& container) const {
        const ASN1_INTEGER* iterations = nullptr;
        const X509_ALGOR* algorithm = nullptr;
        PKCS12_get0_mac(nullptr, &algorithm, nullptr, &iterations, &container);
        if (algorithm == nullptr) return damaged("its MAC cannot be read");
        if (const auto* digest = EVP_get_digestbyobj(algorithm->algorithm); digest == nullptr) return derivationCost(*algorithm);
        std::uint64_t count = 1;  // the DEFAULT
        if (iterations != nullptr && ASN1_INTEGER_get_uint64(&count, iterations) != 1) return damaged("its MAC cannot be read");
        return count;
    }

    Result<void> checkMac(PKCS12& container, const STACK_OF(PKCS7) * safes) {
        const auto cost = macCost(container);
        if (!cost) return cost.error();
        for (const Passphrase& candidate : {Passphrase{}, Passphrase{"", 0}}) {
            if (auto allowed = collector_->spend(*cost); !allowed) return allowed;
            passphrase_ = candidate;
            if (PKCS12_verify_mac(&container, passphrase_.text, passphrase_.size) == 1) return proven();
        }
        if (auto asked = askPassphrase(); !asked) return asked;
        if (auto allowed = collector_->spend(*cost); !allowed) return allowed;
        if (PKCS12_verify_mac(&container, passphrase_.text, passphrase_.size) == 1) return proven();
        return opensAnything(safes) ? altered() : wrongPassphrase();
    }

    Result<void> proven() {
        certainty_ = Certainty::Proven;
        return {};
    }

    // A wrong passphrase leaves octets that are no bags. This is what tells it from damage.
    bool opensAnything(const STACK_OF(PKCS7) * safes) {
        for (int i = 0; i < sk_PKCS7_num(safes); ++i) {
            const auto* encrypted = encryptedPart(*sk_PKCS7_value(safes, i));
            if (encrypted == nullptr) continue;
            const auto bags = decrypt(*encrypted);
            if (bags && *bags) return true;
        }
        return false;
    }

    // ---- what is encrypted

    static const PKCS7_ENC_CONTENT* encryptedPart(const PKCS7& safe) {
        if (OBJ_obj2nid(safe.type) != NID_pkcs7_encrypted || safe.d.encrypted == nullptr) return nullptr;
        const auto* content = safe.d.encrypted->enc_data;
        return content != nullptr && content->algorithm != nullptr && content->enc_data != nullptr ? content : nullptr;
    }

    // The library to decrypt with, null for the one of the application.
    Result<OSSL_LIB_CTX*> prepare(const X509_ALGOR& algorithm) {
        const auto cost = derivationCost(algorithm);
        if (!cost) return cost.error();
        if (auto allowed = collector_->spend(*cost); !allowed) return allowed.error();
        if (!needsLegacy(algorithm)) return static_cast<OSSL_LIB_CTX*>(nullptr);
        return legacy_.get();
    }

    // Null bags when the passphrase does not open it; an error when it was not even tried.
    Result<BagsPtr> decrypt(const PKCS7_ENC_CONTENT& part) {
        const auto library = prepare(*part.algorithm);
        if (!library) return library.error();
        return BagsPtr{static_cast<STACK_OF(PKCS12_SAFEBAG)*>(PKCS12_item_decrypt_d2i_ex(part.algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS),
                                                                                         passphrase_.text, passphrase_.size, part.enc_data,
                                                                                         1, library.value(), nullptr))};
    }

    Result<Pkcs8Ptr> decrypt(const PKCS12_SAFEBAG& bag) {
        const X509_ALGOR* algorithm = nullptr;
        const auto* encrypted = PKCS12_SAFEBAG_get0_pkcs8(&bag);
        if (encrypted == nullptr) return Pkcs8Ptr{};
        X509_SIG_get0(encrypted, &algorithm, nullptr);
        const auto library = prepare(*algorithm);
        if (!library) return library.error();
        return Pkcs8Ptr{PKCS8_decrypt_ex(encrypted, passphrase_.text, passphrase_.size, library.value(), nullptr)};
    }

    // Without a MAC it is what opens that says which passphrase is right: none, the empty one, or the one to ask for.
    template <class Encrypted>
    auto open(const Encrypted& encrypted) -> decltype(decrypt(encrypted)) {
        if (certainty_ == Certainty::Untried) {
            for (const Passphrase& candidate : {Passphrase{}, Passphrase{"", 0}}) {
                passphrase_ = candidate;
                auto opened = decrypt(encrypted);
                if (!opened || *opened) return likely(std::move(opened));
            }
            if (auto asked = askPassphrase(); !asked) return asked.error();
        }
        auto opened = decrypt(encrypted);
        if (!opened || *opened) return likely(std::move(opened));
        if (certainty_ == Certainty::Untried) return wrongPassphrase();
        return damaged("a part of it does not decrypt with the passphrase that opens the rest");
    }

    template <class Opened>
    Opened likely(Opened opened) {
        if (opened && certainty_ == Certainty::Untried) certainty_ = Certainty::Likely;
        return opened;
    }

    // ---- what is in it

    Result<void> readSafe(const PKCS7& safe) {
        const int type = OBJ_obj2nid(safe.type);
        if (type == NID_pkcs7_data && safe.d.data != nullptr) {
            const BagsPtr bags{static_cast<STACK_OF(PKCS12_SAFEBAG)*>(ASN1_item_unpack(safe.d.data, ASN1_ITEM_rptr(PKCS12_SAFEBAGS)))};
            if (!bags) return damaged("it is no row of certificates and keys");
            return readBags(bags.get(), maxDepth);
        }
        const auto* encrypted = encryptedPart(safe);
        if (encrypted == nullptr) {
            return Error{StatusCode::BadNotSupported, "It is not encrypted with a passphrase, but in another way, or damaged.",
                         "export it again, protected by a passphrase"};
        }
        const auto bags = open(*encrypted);
        if (!bags) return bags.error();
        return readBags(bags.value().get(), maxDepth);
    }

    Result<void> readBags(const STACK_OF(PKCS12_SAFEBAG) * bags, unsigned depth) {
        if (depth == 0) return damaged("it is nested too deeply");
        for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags) && !collector_->full(); ++i) {
            const auto& bag = *sk_PKCS12_SAFEBAG_value(bags, i);
            if (PKCS12_SAFEBAG_get_nid(&bag) != NID_safeContentsBag) {
                readBag(bag);
            } else if (auto done = readBags(PKCS12_SAFEBAG_get0_safes(&bag), depth - 1); !done) {
                return done;
            }
        }
        return {};
    }

    void readBag(const PKCS12_SAFEBAG& bag) {
        switch (PKCS12_SAFEBAG_get_nid(&bag)) {
            case NID_certBag:
                return collector_->add(certificateOf(bag), next("certificate", certificates_));
            case NID_crlBag:
                return collector_->add(crlOf(bag), next("CRL", crls_));
            case NID_keyBag:
                return collector_->add(keyOf(PKCS12_SAFEBAG_get0_p8inf(&bag)), next("private key", keys_));
            case NID_pkcs8ShroudedKeyBag: {
                const auto opened = open(bag);
                return collector_->add(opened ? keyOf(opened.value().get()) : opened.error(), next("private key", keys_));
            }
            default:
                return collector_->addProblem(
                    {StatusCode::BadNotSupported, "It is neither a certificate, a CRL nor a private key.", "nothing, if it is not needed"},
                    next("other element", others_));
        }
    }

    [[nodiscard]] std::string next(std::string_view kind, unsigned& count) const {
        return fmt::format("{} {} of {}", kind, ++count, name_);
    }

    static Result<Certificate> certificateOf(const PKCS12_SAFEBAG& bag) {
        const X509Ptr certificate{PKCS12_SAFEBAG_get_bag_nid(&bag) == NID_x509Certificate ? PKCS12_SAFEBAG_get1_cert(&bag) : nullptr};
        if (!certificate) return damaged("the certificate cannot be read");
        return Certificate::fromDer(toDer(&i2d_X509, certificate.get()));
    }

    static Result<Crl> crlOf(const PKCS12_SAFEBAG& bag) {
        const X509CrlPtr crl{PKCS12_SAFEBAG_get_bag_nid(&bag) == NID_x509Crl ? PKCS12_SAFEBAG_get1_crl(&bag) : nullptr};
        if (!crl) return damaged("the CRL cannot be read");
        return Crl::fromDer(toDer(&i2d_X509_CRL, crl.get()));
    }

    Result<PrivateKey> keyOf(const PKCS8_PRIV_KEY_INFO* key) {
        if (key == nullptr) return damaged("the private key cannot be read");
        std::uint8_t* raw = nullptr;
        const int size = i2d_PKCS8_PRIV_KEY_INFO(key, &raw);
        if (size <= 0) return damaged("the private key cannot be read");
        const OpenSslBuffer owned{raw};
        SecretBytes der{static_cast<std::size_t>(size)};
        std::copy_n(raw, der.size(), der.data());
        wipe({raw, der.size()});
        return keyFromDer(der.view(), *collector_);
    }

    std::string name_;
    BundleCollector* collector_;
    LegacyLibrary legacy_{};
    Passphrase passphrase_{};
    Certainty certainty_ = Certainty::Untried;
    unsigned certificates_ = 0;
    unsigned crls_ = 0;
    unsigned keys_ = 0;
    unsigned others_ = 0;
};

}  // namespace

void readPkcs12(ByteView content, const std::string& place, BundleCollector& collector) {
    const ErrorQueueGuard guard;
    Pkcs12Reader{place.empty() ? std::string{"the PKCS#12"} : "the PKCS#12 in " + place, collector}.read(content);
}

}  // namespace uatrust::detail
