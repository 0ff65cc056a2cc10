#include <uatrust/validation/explain.hpp>

#include <array>

#include "validation/gist.hpp"
#include "validation/json_writer.hpp"

namespace uatrust {
namespace {

using detail::JsonArray;
using detail::JsonObject;

constexpr std::array<std::string_view, 3> placeNames{"leaf", "issuer", "root"};

std::string memberOf(const Report& report, std::size_t position) {
    const auto& stored = report.chain()[position];
    const auto& certificate = stored.certificate;
    return JsonObject{}
        .number("position", position)
        .text("role", placeNames.at(static_cast<std::size_t>(detail::placeOf(report, position))))
        .text("subject", certificate.subject().text())
        .text("issuer", certificate.issuer().text())
        .text("thumbprint", certificate.thumbprint().text())
        .text("sha256", certificate.id().text())
        .text("serialNumber", certificate.serialNumber())
        .text("notBefore", formatInstant(certificate.notBefore()))
        .text("notAfter", formatInstant(certificate.notAfter()))
        .text("key", certificate.publicKey().describe())
        .textIfAny("applicationUri", certificate.applicationUri())
        .flag("selfSigned", certificate.isSelfSigned())
        .textIfAny("source", stored.source)
        .json();
}

std::string stepOf(const Finding& finding) {
    const auto& row = stepInfo(finding.step);
    JsonArray hints;
    for (const auto& each : finding.hints) hints.add(detail::jsonString(each));
    JsonObject step;
    step.number("step", static_cast<std::size_t>(finding.step) + 1)
        .text("name", row.name)
        .number("position", finding.position)
        .text("outcome", outcomeName(finding.outcome));
    if (finding.status != StatusCode::Good) step.text("status", statusName(finding.status));
    if (finding.blocked) step.flag("blocked", true);
    return step.flag("suppressible", finding.suppressible)
        .textIfAny("message", finding.message)
        .textIfAny("expected", finding.expected)
        .textIfAny("found", finding.found)
        .textIfAny("remedy", finding.remedy)
        .textIfAny("suppressedBy", finding.suppressedBy)
        .json("hints", hints.json())
        .json();
}

std::string problemOf(const StoreProblem& problem) {
    return JsonObject{}
        .textIfAny("source", problem.source)
        .textIfAny("message", problem.message)
        .textIfAny("remedy", problem.remedy)
        .json();
}

std::string otherOf(const OtherChain& other) {
    JsonArray chain;
    for (const auto& each : other.chain) {
        chain.add(JsonObject{}
                      .text("subject", each.certificate.subject().text())
                      .text("thumbprint", each.certificate.thumbprint().text())
                      .textIfAny("source", each.source)
                      .json());
    }
    return JsonObject{}.json("chain", chain.json()).json("failure", stepOf(other.failure)).json();
}

}  // namespace

std::string explainJson(const Report& report) {
    const auto& content = report.content();
    JsonArray chain;
    for (std::size_t i = 0; i < report.chain().size(); ++i) chain.add(memberOf(report, i));
    JsonArray steps;
    for (const auto& each : report.findings()) steps.add(stepOf(each));
    JsonArray others;
    for (const auto& each : content.otherChains) others.add(otherOf(each));
    JsonArray problems;
    for (const auto& each : content.storeProblems) problems.add(problemOf(each));

    return JsonObject{}
        .text("status", statusName(report.status()))
        .text("statusForPeer", statusName(statusForPeer(report.status(), content.role)))
        .flag("accepted", detail::isAccepted(report))
        .flag("acceptedAll", content.acceptedAll)
        .text("role", content.role == Role::Server ? "server" : "client")
        .text("profile", profileName(content.profile))
        .text("judgedAt", formatInstant(content.judgedAt))
        .textIfAny("policy", content.policy)
        .textIfAny("endpointUrl", content.endpointUrl)
        .textIfAny("peerAddress", content.peerAddress)
        .textIfAny("note", content.note)
        .text("reason", detail::reasonOf(report))
        .textIfAny("remedy", detail::remedyOf(report))
        .json("chain", chain.json())
        .json("steps", steps.json())
        .number("chainsTried", content.chainsTried)
        .json("otherChains", others.json())
        .json("storeProblems", problems.json())
        .json();
}

}  // namespace uatrust
