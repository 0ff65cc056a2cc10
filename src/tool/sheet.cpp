#include "tool/sheet.hpp"

#include <fmt/format.h>

#include <uatrust/core/ip_address.hpp>

#include "tool/text.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kColumn = 24;
constexpr std::size_t kMaxText = 4096;

std::string safe(std::string_view text) { return printable(text, kMaxText); }

Json listOf(const std::vector<std::string>& texts) {
    auto list = Json::array();
    for (const auto& text : texts) list.push_back(safe(text));
    return list;
}

Json addressesOf(const std::vector<std::vector<std::uint8_t>>& octets) {
    auto list = Json::array();
    for (const auto& each : octets) list.push_back(formatIpAddress(each));
    return list;
}

std::string mark(bool critical) { return critical ? " (critical)" : ""; }

// ---- rows that several kinds have

void addUsage(const std::optional<KeyUsageSet>& usage, const std::optional<ExtendedKeyUsageSet>& purposes, Sheet& sheet) {
    sheet.rows.push_back(
        {"keyUsage", "Key usage", usage ? Json(usage->text()) : Json{}, usage ? usage->text() + mark(usage->critical) : "none"});
    if (usage) sheet.rows.push_back({"keyUsageCritical", "", usage->critical});
    const auto text = purposes ? safe(purposes->text()) : std::string{};
    sheet.rows.push_back(
        {"extendedKeyUsage", "Extended key usage", purposes ? Json(text) : Json{}, purposes ? text + mark(purposes->critical) : "none"});
    if (purposes) sheet.rows.push_back({"extendedKeyUsageCritical", "", purposes->critical});
}

template <class Named>
void addNames(const Named& named, Sheet& sheet) {
    sheet.rows.push_back({"uris", "ApplicationUri", listOf(named.uris())});
    sheet.rows.push_back({"dnsNames", "Host names", listOf(named.dnsNames())});
    sheet.rows.push_back({"ipAddresses", "IP addresses", addressesOf(named.ipAddresses())});
}

void addThumbprints(const Thumbprint& thumbprint, const CertificateId& id, Sheet& sheet) {
    sheet.rows.push_back({"thumbprint", "Thumbprint (SHA-1)", thumbprint.text()});
    sheet.rows.push_back({"sha256", "SHA-256", id.text()});
}

void addIdentifier(std::string key, std::string label, ByteView identifier, Sheet& sheet) {
    const auto text = toHex(identifier);
    sheet.rows.push_back({std::move(key), std::move(label), text.empty() ? Json{} : Json(text), text.empty() ? "none" : text});
}

// ---- certificates

std::string untilText(const Certificate& certificate, Instant now) {
    const auto until = formatInstant(certificate.notAfter());
    if (now > certificate.notAfter()) return fmt::format("{} (expired {} ago)", until, formatDuration(now - certificate.notAfter()));
    if (now < certificate.notBefore()) return until;
    return fmt::format("{} (for another {})", until, formatDuration(certificate.notAfter() - now));
}

std::string fromText(Instant from, Instant now) {
    const auto text = formatInstant(from);
    return now < from ? fmt::format("{} (begins in {})", text, formatDuration(from - now)) : text;
}

void addConstraints(const std::optional<BasicConstraints>& constraints, Sheet& sheet) {
    constexpr auto key = "basicConstraints";
    constexpr auto label = "Basic constraints";
    if (!constraints) {
        sheet.rows.push_back({key, label, {}, "none"});
        return;
    }
    Json value{{"ca", constraints->ca}, {"critical", constraints->critical}};
    auto text = fmt::format("cA {}", constraints->ca ? "TRUE" : "FALSE");
    if (constraints->pathLength) {
        value["pathLength"] = *constraints->pathLength;
        text += fmt::format(", pathLenConstraint {}", *constraints->pathLength);
    }
    sheet.rows.push_back({key, label, value, text + mark(constraints->critical)});
}

void addPolicies(const Certificate& certificate, Sheet& sheet) {
    auto names = Json::array();
    std::string text;
    for (const auto* policy : fittingPolicies(certificate)) {
        names.push_back(policy->name);
        text += fmt::format("{}{}{}", text.empty() ? "" : ", ", policy->name, policy->deprecated ? " (deprecated)" : "");
    }
    sheet.rows.push_back({"securityPolicies", "SecurityPolicies", names, text.empty() ? "none takes its key and signature" : text});
}

std::string_view sidesOf(ApplicationRole role) noexcept {
    return role == ApplicationRole::Server ? "server" : role == ApplicationRole::Client ? "client" : "server and client";
}

// An application may hold a self-signed certificate with cA TRUE: the ApplicationUri tells it from a CA.
void compareWithProfile(const Certificate& certificate, std::optional<ApplicationRole> given, Sheet& sheet) {
    if (certificate.isCa() && certificate.uris().empty()) {
        sheet.title = "CA certificate";
        sheet.profile = "OPC 10000-6, 6.2.4 for CA certificates";
        sheet.departures = caDepartures(certificate);
        return;
    }
    const auto role = given.value_or(applicationRoleOf(certificate.extendedKeyUsage()));
    sheet.title = certificate.uris().empty() ? "certificate" : "application certificate";
    sheet.profile = fmt::format("OPC 10000-6, 6.2.2 for the certificate of an application ({})", sidesOf(role));
    sheet.departures = applicationDepartures(certificate, role);
}

Sheet describe(const Certificate& certificate, std::optional<ApplicationRole> role, Instant now) {
    Sheet sheet{.kind = "certificate"};
    compareWithProfile(certificate, role, sheet);
    const bool selfSigned = certificate.isSelfSigned();
    sheet.rows.push_back({"subject", "Subject", certificate.subject().text()});
    sheet.rows.push_back({"issuer", "Issuer", certificate.issuer().text(), selfSigned ? "self-signed" : ""});
    sheet.rows.push_back({"selfSigned", "", selfSigned});
    sheet.rows.push_back({"version", "", certificate.version()});
    sheet.rows.push_back({"serialNumber", "Serial number", certificate.serialNumber()});
    sheet.rows.push_back({"notBefore", "Valid from", formatInstant(certificate.notBefore()), fromText(certificate.notBefore(), now)});
    sheet.rows.push_back({"notAfter", "Valid until", formatInstant(certificate.notAfter()), untilText(certificate, now)});
    sheet.rows.push_back({"key", "Key", safe(certificate.publicKey().describe())});
    sheet.rows.push_back({"signature", "Signed with", safe(certificate.signatureAlgorithm().name)});
    addPolicies(certificate, sheet);
    addNames(certificate, sheet);
    addUsage(certificate.keyUsage(), certificate.extendedKeyUsage(), sheet);
    addConstraints(certificate.basicConstraints(), sheet);
    addIdentifier("subjectKeyIdentifier", "Subject key id", certificate.subjectKeyIdentifier(), sheet);
    addIdentifier("authorityKeyIdentifier", "Authority key id", certificate.authorityKeyIdentifier(), sheet);
    addThumbprints(certificate.thumbprint(), certificate.id(), sheet);
    return sheet;
}

// ---- the others

std::string nextUpdateText(const std::optional<Instant>& next, Instant now) {
    if (!next) return "none";
    const auto text = formatInstant(*next);
    return now > *next ? fmt::format("{} (out of date for {})", text, formatDuration(now - *next))
                       : fmt::format("{} (for another {})", text, formatDuration(*next - now));
}

Sheet describe(const Crl& crl, std::optional<ApplicationRole>, Instant now) {
    Sheet sheet{.kind = "crl", .title = "revocation list (CRL)", .profile = "OPC 10000-6, 6.2.5 for revocation lists"};
    const auto& next = crl.nextUpdate();
    sheet.rows.push_back({"issuer", "Issuer", crl.issuer().text()});
    sheet.rows.push_back({"thisUpdate", "This update", formatInstant(crl.thisUpdate()), fromText(crl.thisUpdate(), now)});
    sheet.rows.push_back({"nextUpdate", "Next update", next ? Json(formatInstant(*next)) : Json{}, nextUpdateText(next, now)});
    sheet.rows.push_back(
        {"number", "Number", crl.number().empty() ? Json{} : Json(crl.number()), crl.number().empty() ? "none" : crl.number()});
    sheet.rows.push_back({"entries", "Entries", crl.size()});
    const bool complete = crl.incompleteBecause().empty();
    sheet.rows.push_back({"complete", "Complete", complete, complete ? "yes" : "no: it " + safe(crl.incompleteBecause())});
    sheet.rows.push_back({"signature", "Signed with", safe(crl.signatureAlgorithm().name)});
    addIdentifier("authorityKeyIdentifier", "Authority key id", crl.authorityKeyIdentifier(), sheet);
    addThumbprints(crl.thumbprint(), crl.id(), sheet);
    sheet.departures = crlDepartures(crl);
    return sheet;
}

Sheet describe(const CertificateRequest& request, std::optional<ApplicationRole> given, Instant) {
    const auto role = given.value_or(applicationRoleOf(request.extendedKeyUsage()));
    Sheet sheet{.kind = "request",
                .title = "certificate request (PKCS#10)",
                .profile = fmt::format("OPC 10000-6, 6.2.2 for the certificate of an application ({})", sidesOf(role)),
                .departures = requestDepartures(request, role)};
    sheet.rows.push_back({"subject", "Subject", request.subject().text()});
    sheet.rows.push_back({"key", "Key", safe(request.publicKey().describe())});
    addNames(request, sheet);
    addUsage(request.keyUsage(), request.extendedKeyUsage(), sheet);
    return sheet;
}

std::string keyThumbprint(const PublicKey& key) { return toHex(sha256(key.der())); }

Sheet describe(const KeyFacts& key, std::optional<ApplicationRole>, Instant) {
    Sheet sheet{.kind = "privateKey", .title = "private key"};
    const auto kind = key.kind.empty() ? "not to be seen without the passphrase" : safe(key.kind);
    sheet.rows.push_back({"key", "Key", key.kind.empty() ? Json{} : Json(safe(key.kind)), kind});
    sheet.rows.push_back({"encrypted", "Encrypted", key.encrypted, key.encrypted ? "yes" : "no: protect the file"});
    if (key.publicKey) sheet.rows.push_back({"publicKeySha256", "SHA-256 (public key)", keyThumbprint(*key.publicKey)});
    return sheet;
}

Sheet describe(const PublicKey& key, std::optional<ApplicationRole>, Instant) {
    Sheet sheet{.kind = "publicKey", .title = "public key"};
    sheet.rows.push_back({"key", "Key", safe(key.describe())});
    sheet.rows.push_back({"publicKeySha256", "SHA-256 (public key)", keyThumbprint(key)});
    return sheet;
}

Sheet describe(const Error& error, std::optional<ApplicationRole>, Instant) {
    return {.kind = "unknown", .title = "not readable", .error = error};
}

// ---- writing

std::string shownOf(const Row& row) {
    if (!row.shown.empty()) return row.shown;
    if (row.value.is_string()) return row.value.get<std::string>();
    if (!row.value.is_array()) return row.value.dump();
    std::string text;
    for (const auto& each : row.value) text += (text.empty() ? "" : ", ") + each.get<std::string>();
    return text.empty() ? "none" : text;
}

std::string_view wordOf(DepartureSeverity severity) noexcept { return severity == DepartureSeverity::Refused ? "refused" : "discouraged"; }

std::string departuresText(const Sheet& sheet, std::size_t width) {
    if (sheet.departures->empty()) return wrap(fmt::format("  As it should be by {}.\n", sheet.profile), width);
    auto text = wrap(fmt::format("  Departs from {}:\n", sheet.profile), width);
    for (const auto& each : *sheet.departures) {
        text += besides(fmt::format("    {}", wordOf(each.severity)), fmt::format("{} ({})", each.text, each.clause), kColumn, width);
    }
    return text;
}

}  // namespace

Sheet sheetOf(const Element& element, std::optional<ApplicationRole> role, Instant now) {
    auto sheet = std::visit([&](const auto& content) { return describe(content, role, now); }, element.content);
    sheet.rows.insert(sheet.rows.begin(), Row{"form", "", element.form});
    return sheet;
}

std::string toText(const Sheet& sheet, std::size_t width) {
    std::string text;
    if (sheet.error) {
        text += besides("  Why", sheet.error->message, kColumn, width);
        if (!sheet.error->remedy.empty()) text += besides("  What to do", sheet.error->remedy, kColumn, width);
    }
    for (const auto& row : sheet.rows) {
        if (!row.label.empty()) text += besides("  " + row.label, shownOf(row), kColumn, width);
    }
    return sheet.departures ? text + departuresText(sheet, width) : text;
}

Json toJson(const Sheet& sheet) {
    Json json{{"kind", sheet.kind}, {"title", sheet.title}};
    for (const auto& row : sheet.rows) {
        if (!row.key.empty() && !row.value.is_null()) json[row.key] = row.value;
    }
    if (sheet.error) json["error"] = errorJson(*sheet.error);
    if (!sheet.departures) return json;
    json["profile"] = sheet.profile;
    auto& list = json["departures"] = Json::array();
    for (const auto& each : *sheet.departures) {
        list.push_back({{"severity", wordOf(each.severity)}, {"clause", each.clause}, {"text", each.text}});
    }
    return json;
}

}  // namespace uatrust::tool
