#include <uatrust/validation/explain.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "validation/gist.hpp"

namespace uatrust {
namespace {

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
    return text + ".\n";
}

std::string remarksOf(const Report& report) {
    std::string text;
    if (!report.content().note.empty()) text += fmt::format("{}\n", safe(report.content().note));
    for (const auto& each : report.content().storeProblems) {
        text += fmt::format("Could not be read: {}: {} {}\n", safe(each.source), safe(each.message), safe(each.remedy));
    }
    return text;
}

std::string chainOf(const Report& report) {
    std::size_t width = 0;
    for (const auto& each : report.chain()) width = std::max(width, each.certificate.describe().size());
    std::string text = "\nCertificates\n";
    for (std::size_t i = 0; i < report.chain().size(); ++i) {
        const auto& stored = report.chain()[i];
        text += fmt::format("  {:>2}  {:<{}}  {}\n", i, stored.certificate.describe(), width, safe(stored.source));
    }
    return text;
}

constexpr std::string_view stepFormat = "  {:<23}  {:>2}  {:<14}  {}\n";

std::string evidenceLine(std::string_view label, std::string_view text) {
    return text.empty() ? std::string{} : fmt::format(stepFormat, "", "", "", fmt::format("{} {}", label, safe(text)));
}

std::string stepOf(const Finding& finding, bool first) {
    const auto status = finding.status == StatusCode::Good ? std::string{} : fmt::format("{}: ", statusName(finding.status));
    return fmt::format(stepFormat, first ? stepInfo(finding.step).name : "", finding.position, outcomeName(finding.outcome),
                       status + safe(finding.message)) +
           evidenceLine("expected:", finding.expected) + evidenceLine("found:", finding.found) + evidenceLine("to do:", finding.remedy) +
           evidenceLine("suppressed by:", finding.suppressedBy);
}

std::string stepsOf(const Report& report) {
    std::string text = "\nSteps\n";
    const Finding* previous = nullptr;
    for (const auto& each : report.findings()) {
        text += stepOf(each, previous == nullptr || previous->step != each.step);
        previous = &each;
    }
    return text;
}

}  // namespace

std::string explain(const Report& report) {
    auto text = fmt::format("{}: {}\nWhat to do: {}\n", verdictOf(report), detail::reasonOf(report), whatToDo(report));
    text += circumstancesOf(report) + remarksOf(report);
    if (!report.chain().empty()) text += chainOf(report);
    if (!report.findings().empty()) text += stepsOf(report);
    return text;
}

std::string summarize(const Report& report) {
    auto text = fmt::format("{}: {}: {}", who(report), verdictOf(report), detail::reasonOf(report));
    if (!detail::isAccepted(report)) text += fmt::format(" What to do: {}", whatToDo(report));
    return text;
}

}  // namespace uatrust
