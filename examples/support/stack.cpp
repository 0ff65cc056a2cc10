#include "stack.hpp"

#include <algorithm>
#include <new>

#include <fmt/format.h>

#include <open62541/plugin/log_stdout.h>
#include <open62541/plugin/securitypolicy_default.h>

namespace uatrust::examples {

namespace {

using MakePolicy = UA_StatusCode (*)(UA_SecurityPolicy*, UA_ByteString certificate, UA_ByteString key, const UA_Logger*);

struct PolicyRow {
    SecurityPolicyId id;
    MakePolicy make;
};

/// The policies of open62541 1.4. It has no elliptic curves.
constexpr PolicyRow kPolicies[] = {
    {SecurityPolicyId::Basic128Rsa15, UA_SecurityPolicy_Basic128Rsa15},
    {SecurityPolicyId::Basic256, UA_SecurityPolicy_Basic256},
    {SecurityPolicyId::Basic256Sha256, UA_SecurityPolicy_Basic256Sha256},
    {SecurityPolicyId::Aes128_Sha256_RsaOaep, UA_SecurityPolicy_Aes128Sha256RsaOaep},
    {SecurityPolicyId::Aes256_Sha256_RsaPss, UA_SecurityPolicy_Aes256Sha256RsaPss},
};

const PolicyRow* findRow(SecurityPolicyId id) noexcept {
    const auto* found = std::find_if(std::begin(kPolicies), std::end(kPolicies), [id](const PolicyRow& row) { return row.id == id; });
    return found == std::end(kPolicies) ? nullptr : found;
}

Result<void> enableOnly(SecurityPolicySet& set, std::span<const std::string> names) {
    if (names.empty()) return {};
    for (const auto& policy : securityPolicies()) set.disable(policy.id);
    for (const auto& name : names) {
        if (auto enabled = set.enable(name); !enabled) return enabled;
        if (findRow(findSecurityPolicy(name)->id) == nullptr) {
            return Error{StatusCode::BadNotSupported, fmt::format("open62541 1.4 has no sessions over SecurityPolicy {}.", name),
                         "Choose Basic256Sha256, Aes128_Sha256_RsaOaep or Aes256_Sha256_RsaPss."};
        }
    }
    return {};
}

}  // namespace

UA_String borrowed(std::string_view text) noexcept { return borrowed(asBytes(text)); }

UA_ByteString borrowed(ByteView bytes) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the stack has no string of constant octets
    return {bytes.size(), const_cast<UA_Byte*>(bytes.data())};
}

void assign(UA_String& target, std::string_view text) {
    UA_String_clear(&target);
    const auto source = borrowed(text);
    if (UA_String_copy(&source, &target) != UA_STATUSCODE_GOOD) throw std::bad_alloc{};
}

std::string statusText(UA_StatusCode status) { return UA_StatusCode_name(status); }

UA_Logger* stackLogger(bool verbose) { return UA_Log_Stdout_new(verbose ? UA_LOGLEVEL_INFO : UA_LOGLEVEL_FATAL); }

Result<std::vector<const SecurityPolicy*>> choosePolicies(std::span<const std::string> names) {
    SecurityPolicySet enabled;
    if (auto done = enableOnly(enabled, names); !done) return done.error();
    std::vector<const SecurityPolicy*> chosen;
    for (const auto& policy : securityPolicies()) {
        if (enabled.contains(policy.id) && findRow(policy.id) != nullptr) chosen.push_back(&policy);
    }
    return chosen;
}

Result<void> addPolicies(UA_SecurityPolicy*& list, std::size_t& size, std::span<const SecurityPolicy* const> policies,
                         const ApplicationIdentity& identity, const UA_Logger* logger) {
    const auto key = open62541::privateKeyDer(identity.key());
    if (!key) return key.error();
    auto* grown = static_cast<UA_SecurityPolicy*>(UA_realloc(list, sizeof(UA_SecurityPolicy) * (size + policies.size())));
    if (grown == nullptr) return Error{StatusCode::BadOutOfMemory, "There is no memory for the security policies.", ""};
    list = grown;
    for (const auto* policy : policies) {
        const auto* row = findRow(policy->id);
        // The leaf only: open62541 1.4 signs and compares what it is given here as one certificate.
        const auto status = row == nullptr ? UA_STATUSCODE_BADSECURITYPOLICYREJECTED
                                           : row->make(&list[size], borrowed(identity.certificate().der()), borrowed(key->view()), logger);
        if (status != UA_STATUSCODE_GOOD) {
            return Error{StatusCode::BadConfigurationError,
                         fmt::format("open62541 cannot use the own certificate in {} under {}: {}.", identity.certificateSource(),
                                     policy->name, statusText(status)),
                         "An RSA key of 2048 bits works with every current policy."};
        }
        ++size;
    }
    return {};
}

}  // namespace uatrust::examples
