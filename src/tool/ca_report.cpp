#include "tool/ca_report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <uatrust/x509/departures.hpp>

#include "tool/list_rows.hpp"
#include "tool/platform.hpp"
#include "tool/table.hpp"
#include "tool/text.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kMaxText = 1000;
constexpr std::size_t kDay = 10;  // of "2026-06-15T12:00:00Z"

std::string shown(const std::filesystem::path& path) { return printable(textOf(path), 4096); }

std::string_view nameOf(CaCrlState state) noexcept {
    switch (state) {
        case CaCrlState::Good:
            return "good";
        case CaCrlState::EndsSoon:
            return "ends-soon";
        case CaCrlState::Ended:
            return "ended";
        case CaCrlState::Missing:
            return "missing";
        default:
            return "out-of-step";
    }
}

std::string_view wordsOf(ApplicationRole role) noexcept {
    return role == ApplicationRole::ClientAndServer ? "server and client" : roleWord(role);
}

std::string when(Instant at, Instant now) {
    return at > now ? fmt::format("in {}, on {}", formatDuration(at - now), formatInstant(at))
                    : fmt::format("{} ago, on {}", formatDuration(now - at), formatInstant(at));
}

std::string ends(Instant at, Instant now) { return (at > now ? "ends " : "ended ") + when(at, now); }

Instant endOf(const Crl& crl) { return crl.nextUpdate().value_or(crl.thisUpdate()); }

std::string crlText(const CaFolder& ca, Instant now) {
    if (!ca.crl()) return "CRL           none";
    return fmt::format("CRL           {}: revokes {}, {}", shown(ca.crlFile()), ca.crl()->size(), ends(endOf(*ca.crl()), now));
}

std::string howToRenew(const CaFolder& ca) {
    return fmt::format(
        "uatrust ca crl --ca {} makes the next one; bring it to all that trust this CA (--install-to for those on this machine).",
        argument(shown(ca.root())));
}

// True when somebody has to do something about it now.
bool complainAboutCrl(const CaFolder& ca, Instant now, Console& console) {
    const auto state = ca.crlState(now);
    if (state == CaCrlState::Good) return false;
    const auto consequence = "whoever trusts this CA refuses all that it has issued";
    if (state == CaCrlState::EndsSoon) {
        console.note(fmt::format("The CRL {}: {}", ends(endOf(*ca.crl()), now), howToRenew(ca)));
        return false;
    }
    const auto why = state == CaCrlState::Missing ? fmt::format("There is no CRL: {}.", consequence)
                     : state == CaCrlState::Ended ? fmt::format("The CRL {}: {}.", ends(endOf(*ca.crl()), now), consequence)
                                                  : std::string{"The CRL lacks what was revoked last: writing it has failed."};
    console.complain({StatusCode::BadCertificateRevocationUnknown, why, howToRenew(ca)});
    return true;
}

bool complainAboutCa(const CaFolder& ca, Instant now, Console& console) {
    const auto end = ca.certificate().notAfter();
    if (!ca.endsSoon(now)) return false;
    const auto why = fmt::format("The CA itself {}.", ends(end, now));
    constexpr auto remedy = "Set up a new CA in another folder in time, and bring its certificate to all that trust this one.";
    if (end >= now) {
        console.note(fmt::format("{} {}", why, remedy));
        return false;
    }
    console.complain({StatusCode::BadCertificateIssuerTimeInvalid, why, remedy});
    return true;
}

}  // namespace

void CaReport::add(const std::string& name, Json json, const std::string& text) {
    json_[name] = std::move(json);
    if (!text.empty()) text_ += (text_.empty() ? "" : "\n") + text;
}

void CaReport::fail(const Error& error) {
    if (errors_.empty()) json_["error"] = errorJson(error);
    errors_.push_back(error);
}

ExitCode CaReport::close(const CaFolder& ca, Instant now, Console& console, ExitCode code, bool strict) {
    add("crl", caCrlJson(ca, now), crlText(ca, now));
    std::vector<std::string> behind;
    for (const auto& place : ca.index().places) {
        if (const auto why = behindBecause(ca, place); !why.empty()) behind.push_back(why);
    }
    add("behind", behind, {});
    (void)close(console, code);
    const bool crl = complainAboutCrl(ca, now, console);
    const bool expired = complainAboutCa(ca, now, console);
    for (const auto& why : behind) {
        console.note(fmt::format("{}: uatrust ca crl --install-to with that folder and --yes brings the present one there.", why));
    }
    return code == ExitCode::Done && (crl || expired || (strict && !behind.empty())) ? ExitCode::Refused : code;
}

ExitCode CaReport::close(Console& console, ExitCode code) {
    if (console.json()) {
        console.printJson(json_);
    } else {
        console.print(text_);
    }
    for (const auto& each : errors_) console.complain(each);
    return code;
}

Json caJson(const CaFolder& ca) {
    const auto& certificate = ca.certificate();
    return {{"folder", shown(ca.root())},
            {"subject", certificate.subject().text()},
            {"key", certificate.publicKey().describe()},
            {"notBefore", formatInstant(certificate.notBefore())},
            {"notAfter", formatInstant(certificate.notAfter())},
            {"thumbprint", certificate.thumbprint().text()},
            {"sha256", certificate.id().text()},
            {"certificate", shown(ca.certificateFile())}};
}

Json caCrlJson(const CaFolder& ca, Instant now) {
    Json json{{"state", nameOf(ca.crlState(now))}, {"file", shown(ca.crlFile())}};
    if (!ca.crl()) return json;
    json["number"] = ca.crl()->number();
    json["thisUpdate"] = formatInstant(ca.crl()->thisUpdate());
    json["nextUpdate"] = formatInstant(endOf(*ca.crl()));
    json["revoked"] = ca.crl()->size();
    return json;
}

std::string caText(const CaFolder& ca, Instant now) {
    const auto& certificate = ca.certificate();
    return fmt::format("CA            {}\n  certificate {}\n  key         {}, {}\n  valid       {}\n  thumbprint  {}\n  SHA-256     {}",
                       certificate.subject().text(), shown(ca.certificateFile()), certificate.publicKey().describe(), shown(ca.keyFile()),
                       ends(certificate.notAfter(), now), certificate.thumbprint().text(), certificate.id().text());
}

Json entryJson(const CaEntry& entry, Instant now) {
    Json json{{"subject", entry.subject},
              {"applicationUri", entry.applicationUri},
              {"serialNumber", entry.serialNumber},
              {"thumbprint", entry.thumbprint},
              {"sha256", entry.sha256},
              {"issuedAt", formatInstant(entry.issuedAt)},
              {"issuedBy", entry.issuedBy},
              {"notAfter", formatInstant(entry.notAfter)},
              {"state", entry.revoked          ? "revoked"
                        : entry.notAfter < now ? "expired"
                                               : "valid"}};
    if (!entry.revoked) return json;
    json["revokedAt"] = formatInstant(entry.revoked->at);
    json["reason"] = revocationReasonName(entry.revoked->reason);
    json["revokedBy"] = entry.revokedBy;
    return json;
}

std::string entryText(const CaEntry& entry, Instant now) {
    auto text = fmt::format("{}\n  {}\n  thumbprint  {}\n  serial      {}\n  issued      {} by {}, {}", printable(entry.subject, kMaxText),
                            printable(entry.applicationUri, kMaxText), entry.thumbprint, entry.serialNumber, formatInstant(entry.issuedAt),
                            printable(entry.issuedBy), ends(entry.notAfter, now));
    if (entry.revoked) {
        text += fmt::format("\n  REVOKED     {} by {}: {}", formatInstant(entry.revoked->at), printable(entry.revokedBy),
                            revocationReasonName(entry.revoked->reason));
    }
    return text;
}

std::string entriesTable(const std::vector<CaEntry>& entries, Instant now, std::size_t width) {
    ShortThumbprints thumbprints;
    const auto idOf = [](const CaEntry& entry) { return CertificateId{sha256(asBytes(entry.serialNumber))}; };
    for (const auto& each : entries) {
        for (const auto& digits : {each.thumbprint, each.sha256, each.serialNumber}) thumbprints.add(upperCase(digits), idOf(each));
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : entries) {
        rows.push_back({thumbprints.of(upperCase(each.thumbprint), idOf(each)), printable(nameOf(each)), untilText(each.notAfter, now),
                        each.revoked ? formatInstant(each.revoked->at).substr(0, kDay) : "",
                        each.revoked ? std::string{revocationReasonName(each.revoked->reason)} : "", printable(each.applicationUri)});
    }
    auto text = tableText({{"THUMBPRINT"}, {"NAME", true}, {"VALID UNTIL"}, {"REVOKED"}, {"WHY", true}, {"URI", true}}, rows, width);
    if (!text.empty()) text.pop_back();  // whoever adds it to a report ends the line
    return text.empty() ? text : '\n' + text;
}

Json requestJson(const RequestedCertificate& wanted) {
    std::vector<std::string> hosts;
    for (const auto& each : wanted.confirmed.hostNames) hosts.push_back(printable(each, kMaxText));
    Json departures = Json::array();
    for (const auto& each : requestDepartures(wanted.request, wanted.confirmed.role)) {
        departures.push_back({{"severity", departureSeverityName(each.severity)}, {"clause", each.clause}, {"text", each.text}});
    }
    return {{"subject", wanted.confirmed.subject.text()},
            {"applicationUri", printable(wanted.confirmed.applicationUri, kMaxText)},
            {"hosts", hosts},
            {"role", roleWord(wanted.confirmed.role)},
            {"issuer", wanted.ca.subject().text()},
            {"key", wanted.request.publicKey().describe()},
            {"publicKeySha256", toHex(sha256(wanted.request.publicKey().der()))},
            {"notAfter", formatInstant(wanted.notAfter)},
            {"departures", std::move(departures)}};
}

std::string requestText(const RequestedCertificate& wanted, Instant now) {
    std::string hosts;
    for (const auto& each : wanted.confirmed.hostNames) hosts += (hosts.empty() ? "" : ", ") + printable(each, kMaxText);
    auto text = fmt::format(
        "Certificate for {}\n  URI         {}\n  hosts       {}\n  role        {}\n  key         {}, SHA-256 {}\n  issued by   {}\n  until "
        "      {} ({})",
        wanted.confirmed.subject.text(), printable(wanted.confirmed.applicationUri, kMaxText), hosts.empty() ? "none" : hosts,
        wordsOf(wanted.confirmed.role), wanted.request.publicKey().describe(), toHex(sha256(wanted.request.publicKey().der())),
        wanted.ca.subject().text(), formatInstant(wanted.notAfter), formatDuration(wanted.notAfter - now));
    for (const auto& each : requestDepartures(wanted.request, wanted.confirmed.role)) {
        text += fmt::format("\n  noticed     {} ({}, {})", each.text, departureSeverityName(each.severity), each.clause);
    }
    return text;
}

Json installedJson(const CaInstalled& installed) {
    Json items = Json::array();
    for (const auto& each : installed.items)
        items.push_back({{"target", importTargetName(each.target)}, {"what", each.what}, {"why", each.why}});
    return {{"pki", printable(installed.place.pki, 4096)}, {"items", std::move(items)}};
}

std::string installedText(const CaInstalled& installed) {
    auto text = fmt::format("In {}:", printable(installed.place.pki, 4096));
    for (const auto& each : installed.items) text += fmt::format("\n  {}: {}. {}", importTargetName(each.target), each.what, each.why);
    return text;
}

}  // namespace uatrust::tool
