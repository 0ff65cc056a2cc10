#pragma once

#include <uatrust/store/identity_store.hpp>

namespace uatrust::detail {

/// What the stores answer alike.
[[nodiscard]] Error notInList(std::string_view what, StoreList list);
[[nodiscard]] Error noCrlsBeside(StoreList list);

/// What a CA has left unanswered so often is a mistake, or somebody else's doing.
inline constexpr std::size_t kMaxPending = 16;
[[nodiscard]] Error tooManyPending(std::string_view place);
/// checkPending() says whether `request` is for `newKey`, if there is one.
[[nodiscard]] Result<void> checkPending(const CertificateRequest& request, const std::optional<PrivateKey>& newKey);

/// checkPair() says whether `key` belongs to the first certificate of `chain`.
[[nodiscard]] Result<void> checkPair(const std::vector<Certificate>& chain, const PrivateKey& key);

}  // namespace uatrust::detail
