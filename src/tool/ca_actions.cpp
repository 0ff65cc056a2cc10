#include "tool/ca_actions.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include <uatrust/x509/departures.hpp>
#include <uatrust/x509/pem.hpp>

#include "tool/ca_choice.hpp"
#include "tool/ca_report.hpp"
#include "tool/platform.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

using std::chrono::seconds;

constexpr seconds kDay = std::chrono::hours{24};
constexpr seconds kCaValidity = 3650 * kDay;
constexpr seconds kLeafValidity = 730 * kDay;
constexpr seconds kCrlValidity = 90 * kDay;

Error usage(std::string message, std::string remedy = "uatrust ca --help says what there is.") {
    return {StatusCode::BadInvalidArgument, std::move(message), std::move(remedy)};
}

Result<std::filesystem::path> rootOf(const CaOptions& options) {
    if (!options.ca.empty()) return pathOf(options.ca);
    const auto* variable = std::getenv("UATRUST_CA");
    if (variable != nullptr && *variable != '\0') return pathOf(variable);
    return usage("Which CA? Neither --ca nor $UATRUST_CA names its folder.", "Give its folder with --ca.");
}

Result<seconds> spanOf(const std::string& given, seconds otherwise) {
    if (given.empty()) return otherwise;
    const auto span = parseSpan(given);
    if (!span) return span.error();
    if (*span > seconds{0}) return *span;
    return usage("What is valid for no time is of no use.", "Give a longer --validity, like 365d.");
}

std::string who(const CaOptions& options) { return operatorName(options.desk); }

// Taken anew behind a question: a person may think about it for an hour.
Instant presentTime() { return systemClock().now(); }

DeskOptions deskOf(const CaOptions& options, const std::string& pki) {
    auto desk = options.desk;
    desk.pki = pki;
    return desk;
}

/// Plan is what is going to be done.
struct Plan {
    Json json{};
    std::string text{};
};

std::string plannedPlaces(const CaOptions& options) {
    std::string text;
    for (const auto& each : options.installTo) {
        text += fmt::format("\nThe CA's certificate and CRL go into {}{}.", printable(each, 4096),
                            options.trustCa ? ", into trusted: all that it issues is let in there" : "");
    }
    return text;
}

// Whether the plan may be carried out. It is shown, and somebody asked, unless that was agreed to beforehand or needs no agreement.
bool isAgreed(const CaOptions& options, Plan plan, Console& console) {
    const bool needsConsent = options.work == CaWork::Issue || options.work == CaWork::Revoke || !options.installTo.empty();
    if (needsConsent ? mayChange(options.desk) : !options.desk.dryRun) return true;
    CaReport report;
    report.add("action", nameOf(options.work), {});
    report.add("planned", std::move(plan.json), plan.text + plannedPlaces(options));
    (void)report.close(console, ExitCode::Done);
    return agreed(options.desk, console);
}

// Before anything is made: a CA without the folders that it was to go into would have to be finished by hand.
Result<void> checkPlaces(const CaOptions& options, Console& console) {
    for (const auto& each : options.installTo) {
        if (const auto desk = openDesk(deskOf(options, each), true, console); !desk) return desk.error();
    }
    return {};
}

// A folder that fails does not keep the others from the CRL.
ExitCode installEverywhere(const CaOptions& options, CaFolder& ca, CaReport& report, Console& console) {
    auto code = ExitCode::Done;
    Json all = Json::array();
    std::string text;
    for (const auto& each : options.installTo) {
        const auto installed = installCa(ca, deskOf(options, each), options.trustCa, console);
        const auto remembered = installed ? ca.remember(installed->place) : Result<void>{installed.error()};
        auto json = installed ? installedJson(*installed) : Json{{"pki", printable(each, 4096)}};
        if (installed) {
            text += (text.empty() ? "" : "\n") + installedText(*installed);
            if (installed->refused && code == ExitCode::Done) code = ExitCode::Refused;
        }
        if (!remembered) {
            json["error"] = errorJson(remembered.error());
            report.fail(remembered.error());
            code = ExitCode::Failed;
        }
        all.push_back(std::move(json));
    }
    if (!options.installTo.empty()) report.add("installed", std::move(all), text);
    return code;
}

// ---- init

Result<NewCa> newCa(const CaOptions& options) {
    if (options.name.empty()) return usage("What is the CA called? --name is missing.", "Name it for people, like --name \"Plant 7 CA\".");
    std::vector<NameAttribute> attributes{{"CN", options.name}};
    if (!options.organization.empty()) attributes.push_back({"O", options.organization});
    auto name = DistinguishedName::make(attributes);
    if (!name) return name.error();
    NewCa terms{.name = std::move(*name), .crlValidity = kCrlValidity, .passphrase = passphraseSource(options.passphrase)};
    if (!options.keyType.empty()) {
        const auto type = parseKeyType(options.keyType);
        if (!type) return type.error();
        terms.keyType = *type;
    }
    const auto validity = spanOf(options.validity, kCaValidity);
    if (!validity) return validity.error();
    terms.validity = *validity;
    return terms;
}

ExitCode init(const CaOptions& options, const std::filesystem::path& root, Console& console) {
    const auto terms = newCa(options);
    if (!terms) return console.fail(terms.error());
    if (const auto free = CaFolder::isFree(root); !free) return console.fail(free.error());
    const auto folder = printable(textOf(root), 4096);
    Plan plan{
        {{"subject", terms->name.text()}, {"folder", folder}},
        fmt::format("CA {}, {}, for {}, in {}", terms->name.text(), keyTypeName(terms->keyType), formatDuration(terms->validity), folder)};
    if (!isAgreed(options, std::move(plan), console)) return notChanged(options.desk, console);

    const auto now = presentTime();
    auto ca = CaFolder::create(root, *terms, now);
    if (!ca) return console.fail(ca.error());
    CaReport report;
    report.add("action", nameOf(options.work), {});
    report.add("ca", caJson(*ca), caText(*ca, now));
    const auto code = installEverywhere(options, *ca, report, console);
    const auto closed = report.close(*ca, now, console, code);
    for (const auto& each : caDepartures(ca->certificate()))
        console.note(fmt::format("{} ({}): {}.", ca->certificate().describe(), each.clause, each.text));
    if (!terms->passphrase) {
        console.note(
            fmt::format("The key is not encrypted: whoever can read {} can issue certificates. Keep a copy of the folder in a safe.",
                        printable(textOf(ca->keyFile()), 4096)));
    }
    return closed;
}

// ---- issue

Result<IssueTerms> termsFor(const CaOptions& options, const CertificateRequest& request, const CaFolder& ca) {
    auto confirmed = requestedSubject(request);
    if (!confirmed) return confirmed.error();
    if (!options.uri.empty()) confirmed->applicationUri = options.uri;
    if (!options.hosts.empty()) confirmed->hostNames = options.hosts;
    if (options.role) confirmed->role = *options.role;
    const auto validity = spanOf(options.validity, kLeafValidity);
    if (!validity) return validity.error();
    const auto now = presentTime();
    auto notAfter = now + *validity;
    if (options.validity.empty()) notAfter = std::min(notAfter, ca.certificate().notAfter());
    return IssueTerms{.confirmed = std::move(*confirmed), .at = now, .notAfter = notAfter, .takeDepartures = options.takeDepartures};
}

// For the one who has asked: what his application has to have.
Result<void> hand(const CaOptions& options, const CaFolder& ca, const Certificate& issued) {
    if (options.out.empty()) return {};
    if (options.out.ends_with(".der")) return replaceFile(pathOf(options.out), issued.der());
    auto text = encodePem("CERTIFICATE", issued.der()) + encodePem("CERTIFICATE", ca.certificate().der());
    if (ca.crl()) text += encodePem("X509 CRL", ca.crl()->der());
    return replaceFile(pathOf(options.out), asBytes(text));
}

ExitCode issue(const CaOptions& options, const std::filesystem::path& root, Console& console) {
    const auto looked = CaFolder::open(root, CaFolder::For::Looking);
    if (!looked) return console.fail(looked.error());
    const auto request = requestFrom(options.file);
    if (!request) return console.fail(request.error());
    auto terms = termsFor(options, *request, *looked);
    if (!terms) return console.fail(terms.error());
    const RequestedCertificate wanted{*request, terms->confirmed, looked->certificate(), terms->notAfter};
    if (!isAgreed(options, {requestJson(wanted), requestText(wanted, terms->at)}, console)) return notChanged(options.desk, console);

    // Nobody else waits for this folder while somebody thinks.
    auto ca = CaFolder::open(root, CaFolder::For::Changing);
    if (!ca) return console.fail(ca.error());
    const auto authority = ca->authority(passphraseSource(options.passphrase));
    if (!authority) return console.fail(authority.error());
    terms->at = presentTime();
    const auto issued = authority->issue(*request, *terms);
    if (!issued) return console.fail(issued.error());
    const auto file = ca->record(*issued, terms->at, who(options));
    if (!file) return console.fail(file.error());
    // It is issued and recorded, whatever becomes of the copy.
    const auto handed = hand(options, *ca, *issued);
    CaReport report;
    report.add("action", nameOf(options.work), {});
    report.add("request", requestJson(wanted), console.hasAsked() ? std::string{} : requestText(wanted, terms->at));
    auto json = entryJson(*ca->index().find(issued->serialNumber()), terms->at);
    json["file"] = printable(textOf(*file), 4096);
    auto text = fmt::format("  issued as   {}\n  thumbprint  {}\n  serial      {}", printable(textOf(*file), 4096),
                            issued->thumbprint().text(), issued->serialNumber());
    if (!options.out.empty() && handed) text += fmt::format("\n  to hand on  {}", printable(options.out, 4096));
    report.add("certificate", std::move(json), text);
    if (!handed) report.fail(handed.error());
    return report.close(*ca, terms->at, console, handed ? ExitCode::Done : ExitCode::Failed);
}

// ---- revoke

ExitCode alreadyRevoked(const CaFolder& ca, const CaEntry& entry, Console& console) {
    const auto now = presentTime();
    CaReport report;
    report.add("action", nameOf(CaWork::Revoke), {});
    report.add("certificate", entryJson(entry, now), entryText(entry, now));
    report.fail({StatusCode::BadNothingToDo, "It is revoked already.", "uatrust ca crl makes a fresh CRL, which has it."});
    return report.close(ca, now, console, ExitCode::Refused);
}

ExitCode revoke(const CaOptions& options, const std::filesystem::path& root, Console& console) {
    const auto looked = CaFolder::open(root, CaFolder::For::Looking);
    if (!looked) return console.fail(looked.error());
    const auto entry = chooseEntry(*looked, options.file, presentTime());
    if (!entry) return console.fail(entry.error());
    if (entry->revoked) return alreadyRevoked(*looked, *entry, console);
    Plan plan{entryJson(*entry, presentTime()),
              fmt::format("Revoke for good ({}):\n{}", revocationReasonName(options.reason), entryText(*entry, presentTime()))};
    if (!isAgreed(options, std::move(plan), console)) return notChanged(options.desk, console);

    auto ca = CaFolder::open(root, CaFolder::For::Changing);
    if (!ca) return console.fail(ca.error());
    const auto* present = ca->index().find(entry->serialNumber);
    if (present != nullptr && present->revoked) return alreadyRevoked(*ca, *present, console);
    const auto authority = ca->authority(passphraseSource(options.passphrase));
    if (!authority) return console.fail(authority.error());
    const auto now = presentTime();
    if (const auto done = ca->revoke(*entry, options.reason, *authority, now, who(options)); !done) return console.fail(done.error());
    const auto& revoked = *ca->index().find(entry->serialNumber);
    CaReport report;
    report.add("action", nameOf(options.work), {});
    report.add("certificate", entryJson(revoked, now), entryText(revoked, now));
    const auto code = installEverywhere(options, *ca, report, console);
    const auto closed = report.close(*ca, now, console, code);
    console.note("It is refused where the new CRL is: bring it to all that trust this CA.");
    return closed;
}

// ---- crl, list, status

ExitCode renewCrl(const CaOptions& options, const std::filesystem::path& root, Console& console) {
    const auto looked = CaFolder::open(root, CaFolder::For::Looking);
    if (!looked) return console.fail(looked.error());
    const auto validity = spanOf(options.validity, looked->index().crlValidity);
    if (!validity) return console.fail(validity.error());
    Plan plan{{{"nextUpdate", formatInstant(presentTime() + *validity)}},
              fmt::format("A fresh CRL of {} for {}", looked->certificate().subject().text(), formatDuration(*validity))};
    if (!isAgreed(options, std::move(plan), console)) return notChanged(options.desk, console);

    auto ca = CaFolder::open(root, CaFolder::For::Changing);
    if (!ca) return console.fail(ca.error());
    const auto authority = ca->authority(passphraseSource(options.passphrase));
    if (!authority) return console.fail(authority.error());
    const auto now = presentTime();
    if (const auto done = ca->renewCrl(*authority, now, *validity); !done) return console.fail(done.error());
    Result<void> copied;
    if (!options.out.empty()) {
        const auto pem = encodePem("X509 CRL", ca->crl()->der());
        copied = replaceFile(pathOf(options.out), options.out.ends_with(".pem") ? asBytes(pem) : ca->crl()->der());
    }
    CaReport report;
    report.add("action", nameOf(options.work), {});
    const auto code = installEverywhere(options, *ca, report, console);
    if (!copied) report.fail(copied.error());
    return report.close(*ca, now, console, copied ? code : ExitCode::Failed);
}

ExitCode list(const CaOptions& options, const std::filesystem::path& root, Console& console) {
    const auto ca = CaFolder::open(root, CaFolder::For::Looking);
    if (!ca) return console.fail(ca.error());
    const auto now = presentTime();
    const auto& entries = ca->index().entries;
    Json all = Json::array();
    std::string details;
    for (const auto& each : entries) {
        all.push_back(entryJson(each, now));
        details += '\n' + entryText(each, now);
    }
    CaReport report;
    report.add(
        "certificates", std::move(all),
        fmt::format("issued: {}{}", entries.size(), options.details ? details : entriesTable(entries, now, console.widths().output)));
    return report.close(*ca, now, console);
}

ExitCode status(const std::filesystem::path& root, Console& console) {
    const auto ca = CaFolder::open(root, CaFolder::For::Looking);
    if (!ca) return console.fail(ca.error());
    const auto now = presentTime();
    std::size_t revoked = 0;
    std::size_t expired = 0;
    for (const auto& each : ca->index().entries) {
        if (each.revoked) ++revoked;
        if (!each.revoked && each.notAfter < now) ++expired;
    }
    const auto issued = ca->index().entries.size();
    CaReport report;
    report.add("ca", caJson(*ca), caText(*ca, now));
    report.add("issued", issued, {});
    report.add("revoked", revoked, {});
    report.add("expired", expired, fmt::format("certificates  {} issued, {} of them revoked, {} expired", issued, revoked, expired));
    Json places = Json::array();
    std::string text;
    for (const auto& each : ca->index().places) {
        places.push_back({{"pki", printable(each.pki, 4096)}, {"layout", each.layout}});
        text += (text.empty() ? "installed in  " : "\n              ") + printable(each.pki, 4096);
    }
    report.add("installedIn", std::move(places), text);
    return report.close(*ca, now, console, ExitCode::Done, true);
}

}  // namespace

std::string_view nameOf(CaWork work) noexcept {
    constexpr std::array<std::string_view, 6> names{"init", "issue", "revoke", "crl", "list", "status"};
    return names[static_cast<std::size_t>(work)];
}

ExitCode actOnCa(const CaOptions& options, Console& console) {
    if (options.file.empty() && options.work == CaWork::Issue) return console.fail(usage("Which request? FILE is missing."));
    if (options.file.empty() && options.work == CaWork::Revoke) return console.fail(usage("Which certificate? FILE is missing."));
    const auto root = rootOf(options);
    if (!root) return console.fail(root.error());
    if (const auto fine = checkPlaces(options, console); !fine) return console.fail(fine.error());
    switch (options.work) {
        case CaWork::Init:
            return init(options, *root, console);
        case CaWork::Issue:
            return issue(options, *root, console);
        case CaWork::Revoke:
            return revoke(options, *root, console);
        case CaWork::Crl:
            return renewCrl(options, *root, console);
        case CaWork::List:
            return list(options, *root, console);
        default:
            return status(*root, console);
    }
}

}  // namespace uatrust::tool
