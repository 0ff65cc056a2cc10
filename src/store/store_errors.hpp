#pragma once

#include <uatrust/store/identity_store.hpp>

namespace uatrust::detail {

/// What the stores answer alike.
[[nodiscard]] Error notInList(std::string_view what, StoreList list);
[[nodiscard]] Error noCrlsBeside(StoreList list);

/// checkPair() says whether `key` belongs to the first certificate of `chain`.
[[nodiscard]] Result<void> checkPair(const std::vector<Certificate>& chain, const PrivateKey& key);

}  // namespace uatrust::detail
