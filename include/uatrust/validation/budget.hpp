#pragma once

#include <uatrust/x509/certificate_chain.hpp>

namespace uatrust {

/// Budget bounds the work that one judgement may cost, whatever a peer sends. Running out fails the step that
/// ran out, with a finding that says so.
struct Budget {
    ChainLimits blob{};                       ///< what is parsed of the peer's bytes
    std::size_t maxDepth = 10;                ///< certificates in a path, leaf and root included: as in open62541; real chains have 2 to 4
    std::size_t maxSignatures = 100;          ///< signature checks while building paths: as in Botan and webpki (200 and 100)
    std::size_t maxCandidates = 500;          ///< issuers looked at while building paths
    std::size_t maxNameComparisons = 250000;  ///< names compared with name constraints: as in webpki
    std::size_t maxCrlBytes = 64U << 20U;     ///< octets of CRLs whose signature is checked
    std::size_t maxHintEntries = 100;         ///< entries of lists compared for near misses; behind them there are no Finding::hints
};

}  // namespace uatrust
