#pragma once

#include "validation/hints.hpp"
#include "validation/list_search.hpp"

namespace uatrust::detail {

/// nearCrls() says which list would have answered for a certificate of a path, and why it does not.
void nearCrls(const NearMissContext& context, const Path& path, std::size_t position, ListSearch& search, Hints& hints);

}  // namespace uatrust::detail
