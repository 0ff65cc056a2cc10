#include "tool/doctor/server_report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/crypto/security_policy.hpp>
#include <uatrust/x509/certificate_chain.hpp>
#include <uatrust/x509/pem.hpp>

#include "tool/platform.hpp"
#include "tool/platform_files.hpp"
#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

Result<Certificate> certificateOf(const OfferedEndpoint& endpoint) {
    const auto leaf = leafOf(endpoint.certificate);
    return leaf ? Certificate::fromDer(*leaf) : Result<Certificate>{leaf.error()};
}

std::string leafText(const OfferedEndpoint& endpoint) {
    if (endpoint.certificate.empty()) return "no certificate";
    const auto certificate = certificateOf(endpoint);
    if (!certificate) return "a certificate that cannot be read";
    return fmt::format("{} {}, valid until {}", printable(certificate->subject().text(), 1000), certificate->thumbprint().text(),
                       formatInstant(certificate->notAfter()));
}

std::string policyName(const OfferedEndpoint& endpoint) {
    const auto* policy = findSecurityPolicy(endpoint.securityPolicyUri);
    return policy == nullptr ? printable(endpoint.securityPolicyUri) : std::string{policy->name};
}

// Of the certificates themselves, each once.
Result<std::vector<Certificate>> presentedBy(const Discovered& server) {
    std::vector<Certificate> all;
    for (const auto& each : server.offered.endpoints) {
        if (each.certificate.empty()) continue;
        auto certificate = certificateOf(each);
        if (!certificate) return certificate.error();
        if (std::find(all.begin(), all.end(), *certificate) == all.end()) all.push_back(std::move(*certificate));
    }
    return all;
}

}  // namespace

// Each certificate once, with what it is offered for.
std::string serverText(const Asked& asked) {
    const auto& server = *asked.answer;
    const auto& endpoints = server.offered.endpoints;
    auto text = fmt::format("{} ({}): {}", printable(asked.url, 4096), server.address, many(endpoints.size(), "endpoint"));
    if (!endpoints.empty()) text += fmt::format(" of {}", printable(endpoints.front().applicationUri));
    text += '\n';
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& endpoint : endpoints) {
        const auto leaf = leafText(endpoint);
        auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.first == leaf; });
        if (row == rows.end()) row = rows.insert(rows.end(), {leaf, {}});
        row->second +=
            fmt::format("{}{} {}", row->second.empty() ? "" : ", ", policyName(endpoint), securityModeName(endpoint.securityMode));
    }
    for (const auto& [leaf, offers] : rows) text += fmt::format("  {}\n    {}\n", leaf, offers);
    return text;
}

Json serverJson(const Asked& asked) {
    if (!asked.answer) return {{"url", printable(asked.url, 4096)}, {"error", errorJson(asked.answer.error())}};
    const auto& server = *asked.answer;
    Json endpoints = Json::array();
    for (const auto& each : server.offered.endpoints) {
        Json certificate;
        if (const auto read = certificateOf(each)) {
            certificate = {{"subject", read->subject().text()},
                           {"thumbprint", read->thumbprint().text()},
                           {"sha256", read->id().text()},
                           {"notAfter", formatInstant(read->notAfter())},
                           {"pem", encodePem("CERTIFICATE", read->der())}};
        }
        endpoints.push_back({{"endpointUrl", printable(each.endpointUrl, 4096)},
                             {"applicationUri", printable(each.applicationUri, 4096)},
                             {"applicationName", printable(each.applicationName)},
                             {"securityPolicy", policyName(each)},
                             {"securityMode", securityModeName(each.securityMode)},
                             {"certificate", std::move(certificate)}});
    }
    return {{"url", printable(asked.url, 4096)},
            {"address", server.address},
            {"serverTime", server.offered.serverTime ? Json(formatInstant(*server.offered.serverTime)) : Json()},
            {"endpoints", std::move(endpoints)}};
}

Result<void> mayBeSaved(const std::filesystem::path& file) {
    if (!isThere(file)) return {};
    return Error{StatusCode::BadInvalidState, fmt::format("{} is there already, and is not replaced.", printable(textOf(file), 4096)),
                 "Give another name with --save, or remove it first."};
}

Result<Certificate> savePresented(const Asked& asked, const std::filesystem::path& file) {
    const auto shown = printable(asked.url, 4096);
    auto all = presentedBy(*asked.answer);
    if (!all) {
        return Error{StatusCode::BadCertificateInvalid,
                     fmt::format("What {} presents as its certificate cannot be read: {}", shown, all.error().message),
                     "Give the server another certificate; nothing was saved."};
    }
    if (all->empty()) {
        return Error{StatusCode::BadNotFound, fmt::format("{} presents no certificate: nothing was saved.", shown),
                     "Give the server a certificate and an endpoint with a SecurityPolicy."};
    }
    if (all->size() > 1) {
        std::vector<std::string> names;
        for (const auto& each : *all) names.push_back(fmt::format("{} {}", each.describe(), each.thumbprint().text()));
        return Error{StatusCode::BadInvalidArgument,
                     fmt::format("{} presents {} certificates, and one fits into a file: {}.", shown, all->size(), fmt::join(names, ", ")),
                     "--json has each of them as PEM, and what it is offered for."};
    }
    if (auto fine = mayBeSaved(file); !fine) return fine.error();
    if (auto written = replaceFile(file, all->front().der()); !written) return written.error();
    return all->front();
}

}  // namespace uatrust::tool
