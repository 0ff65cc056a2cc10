#include "validation/name_constraints.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/core/endpoint_url.hpp>

#include "detail/openssl.hpp"
#include "validation/wording.hpp"
#include "x509/certificate_data.hpp"

namespace uatrust::detail {
namespace {

using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, Release<&NAME_CONSTRAINTS_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Release<&GENERAL_NAMES_free>>;

template <class Pointer>
Pointer extensionOf(X509* certificate, int nid) {
    if (certificate == nullptr) return {};
    return Pointer{static_cast<typename Pointer::pointer>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr))};
}

std::size_t countOf(int count) noexcept { return count > 0 ? static_cast<std::size_t>(count) : 0; }

std::size_t constraintsIn(const NAME_CONSTRAINTS& constraints) noexcept {
    return countOf(sk_GENERAL_SUBTREE_num(constraints.permittedSubtrees)) + countOf(sk_GENERAL_SUBTREE_num(constraints.excludedSubtrees));
}

std::size_t namesIn(X509* certificate) {
    const auto alternatives = extensionOf<NamesPtr>(certificate, NID_subject_alt_name);
    return countOf(X509_NAME_entry_count(X509_get_subject_name(certificate))) + countOf(sk_GENERAL_NAME_num(alternatives.get()));
}

bool constrainUris(const NAME_CONSTRAINTS& constraints) {
    for (const auto* subtrees : {constraints.permittedSubtrees, constraints.excludedSubtrees}) {
        for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); ++i) {
            if (sk_GENERAL_SUBTREE_value(subtrees, i)->base->type == GEN_URI) return true;
        }
    }
    return false;
}

// RFC 5280, 4.2.1.10: a constraint on URIs is about the host, and a URI without a host name in it is to be refused: every
// "urn:". OpenSSL takes a user part for the host.
bool hasPlainHost(const std::string& uri) {
    const auto url = parseEndpointUrl(uri);
    const auto authority = uri.substr(0, uri.find_first_of("/?#", uri.find("//") + 2));
    return url && !parseIpAddress(url->host) && authority.find('@') == std::string::npos;
}

std::optional<std::string> whyNotComparable(const NAME_CONSTRAINTS& constraints, const Certificate& below) {
    if (!constrainUris(constraints)) return std::nullopt;
    const auto& uris = below.uris();
    const auto bad = std::find_if_not(uris.begin(), uris.end(), &hasPlainHost);
    if (bad == uris.end()) return std::nullopt;
    return fmt::format("its nameConstraints are about the host of a URI, and {} of {} has no host name in it", quoted(*bad),
                       below.describe());
}

int compare(X509* certificate, NAME_CONSTRAINTS& constraints) {
    // NAME_CONSTRAINTS_check() sees only the subjectAltName that OpenSSL has cached, and without it finds nothing wrong:
    // this question makes it cache.
    if ((X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0) return X509_V_ERR_INVALID_EXTENSION;
    return NAME_CONSTRAINTS_check(certificate, &constraints);
}

}  // namespace

std::optional<std::string> NameConstraints::violation(const Certificate& ca, const Certificate& below) {
    if (!ca.data().details().extensions.hasNameConstraints) return std::nullopt;
    const std::pair key{ca.id(), below.id()};
    const auto known = known_.find(key);
    return known != known_.end() ? known->second : known_.emplace(key, evaluate(ca, below)).first->second;
}

std::optional<std::string> NameConstraints::evaluate(const Certificate& ca, const Certificate& below) {
    const ErrorQueueGuard guard;
    const auto constraints = extensionOf<ConstraintsPtr>(ca.data().x509(), NID_name_constraints);
    X509* certificate = below.data().x509();
    if (constraints == nullptr || certificate == nullptr) return "its nameConstraints could not be evaluated";

    const auto comparisons = constraintsIn(*constraints) * namesIn(certificate);
    if (comparisons > comparisonsLeft_) return "it has too many nameConstraints for the names below it (Budget::maxNameComparisons)";
    comparisonsLeft_ -= comparisons;

    if (auto fault = whyNotComparable(*constraints, below)) return fault;
    const int result = compare(certificate, *constraints);
    if (result == X509_V_OK) return std::nullopt;
    return fmt::format("its nameConstraints do not allow the names of {} ({})", below.describe(), X509_verify_cert_error_string(result));
}

}  // namespace uatrust::detail
