#include <uatrust/validation/explain.hpp>

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "validation/gist.hpp"
#include "validation/text_layout.hpp"
#include "validation/wording.hpp"

namespace uatrust {
namespace {

using detail::hanging;

constexpr std::size_t maxText = 4096;

std::string safe(std::string_view text) { return printable(text, maxText); }

std::string who(const Report& report) {
    return report.chain().empty() ? "an unreadable certificate" : report.chain().front().certificate.describe();
}

std::string verdictOf(const Report& report) {
    if (report.content().acceptedAll) return "TRUSTED (INSECURE: accepts everybody)";
    return detail::isAccepted(report) ? "TRUSTED" : fmt::format("REFUSED {}", statusName(report.status()));
}

std::string whatToDo(const Report& report) {
    auto remedy = detail::remedyOf(report);
    return remedy.empty() ? "Nothing." : remedy;
}

// ---- What concerns the whole report

std::string_view profileText(Profile profile) {
    return profile == Profile::Application ? "an application" : profile == Profile::User ? "a user" : "any";
}

std::string circumstancesOf(const Report& report) {
    const auto& content = report.content();
    auto text = fmt::format("Judged by a {} as {} certificate at {}", content.role == Role::Server ? "server" : "client",
                            profileText(content.profile), formatInstant(content.judgedAt));
    if (!content.policy.empty()) text += fmt::format(", policy {}", safe(content.policy));
    if (!content.endpointUrl.empty()) text += fmt::format(", endpoint {}", safe(content.endpointUrl));
    if (!content.peerAddress.empty()) text += fmt::format(", peer {}", safe(content.peerAddress));
    return hanging("", text + ".");
}

std::string toldToPeer(const Report& report) {
    const auto told = statusForPeer(report.status(), report.content().role);
    if (detail::isAccepted(report) || report.content().role != Role::Server) return {};
    return hanging("", fmt::format("The peer is told {}{}.", statusName(told), told == report.status() ? "" : ", and not why"));
}

std::string remarksOf(const Report& report) {
    std::string text;
    if (!report.content().note.empty()) text += hanging("", safe(report.content().note));
    for (const auto& each : report.content().storeProblems)
        text += hanging("Could not be read: ", fmt::format("{}: {} {}", safe(each.source), safe(each.message), safe(each.remedy)));
    return text;
}

// ---- One certificate

constexpr std::array<std::string_view, 3> placeTitles{"the peer's own certificate", "a CA of its chain", "the root of its chain"};

std::string certificateOf(const Report& report, std::size_t position) {
    const auto& stored = report.chain()[position];
    const auto& certificate = stored.certificate;
    const auto subject = certificate.subject().empty() ? std::string{"(no subject)"} : certificate.subject().text();
    const auto issuer = certificate.isSelfSigned() ? std::string{"itself (self-signed)"} : certificate.issuer().text();
    const auto title = placeTitles.at(static_cast<std::size_t>(detail::placeOf(report, position)));
    auto text =
        hanging(fmt::format("\nCertificate {}, {}: ", position, title), subject) + hanging("  issued by   ", issuer) +
        hanging("  thumbprint  ", certificate.thumbprint().text()) +
        hanging("  valid       ", fmt::format("{} to {}", formatInstant(certificate.notBefore()), formatInstant(certificate.notAfter())));
    // In one piece, for copying: it is the path of a file.
    return stored.source.empty() ? text : text + fmt::format("  found       {}\n", safe(stored.source));
}

// ---- One step

std::string_view outcomeText(Outcome outcome) {
    constexpr std::array<std::string_view, 5> texts{"passed", "FAILED", "SUPPRESSED", "not applicable", "not reached"};
    return texts.at(static_cast<std::size_t>(outcome));
}

constexpr std::string_view expectedLabel = "        expected       ";
constexpr std::string_view foundLabel = "        found          ";

std::string evidenceLine(std::string_view label, std::string_view text) {
    return text.empty() ? std::string{} : hanging(label, safe(text));
}

// The URI that has most in common with what was expected, from its beginning on.
std::string nearestUri(const Certificate& certificate, std::string_view expected) {
    constexpr std::size_t maxUris = 16;
    std::string nearest;
    std::size_t most = 0;
    for (std::size_t i = 0; i < std::min(certificate.uris().size(), maxUris); ++i) {
        auto uri = detail::quoted(certificate.uris()[i]);
        const auto shorter = static_cast<std::ptrdiff_t>(std::min(uri.size(), expected.size()));
        const auto same = static_cast<std::size_t>(std::mismatch(uri.begin(), uri.begin() + shorter, expected.begin()).first - uri.begin());
        if (nearest.empty() || same > most) {
            nearest = std::move(uri);
            most = same;
        }
    }
    return nearest;
}

std::string evidenceOf(const Report& report, const Finding& finding) {
    const bool compares = finding.step == Step::Uri && finding.position < report.chain().size() && !finding.expected.empty();
    const auto& chain = report.chain();
    const auto nearest = compares ? nearestUri(chain[finding.position].certificate, finding.expected) : std::string{};
    if (nearest.empty()) return evidenceLine(expectedLabel, finding.expected) + evidenceLine(foundLabel, finding.found);
    auto text = detail::markDifference(expectedLabel, safe(finding.expected), foundLabel, nearest);
    if (chain[finding.position].certificate.uris().size() > 1) text += evidenceLine("        all found      ", finding.found);
    return text;
}

constexpr std::string_view reasonLabel = "        why            ";
constexpr std::string_view remedyLabel = "        what to do     ";
constexpr std::string_view ruleLabel = "        suppressed by  ";
constexpr std::string_view hintLabel = "        noticed        ";

std::string headOf(const Finding& finding) {
    return fmt::format("  {:>2}  {:<23}  {:<14}  ", static_cast<int>(finding.step) + 1, stepInfo(finding.step).name,
                       outcomeText(finding.outcome));
}

// What a step that failed has to tell needs the whole width. The hints of the decisive one stand at the top already.
std::string stepOf(const Report& report, const Finding& finding) {
    if (finding.status == StatusCode::Good) return hanging(headOf(finding), safe(finding.message)) + evidenceOf(report, finding);
    auto text = hanging(headOf(finding), statusName(finding.status)) + evidenceLine(reasonLabel, finding.message) +
                evidenceOf(report, finding) + evidenceLine(remedyLabel, finding.remedy) + evidenceLine(ruleLabel, finding.suppressedBy);
    if (&finding == report.decisive()) return text;
    for (const auto& each : finding.hints) text += evidenceLine(hintLabel, each);
    return text;
}

std::string stepsOf(const Report& report, std::size_t position) {
    std::string text;
    for (const auto& each : report.findings()) {
        if (each.position == position) text += stepOf(report, each);
    }
    return text.empty() ? text : "\n" + text;
}

std::string hintsOf(const Report& report) {
    const auto* decisive = report.decisive();
    std::string text;
    if (decisive == nullptr) return text;
    for (const auto& each : decisive->hints) text += hanging("Noticed: ", safe(each));
    return text;
}

std::string namesOf(const std::vector<StoredCertificate>& chain) {
    std::vector<std::string> names;
    for (const auto& each : chain) names.push_back(each.certificate.describe());
    return detail::listed(names, " <- ");
}

std::string othersOf(const Report& report) {
    const auto& content = report.content();
    if (content.otherChains.empty()) return {};
    auto text = fmt::format("\nOther chains that came less far ({} were tried in all)\n", content.chainsTried);
    for (const auto& each : content.otherChains) {
        text += hanging("  ", namesOf(each.chain));
        text += hanging("        why            ", fmt::format("{}: {}", statusName(each.failure.status), safe(each.failure.message)));
    }
    return text;
}

std::set<std::size_t> positionsOf(const Report& report) {
    std::set<std::size_t> positions;
    for (std::size_t i = 0; i < report.chain().size(); ++i) positions.insert(i);
    for (const auto& each : report.findings()) positions.insert(each.position);
    return positions;
}

}  // namespace

std::string explain(const Report& report) {
    auto text = fmt::format("{}: {}\nWhat to do: {}\n", verdictOf(report), detail::reasonOf(report), whatToDo(report));
    text += hintsOf(report) + circumstancesOf(report) + toldToPeer(report) + remarksOf(report);
    for (const auto i : positionsOf(report)) {
        text += i < report.chain().size() ? certificateOf(report, i) : std::string{"\nA certificate that could not be read\n"};
        text += stepsOf(report, i);
    }
    return text + othersOf(report);
}

std::string summarize(const Report& report) {
    auto text = fmt::format("{}: {}: {}", who(report), verdictOf(report), detail::reasonOf(report));
    if (!detail::isAccepted(report)) text += fmt::format(" What to do: {}", whatToDo(report));
    return text;
}

}  // namespace uatrust
