#include "validation/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace uatrust::detail {
namespace {

constexpr std::size_t maxListed = 10;
constexpr std::size_t maxProblems = 3;
constexpr std::size_t maxPath = 4096;

}  // namespace

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", printable(text)); }

std::string place(std::string_view source) { return printable(source, maxPath); }

std::string listed(const std::vector<std::string>& texts, std::string_view separator) {
    const auto shown = std::min(texts.size(), maxListed);
    auto text = fmt::format("{}", fmt::join(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(shown), separator));
    if (shown < texts.size()) text += fmt::format("{}and {} more", separator, texts.size() - shown);
    return text;
}

std::string located(const StoredCertificate& stored) {
    if (stored.source.empty()) return stored.certificate.describe();
    return stored.certificate.describe().append(" (").append(place(stored.source)).append(")");
}

std::string moveTo(StoreList to, StoreList from, const StoredCertificate& stored) {
    return fmt::format("move {} from {} to {}", located(stored), storeListName(from), storeListName(to));
}

std::string withProblems(std::string text, const TrustSnapshot& lists) {
    const auto problems = lists.problems();
    for (std::size_t i = 0; i < std::min(problems.size(), maxProblems); ++i) {
        text += fmt::format("; could not be read: {}: {}", place(problems[i].source), printable(problems[i].message));
    }
    if (problems.size() > maxProblems) text += fmt::format("; and {} more could not be read", problems.size() - maxProblems);
    return text;
}

}  // namespace uatrust::detail
