#pragma once

#include <uatrust/core/bytes.hpp>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t maxSize);

namespace uatrust::fuzz {

/// mutate() is libFuzzer's own change of some octets.
[[nodiscard]] Bytes mutate(Bytes octets, std::size_t maxSize);

/// mutateDer() changes one element of a DER structure and mends the lengths around it, or changes octets as they are. An
/// element inside an OCTET STRING or a BIT STRING counts too. The same seed makes the same change.
[[nodiscard]] Bytes mutateDer(const Bytes& der, std::size_t maxSize, unsigned seed);

}  // namespace uatrust::fuzz
