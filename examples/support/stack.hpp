#pragma once

// What both examples need of open62541 besides the adapter: owning pointers, strings, security policies.

#include <uatrust/crypto/security_policy.hpp>
#include <uatrust/identity/application_identity.hpp>
#include <uatrust/open62541.hpp>

#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace uatrust::examples {

struct StackDelete {
    void operator()(UA_Client* client) const noexcept { UA_Client_delete(client); }
    void operator()(UA_Server* server) const noexcept { UA_Server_delete(server); }
};
using ClientPtr = std::unique_ptr<UA_Client, StackDelete>;
using ServerPtr = std::unique_ptr<UA_Server, StackDelete>;

/// StackValue owns one value of a type of the stack and clears it in the end. Copying may throw std::bad_alloc.
template <class Value>
class StackValue {
public:
    /// Takes `value` over.
    explicit StackValue(const UA_DataType& type, Value value = Value{}) noexcept : type_{&type}, value_{value} {}
    StackValue(const StackValue& other) : type_{other.type_} {
        if (UA_copy(&other.value_, &value_, type_) != UA_STATUSCODE_GOOD) throw std::bad_alloc{};
    }
    StackValue(StackValue&& other) noexcept : type_{other.type_}, value_{std::exchange(other.value_, Value{})} {}
    StackValue& operator=(StackValue other) noexcept {
        std::swap(value_, other.value_);
        std::swap(type_, other.type_);
        return *this;
    }
    ~StackValue() { UA_clear(&value_, type_); }
    [[nodiscard]] Value& operator*() noexcept { return value_; }
    [[nodiscard]] Value* operator->() noexcept { return &value_; }
    [[nodiscard]] const Value& operator*() const noexcept { return value_; }
    [[nodiscard]] const Value* operator->() const noexcept { return &value_; }

private:
    const UA_DataType* type_;
    Value value_{};
};

/// The longest message that is taken from a peer. open62541 1.4 alone takes half a gigabyte, from everybody who can connect.
constexpr UA_UInt32 kMaxMessageBytes = 4U << 20U;
constexpr UA_UInt32 kMaxMessageChunks = kMaxMessageBytes / 8192;  ///< no chunk has to be smaller than that (OPC 10000-6, 7.1.2.3)

/// borrowed() lends text to a call that only reads it.
[[nodiscard]] UA_String borrowed(std::string_view text) noexcept;
[[nodiscard]] UA_ByteString borrowed(ByteView bytes) noexcept;

/// assign() replaces a string of a configuration by a copy, which the configuration then owns. Throws std::bad_alloc.
void assign(UA_String& target, std::string_view text);

/// "BadCertificateUntrusted", for every status the stack knows.
[[nodiscard]] std::string statusText(UA_StatusCode status);

/// stackLogger() is open62541's own log: what it says on its standard output when `verbose`, else nothing at all. Owned by
/// the configuration it is put into.
[[nodiscard]] UA_Logger* stackLogger(bool verbose);

/// choosePolicies() is what `names` enable, weakest first; without names every current policy that open62541 has. Deprecated
/// ones come in only by name. An error names the policy that is unknown or that open62541 1.4 does not have.
[[nodiscard]] Result<std::vector<const SecurityPolicy*>> choosePolicies(std::span<const std::string> names);

/// addPolicies() appends policies with a certificate and its key to those of a configuration.
[[nodiscard]] Result<void> addPolicies(UA_SecurityPolicy*& list, std::size_t& size, std::span<const SecurityPolicy* const> policies,
                                       const ApplicationIdentity& identity, const UA_Logger* logger);

}  // namespace uatrust::examples
