// The mutator of targets whose input is DER.

#include <algorithm>

#include "der_mutator.hpp"

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t maxSize, unsigned seed) {
    const auto changed = uatrust::fuzz::mutateDer({data, data + size}, maxSize, seed);
    std::copy(changed.begin(), changed.end(), data);
    return changed.size();
}
