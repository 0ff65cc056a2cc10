#pragma once

#include "identity/own_pair.hpp"

namespace uatrust::detail {

/// judgeOwn() looks at a pair as its peers will and says what the operator should know: dates, URI, host names, key and
/// profile. `hostNames` is what this machine is reached under.
[[nodiscard]] std::vector<IdentityNotice> judgeOwn(const OwnPair& pair, const IdentityOptions& options, const HostNames& hostNames,
                                                   Instant now);

}  // namespace uatrust::detail
