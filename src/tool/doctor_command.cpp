#include "tool/commands.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <uatrust/x509/certificate_chain.hpp>
#include <uatrust/x509/pem.hpp>

#include "tool/discovery.hpp"
#include "tool/doctor/examination.hpp"
#include "tool/passphrase.hpp"
#include "tool/pki_folders.hpp"
#include "tool/text.hpp"
#include "tool/values.hpp"

namespace uatrust::tool {
namespace {

constexpr std::size_t kColumn = 16;
constexpr std::size_t kMaxShown = 20;  // of one check for people; JSON has all

struct DoctorOptions {
    std::vector<std::string> folders{};
    std::vector<std::string> pkis{};
    std::string layout{};
    std::vector<std::string> endpoints{};
    std::string within = "30d";
    std::optional<Role> role{};
    std::string applicationUri{};
    std::vector<std::string> hosts{};
    RevocationMode revocation = RevocationMode::Required;
    std::string at{};
    std::string patience = "5s";
    PassphraseOptions passphrase{};
};

Result<Circumstances> circumstancesOf(const DoctorOptions& options) {
    Circumstances circumstances;
    circumstances.now = systemClock().now();
    if (!options.at.empty()) {
        const auto at = parseMoment(options.at);
        if (!at) return at.error();
        circumstances.now = *at;
        circumstances.isNow = false;
    }
    const auto within = parseSpan(options.within);
    if (!within) return within.error();
    circumstances.within = *within;
    circumstances.revocation = options.revocation;
    circumstances.role = options.role;
    if (!options.applicationUri.empty()) circumstances.applicationUri = options.applicationUri;
    circumstances.hosts = options.hosts.empty() ? localHostNames() : HostNames{.dnsNames = options.hosts};
    circumstances.passphrase = passphraseSource(options.passphrase);
    return circumstances;
}

// Without a folder, and with an endpoint, there need be none.
Result<std::vector<PkiFolder>> foldersOf(const DoctorOptions& options) {
    if (options.folders.empty() && options.pkis.empty()) {
        auto one = choosePki({}, options.layout);
        if (one) return std::vector{std::move(*one)};
        if (!options.endpoints.empty() && one.status() == StatusCode::BadConfigurationError) return std::vector<PkiFolder>{};
        return one.error();
    }
    std::vector<PkiFolder> all;
    for (const auto* list : {&options.folders, &options.pkis}) {
        for (const auto& given : *list) {
            auto found = pkisIn(given, list == &options.pkis ? "--pki" : "DIR", options.layout);
            if (!found) return found.error();
            std::move(found->begin(), found->end(), std::back_inserter(all));
        }
    }
    return all;
}

// ---- the report

struct Counts {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
};

Counts countsOf(const std::vector<Diagnosis>& found) {
    const auto of = [&](Severity severity) {
        return static_cast<std::size_t>(
            std::count_if(found.begin(), found.end(), [&](const Diagnosis& each) { return checkInfo(each.check).severity == severity; }));
    };
    return {of(Severity::Error), of(Severity::Warning), of(Severity::Note)};
}

std::string many(std::size_t count, std::string_view one) { return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s"); }

Json folderJson(const Patient& patient) {
    const auto size = [&](StoreList list) { return patient.lists->certificates(list).size(); };
    Json own;
    if (patient.identity) {
        const auto& certificate = patient.identity->certificate();
        own = {{"subject", certificate.subject().text()},
               {"thumbprint", certificate.thumbprint().text()},
               {"applicationUri", printable(certificate.applicationUri())},
               {"notAfter", formatInstant(certificate.notAfter())}};
    }
    return {{"folder", patient.name()},
            {"layout", patient.folder.layout == nullptr ? Json() : Json(patient.folder.layout->key)},
            {"group", layoutGroupName(patient.group)},
            {"own", std::move(own)},
            {"trusted", size(StoreList::Trusted)},
            {"issuers", size(StoreList::Issuers)},
            {"rejected", size(StoreList::Rejected)},
            {"blocked", size(StoreList::Blocked)}};
}

std::string folderText(const Patient& patient) {
    const auto size = [&](StoreList list) { return patient.lists->certificates(list).size(); };
    return fmt::format("{}: {} trusted, {}, {} rejected, {}", patient.name(), size(StoreList::Trusted),
                       many(size(StoreList::Issuers), "issuer"), size(StoreList::Rejected),
                       patient.identity ? "own certificate " + patient.identity->certificate().describe() : "no own certificate in use");
}

/// Asked is one endpoint, and what it has answered.
struct Asked {
    std::string url{};
    Result<Discovered> answer;
};

std::string leafText(const OfferedEndpoint& endpoint) {
    if (endpoint.certificate.empty()) return "no certificate";
    const auto leaf = leafOf(endpoint.certificate);
    const auto certificate = leaf ? Certificate::fromDer(*leaf) : Result<Certificate>{leaf.error()};
    if (!certificate) return "a certificate that cannot be read";
    return fmt::format("{} {}, valid until {}", printable(certificate->subject().text(), 1000), certificate->thumbprint().text(),
                       formatInstant(certificate->notAfter()));
}

std::string policyName(const OfferedEndpoint& endpoint) {
    const auto* policy = findSecurityPolicy(endpoint.securityPolicyUri);
    return policy == nullptr ? printable(endpoint.securityPolicyUri) : std::string{policy->name};
}

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
        const auto leaf = leafOf(each.certificate);
        if (const auto read = leaf ? Certificate::fromDer(*leaf) : Result<Certificate>{leaf.error()}) {
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

Json diagnosisJson(const Diagnosis& diagnosis) {
    const auto& info = checkInfo(diagnosis.check);
    return {{"check", info.id},       {"severity", severityName(info.severity)}, {"where", diagnosis.where},
            {"what", diagnosis.what}, {"evidence", diagnosis.evidence},          {"cure", diagnosis.cure}};
}

std::string upperCase(std::string_view text) {
    std::string upper{text};
    for (auto& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return upper;
}

std::string diagnosisText(const Diagnosis& diagnosis, std::size_t width) {
    const auto& info = checkInfo(diagnosis.check);
    auto text = besides(upperCase(severityName(info.severity)), diagnosis.what, kColumn, width);
    text += besides("  check", std::string{info.id} + ", " + diagnosis.where, kColumn, width);
    if (!diagnosis.evidence.empty()) text += besides("  evidence", diagnosis.evidence, kColumn, width);
    if (!diagnosis.cure.empty()) text += besides("  what to do", diagnosis.cure, kColumn, width);
    return text;
}

/// Doctor is one run of the command.
class Doctor {
public:
    Doctor(const DoctorOptions& options, Console& console) : options_{&options}, console_{&console} {}

    ExitCode run() {
        auto circumstances = circumstancesOf(*options_);
        if (!circumstances) return console_->fail(circumstances.error());
        const auto patience = parseSpan(options_->patience);
        if (!patience) return console_->fail(patience.error());
        auto folders = foldersOf(*options_);
        if (!folders) return console_->fail(folders.error());

        Examination examination{.circumstances = std::move(*circumstances)};
        for (auto& each : *folders) examination.patients.push_back(openPatient(std::move(each), examination.circumstances));
        for (auto& each : examination.patients) examine(each, examination);
        compareFolders(examination);
        std::vector<Asked> asked;
        for (const auto& url : options_->endpoints) {
            asked.push_back(Asked{.url = url, .answer = discover(url, *patience)});
            if (asked.back().answer) examineEndpoint(url, *asked.back().answer, examination);
        }
        return report(examination, asked);
    }

private:
    static void examine(Patient& patient, Examination& examination) {
        const auto& [circumstances, patients, chart] = examination;
        examineFolder(patient, circumstances, examination.chart);
        examineOwn(patient, circumstances, examination.chart);
        examineLists(patient, circumstances, examination.chart);
        examineRevocation(patient, circumstances, examination.chart);
        examinePeers(patient, circumstances, examination.chart);
    }

    ExitCode report(Examination& examination, const std::vector<Asked>& asked) {
        const auto found = examination.chart.take();
        const auto counts = countsOf(found);
        if (console_->json()) {
            printJson(examination, asked, found, counts);
        } else {
            printText(examination, asked, found, counts);
        }
        bool complete = true;
        for (const auto& each : asked) {
            if (each.answer) continue;
            complete = false;
            console_->complain(each.answer.error());
        }
        if (!complete) return ExitCode::Failed;
        return counts.errors + counts.warnings == 0 ? ExitCode::Done : ExitCode::Refused;
    }

    void printJson(const Examination& examination, const std::vector<Asked>& asked, const std::vector<Diagnosis>& found,
                   const Counts& counts) {
        Json folders = Json::array();
        for (const auto& each : examination.patients) folders.push_back(folderJson(each));
        Json servers = Json::array();
        for (const auto& each : asked) servers.push_back(serverJson(each));
        Json findings = Json::array();
        for (const auto& each : found) findings.push_back(diagnosisJson(each));
        console_->printJson({{"at", formatInstant(examination.circumstances.now)},
                             {"folders", std::move(folders)},
                             {"servers", std::move(servers)},
                             {"findings", std::move(findings)},
                             {"errors", counts.errors},
                             {"warnings", counts.warnings},
                             {"notes", counts.notes}});
    }

    void printText(const Examination& examination, const std::vector<Asked>& asked, const std::vector<Diagnosis>& found,
                   const Counts& counts) {
        std::string text;
        for (const auto& each : examination.patients) text += folderText(each) + '\n';
        for (const auto& each : asked) {
            if (each.answer) text += serverText(each);
        }
        console_->print(text);
        std::map<Check, std::size_t> shown;
        std::string findings;
        for (const auto& each : found) {
            if (++shown[each.check] <= kMaxShown) findings += '\n' + diagnosisText(each, console_->widths().output);
        }
        for (const auto& [check, count] : shown) {
            if (count > kMaxShown) findings += fmt::format("\n{} more of {}: --json has all.\n", count - kMaxShown, checkInfo(check).id);
        }
        console_->printAsIs(findings);
        console_->print(fmt::format("{}{}, {}, {}.", findings.empty() ? "" : "\n", many(counts.errors, "error"),
                                    many(counts.warnings, "warning"), many(counts.notes, "note")));
    }

    const DoctorOptions* options_;
    Console* console_;
};

Action doctorOptions(CLI::App& app) {
    auto options = std::make_shared<DoctorOptions>();
    auto& o = *options;
    app.add_option("DIR", o.folders,
                   "PKI folders, or one above several of them; without it $UATRUST_PKI, else the current folder if it is one");
    addList(app, "--pki", o.pkis, "The same; may be repeated")->type_name("DIR");
    addLayout(app, o.layout);
    addList(app, "--endpoint", o.endpoints, "Also look at what the server at this URL presents; may be repeated")->type_name("URL");
    app.add_option("--within", o.within, "How long ahead to look for what expires, like 30d or 12h (default: 30d)")->type_name("TIME");
    addChoice<std::optional<Role>>(app, "--role", o.role, {{"server", Role::Server}, {"client", Role::Client}},
                                   "Which side of an application the folders are for, where they do not say");
    app.add_option("--application-uri", o.applicationUri, "ApplicationUri that the own certificates have to have")->type_name("URI");
    addList(app, "--host", o.hosts,
            "Name or address by which clients reach the own server; may be repeated (default: those of this machine)")
        ->type_name("NAME");
    addChoice<RevocationMode>(
        app, "--revocation", o.revocation,
        {{"required", RevocationMode::Required}, {"if-present", RevocationMode::IfPresent}, {"off", RevocationMode::Off}},
        "Whether every CA needs a revocation list (default: required)");
    app.add_option("--at", o.at, "Look as of this moment, like 2026-06-15T12:00:00Z or 2026-06-15 (UTC)")->type_name("TIME");
    app.add_option("--timeout", o.patience, "How long to wait for an endpoint (default: 5s)")->type_name("TIME");
    addPassphrase(app, o.passphrase);
    return [options](Console& console) { return Doctor{*options, console}.run(); };
}

}  // namespace

const Command kDoctor{
    .name = "doctor",
    .about = "Say what in PKI folders, and at a server, fails or will fail, why, and what to do",
    .details =
        "Only looks: nothing is created or changed. Errors fail now, warnings will or may, notes fail nothing. The folders of a gateway "
        "(pkiserver, pkiclient, pkiuser) are best given together, by the folder above them. A server is asked for its endpoints without a "
        "certificate and without logging in; whether a client would trust it is told for the client's folder. Ends with 0 when there "
        "is neither an error nor a warning, with 1 when there is, with 2 when a folder or an endpoint could not be looked at.",
    .examples =
        "uatrust doctor /var/lib/gateway/PKI\n"
        "uatrust doctor pkiserver pkiclient --endpoint opc.tcp://plc-7:4840\n"
        "uatrust doctor --json --within 60d pkiserver | jq -r '.findings[].what'",
    .options = doctorOptions,
};

}  // namespace uatrust::tool
