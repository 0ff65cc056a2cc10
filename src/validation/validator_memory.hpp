#pragma once

#include "validation/list_index.hpp"
#include "validation/seen_certificates.hpp"

namespace uatrust::detail {

/// ValidatorMemory is what a validator keeps from one judgement to the next to be quicker: facts that do not change, and
/// never a verdict. Shared by the copies of a validator; safe to use from several threads at once.
struct ValidatorMemory {
    SeenCertificates seen{};
    ListIndexes indexes{};
};

}  // namespace uatrust::detail
