#pragma once

// OpenSSL's verdict on a chain: whom uatrust accepts, OpenSSL may not refuse.

#include <algorithm>
#include <string>

#include <openssl/x509_vfy.h>

#include <uatrust/interop/openssl.hpp>
#include <uatrust/store/trust_snapshot.hpp>

#include "openssl_view.hpp"

namespace uatrust::fuzz {

using StorePtr = Owned<X509_STORE, &X509_STORE_free>;
using ContextPtr = Owned<X509_STORE_CTX, &X509_STORE_CTX_free>;

inline void freeCertificates(STACK_OF(X509) * certificates) { sk_X509_pop_free(certificates, X509_free); }

// No CRL speaks for the root itself in OPC UA: what stands above it to sign one?
inline int overlookCrlsOfRoot(int ok, X509_STORE_CTX* context) {
    const int error = X509_STORE_CTX_get_error(context);
    const bool aboutCrls = error == X509_V_ERR_UNABLE_TO_GET_CRL || error == X509_V_ERR_CERT_REVOKED ||
                           error == X509_V_ERR_CRL_HAS_EXPIRED || error == X509_V_ERR_CRL_NOT_YET_VALID ||
                           error == X509_V_ERR_CRL_SIGNATURE_FAILURE || error == X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION ||
                           error == X509_V_ERR_DIFFERENT_CRL_SCOPE || error == X509_V_ERR_KEYUSAGE_NO_CRL_SIGN ||
                           error == X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER || error == X509_V_ERR_CRL_PATH_VALIDATION_ERROR;
    X509* current = X509_STORE_CTX_get_current_cert(context);
    const bool isRoot = current != nullptr && X509_self_signed(current, 0) == 1;
    return ok == 1 || (aboutCrls && isRoot) ? 1 : 0;
}

inline void addCrls(X509_STORE* store, const TrustSnapshot& lists) {
    for (const StoreList list : {StoreList::Trusted, StoreList::Issuers}) {
        for (const auto& each : lists.crls(list)) {
            const auto crl = decoded<CrlPtr>(&d2i_X509_CRL, each.crl.der());
            if (crl) X509_STORE_add_crl(store, crl.get());
        }
    }
}

/// identifiesOtherKey() says whether a CRL names another key than that of the CA that signed it. OpenSSL passes it over then;
/// for uatrust the signature has the last word.
[[nodiscard]] inline bool identifiesOtherKey(const Crl& crl, const Certificate& ca) {
    const bool both = !crl.authorityKeyIdentifier().empty() && !ca.subjectKeyIdentifier().empty();
    return both && crl.issuer() == ca.subject() && !equalBytes(crl.authorityKeyIdentifier(), ca.subjectKeyIdentifier());
}

[[nodiscard]] inline bool anyIdentifiesOtherKey(const std::vector<StoredCertificate>& chain, const TrustSnapshot& lists) {
    for (const StoreList list : {StoreList::Trusted, StoreList::Issuers}) {
        for (const auto& each : lists.crls(list)) {
            const auto other = [&](const StoredCertificate& ca) { return identifiesOtherKey(each.crl, ca.certificate); };
            if (std::any_of(chain.begin(), chain.end(), other)) return true;
        }
    }
    return false;
}

/// whyOpenSslRefuses() is what OpenSSL has against a chain that ends with a root, with the CRLs of both lists; empty when
/// it has nothing.
[[nodiscard]] inline std::string whyOpenSslRefuses(const std::vector<StoredCertificate>& chain, const TrustSnapshot& lists, Instant at) {
    const StorePtr store{X509_STORE_new()};
    const ContextPtr context{X509_STORE_CTX_new()};
    const Owned<STACK_OF(X509), &freeCertificates> between{sk_X509_new_null()};
    const CertificatePtr leaf{toX509(chain.front().certificate)};
    const CertificatePtr root{toX509(chain.back().certificate)};
    for (std::size_t i = 1; i + 1 < chain.size(); ++i) sk_X509_push(between.get(), toX509(chain[i].certificate));
    X509_STORE_add_cert(store.get(), root.get());
    addCrls(store.get(), lists);
    if (X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), between.get()) != 1) return "no memory";
    X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(at.time_since_epoch().count()));
    // A certificate that signs itself has no issuer whose CRL could list it.
    if (chain.size() > 1) X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_STORE_CTX_set_verify_cb(context.get(), &overlookCrlsOfRoot);
    const bool good = X509_verify_cert(context.get()) == 1;
    ERR_clear_error();
    if (good) return {};
    return std::string{X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()))} + " at depth " +
           std::to_string(X509_STORE_CTX_get_error_depth(context.get()));
}

}  // namespace uatrust::fuzz
