#pragma once

#include <uatrust/validation/validator.hpp>

#include "validation/name_constraints.hpp"
#include "validation/path_builder.hpp"
#include "validation/peer_chain.hpp"
#include "validation/policy_in_force.hpp"
#include "validation/revocation.hpp"

// One check, one function, named as the row of the table in OPC 10000-4, 6.1.3. Each looks at one certificate of a
// path, never at another check's outcome, and leaves it to the caller what follows.
namespace uatrust::detail {

/// Observation is what a check saw of one certificate.
struct Observation {
    Outcome outcome = Outcome::NotReached;
    std::string message{};
    std::string expected{};
    std::string found{};
    std::string remedy{};
    bool mandatory = false;   ///< of a failure: the certificate insists, so that no administrator may suppress it
    bool blocked = false;     ///< of a failure: Finding::blocked
    std::string excusedBy{};  ///< of a failure that counts as suppressed, whatever the policy says to it: why
};

/// CheckContext is what a judgement compares with: the same for every path and every certificate.
struct CheckContext {
    const ValidationRequest& request;
    const TrustSnapshot& lists;
    const PeerChain& sent;
    const Budget& budget;
    Instant now;
    const PolicyInForce& policy;
    Revocations& revocations;
    NameConstraints& nameConstraints;
    std::span<const StoredCertificate> chain{};  ///< of the path that is judged, as far as its signatures verify
};

using Check = Observation (*)(const CheckContext&, const Path&, std::size_t position);

Observation checkStructure(const CheckContext&, const Path&, std::size_t position);
Observation checkChain(const CheckContext&, const Path&, std::size_t position);
Observation checkSignature(const CheckContext&, const Path&, std::size_t position);
Observation checkSecurityPolicy(const CheckContext&, const Path&, std::size_t position);
Observation checkTrustList(const CheckContext&, const Path&, std::size_t position);
Observation checkValidityPeriod(const CheckContext&, const Path&, std::size_t position);
Observation checkHostName(const CheckContext&, const Path&, std::size_t position);
Observation checkUri(const CheckContext&, const Path&, std::size_t position);
Observation checkUsage(const CheckContext&, const Path&, std::size_t position);
Observation checkRevocationList(const CheckContext&, const Path&, std::size_t position);
Observation checkRevocation(const CheckContext&, const Path&, std::size_t position);

/// checkOf() is the check of a step.
[[nodiscard]] Check checkOf(Step step) noexcept;

/// unreadableRemedy() tells an operator what to do when the peer's certificate cannot be read at all.
[[nodiscard]] std::string unreadableRemedy();

/// structureRemedy() tells an operator what to do about a certificate whose encoding or fields are wrong.
[[nodiscard]] std::string structureRemedy(std::string_view whose);

/// untrustedRemedy() tells an operator how to trust the peer. `filed` is where its certificate lies in the rejected list,
/// null when it does not.
[[nodiscard]] std::string untrustedRemedy(const Path& path, const TrustSnapshot& lists, const StoredCertificate* filed);

}  // namespace uatrust::detail
