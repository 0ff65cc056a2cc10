#include "tool/commands.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "tool/ca_report.hpp"
#include "tool/doctor/examination.hpp"
#include "tool/doctor/server_report.hpp"
#include "tool/passphrase.hpp"
#include "tool/pki_folders.hpp"
#include "tool/platform.hpp"
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
    std::string save{};
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

struct Folders {
    std::vector<PkiFolder> pkis{};
    std::vector<std::filesystem::path> cas{};
};

// The folder itself if it is that of a CA, else those in it that are.
std::vector<std::filesystem::path> casIn(const std::filesystem::path& folder) {
    if (CaFolder::isOne(folder)) return {folder};
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (auto it = std::filesystem::directory_iterator{folder, error}; !error && it != std::filesystem::directory_iterator{};
         it.increment(error)) {
        std::error_code ignored;
        if (it->is_directory(ignored) && CaFolder::isOne(it->path())) found.push_back(it->path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

// Adds what is at a path. The layout of a PKI folder says nothing of a CA's.
Result<void> addFolders(const std::string& given, std::string_view from, const std::string& layout, Folders& all) {
    const auto cas = casIn(pathOf(given));
    const bool isCa = cas.size() == 1 && cas.front() == pathOf(given);
    auto pkis = pkisIn(given, from, isCa ? std::string{} : layout);
    if (!pkis && (cas.empty() || pkis.status() != StatusCode::BadNotFound)) return pkis.error();
    all.cas.insert(all.cas.end(), cas.begin(), cas.end());
    if (pkis) std::move(pkis->begin(), pkis->end(), std::back_inserter(all.pkis));
    return {};
}

// Without a folder, and with an endpoint, there need be none.
Result<Folders> foldersOf(const DoctorOptions& options) {
    Folders all;
    if (options.folders.empty() && options.pkis.empty()) {
        auto one = choosePki({}, options.layout);
        if (one) {
            all.pkis.push_back(std::move(*one));
        } else if (options.endpoints.empty() || one.status() != StatusCode::BadConfigurationError) {
            return one.error();
        }
        return all;
    }
    for (const auto* list : {&options.folders, &options.pkis}) {
        for (const auto& given : *list) {
            if (const auto added = addFolders(given, list == &options.pkis ? "--pki" : "DIR", options.layout, all); !added)
                return added.error();
        }
    }
    return all;
}

Result<void> checkSave(const DoctorOptions& options) {
    if (options.save.empty()) return {};
    if (options.endpoints.size() != 1) {
        return Error{StatusCode::BadInvalidArgument, "--save is for the certificate of one server.", "Give --endpoint with it, once."};
    }
    return mayBeSaved(pathOf(options.save));
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

std::size_t revokedBy(const CaFolder& ca) {
    const auto& entries = ca.index().entries;
    return static_cast<std::size_t>(
        std::count_if(entries.begin(), entries.end(), [](const CaEntry& each) { return each.revoked.has_value(); }));
}

Json caPatientJson(const CaPatient& patient, Instant now) {
    if (!patient.ca) return {{"folder", placeText(textOf(patient.root))}, {"subject", Json()}};
    auto json = caJson(*patient.ca);
    json["issued"] = patient.ca->index().entries.size();
    json["revoked"] = revokedBy(*patient.ca);
    json["crl"] = caCrlJson(*patient.ca, now);
    return json;
}

std::string caPatientText(const CaPatient& patient) {
    const auto folder = placeText(textOf(patient.root));
    if (!patient.ca) return fmt::format("{}: a CA that cannot be worked with\n", folder);
    return fmt::format("{}: the CA {}, {} issued, {} of them revoked\n", folder, patient.ca->certificate().describe(),
                       patient.ca->index().entries.size(), revokedBy(*patient.ca));
}

Json diagnosisJson(const Diagnosis& diagnosis) {
    const auto& info = checkInfo(diagnosis.check);
    return {{"check", info.id},       {"severity", severityName(info.severity)}, {"where", diagnosis.where},
            {"what", diagnosis.what}, {"evidence", diagnosis.evidence},          {"cure", diagnosis.cure}};
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
        if (const auto fine = checkSave(*options_); !fine) return console_->fail(fine.error());
        auto folders = foldersOf(*options_);
        if (!folders) return console_->fail(folders.error());

        Examination examination{.circumstances = std::move(*circumstances)};
        for (auto& each : folders->pkis) examination.patients.push_back(openPatient(std::move(each), examination.circumstances));
        for (auto& each : examination.patients) examine(each, examination);
        compareFolders(examination);
        for (const auto& each : folders->cas) examination.cas.push_back(examineCa(each, examination.circumstances, examination.chart));
        std::vector<Asked> asked;
        for (const auto& url : options_->endpoints) {
            asked.push_back(Asked{.url = url, .answer = discover(url, *patience)});
            if (asked.back().answer) examineEndpoint(url, *asked.back().answer, examination);
        }
        save(asked);
        return report(examination, asked);
    }

private:
    static void examine(Patient& patient, Examination& examination) {
        const auto& circumstances = examination.circumstances;
        examineFolder(patient, circumstances, examination.chart);
        examineOwn(patient, circumstances, examination.chart);
        examineLists(patient, circumstances, examination.chart);
        examineRevocation(patient, circumstances, examination.chart);
        examinePeers(patient, circumstances, examination.chart);
    }

    void save(const std::vector<Asked>& asked) {
        if (options_->save.empty() || !asked.front().answer) return;
        auto saved = savePresented(asked.front(), pathOf(options_->save));
        if (saved) {
            saved_ = std::move(*saved);
        } else {
            notSaved_ = saved.error();
        }
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
        if (notSaved_) {
            complete = false;
            console_->complain(*notSaved_);
        }
        if (saved_)
            console_->note(
                "Nobody has vouched for the certificate that was saved: compare its thumbprint with the device before you trust it.");
        if (!complete) return ExitCode::Failed;
        return counts.errors + counts.warnings == 0 ? ExitCode::Done : ExitCode::Refused;
    }

    void printJson(const Examination& examination, const std::vector<Asked>& asked, const std::vector<Diagnosis>& found,
                   const Counts& counts) {
        Json folders = Json::array();
        for (const auto& each : examination.patients) folders.push_back(folderJson(each));
        Json cas = Json::array();
        for (const auto& each : examination.cas) cas.push_back(caPatientJson(each, examination.circumstances.now));
        Json servers = Json::array();
        for (const auto& each : asked) servers.push_back(serverJson(each));
        Json findings = Json::array();
        for (const auto& each : found) findings.push_back(diagnosisJson(each));
        Json json{{"at", formatInstant(examination.circumstances.now)},
                  {"folders", std::move(folders)},
                  {"cas", std::move(cas)},
                  {"servers", std::move(servers)},
                  {"findings", std::move(findings)},
                  {"errors", counts.errors},
                  {"warnings", counts.warnings},
                  {"notes", counts.notes}};
        if (saved_) json["saved"] = {{"file", placeText(options_->save)}, {"thumbprint", saved_->thumbprint().text()}};
        if (notSaved_) json["error"] = errorJson(*notSaved_);
        console_->printJson(json);
    }

    void printText(const Examination& examination, const std::vector<Asked>& asked, const std::vector<Diagnosis>& found,
                   const Counts& counts) {
        std::string text;
        for (const auto& each : examination.patients) text += folderText(each) + '\n';
        for (const auto& each : examination.cas) text += caPatientText(each);
        for (const auto& each : asked) {
            if (each.answer) text += serverText(each);
        }
        if (saved_) text += fmt::format("  {} saved as {}\n", saved_->thumbprint().text(), placeText(options_->save));
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
    std::optional<Certificate> saved_{};
    std::optional<Error> notSaved_{};
};

Action doctorOptions(CLI::App& app) {
    auto options = std::make_shared<DoctorOptions>();
    auto& o = *options;
    app.add_option(
        "DIR", o.folders,
        "PKI folders, folders of an uatrust ca, or one above several of them; without it $UATRUST_PKI, else the current folder if "
        "it is a PKI folder");
    addList(app, "--pki", o.pkis, "The same; may be repeated")->type_name("DIR");
    addLayout(app, o.layout);
    addList(app, "--endpoint", o.endpoints, "Also look at what the server at this URL presents; may be repeated")->type_name("URL");
    app.add_option("--save", o.save,
                   "With one --endpoint: write the certificate that the server presents into this file, DER, unless there is one")
        ->type_name("FILE");
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
        "Only looks: nothing is created or changed, but for --save. Errors fail now, warnings will or may, notes fail nothing. The folders "
        "of a gateway "
        "(pkiserver, pkiclient, pkiuser) are best given together, by the folder above them. A server is asked for its endpoints without a "
        "certificate and without logging in; whether a client would trust it is told for the client's folder. In the folder of an uatrust "
        "ca its dates, CRL, key, index and what it has issued are looked at. Ends with 0 when there "
        "is neither an error nor a warning, with 1 when there is, with 2 when a folder or an endpoint could not be looked at.",
    .examples =
        "uatrust doctor /var/lib/gateway/PKI\n"
        "uatrust doctor pkiserver pkiclient --endpoint opc.tcp://plc-7:4840\n"
        "uatrust doctor --json --within 60d pkiserver | jq -r '.findings[].what'",
    .options = doctorOptions,
};

}  // namespace uatrust::tool
