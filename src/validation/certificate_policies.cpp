#include "validation/certificate_policies.hpp"

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
        if (path.at(i).data().extensions.requireExplicitPolicy) return i;
    }
    return std::nullopt;
}

// RFC 5280 takes a root for a bare key, so OpenSSL does not ask it. Its owner has written the demand down all the same.
bool rootDemands(const Path& path) {
    const auto last = path.members.size() - 1;
    const auto& skip = path.at(last).data().extensions.requireExplicitPolicy;
    if (!skip) return false;
    std::uint64_t counted = 1;  // RFC 5280, 6.1.5 (a)
    for (std::size_t i = 1; i < last; ++i) counted += path.at(i).isSelfIssued() ? 0U : 1U;
    return *skip <= counted;
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
