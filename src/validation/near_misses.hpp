#pragma once

#include <uatrust/validation/validator.hpp>

#include "validation/list_index.hpp"
#include "validation/path_builder.hpp"

namespace uatrust::detail {

/// OtherLists is what another certificate group of this application holds: it explains, it never gives trust.
struct OtherLists {
    std::string name{};  ///< for people: "pki/client"
    std::shared_ptr<const TrustSnapshot> lists{};
};

/// NearMissContext is what near misses are looked for in. What it refers to must outlive it.
struct NearMissContext {
    const ValidationRequest& request;
    const TrustSnapshot& lists;
    std::span<const OtherLists> elsewhere;
    Instant now;
    ListIndexes& indexes;
    std::size_t maxEntries;  ///< Budget::maxHintEntries
};

/// addNearMisses() fills Finding::hints of what failed or was suppressed in the path that is reported. It changes nothing
/// else. Its work is bounded and does not grow with the lists: they are looked up and not read through, of what is found
/// maxEntries entries in all are compared, and only a handful of signatures is verified. Whatever goes wrong leaves hints
/// away.
void addNearMisses(const NearMissContext& context, const Path& path, std::vector<Finding>& findings) noexcept;

}  // namespace uatrust::detail
