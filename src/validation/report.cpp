#include <uatrust/validation/report.hpp>

#include <algorithm>
#include <array>

namespace uatrust {
namespace {

constexpr std::array<std::string_view, 5> outcomeNames{"Passed", "Failed", "Suppressed", "NotApplicable", "NotReached"};

// OPC 10000-4, 6.1.3: the order of the table decides which of several errors is reported; inside a step the peer's own
// certificate comes first.
bool outranks(const Finding& a, const Finding& b) noexcept { return a.step != b.step ? a.step < b.step : a.position < b.position; }

}  // namespace

std::string_view outcomeName(Outcome outcome) noexcept { return outcomeNames[static_cast<std::size_t>(outcome)]; }

std::string_view profileName(Profile profile) noexcept {
    switch (profile) {
        case Profile::User:
            return "user";
        case Profile::Path:
            return "path";
        case Profile::Application:
            break;
    }
    return "application";
}

const Finding* Report::decisive() const noexcept {
    const Finding* first = nullptr;
    for (const Finding& each : content_.findings) {
        if (each.outcome == Outcome::Failed && (first == nullptr || outranks(each, *first))) first = &each;
    }
    return first;
}

StatusCode Report::status() const noexcept {
    if (content_.findings.empty()) return StatusCode::BadSecurityChecksFailed;
    const Finding* first = decisive();
    return first == nullptr ? StatusCode::Good : first->status;
}

const Finding* Report::find(Step step, std::size_t position) const noexcept {
    const auto found = std::find_if(content_.findings.begin(), content_.findings.end(),
                                    [&](const Finding& each) { return each.step == step && each.position == position; });
    return found == content_.findings.end() ? nullptr : &*found;
}

}  // namespace uatrust
