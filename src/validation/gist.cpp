#include "validation/gist.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "validation/wording.hpp"

namespace uatrust::detail {
namespace {

const Finding* firstSuppressed(const Report& report) {
    const auto& findings = report.findings();
    const auto found =
        std::find_if(findings.begin(), findings.end(), [](const Finding& each) { return each.outcome == Outcome::Suppressed; });
    return found == findings.end() ? nullptr : &*found;
}

}  // namespace

bool isAccepted(const Report& report) { return isGood(report.status()); }

std::string reasonOf(const Report& report) {
    if (const auto* decisive = report.decisive()) return place(decisive->message);
    if (!isAccepted(report)) return "There is no account of it.";
    const auto* suppressed = firstSuppressed(report);
    if (suppressed != nullptr) {
        return fmt::format("{} {} is suppressed by {}.", place(suppressed->message), statusName(suppressed->status),
                           place(suppressed->suppressedBy));
    }
    return report.chain().empty() ? "Every step was passed."
                                  : fmt::format("{} passed every step.", report.chain().front().certificate.describe());
}

std::string remedyOf(const Report& report) {
    const auto* finding = isAccepted(report) ? firstSuppressed(report) : report.decisive();
    return finding == nullptr ? std::string{} : place(finding->remedy);
}

Place placeOf(const Report& report, std::size_t position) {
    if (position == 0) return Place::Leaf;
    return report.chain()[position].certificate.isSelfSigned() ? Place::Root : Place::Issuer;
}

}  // namespace uatrust::detail
