#include "validation/certificate_policies.hpp"

#include <algorithm>

#include "detail/openssl.hpp"
#include "x509/certificate_data.hpp"

namespace uatrust::detail {
namespace {

struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using BorrowedStack = std::unique_ptr<STACK_OF(X509), FreeStack>;
struct FreePolicies {
    void operator()(STACK_OF(ASN1_OBJECT) * policies) const noexcept { sk_ASN1_OBJECT_free(policies); }
};
using PolicyStack = std::unique_ptr<STACK_OF(ASN1_OBJECT), FreePolicies>;
using PolicyTree = std::unique_ptr<X509_POLICY_TREE, Release<&X509_policy_tree_free>>;

// Null when memory is short.
BorrowedStack stackOf(const Path& path) {
    BorrowedStack stack{sk_X509_new_null()};
    for (std::size_t i = 0; stack != nullptr && i < path.members.size(); ++i) {
        X509* certificate = path.at(i).data().x509();
        if (certificate == nullptr || sk_X509_push(stack.get(), certificate) <= 0) return nullptr;
    }
    return stack;
}

// RFC 5280, 6.1.1 (c): the user-initial-policy-set that accepts every policy. OpenSSL takes an empty one for none.
PolicyStack anyPolicy() {
    PolicyStack policies{sk_ASN1_OBJECT_new_null()};
    if (policies != nullptr && sk_ASN1_OBJECT_push(policies.get(), OBJ_nid2obj(NID_any_policy)) <= 0) policies.reset();
    return policies;
}

// The lowest one: its demand is the narrowest.
std::optional<std::size_t> whoDemands(const Path& path) {
    for (std::size_t i = 0; i < path.members.size(); ++i) {
        if (path.at(i).data().details().extensions.requireExplicitPolicy) return i;
    }
    return std::nullopt;
}

// RFC 5280 takes a root for a bare key, so OpenSSL does not ask it. Its owner has written the demand down all the same.
bool rootDemands(const Path& path) {
    const auto last = path.members.size() - 1;
    const auto& skip = path.at(last).data().details().extensions.requireExplicitPolicy;
    if (!skip) return false;
    std::uint64_t counted = 1;  // RFC 5280, 6.1.5 (a)
    for (std::size_t i = 1; i < last; ++i) counted += path.at(i).isSelfIssued() ? 0U : 1U;
    return *skip <= counted;
}

const CertificateExtensions& extensionsAt(const Path& path, std::size_t position) { return path.at(position).data().details().extensions; }

// The certificate nearest to the root, the root itself left out, that fits; nothing when none does.
template <class Fits>
std::optional<std::size_t> highest(const Path& path, Fits fits) {
    for (auto position = path.members.size() - 1; position-- > 0;) {
        if (fits(extensionsAt(path, position))) return position;
    }
    return std::nullopt;
}

// RFC 5280, 6.1.3 (f), 6.1.4 (h) and (i), 6.1.5 (a), (b) and (g): whether a policy is demanded of a certificate at `from` or below.
bool isDemandedFrom(const Path& path, std::size_t from) {
    std::uint64_t toSkip = rootDemands(path) ? 0 : path.members.size();
    for (auto position = path.members.size() - 1; position-- > 0;) {
        if (position <= from && toSkip == 0) return true;
        const bool counts = position == 0 || !path.at(position).isSelfIssued();
        if (counts && toSkip > 0) --toSkip;
        toSkip = std::min(toSkip, extensionsAt(path, position).requireExplicitPolicy.value_or(toSkip));
    }
    return toSkip == 0;
}

// OpenSSL 3 never frees what it reads of policyConstraints beside no certificatePolicies: a peer could use that up. But then
// there is nothing to evaluate: no policy is left from the first certificate without one on (RFC 5280, 6.1.3 (e)).
bool isWithoutPolicies(const Path& path) {
    return highest(path, [](const CertificateExtensions& each) { return each.hasPolicyConstraints && !each.hasPolicies; }).has_value();
}

bool lacksPolicies(const Path& path) {
    const auto first = highest(path, [](const CertificateExtensions& each) { return !each.hasPolicies; });
    return first && isDemandedFrom(path, *first);
}

std::string faultOf(int result) {
    switch (result) {
        case X509_PCY_TREE_FAILURE:
            return "it demands a certificate policy that all certificates below it have in common, and there is none";
        case X509_PCY_TREE_INVALID:
            return "it demands a certificate policy, and the policies of a certificate below it contradict each other";
        default:
            return "it demands a certificate policy, and the policies below it could not be evaluated";
    }
}

}  // namespace

std::optional<std::string> policyFault(const Path& path, std::size_t position) {
    if (path.end != PathEnd::Root || path.members.size() == 1 || whoDemands(path) != position) return std::nullopt;
    if (isWithoutPolicies(path)) return lacksPolicies(path) ? std::optional{faultOf(X509_PCY_TREE_FAILURE)} : std::nullopt;
    const ErrorQueueGuard guard;
    const auto stack = stackOf(path);
    const auto acceptable = anyPolicy();
    if (stack == nullptr || acceptable == nullptr) return faultOf(X509_PCY_TREE_INTERNAL);
    X509_POLICY_TREE* tree = nullptr;
    int isExplicit = 0;
    const unsigned flags = rootDemands(path) ? X509_V_FLAG_EXPLICIT_POLICY : 0U;
    const int result = X509_policy_check(&tree, &isExplicit, stack.get(), acceptable.get(), flags);
    const PolicyTree owner{tree};
    if (result == X509_PCY_TREE_VALID) return std::nullopt;
    return faultOf(result);
}

}  // namespace uatrust::detail
