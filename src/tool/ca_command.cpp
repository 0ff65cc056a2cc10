#include "tool/commands.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include <uatrust/x509/departures.hpp>
#include <uatrust/x509/pem.hpp>

#include "tool/ca_choice.hpp"
#include "tool/ca_report.hpp"
#include "tool/passphrase.hpp"
#include "tool/platform.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

using std::chrono::seconds;

constexpr seconds kDay = std::chrono::hours{24};
constexpr seconds kCaValidity = 3650 * kDay;
constexpr seconds kLeafValidity = 730 * kDay;
constexpr seconds kCrlValidity = 90 * kDay;

enum class Work : std::uint8_t { Init, Issue, Revoke, Crl, List, Status };

struct CaOptions {
    Work work = Work::Status;
    std::string ca{};
    std::string file{};
    DeskOptions desk{};  ///< of a PKI folder to install into: its --pki is one of installTo
    PassphraseOptions passphrase{};
    std::string name{};
    std::string organization{};
    std::string keyType{};
    std::string validity{};
    std::optional<ApplicationRole> role{};
    std::string uri{};
    std::vector<std::string> hosts{};
    std::string out{};
    bool takeDepartures = false;
    RevocationReason reason = RevocationReason::Unspecified;
    std::vector<std::string> installTo{};
    bool trustCa = false;
    /// Options that are for some actions only.
    std::vector<std::pair<CLI::Option*, std::vector<Work>>> bound{};
};

std::string_view nameOf(Work work) noexcept {
    constexpr std::array<std::string_view, 6> names{"init", "issue", "revoke", "crl", "list", "status"};
    return names[static_cast<std::size_t>(work)];
}

Error usage(std::string message, std::string remedy = "uatrust ca --help says what there is.") {
    return {StatusCode::BadInvalidArgument, std::move(message), std::move(remedy)};
}

Result<void> checkUsage(const CaOptions& options) {
    for (const auto& [option, works] : options.bound) {
        if (option->count() == 0 || std::find(works.begin(), works.end(), options.work) != works.end()) continue;
        return usage(fmt::format("{} is not for uatrust ca {}.", option->get_name(), nameOf(options.work)));
    }
    if (options.file.empty() && options.work == Work::Issue) return usage("Which request? FILE is missing.");
    if (options.file.empty() && options.work == Work::Revoke) return usage("Which certificate? FILE is missing.");
    return {};
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

// Whether what the command does needs to be agreed to.
bool mayDo(const CaOptions& options, bool always) {
    const bool asked = always || !options.installTo.empty();
    return asked ? mayChange(options.desk) : !options.desk.dryRun;
}

// What was done is told first, what of it was not done behind it.
ExitCode told(const Result<void>& copied, ExitCode code, Console& console) {
    if (copied) return code;
    console.complain(copied.error());
    return ExitCode::Failed;
}

std::string plannedPlaces(const CaOptions& options) {
    std::string text;
    for (const auto& each : options.installTo) {
        text += fmt::format("\nThe CA's certificate and CRL go into {}.", printable(each, 4096));
    }
    return text;
}

// Says what is planned, and that it was not done.
ExitCode onlyPlanned(const CaOptions& options, const std::string& text, Json plan, Console& console) {
    CaReport report;
    report.add("action", nameOf(options.work), {});
    report.add("planned", std::move(plan), text + plannedPlaces(options));
    (void)report.close(console, ExitCode::Done);
    return notChanged(options.desk, console);
}

// Before anything is made: a CA without the folders that it was to go into would have to be finished by hand.
Result<void> checkPlaces(const CaOptions& options, Console& console) {
    for (const auto& each : options.installTo) {
        auto where = options.desk;
        where.pki = each;
        if (const auto desk = openDesk(where, true, console); !desk) return desk.error();
    }
    return {};
}

// A folder that fails does not keep the others from the CRL.
ExitCode installEverywhere(const CaOptions& options, CaFolder& ca, CaReport& report, Console& console) {
    auto code = ExitCode::Done;
    Json all = Json::array();
    std::string text;
    for (const auto& each : options.installTo) {
        auto where = options.desk;
        where.pki = each;
        const auto installed = installCa(ca, where, options.trustCa, console);
        const auto remembered = installed ? ca.remember(installed->place) : Result<void>{installed.error()};
        if (installed) {
            all.push_back(installedJson(*installed));
            text += (text.empty() ? "" : "\n") + installedText(*installed);
            if (installed->refused && code == ExitCode::Done) code = ExitCode::Refused;
        }
        if (remembered) continue;
        console.complain(remembered.error());
        code = ExitCode::Failed;
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
        const auto type = keyTypeFromName(options.keyType);
        if (!type) {
            return usage(fmt::format("There is no kind of key \"{}\".", printable(options.keyType)),
                         "Give one of rsa2048, rsa3072, rsa4096, p256, p384, bp256, bp384, ed25519, ed448.");
        }
        terms.keyType = *type;
    }
    const auto validity = spanOf(options.validity, kCaValidity);
    if (!validity) return validity.error();
    terms.validity = *validity;
    return terms;
}

ExitCode init(const CaOptions& options, const std::filesystem::path& root, Instant now, Console& console) {
    const auto terms = newCa(options);
    if (!terms) return console.fail(terms.error());
    if (!mayDo(options, false)) {
        const auto text = fmt::format("CA {}, {}, for {}, in {}", terms->name.text(), keyTypeName(terms->keyType),
                                      formatDuration(terms->validity), printable(textOf(root), 4096));
        return onlyPlanned(options, text, {{"subject", terms->name.text()}, {"folder", printable(textOf(root), 4096)}}, console);
    }
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

Result<IssueTerms> termsFor(const CaOptions& options, const CertificateRequest& request, const CaFolder& ca, Instant now) {
    auto confirmed = requestedSubject(request);
    if (!confirmed) return confirmed.error();
    if (!options.uri.empty()) confirmed->applicationUri = options.uri;
    if (!options.hosts.empty()) confirmed->hostNames = options.hosts;
    if (options.role) confirmed->role = *options.role;
    const auto validity = spanOf(options.validity, kLeafValidity);
    if (!validity) return validity.error();
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

ExitCode issue(const CaOptions& options, const std::filesystem::path& root, Instant now, Console& console) {
    const bool may = mayDo(options, true);
    auto ca = CaFolder::open(root, may ? CaFolder::For::Changing : CaFolder::For::Looking);
    if (!ca) return console.fail(ca.error());
    const auto request = requestFrom(options.file);
    if (!request) return console.fail(request.error());
    const auto terms = termsFor(options, *request, *ca, now);
    if (!terms) return console.fail(terms.error());
    const RequestedCertificate wanted{*request, terms->confirmed, terms->notAfter};
    if (!may) return onlyPlanned(options, requestText(wanted, now), requestJson(wanted), console);

    const auto authority = ca->authority(passphraseSource(options.passphrase));
    if (!authority) return console.fail(authority.error());
    const auto issued = authority->issue(*request, *terms);
    if (!issued) return console.fail(issued.error());
    const auto file = ca->record(*issued, now, who(options));
    if (!file) return console.fail(file.error());
    // It is issued and recorded, whatever becomes of the copy.
    const auto handed = hand(options, *ca, *issued);
    CaReport report;
    report.add("action", nameOf(options.work), {});
    report.add("request", requestJson(wanted), requestText(wanted, now));
    auto json = entryJson(*ca->index().find(issued->serialNumber()), now);
    json["file"] = printable(textOf(*file), 4096);
    auto text = fmt::format("  issued as   {}\n  thumbprint  {}\n  serial      {}", printable(textOf(*file), 4096),
                            issued->thumbprint().text(), issued->serialNumber());
    if (!options.out.empty() && handed) text += fmt::format("\n  to hand on  {}", printable(options.out, 4096));
    report.add("certificate", std::move(json), text);
    const auto code = report.close(*ca, now, console);
    return told(handed, code, console);
}

// ---- revoke

ExitCode revoke(const CaOptions& options, const std::filesystem::path& root, Instant now, Console& console) {
    const bool may = mayDo(options, true);
    auto ca = CaFolder::open(root, may ? CaFolder::For::Changing : CaFolder::For::Looking);
    if (!ca) return console.fail(ca.error());
    const auto entry = chooseEntry(*ca, options.file, now);
    if (!entry) return console.fail(entry.error());
    CaReport report;
    report.add("action", nameOf(options.work), {});
    if (entry->revoked) {
        report.add("certificate", entryJson(*entry, now), entryText(*entry, now));
        const auto code = report.close(*ca, now, console, ExitCode::Refused);
        console.complain({StatusCode::BadNothingToDo, "It is revoked already.", "uatrust ca crl makes a fresh CRL, which has it."});
        return code;
    }
    if (!may) {
        const auto text = fmt::format("Revoke for good ({}):\n{}", revocationReasonName(options.reason), entryText(*entry, now));
        return onlyPlanned(options, text, entryJson(*entry, now), console);
    }
    const auto authority = ca->authority(passphraseSource(options.passphrase));
    if (!authority) return console.fail(authority.error());
    if (const auto done = ca->revoke(*entry, options.reason, *authority, now, who(options)); !done) return console.fail(done.error());
    const auto& revoked = *ca->index().find(entry->serialNumber);
    report.add("certificate", entryJson(revoked, now), entryText(revoked, now));
    const auto code = installEverywhere(options, *ca, report, console);
    const auto closed = report.close(*ca, now, console, code);
    console.note("It is refused where the new CRL is: bring it to all that trust this CA.");
    return closed;
}

// ---- crl, list, status

ExitCode renewCrl(const CaOptions& options, const std::filesystem::path& root, Instant now, Console& console) {
    const bool may = mayDo(options, false);
    auto ca = CaFolder::open(root, may ? CaFolder::For::Changing : CaFolder::For::Looking);
    if (!ca) return console.fail(ca.error());
    const auto validity = spanOf(options.validity, ca->index().crlValidity);
    if (!validity) return console.fail(validity.error());
    if (!may) {
        const auto text = fmt::format("A fresh CRL of {} for {}", ca->certificate().subject().text(), formatDuration(*validity));
        return onlyPlanned(options, text, {{"nextUpdate", formatInstant(now + *validity)}}, console);
    }
    const auto authority = ca->authority(passphraseSource(options.passphrase));
    if (!authority) return console.fail(authority.error());
    if (const auto done = ca->renewCrl(*authority, now, *validity); !done) return console.fail(done.error());
    Result<void> copied;
    if (!options.out.empty()) {
        const auto pem = encodePem("X509 CRL", ca->crl()->der());
        copied = replaceFile(pathOf(options.out), options.out.ends_with(".pem") ? asBytes(pem) : ca->crl()->der());
    }
    CaReport report;
    report.add("action", nameOf(options.work), {});
    const auto code = installEverywhere(options, *ca, report, console);
    return told(copied, report.close(*ca, now, console, code), console);
}

ExitCode list(const std::filesystem::path& root, Instant now, Console& console) {
    const auto ca = CaFolder::open(root, CaFolder::For::Looking);
    if (!ca) return console.fail(ca.error());
    Json all = Json::array();
    std::string text;
    for (const auto& each : ca->index().entries) {
        all.push_back(entryJson(each, now));
        text += (text.empty() ? "" : "\n") + entryText(each, now);
    }
    CaReport report;
    report.add("certificates", std::move(all), text.empty() ? "Nothing was issued yet." : text);
    return report.close(*ca, now, console);
}

ExitCode status(const std::filesystem::path& root, Instant now, Console& console) {
    const auto ca = CaFolder::open(root, CaFolder::For::Looking);
    if (!ca) return console.fail(ca.error());
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

ExitCode run(const CaOptions& options, Console& console) {
    if (const auto fine = checkUsage(options); !fine) return console.fail(fine.error());
    const auto root = rootOf(options);
    if (!root) return console.fail(root.error());
    if (const auto fine = checkPlaces(options, console); !fine) return console.fail(fine.error());
    const auto now = systemClock().now();
    switch (options.work) {
        case Work::Init:
            return init(options, *root, now, console);
        case Work::Issue:
            return issue(options, *root, now, console);
        case Work::Revoke:
            return revoke(options, *root, now, console);
        case Work::Crl:
            return renewCrl(options, *root, now, console);
        case Work::List:
            return list(*root, now, console);
        default:
            return status(*root, now, console);
    }
}

Action caOptions(CLI::App& app) {
    auto options = std::make_shared<CaOptions>();
    auto& o = *options;
    const auto bind = [&o](CLI::Option* option, std::vector<Work> works) { o.bound.emplace_back(option, std::move(works)); };
    addChoice<Work>(app, "ACTION", o.work,
                    {{"init", Work::Init},
                     {"issue", Work::Issue},
                     {"revoke", Work::Revoke},
                     {"crl", Work::Crl},
                     {"list", Work::List},
                     {"status", Work::Status}},
                    "Make the CA, issue a certificate, revoke one, make a fresh CRL, list what was issued, or say how the CA stands")
        ->required();
    bind(
        app.add_option("FILE", o.file,
                       "For issue: the certificate request, DER or PEM; for revoke: the certificate, or digits of its thumbprint or serial "
                       "number, its common name or ApplicationUri"),
        {Work::Issue, Work::Revoke});
    app.add_option("--ca", o.ca, "The folder of the CA; without it $UATRUST_CA")->type_name("DIR");
    bind(app.add_option("--name", o.name, "For init: what the CA is called; becomes the common name")->type_name("NAME"), {Work::Init});
    bind(app.add_option("--organization", o.organization, "For init: who operates it")->type_name("NAME"), {Work::Init});
    bind(app.add_option(
                "--key-type", o.keyType,
                "For init: rsa2048, rsa3072, rsa4096, p256, p384, bp256, bp384, ed25519 or ed448 (default: rsa4096); applications of "
                "this CA have keys of the same kind, and none longer")
             ->type_name("TYPE"),
         {Work::Init});
    bind(app.add_option("--validity", o.validity,
                        "How long it is to be valid, like 365d (default: for init 3650d; for issue 730d, or as long as the CA; for crl as "
                        "long as the last one, at first 90d)")
             ->type_name("TIME"),
         {Work::Init, Work::Issue, Work::Crl});
    bind(addChoice<std::optional<ApplicationRole>>(
             app, "--role", o.role,
             {{"server", ApplicationRole::Server}, {"client", ApplicationRole::Client}, {"both", ApplicationRole::ClientAndServer}},
             "For issue: what the application takes part as (default: as the request says)"),
         {Work::Issue});
    bind(app.add_option("--uri", o.uri, "For issue: the ApplicationUri that it is to have; a request for another one is refused")
             ->type_name("URI"),
         {Work::Issue});
    bind(
        addList(
            app, "--host", o.hosts,
            "For issue: host name or address that it is to have; may be repeated; a request for others, or without one of them, is refused")
            ->type_name("NAME"),
        {Work::Issue});
    bind(app.add_flag("--take-departures", o.takeDepartures,
                      "For issue: in spite of departures from the profile that come from the request"),
         {Work::Issue});
    bind(app.add_option(
                "--out", o.out,
                "For issue: where to write the certificate, with the CA's certificate and CRL as PEM, or alone as DER when it ends in "
                ".der; for crl: where to write a copy, as PEM when it ends in .pem")
             ->type_name("FILE"),
         {Work::Issue, Work::Crl});
    const auto takeReason = [&o](const std::string& given) {
        const auto reason = revocationReasonFromName(given);
        if (!reason) throw CLI::ValidationError{fmt::format("--reason does not know \"{}\"; give one like keyCompromise", given)};
        o.reason = *reason;
    };
    bind(app.add_option_function<std::string>("--reason", takeReason,
                                              "For revoke: unspecified (default), keyCompromise, cACompromise, affiliationChanged, "
                                              "superseded, cessationOfOperation, privilegeWithdrawn or aACompromise")
             ->type_name("WORD"),
         {Work::Revoke});
    bind(addList(app, "--install-to", o.installTo,
                 "For init, revoke and crl: put the CA's certificate and CRL into this PKI folder; may be repeated; needs --yes")
             ->type_name("DIR"),
         {Work::Init, Work::Revoke, Work::Crl});
    addLayout(app, o.desk.layout);
    bind(app.add_flag("--trust-ca", o.trustCa, "With --install-to: into trusted, and with it all that it issues, instead of issuers"),
         {Work::Init, Work::Revoke, Work::Crl});
    addPassphrase(app, o.passphrase);
    addChanging(app, o.desk);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

const Command kCa{
    .name = "ca",
    .about = "A small CA for a plant that has none: issue application certificates, revoke them, make CRLs",
    .details =
        "init makes a folder with a self-signed CA (OPC 10000-6, 6.2.4) and an empty CRL; with a passphrase, its key is encrypted. issue "
        "shows who asks, and with --yes issues a certificate for just that, kept in \"issued\"; compare the SHA-256 of the key with the "
        "one at the device, or confirm with --uri and --host. revoke is for good, and makes a CRL at once. Every ca command says when the "
        "CRL ends, and ends with 1 when it has: peers refuse then all that the CA has issued. Make a fresh one in time (a timer with "
        "uatrust ca crl --install-to), and bring it to all that trust the CA.\n\n"
        "What it is not: there is no OCSP, no HSM and no enrolment over the network, it is on one machine, one person decides, and the "
        "key is a file: keep the folder on a machine that few can reach, with a backup. A plant with more than that has a CA product, "
        "and uatrust import takes what that issues.",
    .examples =
        "uatrust ca init --ca ca --name \"Plant 7 CA\" --organization Acme\n"
        "uatrust ca issue --ca ca gateway.csr --uri urn:plc-4:acme:gateway --yes\n"
        "uatrust ca revoke --ca ca --reason keyCompromise --yes \"Line 4 gateway\"\n"
        "uatrust ca crl --ca ca --install-to pkiserver --trust-ca --yes\n"
        "uatrust ca status --ca ca",
    .options = caOptions,
};

}  // namespace uatrust::tool
