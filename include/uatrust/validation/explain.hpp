#pragma once

#include <uatrust/validation/report.hpp>

namespace uatrust {

/// explain() writes a report for an operator: the verdict and what to do in the first lines, then each certificate
/// of the chain with each step. Plain text of several lines, safe for a terminal. The wording may change.
[[nodiscard]] UATRUST_API std::string explain(const Report& report);

/// summarize() is the verdict in one line, for a log: who, status, why, what to do.
[[nodiscard]] UATRUST_API std::string summarize(const Report& report);

}  // namespace uatrust
