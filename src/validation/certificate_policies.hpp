#pragma once

#include "validation/path_builder.hpp"

namespace uatrust::detail {

/// policyFault() evaluates certificate policies (RFC 5280, 6.1) with any policy acceptable, as OPC UA names none. They
/// matter only where a certificate of the path demands an explicit policy: says at the position of the lowest one that
/// does how the path falls short, and nothing at any other. The demand of the root counts too. A path that does not reach a
/// root is not evaluated: it is refused for that.
[[nodiscard]] std::optional<std::string> policyFault(const Path& path, std::size_t position);

}  // namespace uatrust::detail
