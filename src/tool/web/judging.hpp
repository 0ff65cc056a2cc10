#pragma once

#include <uatrust/validation/validator.hpp>

#include "tool/web/lookup.hpp"

namespace uatrust::tool::web {

/// judge() says what the application of a group would say of a certificate now, strictly. The other groups are looked into for hints.
[[nodiscard]] Verdict judge(const Group& group, const Groups& groups, const Certificate& certificate);

/// issuerOf() is the certificate that has issued another one, as far as the lists have it: of self-signed ones nothing.
[[nodiscard]] std::optional<Certificate> issuerOf(const Verdict& verdict);

/// verdictJson(), chainJson() and curesJson() are the parts of the details of an entry. The report of a verdict is explainJson(), with
/// causeOf() each step that did not pass as its "cause".
[[nodiscard]] Json verdictJson(const Verdict& verdict, const TrustSnapshot& lists);
[[nodiscard]] Json chainJson(const Verdict& verdict, const TrustSnapshot& lists);
/// What would let the certificate in, the most fitting first.
[[nodiscard]] Json curesJson(const Verdict& verdict, const Entry& entry);

/// elsewhere() are the lists of all other groups.
[[nodiscard]] std::vector<std::shared_ptr<const TrustSnapshot>> elsewhere(const Group& group, const Groups& groups);

}  // namespace uatrust::tool::web
